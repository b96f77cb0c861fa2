//! Worktrees that are put away, restored and deleted, by their folder, whoever works in them. Nothing is touched while a
//! session runs there. Not here: how git does it ([`crate::git::remove`], [`crate::git::restore`]), and how long what
//! was put away is kept ([`super::expire`]).

mod end;
mod idle;
mod session;

use std::path::{Path, PathBuf};

use bosk_core::git::{RemovalPlan, RemovalToken};
use bosk_core::worktree::expiry::Kept;
use bosk_core::worktree::{ArchivedWorktree, DeletePlan, PutAway};
use bosk_core::{Problem, ProblemCode};

use super::blocking;
use super::teardown::before_removal;
use super::worktrees::{made_from, sharing};
use crate::git::losses::{self, Asked};
use crate::git::restore::{self, Restored};
use crate::git::trash::{self, Entry, Removed};
use crate::git::{Git, Repository, checkpoint, kept, remove};
use crate::home::{self, Home};
use crate::journal::writer::wall_clock;
use crate::trust::filters;

pub use end::end;
pub(crate) use idle::idle;
pub use idle::stop_inside;

/// How many ignored entries a plan lists.
const LISTED: usize = 200;

/// Takes a snapshot, and tells what putting the worktree away would move.
///
/// # Errors
/// It is not Bosk's, git fails, or its configuration names programs that the person has not agreed to.
pub async fn plan(home: &Home, path: &Path, folder: &Path) -> Result<RemovalPlan, Problem> {
    let repository = Repository::discover(path).await?;
    filters::require(home, &repository).await?;
    let plan = remove::plan(&repository, &home.trash(), folder, None).await?;
    let sessions = sharing(home, folder, None).await?;
    remove::with_merged(&repository, plan, made_from(&sessions)).await
}

/// Puts it away: the folder goes to the trash, branch and snapshot stay.
///
/// # Errors
/// It is not Bosk's, a session runs in it, or it has changed since the plan. Then it is as it was.
pub async fn archive(
    home: &Home,
    path: &Path,
    folder: &Path,
    token: RemovalToken,
) -> Result<PutAway, Problem> {
    put_away(home, path, folder, token, false).await
}

async fn put_away(
    home: &Home,
    path: &Path,
    folder: &Path,
    token: RemovalToken,
    delete_branch: bool,
) -> Result<PutAway, Problem> {
    let repository = Repository::discover(path).await?;
    filters::require(home, &repository).await?;
    let own = remove::own(&repository, folder, None).await?;
    // Held over the move, so that nobody starts a session in it meanwhile.
    let _held = idle(home, own.folder()).await?;
    let token = before_removal(home, &repository, (own.folder(), None), token).await?;
    let request = remove::Request {
        folder: own.folder().to_owned(),
        session: None,
        token: token.clone(),
        delete_branch,
    };
    let removal = remove::remove(&repository, &home.locks(), &home.trash(), request).await?;
    Ok(PutAway { archive: Some(removal.entry.id), snapshot: token.snapshot })
}

/// Puts it back where it was, or beside that, with the session whose record was put away.
///
/// # Errors
/// It is not there any more, something is in the way, or git fails. It can be asked for again.
pub async fn restore(home: &Home, id: &str) -> Result<Restored, Problem> {
    let entry = entry(home, id).await?;
    let repository = repository(&entry).await?;
    if !entry.is_whole() {
        // Its files are made of the snapshot.
        filters::require(home, &repository).await?;
    }
    let restored = restore::restore(&repository, &home.locks(), &home.trash(), id).await?;
    session::bring_back(home, &restored).await?;
    // Last: until then all of it can be asked for again.
    blocking(move || entry.delete(Some(&repository.common_dir)).map_err(|e| home::unwritable(&e)))
        .await?;
    Ok(restored)
}

