//! What a snapshot, a branch and a folder hold that exists nowhere else, in plain words. It is read off the snapshot, so
//! that it is the same for a worktree and for one in the trash. Not here: deleting anything.

use std::collections::BTreeSet;
use std::path::Path;

use bosk_core::Problem;
use bosk_core::git::IgnoredFile;
use bosk_core::worktree::Loss;

use super::worktrees::is_merged;
use super::{Repository, checkpoint, remove, snapshot};

/// What is asked about.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The snapshot.
    pub snapshot: &'a str,
    /// The commit at HEAD; empty while unborn.
    pub head: &'a str,
    /// The branch.
    pub branch: Option<&'a str>,
    /// What the branch was made from, where a session tells.
    pub base: Option<&'a str>,
    /// What git ignores.
    pub ignored: &'a [IgnoredFile],
    /// Repositories inside.
    pub nested: Vec<String>,
}

/// All that would be gone with the snapshot, the folder and the branch.
///
/// # Errors
/// Git failed.
pub async fn losses(repository: &Repository, asked: Asked<'_>) -> Result<Vec<Loss>, Problem> {
    let mut found = Vec::new();
    let (files, untracked) = uncommitted(repository, asked.snapshot, asked.head).await?;
    if files > 0 {
        found.push(Loss::Uncommitted { files });
    }
    if untracked > 0 {
        found.push(Loss::Untracked { files: untracked });
    }
    if let Some(branch) = asked.branch {
        let stashes = stashes(repository, branch).await?;
        if stashes > 0 {
            found.push(Loss::Stashed { stashes });
        }
    }
    if let Some(commits) = unpushed(repository, asked.head).await?.filter(|commits| *commits > 0) {
        found.push(Loss::Unpushed { commits });
    }
    let commits = remove::own_commits(repository, asked.head, asked.branch).await?;
    if commits > 0 && is_merged(repository, asked.head, asked.branch, asked.base).await?.is_none() {
        found.push(Loss::Unmerged { commits });
    }
    if !asked.ignored.is_empty() {
        let entries = u32::try_from(asked.ignored.len()).unwrap_or(u32::MAX);
        let bytes = asked.ignored.iter().map(|file| file.bytes).sum();
        found.push(Loss::Ignored { entries, bytes });
    }
    if !asked.nested.is_empty() {
        found.push(Loss::Nested { paths: asked.nested });
    }
    Ok(found)
}

/// Files that differ from HEAD, in the index or in the folder; and those that git does not know.
async fn uncommitted(
    repository: &Repository,
    snapshot: &str,
    head: &str,
) -> Result<(u32, u32), Problem> {
    let (git, root) = (&repository.git, &repository.root);
    let paths = async |from: &str, to: &str, filter: &str| {
        let call = git.look(root).args(["diff-tree", "-r", "-z", "--name-only", "--no-renames"]);
        let output = call.args([filter, "--end-of-options", from, to]).run().await?;
        Ok::<BTreeSet<Vec<u8>>, Problem>(output.fields().map(<[u8]>::to_vec).collect())
    };
    let empty = git.change(root).args(["hash-object", "-t", "tree", "-w", "--stdin"]);
    let head = if head.is_empty() { empty.run().await?.text() } else { head.to_owned() };
    let all = |found: &BTreeSet<Vec<u8>>| u32::try_from(found.len()).unwrap_or(u32::MAX);
    let Some(index) = checkpoint::part_of(git, root, snapshot, snapshot::INDEX).await? else {
        return Ok((all(&paths(&head, snapshot, "--diff-filter=AMDT").await?), 0));
    };
    let untracked = paths(&index, snapshot, "--diff-filter=A").await?;
    let mut changed = paths(&head, &index, "--diff-filter=AMDT").await?;
    changed.extend(paths(&index, snapshot, "--diff-filter=MDT").await?);
    Ok((all(&changed), all(&untracked)))
}

/// What was put aside on that branch. Git says so in its own words: `WIP on <branch>:` or `On <branch>:`.
async fn stashes(repository: &Repository, branch: &str) -> Result<u32, Problem> {
    let call = repository.git.look(&repository.root);
    let call = call.args(["log", "--walk-reflogs", "--format=%gs", "refs/stash", "--"]);
    let said = call.answer_or_nothing().await?;
    let begins = [format!("WIP on {branch}:"), format!("On {branch}:")];
    let of_it = |line: &&str| begins.iter().any(|begin| line.starts_with(begin));
    Ok(u32::try_from(said.lines().filter(of_it).count()).unwrap_or(u32::MAX))
}

/// Commits that no remote has; none where there is no remote.
pub(crate) async fn unpushed(repository: &Repository, head: &str) -> Result<Option<u32>, Problem> {
    let look = || repository.git.look(&repository.root);
    if head.is_empty() || look().arg("remote").run().await?.stdout.is_empty() {
        return Ok(None);
    }
    let count =
        look().args(["rev-list", "--count", head, "--not", "--remotes"]).run().await?.text();
    Ok(Some(count.parse().unwrap_or(u32::MAX)))
}

/// The repositories inside of a folder in the trash: files called `.git` below its root.
pub(crate) fn nested(folder: &Path) -> Vec<String> {
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(false)
        .filter_entry(|entry| {
            entry.depth() < 2
                || entry.path().parent().is_none_or(|up| up.file_name() != Some(".git".as_ref()))
        })
        .build();
    let found = walk.flatten().filter(|entry| entry.depth() > 1 && entry.file_name() == ".git");
    let inside = found.filter_map(|entry| {
        let path = entry.path().parent()?.strip_prefix(folder).ok()?;
        Some(super::paths::shown(path))
    });
    inside.take(200).collect()
}
