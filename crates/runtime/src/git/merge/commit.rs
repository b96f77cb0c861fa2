//! One commit: from the index, or from all there is. The tree and the commit are built first, then HEAD moves from the
//! commit that it was on, or not at all. Hooks run only on demand. Not here: building it ([`super::built`]), its message,
//! and who may have it made.

use std::path::Path;
use std::time::Duration;

use bosk_core::{Problem, ProblemCode};

use super::built::{Author, Built, Signing, build, clean, require_identity};
use super::{hook, operation, tree};
use crate::git::snapshot::IndexCopy;
use crate::git::{Git, GitError};

/// How long a hook, or whatever signs, may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What is committed, and how.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The whole message.
    pub message: &'a str,
    /// Everything, or only what is staged.
    pub all: bool,
    /// The id of the commit that it replaces, where it does.
    pub amend: Option<&'a str>,
    /// Whether the repository's hooks run.
    pub hooks: bool,
    /// Whether it is signed.
    pub sign: bool,
    /// How long each hook, and signing, may take.
    pub patience: Duration,
}

impl<'a> Wanted<'a> {
    /// Of what is staged, without hooks and signature.
    #[must_use]
    pub const fn staged(message: &'a str) -> Self {
        Self { message, all: false, amend: None, hooks: false, sign: false, patience: PATIENCE }
    }
}

/// Commits; the new commit's full id.
///
/// # Errors
/// There is nothing to commit, HEAD is not the commit to be amended, a hook refuses, it cannot be signed, nobody is
/// named, or git failed. HEAD and index are then as they were; files may be as a hook has left them, and an index that
/// a hook or anybody else has changed meanwhile stays so.
pub async fn commit(git: &Git, worktree: &Path, wanted: &Wanted<'_>) -> Result<String, Problem> {
    if wanted.message.trim().is_empty() {
        return Err(Problem::new(ProblemCode::InvalidInput, "The commit has no message.")
            .hint("Say in a line what it does."));
    }
    operation::require_none(git, worktree).await?;
    require_identity(git, worktree).await?;
    let head = head(git, worktree).await?;
    if let Some(amended) = wanted.amend
        && head.as_deref() != Some(amended)
    {
        return Err(Problem::new(
            ProblemCode::SessionState,
            "The branch has moved since you looked, so nothing was amended.",
        )
        .hint("Look at its last commit once more, then decide."));
    }
    let before = IndexCopy::of(git, worktree).await?;
    if wanted.all {
        git.change(worktree).args(["add", "--all"]).run().await?;
    }
    let left = staged(git, worktree).await?;
    let made = make(git, worktree, wanted, head.clone()).await;
    // What somebody has staged or committed meanwhile is newer than the copy.
    if made.is_err()
        && wanted.all
        && left.is_some()
        && staged(git, worktree).await? == left
        && self::head(git, worktree).await? == head
    {
        // It is refused only where somebody else writes the index: then that is the newer one.
        let _ = before.put_back();
    }
    made
}

/// All that the index holds; nothing where that is too much to be compared.
async fn staged(git: &Git, worktree: &Path) -> Result<Option<Vec<u8>>, Problem> {
    let listed = git.look(worktree).args(["ls-files", "--stage", "-z"]).run().await?;
    Ok((!listed.truncated).then_some(listed.stdout))
}

async fn make(
    git: &Git,
    worktree: &Path,
    wanted: &Wanted<'_>,
    head: Option<String>,
) -> Result<String, Problem> {
    let mut message = clean(wanted.message);
    if wanted.hooks {
        hook::run(git, worktree, wanted.patience, "pre-commit", &[]).await?;
        message = hook::message(git, worktree, wanted.patience, message).await?;
    }
    let tree = git.change(worktree).args(["write-tree"]).run().await?.text();
    let parents = match wanted.amend {
        Some(amended) => parents(git, worktree, amended).await?,
        None => head.clone().into_iter().collect(),
    };
    if wanted.amend.is_none() && tree == tree_of(git, worktree, head.as_deref()).await? {
        let what = if wanted.all { "Nothing has changed" } else { "Nothing is staged" };
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("{what}, so there is nothing to commit."),
        ));
    }
    let author = match wanted.amend {
        Some(amended) => Some(Author::of(git, worktree, amended).await?),
        None => None,
    };
    let new = Built { tree: &tree, parents: &parents, message: &message, author: author.as_ref() };
    let signing = Signing { patience: wanted.patience, otherwise: "nothing was committed" };
    let commit = build(git, worktree, &new, wanted.sign.then_some(signing)).await?;
    let subject = message.lines().next().unwrap_or_default();
    let deed = if wanted.amend.is_some() { "commit (amend)" } else { "commit" };
    let old = head.unwrap_or_else(|| "0".repeat(commit.len()));
    let reason = format!("{deed}: {subject}");
    git.change(worktree)
        .args(["update-ref", "-m", &reason, "--", "HEAD", &commit, &old])
        .run()
        .await
        .map_err(moved)?;
    if wanted.hooks {
        // It can change nothing any more, and git does not ask how it went either.
        let _ = hook::run(git, worktree, wanted.patience, "post-commit", &[]).await;
    }
    Ok(commit)
}

pub(crate) fn moved(error: GitError) -> Problem {
    // Source of the wording: git's refs/files-backend.c.
    if !error.stderr().contains("but expected") {
        return error.into();
    }
    Problem::new(
        ProblemCode::SessionState,
        "The branch has moved meanwhile, so nothing was changed.",
    )
    .hint("Look at it once more, then try again.")
}

/// The commit at HEAD; none while unborn.
pub(crate) async fn head(git: &Git, folder: &Path) -> Result<Option<String>, Problem> {
    let call = git.look(folder).args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    Ok(Some(call.answer_or_nothing().await?).filter(|id| !id.is_empty()))
}

async fn parents(git: &Git, folder: &Path, commit: &str) -> Result<Vec<String>, Problem> {
    let call = git.look(folder).args(["log", "-1", "--no-walk", "--format=%P", commit, "--"]);
    Ok(call.run().await?.text().split_whitespace().map(str::to_owned).collect())
}

/// The tree of a commit; where there is none, the one without files.
async fn tree_of(git: &Git, folder: &Path, commit: Option<&str>) -> Result<String, Problem> {
    if let Some(commit) = commit {
        return tree::tree_of(git, folder, commit).await;
    }
    let call = git.look(folder).args(["hash-object", "-t", "tree", "--stdin"]);
    Ok(call.run().await?.text())
}

#[cfg(test)]
mod tests;