/// Puts the files of a snapshot into a worktree of their own, which is Bosk's, with HEAD detached where it was. `name` is
/// the beginning of the commit's id, or the reference.
///
/// # Errors
/// No snapshot, or more than one, is called so; or git fails.
pub async fn restore_snapshot(home: &Home, path: &Path, name: &str) -> Result<Restored, Problem> {
    let repository = Repository::discover(path).await?;
    let all = kept::list(&repository, wall_clock()).await?;
    let is_it =
        |one: &&Kept| one.reference == name || (name.len() >= 4 && one.commit.starts_with(name));
    let mut found: Vec<&Kept> = all.iter().filter(is_it).collect();
    found.dedup_by(|a, b| a.commit == b.commit);
    let (Some(one), 1) = (found.first(), found.len()) else {
        let text = format!("`{name}` names no snapshot, or more than one.");
        return Err(Problem::new(ProblemCode::InvalidInput, text)
            .hint("`bosk archived --snapshots` lists them."));
    };
    let session = one
        .session()
        .ok_or_else(|| Problem::new(ProblemCode::Internal, "The snapshot is nobody's."))?;
    let head = checkpoint::head(&repository.git, &repository.root, &one.commit).await?;
    let settings = crate::settings::peek(home);
    let worktrees = settings.worktrees.map_or_else(|| home.worktrees(), PathBuf::from);
    let short: String = one.commit.chars().take(8).collect();
    let folder = worktrees.join(repository.name()).join(format!("restored-{short}"));
    let record = Removed {
        session,
        adopted: true,
        repository: trash::written(&repository.root)?,
        common_dir: trash::written(&repository.common_dir)?,
        folder: trash::written(&folder)?,
        before: None,
        branch: None,
        config: Vec::new(),
        token: RemovalToken { head, snapshot: one.commit.clone(), worktree: String::new() },
        at: wall_clock(),
        restoring: false,
        elsewhere: None,
    };
    let trash = home.trash();
    let entry = blocking(move || Entry::new(&trash, record).map_err(|e| home::unwritable(&e)));
    restore(home, &entry.await?.id).await
}

/// What was put away of a repository, or of all, the newest first.
///
/// # Errors
/// Bosk's folder cannot be read.
pub async fn list(
    home: &Home,
    repository: Option<&Repository>,
) -> Result<Vec<ArchivedWorktree>, Problem> {
    let keep = crate::settings::peek(home).keep();
    let of = repository.cloned();
    let home = home.clone();
    let entries = blocking({
        let home = home.clone();
        move || {
            let all = trash::entries(&home.trash()).into_iter();
            let of_it =
                all.filter(|one| of.as_ref().is_none_or(|repository| one.is_of(repository)));
            Ok(of_it.map(|entry| (entry.bytes(), entry)).collect::<Vec<_>>())
        }
    });
    let mut found = Vec::new();
    for (bytes, entry) in entries.await? {
        let record = &entry.record;
        let session = (!record.adopted).then(|| record.session.clone());
        found.push(ArchivedWorktree {
            branch_stays: branch_stays(&entry, repository).await,
            with_session: session.as_ref().is_some_and(|id| session::lies_in_trash(&home, id)),
            session,
            whole: entry.is_whole(),
            bytes,
            expires_at: keep.archive_goes_at(record.at),
            folder: record.folder.clone(),
            branch: record.branch.clone(),
            at: record.at,
            snapshot: record.token.snapshot.clone(),
            id: entry.id,
        });
    }
    Ok(found)
}

async fn branch_stays(entry: &Entry, known: Option<&Repository>) -> bool {
    let Some(branch) = &entry.record.branch else { return false };
    let tip = match known {
        Some(repository) => repository.tip(branch).await,
        None => match repository(entry).await {
            Ok(repository) => repository.tip(branch).await,
            Err(problem) => Err(problem),
        },
    };
    tip.is_ok_and(|tip| tip.is_some())
}

/// What deleting a worktree and its branch for good would take.
///
/// # Errors
/// As for [`plan`].
pub async fn delete_plan(home: &Home, path: &Path, folder: &Path) -> Result<DeletePlan, Problem> {
    let repository = Repository::discover(path).await?;
    filters::require(home, &repository).await?;
    let (plan, all) = remove::plan_with_ignored(&repository, &home.trash(), folder, None).await?;
    let sessions = sharing(home, folder, None).await?;
    let asked = Asked {
        snapshot: &plan.token.snapshot,
        head: &plan.token.head,
        branch: plan.branch.as_deref(),
        base: made_from(&sessions),
        ignored: &all,
        nested: plan.nested.clone(),
    };
    let losses = losses::losses(&repository, asked).await?;
    let RemovalPlan { token, folder, branch, ignored, .. } = plan;
    Ok(DeletePlan { token, folder, branch, losses, ignored })
}

/// Deletes a worktree and, if wanted, its branch. It can be had back by [`restore`] until it expires.
///
/// # Errors
/// As for [`archive`].
pub async fn delete(
    home: &Home,
    path: &Path,
    folder: &Path,
    token: RemovalToken,
    branch: bool,
) -> Result<PutAway, Problem> {
    put_away(home, path, folder, token, branch).await
}

