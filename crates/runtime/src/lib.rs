//! RING 2, what happens: processes, git, journals and sockets. It performs what `bosk-core` decides
//! and feeds the results back. It never knows Tauri, windows or the terminal.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod awaited;
mod cache;
pub mod catalog;
pub mod claude;
pub mod client;
pub mod diagnostics;
pub mod disk;
pub mod files;
pub mod fleet;
pub mod foreign;
pub mod git;
pub mod home;
pub mod journal;
pub mod keeper;
pub mod merging;
mod ports;
pub mod process;
pub mod programs;
pub mod project;
pub mod queue;
pub mod review;
pub mod schedules;
pub mod session_record;
pub mod settings;
pub mod socket;
pub mod spend;
pub mod templates;
pub mod terminal;
pub mod transcript;
pub mod trust;
pub mod usage;
pub mod variants;
