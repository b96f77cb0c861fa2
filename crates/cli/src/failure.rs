//! Why a command ends early, and what the exit code says. Not here: the problems themselves.

use std::io;

use bosk_core::{Problem, ProblemCode};

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The person is to be told.
    Problem(Box<Problem>),
    /// Nobody reads what is printed any more, as with `| head`: not worth a word.
    Closed,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        let message = format!("What is to be said cannot be written: {error}.");
        Problem::new(ProblemCode::Internal, message).into()
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// The work failed.
    Failed,
    /// It could not begin.
    Refused,
    /// Somebody interrupted or stopped it.
    Stopped,
}

impl Exit {
    /// The process's exit code; 130 is what a shell gives for an interrupted command.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Refused => 2,
            Self::Stopped => 130,
        }
    }
}

/// What `--help` says about exit codes.
pub(crate) const EXIT_CODES: &str = "Exit codes:\n  \
    0    the work is done\n  \
    1    the turn or the session failed\n  \
    2    wrong usage, or a problem before anything was started\n  \
    130  interrupted or stopped";
