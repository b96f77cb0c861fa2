//! What can go wrong in this crate, and what of it a person sees.

use bosk_core::{Problem, ProblemCode};

/// Why a script cannot be used or the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The text is not TOML, or has a field that no script has.
    #[error("the script is not valid: {0}")]
    Toml(#[from] toml::de::Error),
    /// A step says nothing, or two things at once, or has a value out of range.
    #[error("the script is not valid: turn {turn}, step {step}: {what}")]
    Step {
        /// Counted from 1.
        turn: usize,
        /// Counted from 1.
        step: usize,
        /// What is wrong with it.
        what: String,
    },
    /// A directive in a prompt cannot be understood.
    #[error("`{line}` is not a directive that the rehearsal knows: {what}")]
    Directive {
        /// The line as it was written.
        line: String,
        /// What is wrong with it.
        what: String,
    },
    /// No script has that name.
    #[error("there is no script named `{name}`; there are {known}")]
    UnknownScript {
        /// The name that was asked for.
        name: String,
        /// The names that there are, separated by commas.
        known: String,
    },
    /// The file with the script could not be read.
    #[error("`{file}` cannot be read: {error}")]
    Unreadable {
        /// Its path.
        file: String,
        /// Why.
        error: std::io::Error,
    },
    /// The loopback address could not be listened on.
    #[error("the rehearsal server could not listen on this machine: {0}")]
    Listen(#[source] std::io::Error),
    /// The server ended of itself.
    #[error("the rehearsal server stopped: {0}")]
    Serve(#[source] std::io::Error),
    /// The sample repository's files could not be written.
    #[error("the sample repository could not be written: {0}")]
    Sample(#[source] std::io::Error),
}

impl From<RehearsalError> for Problem {
    fn from(error: RehearsalError) -> Self {
        let (code, hint) = match &error {
            RehearsalError::Toml(_)
            | RehearsalError::Step { .. }
            | RehearsalError::Directive { .. }
            | RehearsalError::UnknownScript { .. }
            | RehearsalError::Unreadable { .. } => {
                (ProblemCode::InvalidInput, "Correct the script and start again.")
            }
            RehearsalError::Listen(_) | RehearsalError::Serve(_) => {
                (ProblemCode::Internal, "Check that programs may listen on 127.0.0.1.")
            }
            RehearsalError::Sample(_) => {
                (ProblemCode::HomeUnwritable, "Choose a folder that you can write to.")
            }
        };
        Self::new(code, format!("No session was started, because {error}.")).hint(hint)
    }
}
