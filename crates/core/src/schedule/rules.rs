//! When a schedule is due, and what of it is done with by a run. Times that passed while nobody ran are one run.

use super::{Ran, Schedule, When};
use crate::SessionId;

/// How late a run may be and still count as one in time: milliseconds. Whoever runs schedules looks once a minute.
pub const ON_TIME: i64 = 2 * 60_000;

/// So many missed times are counted.
const MOST_COUNTED: u32 = 10_000;

/// What is known outside the schedules.
#[derive(Debug, Clone, Copy, Default)]
pub struct World<'a> {
    /// The time: milliseconds since 1970.
    pub now: i64,
    /// The commit that the branch has, for one that waits for commits.
    pub tip: Option<&'a str>,
    /// When the account's usage limit starts anew or did so, if it was reached: milliseconds since 1970.
    pub reset: Option<i64>,
    /// Whether tasks of the last run are not over. Runs do not pile up: the next waits for the last.
    pub busy: bool,
}

/// What is to be done about a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// To run it.
    Run {
        /// For which time: milliseconds since 1970.
        at: i64,
        /// How many times were missed that are done with by it.
        missed: u32,
    },
}

impl Schedule {
    /// Whether somebody has to be there for it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.enabled || self.begun.is_some()
    }

    /// The account's limit was reached, and starts anew then. Whether that is news.
    pub fn expect_reset(&mut self, reset: i64) -> bool {
        let done = self.last.as_ref().map_or(self.since, |last| last.due_at.max(self.since));
        let news = self.when == When::Reset && self.enabled && reset > done;
        let news = news && self.next_at != Some(reset);
        if news {
            self.next_at = Some(reset);
        }
        news
    }

    /// Whether it is to run now. `after` is the calendar: the next time after one of its times.
    pub fn due(&self, world: &World<'_>, after: impl Fn(i64) -> Option<i64>) -> Due {
        if !self.enabled || world.busy || self.begun.is_some() {
            return Due::Nothing;
        }
        if let When::Commit { .. } = self.when {
            let new = world.tip.is_some() && world.tip != self.seen.as_deref();
            return if new { Due::Run { at: world.now, missed: 0 } } else { Due::Nothing };
        }
        let Some(mut at) = self.next_at.filter(|at| *at <= world.now) else { return Due::Nothing };
        let mut passed = 1;
        while let Some(next) = after(at).filter(|next| *next > at && *next <= world.now)
            && passed < MOST_COUNTED
        {
            (at, passed) = (next, passed + 1);
        }
        let in_time = world.now - at < ON_TIME;
        Due::Run { at, missed: passed - u32::from(in_time) }
    }

    /// A run is written down: until it is done there is no other, and what it stands for does not come again. `next` is
    /// when it runs after that; `tip` the commit that it runs for.
    pub fn begin(&mut self, run: Ran, next: Option<i64>, tip: Option<&str>) {
        self.next_at = next;
        self.seen = tip.map(str::to_owned).or_else(|| self.seen.take());
        if let When::At { .. } = self.when {
            (self.enabled, self.next_at) = (false, None);
        }
        self.problem = None;
        self.begun = Some(run);
    }

    /// The person has it run now; what comes by itself stays as it is.
    pub fn begin_now(&mut self, run: Ran) {
        self.begun = Some(run);
    }

    /// The run that was written down is done, or was refused.
    pub fn done(&mut self, problem: Option<crate::Problem>) {
        if let Some(mut run) = self.begun.take() {
            if problem.is_some() {
                run.tasks.clear();
            }
            self.last = Some(Ran { problem, ..run });
        }
    }

    /// The tasks of its last run.
    #[must_use]
    pub fn tasks(&self) -> &[SessionId] {
        self.last.as_ref().map_or(&[], |last| &last.tasks)
    }
}
