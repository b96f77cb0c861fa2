//! The rows of all sessions, kept up to date for a program that shows no window: it looks again whenever something
//! has changed.

use std::collections::BTreeMap;

use bosk_core::session::SessionSummary;
use bosk_core::settings::Settings;
use bosk_core::view::{Batch, Event};
use bosk_core::{Problem, SessionId};
use tokio::sync::mpsc;

use super::{First, Fleet};
use crate::home::Home;

/// All sessions as they are now.
#[derive(Debug)]
pub struct Rows {
    /// Their rows.
    pub sessions: BTreeMap<SessionId, SessionSummary>,
    /// The settings.
    pub settings: Settings,
    /// How often schedules were told to have changed.
    pub schedules_told: u32,
    /// What they are followed with.
    pub fleet: Fleet,
    name: &'static str,
    batches: mpsc::UnboundedReceiver<Batch>,
    taken: bool,
}

impl Rows {
    /// Follows them as the listener of that name.
    ///
    /// # Errors
    /// As for [`Fleet::open`] and [`Fleet::snapshot`].
    pub async fn follow(home: &Home, name: &'static str) -> Result<Self, Problem> {
        let fleet = Fleet::open(home.clone())?;
        let snapshot = fleet.snapshot(name, First::All).await?;
        let (to, batches) = mpsc::unbounded_channel();
        let sink = Box::new(move |batch| to.send(batch).is_ok());
        fleet.listen(name, snapshot.seq, sink).await?;
        let sessions = snapshot.sessions.into_iter().map(|one| (one.id.clone(), one)).collect();
        let settings = snapshot.settings;
        Ok(Self { sessions, settings, schedules_told: 0, fleet, name, batches, taken: false })
    }

    /// Waits for the next change of anything. False when there will be none. It can be dropped and called again.
    pub async fn changed(&mut self) -> bool {
        // What was taken the last time: the next batch comes when the fleet knows.
        if self.taken {
            self.fleet.acknowledge(self.name).await;
            self.taken = false;
        }
        let Some(batch) = self.batches.recv().await else { return false };
        self.taken = true;
        for event in batch.events {
            match event {
                Event::Session { summary } => {
                    self.sessions.insert(summary.id.clone(), *summary);
                }
                Event::SessionGone { id } => {
                    self.sessions.remove(&id);
                }
                Event::Settings { settings } => self.settings = settings,
                Event::Schedules { .. } => self.schedules_told += 1,
                _ => {}
            }
        }
        true
    }
}
