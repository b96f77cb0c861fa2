//! `bosk serve`: hands over to the program that does it.

use std::ffi::OsString;

use bosk_core::{Problem, ProblemCode};
use bosk_runtime::process;

use crate::failure::{Exit, Failure};

/// What it is given, which it reads itself.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// See `bosk serve --help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

/// Becomes it.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let error = match process::hand_over("bosk-serve", &arguments.words) {
        Ok(code) => return Ok(Exit::Other(code)),
        Err(error) => error,
    };
    let text = format!("The interface cannot be started: {error}.");
    Err(Problem::new(ProblemCode::Internal, text)
        .hint("Reinstall Bosk: `bosk-serve` stands beside `bosk`.")
        .into())
}
