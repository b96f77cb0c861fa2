//! A tool use in a line: what it is and what it is done to.

use serde_json::Value;

use super::{LINE, short_path, text_of};
use crate::clean::{cut, one_line};
use crate::screen::{ACCENT, BOLD, DIM, paint};

/// What tells a call best, on one line.
pub(crate) fn line(name: &str, input: &Value, folder: &str) -> String {
    let path = |key: &str| short_path(text_of(input, key), folder).to_owned();
    let told = match name {
        "Bash" | "PowerShell" => text_of(input, "command").to_owned(),
        "Read" | "Edit" | "MultiEdit" | "Write" => path("file_path"),
        "NotebookEdit" => path("notebook_path"),
        "Grep" | "Glob" => {
            let pattern = text_of(input, "pattern").to_owned();
            let place = path("path");
            if place.is_empty() { pattern } else { format!("{pattern} in {place}") }
        }
        "WebFetch" => text_of(input, "url").to_owned(),
        "WebSearch" => text_of(input, "query").to_owned(),
        "Task" | "Agent" | "Skill" => {
            let keys = ["description", "skill", "prompt"];
            keys.map(|key| text_of(input, key))
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or("")
                .to_owned()
        }
        "AskUserQuestion" => {
            let questions = input["questions"].as_array().into_iter().flatten();
            questions.map(|one| text_of(one, "question")).collect::<Vec<_>>().join(" · ")
        }
        "TodoWrite" | "ExitPlanMode" => String::new(),
        _ if input.as_object().is_none_or(serde_json::Map::is_empty) => String::new(),
        _ => input.to_string(),
    };
    one_line(&told, LINE)
}

/// The line that begins a call, with what belongs below it.
pub(super) fn head(name: &str, line: &str, input: &Value, indent: &str) -> String {
    let name_shown = cut(&one_line(name, LINE), LINE);
    let mut head = format!("{} {} {line}", paint(ACCENT, "●"), paint(BOLD, &name_shown));
    match name {
        "Bash" | "Task" | "Agent" => {
            let words = one_line(text_of(input, "description"), LINE);
            if !words.is_empty() && words != line {
                head.push_str(&format!("  {}", paint(DIM, &words)));
            }
        }
        "TodoWrite" => {
            for todo in input["todos"].as_array().into_iter().flatten() {
                let shape = match text_of(todo, "status") {
                    "completed" => "✓",
                    "in_progress" => "●",
                    _ => "○",
                };
                let words = one_line(text_of(todo, "content"), LINE);
                head.push_str(&format!("\n{indent}    {} {words}", paint(DIM, shape)));
            }
        }
        _ => {}
    }
    head.trim_end().to_owned()
}
