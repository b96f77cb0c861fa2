//! What an entry holds that a person may look for.

use serde_json::Value;

use super::entry::EntryBody;
use crate::Problem;

fn value_holds(value: &Value, holds: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => holds(text),
        Value::Array(items) => items.iter().any(|item| value_holds(item, holds)),
        Value::Object(fields) => fields.values().any(|field| value_holds(field, holds)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

impl EntryBody {
    /// Whether a person would find `text`, given in lower case, in the entry.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let holds = |words: &str| words.to_lowercase().contains(text);
        match self {
            Self::Prompt { text, .. } | Self::Text { text } | Self::Thinking { text } => {
                holds(text)
            }
            Self::ToolUse { name, input, result, .. } => {
                holds(name)
                    || value_holds(input, &holds)
                    || result.as_ref().is_some_and(|result| holds(&result.text))
            }
            Self::TurnEnd { text, .. } => text.as_deref().is_some_and(holds),
            Self::Setup { output, .. } => holds(output),
            Self::Check { command, output, .. } => holds(command) || holds(output),
            Self::Notice { text, .. } => holds(text),
            Self::Killed { processes, left } => {
                processes.iter().chain(left).any(|one| holds(&one.name))
            }
            Self::Limit(note) => note.stopped.iter().any(|one| holds(&one.name)),
            Self::Unknown { name, raw } => holds(name) || holds(raw),
            Self::Raw { start, .. } => holds(start),
            Self::Retry { .. }
            | Self::UsageLimit { .. }
            | Self::Changed { .. }
            | Self::Compacted { .. }
            | Self::Stopping { .. }
            | Self::Ended { .. }
            | Self::Paused { .. }
            | Self::WentOn
            | Self::Resumed
            | Self::Hook { .. }
            | Self::WentBack { .. } => false,
        }
    }

    /// The problem that the entry tells of, if any.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::TurnEnd { problem, .. } => problem.as_ref(),
            _ => None,
        }
    }
}
