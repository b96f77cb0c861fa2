//! What Claude asks a person, and the answers. Built from `can_use_tool` requests; not here: how they travel.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// One request that waits for the person, for ever if need be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Ask {
    /// The CLI's name for the request; an answer names it.
    pub request_id: String,
    /// The tool use that it holds up.
    pub tool_use_id: String,
    /// When it came: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// What is asked.
    pub ask: AskKind,
}

/// The three things that Claude asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum AskKind {
    /// May this tool run?
    Permission {
        /// The tool's name.
        tool: String,
        /// Its input, whole: nothing of a command is hidden from who allows it.
        #[ts(type = "unknown")]
        input: Value,
        /// The CLI's one-line description of it.
        description: Option<String>,
        /// Why the CLI asks.
        reason: Option<String>,
        /// The path outside the allowed folders that it touches.
        blocked_path: Option<String>,
        /// Rules that the CLI proposes, as they came; a chosen one goes back unchanged.
        #[ts(type = "unknown[]")]
        suggestions: Vec<Value>,
        /// The CLI advises against allowing.
        default_to_no: bool,
        /// The CLI wants a person to see it: no rule is to answer it.
        #[serde(default)]
        interactive: bool,
        /// The subagent that asks, if it is one.
        #[serde(default)]
        agent: Option<String>,
    },
    /// One or several questions with choices.
    Question {
        /// The questions, in order.
        questions: Vec<Question>,
    },
    /// A plan to approve or send back.
    Plan {
        /// The plan, in Markdown.
        plan: String,
    },
}

/// One question of an `AskUserQuestion`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Question {
    /// The question; also the key of its answer.
    pub question: String,
    /// A word or two that name it.
    #[serde(default)]
    pub header: String,
    /// The choices.
    #[serde(default)]
    pub options: Vec<QuestionOption>,
    /// Whether several choices may be taken.
    #[serde(default, rename(deserialize = "multiSelect"), alias = "multi_select")]
    pub multi_select: bool,
}

/// One choice of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QuestionOption {
    /// What the answer says.
    pub label: String,
    /// What it means.
    #[serde(default)]
    pub description: String,
}

/// What the person decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "answer", rename_all = "snake_case")]
#[ts(export)]
pub enum Answer {
    /// Allow, this once or with rules of the CLI's own proposal.
    Allow {
        /// Positions in the ask's `suggestions` of the rules to keep.
        #[serde(default)]
        suggestions: Vec<u32>,
        /// What the tool gets instead of what it asked for, where the person has changed that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(type = "unknown", optional)]
        input: Option<Box<Value>>,
    },
    /// Deny, with words that Claude reads.
    Deny {
        /// The reason.
        message: String,
        /// Whether the turn ends as well.
        #[serde(default)]
        interrupt: bool,
    },
    /// The answers to a question: question → label, or free text.
    Answers {
        /// Keyed by the question's text.
        answers: std::collections::BTreeMap<String, String>,
    },
    /// The plan is approved.
    ApprovePlan {
        /// The mode to go on in, such as accepting edits.
        mode: Option<crate::launch::PermissionMode>,
    },
}

impl Answer {
    /// Allows what was asked for as it was asked, with these of the proposed rules.
    #[must_use]
    pub const fn allow(suggestions: Vec<u32>) -> Self {
        Self::Allow { suggestions, input: None }
    }
}
