//! Which sessions that are alive change the same files: looked at when a tool or a turn of theirs has ended, by one git
//! process at a time, and only where a window shows it. Not here: what an overlap is ([`bosk_core::review::overlap`]).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use bosk_core::SessionId;
use bosk_core::review::Overlap;
use bosk_core::review::overlap::{Changing, overlaps};
use bosk_core::session::{SessionSummary, State as Stage, Turn};
use bosk_core::view::Event;
use tokio::time::Instant;

use super::Message;
use super::state::State;
use crate::git::{Git, changes};
use crate::review::sides;
use crate::trust::filters;

/// What happens is looked at together for so long.
const GATHERED: Duration = Duration::from_secs(1);

/// What the fleet knows of overlaps.
#[derive(Default)]
pub(super) struct Overlapping {
    /// Whether anybody shows them.
    wanted: bool,
    known: BTreeMap<SessionId, Changing>,
    /// Sessions that may have changed something since.
    moved: BTreeSet<SessionId>,
    told: Vec<Overlap>,
    /// Whose files are being looked at.
    looking: Option<SessionId>,
    due: Option<Instant>,
}

impl Overlapping {
    pub(super) const fn due(&self) -> Option<Instant> {
        if self.looking.is_some() { None } else { self.due }
    }

    pub(super) fn told(&self) -> &[Overlap] {
        &self.told
    }

    /// A window shows them from now on.
    pub(super) fn want(&mut self) {
        if !self.wanted {
            self.wanted = true;
            self.look_soon();
        }
    }

    /// A session's row has changed.
    pub(super) fn moved(&mut self, before: &SessionSummary, now: &SessionSummary) {
        let works = |one: &SessionSummary| one.state == (Stage::Running { turn: Turn::Working });
        let tool_ended = before.doing.is_some() && before.doing != now.doing;
        let ended = before.state.is_ended() != now.state.is_ended();
        if tool_ended || ended || (works(before) && !works(now)) {
            self.moved.insert(now.id.clone());
            self.look_soon();
        }
    }

    fn look_soon(&mut self) {
        if self.wanted && self.due.is_none() {
            self.due = Some(Instant::now() + GATHERED);
        }
    }
}

impl State {
    /// Looks at the files of the next session of which something is not known; where there is none, tells.
    pub(super) fn look_at_overlaps(&mut self) {
        self.overlapping.due = None;
        let alive = self.side_by_side();
        let ids: BTreeSet<SessionId> = alive.keys().map(|id| (*id).clone()).collect();
        let is_next = |id: &SessionId| {
            self.overlapping.moved.contains(id) || !self.overlapping.known.contains_key(id)
        };
        let next = alive.values().find(|summary| is_next(&summary.id));
        let next = next.map(|summary| (*summary).clone());
        self.overlapping.known.retain(|id, _| ids.contains(id));
        let Some(summary) = next else {
            self.overlapping.moved.clear();
            self.tell_overlaps();
            return;
        };
        let id = summary.id.clone();
        self.overlapping.moved.remove(&id);
        self.overlapping.looking = Some(id.clone());
        let (to, home) = (self.to.clone(), self.home.clone());
        tokio::spawn(async move {
            let found = async {
                let (git, folder) = (Git::find().await?, Path::new(&summary.folder));
                filters::require_in(&home, folder).await?;
                let (base, left) = (sides::base(&summary), summary.base_commit.as_deref());
                let from = sides::common(&git, folder, base, left).await?;
                changes::names(&git, folder, &from).await
            };
            let found = found.await.unwrap_or_else(|problem: bosk_core::Problem| {
                tracing::debug!(%problem, "what a session has changed is not known");
                BTreeSet::new()
            });
            if let Some(to) = to.upgrade() {
                let _ = to.send(Message::Changing(id, found)).await;
            }
        });
    }

    /// What a session has changed was looked at.
    pub(super) fn changing(&mut self, id: &SessionId, files: BTreeSet<Vec<u8>>) {
        self.overlapping.looking = None;
        if let Some(session) = self.sessions.get(id) {
            let (repository, folder) =
                (session.summary.repository_path.clone(), session.summary.folder.clone());
            let changing = Changing { repository, folder, files };
            self.overlapping.known.insert(id.clone(), changing);
        }
        self.overlapping.due = Some(Instant::now());
    }

    /// Sessions that are alive and not alone in their repository.
    fn side_by_side(&self) -> BTreeMap<&SessionId, &SessionSummary> {
        let is_alive = |summary: &&SessionSummary| {
            !summary.state.is_ended()
                && summary.base_commit.is_some()
                && !matches!(summary.state, Stage::Queued | Stage::Preparing { .. })
        };
        let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let alive = || self.sessions.values().map(|session| &session.summary).filter(is_alive);
        for summary in alive() {
            folders.entry(&summary.repository_path).or_default().insert(&summary.folder);
        }
        let is_beside = |summary: &&SessionSummary| {
            folders.get(summary.repository_path.as_str()).is_some_and(|folders| folders.len() > 1)
        };
        alive().filter(is_beside).map(|summary| (&summary.id, summary)).collect()
    }

    fn tell_overlaps(&mut self) {
        let overlaps = overlaps(&self.overlapping.known);
        if overlaps != self.overlapping.told {
            self.overlapping.told.clone_from(&overlaps);
            self.tell_all(&Event::Overlaps { overlaps });
        }
    }
}
