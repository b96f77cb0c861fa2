//! Which task may start, and what each of the others waits for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::budget;
use super::orders::Entry;
use super::{Ended, Hold, Priority, Queue, QueuedTask, Stage};
use crate::SessionId;

/// After the account's limit starts anew, tasks start one by one for so long: milliseconds.
const AFTER_RESET: i64 = 60_000;

/// With so much time in between: milliseconds.
const ONE_BY_ONE: i64 = 5_000;

/// How many may be at work at the same time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caps {
    /// Sessions at work.
    pub running: u32,
    /// Sessions at work in one repository, if that is limited.
    pub in_repository: Option<u32>,
    /// Memory that stays free, in bytes.
    pub reserve: u64,
    /// What all sessions together may cost a day, in US dollars, if that is limited.
    pub usd_a_day: Option<f64>,
}

/// What is at work, and what there is to work with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Load {
    /// Sessions at work in each repository: launched by hand, or from the queue.
    pub running: BTreeMap<String, u32>,
    /// Memory that is free, in bytes, without what has been started and has not taken its share yet.
    pub free: u64,
    /// Memory that a session is expected to take in each repository, in bytes.
    pub expected: BTreeMap<String, u64>,
    /// The same where nothing is known of a repository.
    pub usual: u64,
    /// Until when the account's usage limit holds everything up: milliseconds since 1970.
    pub used_up_until: Option<i64>,
    /// When a task was started last: milliseconds since 1970.
    pub started_at: i64,
    /// What all sessions together have cost today, in US dollars.
    pub usd_today: f64,
    /// When the day is over: milliseconds since 1970.
    pub midnight: i64,
    /// What the sessions of batches have cost whose costs are limited, in US dollars.
    pub costs: BTreeMap<SessionId, f64>,
}

impl Load {
    fn expects(&self, repository: &str) -> u64 {
        self.expected.get(repository).copied().unwrap_or(self.usual)
    }

    fn total(&self) -> u32 {
        self.running.values().sum()
    }

    /// A session of this repository has been started at `now`.
    pub fn start(&mut self, repository: &str, now: i64) {
        self.free = self.free.saturating_sub(self.expects(repository));
        *self.running.entry(repository.to_owned()).or_default() += 1;
        self.started_at = now;
    }
}

/// What a task waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "for", rename_all = "snake_case")]
#[ts(export)]
pub enum Wait {
    /// Nothing: it is next.
    Nothing,
    /// To be released.
    Release {
        /// Why it is held.
        hold: Hold,
    },
    /// Tasks that have to be done before.
    Tasks {
        /// Which.
        ids: Vec<SessionId>,
    },
    /// The account's usage limit to start anew: milliseconds since 1970.
    UsageLimit {
        /// When.
        #[ts(type = "number")]
        resets_at: i64,
    },
    /// The day to be over, since all sessions together have cost what they may a day; or a higher cap.
    Day {
        /// What they may, in US dollars.
        cap: f64,
        /// When the day is over: milliseconds since 1970.
        #[ts(type = "number")]
        until: i64,
    },
    /// Its next attempt: milliseconds since 1970.
    Retry {
        /// When.
        #[ts(type = "number")]
        at: i64,
    },
    /// Fewer sessions at work.
    Running {
        /// How many may be.
        cap: u32,
    },
    /// Fewer sessions at work in its repository.
    Repository {
        /// How many may be.
        cap: u32,
    },
    /// Memory.
    Memory {
        /// How much it is expected to take, in bytes.
        #[ts(type = "number")]
        needs: u64,
        /// How much may be taken, in bytes.
        #[ts(type = "number")]
        free: u64,
    },
    /// Others that stand before it.
    Turn,
}

