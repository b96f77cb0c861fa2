//! A CLI that says nothing: at its start it is told as a problem, in a turn as a stall, with the last sign of life as
//! the evidence. A tool that runs, or processor time that is used, is such a sign. Not here: what is done about it,
//! which the person decides.

use std::time::Duration;

use bosk_core::session::{PrepareStep, Stalled, State, Turn};
use bosk_core::{Problem, ProblemCode};
use tokio::time::Instant;

use super::actor::Actor;
use crate::journal::writer::wall_clock;

/// Processor time that is a sign of life, in cores: a CLI that only waits for the service uses less.
const ALIVE: f64 = 0.05;

impl Actor {
    /// When a silence becomes worth telling, if it is not told yet.
    pub(super) fn next_silence(&self) -> Option<Instant> {
        let row = self.tally.summary();
        if row.problem.is_some() || row.stalled.is_some() || self.paused() {
            return None;
        }
        match &self.state {
            State::Preparing { step: PrepareStep::Starting } => {
                Some(self.last_word + self.patience.start)
            }
            // What a tool does is its own affair, and it is looked at again when it is over.
            State::Running { turn: Turn::Working } if !self.meter.costs.any() => {
                Some(self.last_word + self.patience.silence)
            }
            _ => None,
        }
    }

    pub(super) fn look_at_silence(&mut self, now: Instant) {
        if self.next_silence().is_none_or(|at| at > now) {
            return;
        }
        let silent = now.duration_since(self.last_word);
        if self.state == (State::Running { turn: Turn::Working }) {
            let ago = i64::try_from(silent.as_millis()).unwrap_or(0);
            self.tally.set_stalled(Some(Stalled { since: wall_clock() - ago }));
        } else {
            self.tally.set_problem(Some(not_started(silent)));
        }
        self.changed();
    }

    /// The CLI has said something: whoever was told that it is silent is told otherwise.
    pub(super) fn heard(&mut self) {
        self.last_word = Instant::now();
        let row = self.tally.summary();
        let silent =
            row.problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::CliSilent);
        let stalled = row.stalled.is_some();
        if silent {
            self.tally.set_problem(None);
        }
        if stalled {
            self.tally.set_stalled(None);
        }
        if silent || stalled {
            self.changed();
        }
    }

    /// What it uses was measured: that it works is as good as a word.
    pub(super) fn worked(&mut self) {
        let working = self.state == (State::Running { turn: Turn::Working });
        if working && self.meter.last.usage.cpu > ALIVE {
            self.heard();
        }
    }
}

fn not_started(silent: Duration) -> Problem {
    let text = format!(
        "Claude has said nothing for {} s. It may be starting slowly, or it may hang.",
        silent.as_secs()
    );
    Problem::new(ProblemCode::CliSilent, text)
        .hint("Wait, or stop the session and resume it; the conversation is kept.")
}
