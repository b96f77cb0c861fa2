//! The worktrees of a repository, with the sessions that work in them. Not here: how git is asked
//! ([`crate::git::worktrees`]).

use std::path::Path;

use bosk_core::session::{SessionSummary, State, Turn};
use bosk_core::worktree::Worktrees;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::archive;
use crate::catalog;
use crate::git::{Repository, adopt, worktrees};
use crate::home::Home;
use crate::trust::filters;

/// All of the repository that `path` is in.
///
/// # Errors
/// It is in none, or git fails.
pub async fn worktrees(home: &Home, path: &Path) -> Result<Worktrees, Problem> {
    let repository = Repository::discover(path).await?;
    let (sessions, filters) =
        tokio::try_join!(of_repository(home, &repository), filters::may_run(home, &repository))?;
    let (all, archived) = tokio::try_join!(
        worktrees::worktrees(&repository, &sessions, filters),
        archive::list(home, Some(&repository)),
    )?;
    Ok(Worktrees { archived, ..all })
}

/// Makes a worktree that somebody else made Bosk's own.
///
/// # Errors
/// As for [`adopt::adopt`].
pub async fn adopt_worktree(home: &Home, path: &Path, folder: &Path) -> Result<(), Problem> {
    adopt::adopt(&Repository::discover(path).await?, &home.locks(), folder).await
}

/// Gives it back.
///
/// # Errors
/// As for [`adopt::release`].
pub async fn release_worktree(home: &Home, path: &Path, folder: &Path) -> Result<(), Problem> {
    adopt::release(&Repository::discover(path).await?, &home.locks(), folder).await
}

/// The sessions that work, or have worked, in this folder: all but `but`.
///
/// # Errors
/// Bosk's folder cannot be read.
pub async fn sharing(
    home: &Home,
    folder: &Path,
    but: Option<&SessionId>,
) -> Result<Vec<SessionSummary>, Problem> {
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mut all: Vec<SessionSummary> =
        catalog::list(home).await?.into_iter().filter_map(Result::ok).collect();
    all.retain(|one| {
        let there = Path::new(&one.folder) == folder || Path::new(&one.folder) == real;
        there && worktrees::works_there(one) && Some(&one.id) != but
    });
    Ok(all)
}

/// Refuses what would change a folder under another session's hands.
///
/// # Errors
/// Another session that has not ended works there, unless it is idle and `idle` allows for that.
pub(super) async fn require_alone(
    home: &Home,
    folder: &Path,
    id: &SessionId,
    idle: bool,
) -> Result<(), Problem> {
    let others = sharing(home, folder, Some(id)).await?;
    let at_work = |one: &&SessionSummary| {
        let rests = idle && one.state == (State::Running { turn: Turn::Idle });
        !one.state.is_ended() && !rests
    };
    match others.iter().find(at_work) {
        None => Ok(()),
        Some(other) => Err(Problem::new(
            ProblemCode::SessionState,
            format!(
                "Session `{}` works in {} too, so nothing was changed.",
                other.id.short(),
                folder.display()
            ),
        )
        .hint("Wait until it is done, or stop it first.")),
    }
}

/// What the branch of a worktree was made from, as the first of its sessions that it was made for tells.
pub(super) fn made_from<'a>(
    sessions: impl IntoIterator<Item = &'a SessionSummary>,
) -> Option<&'a str> {
    let made = sessions.into_iter().filter(|one| one.worktree);
    made.min_by_key(|one| one.created_at)?.base.as_deref()
}

async fn of_repository(
    home: &Home,
    repository: &Repository,
) -> Result<Vec<SessionSummary>, Problem> {
    let all = catalog::list(home).await?.into_iter().filter_map(Result::ok);
    Ok(all.filter(|one| Path::new(&one.repository_path) == repository.root).collect())
}
