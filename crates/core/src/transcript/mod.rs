//! A transcript: what the CLI printed and the person said, folded into the entries that a person
//! reads. [`entry`] holds the values, [`fold`] the rules. Not here: paging and where records lie.

mod change;
pub mod check;
mod cut;
pub mod entry;
mod find;
pub mod fold;
pub(crate) mod problems;

pub use entry::{Entry, EntryBody, NoticeLevel, Partial, PartialKind, ToolResult};
pub use fold::Fold;
