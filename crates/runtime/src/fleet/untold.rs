//! Sessions that the window's first picture does without: they are counted in it, and told piece by
//! piece once it stands. Not here: which they are ([`super::state`]).

use bosk_core::SessionId;
use bosk_core::view::{Earlier, Event};

use super::MORE_SESSIONS;
use super::gather::Present;

/// What is still to be told, the newest last.
#[derive(Debug, Default)]
pub(super) struct Untold {
    sessions: Vec<SessionId>,
    wanted: bool,
}

impl Untold {
    /// These, the newest first.
    pub(super) fn new(mut sessions: Vec<SessionId>) -> Self {
        sessions.reverse();
        Self { sessions, wanted: false }
    }

    /// What they come to.
    pub(super) fn earlier(&self, present: &impl Present) -> Earlier {
        let mut earlier = Earlier::default();
        for id in &self.sessions {
            if let Some((glance, cost_usd)) = present.figures(id) {
                *earlier.counts.entry(glance).or_default() += 1;
                earlier.cost_usd += cost_usd;
            }
        }
        earlier
    }

    /// The first picture stands.
    pub(super) const fn want(&mut self) {
        self.wanted = true;
    }

    /// Whether there is something to be told now.
    pub(super) const fn is_wanted(&self) -> bool {
        self.wanted && !self.sessions.is_empty()
    }

    /// This session has changed or is gone, and is told by itself.
    pub(super) fn told(&mut self, id: &SessionId) {
        self.sessions.retain(|one| one != id);
    }

    /// The next piece.
    pub(super) fn next(&mut self, present: &impl Present) -> Option<Event> {
        if !self.is_wanted() {
            return None;
        }
        let left = self.sessions.len().saturating_sub(MORE_SESSIONS);
        let ids = self.sessions.split_off(left);
        let sessions = ids.iter().rev().filter_map(|id| present.summary(id)).collect();
        Some(Event::Older { sessions, earlier: self.earlier(present) })
    }
}
