//! The states of a session, and the one glance at them that the fleet, the tray and the terminal share.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Problem;
use crate::limits::Limit;

/// Where a session is. Data that only one state has lives inside that state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum State {
    /// Waiting for its turn to start.
    Queued,
    /// Making ready: nothing of the CLI runs yet.
    Preparing {
        /// What is being done.
        step: PrepareStep,
    },
    /// The CLI runs.
    Running {
        /// What the conversation is doing.
        turn: Turn,
    },
    /// The stop ladder is being climbed.
    Stopping {
        /// Why.
        reason: StopReason,
        /// The rung that was taken last.
        step: StopStep,
        /// When the next rung is due: milliseconds on the keeper's monotonic clock.
        #[ts(type = "number")]
        deadline: u64,
    },
    /// Nothing of it runs any more.
    Ended {
        /// How it ended.
        outcome: Outcome,
        /// Processes that had to be killed after the CLI was gone.
        left_behind: u32,
    },
}

/// What is done before the CLI starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
#[ts(export)]
pub enum PrepareStep {
    /// The branch and the worktree are being made.
    Worktree,
    /// The repository's set-up script runs.
    Setup,
    /// The script failed; the person chooses: retry, go on, or drop.
    SetupFailed {
        /// How it failed.
        problem: Problem,
    },
    /// The CLI has been started and has not answered yet.
    Starting,
}

/// What the conversation is doing while the CLI runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Turn {
    /// The model or a tool is at work.
    Working,
    /// The turn is over; the CLI waits for the next message.
    Idle,
    /// A permission, question or plan waits for the person.
    Asking,
}

/// Why a session is being stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StopReason {
    /// The person pressed Stop.
    Person,
    /// The work is done and the process is no longer needed.
    Finished,
    /// A limit was reached.
    Limit,
    /// The machine is shutting down or the person is logging out.
    Shutdown,
}

/// The rungs of the stop ladder, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StopStep {
    /// The protocol's own `interrupt`.
    Interrupt,
    /// Standard input is closed: the CLI ends by itself.
    CloseInput,
    /// SIGTERM to the whole tree.
    Terminate,
    /// SIGKILL to the whole tree.
    Kill,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[ts(export)]
pub enum Outcome {
    /// The CLI ended by itself with the work done.
    Finished,
    /// The CLI ended with an error.
    Failed {
        /// What went wrong.
        problem: Problem,
    },
    /// Something else than Bosk killed the CLI.
    Killed {
        /// The signal's number, where the platform has signals.
        signal: Option<i32>,
    },
    /// Bosk stopped it on request.
    Stopped {
        /// Whose request.
        reason: StopReason,
    },
    /// The CLI never ran.
    NotStarted {
        /// Why.
        problem: Problem,
    },
    /// The keeper vanished; what it had written is all here.
    Lost,
}

/// A session that is frozen: whatever its state is, nothing of it moves until it is let go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Paused {
    /// Why.
    #[serde(flatten)]
    pub by: PausedBy,
    /// Since when: milliseconds since 1970.
    #[ts(type = "number")]
    pub since: i64,
}

/// Why a session is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "snake_case")]
#[ts(export)]
pub enum PausedBy {
    /// The person wants it.
    Person,
    /// It reached a limit, and the person decides how it goes on.
    Limit {
        /// Which.
        limit: Limit,
    },
    /// The machine runs on its battery, or has no memory to spare, and the settings ask for it. It goes on
    /// by itself.
    Machine,
}

/// A state in one word, for a shape, a colour and a group in the fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Glance {
    /// A person's answer is awaited.
    NeedsYou,
    /// Something went wrong.
    Failed,
    /// At work.
    Running,
    /// Frozen by the person, or because the machine is busy.
    Paused,
    /// Not started yet.
    Queued,
    /// The work asked for is done.
    Done,
    /// Stopped by the person, or lost with its keeper.
    Stopped,
}

impl State {
    /// The state in one word. `failed_turn` says whether the last turn ended with an error, which
    /// an idle session alone does not tell.
    #[must_use]
    pub const fn glance(&self, failed_turn: bool) -> Glance {
        match self {
            Self::Queued => Glance::Queued,
            Self::Preparing { step: PrepareStep::SetupFailed { .. } }
            | Self::Running { turn: Turn::Asking } => Glance::NeedsYou,
            Self::Running { turn: Turn::Idle } if failed_turn => Glance::Failed,
            Self::Running { turn: Turn::Idle } => Glance::Done,
            Self::Preparing { .. } | Self::Running { .. } | Self::Stopping { .. } => {
                Glance::Running
            }
            Self::Ended { outcome, .. } => match outcome {
                Outcome::Finished | Outcome::Stopped { reason: StopReason::Finished } => {
                    if failed_turn {
                        Glance::Failed
                    } else {
                        Glance::Done
                    }
                }
                Outcome::Failed { .. } | Outcome::Killed { .. } | Outcome::NotStarted { .. } => {
                    Glance::Failed
                }
                Outcome::Stopped { .. } | Outcome::Lost => Glance::Stopped,
            },
        }
    }

    /// Whether it can be frozen. What is being made ready has deadlines of its own, and what is being stopped
    /// must be able to end.
    #[must_use]
    pub const fn can_pause(&self) -> bool {
        matches!(self, Self::Running { .. })
    }

    /// Whether nothing of the session can run any more.
    #[must_use]
    pub const fn is_ended(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }
}
