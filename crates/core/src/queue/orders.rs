//! What is decided about tasks, and what all of it comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Ended, Hold, Priority, Stage, Task};
use crate::{Problem, ProblemCode, SessionId};

/// How many of a batch may fail in a row before the rest is held.
const FAILURES: u32 = 3;

/// Something that was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// These are to be done, in this order, after what is there.
    Added {
        /// They.
        tasks: Vec<Task>,
    },
    /// One is not to be done.
    Cancelled {
        /// Which.
        id: SessionId,
    },
    /// One is to wait until it is released.
    Held {
        /// Which.
        id: SessionId,
        /// Why.
        hold: Hold,
    },
    /// One of a batch that has cost what it may: those of it that wait are held.
    Spent {
        /// Which.
        id: SessionId,
        /// What the batch has cost, in US dollars.
        spent: f64,
    },
    /// One need not wait any more.
    Released {
        /// Which.
        id: SessionId,
    },
    /// One is to stand somewhere else.
    Moved {
        /// Which.
        id: SessionId,
        /// Before which; at the end when absent.
        before: Option<SessionId>,
    },
    /// One is more or less urgent.
    Prioritised {
        /// Which.
        id: SessionId,
        /// How urgent.
        priority: Priority,
    },
    /// One is about to be launched, or tried again.
    Starting {
        /// Which.
        id: SessionId,
    },
    /// It could not be launched just now, and waits as before.
    PutBack {
        /// Which.
        id: SessionId,
    },
    /// Its session is there.
    Started {
        /// Which.
        id: SessionId,
    },
    /// It is to be tried again.
    Retrying {
        /// Which.
        id: SessionId,
        /// When: milliseconds since 1970.
        at: i64,
        /// Whether that counts as an attempt. To wait for the account's limit does not.
        counts: bool,
    },
    /// It is over.
    Ended {
        /// Which.
        id: SessionId,
        /// How.
        how: Ended,
    },
}

/// A task in the queue.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) task: Task,
    pub(super) stage: Stage,
    pub(super) retries: u32,
}

/// All tasks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Queue {
    pub(super) entries: BTreeMap<SessionId, Entry>,
    /// Their places.
    pub(super) order: Vec<SessionId>,
    /// How many of each batch have failed in a row.
    failures: BTreeMap<String, u32>,
}

impl Queue {
    /// Does what an order says.
    ///
    /// # Errors
    /// It cannot be done, and nothing was changed.
    pub fn take(&mut self, order: Order) -> Result<(), Problem> {
        match order {
            Order::Added { tasks } => self.add(tasks),
            Order::Cancelled { id } => {
                let stage = self.stage(&id)?;
                if !matches!(stage, Stage::Waiting { .. } | Stage::Retrying { .. }) {
                    return Err(not_waiting());
                }
                self.end(&id, Ended::Cancelled)
            }
            Order::Held { id, hold } => {
                let refused = matches!(hold, Hold::Refused { .. });
                match self.stage(&id)? {
                    Stage::Waiting { .. } | Stage::Retrying { .. } => {
                        self.set(&id, Stage::Waiting { hold: Some(hold) })
                    }
                    // It is being launched: only whoever does that may say that it cannot be.
                    Stage::Starting if refused => {
                        self.set(&id, Stage::Waiting { hold: Some(hold) })
                    }
                    _ => Err(not_waiting()),
                }
            }
            Order::PutBack { id } => match self.stage(&id)? {
                Stage::Starting => self.let_wait(&id),
                _ => Err(not_waiting()),
            },
            Order::Spent { id, spent } => self.hold_batch(&id, spent),
            Order::Released { id } => self.release(&id),
            Order::Moved { id, before } => self.move_to(&id, before.as_ref()),
            Order::Prioritised { id, priority } => {
                self.entry(&id)?.task.priority = priority;
                Ok(())
            }
            Order::Starting { id } => match self.stage(&id)? {
                Stage::Waiting { hold: None } | Stage::Retrying { .. } => {
                    self.set(&id, Stage::Starting)
                }
                _ => Err(not_waiting()),
            },
            Order::Started { id } => match self.stage(&id)? {
                Stage::Starting => self.set(&id, Stage::Running),
                _ => Err(not_waiting()),
            },
            Order::Retrying { id, at, counts } => match self.stage(&id)? {
                Stage::Starting | Stage::Running => {
                    self.entry(&id)?.retries += u32::from(counts);
                    self.set(&id, Stage::Retrying { at })
                }
                _ => Err(not_waiting()),
            },
            Order::Ended { id, how } => match self.stage(&id)? {
                Stage::Ended { .. } => Err(not_waiting()),
                _ => self.end(&id, how),
            },
        }
    }

