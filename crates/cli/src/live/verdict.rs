//! What a watched session came to, as an exit code.

use bosk_core::journal::CheckNote;
use bosk_core::session::{self, Outcome, StopReason};
use bosk_core::transcript::EntryBody;
use bosk_core::transcript::fold::Change;

use crate::failure::Exit;

/// The last turn and the end, as far as they have been seen.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    turn: Turn,
    /// How the session ended.
    pub(super) outcome: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    Open,
    Done,
    Failed,
    Interrupted,
}

impl Verdict {
    /// Takes a change of the transcript, in order.
    pub(super) fn note(&mut self, change: &Change) {
        if let Change::Check(_, CheckNote::Ended { verdict, .. }) = change {
            let failed = matches!(verdict, Some(session::Verdict::Failed { .. }));
            self.turn = match self.turn {
                Turn::Done if failed => Turn::Failed,
                turn => turn,
            };
        }
        let Change::Push(entry) = change else { return };
        match &entry.body {
            EntryBody::TurnEnd { is_error, subtype, .. } => {
                self.turn = match (subtype.as_str(), is_error) {
                    ("interrupted", _) => Turn::Interrupted,
                    (_, true) => Turn::Failed,
                    (_, false) => Turn::Done,
                };
            }
            EntryBody::Prompt { .. } => self.turn = Turn::Open,
            EntryBody::Ended { outcome, .. } => self.outcome = Some(outcome.clone()),
            EntryBody::Resumed => self.outcome = None,
            _ => {}
        }
    }

    /// Whether a turn has ended and none has begun since.
    pub(super) fn turn_is_over(&self) -> bool {
        self.turn != Turn::Open
    }

    /// The exit code.
    pub(super) const fn exit(&self) -> Exit {
        match &self.outcome {
            Some(Outcome::NotStarted { .. }) => Exit::Refused,
            Some(Outcome::Finished | Outcome::Stopped { reason: StopReason::Finished }) => {
                match self.turn {
                    Turn::Interrupted => Exit::Stopped,
                    Turn::Failed => Exit::Failed,
                    Turn::Open | Turn::Done => Exit::Done,
                }
            }
            Some(Outcome::Stopped { .. }) => Exit::Stopped,
            Some(Outcome::Failed { .. } | Outcome::Killed { .. } | Outcome::Lost) | None => {
                Exit::Failed
            }
        }
    }
}
