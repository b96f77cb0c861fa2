//! What a person is shown of a repository's worktrees, and of what goes and stays when one is put away. Not here: how
//! git finds it out, and the plan of a session's own removal ([`crate::git::RemovalPlan`]).

pub mod disk;
pub mod expiry;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SessionId;
use crate::git::IgnoredFile;

/// All worktrees of a repository, and what was put away of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Worktrees {
    /// The repository's main work tree.
    pub repository: String,
    /// What people call it.
    pub name: String,
    /// Those that are there, the main one first.
    pub items: Vec<WorktreeView>,
    /// Those that were put away, the newest first.
    pub archived: Vec<ArchivedWorktree>,
    /// Branches that no worktree has, newest first: they can be adopted. The first of them.
    pub branches: Vec<String>,
}

/// One worktree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WorktreeView {
    /// Its folder: names it.
    pub folder: String,
    /// Who made it.
    pub origin: Origin,
    /// The branch that is checked out; none on a detached HEAD.
    pub branch: Option<String>,
    /// The full id of the commit at HEAD; none while unborn.
    pub head: Option<String>,
    /// The branch that it is compared with: what its session started from, else the main one.
    pub base: Option<String>,
    /// Commits that the base does not have.
    pub ahead: u32,
    /// Commits of the base that it does not have.
    pub behind: u32,
    /// Files that are known to git and changed.
    pub modified: u32,
    /// Files that git does not know.
    pub untracked: u32,
    /// Files that a merge left unresolved.
    pub conflicted: u32,
    /// Commits that no remote has; none where the repository has no remote.
    pub unpushed: Option<u32>,
    /// Whether all of it is in the base.
    pub merged: Option<MergedAs>,
    /// When its HEAD was committed, in seconds since 1970.
    #[ts(type = "number | null")]
    pub committed_at: Option<i64>,
    /// When the folder was made, in seconds since 1970, where that is known.
    #[ts(type = "number | null")]
    pub made_at: Option<i64>,
    /// Sessions that work in it.
    pub sessions: Vec<SessionId>,
    /// Why git has it locked, where that is not Bosk's doing.
    pub locked: Option<String>,
    /// Whether its folder is gone.
    pub missing: bool,
    /// What git could not tell of it, where it failed.
    pub problem: Option<String>,
}

/// Who made a worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Origin {
    /// It is the repository itself.
    Main,
    /// Bosk.
    Bosk,
    /// Somebody else; the person has given it to Bosk.
    Adopted,
    /// Somebody else: it is only looked at.
    Other,
}

/// How a branch's work got into its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MergedAs {
    /// The base has its commits.
    Commits,
    /// The base has one commit with the same changes (recognised by patch id), or all of them so that merging would add
    /// nothing.
    Squash,
    /// The base has commits with the same changes, one for one.
    Rebase,
}

/// A worktree that was put away: its branch and a snapshot stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ArchivedWorktree {
    /// Names it: its entry in the trash.
    pub id: String,
    /// Where it was.
    pub folder: String,
    /// The branch that was checked out in it.
    pub branch: Option<String>,
    /// Whether that branch is still there.
    pub branch_stays: bool,
    /// The session that it was made for, where there was one.
    pub session: Option<SessionId>,
    /// Whether that session's record was put away with it.
    pub with_session: bool,
    /// When: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// The commit that holds it as it was.
    pub snapshot: String,
    /// Whether its folder is still in the trash, with the files that git ignores; else it is restored from the snapshot.
    pub whole: bool,
    /// Its size in the trash, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When it goes for good by the rule that the person has set, so that it cannot be restored any more; its folder
    /// may go from the trash before: milliseconds since 1970.
    #[ts(type = "number | null")]
    pub expires_at: Option<i64>,
}

/// What exists nowhere else and would be gone for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Loss {
    /// Changed files that are not committed.
    Uncommitted {
        /// How many.
        files: u32,
    },
    /// Files that git does not know.
    Untracked {
        /// How many.
        files: u32,
    },
    /// Changes that were put aside with `git stash` on this branch.
    Stashed {
        /// How many.
        stashes: u32,
    },
    /// Commits that no remote has.
    Unpushed {
        /// How many.
        commits: u32,
    },
    /// Commits that no other branch or tag has.
    Unmerged {
        /// How many.
        commits: u32,
    },
    /// Files that git ignores.
    Ignored {
        /// How many entries.
        entries: u32,
        /// Their size together, in bytes.
        #[ts(type = "number")]
        bytes: u64,
    },
    /// Repositories inside.
    Nested {
        /// Their paths.
        paths: Vec<String>,
    },
}

/// What deleting a worktree, or one that was put away, would take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeletePlan {
    /// The state that the person is shown, to be handed back.
    pub token: crate::git::RemovalToken,
    /// The folder.
    pub folder: String,
    /// The branch that would go too.
    pub branch: Option<String>,
    /// What exists nowhere else; empty when nothing is lost.
    pub losses: Vec<Loss>,
    /// The largest files that git ignores: no snapshot holds them.
    pub ignored: Vec<IgnoredFile>,
}

/// Sessions that a person has agreed to end so that their folder can go, each as it stood when that was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Ending {
    /// They rest ([`SessionSummary::rests`](crate::session::SessionSummary::rests)): one that is at work by then stays.
    pub resting: Vec<SessionId>,
    /// They are at work, and are interrupted.
    pub working: Vec<SessionId>,
}

/// What was removed, so that it can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PutAway {
    /// [`ArchivedWorktree::id`]; none where the folder was gone before.
    pub archive: Option<String>,
    /// The snapshot.
    pub snapshot: String,
}
