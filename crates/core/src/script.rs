//! What a repository would have run: a script, or a program with its arguments. Not here: where it is written down
//! (`bosk.toml`), and running it.

use serde::{Deserialize, Serialize};

/// How long a script may run unless its file says otherwise, in seconds.
const TIMEOUT_S: u64 = 600;

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "`run` is a script in one string, or a list of a program and its arguments"
)]
pub enum Run {
    /// A script for the platform's shell.
    Script(String),
    /// A program and its arguments, as they are.
    Program(Vec<String>),
}

impl Run {
    /// Whether there is nothing to run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Script(script) => script.trim().is_empty(),
            Self::Program(words) => words.first().is_none_or(String::is_empty),
        }
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Script(script) => f.write_str(script),
            Self::Program(words) => f.write_str(&words.join(" ")),
        }
    }
}

/// What to run, and for how long at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// What.
    pub run: Run,
    /// How long it may take, in seconds.
    #[serde(default = "timeout_s")]
    pub timeout_s: u64,
}

const fn timeout_s() -> u64 {
    TIMEOUT_S
}

impl Timed {
    /// How long it may take.
    #[must_use]
    pub const fn timeout(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.timeout_s)
    }
}
