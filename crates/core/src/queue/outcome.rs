//! What a session's state means for the task that it was: whether it is over, and whether it is worth another
//! attempt. A failure is, that is not the work's own fault.

use super::Ended;
use crate::ProblemCode;
use crate::session::{Glance, Outcome, SessionSummary, State, StopReason, Turn};

/// How often a task is tried again.
pub const MOST_RETRIES: u32 = 3;

/// How long the first attempt waits: milliseconds. Each other waits twice as long as the one before; the CLI has
/// tried ten times by itself by then.
pub const FIRST_RETRY: i64 = 30_000;

/// What has become of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It is over.
    Ended(Ended),
    /// It failed through no fault of its own.
    Broke,
    /// The account's usage limit ended it, until then: milliseconds since 1970.
    UsedUp(i64),
}

/// What has become of a task's session; none while it is at work.
#[must_use]
pub fn came_to(session: &SessionSummary) -> Option<Came> {
    let failed = || {
        // The work's own fault, whatever else there is to be said: to try again would do the same once more.
        if session.has_failed_check() {
            return Came::Ended(Ended::Failed);
        }
        let code = session.problem.as_ref().map(|problem| problem.code);
        match (code, session.usage_resets_at) {
            (Some(ProblemCode::UsageLimit), Some(resets)) => Came::UsedUp(resets * 1000),
            (Some(ProblemCode::ApiError), _) => Came::Broke,
            _ => Came::Ended(Ended::Failed),
        }
    };
    if session.is_checking() {
        return None;
    }
    let done = || Came::Ended(if session.interrupted { Ended::Interrupted } else { Ended::Done });
    match &session.state {
        State::Running { turn: Turn::Idle } if session.queued == 0 => match session.glance {
            Glance::Failed => Some(failed()),
            // Nothing was done in it yet.
            _ if session.turns == 0 && session.cost_usd == 0.0 => None,
            _ => Some(done()),
        },
        State::Ended { outcome, .. } => Some(match outcome {
            Outcome::Finished | Outcome::Stopped { reason: StopReason::Finished } => {
                if session.glance == Glance::Failed { failed() } else { done() }
            }
            // A crash, a kill from outside, or a machine that went down.
            Outcome::Killed { .. }
            | Outcome::Lost
            | Outcome::Stopped { reason: StopReason::Shutdown } => Came::Broke,
            Outcome::Failed { .. } => Came::Broke,
            Outcome::NotStarted { .. } | Outcome::Stopped { reason: StopReason::Limit } => {
                Came::Ended(Ended::Failed)
            }
            Outcome::Stopped { reason: StopReason::Person } => Came::Ended(Ended::Stopped),
        }),
        _ => None,
    }
}

/// How long a task waits that has been tried again so often before, in the unit of `first`; none where it was
/// enough.
#[must_use]
pub const fn retry_after(retries: u32, first: i64) -> Option<i64> {
    if retries >= MOST_RETRIES { None } else { Some(first << retries) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SessionId;
    use crate::journal::{CheckNote, Note};
    use crate::session::{Tally, Verdict};

    /// A session that has done a turn, and then what these notes say.
    fn after(notes: &[Note]) -> SessionSummary {
        let spec = serde_json::from_str(r#"{"repository":"/r","prompt":"x"}"#).unwrap();
        let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        let mut tally = Tally::new(id, &spec, "r", "/r", 5);
        let result = br#"{"type":"result","total_cost_usd":1,"num_turns":1,"duration_ms":70}"#;
        tally.note(&Note::State { state: State::Running { turn: Turn::Working } }, 6);
        tally.message(&crate::claude::message::parse(result).unwrap(), 7);
        tally.note(&Note::State { state: State::Running { turn: Turn::Idle } }, 8);
        notes.iter().for_each(|note| tally.note(note, 9));
        tally.summary().clone()
    }

    fn begun() -> Note {
        Note::Check(CheckNote::Begun { command: "make".into() })
    }

    fn ended(verdict: Option<Verdict>) -> Note {
        Note::Check(CheckNote::Ended { verdict, took: 3 })
    }

    #[test]
    fn work_that_was_broken_off_is_not_done_until_it_has_gone_on() {
        let spec = serde_json::from_str(r#"{"repository":"/r","prompt":"x"}"#).unwrap();
        let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        let mut tally = Tally::new(id, &spec, "r", "/r", 5);
        let mut turn = |end: &[u8]| {
            tally.note(&Note::State { state: State::Running { turn: Turn::Working } }, 6);
            assert_eq!(came_to(tally.summary()), None);
            tally.message(&crate::claude::message::parse(end).unwrap(), 7);
            tally.note(&Note::State { state: State::Running { turn: Turn::Idle } }, 8);
            tally.summary().clone()
        };
        let broken =
            br#"{"type":"result","is_error":true,"num_turns":1,"terminal_reason":"aborted_tools"}"#;
        let mut row = turn(broken);
        assert_eq!(came_to(&row), Some(Came::Ended(Ended::Interrupted)));
        row.queued = 1;
        assert_eq!(came_to(&row), None, "it goes on");
        row.state = State::Ended { outcome: Outcome::Finished, left_behind: 0 };
        assert_eq!(came_to(&row), Some(Came::Ended(Ended::Interrupted)), "put away");
        let row = turn(br#"{"type":"result","num_turns":1}"#);
        assert_eq!(came_to(&row), Some(Came::Ended(Ended::Done)));
    }

    #[test]
    fn work_that_is_checked_is_over_when_the_check_is() {
        let failed = || Some(Verdict::Failed { code: Some(1) });
        let finished = Outcome::Stopped { reason: StopReason::Finished };
        let put_away = Note::State { state: State::Ended { outcome: finished, left_behind: 0 } };
        let keeper = Note::Keeper { version: "1".into(), resumed: true };
        let working = Note::State { state: State::Running { turn: Turn::Working } };
        let over = |how| Some(Came::Ended(how));
        for (notes, came, glance) in [
            (vec![], over(Ended::Done), Glance::Done),
            (vec![begun()], None, Glance::Running),
            (vec![begun(), ended(Some(Verdict::Passed))], over(Ended::Done), Glance::Done),
            (vec![begun(), ended(failed())], over(Ended::Failed), Glance::Failed),
            (vec![begun(), ended(failed()), put_away], over(Ended::Failed), Glance::Failed),
            (vec![begun(), ended(None)], over(Ended::Done), Glance::Done),
            (vec![begun(), keeper], over(Ended::Done), Glance::Done),
            (vec![begun(), ended(failed()), working], None, Glance::Running),
        ] {
            let row = after(&notes);
            assert_eq!((came_to(&row), row.glance), (came, glance), "{notes:?}");
        }
        assert_eq!(after(&[]).worked, 70);
        assert_eq!(after(&[begun(), ended(failed())]).check.map(|check| check.took), Some(3));
    }
}
