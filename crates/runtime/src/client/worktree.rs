//! What can be done with a session's folder once it has one: looking at its changes, and removing
//! it. Not here: how git does that ([`crate::git`]).

use std::path::{Path, PathBuf};

use bosk_core::git::{Changes, FileDiff, Head, RemovalPlan, RemovalToken, RepositoryInfo};
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode};

use super::forget::forget;
use crate::git::{Git, Repository, changes, remove};
use crate::home::Home;

/// Most changed files that are listed.
const MOST_FILES: usize = 500;

/// What a folder is, for whoever is about to launch in it.
///
/// # Errors
/// It is not in a repository that can be used.
pub async fn describe(path: &Path) -> Result<RepositoryInfo, Problem> {
    let repository = Repository::discover(path).await?;
    let view = repository.view().await?;
    let head = match view.head {
        Head::Branch { name, .. } | Head::Unborn { name } => Some(name),
        Head::Detached { .. } => None,
    };
    let bases = repository.bases().await?.items;
    Ok(RepositoryInfo { name: view.name, path: view.root, head, bases })
}

/// Makes a repository of a folder, its files as the first commit.
///
/// # Errors
/// Git refuses.
pub async fn init(path: &Path) -> Result<(), Problem> {
    Repository::init(Git::find().await?, path, true).await.map(drop)
}

/// The files that differ from what the session started from.
///
/// # Errors
/// The folder is gone, or git fails.
pub async fn changed(session: &SessionSummary) -> Result<Changes, Problem> {
    let git = Git::find().await?;
    changes::changes(&git, Path::new(&session.folder), base(session)?, MOST_FILES).await
}

/// How one file differs.
///
/// # Errors
/// As for [`changed`].
pub async fn diff(session: &SessionSummary, path: &str) -> Result<FileDiff, Problem> {
    let git = Git::find().await?;
    changes::file(&git, Path::new(&session.folder), base(session)?, path, None).await
}

/// What removing the session would take away. A session without a worktree of Bosk's own takes
/// nothing away but itself.
///
/// # Errors
/// Git fails.
pub async fn removal(session: &SessionSummary) -> Result<RemovalPlan, Problem> {
    let folder = Path::new(&session.folder);
    if !is_own(session) {
        return Ok(RemovalPlan { folder: session.folder.clone(), ..RemovalPlan::default() });
    }
    let repository = Repository::discover(Path::new(&session.repository_path)).await?;
    remove::plan(&repository, folder, &session.id).await
}

/// Removes an ended session: its worktree, after a snapshot, and its record go to the trash. The
/// branch stays.
///
/// # Errors
/// It runs, or its folder is no longer as the person saw it, or git fails.
pub async fn remove(
    home: &Home,
    session: &SessionSummary,
    token: RemovalToken,
) -> Result<(), Problem> {
    if !session.state.is_ended() {
        return Err(Problem::new(
            ProblemCode::SessionState,
            "The session is running, so it was not removed.",
        )
        .hint("Stop it first."));
    }
    if is_own(session) {
        let repository = Repository::discover(Path::new(&session.repository_path)).await?;
        let request = remove::Request {
            folder: PathBuf::from(&session.folder),
            session: session.id.clone(),
            token,
            delete_branch: false,
        };
        remove::remove(&repository, &home.locks(), &home.trash(), request).await?;
    }
    forget(home, &session.id).await.map(drop)
}

/// Whether Bosk made the folder. Before it has, the repository itself stands in its place.
fn is_own(session: &SessionSummary) -> bool {
    session.worktree && session.folder != session.repository_path
}

fn base(session: &SessionSummary) -> Result<&str, Problem> {
    session.base_commit.as_deref().ok_or_else(|| {
        Problem::new(
            ProblemCode::SessionState,
            "The session's folder is not ready yet, so there are no changes to show.",
        )
    })
}
