//! Hooks of a repository: which there are, and running one to its end. Not here: whether the person wants that, and has
//! agreed to it ([`crate::merging`]).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::{Problem, ProblemCode};

use super::built::clean;
use super::operation;
use crate::git::{Git, GitError, paths};

/// The most that is told of what a hook said, in characters.
const SAID: usize = 4000;

/// Hooks that a commit runs. Source: githooks(5).
const HOOKS: [&str; 4] = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];

/// The hooks of the repository's that a commit would run.
///
/// # Errors
/// Git failed.
pub async fn of_commit(git: &Git, worktree: &Path) -> Result<Vec<String>, Problem> {
    installed(git, worktree, &HOOKS).await
}

/// Which of these hooks there are.
pub(crate) async fn installed(
    git: &Git,
    worktree: &Path,
    names: &[&str],
) -> Result<Vec<String>, Problem> {
    let folder = folder(git, worktree).await?;
    let is_there = |name: &&&str| is_program(&folder.join(name));
    Ok(names.iter().filter(is_there).map(|name| (*name).to_owned()).collect())
}

/// Where they lie.
pub(crate) async fn folder(git: &Git, worktree: &Path) -> Result<PathBuf, Problem> {
    let call = git.look(worktree).hooks(true).args(["rev-parse", "--path-format=absolute"]);
    let output = call.args(["--git-path", "hooks"]).run().await?.stdout;
    Ok(paths::from_git(output.trim_ascii_end()))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|one| one.is_file() && one.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Runs a hook where there is one.
pub(crate) async fn run(
    git: &Git,
    worktree: &Path,
    patience: Duration,
    name: &str,
    arguments: &[&OsStr],
) -> Result<(), Problem> {
    let call =
        git.change(worktree).hooks(true).args(["hook", "run", "--ignore-missing", name, "--"]);
    let output = call.args(arguments).limit(64 << 10).timeout(patience).watched().await?;
    if output.code == Some(0) {
        return Ok(());
    }
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), output.stderr());
    if output.timed_out {
        let how = format!("took longer than {} s and was ended", patience.as_secs());
        return Err(Problem { code: ProblemCode::TimedOut, ..failed(name, &how, &said) });
    }
    Err(match output.code {
        Some(_) => refused(name, &said),
        None => failed(name, "was ended by a signal", &said),
    })
}

pub(crate) fn refused(name: &str, said: &str) -> Problem {
    failed(name, "refused", said)
}

fn failed(name: &str, how: &str, said: &str) -> Problem {
    let skipped = said.chars().count().saturating_sub(SAID);
    let said: String = said.trim_end().chars().skip(skipped).collect();
    let said =
        if said.is_empty() { "It said nothing.".to_owned() } else { format!("It said:\n{said}") };
    Problem::new(
        ProblemCode::GitFailed,
        format!("The repository's {name} hook {how}, so nothing was done. {said}"),
    )
    .hint("Mend what it complains about and try again, or go on without hooks.")
}

/// The message as `prepare-commit-msg` and `commit-msg` leave it.
pub(crate) async fn message(
    git: &Git,
    worktree: &Path,
    patience: Duration,
    message: String,
) -> Result<String, Problem> {
    let file = operation::own_file(git, worktree, "COMMIT_EDITMSG").await?;
    std::fs::write(&file, &message).map_err(GitError::Start)?;
    run(git, worktree, patience, "prepare-commit-msg", &[file.as_ref(), "message".as_ref()])
        .await?;
    run(git, worktree, patience, "commit-msg", &[file.as_ref()]).await?;
    let left = std::fs::read(&file).map_err(GitError::Start)?;
    let left = clean(&String::from_utf8_lossy(&left));
    if left.trim().is_empty() {
        return Err(refused("commit-msg", "It left no message."));
    }
    Ok(left)
}
