//! What Bosk uses of the disk, and what of it can go.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What Bosk uses, by repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DiskUse {
    /// Each repository that Bosk has something of, the largest first.
    pub repositories: Vec<RepositoryDisk>,
    /// Journals of all sessions, in bytes.
    #[ts(type = "number")]
    pub journals: u64,
    /// Free on the volume, in bytes.
    #[ts(type = "number")]
    pub free: u64,
}

/// What Bosk uses of one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RepositoryDisk {
    /// Its main work tree.
    pub repository: String,
    /// What people call it.
    pub name: String,
    /// Worktrees of Bosk's without what builds made, in bytes.
    #[ts(type = "number")]
    pub worktrees: u64,
    /// What builds made in them, in bytes.
    #[ts(type = "number")]
    pub builds: u64,
    /// What was put away, in bytes.
    #[ts(type = "number")]
    pub archived: u64,
    /// Snapshots that are kept.
    pub snapshots: u32,
    /// Those among them of sessions that this Bosk does not know: another Bosk's, or of one that was deleted before Bosk
    /// wrote that down. They never expire, since nobody here can tell which.
    pub unknown_snapshots: u32,
    /// What can go.
    pub suggestions: Vec<Suggestion>,
}

/// Something that can go, and why that is safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Suggestion {
    /// What it is.
    pub what: CanGo,
    /// The worktree's folder, or [`super::ArchivedWorktree::id`].
    pub place: String,
    /// The branch, to be recognised by.
    pub branch: Option<String>,
    /// What would be free, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What can go, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum CanGo {
    /// A worktree whose work is in its base, with nothing that is not committed, and no session that runs.
    Merged,
    /// What builds made: it can be built again, git ignores it, and no session runs there.
    Builds {
        /// The folders, from the worktree's root.
        folders: Vec<String>,
    },
    /// Put away longer ago than the person's rule says.
    Old,
}

/// The size of one worktree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WorktreeSize {
    /// All but what builds made, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// What builds made, in bytes.
    #[ts(type = "number")]
    pub builds: u64,
    /// The folders that builds made, from the worktree's root.
    pub folders: Vec<String>,
}
