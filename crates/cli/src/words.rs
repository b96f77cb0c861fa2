//! States, deeds and figures in the words and shapes that the window uses, too.

use anstyle::Style;
use bosk_core::limits::Limit;
use bosk_core::session::{
    Doing, Glance, Outcome, PausedBy, PrepareStep, SessionSummary, State, StopReason, StopStep,
    Turn, Verdict,
};

use crate::clean::one_line;
use crate::screen::{ACCENT, AMBER, DIM, GREEN, RED, paint};

/// A state's shape and its colour.
pub(crate) const fn glyph(glance: Glance) -> (&'static str, Style) {
    match glance {
        Glance::NeedsYou => ("◆", AMBER),
        Glance::Failed => ("✕", RED),
        Glance::Running => ("●", ACCENT),
        Glance::Paused => ("‖", DIM),
        Glance::Queued => ("○", DIM),
        Glance::Done => ("✓", GREEN),
        Glance::Stopped => ("■", DIM),
    }
}

/// A state's word.
pub(crate) const fn word(glance: Glance) -> &'static str {
    match glance {
        Glance::NeedsYou => "needs you",
        Glance::Failed => "failed",
        Glance::Running => "running",
        Glance::Paused => "paused",
        Glance::Queued => "queued",
        Glance::Done => "done",
        Glance::Stopped => "stopped",
    }
}

/// Shape and word, coloured.
pub(crate) fn glance(glance: Glance) -> String {
    let (shape, style) = glyph(glance);
    format!("{} {}", paint(style, shape), word(glance))
}

/// Why a session is paused.
pub(crate) fn pause(by: PausedBy) -> String {
    match by {
        PausedBy::Person => "paused".to_owned(),
        PausedBy::Limit { limit } => {
            format!("paused: its limit of {} is reached", limit_words(limit))
        }
        PausedBy::Machine => "paused until the machine has room or power again".to_owned(),
    }
}

/// A limit, in a word or two.
pub(crate) const fn limit_words(limit: Limit) -> &'static str {
    match limit {
        Limit::Memory => "memory",
        Limit::Cpu => "CPU",
        Limit::Processes => "processes",
        Limit::CpuTime => "CPU time",
        Limit::TurnTime => "time for a turn",
        Limit::FileSize => "file size",
        Limit::DiskWritten => "data written",
        Limit::Idle => "idle time",
    }
}

/// Bytes, in the unit that tells them best.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 10.0);
    format!("{value:.digits$} {}", UNITS[unit])
}

/// What a session is doing, in a few words on one line; empty when there is nothing to say.
pub(crate) fn doing(summary: &SessionSummary) -> String {
    if let Some(paused) = summary.paused {
        return pause(paused.by);
    }
    if summary.is_checking() {
        let command = summary.check.as_ref().map(|check| check.command.as_str());
        return one_line(&format!("checking: {}", command.unwrap_or_default()), 200);
    }
    match (&summary.state, &summary.doing) {
        (State::Queued, _) => "waits for its turn".to_owned(),
        (State::Preparing { step }, _) => match step {
            PrepareStep::Worktree => "making the worktree".to_owned(),
            PrepareStep::Setup => "running the set-up script".to_owned(),
            PrepareStep::SetupFailed { .. } => "the set-up script failed: you choose".to_owned(),
            PrepareStep::Starting => "starting Claude".to_owned(),
        },
        (State::Running { turn: Turn::Asking }, _) => "waits for your answer".to_owned(),
        (State::Running { turn: Turn::Idle }, _) => match &summary.problem {
            Some(problem) => one_line(&problem.message, 200),
            None => match failed_check(summary) {
                Some(words) => words,
                None => "waits for your next message".to_owned(),
            },
        },
        (State::Running { .. }, Some(doing)) => deed(doing),
        (State::Running { .. }, None) => "working".to_owned(),
        (State::Stopping { step, .. }, _) => format!("stopping: {}", rung(*step)),
        (State::Ended { outcome, .. }, _) => match &summary.problem {
            Some(problem) => one_line(&problem.message, 200),
            None => failed_check(summary).unwrap_or_else(|| outcome_words(outcome)),
        },
    }
}

