//! What can stop a command of this crate. It owns the wording; `main` only prints it.

use std::{fmt, io, path::PathBuf, process::ExitStatus};

/// Why a command stopped. Every variant names what a person does next, or the command that said it.
#[derive(Debug)]
pub(crate) enum Error {
    /// Something is not installed, and this program may not or cannot install it.
    Missing { what: String, install: String },
    /// A program could not be started at all.
    Start { command: String, source: io::Error },
    /// A program ran and said no.
    Failed { command: String, status: ExitStatus },
    /// A file could not be read or written.
    File { path: PathBuf, source: io::Error },
    /// A program answered something other than it should.
    Unexpected { what: String, hint: String },
    /// The command line was not understood.
    Usage(String),
}

/// What every fallible function here returns.
pub(crate) type Result<T = ()> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { what, install } => write!(f, "{what}\n\n{install}"),
            Self::Start { command, source } => {
                write!(f, "could not start `{command}`: {source}")
            }
            Self::Failed { command, status } => write!(f, "failed ({status})\n  repeat: {command}"),
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Unexpected { what, hint } => write!(f, "{what}\n  {hint}"),
            Self::Usage(text) => f.write_str(text),
        }
    }
}

/// Puts the path into an I/O error, which does not carry it by itself.
pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::File { path, source }
}
