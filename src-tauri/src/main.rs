//! The binary `bosk-desktop`: starts the app and says why if it cannot.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match bosk_desktop::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            use std::io::Write as _;
            let hint = problem.hint.unwrap_or_default();
            // There may be nobody to read it, as where the app was started by a click.
            let _ = writeln!(std::io::stderr(), "{}\n{hint}", problem.message);
            ExitCode::FAILURE
        }
    }
}
