//! A check as it goes: what it prints, and its verdict.

use bosk_core::journal::CheckNote;
use bosk_core::session::{Glance, Verdict};

use super::shortened;
use crate::clean::one_line;
use crate::screen::{DIM, paint};
use crate::words::{glyph, span, verdict};

/// Lines of each piece of what it prints that are shown.
const LINES: usize = 20;

/// It was started.
pub(super) fn begun(command: &str) -> String {
    let (shape, style) = glyph(Glance::Running);
    format!("\n{} Checking: {}\n", paint(style, shape), one_line(command, 200))
}

/// What has happened to it since.
pub(super) fn note(note: &CheckNote) -> String {
    match note {
        CheckNote::Begun { .. } => String::new(),
        CheckNote::Said { output } => {
            let lines = shortened(output, LINES).into_iter();
            lines.map(|line| format!("{} {}\n", paint(DIM, "check │"), paint(DIM, &line))).collect()
        }
        CheckNote::Ended { verdict: None, .. } => {
            format!("{} The check was broken off\n", paint(DIM, glyph(Glance::Stopped).0))
        }
        CheckNote::Ended { verdict: Some(came), took } => {
            let glance = if *came == Verdict::Passed { Glance::Done } else { Glance::Failed };
            let (shape, style) = glyph(glance);
            let took = paint(DIM, &span(i64::try_from(*took).unwrap_or(i64::MAX)));
            format!("{} The check {}  {took}\n", paint(style, shape), verdict(came))
        }
    }
}