/// What deleting for good something that was put away would take: with its snapshots.
///
/// # Errors
/// It is not there any more, or git fails.
pub async fn archived_delete_plan(home: &Home, id: &str) -> Result<DeletePlan, Problem> {
    let entry = entry(home, id).await?;
    let repository = repository(&entry).await?;
    filters::require(home, &repository).await?;
    let record = &entry.record;
    let tree = entry.tree();
    let known = entry.known(&repository.common_dir);
    let (mut ignored, mut nested) = (Vec::new(), Vec::new());
    if entry.is_whole() {
        if known.exists() {
            ignored = remove::ignored(&repository, &tree, Some(&known)).await?;
        }
        nested = blocking(move || Ok(losses::nested(&tree))).await?;
    }
    let stays = branch_stays(&entry, Some(&repository)).await;
    let sessions = sharing(home, Path::new(&record.folder), None).await?;
    let asked = Asked {
        snapshot: &record.token.snapshot,
        head: &record.token.head,
        // A branch that stays keeps its commits.
        branch: record.branch.as_deref().filter(|_| !stays),
        base: made_from(&sessions),
        ignored: &ignored,
        nested,
    };
    let losses = losses::losses(&repository, asked).await?;
    ignored.truncate(LISTED);
    Ok(DeletePlan {
        token: record.token.clone(),
        folder: record.folder.clone(),
        branch: record.branch.clone().filter(|_| !stays),
        losses,
        ignored,
    })
}

/// Deletes for good what was put away: the folder, and its snapshots where that is wanted.
///
/// # Errors
/// It is another by now, or the file system or git fails.
pub async fn delete_archived(
    home: &Home,
    id: &str,
    token: &RemovalToken,
    snapshots: bool,
) -> Result<(), Problem> {
    let found = entry(home, id).await?;
    let repository = repository(&found).await;
    let _lock = match &repository {
        Ok(repository) => Some(repository.lock(&home.locks()).await?),
        // Its repository is gone, and with it all that a snapshot was in.
        Err(problem) if problem.code == ProblemCode::NotARepository => None,
        // Somebody may be at it.
        Err(problem) => return Err(problem.clone()),
    };
    // As it is now that nobody else is at it.
    let entry = entry(home, id).await?;
    if entry.record.token != *token {
        return Err(remove::changed());
    }
    let record = entry.record.clone();
    let common_dir = repository.as_ref().ok().map(|repository| repository.common_dir.clone());
    let (at, of, session) =
        (home.clone(), repository.as_ref().ok().cloned(), record.session.clone());
    blocking(move || {
        entry.delete(common_dir.as_deref()).map_err(|error| home::unwritable(&error))?;
        if let Some(repository) = of {
            super::expire::let_records_go(&at, &repository, |one| one.id == session);
        }
        Ok(())
    })
    .await?;
    if !snapshots {
        return Ok(());
    }
    let Ok(repository) = repository else { return Ok(()) };
    let all = kept::list(&repository, wall_clock()).await?;
    let needed = super::expire::needed(home, &repository).await?;
    // A session that lives, and what else of it was put away, still need the others.
    let is_alone = !needed.sessions.contains(&record.session);
    let goes = |one: &&Kept| {
        let is_its = one.session().as_ref() == Some(&record.session);
        is_its
            && !needed.commits.contains(&one.commit)
            && (is_alone || one.commit == record.token.snapshot)
    };
    kept::let_go(&repository, &all.iter().filter(goes).collect::<Vec<_>>()).await
}

async fn entry(home: &Home, id: &str) -> Result<Entry, Problem> {
    let (trash, id) = (home.trash(), id.to_owned());
    blocking(move || trash::find(&trash, &id)).await
}

async fn repository(entry: &Entry) -> Result<Repository, Problem> {
    let root = PathBuf::from(&entry.record.repository);
    let common_dir = Path::new(&entry.record.common_dir);
    let discovered = match Repository::discover(&root).await {
        // It was known by a worktree that is gone, or in whose place another repository is.
        Ok(found) if found.common_dir != common_dir && common_dir.is_dir() => {
            Repository::of_common(found.git, common_dir).await
        }
        Err(problem) if problem.code == ProblemCode::NotARepository => {
            Repository::of_common(Git::find().await?, common_dir).await
        }
        found => found,
    };
    discovered.map_err(|problem| {
        if problem.code != ProblemCode::NotARepository {
            return problem;
        }
        let text = format!("The repository {} is not there any more.", root.display());
        Problem::new(ProblemCode::NotARepository, text)
            .hint(format!("The files themselves are in {}.", entry.tree().display()))
    })
}
