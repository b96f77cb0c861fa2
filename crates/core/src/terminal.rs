//! A terminal in a session's folder, as the window shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TerminalView {
    /// Its number, which no other has while the app runs.
    pub id: u32,
    /// The session in whose folder it was opened.
    pub session: crate::SessionId,
    /// The program: the person's shell.
    pub program: String,
    /// Whether it still runs.
    pub alive: bool,
}

/// What a terminal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum TerminalSaid {
    /// Bytes for the screen, in base64.
    Output {
        /// The bytes.
        data: String,
    },
    /// Its program has ended.
    Ended {
        /// Its exit code, where it had one.
        code: Option<i32>,
    },
    /// Somebody else listens from here on: nothing more is told here.
    Taken,
}

/// Where a folder or a file is opened outside the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum OpenWith {
    /// The person's editor.
    Editor,
    /// The system's terminal.
    Terminal,
    /// The system's file manager.
    Files,
}
