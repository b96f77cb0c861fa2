//! Journals as files: [`writer`] appends and repairs, [`reader`] reads. The format is
//! `bosk_core::journal`'s. Not here: when to sync, and what a full disk means for the pipes.

pub mod reader;
pub mod writer;

pub use reader::{Reader, read_decisions};
pub use writer::{Repair, Writer};

/// The name of the file with the CLI's output and the keeper's notes, in a session's folder.
pub const JOURNAL: &str = "journal";

/// The name of the file with the person's decisions.
pub const DECISIONS: &str = "decisions";
