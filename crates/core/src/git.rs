//! What a person is shown of a repository: where HEAD is, what to start from, what a launch would
//! make, what changed, what a removal would take away. Not here: how any of it is found out.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::worktree::MergedAs;

/// A repository that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RepositoryView {
    /// The root of its main work tree.
    pub root: String,
    /// What people call it: the name of that folder.
    pub name: String,
    /// Where HEAD is.
    pub head: Head,
}

/// Where HEAD is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum Head {
    /// On a branch that has a commit.
    Branch {
        /// The branch, without `refs/heads/`.
        name: String,
        /// The commit's full id.
        commit: String,
    },
    /// On a commit, and on no branch.
    Detached {
        /// The commit's full id.
        commit: String,
    },
    /// On a branch that has no commit yet.
    Unborn {
        /// The branch, without `refs/heads/`.
        name: String,
    },
}

/// What a base is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum BaseKind {
    /// A branch of this repository.
    Branch,
    /// A remote's branch, as last fetched.
    Remote,
    /// A tag.
    Tag,
}

/// A named commit that a session can start from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Base {
    /// What it is.
    pub kind: BaseKind,
    /// What people call it: `main`, `origin/main`, `v1.2`.
    pub name: String,
    /// The full name, which is never ambiguous: `refs/heads/main`.
    pub reference: String,
    /// The commit's full id.
    pub commit: String,
    /// The first line of the commit's message.
    pub subject: String,
    /// When it was committed, in seconds since 1970.
    #[ts(type = "number")]
    pub committed_at: i64,
}

/// The named commits of a repository, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Bases {
    /// The newest ones.
    pub items: Vec<Base>,
    /// How many there are in all.
    pub total: u32,
}

/// What a launch would make, shown before anything starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LaunchPlan {
    /// The repository.
    pub repository: RepositoryView,
    /// The folder that the session would work in.
    pub folder: String,
    /// The branch that would be made.
    pub branch: String,
    /// What the session would start from, as a person says it.
    pub base_name: String,
    /// The commit that this names now: its full id.
    pub base_commit: String,
    /// Sessions that work in that folder already.
    pub shared_with: Vec<crate::SessionId>,
}

/// How a file differs from the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChangeKind {
    /// New, and known to git.
    Added,
    /// New, and not known to git.
    Untracked,
    /// Other content or another mode.
    Modified,
    /// Gone.
    Deleted,
    /// Under another name, perhaps with other content.
    Renamed,
    /// A file became a link, or the reverse.
    Retyped,
    /// A merge left it unresolved.
    Conflicted,
}

/// One file that differs from the base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangedFile {
    /// Its path from the worktree's root, with `/`.
    pub path: String,
    /// What it was called in the base, where it was renamed.
    pub old_path: Option<String>,
    /// How it differs.
    pub kind: ChangeKind,
    /// Lines added; none where lines were not counted.
    pub added: Option<u32>,
    /// Lines removed; none where lines were not counted.
    pub removed: Option<u32>,
    /// Whether git takes it for binary.
    pub binary: bool,
}

/// The files that differ from the base, in order of path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Changes {
    /// The first of them.
    pub files: Vec<ChangedFile>,
    /// How many there are in all.
    pub total: u32,
    /// Lines added in the files listed.
    pub added: u32,
    /// Lines removed in the files listed.
    pub removed: u32,
    /// Whether even `total` is too low, because git listed more than is read.
    pub more: bool,
}

/// One file's difference from the base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileDiff {
    /// Unified diff, as git prints it.
    pub text: String,
    /// Whether the text was cut.
    pub truncated: bool,
}

/// What going back to before a message would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RewindPlan {
    /// The commit that holds the folder as it is now: to be handed back with the decision. None where the files were
    /// not kept then, so that only the conversation can go back.
    pub now: Option<String>,
    /// The files that would change, from how they are now to how they were then.
    pub changes: Changes,
    /// Whether the conversation can go on from there.
    pub conversation: bool,
}

/// What goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Rewind {
    /// The files.
    Files,
    /// The conversation.
    Conversation,
    /// Both.
    Both,
}

/// The exact state that a person agreed to remove. A removal that finds another one is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RemovalToken {
    /// The commit at HEAD.
    pub head: String,
    /// The commit that holds index, work tree and untracked files.
    pub snapshot: String,
    /// Git's own name for the worktree.
    pub worktree: String,
}

/// A file that git ignores: no snapshot holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IgnoredFile {
    /// Its path from the worktree's root; a folder ends with `/`.
    pub path: String,
    /// Its size in bytes; a folder's with all that is in it.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What a removal would take away, and what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RemovalPlan {
    /// To be handed back with the decision.
    pub token: RemovalToken,
    /// The folder that would be moved to the trash.
    pub folder: String,
    /// The branch that is checked out in it.
    pub branch: Option<String>,
    /// Commits that no other branch, remote or tag has.
    pub own_commits: u32,
    /// How a main branch has the work of these commits all the same, where it does.
    pub merged: Option<MergedAs>,
    /// Whether anything differs from the commit at HEAD.
    pub uncommitted: bool,
    /// What git ignores: in the trash only.
    pub ignored: Vec<IgnoredFile>,
    /// How many such entries there are in all.
    pub ignored_total: u32,
    /// Repositories inside: in the trash only.
    pub nested: Vec<String>,
}

/// What was carried into a new worktree of the files that git ignores.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Carried {
    /// How many files.
    pub files: u32,
    /// Their size in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Files that were asked for and left out, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// How many were left out in all.
    pub left_out_total: u32,
}

/// A file that was not carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LeftOut {
    /// Its path from the repository's root.
    pub path: String,
    /// Why, as a phrase.
    pub why: String,
}

/// What a folder is, before anything is launched in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RepositoryInfo {
    /// The repository's name.
    pub name: String,
    /// Its main work tree.
    pub path: String,
    /// The branch that HEAD names; absent when it is detached.
    pub head: Option<String>,
    /// What a session can start from.
    pub bases: Vec<Base>,
}
