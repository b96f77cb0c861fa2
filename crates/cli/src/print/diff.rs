//! The difference that an edit made, from the CLI's own `structuredPatch` (measured on 2.1.330); a
//! new file is all additions.

use serde_json::Value;

use crate::clean::{clean, cut};
use crate::screen::{DIM, GREEN, RED, paint};

/// Lines of a difference that are shown.
const SHOWN: usize = 40;

/// The lines of a difference, each with its sign.
pub(super) fn lines(detail: &Value) -> Vec<String> {
    let hunks = detail["structuredPatch"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut out = Vec::new();
    for (at, hunk) in hunks.iter().enumerate() {
        if at > 0 {
            out.push("…".to_owned());
        }
        let of_hunk = hunk["lines"].as_array().into_iter().flatten();
        out.extend(of_hunk.filter_map(Value::as_str).map(str::to_owned));
    }
    if hunks.is_empty() && detail["type"] == "create" {
        let content = detail["content"].as_str().unwrap_or_default();
        out.extend(content.lines().map(|line| format!("+{line}")));
    }
    out
}

/// `+3 −1`, coloured.
pub(super) fn figures(lines: &[String]) -> String {
    let of = |sign| lines.iter().filter(|line| line.starts_with(sign)).count();
    let (added, removed) = (format!("+{}", of('+')), format!("−{}", of('-')));
    format!("{} {}", paint(GREEN, &added), paint(RED, &removed))
}

/// The lines, coloured, as many as are shown.
pub(super) fn painted(lines: &[String]) -> Vec<String> {
    let paint_line = |line: &String| {
        let text = cut(&clean(line).replace('\n', " ").replace('\t', "    "), 400);
        match line.chars().next() {
            Some('+') => paint(GREEN, &text),
            Some('-') => paint(RED, &text),
            Some('…' | '\\') => paint(DIM, &text),
            _ => text,
        }
    };
    let mut out: Vec<String> = lines.iter().take(SHOWN).map(paint_line).collect();
    if lines.len() > SHOWN {
        out.push(paint(DIM, &format!("… {} more lines", lines.len() - SHOWN)));
    }
    out
}
