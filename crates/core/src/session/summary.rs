//! What the fleet shows of a session: small, and complete enough for a row, the tray and `bosk ls`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::state::{Glance, Paused, State, Turn};
use crate::journal::RunNote;
use crate::launch::{Backend, Effort, Fork, PermissionMode, Variant};
use crate::limits::{Limit, Limits};
use crate::script::Run;
use crate::{Problem, SessionId};

/// One row of the fleet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SessionSummary {
    /// The session.
    pub id: SessionId,
    /// The first line of its prompt.
    pub title: String,
    /// Where it is.
    #[serde(flatten)]
    pub state: State,
    /// The same in one word.
    pub glance: Glance,
    /// What it is doing right now, in a few words of data (a command, a file); absent when idle.
    pub doing: Option<Doing>,
    /// The repository's name.
    pub repository: String,
    /// The repository's main work tree.
    pub repository_path: String,
    /// Where it works.
    pub folder: String,
    /// Its branch; absent when it works on a detached HEAD.
    pub branch: Option<String>,
    /// What the branch was made from.
    pub base: Option<String>,
    /// The commit that changes are counted from.
    pub base_commit: Option<String>,
    /// Whether Bosk made a worktree for it.
    pub worktree: bool,
    /// The model, once the CLI has named it.
    pub model: Option<String>,
    /// How hard the model thinks, where that was chosen.
    #[serde(default)]
    pub effort: Option<Effort>,
    /// What it may do without asking.
    pub permission_mode: PermissionMode,
    /// Who answers.
    pub backend: Backend,
    /// When it was launched: milliseconds since 1970.
    #[ts(type = "number")]
    pub created_at: i64,
    /// When the running turn began: milliseconds since 1970.
    #[ts(type = "number | null")]
    pub turn_started_at: Option<i64>,
    /// When something last happened: milliseconds since 1970.
    #[ts(type = "number")]
    pub last_event_at: i64,
    /// What it has cost, in US dollars: the CLI's own cumulative figure.
    pub cost_usd: f64,
    /// Turns of the model so far.
    pub turns: u32,
    /// How long all its turns took together: milliseconds.
    #[serde(default)]
    #[ts(type = "number")]
    pub worked: u64,
    /// Tokens so far.
    pub tokens: Tokens,
    /// How full the model's context is.
    pub context: Option<ContextUse>,
    /// Requests that wait for the person.
    pub asks: u32,
    /// Messages that wait to be taken.
    pub queued: u32,
    /// Tasks that run in the background.
    #[serde(default)]
    pub background: u32,
    /// That it is frozen, when it is.
    #[serde(default)]
    pub paused: Option<Paused>,
    /// What it may use, where that is limited.
    #[serde(default)]
    pub limits: Option<Limits>,
    /// The limit of its own that it is close to, until its next turn.
    #[serde(default)]
    pub near_limit: Option<Limit>,
    /// When the account's usage limit that it has met starts anew: seconds since 1970.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub usage_resets_at: Option<i64>,
    /// How much of the account's limits was used when the CLI said so last.
    #[serde(default)]
    pub usage_windows: Vec<UsageWindow>,
    /// That its turn gives no sign of life, while it does not.
    #[serde(default)]
    pub stalled: Option<Stalled>,
    /// What the command said that tells whether the work is right, after its last turn.
    #[serde(default)]
    pub check: Option<Check>,
    /// The first of its ports: there are [`PORTS`](crate::session::PORTS) in a row, which no other worktree has.
    #[serde(default)]
    pub port: Option<u16>,
    /// The repository's command beside Claude, where there is one.
    #[serde(default)]
    pub run: Option<Beside>,
    /// That it is one of several attempts at the same.
    #[serde(default)]
    pub variant: Option<Variant>,
    /// What it goes on from, if it is a fork.
    #[serde(default)]
    pub fork: Option<Fork>,
    /// That the person has gone back in it, until its next message.
    #[serde(default)]
    pub rewound: Option<Rewound>,
    /// Whether its last turn was broken off, by the person or by a limit, until its next one.
    #[serde(default)]
    pub interrupted: bool,
    /// What is wrong, when something is.
    pub problem: Option<Problem>,
}

/// One of the account's usage limits: so much within a span of time, of all models or of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UsageWindow {
    /// The CLI's name for it: `five_hour`, `seven_day`, `seven_day_opus`, ….
    pub name: String,
    /// Part that is used, from 0 to 1.
    pub used: Option<f64>,
    /// When it starts anew: seconds since 1970.
    #[ts(type = "number | null")]
    pub resets_at: Option<i64>,
    /// When the CLI said so: milliseconds since 1970.
    #[ts(type = "number")]
    pub told_at: i64,
}

