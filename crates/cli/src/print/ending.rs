//! Every entry that is neither Claude's words nor a tool use: the person's words, the ends of turns
//! and sessions, and what the CLI and Bosk have to say.

use bosk_core::Problem;
use bosk_core::journal::{KilledProcess, LimitNote};
use bosk_core::limits::Rung;
use bosk_core::session::{Glance, StopReason, StopStep};
use bosk_core::transcript::entry::RawReason;
use bosk_core::transcript::{EntryBody, NoticeLevel};

use super::{check, shortened};
use crate::clean::{exposed, one_line};
use crate::screen::{AMBER, BOLD, DIM, RED, paint};
use crate::words::{count, glyph, money, outcome_glance, outcome_words, pause, rung, span};

/// Lines of a set-up script's output that are shown at once.
const SETUP: usize = 20;

/// The entry's lines; nothing for one that has nothing to say.
pub(super) fn body(body: &EntryBody) -> String {
    match body {
        EntryBody::Prompt { text, images, .. } => {
            let mut out = "\n".to_owned();
            for line in exposed(text).lines() {
                out.push_str(&format!("{} {}\n", paint(DIM, "›"), paint(BOLD, line)));
            }
            if *images > 0 {
                let pictures = count(*images as usize, "picture", "pictures");
                out.push_str(&format!("{} {}\n", paint(DIM, "›"), paint(DIM, &pictures)));
            }
            out
        }
        // A subagent's words; Claude's own are printed as they come.
        EntryBody::Text { text } => shortened(text, 12).join("\n") + "\n",
        EntryBody::Thinking { text } if text.trim().is_empty() => String::new(),
        EntryBody::Thinking { text } => {
            format!("{}\n", paint(DIM, &format!("  thought: {}", one_line(text, 100))))
        }
        EntryBody::TurnEnd { is_error, subtype, text, problem, duration_ms, cost_usd, turns } => {
            let figures = format!(
                "{} · {} · {}",
                span(i64::try_from(*duration_ms).unwrap_or(i64::MAX)),
                count(*turns as usize, "turn", "turns"),
                money(*cost_usd)
            );
            turn_end(*is_error, subtype, text.as_deref(), problem.as_ref(), &figures)
        }
        EntryBody::Retry { attempt, max, delay_ms, status, error } => {
            let status = status.map_or_else(String::new, |status| format!("status {status}, "));
            let wait = span(i64::try_from(*delay_ms).unwrap_or(i64::MAX));
            let words = format!(
                "Trying again in {wait} ({status}{}; {attempt} of {max})",
                one_line(error, 80)
            );
            line(&paint(AMBER, "●"), &words)
        }
        EntryBody::UsageLimit { status, window, utilization, .. } => {
            let part = utilization
                .map_or_else(String::new, |part| format!(", {:.0} % used", part * 100.0));
            let words = format!(
                "Usage limit: {} ({}{part})",
                one_line(&status.replace('_', " "), 40),
                one_line(&window.replace('_', " "), 40)
            );
            line(&paint(AMBER, "◆"), &words)
        }
        EntryBody::Changed { what, value } => line(
            &paint(DIM, "●"),
            &one_line(&format!("{} is now {value}", what.replace('_', " ")), 120),
        ),
        EntryBody::Compacted { before } => {
            let tokens =
                before.map_or_else(String::new, |tokens| format!(" ({tokens} tokens before)"));
            line(&paint(DIM, "●"), &format!("The conversation was compacted{tokens}"))
        }
        EntryBody::Hook { name, exit, .. } => {
            let failed = exit.filter(|code| *code != 0);
            let end = failed.map_or_else(String::new, |code| format!(" (exit code {code})"));
            let style = if failed.is_some() { AMBER } else { DIM };
            line(&paint(style, "●"), &paint(DIM, &format!("Hook {}{end}", one_line(name, 80))))
        }
        EntryBody::Setup { output, exit } => setup(output, *exit),
        EntryBody::Check { command, .. } => check::begun(command),
        // The ordinary end: the work is done, and Claude is told so.
        EntryBody::Stopping { reason: StopReason::Finished, step: StopStep::CloseInput } => {
            String::new()
        }
        EntryBody::Stopping { step, .. } => {
            line(&paint(DIM, "■"), &paint(DIM, &format!("Stopping: {}", rung(*step))))
        }
        EntryBody::Ended { outcome, left_behind } => {
            let (shape, style) = glyph(outcome_glance(outcome));
            let mut out = format!("\n{} {}\n", paint(style, shape), outcome_words(outcome));
            if !left_behind.is_empty() {
                let names = one_line(&left_behind.join(", "), 400);
                out.push_str(&format!("  Killed, since it was left behind: {names}\n"));
            }
            out
        }
        EntryBody::Resumed => {
            format!("\n{}", line(&paint(glyph(Glance::Running).1, "●"), "Resumed"))
        }
        EntryBody::WentBack { text, files, conversation, undo, .. } => {
            line(&paint(DIM, "↶"), &went_back(text, (*files, *conversation), *undo))
        }
        EntryBody::Paused { by } => line(&paint(DIM, "‖"), &capital(&pause(*by))),
        EntryBody::WentOn => line(&paint(glyph(Glance::Running).1, "●"), "Going on"),
        EntryBody::Killed { processes, left } => killed(processes, left),
        EntryBody::Limit(note) => limit(note),
        EntryBody::Notice { level, text } => {
            let style = match level {
                NoticeLevel::Info => DIM,
                NoticeLevel::Warning => AMBER,
                NoticeLevel::Error => RED,
            };
            shortened(text, 12).iter().map(|words| line(&paint(style, "●"), words)).collect()
        }
        EntryBody::Unknown { name, raw } => {
            line(&paint(DIM, "?"), &paint(DIM, &one_line(&format!("{name}: {raw}"), 160)))
        }
        EntryBody::Raw { reason, bytes, start } => raw(*reason, *bytes, start),
        EntryBody::ToolUse { .. } => String::new(),
    }
}

