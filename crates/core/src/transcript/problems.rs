//! What a failed turn means for the person: the CLI's own figures put into a [`Problem`].

use crate::claude::message::TurnResult;
use crate::journal::LimitNote;
use crate::limits::{Limit, Rung};
use crate::{Problem, ProblemCode};

/// The problem of a limit that was reached.
#[must_use]
pub(crate) fn of_limit(note: &LimitNote) -> Problem {
    let what = note.limit.figure(note.of);
    let (done, hint) = match note.rung {
        Some(Rung::StopTool) => (
            "what used most of it was stopped, and Claude was told",
            "Raise the limit if the work needs more.",
        ),
        Some(Rung::Pause) => (
            "everything is paused and nothing is lost",
            "Raise the limit and let it go on, or stop the session.",
        ),
        Some(Rung::Stop) => (
            "the session is stopped; its work is kept",
            "Raise the limit, then resume the session.",
        ),
        None => ("nothing was done", "Pause or stop the session if it should not use more."),
    };
    let text = format!("The session reached its limit of {what}: {done}.");
    Problem::new(ProblemCode::LimitReached, text).hint(hint)
}

impl Limit {
    /// A figure of this limit, in words.
    #[must_use]
    pub fn figure(self, value: f64) -> String {
        let gb = value / 1e9;
        match self {
            Self::Memory => format!("{gb:.1} GB of memory"),
            Self::Cpu => format!("{value:.1} cores"),
            Self::Processes => format!("{value:.0} processes"),
            Self::CpuTime => format!("{value:.0} s of CPU time"),
            Self::TurnTime => format!("{value:.0} s for a turn"),
            Self::FileSize => format!("{gb:.1} GB for a file"),
            Self::DiskWritten => format!("{gb:.1} GB written to disk"),
            Self::Idle => format!("{value:.0} s without a message"),
        }
    }
}

/// The problem of a turn that ended badly; none where the person ended it or nothing is wrong.
#[must_use]
pub(crate) fn of_result(result: &TurnResult) -> Option<Problem> {
    if result.interrupted() {
        return None;
    }
    let words = result.result.as_deref().unwrap_or_default();
    match (result.subtype.as_str(), result.api_error_status) {
        // A failed sign-in says `success`: only `is_error` and the status tell (measured).
        (_, Some(401 | 403)) if result.is_error => Some(
            Problem::new(
                ProblemCode::SignedOut,
                "Claude is not signed in, or the sign-in has expired; the session waits and its work is kept.",
            )
            .hint("Sign in with `claude auth login`, or paste a token from `claude setup-token` in Settings; then send the message again."),
        ),
        (_, Some(429)) if result.is_error => Some(
            Problem::new(
                ProblemCode::UsageLimit,
                format!("The account's usage limit is reached, so the turn ended: {words}"),
            )
            .hint("Wait until the limit starts anew, then send the message again."),
        ),
        (_, Some(status)) if result.is_error => Some(
            Problem::new(
                ProblemCode::ApiError,
                format!("The model's service answered with status {status}, so the turn ended: {words}"),
            )
            .hint("Send the message again; the conversation is kept."),
        ),
        ("error_max_turns", _) => Some(
            Problem::new(
                ProblemCode::LimitReached,
                "The session reached its limit of turns and stopped; its work is kept.",
            )
            .hint("Send a message to go on."),
        ),
        ("error_max_budget_usd", _) => Some(
            Problem::new(
                ProblemCode::LimitReached,
                "The session reached its spend cap and stopped; its work is kept.",
            )
            .hint("Launch again with a higher cap to go on."),
        ),
        ("success", None) if result.is_error => {
            Some(Problem::new(ProblemCode::ApiError, format!("The turn failed: {words}")))
        }
        (subtype, _) if subtype.starts_with("error") => Some(
            Problem::new(ProblemCode::ApiError, format!("The turn failed ({subtype})."))
                .hint("Send a message to go on; the conversation is kept."),
        ),
        _ => None,
    }
}