    /// The tasks in their places, with where they are.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = (&Task, &Stage)> {
        let entries = self.order.iter().filter_map(|id| self.entries.get(id));
        entries.map(|entry| (&entry.task, &entry.stage))
    }

    /// A task, where it is, and how often it was tried again.
    #[must_use]
    pub fn get(&self, id: &SessionId) -> Option<(&Task, &Stage, u32)> {
        self.entries.get(id).map(|entry| (&entry.task, &entry.stage, entry.retries))
    }

    /// Whether anything is still to come.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.entries.values().any(|entry| !matches!(entry.stage, Stage::Ended { .. }))
    }

    pub(super) fn entry(&mut self, id: &SessionId) -> Result<&mut Entry, Problem> {
        self.entries.get_mut(id).ok_or_else(|| unknown(id))
    }

    pub(super) fn stage(&self, id: &SessionId) -> Result<Stage, Problem> {
        self.entries.get(id).map(|entry| entry.stage.clone()).ok_or_else(|| unknown(id))
    }

    fn set(&mut self, id: &SessionId, stage: Stage) -> Result<(), Problem> {
        self.entry(id)?.stage = stage;
        Ok(())
    }

    fn add(&mut self, tasks: Vec<Task>) -> Result<(), Problem> {
        let mut named: BTreeMap<&SessionId, &Task> = BTreeMap::new();
        for task in &tasks {
            if self.entries.contains_key(&task.id) || named.insert(&task.id, task).is_some() {
                return Err(invalid(format!(
                    "Task `{}` is in the queue already.",
                    task.id.short()
                )));
            }
        }
        let before =
            |task: &Task| task.after.iter().chain(&task.builds_on).cloned().collect::<Vec<_>>();
        for id in tasks.iter().flat_map(before) {
            if !self.entries.contains_key(&id) && !named.contains_key(&id) {
                let text =
                    format!("A task is to wait for `{}`, which is not in the queue.", id.short());
                return Err(invalid(text));
            }
        }
        if in_a_ring(&tasks) {
            return Err(invalid(
                "Tasks wait for each other in a ring, so none of them could ever start.".to_owned(),
            ));
        }
        for mut task in tasks {
            task.after.extend(task.builds_on.clone().filter(|id| !task.after.contains(id)));
            let (id, stage) = (task.id.clone(), Stage::Waiting { hold: None });
            self.order.push(id.clone());
            self.entries.insert(id.clone(), Entry { task, stage, retries: 0 });
            self.let_wait(&id)?;
        }
        Ok(())
    }

    /// Whether it is over and was not done.
    fn is_undone(&self, id: &SessionId) -> bool {
        self.entries
            .get(id)
            .is_some_and(|entry| matches!(entry.stage, Stage::Ended { how } if how != Ended::Done))
    }

    fn end(&mut self, id: &SessionId, how: Ended) -> Result<(), Problem> {
        self.set(id, Stage::Ended { how })?;
        let task = &self.entry(id)?.task;
        // Attempts at the same are there to be compared: that some fail says nothing of the others.
        let batch = task.batch.clone().filter(|_| task.spec.variant.is_none());
        if how != Ended::Done {
            let hold = Hold::Before { task: id.clone() };
            self.hold_where(&hold, |task| task.after.contains(id));
        }
        let Some(batch) = batch else { return Ok(()) };
        let failures = self.failures.entry(batch.clone()).or_default();
        match how {
            Ended::Done => *failures = 0,
            Ended::Failed => *failures += 1,
            Ended::Interrupted | Ended::Stopped | Ended::Cancelled => {}
        }
        if *failures >= FAILURES {
            self.hold_where(&Hold::Batch, |task| task.batch.as_ref() == Some(&batch));
        }
        Ok(())
    }

    /// Holds what waits and is not held yet.
    fn hold_where(&mut self, hold: &Hold, which: impl Fn(&Task) -> bool) {
        for entry in self.entries.values_mut().filter(|entry| which(&entry.task)) {
            if entry.stage == (Stage::Waiting { hold: None }) {
                entry.stage = Stage::Waiting { hold: Some(hold.clone()) };
            }
        }
    }

    fn release(&mut self, id: &SessionId) -> Result<(), Problem> {
        let Stage::Waiting { hold: Some(hold) } = self.stage(id)? else {
            return Err(invalid("The task is not held.".to_owned()));
        };
        match hold {
            Hold::Before { .. } => {
                let undone: Vec<SessionId> = self.entry(id)?.task.after.clone();
                let undone: Vec<SessionId> =
                    undone.into_iter().filter(|one| self.is_undone(one)).collect();
                let task = &mut self.entry(id)?.task;
                task.after.retain(|one| !undone.contains(one));
                task.builds_on = task.builds_on.take().filter(|one| !undone.contains(one));
            }
            Hold::Batch => {
                let batch = self.entry(id)?.task.batch.clone().unwrap_or_default();
                self.failures.remove(&batch);
                let held = Stage::Waiting { hold: Some(Hold::Batch) };
                let of_it =
                    |one: &&Entry| one.task.batch.as_ref() == Some(&batch) && one.stage == held;
                let all = self.entries.values().filter(of_it);
                for id in all.map(|one| one.task.id.clone()).collect::<Vec<_>>() {
                    self.let_wait(&id)?;
                }
            }
            Hold::Budget { .. } => self.free_batch(id)?,
            Hold::Person | Hold::Refused { .. } => {}
        }
        self.let_wait(id)
    }

    /// Nothing else holds it: only what it waits for and was not done.
    pub(super) fn let_wait(&mut self, id: &SessionId) -> Result<(), Problem> {
        let undone = self.entry(id)?.task.after.clone();
        let hold = undone.into_iter().find(|one| self.is_undone(one));
        self.set(id, Stage::Waiting { hold: hold.map(|task| Hold::Before { task }) })
    }

    fn move_to(&mut self, id: &SessionId, before: Option<&SessionId>) -> Result<(), Problem> {
        self.stage(id)?;
        if before == Some(id) {
            return Ok(());
        }
        let place = |order: &[SessionId], id: &SessionId| order.iter().position(|one| one == id);
        if let Some(before) = before {
            place(&self.order, before).ok_or_else(|| unknown(before))?;
        }
        self.order.retain(|one| one != id);
        let at = before.and_then(|before| place(&self.order, before)).unwrap_or(self.order.len());
        self.order.insert(at, id.clone());
        Ok(())
    }
}

