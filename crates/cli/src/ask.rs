//! Asking the person, line by line: a permission, questions, a plan, a failed set-up. Not here: how
//! an answer travels, and answering without a terminal (`bosk answer`).

use std::collections::BTreeMap;

use bosk_core::journal::SetupChoice;
use bosk_core::launch::PermissionMode;
use bosk_core::session::{Answer, Ask, AskKind, Question};

use crate::clean::one_line;
use crate::screen::{BOLD, DIM, paint};

pub(crate) mod describe;

/// What a line led to.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// Something more is to be typed.
    Say(String),
    /// The person has decided.
    Answer(Answer),
}

/// An ask that is being answered.
#[derive(Debug)]
pub(crate) struct Interview {
    /// What is asked.
    pub(crate) ask: Ask,
    stage: Stage,
    answers: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Choice,
    /// Claude Code advises against it: a second, deliberate word.
    Sure,
    Reason,
}

impl Interview {
    /// Begins. The text is what to print first.
    pub(crate) fn begin(ask: Ask, folder: &str) -> (Self, String) {
        let mut text = describe::ask(&ask, folder);
        let interview = Self { ask, stage: Stage::Choice, answers: BTreeMap::new() };
        text.push_str(&interview.choices());
        (interview, text)
    }

    /// Takes a typed line.
    pub(crate) fn line(&mut self, line: &str) -> Next {
        let line = line.trim();
        match (self.stage, &self.ask.ask) {
            (Stage::Reason, _) => {
                Next::Answer(Answer::Deny { message: line.to_owned(), interrupt: false })
            }
            (Stage::Sure, _) if line == "yes" => Next::Answer(Answer::allow(Vec::new())),
            (Stage::Choice, AskKind::Question { questions }) => {
                let Some(question) = questions.get(self.answers.len()) else {
                    return Next::Answer(Answer::Answers { answers: self.answers.clone() });
                };
                let Some(answer) = answer_to(question, line) else {
                    return Next::Say(self.choices());
                };
                self.answers.insert(question.question.clone(), answer);
                if self.answers.len() < questions.len() {
                    return Next::Say(self.choices());
                }
                Next::Answer(Answer::Answers { answers: std::mem::take(&mut self.answers) })
            }
            (_, _) if line == "d" => {
                self.stage = Stage::Reason;
                Next::Say("Why? Claude reads it (Enter for no reason): ".to_owned())
            }
            (Stage::Choice, AskKind::Permission { suggestions, default_to_no, .. }) => {
                match (line, line.parse::<usize>()) {
                    ("a", _) if *default_to_no => {
                        self.stage = Stage::Sure;
                        Next::Say(
                            "Claude Code advises against this. Type yes to allow it, or d to deny: "
                                .to_owned(),
                        )
                    }
                    ("a", _) => Next::Answer(Answer::allow(Vec::new())),
                    (_, Ok(number @ 1..)) if number <= suggestions.len() && !default_to_no => {
                        let position = u32::try_from(number - 1).unwrap_or(u32::MAX);
                        Next::Answer(Answer::allow(vec![position]))
                    }
                    _ => Next::Say(self.choices()),
                }
            }
            (Stage::Choice, AskKind::Plan { .. }) => match line {
                "a" => Next::Answer(Answer::ApprovePlan { mode: None }),
                "e" => {
                    let mode = Some(PermissionMode::AcceptEdits);
                    Next::Answer(Answer::ApprovePlan { mode })
                }
                _ => Next::Say(self.choices()),
            },
            (Stage::Sure, _) => Next::Say("Type yes to allow it, or d to deny: ".to_owned()),
        }
    }

    fn choices(&self) -> String {
        match &self.ask.ask {
            AskKind::Permission { suggestions, default_to_no, .. } => {
                let mut text = format!("  {}  allow once\n", paint(BOLD, "a"));
                if !default_to_no {
                    for (at, suggestion) in suggestions.iter().enumerate() {
                        let number = paint(BOLD, &(at + 1).to_string());
                        let rule = describe::suggestion(suggestion);
                        text.push_str(&format!("  {number}  allow, and {rule}\n"));
                    }
                }
                text + &format!("  {}  deny\n> ", paint(BOLD, "d"))
            }
            AskKind::Plan { .. } => {
                let key = |key| paint(BOLD, key);
                format!(
                    "  {}  approve\n  {}  approve, and edit files without asking\n  {}  send back\n> ",
                    key("a"),
                    key("e"),
                    key("d")
                )
            }
            AskKind::Question { questions } => {
                let Some(question) = questions.get(self.answers.len()) else {
                    return String::new();
                };
                let mut text = describe::question(question);
                let many = if question.multi_select { "Numbers" } else { "A number" };
                text.push_str(&paint(DIM, &format!("  {many}, or an answer in your own words")));
                text + "\n> "
            }
        }
    }
}

/// The labels that the typed numbers stand for, or the words themselves.
pub(crate) fn answer_to(question: &Question, typed: &str) -> Option<String> {
    let words: Vec<&str> = typed.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return None;
    }
    let label = |word: &&str| {
        let number = word.parse::<usize>().ok()?.checked_sub(1)?;
        question.options.get(number).map(|option| option.label.clone())
    };
    let labels: Option<Vec<String>> = words.iter().map(label).collect();
    match labels {
        Some(labels) if labels.len() == 1 || question.multi_select => Some(labels.join(", ")),
        _ => Some(typed.to_owned()),
    }
}

/// What to do about a set-up script that failed; the text is what to print.
pub(crate) fn about_setup(message: &str) -> String {
    let key = |key| paint(BOLD, key);
    format!(
        "\n{}\n  {}  run it again\n  {}  go on without it\n  {}  drop the session\n> ",
        one_line(message, 2000),
        key("r"),
        key("g"),
        key("d")
    )
}

/// The choice that a typed line names.
pub(crate) fn setup_choice(line: &str) -> Option<SetupChoice> {
    match line.trim() {
        "r" => Some(SetupChoice::Retry),
        "g" => Some(SetupChoice::GoOn),
        "d" => Some(SetupChoice::Drop),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
