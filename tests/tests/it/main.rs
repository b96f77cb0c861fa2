//! What must hold of keepers, journals and clients whatever is killed, filled up or damaged. Each
//! module is one kind of mishap; the harness is this package's library.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod archive;
mod back;
mod back_broken;
mod checks;
mod clients_killed;
mod confined;
mod damaged;
mod disk_full;
mod foreign;
mod forge;
mod killed;
mod large_files;
mod launching;
mod limits;
mod merge_killed;
mod merging;
mod messages;
mod misbehaves;
mod odd;
mod pausing;
mod promise;
mod pushing;
mod queue;
mod removal;
mod review;
mod schedules;
mod serve;
mod service;
mod set_up;
mod signing;
mod spare;
mod spending;
mod steering;
mod stop;
mod templates;
mod terminal;
mod usage;
mod variants;
mod warm;
mod worktrees;

/// What the command says, and its exit code.
async fn bosk(sandbox: &bosk_tests::Sandbox, args: &[&str]) -> (i32, String, String) {
    let mut command = tokio::process::Command::new(sandbox.value("BOSK_BIN"));
    command.env_clear().envs(sandbox.environment()).current_dir(sandbox.repository("shop"));
    command.kill_on_drop(true).stdin(std::process::Stdio::null());
    let output = tokio::time::timeout(bosk_tests::PATIENCE, command.args(args).output());
    let output = output.await.expect("bosk hangs").unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), said(output.stdout), said(output.stderr))
}

/// The command of a tool that does something: see the stand-in's `tool`.
fn tool(what: &str) -> String {
    let program = bosk_tests::sandbox::program("stand-in-claude");
    format!("{} tool {what}", program.display())
}
