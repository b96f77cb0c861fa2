//! RING 1, what is true: Bosk's states, messages, journal format and transcript, as pure values.
//!
//! No process, file, socket, clock or randomness is touched here, so every rule is tested in
//! microseconds. Whatever happens is done by `bosk-runtime`, which performs this crate's effects
//! and feeds the results back.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod attention;
pub mod auth;
pub mod branch;
pub mod claude;
pub mod git;
pub mod id;
pub mod journal;
pub mod launch;
pub mod limits;
pub mod lines;
pub mod problem;
pub mod queue;
pub mod review;
pub mod schedule;
pub mod script;
pub mod session;
pub mod settings;
pub mod spend;
pub mod template;
pub mod terminal;
pub mod transcript;
pub mod trust;
pub mod usage;
pub mod variants;
pub mod view;
pub mod wire;
pub mod worktree;

pub use id::SessionId;
pub use problem::{Problem, ProblemCode};
