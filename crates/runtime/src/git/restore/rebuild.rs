//! Making of a snapshot what the trash does not have any more: the folder, and what git knew of the worktree. Both are
//! made in the trash, beside where they belong, and moved there when they are whole.

use std::path::Path;

use bosk_core::Problem;

use super::super::trash::{self, Entry};
use super::super::{Repository, checkpoint, snapshot};
use super::not_restored;

/// What git knows of a worktree, made anew by git itself: HEAD detached, and the index as the snapshot has it.
pub(super) async fn known(
    repository: &Repository,
    entry: &Entry,
    known: &Path,
) -> Result<(), Problem> {
    let git = &repository.git;
    let token = &entry.record.token;
    // Not locked, so that one which is left by a kill is pruned.
    let place = half_made(&entry.folder).map_err(|error| not_restored(&error))?;
    let folder = place.path().join("worktree");
    let add = ["worktree", "add", "--quiet", "--detach", "--no-checkout", "--"];
    let commit = if token.head.is_empty() { &token.snapshot } else { &token.head };
    git.change(&repository.root).args(add).arg(&folder).arg(commit).run().await?;
    let folder = std::fs::canonicalize(&folder).unwrap_or(folder);
    let made = super::admin_of(repository, &folder)
        .ok_or_else(|| not_restored(&"git does not list what it made"))?;
    let with = || git.change(&repository.root).env("GIT_DIR", &made);
    let look = || git.look(&repository.root).env("GIT_DIR", &made);
    match checkpoint::part_of(git, &repository.root, &token.snapshot, snapshot::UNMERGED).await? {
        Some(sides) => snapshot::put_back(look(), with, &sides).await?,
        None => {
            let index =
                checkpoint::part_of(git, &repository.root, &token.snapshot, snapshot::INDEX);
            let tree = index.await?.unwrap_or_else(|| format!("{commit}^{{tree}}"));
            with().args(["read-tree", &tree]).run().await?;
        }
    }
    if token.head.is_empty() {
        // Its branch has no commit yet.
        let branch = entry.record.branch.as_deref().unwrap_or("restored");
        with().args(["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")]).run().await?;
    }
    let moved = || -> std::io::Result<()> {
        let parent = known.parent().unwrap_or(known);
        std::fs::create_dir_all(parent)?;
        std::fs::rename(&made, known)
    };
    moved().map_err(|error| not_restored(&error))
}

/// The folder, with its files as they lay in it. `own` is what git knows of it.
pub(super) async fn tree(
    repository: &Repository,
    entry: &Entry,
    own: &Path,
) -> Result<(), Problem> {
    let git = &repository.git;
    let token = &entry.record.token;
    let tree = entry.tree();
    let place = tree.parent().unwrap_or(&entry.folder);
    crate::files::create_private_folder(place).map_err(|error| not_restored(&error))?;
    let made = half_made(place).map_err(|error| not_restored(&error))?;
    let index = tempfile::tempdir().map_err(|error| not_restored(&error))?;
    let with = || {
        let call = git.change(made.path()).env("GIT_DIR", own).env("GIT_WORK_TREE", made.path());
        call.env("GIT_INDEX_FILE", index.path().join("index"))
    };
    with().args(["read-tree", &token.snapshot]).run().await?;
    with().args(["checkout-index", "--all", "--force", "--quiet"]).run().await?;
    let raw = checkpoint::part_of(git, &repository.root, &token.snapshot, snapshot::RAW).await?;
    if let Some(raw) = raw {
        snapshot::lay(git, &repository.root, made.path(), &raw).await?;
    }
    // As git makes folders; a temporary one is its owner's only.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(made.path(), mode).map_err(|error| not_restored(&error))?;
    }
    std::fs::rename(made.keep(), &tree).map_err(|error| not_restored(&error))
}

fn half_made(place: &Path) -> std::io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(trash::GOING).tempdir_in(place)
}

/// What is left of an attempt that was killed.
pub(super) fn sweep(entry: &Entry) {
    for found in std::fs::read_dir(&entry.folder).into_iter().flatten().flatten() {
        if found.file_name().to_string_lossy().starts_with(trash::GOING) {
            let _ = trash::delete(&found.path());
        }
    }
}
