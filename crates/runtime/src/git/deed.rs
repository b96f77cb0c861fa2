//! States that are kept so that what was done to files can be taken back: commits under `refs/bosk/<session>/deed/<n>`
//! whose parent is a snapshot of before. Not here: what was done, which is the commit's message ([`crate::review`]).

use std::path::Path;

use bosk_core::{Problem, SessionId};

use super::snapshot::{self, Snapshot};
use super::{Git, GitError};

/// Most that are kept of a session; the oldest go first.
const MOST: usize = 50;

/// A state that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The reference that keeps it.
    pub reference: String,
    /// The commit.
    pub commit: String,
    /// What stands first in its message.
    pub subject: String,
    number: u32,
}

/// How the worktree is now, before something is done to it: nothing keeps that yet.
///
/// # Errors
/// A file cannot be read, or git failed.
pub async fn before(git: &Git, worktree: &Path, session: &SessionId) -> Result<Snapshot, Problem> {
    snapshot::make(git, worktree, session, Vec::new()).await
}

/// Keeps a state of before with what was done. Returns the reference.
///
/// # Errors
/// Git failed.
pub async fn keep(
    git: &Git,
    worktree: &Path,
    session: &SessionId,
    before: &Snapshot,
    (subject, body): (&str, &str),
) -> Result<String, GitError> {
    let kept = kept(git, worktree, session).await?;
    let tree = format!("{}^{{tree}}", before.commit);
    let tree = git.look(worktree).args(["rev-parse", "--verify", &tree]).run().await?.text();
    let call = git.change(worktree).setting("i18n.commitEncoding=UTF-8");
    let call = call.args(["commit-tree", &tree, "-p", &before.commit]);
    let call = call.input(format!("{subject}\n\n{body}\n").into_bytes());
    let commit = snapshot::signed(call, "@0 +0000").run().await?.text();
    let number = kept.first().map_or(1, |last| last.number.saturating_add(1));
    let reference = format!("refs/bosk/{session}/deed/{number}");
    let absent = "0".repeat(commit.len());
    git.change(worktree).args(["update-ref", "--", &reference, &commit, &absent]).run().await?;
    for old in kept.iter().skip(MOST - 1) {
        forget(git, worktree, old).await?;
    }
    Ok(reference)
}

/// The states that are kept of a session, the newest first.
///
/// # Errors
/// Git failed.
pub async fn kept(git: &Git, folder: &Path, session: &SessionId) -> Result<Vec<Kept>, GitError> {
    let format = "--format=%(refname)%00%(objectname)%00%(contents:subject)";
    let call = git.look(folder).args(["for-each-ref", format]);
    let output = call.arg(format!("refs/bosk/{session}/deed/")).run().await?;
    let read = |line: &[u8]| {
        let line = std::str::from_utf8(line).ok()?;
        let mut fields = line.split('\0').map(str::to_owned);
        let (reference, commit, subject) = (fields.next()?, fields.next()?, fields.next()?);
        let number = reference.rsplit('/').next()?.parse().ok()?;
        Some(Kept { reference, commit, subject, number })
    };
    let mut kept: Vec<Kept> = output.stdout.split(|byte| *byte == b'\n').filter_map(read).collect();
    kept.sort_by_key(|one| std::cmp::Reverse(one.number));
    Ok(kept)
}

/// What stands in its message after the subject.
///
/// # Errors
/// Git failed.
pub async fn body(git: &Git, folder: &Path, kept: &Kept) -> Result<String, GitError> {
    let call = git.look(folder).args(["log", "-1", "--no-walk", "--encoding=UTF-8", "--format=%b"]);
    Ok(call.args(["--end-of-options", &kept.commit]).run().await?.text())
}

/// It is not needed any more.
///
/// # Errors
/// Git failed.
pub async fn forget(git: &Git, folder: &Path, kept: &Kept) -> Result<(), GitError> {
    let call = git.change(folder).args(["update-ref", "-d", "--", &kept.reference, &kept.commit]);
    call.run().await.map(drop)
}
