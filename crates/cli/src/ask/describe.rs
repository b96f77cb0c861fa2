//! What is asked, in words: all of a command, since whoever allows it must see it whole.

use bosk_core::session::{Ask, AskKind, Question};
use serde_json::Value;

use crate::clean::{exposed, one_line};
use crate::print::tool_line;
use crate::screen::{AMBER, BOLD, DIM, RED, paint};

/// The ask, with everything that matters for an answer.
pub(crate) fn ask(ask: &Ask, folder: &str) -> String {
    let waiting = |what: &str| {
        format!("\n{} {}\n", paint(AMBER, "◆"), paint(BOLD, &format!("Waiting for you: {what}")))
    };
    match &ask.ask {
        AskKind::Permission {
            tool,
            input,
            reason,
            blocked_path,
            default_to_no,
            description,
            ..
        } => {
            let line = tool_line(tool, input, folder);
            let mut text = waiting(&format!("may Claude use {}?", one_line(tool, 80)));
            match input["command"].as_str() {
                Some(command) => text.push_str(&block(command)),
                None if !line.is_empty() && is_told_by_line(tool) => {
                    text.push_str(&format!("  {line}\n"));
                    text.push_str(&change(input));
                }
                None => text.push_str(&block(&pretty(input))),
            }
            for words in [description, reason].into_iter().flatten() {
                text.push_str(&format!("  {}\n", paint(DIM, &one_line(words, 400))));
            }
            if let Some(path) = blocked_path {
                let path = one_line(path, 400);
                text.push_str(&format!("  It reaches outside the session's folder: {path}\n"));
            }
            if *default_to_no {
                text.push_str(&format!(
                    "  {}\n",
                    paint(RED, "Claude Code advises against allowing this.")
                ));
            }
            text
        }
        AskKind::Question { questions } if questions.len() == 1 => waiting("Claude has a question"),
        AskKind::Question { .. } => waiting("Claude has questions"),
        AskKind::Plan { plan } => waiting("Claude has a plan") + &block(plan),
    }
}

/// A question with its numbered choices.
pub(crate) fn question(question: &Question) -> String {
    let mut text = format!("  {}\n", paint(BOLD, &one_line(&question.question, 1000)));
    for (at, option) in question.options.iter().enumerate() {
        let label = one_line(&option.label, 200);
        let words = paint(DIM, &one_line(&option.description, 400));
        text.push_str(format!("  {}  {label}  {words}", at + 1).trim_end());
        text.push('\n');
    }
    text
}

/// What allowing with one of the CLI's proposals means.
pub(crate) fn suggestion(suggestion: &Value) -> String {
    let listed = |key: &str| suggestion[key].as_array().cloned().unwrap_or_default();
    let place = match suggestion["destination"].as_str() {
        Some("session") => "for this session",
        Some("localSettings") => "for you in this repository",
        Some("projectSettings") => "for everybody in this repository",
        Some("userSettings") => "for you everywhere",
        _ => "from now on",
    };
    let what = match suggestion["type"].as_str() {
        Some("addRules") => {
            let rules = listed("rules");
            let rules = rules.iter().map(|rule| {
                let tool = rule["toolName"].as_str().unwrap_or_default();
                match rule["ruleContent"].as_str() {
                    Some(content) => format!("{tool}({content})"),
                    None => tool.to_owned(),
                }
            });
            let behavior = suggestion["behavior"].as_str().unwrap_or("allow");
            format!("always {behavior} {}", rules.collect::<Vec<_>>().join(", "))
        }
        Some("addDirectories") => {
            let folders = listed("directories");
            let folders: Vec<&str> = folders.iter().filter_map(Value::as_str).collect();
            format!("give it the folder {}", folders.join(", "))
        }
        Some("setMode") => {
            format!("go over to the mode {}", suggestion["mode"].as_str().unwrap_or_default())
        }
        _ => return one_line(&suggestion.to_string(), 300),
    };
    one_line(&format!("{what} {place}"), 300)
}

/// How to answer where nobody can be asked here.
pub(crate) fn how_to_answer(ask: &Ask, session: &str) -> String {
    let (first, rest) = match &ask.ask {
        AskKind::Permission { .. } => ("allow", "deny --message WHY"),
        AskKind::Plan { .. } => ("allow [--mode acceptEdits]", "deny --message WHY"),
        AskKind::Question { .. } => ("answers ANSWER…", "deny --message WHY"),
    };
    format!("  Answer with `bosk answer {session} {first}` or `bosk answer {session} {rest}`.\n")
}

/// Everything of a question or a proposal that cannot be asked about interactively.
pub(crate) fn details(ask: &Ask) -> String {
    match &ask.ask {
        AskKind::Question { questions } => questions.iter().map(question).collect(),
        AskKind::Permission { suggestions, .. } if !suggestions.is_empty() => {
            let lines = suggestions
                .iter()
                .enumerate()
                .map(|(at, one)| format!("  --rule {}: allow, and {}\n", at + 1, suggestion(one)));
            lines.collect()
        }
        _ => String::new(),
    }
}

fn is_told_by_line(tool: &str) -> bool {
    matches!(
        tool,
        "Edit" | "MultiEdit" | "Write" | "Read" | "Grep" | "Glob" | "WebFetch" | "WebSearch"
    )
}

/// What an edit or a new file would say.
fn change(input: &Value) -> String {
    let old = input["old_string"].as_str().unwrap_or_default();
    let new = input["new_string"].as_str().or(input["content"].as_str()).unwrap_or_default();
    let signed = |text: &str, sign: &str, style| {
        let text = exposed(text);
        text.lines()
            .map(|line| format!("  {}\n", paint(style, &format!("{sign}{line}"))))
            .collect::<String>()
    };
    signed(old, "-", RED) + &signed(new, "+", crate::screen::GREEN)
}

fn block(text: &str) -> String {
    exposed(text).lines().map(|line| format!("    {line}\n")).collect()
}

fn pretty(input: &Value) -> String {
    serde_json::to_string_pretty(input).unwrap_or_else(|_| input.to_string())
}
