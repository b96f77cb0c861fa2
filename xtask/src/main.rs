//! The project's commands, the same on every platform. This file reads the command line; each command has its own.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

mod bench;
mod bindings;
mod build;
mod command;
mod counted;
mod counts;
mod e2e;
mod error;
mod interface;
mod layout;
mod package;
mod platforms;
mod run;
mod screen;
mod setup;
mod test;

use std::{env, process::ExitCode};

use error::{Error, Result};

const USAGE: &str = "\
cargo xtask run                 set up, build, and open the window (without a display: rehearse in the terminal)
cargo xtask test [STEP…]        set up, then all checks and tests, or the steps named
cargo xtask e2e [ARG…]          the end-to-end tests alone, on what is built; arguments go to the test runner
cargo xtask interface           `bosk serve` alone, by a generated client and by schemathesis, on what is built
cargo xtask bench [ARG…]        benchmarks, as a table and in artifacts/bench.json
cargo xtask bindings [--check]  core's types for the page
cargo xtask package [KIND…]     installers: deb, appimage, rpm, dmg, msi (by default this platform's usual one)
cargo xtask check-platforms     type-check for Windows and macOS from Linux
cargo xtask setup               what `run` and `test` need, and nothing else";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Ok(false) when the command has itself said what is wrong.
fn dispatch(args: &[String]) -> Result<bool> {
    let Some((command, args)) = args.split_first() else {
        println!("{USAGE}");
        return Ok(true);
    };
    match (command.as_str(), args) {
        ("run", []) => run::run()?,
        ("test", names) => return test::run(names),
        ("e2e", args) => e2e::run(args)?,
        ("interface", []) => interface::run()?,
        ("bench", args) => bench::run(args)?,
        ("bindings", []) => bindings::run(false)?,
        ("bindings", [check]) if check == "--check" => bindings::run(true)?,
        ("package", kinds) => package::run(kinds)?,
        ("check-platforms", []) => platforms::run()?,
        ("setup", []) => {
            setup::ensure(setup::Purpose::Test)?;
            setup::claude()?;
        }
        ("help" | "--help" | "-h", _) => println!("{USAGE}"),
        _ => {
            return Err(Error::Usage(format!(
                "not understood: {command} {}\n\n{USAGE}",
                args.join(" ")
            )));
        }
    }
    Ok(true)
}
