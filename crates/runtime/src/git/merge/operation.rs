//! What stands half-way in a work tree, and which of its files are unresolved. Not here: ending it.

use std::path::{Path, PathBuf};

use bosk_core::review::merge::Operation;
use bosk_core::review::path::to_text;
use bosk_core::{Problem, ProblemCode};

use crate::git::staged::staged;
use crate::git::{Git, paths};

/// The files that tell, in the order in which they are believed: a rebase applies commits one by one.
/// Source of the names: gitrepository-layout(5) and git's `wt-status.c`.
const SIGNS: [(&str, Operation); 5] = [
    ("rebase-merge", Operation::Rebase),
    ("rebase-apply", Operation::Rebase),
    ("MERGE_HEAD", Operation::Merge),
    ("CHERRY_PICK_HEAD", Operation::CherryPick),
    ("REVERT_HEAD", Operation::Revert),
];

/// What stands half-way there.
///
/// # Errors
/// Git failed.
pub async fn half_way(git: &Git, worktree: &Path) -> Result<Option<Operation>, Problem> {
    let mut call = git.look(worktree).args(["rev-parse", "--path-format=absolute"]);
    for (name, _) in SIGNS {
        call = call.args(["--git-path", name]);
    }
    let output = call.run().await?.stdout;
    let places = output.split(|byte| *byte == b'\n').filter(|path| !path.is_empty());
    let mut found = places.map(paths::from_git).zip(SIGNS);
    Ok(found.find(|(path, _)| path.exists()).map(|(_, (_, operation))| operation))
}

/// A file of git's own for that work tree.
pub(crate) async fn own_file(git: &Git, worktree: &Path, name: &str) -> Result<PathBuf, Problem> {
    let call = git.look(worktree).args(["rev-parse", "--path-format=absolute", "--git-path", name]);
    Ok(paths::from_git(call.run().await?.stdout.trim_ascii_end()))
}

/// The files that are unresolved, in order, as text ([`bosk_core::review::path`]).
///
/// # Errors
/// Git failed.
pub async fn unresolved(git: &Git, worktree: &Path) -> Result<Vec<String>, Problem> {
    listed(git, worktree, "--unmerged").await
}

/// The same of those that were unresolved and are resolved.
///
/// # Errors
/// Git failed.
pub async fn resolved(git: &Git, worktree: &Path) -> Result<Vec<String>, Problem> {
    listed(git, worktree, "--resolve-undo").await
}

async fn listed(git: &Git, worktree: &Path, which: &str) -> Result<Vec<String>, Problem> {
    let output = git.look(worktree).args(["ls-files", which, "-z", "--full-name"]).run().await?;
    let mut found: Vec<String> = staged(&output).map(|entry| to_text(entry.path)).collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// Refuses where something stands half-way, or is unresolved.
pub(crate) async fn require_none(git: &Git, worktree: &Path) -> Result<(), Problem> {
    let unresolved = unresolved(git, worktree).await?;
    if half_way(git, worktree).await?.is_none() && unresolved.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        ProblemCode::SessionState,
        "A merge or a rebase stands half-way in the folder, so nothing was changed.",
    )
    .hint("Resolve the conflicts and go on with it, or abort it, first."))
}
