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
        let code = session.problem.as_ref().map(|problem| problem.code);
        match (code, session.usage_resets_at) {
            (Some(ProblemCode::UsageLimit), Some(resets)) => Came::UsedUp(resets * 1000),
            (Some(ProblemCode::ApiError), _) => Came::Broke,
            _ => Came::Ended(Ended::Failed),
        }
    };
    match &session.state {
        State::Running { turn: Turn::Idle } if session.queued == 0 => match session.glance {
            Glance::Failed => Some(failed()),
            // Nothing was done in it yet.
            _ if session.turns == 0 && session.cost_usd == 0.0 => None,
            _ => Some(Came::Ended(Ended::Done)),
        },
        State::Ended { outcome, .. } => Some(match outcome {
            Outcome::Finished | Outcome::Stopped { reason: StopReason::Finished } => {
                if session.glance == Glance::Failed { failed() } else { Came::Ended(Ended::Done) }
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
