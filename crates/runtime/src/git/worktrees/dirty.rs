//! What is not committed in each worktree. Not here: which files ([`crate::git::changes`]).

use std::path::Path;
use std::sync::Arc;

use bosk_core::{Problem, ProblemCode};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::AT_ONCE;
use crate::git::Git;
use crate::git::listing::Listed;

/// The most that is read of a list of changed files, in bytes: what is beyond is not counted.
const LIMIT: usize = 16 << 20;

/// Counts of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) modified: u32,
    pub(super) untracked: u32,
    pub(super) conflicted: u32,
}

/// Of each, in their order. A folder that is gone has none.
pub(super) async fn look(
    git: &Git,
    listed: &[Listed],
    filters: bool,
) -> Vec<Result<Counts, Problem>> {
    let mut found: Vec<_> = listed.iter().map(|_| Ok(Counts::default())).collect();
    let (room, mut looks) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for (at, one) in listed.iter().enumerate().filter(|(_, one)| one.folder.is_dir()) {
        if !filters {
            found[at] = Err(not_looked());
            continue;
        }
        let (git, folder, room) = (git.clone(), one.folder.clone(), Arc::clone(&room));
        looks.spawn(async move {
            let _turn = room.acquire_owned().await;
            (at, counts(&git, &folder).await)
        });
    }
    while let Some(looked) = looks.join_next().await {
        if let Ok((at, counts)) = looked {
            found[at] = counts;
        }
    }
    found
}

/// Of one worktree.
///
/// # Errors
/// It is damaged, or git failed.
pub(super) async fn counts(git: &Git, folder: &Path) -> Result<Counts, Problem> {
    // Without its own, git would tell of a repository further up.
    if folder.join(".git").symlink_metadata().is_err() {
        return Err(Problem::new(
            ProblemCode::RepositoryUnreadable,
            "The folder has no .git any more, so git cannot tell what is in it.",
        )
        .hint("Run git worktree repair in the repository."));
    }
    let call = git.look(folder).args(["status", "--porcelain=v2", "-z", "--untracked-files=all"]);
    let output =
        call.args(["--no-renames", "--ignore-submodules=dirty"]).limit(LIMIT).run().await?;
    let mut counts = Counts::default();
    // Source of the format: git-status(1), "Porcelain Format Version 2".
    for field in output.fields() {
        match field.first() {
            Some(b'1' | b'2') => counts.modified += 1,
            Some(b'u') => counts.conflicted += 1,
            Some(b'?') => counts.untracked += 1,
            _ => {}
        }
    }
    Ok(counts)
}

/// Why a repository is not looked at that names such programs.
fn not_looked() -> Problem {
    Problem::new(
        ProblemCode::NotTrusted,
        "The repository's git configuration names programs that reading its files would start, and you have not agreed \
         to them: its changed files are not looked at.",
    )
    .hint("Agree to what the repository brings, as for a session in it, then try again.")
}
