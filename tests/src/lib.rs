//! What the integration tests stand on: a sandbox with a Bosk of its own ([`sandbox`]), sessions in
//! it as their clients see them ([`session`]), and what they left on the disk ([`records`]). The
//! programs beside it: a stand-in for the Claude CLI that misbehaves on request, and a client whose
//! environment is exactly the sandbox's. Not here: what is tested.
//!
//! Nothing here waits by sleeping: tests wait for a keeper's news, for a process's end, or for a
//! word on a pipe ([`signal`]).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so and fails"
)]

#[cfg(target_os = "linux")]
pub mod kernel;
pub mod processes;
pub mod records;
pub mod sandbox;
pub mod session;
#[cfg(unix)]
pub mod signal;
#[cfg(target_os = "linux")]
pub mod volume;

pub use sandbox::{Sandbox, spec};
pub use session::{PATIENCE, Session, Watched};
