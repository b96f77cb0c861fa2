//! The queue as the window sees it: what waits, and for what. Not here: who starts it ([`crate::queue`]).

use std::time::Duration;

use bosk_core::queue::QueuedTask;
use bosk_core::view::Event;
use tokio::time::Instant;

use super::Message;
use super::state::State;
use crate::journal::writer::wall_clock;
use crate::queue::{self, Log, Peaks};
use crate::spend::Today;

/// What changes is looked at together for so long.
const GATHERED: Duration = Duration::from_millis(250);

/// Free memory is told in steps of this size: bytes.
const STEP: u64 = 100_000_000;

/// What the fleet knows of the queue.
#[derive(Default)]
pub(super) struct Queueing {
    log: Log,
    peaks: Peaks,
    told: Vec<QueuedTask>,
    ordered: bool,
    today: Today,
    /// Whether somebody reads what the day has cost.
    reading: bool,
    due: Option<Instant>,
}

impl Queueing {
    /// When it is to be looked at.
    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
    }

    pub(super) fn told(&self) -> &[QueuedTask] {
        &self.told
    }

    /// Something was ordered.
    pub(super) fn ordered(&mut self) {
        self.ordered = true;
        self.due = Some(Instant::now());
    }

    /// What tasks wait for may have changed.
    pub(super) fn look_soon(&mut self) {
        if !self.told.is_empty() {
            let soon = Instant::now() + GATHERED;
            self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
        }
    }
}

impl State {
    /// Has read what the day has cost, where tasks may wait because of it. It is told as a message.
    fn look_at_day(&mut self) {
        let capped = self.others.settings.max_usd_a_day.is_some();
        let costs = self.sessions.values().map(|session| session.summary.cost_usd).sum();
        let open = capped && self.queue.log.queue().is_open();
        if !open || self.queue.reading || !self.queue.today.is_old(costs) {
            return;
        }
        self.queue.reading = true;
        let mut today = self.queue.today;
        let (home, to) = (self.home.clone(), self.to.clone());
        tokio::spawn(async move {
            if let Err(problem) = today.look(&home, costs).await {
                tracing::warn!(%problem, "what the day has cost is not known");
            }
            if let Some(to) = to.upgrade() {
                let _ = to.send(Message::Today(today)).await;
            }
        });
    }

    /// What the day has cost was read.
    pub(super) fn counted(&mut self, today: Today) {
        (self.queue.today, self.queue.reading) = (today, false);
        self.queue.look_soon();
    }

    /// Looks at the queue, and tells what has changed.
    pub(super) fn look_at_queue(&mut self) {
        self.queue.due = None;
        if std::mem::take(&mut self.queue.ordered)
            && let Err(problem) = self.queue.log.catch_up(&self.home)
        {
            self.tell_all(&Event::Problem { problem });
            return;
        }
        self.look_at_day();
        let mut tasks = Vec::new();
        if self.queue.log.queue().is_open() {
            let (now, settings) = (wall_clock(), &self.others.settings);
            let sessions = self.sessions.values().map(|session| &session.summary);
            let Queueing { log, peaks, today, .. } = &mut self.queue;
            let waiting = log.queue();
            let mut load = queue::load(&self.home, settings, peaks, waiting, sessions, 0, now);
            load.free -= load.free % STEP;
            today.count(&mut load);
            tasks = self.queue.log.queue().shown(&queue::caps(settings), &load, now);
            // What only time changes.
            let next = self.queue.log.queue().next_time(&load, now);
            self.queue.due = next.map(|at| {
                Instant::now() + Duration::from_millis(u64::try_from(at - now).unwrap_or(0))
            });
        }
        if tasks != self.queue.told {
            self.queue.told.clone_from(&tasks);
            self.tell_all(&Event::Queue { tasks });
        }
    }
}