/// That the person has gone back: files, conversation or both.
fn went_back(text: &str, what: (bool, bool), undo: bool) -> String {
    let what = match what {
        (true, false) => "the files",
        (false, true) => "the conversation",
        _ => "files and conversation",
    };
    let text = one_line(text, 60);
    if undo {
        format!("Taken back: {what} are again as they were before you went back to before «{text}»")
    } else {
        format!("Went back to before «{text}»: {what}")
    }
}

/// Processes that were ended by force.
pub(crate) fn killed(processes: &[KilledProcess], left: &[KilledProcess]) -> String {
    let mut out = line(&paint(RED, "■"), &format!("Ended by force: {}", names(processes)));
    if !left.is_empty() {
        out.push_str(&line(&paint(RED, "✕"), &format!("Could not be ended: {}", names(left))));
    }
    out
}

fn names(processes: &[KilledProcess]) -> String {
    let names = processes.iter().map(|one| format!("{} ({})", one.name, one.pid));
    one_line(&names.collect::<Vec<_>>().join(", "), 1000)
}

fn limit(note: &LimitNote) -> String {
    let (used, of) = (note.limit.figure(note.used), note.limit.figure(note.of));
    let words = match (note.reached, note.rung) {
        (false, _) => format!("Close to a limit: {used} of {of}"),
        (true, Some(Rung::StopTool)) if note.stopped.is_empty() => {
            format!("Limit reached: {used} of {of}. The turn was interrupted")
        }
        (true, Some(Rung::StopTool)) => {
            format!("Limit reached: {used} of {of}. Stopped: {}", names(&note.stopped))
        }
        (true, Some(Rung::Pause)) => format!("Limit reached: {used} of {of}. Everything is paused"),
        (true, Some(Rung::Stop)) => format!("Limit reached: {used} of {of}. The session stops"),
        (true, None) => format!("Limit reached: {used} of {of}"),
    };
    line(&paint(AMBER, "◆"), &words)
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn line(mark: &str, words: &str) -> String {
    format!("{mark} {words}\n")
}

fn turn_end(
    is_error: bool,
    subtype: &str,
    text: Option<&str>,
    problem: Option<&Problem>,
    figures: &str,
) -> String {
    let (shape, style) = match (subtype, is_error) {
        ("interrupted", _) => glyph(Glance::Stopped),
        (_, true) => glyph(Glance::Failed),
        (_, false) => glyph(Glance::Done),
    };
    let words = match (subtype, is_error) {
        ("interrupted", _) => "The turn was interrupted",
        (_, true) => "The turn failed",
        (_, false) => "Turn done",
    };
    let mut out = format!("\n{} {words}  {}\n", paint(style, shape), paint(DIM, figures));
    match problem {
        Some(problem) => {
            out.push_str(&format!("  {}\n", one_line(&problem.message, 1000)));
            if let Some(hint) = &problem.hint {
                out.push_str(&format!("  {}\n", one_line(hint, 1000)));
            }
        }
        None if is_error => {
            let lines = shortened(text.unwrap_or_default(), 6);
            out.extend(lines.iter().map(|words| format!("  {words}\n")));
        }
        None => {}
    }
    out
}

fn setup(output: &str, exit: Option<i32>) -> String {
    let mut out: String = shortened(output, SETUP)
        .iter()
        .map(|words| format!("{} {}\n", paint(DIM, "setup │"), paint(DIM, words)))
        .collect();
    if let Some(code) = exit {
        let (shape, style) = glyph(if code == 0 { Glance::Done } else { Glance::Failed });
        out.push_str(&line(&paint(style, shape), &format!("The set-up script ended with {code}")));
    }
    out
}

fn raw(reason: RawReason, bytes: u64, start: &str) -> String {
    let what = match reason {
        RawReason::Stderr => {
            return line(&paint(DIM, "stderr │"), &paint(DIM, &one_line(start, 400)));
        }
        RawReason::NotJson => "A line that is no JSON",
        RawReason::NotUtf8 => "A line that is no UTF-8",
        RawReason::Oversize => "A very long line",
        RawReason::Damaged => "A damaged record",
    };
    let words = format!("{what} ({bytes} bytes): {}", one_line(start, 100));
    line(&paint(DIM, "?"), &paint(DIM, &words))
}
