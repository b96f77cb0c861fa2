//! Pausing all while the machine runs on its battery or has no memory to spare, where the settings ask for
//! it; and letting go on again what was paused for that.

use std::collections::BTreeSet;
use std::time::Duration;

use bosk_core::SessionId;
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
    /// Sessions that were held up this time: whichever of them runs again was let go on by the person.
    held: BTreeSet<SessionId>,
    due: Option<Instant>,
}

impl Conditions {
    /// Waits until it is to be looked at again; for ever where nobody asks for it.
    pub(crate) async fn next(&mut self, settings: &Settings, held: bool) {
        if settings.pause_on_battery || settings.pause_when_busy || held {
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
        let found = (condition::on_battery(), condition::memory_pressure());
        if holds(settings, found, sessions.iter().any(is_paused_for)) {
            let new: Vec<SessionSummary> =
                sessions.iter().filter(|one| !self.held.contains(&one.id)).cloned().collect();
            all::pause(home, &new, PausedBy::Machine).await;
            self.held.extend(new.into_iter().map(|one| one.id));
        } else {
            // Also what was held up before Bosk was started anew.
            all::go_on(home, sessions, Some(PausedBy::Machine)).await;
            self.held.clear();
        }
    }
}

/// Whether a session is held up for the machine's sake.
pub(crate) fn is_paused_for(session: &SessionSummary) -> bool {
    session.paused.is_some_and(|paused| paused.by == PausedBy::Machine)
}

/// Whether sessions are to be held up while the machine is in this condition: on its battery, and its memory's
/// pressure from 0 to 1. It takes more to begin than to stay.
fn holds(
    settings: &Settings,
    (battery, pressure): (Option<bool>, Option<f64>),
    held: bool,
) -> bool {
    let enough = if held { QUIET } else { BUSY };
    (settings.pause_on_battery && battery == Some(true))
        || (settings.pause_when_busy && pressure.is_some_and(|pressure| pressure > enough))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_held_only_where_that_is_wanted_and_not_by_turns() {
        let wanted = |battery, busy| Settings {
            pause_on_battery: battery,
            pause_when_busy: busy,
            ..Settings::default()
        };
        let pressed = (Some(true), Some(0.5));
        assert!(!holds(&wanted(false, false), pressed, false));
        assert!(holds(&wanted(true, false), pressed, false));
        assert!(holds(&wanted(false, true), pressed, false));
        assert!(
            !holds(&wanted(true, true), (None, None), false),
            "what cannot be told holds nothing"
        );
        assert!(!holds(&wanted(true, true), (Some(false), Some(0.1)), false));
        assert!(holds(&wanted(true, true), (Some(false), Some(0.1)), true), "once held, longer");
        assert!(!holds(&wanted(true, true), (Some(false), Some(0.04)), true));
    }
}
