//! The settings that matter: written atomically, and never silently replaced by defaults.
//! Not here: window places and last choices, which may be lost (the shell's store keeps them).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    /// Where worktrees go; `<BOSK_HOME>/worktrees` when absent.
    pub worktrees: Option<String>,
    /// The `claude` command; looked for when absent.
    pub claude: Option<String>,
    /// Whether sessions may use `ANTHROPIC_API_KEY` of the environment, and so be billed by use.
    pub api_billing: bool,
    /// The window's language; the system's when absent.
    pub language: Option<Language>,
    /// The window's colours; the system's when absent.
    pub theme: Option<Theme>,
}

#[expect(clippy::derivable_impls, reason = "the defaults are a decision, so they are written out")]
impl Default for Settings {
    fn default() -> Self {
        Self { worktrees: None, claude: None, api_billing: false, language: None, theme: None }
    }
}

/// Languages that Bosk speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Language {
    /// English.
    En,
    /// Korean.
    Ko,
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Theme {
    Light,
    Dark,
}
