//! Bringing a session's branch into its base, and the base into the branch.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a branch is brought into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MergeHow {
    /// A commit with both as parents; the target moves along where it has nothing of its own.
    Merge,
    /// One commit on the target with all changes.
    Squash,
    /// The branch's own commits, one after the other, on the target.
    Rebase,
}

/// What bringing a session's branch into another would meet. Looked at without touching anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MergePlan {
    /// The session's branch.
    pub branch: String,
    /// The full id of its commit.
    pub head: String,
    /// The branch that it goes into.
    pub target: String,
    /// The full id of that one's commit. Merging is refused where either has moved.
    pub target_head: String,
    /// Other branches that it could go into.
    pub targets: Vec<String>,
    /// Commits that only the session's branch has.
    pub ahead: u32,
    /// Commits that only the target has.
    pub behind: u32,
    /// Whether the session's folder has something that is not committed: that is not merged.
    pub uncommitted: bool,
    /// Files in conflict, in order.
    pub conflicts: Vec<String>,
    /// Where the target is checked out, if it is.
    pub checkout: Option<Checkout>,
    /// A message for the squashed or merge commit.
    pub message: String,
}

/// The folder in which a branch is checked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Checkout {
    /// The folder.
    pub folder: String,
    /// Files there that are not committed and that the merge would change too: it is refused while there are any.
    pub in_the_way: Vec<String>,
    /// Whether anything else is not committed there; it stays as it is.
    pub dirty: bool,
}

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Merged {
    /// The target's commit now.
    pub commit: String,
    /// The target's commit before, to which it can be taken back.
    pub before: String,
}

/// A merge or rebase that stands half-way in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Operation {
    /// A merge.
    Merge,
    /// A rebase.
    Rebase,
    /// A commit that is being applied.
    CherryPick,
    /// A commit that is being taken back.
    Revert,
}

/// The files in conflict, where an operation stands half-way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Conflicts {
    /// What stands half-way.
    pub operation: Option<Operation>,
    /// The files still in conflict, in order.
    pub files: Vec<String>,
    /// Files that were in conflict and are resolved.
    pub resolved: Vec<String>,
}

/// One file in conflict, from three sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConflictFile {
    /// Its path.
    pub path: String,
    /// What both came from; none where there was nothing.
    pub base: Option<String>,
    /// The session's side; none where it was removed there.
    pub ours: Option<String>,
    /// The other side; none where it was removed there.
    pub theirs: Option<String>,
    /// The file as it lies in the folder, with git's marks.
    pub now: Option<String>,
    /// Whether it cannot be shown as text: then a side is taken whole.
    pub binary: bool,
    /// Stands for the file as it lies in the folder, to be handed back.
    pub stamp: String,
}

/// How a conflict is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "take", rename_all = "snake_case")]
#[ts(export)]
pub enum Resolution {
    /// The session's side whole.
    Ours,
    /// The other side whole.
    Theirs,
    /// The file goes.
    Removed,
    /// This text.
    Text {
        /// The whole file.
        text: String,
    },
}
