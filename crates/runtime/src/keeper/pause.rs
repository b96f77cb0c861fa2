//! Freezing a session and letting it go on. Nothing is told to the CLI: it does not notice.

use std::time::Duration;

use bosk_core::journal::{Decision, Note};
use bosk_core::session::PausedBy;
use bosk_core::{Problem, ProblemCode};
use tokio::time::Instant;

use super::actor::Actor;

/// How long freezing may take.
const FREEZE_LIMIT: Duration = Duration::from_secs(1);

impl Actor {
    pub(super) const fn paused(&self) -> bool {
        self.tally.summary().paused.is_some()
    }

    /// Freezes everything. What is frozen stays so, for the reason it was frozen for first; only the
    /// person's own wish counts for more than the machine's state.
    pub(super) fn pause(&mut self, by: PausedBy) -> Result<(), Problem> {
        if !self.state.can_pause() || self.trees().is_empty() {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "Nothing of the session runs that could be paused.",
            ));
        }
        let before = self.tally.summary().paused.map(|paused| paused.by);
        if before.is_some_and(|before| before != PausedBy::Machine || by == PausedBy::Machine) {
            return Ok(());
        }
        self.decide(&Decision::Pause { by })?;
        self.let_tools_run();
        for tree in self.trees() {
            tree.freeze(FREEZE_LIMIT);
        }
        self.note(&Note::Paused { by });
        self.measure_soon();
        Ok(())
    }

    /// Lets everything go on, as the person wants it.
    pub(super) fn go_on(&mut self) -> Result<(), Problem> {
        if !self.paused() {
            return Ok(());
        }
        self.decide(&Decision::GoOn)?;
        let (figures, now) = (self.figures(), self.journal.now());
        self.watchdog.forgive(&figures, now);
        self.thaw();
        Ok(())
    }

    /// Lets everything go on, if it is frozen.
    pub(super) fn thaw(&mut self) {
        if let Some(paused) = self.tally.summary().paused {
            let stood = crate::journal::writer::wall_clock().saturating_sub(paused.since);
            self.check_stood_still(Duration::from_millis(u64::try_from(stood).unwrap_or(0)));
            for tree in self.trees() {
                tree.thaw();
            }
            self.note(&Note::WentOn);
            self.measure_soon();
            // It could say nothing meanwhile.
            self.last_word = Instant::now();
        }
    }
}