/// A turn that gives no sign of life: the CLI says nothing, no tool runs, and no processor time is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Stalled {
    /// The last sign: milliseconds since 1970.
    #[ts(type = "number")]
    pub since: i64,
}

/// A run of the command that tells whether the work is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Check {
    /// The command.
    pub command: String,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// When it began: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// How long it took, once it is over: milliseconds.
    #[ts(type = "number")]
    pub took: u64,
}

/// How many ports a session has.
pub const PORTS: u16 = 10;

/// The repository's command beside Claude: a server, a watcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Beside {
    /// The command.
    pub command: String,
    /// Whether it runs.
    pub running: bool,
    /// Its exit code, where it has ended by itself and had one.
    pub code: Option<i32>,
}

impl Beside {
    /// One that nobody has started yet.
    #[must_use]
    pub fn new(run: &Run) -> Self {
        Self { command: run.to_string(), running: false, code: None }
    }

    /// Takes what the keeper has noted of it.
    pub fn note(&mut self, note: &RunNote) {
        (self.running, self.code) = match note {
            RunNote::Begun => (true, None),
            RunNote::Ended { code, stopped } => (false, code.filter(|_| !stopped)),
        };
    }
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "verdict", rename_all = "snake_case")]
#[ts(export)]
pub enum Verdict {
    /// It runs.
    Checking,
    /// Its exit code was 0.
    Passed,
    /// It was another one, or it could not be run to its end.
    Failed {
        /// The exit code, where it had one.
        code: Option<i32>,
    },
}

/// That the person has gone back to before one of their messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Rewound {
    /// The message's own name.
    pub message: String,
    /// Whether the files are as they were then.
    pub files: bool,
    /// Whether the conversation goes on from there.
    pub conversation: bool,
}

impl SessionSummary {
    /// Whether the command runs that tells whether the work is right.
    #[must_use]
    pub fn is_checking(&self) -> bool {
        self.check.as_ref().is_some_and(|check| check.verdict == Verdict::Checking)
    }

    /// Whether that command said that the work is wrong.
    #[must_use]
    pub fn has_failed_check(&self) -> bool {
        self.check.as_ref().is_some_and(|check| matches!(check.verdict, Verdict::Failed { .. }))
    }

    /// Whether its process only waits for the next message: ending it interrupts nothing.
    #[must_use]
    pub fn rests(&self) -> bool {
        self.state == (State::Running { turn: Turn::Idle })
            && self.queued == 0
            && self.background == 0
            && !self.is_checking()
    }

    /// Whether it can be frozen now, and is not yet.
    #[must_use]
    pub const fn can_pause(&self) -> bool {
        self.state.can_pause() && self.paused.is_none()
    }
}

/// What a session is doing, as data: the UI puts it into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Doing {
    /// The model thinks.
    Thinking,
    /// The model writes.
    Writing,
    /// A tool runs.
    Tool {
        /// Its name.
        name: String,
        /// The command, file or pattern that tells it best; at most 200 characters.
        detail: String,
    },
    /// The CLI waits before it tries again.
    Retrying {
        /// Which attempt.
        attempt: u32,
        /// The HTTP status that caused it.
        status: Option<u16>,
    },
}

/// Tokens of a whole session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Tokens {
    /// Read afresh.
    #[ts(type = "number")]
    pub input: u64,
    /// Written.
    #[ts(type = "number")]
    pub output: u64,
    /// Read from the prompt cache.
    #[ts(type = "number")]
    pub cache_read: u64,
    /// Written to the prompt cache.
    #[ts(type = "number")]
    pub cache_creation: u64,
}

impl Tokens {
    /// Both together.
    #[must_use]
    pub const fn with(self, more: Self) -> Self {
        Self {
            input: self.input + more.input,
            output: self.output + more.output,
            cache_read: self.cache_read + more.cache_read,
            cache_creation: self.cache_creation + more.cache_creation,
        }
    }

    /// What is left of each without those.
    #[must_use]
    pub const fn without(self, less: Self) -> Self {
        Self {
            input: self.input.saturating_sub(less.input),
            output: self.output.saturating_sub(less.output),
            cache_read: self.cache_read.saturating_sub(less.cache_read),
            cache_creation: self.cache_creation.saturating_sub(less.cache_creation),
        }
    }
}

/// How full the model's context is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ContextUse {
    /// Tokens in use.
    #[ts(type = "number")]
    pub used: u64,
    /// Tokens that fit; 0 until the CLI has said.
    #[ts(type = "number")]
    pub window: u64,
}
