//! Pausing all while the machine runs on its battery or has no memory to spare, where the settings ask for
//! it; and letting go on again what was paused for that.

use std::time::Duration;

use bosk_core::session::{PausedBy, SessionSummary};
use bosk_core::settings::Settings;
use bosk_runtime::client::all;
use bosk_runtime::home::Home;
use bosk_runtime::usage::condition;
use tokio::time::Instant;

/// How often it is looked at. The pressure's own figure is a mean of ten seconds.
const EVERY: Duration = Duration::from_secs(10);

/// Part of the time in which something waited for memory, at which sessions are paused.
const BUSY: f64 = 0.20;

/// The same, below which they go on.
const QUIET: f64 = 0.05;

/// What was found and done.
#[derive(Default)]
pub(crate) struct Conditions {
    paused: bool,
    due: Option<Instant>,
}

impl Conditions {
    /// Waits until it is to be looked at again; for ever where nobody asks for it.
    pub(crate) async fn next(&mut self, settings: &Settings) {
        if settings.pause_on_battery || settings.pause_when_busy || self.paused {
            tokio::time::sleep_until(*self.due.get_or_insert(Instant::now() + EVERY)).await;
        } else {
            std::future::pending::<()>().await;
        }
    }

    /// Looks, and does what is to be done.
    pub(crate) async fn act(
        &mut self,
        home: &Home,
        settings: &Settings,
        sessions: &[SessionSummary],
    ) {
        self.due = None;
        let battery = settings.pause_on_battery && condition::on_battery() == Some(true);
        let pressure = condition::memory_pressure().unwrap_or(0.0);
        let enough = if self.paused { QUIET } else { BUSY };
        let busy = settings.pause_when_busy && pressure > enough;
        if battery || busy {
            self.paused = true;
            all::pause(home, sessions, PausedBy::Machine).await;
        } else if std::mem::take(&mut self.paused) {
            all::go_on(home, sessions, Some(PausedBy::Machine)).await;
        }
    }
}
