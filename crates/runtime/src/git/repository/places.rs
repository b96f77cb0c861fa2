//! Where a repository's folders are: the root that it is known by, and the folder that all of its worktrees share.

use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode};

use crate::git::listing::{self, Listed};
use crate::git::{Git, GitError, paths};

/// The root and the common folder of the repository that the folder is in.
///
/// # Errors
/// There is none, it has no work tree, or it cannot be read.
pub(super) async fn places(git: &Git, folder: &Path) -> Result<(PathBuf, PathBuf), Problem> {
    match at_once(git, folder).await? {
        Some(places) => Ok(places),
        None => one_by_one(git, folder).await,
    }
}

/// The root and the common folder, where one question tells them: each is a process, and a launch
/// waits for them twice. Nothing where there is more to be looked at.
async fn at_once(git: &Git, folder: &Path) -> Result<Option<(PathBuf, PathBuf)>, GitError> {
    let questions = ["--is-bare-repository", "--git-common-dir", "--git-dir", "--show-toplevel"];
    let call = git.look(folder).args(["rev-parse", "--path-format=absolute"]).args(questions);
    let output = match call.run().await {
        Ok(output) => output.stdout,
        Err(GitError::Failed { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    // A path may hold a line end; then there are more lines.
    let lines: Vec<&[u8]> = output.split(|byte| *byte == b'\n').collect();
    Ok(match lines.as_slice() {
        [b"false", common, own, root, b""] if common == own => {
            Some((paths::from_git(root), paths::from_git(common)))
        }
        _ => None,
    })
}

/// The same by one question at a time: what is asked decides what is wrong.
async fn one_by_one(git: &Git, folder: &Path) -> Result<(PathBuf, PathBuf), Problem> {
    let common = match rev_parse(git, folder, &["--git-common-dir"]).await {
        Ok(common) => common,
        Err(error) => return Err(not_opened(folder, error)),
    };
    if git.look(folder).args(["rev-parse", "--is-bare-repository"]).run().await?.text() == "true" {
        return Err(Problem::new(
            ProblemCode::BareRepository,
            "This repository is bare: it has no work tree to start a session from.",
        )
        .hint("Open a clone of it, or one of its worktrees."));
    }
    let own = rev_parse(git, folder, &["--git-dir"]).await?;
    let root = if own == common {
        match rev_parse(git, folder, &["--show-toplevel"]).await {
            Ok(root) => root,
            // Inside the `.git` folder itself.
            Err(error) => main_root(git, &common).await?.ok_or(error)?,
        }
    } else {
        match main_root(git, &common).await? {
            Some(root) => root,
            None => lasting(git, rev_parse(git, folder, &["--show-toplevel"]).await?).await?,
        }
    };
    Ok((root, common))
}

/// One absolute path that `git rev-parse` prints.
async fn rev_parse(git: &Git, folder: &Path, question: &[&str]) -> Result<PathBuf, GitError> {
    let call = git.look(folder).args(["rev-parse", "--path-format=absolute"]).args(question);
    let output = call.run().await?;
    Ok(paths::from_git(output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout)))
}

/// The main work tree of the repository with this common folder, where it has one: around that folder, or where it says
/// itself, as a submodule's does. Another repository around it is not it.
pub(crate) async fn main_root(git: &Git, common: &Path) -> Result<Option<PathBuf>, GitError> {
    if let Some(beside) = common.parent()
        && let Some(root) = root_of(git, beside, common).await?
    {
        return Ok(Some(root));
    }
    let call = git.look(common).env("GIT_DIR", common).args(["config", "--get", "core.worktree"]);
    let named = call.answer_or_nothing().await?;
    if named.is_empty() {
        return Ok(None);
    }
    root_of(git, &common.join(named), common).await
}

/// The root of the work tree that the folder is in, if it is of the repository with this common folder.
async fn root_of(git: &Git, folder: &Path, common: &Path) -> Result<Option<PathBuf>, GitError> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let asked = async {
        let root = rev_parse(git, folder, &["--show-toplevel"]).await?;
        Ok((root, rev_parse(git, folder, &["--git-common-dir"]).await?))
    };
    match asked.await {
        Ok((root, found)) => Ok((found == common).then_some(root)),
        Err(GitError::Failed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a repository without a main work tree is known by: this worktree of it, unless that may be put away.
async fn lasting(git: &Git, opened: PathBuf) -> Result<PathBuf, GitError> {
    let listed = listing::list(git, &opened).await?;
    if !listing::at(&listed, &opened).is_some_and(Listed::is_ours) {
        return Ok(opened);
    }
    Ok(first_lasting(&listed).unwrap_or(opened))
}

/// The first one that is nobody's session's.
pub(super) fn first_lasting(listed: &[Listed]) -> Option<PathBuf> {
    let stays = |one: &&Listed| !one.bare && !one.is_ours() && one.folder.join(".git").exists();
    listed.iter().find(stays).map(|one| one.folder.clone())
}

/// Git calls a damaged repository "not a repository"; the `.git` that stands there tells better.
fn not_opened(folder: &Path, error: GitError) -> Problem {
    let mut problem = Problem::from(error);
    if problem.code != ProblemCode::NotARepository {
        return problem;
    }
    if let Some(owner) = folder.ancestors().find(|f| f.join(".git").symlink_metadata().is_ok()) {
        problem = Problem::new(
            ProblemCode::RepositoryUnreadable,
            format!("{} has a .git, but git cannot read a repository from it.", owner.display()),
        );
        return problem.hint("Its .git is damaged, or points to a folder that is gone.");
    }
    problem.hint("Choose a folder inside a repository, or let Bosk make one here.")
}
