//! RING 1, what is true: Bosk's states, messages, journal format and transcript, as pure values.
//!
//! No process, file, socket, clock or randomness is touched here, so every rule is tested in
//! microseconds. Whatever happens is done by `bosk-runtime`, which performs this crate's effects
//! and feeds the results back.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod id;
pub mod problem;

pub use id::SessionId;
pub use problem::{Problem, ProblemCode};
