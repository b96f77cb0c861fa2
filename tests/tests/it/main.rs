//! What must hold of keepers, journals and clients whatever is killed, filled up or damaged. Each
//! module is one kind of mishap; the harness is this package's library.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod clients_killed;
mod confined;
mod damaged;
mod disk_full;
mod foreign;
mod killed;
mod launching;
mod limits;
mod messages;
mod misbehaves;
mod pausing;
mod promise;
mod queue;
mod schedules;
mod serve;
mod set_up;
mod spare;
mod spending;
mod steering;
mod stop;
mod templates;
mod usage;

/// The command of a tool that does something: see the stand-in's `tool`.
fn tool(what: &str) -> String {
    let program = bosk_tests::sandbox::program("stand-in-claude");
    format!("{} tool {what}", program.display())
}
