//! Everything as one window sees it at first. Not here: what changes afterwards ([`super::gather`]).

use std::collections::HashMap;

use bosk_core::session::{Glance, SessionSummary};
use bosk_core::view::{RecentRepository, Snapshot};

use super::now::Now;
use super::state::State;
use super::untold::Untold;
use super::{FIRST_SESSIONS, First};

/// Most repositories remembered.
const RECENT: usize = 12;

impl State {
    pub(super) fn snapshot(&mut self, name: &str, first: First) -> Snapshot {
        if first == First::Picture {
            self.overlapping.want();
        }
        let mut all: Vec<&SessionSummary> =
            self.sessions.values().map(|session| &session.summary).collect();
        all.sort_by_key(|summary| std::cmp::Reverse(summary.created_at));
        let mut repositories: Vec<RecentRepository> = Vec::new();
        for summary in &all {
            if repositories.len() < RECENT
                && !repositories.iter().any(|known| known.path == summary.repository_path)
            {
                let (name, path) = (summary.repository.clone(), summary.repository_path.clone());
                repositories.push(RecentRepository { name, path });
            }
        }
        let mut shown: HashMap<Glance, usize> = HashMap::new();
        let (shown, untold): (Vec<_>, Vec<_>) = all.into_iter().partition(|summary| {
            let shown = shown.entry(summary.glance).or_default();
            *shown += 1;
            first == First::All || !summary.state.is_ended() || *shown <= FIRST_SESSIONS
        });
        let sessions = shown.into_iter().cloned().collect();
        let untold = Untold::new(untold.into_iter().map(|summary| summary.id.clone()).collect());
        let earlier = untold.earlier(&Now { sessions: &self.sessions, using: &self.using });
        let listener = self.listeners.of(name);
        listener.begin();
        listener.untold = untold;
        Snapshot {
            seq: listener.seq,
            sessions,
            earlier,
            foreign: self.using.foreign.clone(),
            queue: self.queue.told().to_vec(),
            schedules: self.schedules.clone(),
            inbox: self.inbox.clone(),
            overlaps: self.overlapping.told().to_vec(),
            settings: self.others.settings.clone(),
            repositories,
            cli: self.others.cli.clone(),
            auth: self.others.auth.clone(),
            problems: self.others.problems.clone(),
            platform: std::env::consts::OS.to_owned(),
        }
    }
}
