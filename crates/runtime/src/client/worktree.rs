//! What can be done with a session's folder once it has one: looking at its changes, and removing
//! it. Not here: how git does that ([`crate::git`]).

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bosk_core::git::{Changes, FileDiff, Head, RemovalPlan, RemovalToken, RepositoryInfo};
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::forget::forget;
use super::worktrees::sharing;
use crate::cache::Cache;
use crate::git::{Git, Repository, changes, remove};
use crate::home::Home;

/// How long a list of branches is believed while its repository's files say nothing else: a branch in a folder of its
/// own (`a/b`) changes none of those that are looked at.
const BASES: Duration = Duration::from_secs(10);

/// How long a session's changes are believed while nothing happens in it: what the person edits by hand is no event.
const CHANGES: Duration = Duration::from_secs(2);

/// Most changed files that are listed.
const MOST_FILES: usize = 500;

/// What a folder is, for whoever is about to launch in it.
///
/// # Errors
/// It is not in a repository that can be used.
pub async fn describe(path: &Path) -> Result<RepositoryInfo, Problem> {
    static KNOWN: Cache<PathBuf, References, RepositoryInfo> = Cache::new(BASES);
    let repository = Repository::discover(path).await?;
    let stamp = references(&repository.common_dir);
    if let Some(known) = KNOWN.get(&repository.root, &stamp) {
        return Ok(known);
    }
    let info = look(&repository).await?;
    KNOWN.keep(repository.root, stamp, &info);
    Ok(info)
}

/// When the files that hold a repository's references were changed last.
type References = [Option<SystemTime>; 5];

fn references(common_dir: &Path) -> References {
    let files = ["HEAD", "packed-refs", "FETCH_HEAD", "refs/heads", "reftable/tables.list"];
    files.map(|file| common_dir.join(file).metadata().and_then(|one| one.modified()).ok())
}

async fn look(repository: &Repository) -> Result<RepositoryInfo, Problem> {
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
    static KNOWN: Cache<SessionId, (i64, String), Changes> = Cache::new(CHANGES);
    let base = base(session)?;
    let stamp = (session.last_event_at, base.to_owned());
    if let Some(known) = KNOWN.get(&session.id, &stamp) {
        return Ok(known);
    }
    let git = Git::find().await?;
    let found = changes::changes(&git, Path::new(&session.folder), base, MOST_FILES).await?;
    KNOWN.keep(session.id.clone(), stamp, &found);
    Ok(found)
}

/// How one file differs.
///
/// # Errors
/// As for [`changed`].
pub async fn diff(session: &SessionSummary, path: &str) -> Result<FileDiff, Problem> {
    let git = Git::find().await?;
    changes::file(&git, Path::new(&session.folder), base(session)?, path, None).await
}

/// What removing the session would take away. A session without a worktree of Bosk's own, or with one in which another
/// session works, takes nothing away but itself.
///
/// # Errors
/// Git fails.
pub async fn removal(home: &Home, session: &SessionSummary) -> Result<RemovalPlan, Problem> {
    let folder = Path::new(&session.folder);
    if !takes_folder(home, session).await? {
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
    if takes_folder(home, session).await? {
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

/// Whether the session's folder goes with it: Bosk made it for the session, and no other works in it. Before it is
/// made, the repository itself stands in its place.
///
/// # Errors
/// Bosk's folder cannot be read.
pub async fn takes_folder(home: &Home, session: &SessionSummary) -> Result<bool, Problem> {
    if !session.worktree || session.folder == session.repository_path {
        return Ok(false);
    }
    let others = sharing(home, Path::new(&session.folder), Some(&session.id)).await?;
    Ok(others.is_empty())
}

fn base(session: &SessionSummary) -> Result<&str, Problem> {
    session.base_commit.as_deref().ok_or_else(|| {
        Problem::new(
            ProblemCode::SessionState,
            "The session's folder is not ready yet, so there are no changes to show.",
        )
    })
}
