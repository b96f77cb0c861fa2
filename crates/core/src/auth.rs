//! Who is signed in, as the window shows it. Not here: asking the CLI, and keeping the token.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The sign-in of the CLI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AuthStatus {
    /// Whether the CLI can call the model's service.
    pub logged_in: bool,
    /// How, in the CLI's own word.
    pub method: Option<String>,
    /// Whose account.
    pub email: Option<String>,
    /// Where a pasted token is kept, if one is.
    pub token_stored: Option<TokenStore>,
    /// Whether an API key of the environment is used, and so each call billed.
    pub api_billing: bool,
}

/// Where a token is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TokenStore {
    /// The system's key store.
    Keychain,
    /// A file that only this user can read, for want of a key store.
    File,
}
