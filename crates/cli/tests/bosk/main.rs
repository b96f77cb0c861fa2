//! The command `bosk` as a person runs it, with the real Claude CLI on the scripted server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test program")]

mod answers;
mod launch;
mod life;
mod problems;
mod removal;
mod stage;
