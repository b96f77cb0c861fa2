//! What can be done with a session's folder once it has one: looking at its changes, and removing
//! it. Not here: how git does that ([`crate::git`]).

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bosk_core::git::{Changes, FileDiff, Head, RemovalPlan, RemovalToken, RepositoryInfo};
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::forget::forget;
use crate::cache::Cache;
use crate::git::{Git, Repository, changes, remove};
use crate::home::Home;
use crate::review::sides;

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
/// The folder is gone, or git fails.
pub async fn changed(session: &SessionSummary) -> Result<Changes, Problem> {
    static KNOWN: Cache<SessionId, (i64, Option<String>), Changes> = Cache::new(CHANGES);
    let stamp = (session.last_event_at, session.base_commit.clone());
    if let Some(known) = KNOWN.get(&session.id, &stamp) {
        return Ok(known);
    }
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
pub async fn diff(session: &SessionSummary, path: &str) -> Result<FileDiff, Problem> {
    let git = Git::find().await?;
    let base = base(&git, session).await?;
    changes::file(&git, Path::new(&session.folder), &base, path, None).await
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

/// The commit that its changes are counted from.
async fn base(git: &Git, session: &SessionSummary) -> Result<String, Problem> {
    let left = session.base_commit.as_deref();
    sides::common(git, Path::new(&session.folder), sides::base(session), left).await
}