fn failed_check(summary: &SessionSummary) -> Option<String> {
    let check = summary.check.as_ref().filter(|_| summary.has_failed_check())?;
    Some(format!("the check {}", verdict(&check.verdict)))
}

fn deed(doing: &Doing) -> String {
    match doing {
        Doing::Thinking => "thinking".to_owned(),
        Doing::Writing => "writing".to_owned(),
        Doing::Tool { name, detail } => one_line(&format!("{name} {detail}"), 200),
        Doing::Retrying { attempt, status } => match status {
            Some(status) => format!("trying again ({attempt}, status {status})"),
            None => format!("trying again ({attempt})"),
        },
    }
}

/// What came of a check, in words that follow «the check».
pub(crate) fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Checking => "runs".to_owned(),
        Verdict::Passed => "passed".to_owned(),
        Verdict::Failed { code: Some(code) } => format!("failed with exit code {code}"),
        Verdict::Failed { code: None } => "failed: it did not come to its end".to_owned(),
    }
}

/// How a session ended, in words.
pub(crate) fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Finished | Outcome::Stopped { reason: StopReason::Finished } => {
            "Ended with its work done.".to_owned()
        }
        Outcome::Failed { problem } | Outcome::NotStarted { problem } => {
            one_line(&problem.message, 2000)
        }
        Outcome::Killed { signal: Some(signal) } => {
            format!("Something other than Bosk killed Claude (signal {signal}).")
        }
        Outcome::Killed { signal: None } => "Something other than Bosk killed Claude.".to_owned(),
        Outcome::Stopped { reason: StopReason::Limit } => {
            "Stopped, because a limit was reached.".to_owned()
        }
        Outcome::Stopped { reason: StopReason::Shutdown } => {
            "Stopped, because the system was ending its programs.".to_owned()
        }
        Outcome::Stopped { reason: StopReason::Person } => "Stopped on request.".to_owned(),
        Outcome::Lost => {
            "Its keeper vanished; what it had written is all here, and it can be resumed."
                .to_owned()
        }
    }
}

/// The shape of an end.
pub(crate) const fn outcome_glance(outcome: &Outcome) -> Glance {
    match outcome {
        Outcome::Finished | Outcome::Stopped { reason: StopReason::Finished } => Glance::Done,
        Outcome::Failed { .. } | Outcome::Killed { .. } | Outcome::NotStarted { .. } => {
            Glance::Failed
        }
        Outcome::Stopped { .. } | Outcome::Lost => Glance::Stopped,
    }
}

/// A rung of the stop ladder.
pub(crate) const fn rung(step: StopStep) -> &'static str {
    match step {
        StopStep::Interrupt => "the turn is interrupted",
        StopStep::CloseInput => "Claude is asked to end",
        StopStep::Terminate => "its processes are asked to end",
        StopStep::Kill => "its processes are killed",
    }
}

/// A time span, coarse: two figures at most.
pub(crate) fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// US dollars; a small sum keeps a figure that says something.
pub(crate) fn money(usd: f64) -> String {
    if usd > 0.0 && usd < 0.01 { "<$0.01".to_owned() } else { format!("${usd:.2}") }
}

/// A size in bytes.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes >> 10),
        1_048_576..1_073_741_824 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

/// `one file`, `3 files`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// Now, in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The day, here, of a time in seconds since 1970, as `2026-11-25`.
pub(crate) fn day_of(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    time.to_zoned(jiff::tz::TimeZone::system()).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_coarse() {
        let spans = [0, 59_999, 60_000, 3_600_000, 90_061_000].map(span);
        assert_eq!(spans, ["0 s", "59 s", "1 min", "1 h 0 min", "1 d 1 h"]);
        assert_eq!([0.0, 0.001, 1.239].map(money), ["$0.00", "<$0.01", "$1.24"]);
        assert_eq!([5, 2048, 3 << 20].map(size), ["5 B", "2 KiB", "3 MiB"]);
    }
}
