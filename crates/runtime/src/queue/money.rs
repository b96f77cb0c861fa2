//! What has been spent, as the dispatcher counts it: by the day, and by the tasks that were added together. Not here:
//! what that means for the queue (`bosk_core::queue`).

use std::collections::BTreeMap;

use bosk_core::queue::{Load, Queue};
use bosk_core::session::SessionSummary;
use bosk_core::settings::Settings;
use bosk_core::{Problem, SessionId};

use crate::home::Home;
use crate::spend::Today;

/// What has been spent.
#[derive(Debug, Default)]
pub(super) struct Money {
    today: Today,
    /// What sessions have cost whose costs count for a cap. One that was removed has cost it all the same.
    paid: BTreeMap<SessionId, f64>,
}

impl Money {
    /// Reads what the day has cost, where that matters.
    pub(super) async fn look(
        &mut self,
        home: &Home,
        settings: &Settings,
        sessions: impl Iterator<Item = &SessionSummary>,
    ) -> Result<(), Problem> {
        if settings.max_usd_a_day.is_some() {
            self.today.look(home, sessions.map(|session| session.cost_usd).sum()).await?;
        }
        Ok(())
    }

    /// Adds it to the load.
    pub(super) fn count(&mut self, queue: &Queue, load: &mut Load) {
        self.paid.retain(|id, _| queue.get(id).is_some());
        self.paid.extend(load.costs.iter().map(|(id, usd)| (id.clone(), *usd)));
        load.costs.clone_from(&self.paid);
        self.today.count(load);
    }
}
