//! Schedules: tasks that are added to the queue at a time, every so often, when a branch gets a commit, or when the
//! account's usage limit starts anew. Pure: what the clock and the calendar, git and the account say is told, and what
//! is to be done is answered ([`Schedule::due`]). Not here: the calendar, and who runs it (the runtime).

mod rules;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::queue::Addition;
use crate::{Problem, SessionId};

pub use rules::{Due, ON_TIME, World};

/// Most schedules that there may be.
pub const MOST: usize = 200;

/// Tasks that are added to the queue by themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Schedule {
    /// A name made up for it, which stays.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// When it runs.
    pub when: When,
    /// What is added.
    pub addition: Addition,
    /// Whether it runs by itself.
    pub enabled: bool,
    /// When it was made: milliseconds since 1970.
    #[ts(type = "number")]
    pub made_at: i64,
    /// Since when it has been as it is, and runs by itself: what was before does not count.
    #[serde(default)]
    #[ts(type = "number")]
    pub since: i64,
    /// When it runs next: milliseconds since 1970; none where that is not known, or never.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub next_at: Option<i64>,
    /// The branch's commit that was seen last.
    #[serde(default)]
    pub seen: Option<String>,
    /// A run that is written down and not done yet. Whoever finds one does it, under the same ids.
    #[serde(default)]
    pub begun: Option<Ran>,
    /// Its last run.
    #[serde(default)]
    pub last: Option<Ran>,
    /// Why it cannot be known when it is to run: a branch or a repository that is not there.
    #[serde(default)]
    pub problem: Option<Problem>,
}

/// When a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum When {
    /// Once.
    At {
        /// When: milliseconds since 1970.
        #[ts(type = "number")]
        at: i64,
    },
    /// So long after it was made or turned on, and so on.
    Minutes {
        /// How long.
        minutes: u32,
    },
    /// On some days of the week, by the machine's clock.
    Days {
        /// Which: 0 is Sunday. None is every day.
        days: Vec<u8>,
        /// When: minutes since midnight. A time that the clock leaves out is taken for as long after it; one that it
        /// shows twice is the first of both.
        minute: u16,
    },
    /// By a cron expression of five fields, by the machine's clock.
    Cron {
        /// It: minute, hour, day of the month, month, day of the week.
        expression: String,
    },
    /// When a branch gets a commit.
    Commit {
        /// Any folder inside the repository, absolute.
        repository: String,
        /// The branch.
        branch: String,
    },
    /// When the account's usage limit, after it was reached, starts anew.
    Reset,
}

/// A run of a schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Ran {
    /// When: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// When it should have been: the last of the times that it stands for.
    #[ts(type = "number")]
    pub due_at: i64,
    /// How many times were missed, because nobody ran or the run before was not over; they are done with by this one.
    pub missed: u32,
    /// The tasks that were added, which are or become sessions of that name.
    pub tasks: Vec<SessionId>,
    /// Why nothing was added.
    #[serde(default)]
    pub problem: Option<Problem>,
}

/// A schedule as a person has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ScheduleDraft {
    /// Which one it replaces; a new one when absent.
    #[serde(default)]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// When it runs.
    pub when: When,
    /// What is added.
    pub addition: Addition,
    /// Whether it runs by itself.
    pub enabled: bool,
}