/// Whether tasks wait for each other: then some are left when those are taken away, again and again, that wait
/// for none of the others.
fn in_a_ring(tasks: &[Task]) -> bool {
    // Nearly always each stands behind what it waits for.
    let places: BTreeMap<&SessionId, usize> =
        tasks.iter().enumerate().map(|(at, task)| (&task.id, at)).collect();
    let in_order = tasks.iter().enumerate().all(|(at, task)| {
        let mut before = task.after.iter().chain(&task.builds_on);
        before.all(|id| places.get(id).is_none_or(|place| *place < at))
    });
    if in_order {
        return false;
    }
    let mut left: BTreeMap<&SessionId, &Task> = tasks.iter().map(|task| (&task.id, task)).collect();
    loop {
        let waits =
            |task: &Task| task.after.iter().chain(&task.builds_on).any(|id| left.contains_key(id));
        let still: BTreeMap<&SessionId, &Task> =
            left.iter().filter(|(_, task)| waits(task)).map(|(id, task)| (*id, *task)).collect();
        if still.is_empty() {
            return false;
        }
        if still.len() == left.len() {
            return true;
        }
        left = still;
    }
}

fn unknown(id: &SessionId) -> Problem {
    Problem::new(ProblemCode::SessionUnknown, format!("No task `{}` is in the queue.", id.short()))
        .hint("`bosk queue` lists what waits.")
}

fn not_waiting() -> Problem {
    Problem::new(
        ProblemCode::SessionState,
        "The task does not wait any more, so nothing was changed.",
    )
    .hint("Stop its session instead.")
}

fn invalid(text: String) -> Problem {
    Problem::new(ProblemCode::InvalidInput, text)
}
