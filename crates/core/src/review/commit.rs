//! Committing what a session has done, and a branch's history.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a commit would hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CommitPlan {
    /// A message made of what was asked for and done: its first line is at most 72 characters.
    pub message: String,
    /// Files with something staged.
    pub staged: u32,
    /// Files with something that is not staged, untracked ones too.
    pub unstaged: u32,
    /// Files that a merge left unresolved.
    pub conflicted: u32,
    /// The commit at HEAD, where it may be amended: the branch's own, and not pushed.
    pub last: Option<LastCommit>,
    /// Hooks of the repository's that would run (`pre-commit`, `commit-msg`, …).
    pub hooks: Vec<String>,
    /// Whether the person's git wants a signature.
    pub signed: bool,
}

/// The commit that amending would replace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LastCommit {
    /// Its full id.
    pub id: String,
    /// Its whole message.
    pub message: String,
}

/// What the person decided about a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CommitRequest {
    /// The whole message.
    pub message: String,
    /// Everything, or only what is staged.
    pub all: bool,
    /// The id of the commit that it replaces, where it does.
    pub amend: Option<String>,
    /// Whether the repository's hooks run.
    pub hooks: bool,
    /// Whether it is signed, where the person's git wants that.
    pub sign: bool,
}

/// The newest commits of a branch, its base's among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BranchLog {
    /// The newest first, each before its parents.
    pub commits: Vec<LogCommit>,
    /// Whether there are more.
    pub more: bool,
}

/// A commit of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LogCommit {
    /// Its full id.
    pub id: String,
    /// Those of its parents.
    pub parents: Vec<String>,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it.
    pub author: String,
    /// When it was committed, in seconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// Branches and tags that name it, as people call them.
    pub names: Vec<String>,
    /// Whether the base does not have it.
    pub own: bool,
    /// Whether no remote has it.
    pub unpushed: bool,
}
