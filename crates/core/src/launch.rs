//! What a person asks for when launching a session. Not here: where it will run, which git decides
//! ([`crate::git::LaunchPlan`]), and how it becomes an argument list ([`crate::claude::args`]).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::limits::Limits;

/// Everything that was chosen on the launch sheet. Kept in the session's folder as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LaunchSpec {
    /// Any folder inside the repository, absolute.
    pub repository: String,
    /// What is to be done, in the person's words.
    pub prompt: String,
    /// Pictures that belong to the prompt.
    #[serde(default)]
    pub images: Vec<Image>,
    /// Branch, tag or commit to start from; the repository's HEAD when absent.
    #[serde(default)]
    pub base: Option<String>,
    /// The branch to make; proposed from the prompt, and made unique, when absent.
    #[serde(default)]
    pub branch: Option<String>,
    /// Whether `branch` is there already, and is checked out instead of made.
    #[serde(default)]
    pub existing: bool,
    /// A worktree of its own, or the repository itself.
    #[serde(default = "yes")]
    pub worktree: bool,
    /// A worktree that is there already, to work in it: the repository's main one, one of Bosk's, or an adopted one.
    #[serde(default)]
    pub folder: Option<String>,
    /// Where in the worktree Claude works, from its root; the root when absent.
    #[serde(default)]
    pub subfolder: Option<String>,
    /// The model's name or alias; the CLI's default when absent.
    #[serde(default)]
    pub model: Option<String>,
    /// How hard the model thinks; the CLI's default when absent.
    #[serde(default)]
    pub effort: Option<Effort>,
    /// What Claude may do without asking.
    #[serde(default)]
    pub permission_mode: PermissionMode,
    /// Tools and rules allowed beyond the mode, in the CLI's rule syntax.
    #[serde(default)]
    pub allowed_tools: Vec<String>,
    /// Tools and rules denied, in the CLI's rule syntax.
    #[serde(default)]
    pub denied_tools: Vec<String>,
    /// Text added to the CLI's own system prompt.
    #[serde(default)]
    pub append_system_prompt: Option<String>,
    /// Most turns of the model for each message of the person.
    #[serde(default)]
    pub max_turns: Option<u32>,
    /// Most that the session may cost, in US dollars.
    #[serde(default)]
    pub max_budget_usd: Option<f64>,
    /// What it may use; as the settings have it when absent.
    #[serde(default)]
    pub limits: Option<Limits>,
    /// A command that tells by its exit code whether the work is right: run in the session's folder, by the
    /// platform's shell, when a turn ends.
    #[serde(default)]
    pub check: Option<String>,
    /// That it is one of several attempts at the same.
    #[serde(default)]
    pub variant: Option<Variant>,
    /// What it goes on from.
    #[serde(default)]
    pub fork: Option<Fork>,
    /// Who answers.
    #[serde(default)]
    pub backend: Backend,
}

impl LaunchSpec {
    /// Whether a worktree is made for it.
    #[must_use]
    pub const fn makes_worktree(&self) -> bool {
        self.worktree && self.folder.is_none()
    }

    /// A prompt with every choice at its default, and no repository yet.
    #[must_use]
    pub fn of_prompt(prompt: &str) -> Self {
        Self {
            repository: String::new(),
            prompt: prompt.to_owned(),
            images: Vec::new(),
            base: None,
            branch: None,
            existing: false,
            worktree: true,
            folder: None,
            subfolder: None,
            model: None,
            effort: None,
            permission_mode: PermissionMode::default(),
            allowed_tools: Vec::new(),
            denied_tools: Vec::new(),
            append_system_prompt: None,
            max_turns: None,
            max_budget_usd: None,
            limits: None,
            check: None,
            variant: None,
            fork: None,
            backend: Backend::default(),
        }
    }
}

/// One of several attempts at the same, which are compared afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Variant {
    /// What all of them have in common: a name made up for them.
    pub group: String,
    /// Its number among them, from 1.
    pub number: u32,
    /// How it differs from the others, in the words of whoever asked for it: a model, an effort.
    pub label: String,
}

/// A place in another session's conversation: right before one of the person's messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Fork {
    /// The session.
    pub session: crate::SessionId,
    /// The message.
    pub message: String,
}

fn yes() -> bool {
    true
}

/// A picture in the Messages API's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Image {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    pub media_type: String,
    /// Base64 of the file.
    pub data: String,
}

/// The CLI's `--effort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
#[expect(missing_docs, reason = "the names are the CLI's own")]
pub enum Effort {
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

impl Effort {
    /// The word on the CLI's command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }
}

/// The CLI's `--permission-mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum PermissionMode {
    /// Asks before whatever is not allowed yet. The CLI itself reports it as `default`.
    #[default]
    #[serde(alias = "default")]
    Manual,
    /// Edits files without asking.
    AcceptEdits,
    /// Plans, and changes nothing until the plan is approved.
    Plan,
    /// A classifier decides.
    Auto,
    /// Denies whatever is not allowed yet.
    DontAsk,
    /// Does everything without asking. Never a default, and marked wherever it is on.
    BypassPermissions,
}

impl PermissionMode {
    /// The word on the CLI's command line and in its `set_permission_mode` request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "default",
            Self::AcceptEdits => "acceptEdits",
            Self::Plan => "plan",
            Self::Auto => "auto",
            Self::DontAsk => "dontAsk",
            Self::BypassPermissions => "bypassPermissions",
        }
    }

    /// Reads the CLI's own word.
    #[must_use]
    pub fn from_cli(word: &str) -> Option<Self> {
        Some(match word {
            "default" | "manual" => Self::Manual,
            "acceptEdits" => Self::AcceptEdits,
            "plan" => Self::Plan,
            "auto" => Self::Auto,
            "dontAsk" => Self::DontAsk,
            "bypassPermissions" => Self::BypassPermissions,
            _ => return None,
        })
    }
}

/// Who answers the CLI's calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Backend {
    /// Whatever the CLI is signed in with.
    #[default]
    Account,
    /// The scripted server on loopback: no account, no cost.
    Rehearsal {
        /// A script's name; the server's default when absent.
        script: Option<String>,
    },
}
