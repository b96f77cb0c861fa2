//! What was put away goes for good when its time is over; what can still be had back, and by what name. Not here: which
//! snapshots may go ([`bosk_core::worktree::expiry`]).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bosk_core::worktree::expiry::{Expired, Keep, Kept, Needed, expired};
use bosk_core::{Problem, SessionId};

use super::blocking;
use super::forget::{self, Forgotten};
use crate::git::trash::{self, Entry};
use crate::git::{Repository, kept, listing, remove};
use crate::home::Home;
use crate::journal::writer::wall_clock;
use crate::session_record::SessionRecord;

/// Every repository that a session or something in the trash is of, as far as it is there.
///
/// # Errors
/// Bosk's folder cannot be read.
pub async fn repositories(home: &Home) -> Result<Vec<PathBuf>, Problem> {
    let home = home.clone();
    blocking(move || {
        let mut found: BTreeSet<PathBuf> = BTreeSet::new();
        for folder in [home.sessions(), home.trash()] {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let record = SessionRecord::in_folder(&entry.path());
                found.extend(record.map(|record| PathBuf::from(record.repository_root)));
            }
        }
        found.extend(trash::had::all(&home.trash()).into_iter().map(|(_, root)| root));
        let entries = trash::entries(&home.trash());
        found.extend(entries.into_iter().map(|entry| PathBuf::from(entry.record.repository)));
        Ok(found.into_iter().filter(|root| root.is_dir()).collect())
    })
    .await
}

/// Lets everything go whose time is over, in all repositories. What fails in one is logged, and tried again next time.
///
/// # Errors
/// Bosk's folder or its settings cannot be read; then nothing went.
pub async fn expire_all(home: &Home) -> Result<Expired, Problem> {
    let at = home.clone();
    let keep = blocking(move || crate::settings::keep(&at)).await?;
    let mut all = Expired::default();
    for root in repositories(home).await? {
        let done = match Repository::discover(&root).await {
            Ok(repository) => expire(home, &repository, keep).await,
            Err(problem) => Err(problem),
        };
        match done {
            Ok(done) => all.add(done),
            Err(problem) => tracing::warn!(?root, %problem, "what was put away is kept"),
        }
    }
    Ok(all)
}

/// The same in one repository.
///
/// # Errors
/// Git or the file system fails. What has not gone is as it was.
pub async fn expire(home: &Home, repository: &Repository, keep: Keep) -> Result<Expired, Problem> {
    let _lock = repository.lock(&home.locks()).await?;
    let listed = listing::list(&repository.git, &repository.root).await?;
    let now = wall_clock();
    let (at, of) = (home.clone(), repository.clone());
    let mut done = blocking(move || {
        trash::sweep(&at.trash(), listed.iter().map(|one| one.folder.as_path()));
        let mut done = Expired::default();
        let mut gone = BTreeSet::new();
        for entry in entries(&at, &of) {
            let is_over = |at: Option<i64>| at.is_some_and(|at| at <= now);
            let bytes = entry.bytes();
            let went = if is_over(keep.archive_goes_at(entry.record.at)) {
                gone.insert(entry.record.session.clone());
                entry.delete(Some(&of.common_dir))
            } else if is_over(keep.folder_goes_at(entry.record.at)) && entry.is_whole() {
                entry.delete_tree().and_then(|()| {
                    // Of no use without their files.
                    trash::delete(&entry.known(&of.common_dir).join("modules"))
                })
            } else {
                continue;
            };
            match went {
                Ok(()) => {
                    done.bytes += bytes;
                    done.folders.push(entry.record.folder);
                }
                Err(error) => tracing::warn!(%error, entry = entry.id, "not deleted"),
            }
        }
        let is_over = |one: &Forgotten| {
            gone.contains(&one.id) || keep.archive_goes_at(one.at).is_some_and(|at| at <= now)
        };
        let_records_go(&at, &of, is_over);
        Ok(done)
    })
    .await?;
    let all = kept::list(repository, now).await?;
    let needed = needed(home, repository).await?;
    let goes = expired(&all, &needed, keep, now);
    kept::let_go(repository, &goes).await?;
    let stay = all.iter().filter(|one| !goes.contains(one)).filter_map(Kept::session);
    let (stay, at, of) = (stay.collect::<BTreeSet<_>>(), home.clone(), repository.clone());
    blocking(move || {
        for (session, root) in trash::had::all(&at.trash()) {
            if root == of.root && !stay.contains(&session) {
                trash::had::forget(&at.trash(), &session);
            }
        }
        Ok(())
    })
    .await?;
    done.snapshots = u32::try_from(goes.len()).unwrap_or(u32::MAX);
    Ok(done)
}

/// What is in the trash of this repository.
pub(super) fn entries(home: &Home, repository: &Repository) -> Vec<Entry> {
    let mut all = trash::entries(&home.trash());
    all.retain(|entry| entry.is_of(repository));
    all
}

/// Deletes what lies in the trash of sessions of this repository, where nothing else of them does that could bring them
/// back. What fails is tried again next time.
pub(super) fn let_records_go(
    home: &Home,
    repository: &Repository,
    goes: impl Fn(&Forgotten) -> bool,
) {
    let archived: BTreeSet<SessionId> =
        trash::entries(&home.trash()).into_iter().map(|entry| entry.record.session).collect();
    let of_it = |one: &Forgotten| Path::new(&one.record.repository_root) == repository.root;
    for one in forget::forgotten(home, wall_clock()) {
        if of_it(&one)
            && !archived.contains(&one.id)
            && goes(&one)
            && let Err(error) = one.delete(home)
        {
            tracing::warn!(%error, session = %one.id, "not deleted");
        }
    }
}

/// What may not go: snapshots of sessions that are there, of worktrees that are there, and of what is in the trash.
pub(super) async fn needed(home: &Home, repository: &Repository) -> Result<Needed, Problem> {
    let listed = listing::list(&repository.git, &repository.root).await?;
    let mut needed = Needed::default();
    for one in listed.iter().skip(1).filter(|one| one.is_ours()) {
        needed.sessions.insert(remove::owner(repository, one)?);
    }
    let (home, repository) = (home.clone(), repository.clone());
    blocking(move || {
        for entry in entries(&home, &repository) {
            needed.sessions.insert(entry.record.session);
            needed.commits.insert(entry.record.token.snapshot);
        }
        needed.ours.extend(trash::had::all(&home.trash()).into_iter().map(|(session, _)| session));
        needed.ours.extend(forget::forgotten(&home, wall_clock()).into_iter().map(|one| one.id));
        let folders = std::fs::read_dir(home.sessions());
        for folder in folders.map_err(|error| crate::home::unwritable(&error))?.flatten() {
            let name = folder.file_name();
            needed.sessions.extend(name.to_str().and_then(|name| SessionId::parse(name).ok()));
            // A fork begins with files that another session's snapshot holds.
            let record = SessionRecord::in_folder(&folder.path());
            needed.commits.extend(record.and_then(|record| record.files));
        }
        Ok(needed)
    })
    .await
}

/// The snapshots of a repository, the newest first: each holds the files of a moment before something was removed, went
/// back or was changed by a turn.
///
/// # Errors
/// Git fails.
pub async fn snapshots(repository: &Repository) -> Result<Vec<Kept>, Problem> {
    let mut all = kept::list(repository, wall_clock()).await?;
    all.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.reference.cmp(&b.reference)));
    Ok(all)
}
