//! A person's comments on lines of a diff, and the message that brings them to the session.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Side;

/// A comment on lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Comment {
    /// Made up by whoever writes it.
    pub id: String,
    /// The file's path from the worktree's root, with `/`.
    pub path: String,
    /// Which side the lines are on.
    pub side: Side,
    /// The first line, from 1.
    pub from: u32,
    /// The last line.
    pub to: u32,
    /// The lines themselves, as they were when the comment was written.
    pub code: String,
    /// What the person says.
    pub text: String,
    /// Where it is on its way.
    pub state: CommentState,
    /// When it was written: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
}

/// Where a comment is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CommentState {
    /// It waits to be sent with the others.
    Draft,
    /// The session has it.
    Sent,
    /// The person has marked it as seen to.
    Resolved,
}
