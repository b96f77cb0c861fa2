//! What came of a tool use, shortened to what tells it: a command's output, an edit's difference, a
//! count for what was only read.

use bosk_core::transcript::ToolResult;
use serde_json::Value;

use super::{diff, short_path, shortened, text_of};
use crate::screen::{DIM, RED, paint};
use crate::words::count;

/// Lines of a command's output that are shown.
const OUTPUT: usize = 12;

/// Lines of an error, or of an answer of a tool that is not known, that are shown.
const WORDS: usize = 6;

/// The lines to show, styled.
pub(super) fn lines(name: &str, result: &ToolResult, folder: &str) -> Vec<String> {
    if result.is_error {
        let lines = shortened(&result.text, if name == "Bash" { OUTPUT } else { WORDS });
        return lines.iter().map(|line| paint(RED, line)).collect();
    }
    let detail = &result.detail;
    match name {
        "Bash" | "PowerShell" => command(result),
        "Edit" | "MultiEdit" | "Write" | "NotebookEdit" => change(result, folder),
        "Read" if result.images > 0 => {
            vec![dim(&count(result.images as usize, "picture", "pictures"))]
        }
        "Read" => {
            let lines = detail["file"]["numLines"].as_u64();
            let lines = lines.map_or(result.text.lines().count(), |lines| lines as usize);
            vec![dim(&count(lines, "line", "lines"))]
        }
        "Grep" | "Glob" => vec![dim(&found(detail, &result.text))],
        // Its words stand above, as they were said.
        "Task" | "Agent" => vec![dim(match text_of(detail, "status") {
            "async_launched" => "goes on in the background",
            _ => "finished",
        })],
        "TodoWrite" => vec![dim("noted")],
        "AskUserQuestion" | "ExitPlanMode" => vec![dim("told to Claude")],
        _ => shortened(&result.text, WORDS),
    }
}

fn dim(text: &str) -> String {
    paint(DIM, text)
}

fn command(result: &ToolResult) -> Vec<String> {
    let detail = &result.detail;
    let (out, err) = (text_of(detail, "stdout"), text_of(detail, "stderr"));
    if out.is_empty() && err.is_empty() {
        return shortened(&result.text, OUTPUT);
    }
    let mut lines = shortened(out, OUTPUT);
    lines.extend(shortened(err, WORDS).iter().map(|line| paint(RED, line)));
    lines
}

fn change(result: &ToolResult, folder: &str) -> Vec<String> {
    let detail = &result.detail;
    let changed = diff::lines(detail);
    if changed.is_empty() {
        return shortened(&result.text, WORDS);
    }
    let path = short_path(text_of(detail, "filePath"), folder);
    let mut lines = vec![format!("{path}  {}", diff::figures(&changed))];
    lines.extend(diff::painted(&changed));
    lines
}

fn found(detail: &Value, text: &str) -> String {
    match detail["numFiles"].as_u64() {
        Some(files) => count(files as usize, "file", "files"),
        None => count(text.lines().filter(|line| !line.trim().is_empty()).count(), "line", "lines"),
    }
}
