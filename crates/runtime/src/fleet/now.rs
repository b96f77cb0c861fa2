//! What there is at the moment of telling: what was gathered are names, and this is what they stand for.

use std::collections::HashMap;

use bosk_core::SessionId;
use bosk_core::session::{Ask, Glance, SessionSummary};
use bosk_core::usage::MachineUsage;
use bosk_core::view::{Figures, QueuedMessage};

use super::gather::Present;
use super::state::Session;
use super::using::{Using, figures, figures_elsewhere};

/// What there is at the moment of telling.
pub(super) struct Now<'a> {
    pub(super) sessions: &'a HashMap<SessionId, Session>,
    pub(super) using: &'a Using,
}

impl Present for Now<'_> {
    fn summary(&self, id: &SessionId) -> Option<SessionSummary> {
        Some(self.sessions.get(id)?.summary.clone())
    }

    fn figures(&self, id: &SessionId) -> Option<(Glance, f64)> {
        let summary = &self.sessions.get(id)?.summary;
        Some((summary.glance, summary.cost_usd))
    }

    fn used(&self, id: &SessionId) -> Option<Figures> {
        match self.sessions.get(id) {
            Some(session) => session.usage.as_ref().map(figures),
            None => self.using.used_elsewhere.get(id).map(figures_elsewhere),
        }
    }

    fn machine(&self) -> Option<MachineUsage> {
        self.using.machine
    }

    fn waiting(&self, id: &SessionId) -> (Vec<Ask>, Vec<QueuedMessage>) {
        let status = self.sessions.get(id).and_then(|session| session.status.as_ref());
        status.map(|status| (status.asks.clone(), status.queue.clone())).unwrap_or_default()
    }
}
