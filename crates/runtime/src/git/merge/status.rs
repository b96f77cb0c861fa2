//! Which files of a work tree are not committed, and how. Not here: what in them differs ([`crate::git::changes`]).

use std::path::{Path, PathBuf};

use bosk_core::Problem;

use crate::git::{Git, paths};

/// A file that is not as HEAD has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclean {
    /// Its path from the worktree's root.
    pub path: PathBuf,
    /// Whether the index differs from HEAD.
    pub staged: bool,
    /// Whether the work tree differs from the index.
    pub unstaged: bool,
    /// Whether git does not know it.
    pub untracked: bool,
    /// Whether a merge left it unresolved.
    pub conflicted: bool,
}

/// All of them, in order of path.
///
/// # Errors
/// Git failed.
pub async fn unclean(git: &Git, worktree: &Path) -> Result<Vec<Unclean>, Problem> {
    let status = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"];
    let output = git.look(worktree).args(status).arg("--ignore-submodules=dirty").run().await?;
    // Source of the format: git-status(1), "Short Format", `XY <path>`.
    let one = |entry: &[u8]| {
        let (letters, path) = entry.split_at_checked(3)?;
        let (index, tree) = (letters[0], letters[1]);
        let conflicted =
            index == b'U' || tree == b'U' || (index == tree && matches!(index, b'A' | b'D'));
        let untracked = index == b'?';
        Some(Unclean {
            path: paths::from_git(path),
            staged: !conflicted && !untracked && index != b' ',
            unstaged: !conflicted && tree != b' ',
            untracked,
            conflicted,
        })
    };
    Ok(output.fields().filter_map(one).collect())
}
