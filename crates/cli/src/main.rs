//! The command `bosk`: the same sessions as the window's, from a terminal. Thin: what happens is the
//! runtime's, what is true is core's. The hidden `keep` is the process that a session lives in.

mod keep;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs many Claude Code sessions side by side.
#[derive(Debug, Parser)]
#[command(name = "bosk", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keeps a session: started by Bosk itself.
    #[command(hide = true)]
    Keep(keep::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Keep(arguments) => keep::run(&arguments),
    }
}
