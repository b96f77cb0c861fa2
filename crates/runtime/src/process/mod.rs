//! Processes: who they are, how they are started, and how a whole tree of them is ended.
//!
//! Measured, and the reason for this folder's shape: a signal to a process group left 3 of 8
//! hostile processes alive, a walk over parents 2, a scan for the environment cookie 1, a child
//! subreaper with a stop-and-kill loop none. Not here: what the processes say, and when they are
//! to end (the keeper's stop ladder).

mod confine;
mod file_size;
mod handle;
mod oom;
mod open_files;
#[cfg(target_os = "linux")]
pub(crate) mod stat;
mod table;
#[cfg(windows)]
mod threads;

pub mod detach;
pub mod environment;
pub mod identity;
pub mod memory;
pub mod spawn;
pub mod sweep;
pub mod tree;
pub mod whole;

pub use confine::{Bounds, Confined};
pub use detach::{Detached, detach};
pub use environment::Environment;
pub use file_size::limit_file_size;
pub use handle::Signal;
pub use identity::ProcessIdentity;
pub use memory::let_go_of_code;
pub use oom::goes_first;
pub use open_files::raise_file_limit;
pub use spawn::{Child, Spec, become_subreaper, spawn};
pub use sweep::sweep;
pub use table::{Process, is_of_bosk, look_up};
pub use tree::{Killed, Tree};

/// The variable that every process of a session carries. Its value is the session's id.
pub const COOKIE: &str = "BOSK_SESSION";
