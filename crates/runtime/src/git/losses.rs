//! What a snapshot, a branch and a folder hold that exists nowhere else, in plain words. It is read off the snapshot, so
//! that it is the same for a worktree and for one in the trash. Not here: deleting anything.

use std::collections::BTreeSet;
use std::path::Path;

use bosk_core::Problem;
use bosk_core::git::{Head, IgnoredFile};
use bosk_core::worktree::Loss;

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
    if commits > 0 && !is_in_base(repository, asked.head, asked.branch).await? {
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

/// Whether a main branch has the work: the commits themselves, one commit with all of their changes, or nothing that
/// merging would add. In doubt it has not.
pub(crate) async fn is_in_base(
    repository: &Repository,
    head: &str,
    branch: Option<&str>,
) -> Result<bool, Problem> {
    let look = || repository.git.look(&repository.root);
    let mut bases = Vec::new();
    if let Head::Branch { name, commit } = repository.head().await?
        && Some(name.as_str()) != branch
    {
        bases.push(commit);
    }
    let remote =
        look().args(["rev-parse", "--verify", "--quiet", "refs/remotes/origin/HEAD^{commit}"]);
    bases.extend(Some(remote.answer_or_nothing().await?).filter(|id| !id.is_empty()));
    for base in bases {
        let fork = look().args(["merge-base", &base, head]).answer_or_nothing().await?;
        if fork == head {
            return Ok(true);
        }
        if fork.is_empty() || fork == base {
            continue;
        }
        let merged = look().args(["merge-tree", "--write-tree", "--no-messages", &base, head]);
        // Code 1: there are conflicts, which tells nothing.
        let merged = merged.ask().await.map(|output| output.text()).unwrap_or_default();
        let tree = look().args(["rev-parse", &format!("{base}^{{tree}}")]).run().await?.text();
        if merged == tree || has_patch(repository, &base, head, &fork).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the base has commits with the same changes: each of them, or one with all.
async fn has_patch(
    repository: &Repository,
    base: &str,
    head: &str,
    fork: &str,
) -> Result<bool, Problem> {
    let look = || repository.git.look(&repository.root);
    let all_there = async |commit: &str| -> Result<bool, Problem> {
        let said = look().args(["cherry", base, commit]).run().await?.text();
        Ok(!said.is_empty() && said.lines().all(|line| line.starts_with("- ")))
    };
    // A merge's own changes are in no list of patches.
    let range = format!("{fork}..{head}");
    let merges = look().args(["rev-list", "--merges", "--count", &range]).run().await?.text();
    if merges == "0" && all_there(head).await? {
        return Ok(true);
    }
    let tree = format!("{head}^{{tree}}");
    // Kept by nothing; it only asks the question.
    let one = repository.git.change(&repository.root).args(["commit-tree", &tree, "-p", fork]);
    let one = snapshot::signed(one.args(["-m", "all of it"]), "@0 +0000").run().await?.text();
    all_there(&one).await
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
