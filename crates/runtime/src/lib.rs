//! RING 2, what happens: processes, git, journals and sockets. It performs what `bosk-core` decides
//! and feeds the results back. It never knows Tauri, windows or the terminal.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod awaited;
mod cache;
pub mod catalog;
pub mod claude;
pub mod client;
pub mod diagnostics;
pub mod files;
pub mod fleet;
pub mod foreign;
pub mod git;
pub mod home;
pub mod journal;
pub mod keeper;
pub mod merging;
pub mod process;
pub mod project;
pub mod queue;
pub mod schedules;
pub mod session_record;
pub mod settings;
pub mod socket;
pub mod spend;
pub mod templates;
pub mod transcript;
pub mod trust;
pub mod usage;
pub mod variants;
