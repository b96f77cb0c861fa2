//! What may be spent: by the tasks that were added together, and by all sessions in a day. What has been spent is told
//! ([`Load`]); a turn that runs is never cut off, so it can become more by what is at work just then.

use std::collections::BTreeMap;

use super::orders::Entry;
use super::{Caps, Hold, Load, Order, Queue, Stage, Task, Wait};
use crate::launch::Backend;
use crate::{Problem, ProblemCode, SessionId};

/// What tells tasks that were added together, with a cap, from all others.
type Key<'a> = (&'a Option<String>, i64);

/// Those of which some are still to come.
pub(super) struct OpenBatches<'a>(std::collections::BTreeSet<Key<'a>>);

impl OpenBatches<'_> {
    pub(super) fn has(&self, task: &Task) -> bool {
        key(task).is_some_and(|(key, _)| self.0.contains(&key))
    }
}

fn key(task: &Task) -> Option<(Key<'_>, f64)> {
    task.batch_max_usd.map(|cap| ((&task.batch, task.added_at), cap))
}

/// What a task waits for because of what was spent.
pub(super) fn wait(
    entry: &Entry,
    spent: &BTreeMap<Key<'_>, f64>,
    caps: &Caps,
    load: &Load,
    now: i64,
) -> Option<Wait> {
    if let Some((key, cap)) = key(&entry.task)
        && let Some(spent) = spent.get(&key).copied().filter(|spent| *spent >= cap)
    {
        return Some(Wait::Release { hold: Hold::Budget { cap, spent } });
    }
    // A rehearsal costs nothing.
    let costs = entry.task.spec.backend == Backend::Account;
    let reached = |cap: &f64| costs && load.usd_today >= *cap && now < load.midnight;
    let cap = caps.usd_a_day.filter(reached)?;
    Some(Wait::Day { cap, until: load.midnight })
}

impl Queue {
    /// What has been spent of each cap, in US dollars.
    pub(super) fn spent(&self, load: &Load) -> BTreeMap<Key<'_>, f64> {
        let mut spent = BTreeMap::new();
        for (id, cost) in &load.costs {
            if let Some((key, _)) = self.entries.get(id).and_then(|entry| key(&entry.task)) {
                *spent.entry(key).or_default() += cost;
            }
        }
        spent
    }

    /// The tasks whose costs count for a cap.
    pub fn capped(&self) -> impl Iterator<Item = &SessionId> {
        let capped = self.entries.values().filter(|entry| entry.task.batch_max_usd.is_some());
        capped.map(|entry| &entry.task.id)
    }

    pub(super) fn open_batches(&self) -> OpenBatches<'_> {
        let open = self.entries.values().filter(|one| !matches!(one.stage, Stage::Ended { .. }));
        OpenBatches(open.filter_map(|one| key(&one.task)).map(|(key, _)| key).collect())
    }

    /// What is to be ordered because batches have cost what they may: one order for each of them.
    #[must_use]
    pub fn over_budget(&self, load: &Load) -> Vec<Order> {
        let spent = self.spent(load);
        let mut orders: BTreeMap<Key<'_>, Order> = BTreeMap::new();
        for entry in self.entries.values().filter(|entry| is_free(&entry.stage)) {
            if let Some((key, cap)) = key(&entry.task)
                && let Some(spent) = spent.get(&key).copied().filter(|spent| *spent >= cap)
            {
                orders.entry(key).or_insert(Order::Spent { id: entry.task.id.clone(), spent });
            }
        }
        orders.into_values().collect()
    }

    /// Holds what waits of a task's batch, also what waits to be tried again.
    pub(super) fn hold_batch(&mut self, id: &SessionId, spent: f64) -> Result<(), Problem> {
        let task = self.entry(id)?.task.clone();
        let Some((batch, cap)) = key(&task) else {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "What these tasks may cost is not limited any more.",
            ));
        };
        for entry in self.entries.values_mut() {
            if is_free(&entry.stage) && key(&entry.task).is_some_and(|(one, _)| one == batch) {
                entry.stage = Stage::Waiting { hold: Some(Hold::Budget { cap, spent }) };
            }
        }
        Ok(())
    }

    /// A task's batch goes on whatever it costs.
    pub(super) fn free_batch(&mut self, id: &SessionId) -> Result<(), Problem> {
        let task = self.entry(id)?.task.clone();
        let Some((batch, _)) = key(&task) else { return Ok(()) };
        let mut held = Vec::new();
        for entry in self.entries.values_mut() {
            if key(&entry.task).is_some_and(|(one, _)| one == batch) {
                entry.task.batch_max_usd = None;
                if matches!(&entry.stage, Stage::Waiting { hold: Some(Hold::Budget { .. }) }) {
                    held.push(entry.task.id.clone());
                }
            }
        }
        held.iter().try_for_each(|id| self.let_wait(id))
    }
}

/// Whether it would start by itself.
const fn is_free(stage: &Stage) -> bool {
    matches!(stage, Stage::Waiting { hold: None } | Stage::Retrying { .. })
}
