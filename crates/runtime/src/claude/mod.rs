//! The Claude Code CLI on this machine: where it is, which version, what environment it gets, and
//! who is signed in. Not here: a running session (`keeper`) and what it says (`bosk_core::claude`).

pub mod auth;
pub mod environment;
pub mod find;
pub mod token;

mod key_store;
mod places;
mod probe;
#[cfg(all(test, unix))]
mod stand_in;

pub use auth::auth_status;
pub use environment::{Billing, session_environment};
pub use find::{Cli, MINIMUM, Version, find};
pub use token::{Secret, TokenNote, TokenShelf};
