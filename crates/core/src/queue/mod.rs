//! The queue: tasks that wait until they may become sessions. What a person or the dispatcher decides is an
//! [`Order`]; the queue is what all orders come to, so it can be rebuilt from them. Pure: who writes them
//! down, and who starts sessions, is the runtime's.

mod admission;
mod budget;
mod condense;
mod orders;
mod outcome;
mod template;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::launch::LaunchSpec;
use crate::{Problem, SessionId};

pub use admission::{Caps, Load, Wait};
pub use orders::{Order, Queue};
pub use outcome::{Came, FIRST_RETRY, MOST_RETRIES, came_to, retry_after};
pub use template::{fill, names, prompts};

/// Something to be done in a session that is not there yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Task {
    /// The session that it becomes. It is known beforehand, so that nothing is ever started twice.
    pub id: SessionId,
    /// What is launched.
    pub spec: LaunchSpec,
    /// The repository's name.
    pub repository: String,
    /// The repository's main work tree.
    pub repository_path: String,
    /// The name of what it was added with, if that was more than one.
    #[serde(default)]
    pub batch: Option<String>,
    /// Most that all that were added with it may cost together, in US dollars; then the rest of them is held.
    #[serde(default)]
    pub batch_max_usd: Option<f64>,
    /// Tasks that have to be done before.
    #[serde(default)]
    pub after: Vec<SessionId>,
    /// The one of those whose branch it starts from, and whose last words stand before its prompt.
    #[serde(default)]
    pub builds_on: Option<SessionId>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Priority,
    /// When it was added: milliseconds since 1970.
    #[ts(type = "number")]
    pub added_at: i64,
}

/// What is to be added to the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Addition {
    /// What is launched, in order.
    pub specs: Vec<LaunchSpec>,
    /// What to call them together, if they are more than one.
    #[serde(default)]
    pub batch: Option<String>,
    /// Most that they may cost together, in US dollars; then the rest of them is held.
    #[serde(default)]
    pub max_usd: Option<f64>,
    /// How urgent they are.
    #[serde(default)]
    pub priority: Priority,
    /// Tasks that have to be done before any of them.
    #[serde(default)]
    pub after: Vec<SessionId>,
    /// The task from whose branch they start, and whose last words stand before their prompts.
    #[serde(default)]
    pub builds_on: Option<SessionId>,
    /// Each waits for the one before and builds on it.
    #[serde(default)]
    pub one_after_another: bool,
}

/// Where the prompts of a batch come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum BatchSource {
    /// Prompts, one a line, or blocks between lines of dashes.
    Prompts {
        /// They.
        text: String,
    },
    /// A table in CSV, separated by tabs, or in JSON (a list of objects): one prompt a row.
    Table {
        /// It.
        text: String,
        /// The prompt, with the names of columns in braces.
        template: String,
    },
    /// A file with the one or the other.
    File {
        /// Its path.
        path: String,
        /// The prompt, for a table.
        template: Option<String>,
    },
}

/// How urgent a task is; the most urgent goes first, whatever its place.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
}

/// Where a task is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "stage", rename_all = "snake_case")]
#[ts(export)]
pub enum Stage {
    /// It waits for its turn.
    Waiting {
        /// That its turn does not come until it is released, and why.
        hold: Option<Hold>,
    },
    /// It is being launched; written down before anything is.
    Starting,
    /// It is a session at work.
    Running,
    /// Its session failed through no fault of its own, and goes on then: milliseconds since 1970.
    Retrying {
        /// When.
        #[ts(type = "number")]
        at: i64,
    },
    /// It is over.
    Ended {
        /// How.
        how: Ended,
    },
}

/// Why a task waits until it is released.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "why", rename_all = "snake_case")]
#[ts(export)]
pub enum Hold {
    /// The person wants it.
    Person,
    /// What it waits for has not been done. Released, it does without.
    Before {
        /// Which.
        task: SessionId,
    },
    /// Three of its batch have failed in a row. Released, all of the batch are.
    Batch,
    /// What was added with it has cost as much as all of that may. Released, all of it goes on regardless.
    Budget {
        /// How much that is, in US dollars.
        cap: f64,
        /// What it had cost by then.
        spent: f64,
    },
    /// It could not be launched.
    Refused {
        /// Why.
        problem: Problem,
    },
}

/// How a task has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Ended {
    /// Its turn was done.
    Done,
    /// Its turn or its session has failed.
    Failed,
    /// Its turn was broken off, by the person or by a limit.
    Interrupted,
    /// The person stopped its session.
    Stopped,
    /// The person took it out before it had begun.
    Cancelled,
}

/// A task as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueuedTask {
    /// It.
    #[serde(flatten)]
    pub task: Task,
    /// Where it is.
    #[serde(flatten)]
    pub stage: Stage,
    /// What it waits for, if it waits.
    pub wait: Option<Wait>,
}