impl Queue {
    /// What each task waits for that waits, in the order in which they will start; at `now` in milliseconds since
    /// 1970. At most one waits for nothing.
    #[must_use]
    pub fn waits(&self, caps: &Caps, load: &Load, now: i64) -> Vec<(SessionId, Wait)> {
        let mut places: Vec<(Priority, usize, &Entry)> = Vec::new();
        for (place, id) in self.order.iter().enumerate() {
            if let Some(entry) = self.entries.get(id)
                && matches!(entry.stage, Stage::Waiting { .. } | Stage::Retrying { .. })
            {
                places.push((entry.task.priority, place, entry));
            }
        }
        places.sort_by_key(|(priority, place, _)| (std::cmp::Reverse(*priority), *place));
        let mut taken = false;
        let spent = self.spent(load);
        let waits = places.into_iter().map(|(_, _, entry)| {
            let own = self.own_wait(entry, load, now);
            let own = own.or_else(|| budget::wait(entry, &spent, caps, load, now));
            let wait = own.unwrap_or_else(|| {
                if taken {
                    return Wait::Turn;
                }
                let wait = room(entry, caps, load);
                // What a large task waits for is not taken away by small ones behind it.
                taken = matches!(wait, Wait::Nothing | Wait::Running { .. } | Wait::Memory { .. });
                wait
            });
            (entry.task.id.clone(), wait)
        });
        waits.collect()
    }

    /// The tasks that are not over, in their places, with what each waits for.
    #[must_use]
    pub fn shown(&self, caps: &Caps, load: &Load, now: i64) -> Vec<QueuedTask> {
        let mut waits: BTreeMap<SessionId, Wait> =
            self.waits(caps, load, now).into_iter().collect();
        let open = self.tasks().filter(|(_, stage)| !matches!(stage, Stage::Ended { .. }));
        let shown = open.map(|(task, stage)| QueuedTask {
            task: task.clone(),
            stage: stage.clone(),
            wait: waits.remove(&task.id),
        });
        shown.collect()
    }

    /// The task that may start now.
    #[must_use]
    pub fn next(&self, caps: &Caps, load: &Load, now: i64) -> Option<SessionId> {
        let waits = self.waits(caps, load, now);
        waits.into_iter().find(|(_, wait)| *wait == Wait::Nothing).map(|(id, _)| id)
    }

    /// When something may start that cannot now, though nothing else happens: milliseconds since 1970.
    #[must_use]
    pub fn next_time(&self, load: &Load, now: i64) -> Option<i64> {
        let retries = self.entries.values().filter_map(|entry| match entry.stage {
            Stage::Retrying { at } => Some(at),
            _ => None,
        });
        let reset = load.used_up_until.into_iter().chain([load.midnight]);
        let after = load.used_up_until.filter(|reset| (0..AFTER_RESET).contains(&(now - reset)));
        let one_by_one = after.map(|_| load.started_at + ONE_BY_ONE);
        retries.chain(reset).chain(one_by_one).filter(|at| *at > now).min()
    }

    /// What a task waits for whatever else runs.
    fn own_wait(&self, entry: &Entry, load: &Load, now: i64) -> Option<Wait> {
        match &entry.stage {
            Stage::Waiting { hold: Some(hold) } => {
                return Some(Wait::Release { hold: hold.clone() });
            }
            Stage::Retrying { at } if *at > now => return Some(Wait::Retry { at: *at }),
            _ => {}
        }
        let done = Stage::Ended { how: Ended::Done };
        let open = entry.task.after.iter();
        // One that is not there any more was done long ago.
        let open = open.filter(|id| self.entries.get(*id).is_some_and(|one| one.stage != done));
        let ids: Vec<SessionId> = open.cloned().collect();
        if !ids.is_empty() {
            return Some(Wait::Tasks { ids });
        }
        let reset = load.used_up_until?;
        let soon = now - reset < AFTER_RESET && now - load.started_at < ONE_BY_ONE;
        (now < reset || soon).then_some(Wait::UsageLimit { resets_at: reset })
    }
}

fn room(entry: &Entry, caps: &Caps, load: &Load) -> Wait {
    let repository = &entry.task.repository_path;
    let total = load.total();
    if total >= caps.running {
        return Wait::Running { cap: caps.running };
    }
    let here = load.running.get(repository).copied().unwrap_or(0);
    if let Some(cap) = caps.in_repository.filter(|cap| here >= *cap) {
        return Wait::Repository { cap };
    }
    let (needs, free) = (load.expects(repository), load.free.saturating_sub(caps.reserve));
    // Where nothing is at work, nothing will give memory back: it would wait for ever.
    if needs > free && total > 0 {
        return Wait::Memory { needs, free };
    }
    Wait::Nothing
}
