//! What can be done with a session's folder once it has one: looking at its changes, and removing
//! it. Not here: how git does that ([`crate::git`]).

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bosk_core::git::{Changes, FileDiff, Head, RemovalPlan, RemovalToken, RepositoryInfo};
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::archive::idle;
use super::forget::forget;
use super::reconcile::{Standing, standing};
use super::teardown::before_removal;
use super::worktrees::sharing;
use crate::cache::Cache;
use crate::git::{Git, Repository, changes, remove};
use crate::home::Home;
use crate::review::sides;
use crate::trust::filters;

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

/// The files that differ from what the session started from, without what its base has got since.
///
/// # Errors
/// The folder is gone, its git configuration names programs that the person has not agreed to, or git fails.
pub async fn changed(home: &Home, session: &SessionSummary) -> Result<Changes, Problem> {
    static KNOWN: Cache<SessionId, (i64, Option<String>), Changes> = Cache::new(CHANGES);
    let stamp = (session.last_event_at, session.base_commit.clone());
    if let Some(known) = KNOWN.get(&session.id, &stamp) {
        return Ok(known);
    }
    filters::require_in(home, Path::new(&session.folder)).await?;
    let git = Git::find().await?;
    let base = base(&git, session).await?;
    let found = changes::changes(&git, Path::new(&session.folder), &base, MOST_FILES).await?;
    KNOWN.keep(session.id.clone(), stamp, &found);
    Ok(found)
}

/// How one file differs.
///
/// # Errors
/// As for [`changed`].
pub async fn diff(home: &Home, session: &SessionSummary, path: &str) -> Result<FileDiff, Problem> {
    filters::require_in(home, Path::new(&session.folder)).await?;
    let git = Git::find().await?;
    let base = base(&git, session).await?;
    changes::file(&git, Path::new(&session.folder), &base, path, None).await
}

/// What removing the session would take away. A session without a worktree of Bosk's own, with one in which another
/// session works, or whose worktree was put away or removed already, takes nothing away but itself: then the token
/// is empty.
///
/// # Errors
/// Git fails.
pub async fn removal(home: &Home, session: &SessionSummary) -> Result<RemovalPlan, Problem> {
    let folder = Path::new(&session.folder);
    let root = Path::new(&session.repository_path);
    let nothing = || RemovalPlan { folder: session.folder.clone(), ..RemovalPlan::default() };
    if !takes_folder(home, session).await? || !root.is_dir() {
        return Ok(nothing());
    }
    let repository = Repository::discover(root).await?;
    filters::require(home, &repository).await?;
    match remove::plan(&repository, &home.trash(), folder, Some(&session.id)).await {
        Err(problem) if problem.code == ProblemCode::InvalidInput && !folder.exists() => {
            Ok(nothing())
        }
        Ok(plan) => remove::with_merged(&repository, plan, session.base.as_deref()).await,
        refused => refused,
    }
}

/// Removes an ended session: its worktree, after a snapshot, and its record go to the trash; the branch only where that
/// is wanted. All of it comes back by [`super::archive::restore`].
///
/// # Errors
/// It runs, or another session in its folder does, or its folder is no longer as the person saw it, or git fails.
pub async fn remove(
    home: &Home,
    session: &SessionSummary,
    token: RemovalToken,
    delete_branch: bool,
) -> Result<Removed, Problem> {
    // The row may be of a moment ago.
    if standing(home, &session.id).await? == Standing::Kept {
        return Err(Problem::new(
            ProblemCode::SessionState,
            "The session is running, so it was not removed.",
        )
        .hint("Stop it first."));
    }
    let is_own = takes_folder(home, session).await?;
    let nothing = token == RemovalToken::default();
    if is_own && nothing && Path::new(&session.folder).exists() {
        return Err(remove::changed());
    }
    let worktree = if is_own && !nothing {
        let repository = Repository::discover(Path::new(&session.repository_path)).await?;
        filters::require(home, &repository).await?;
        let folder = PathBuf::from(&session.folder);
        let _held = idle(home, &folder).await?;
        let token = before_removal(home, &repository, (&folder, Some(&session.id)), token).await?;
        let request =
            remove::Request { folder, session: Some(session.id.clone()), token, delete_branch };
        Some(remove::remove(&repository, &home.locks(), &home.trash(), request).await?)
    } else {
        None
    };
    Ok(Removed { worktree, record: forget(home, &session.id).await? })
}

/// What became of a session that was removed.
#[derive(Debug)]
pub struct Removed {
    /// Its worktree; none where there was none of Bosk's.
    pub worktree: Option<remove::Removal>,
    /// Where its record lies in the trash.
    pub record: PathBuf,
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

/// The commit that its changes are counted from.
async fn base(git: &Git, session: &SessionSummary) -> Result<String, Problem> {
    let left = session.base_commit.as_deref();
    if !session.worktree && left.is_none() {
        return sides::nothing(git, Path::new(&session.folder)).await;
    }
    sides::common(git, Path::new(&session.folder), sides::base(session), left).await
}
