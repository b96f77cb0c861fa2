//! What Bosk uses of the disk, by repository, and what of it can go. Reads whole folders, off the executor. Not here:
//! measuring a folder, and what is a build ([`crate::disk`]).

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use bosk_core::session::SessionSummary;
use bosk_core::worktree::disk::{CanGo, DiskUse, RepositoryDisk, Suggestion, WorktreeSize};
use bosk_core::worktree::expiry::Kept;
use bosk_core::{Problem, ProblemCode};

use super::archive::idle;
use super::blocking;
use super::expire::{entries, needed, repositories};
use super::worktrees::made_from;
use crate::cache::Cache;
use crate::disk::{builds, size};
use crate::git::listing::{self, Listed};
use crate::git::worktrees::is_merged;
use crate::git::{Git, Repository, kept, remove, trash};
use crate::home::Home;
use crate::journal::writer::wall_clock;
use crate::trust::filters;
use crate::{catalog, keeper};

/// How long a size is believed: reading a large folder takes seconds.
const SIZES: Duration = Duration::from_secs(20);

static SIZED: Cache<PathBuf, (), WorktreeSize> = Cache::new(SIZES);

/// How large a worktree is, and what of it builds made.
///
/// # Errors
/// It is in no repository, git fails, or its configuration names programs that the person has not agreed to.
pub async fn worktree_size(home: &Home, folder: &Path) -> Result<WorktreeSize, Problem> {
    let repository = Repository::discover(folder).await?;
    filters::require(home, &repository).await?;
    sized(&repository, folder).await
}

async fn sized(repository: &Repository, folder: &Path) -> Result<WorktreeSize, Problem> {
    if let Some(known) = SIZED.get(&folder.to_owned(), &()) {
        return Ok(known);
    }
    let found = measured(folder, builds_in(repository, folder).await?).await?;
    SIZED.keep(folder.to_owned(), (), &found);
    Ok(found)
}

async fn measured(folder: &Path, made: Vec<PathBuf>) -> Result<WorktreeSize, Problem> {
    let at = folder.to_owned();
    blocking(move || {
        let (bytes, builds) = size::split(&at, &made);
        let folders = made.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        Ok(WorktreeSize { bytes, builds, folders })
    })
    .await
}

/// The folders that builds made, from the worktree's root.
async fn builds_in(repository: &Repository, folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let ignored = remove::ignored_paths(repository, folder, None).await?;
    let at = folder.to_owned();
    blocking(move || Ok(builds::among(&at, &ignored))).await
}

/// Removes folders that builds made in a worktree of Bosk's; the bytes that are free now.
///
/// # Errors
/// A session runs there, the worktree is not Bosk's, or a folder is not what a build made (any more). Then nothing was
/// removed.
pub async fn clean_builds(
    home: &Home,
    path: &Path,
    folder: &Path,
    folders: &[String],
) -> Result<u64, Problem> {
    let repository = Repository::discover(path).await?;
    filters::require(home, &repository).await?;
    let own = remove::own(&repository, folder, None).await?;
    let _held = idle(home, own.folder()).await?;
    let made = builds_in(&repository, own.folder()).await?;
    let wanted: Vec<PathBuf> =
        folders.iter().map(|one| Path::new(one).components().collect()).collect();
    let is_plain = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
    if let Some(other) = wanted.iter().find(|one| !is_plain(one) || !made.contains(one)) {
        let text = format!(
            "`{}` is not something that a build made and git ignores, so nothing was removed.",
            other.display()
        );
        return Err(Problem::new(ProblemCode::InvalidInput, text));
    }
    SIZED.forget(&own.folder().to_owned());
    let (trash, root) = (home.trash(), own.folder().to_owned());
    blocking(move || {
        let mut free = 0;
        for one in wanted {
            let failed = |error: std::io::Error| {
                let text = format!("`{}` could not be removed: {error}.", one.display());
                Problem::new(ProblemCode::WorktreeFailed, text)
                    .hint("Close what still uses the folder, then try again.")
            };
            let bytes = size::of(&root.join(&one));
            // First out of the way, so that no build meets half of it.
            let aside = trash::set_aside(&trash, &root, &root.join(&one)).map_err(failed)?;
            trash::delete(&aside).map_err(failed)?;
            free += bytes;
        }
        Ok(free)
    })
    .await
}

/// What Bosk uses.
///
/// # Errors
/// Bosk's folder cannot be read. A repository that cannot be read is left out.
pub async fn disk_use(home: &Home) -> Result<DiskUse, Problem> {
    let sessions: Vec<SessionSummary> =
        catalog::list(home).await?.into_iter().filter_map(Result::ok).collect();
    let mut repositories_used = Vec::new();
    for root in repositories(home).await? {
        match of_repository(home, &root, &sessions).await {
            Ok(Some(one)) => repositories_used.push(one),
            Ok(None) => {}
            Err(problem) => tracing::warn!(?root, %problem, "what it uses is not known"),
        }
    }
    repositories_used
        .sort_by_key(|one| std::cmp::Reverse(one.worktrees + one.builds + one.archived));
    let home = home.clone();
    blocking(move || {
        Ok(DiskUse {
            repositories: repositories_used,
            journals: size::of(&home.sessions()),
            free: keeper::disk::room(&home).map_or(0, |(free, _)| free),
        })
    })
    .await
}

async fn of_repository(
    home: &Home,
    root: &Path,
    sessions: &[SessionSummary],
) -> Result<Option<RepositoryDisk>, Problem> {
    let repository = Repository::discover(root).await?;
    let mut found = RepositoryDisk {
        repository: repository.root.to_string_lossy().into_owned(),
        name: repository.name(),
        worktrees: 0,
        builds: 0,
        archived: 0,
        snapshots: 0,
        unknown_snapshots: 0,
        suggestions: Vec::new(),
    };
    let filters = filters::may_run(home, &repository).await?;
    for one in listing::list(&repository.git, &repository.root).await?.into_iter().skip(1) {
        if !one.is_ours() || !one.folder.is_dir() {
            continue;
        }
        let size = match filters {
            true => sized(&repository, &one.folder).await?,
            // Git cannot be asked what it ignores there.
            false => measured(&one.folder, Vec::new()).await?,
        };
        found.worktrees += size.bytes;
        found.builds += size.builds;
        let is_inside =
            |session: &&SessionSummary| Path::new(&session.folder).starts_with(&one.folder);
        let runs = sessions.iter().filter(is_inside).any(|session| !session.state.is_ended());
        if !runs && filters {
            let of_it = sessions.iter().filter(|session| Path::new(&session.folder) == one.folder);
            let base = made_from(of_it);
            found.suggestions.extend(suggestion(&repository, &one, base, size).await?);
        }
    }
    let keep = crate::settings::peek(home).keep();
    let now = wall_clock();
    let (at, of) = (home.clone(), repository.clone());
    let archived = blocking(move || {
        Ok(entries(&at, &of).into_iter().map(|one| (one.bytes(), one)).collect::<Vec<_>>())
    });
    for (bytes, entry) in archived.await? {
        found.archived += bytes;
        if bytes > 0 && keep.folder_goes_at(entry.record.at).is_some_and(|at| at <= now) {
            found.suggestions.push(Suggestion {
                what: CanGo::Old,
                place: entry.id,
                branch: entry.record.branch,
                bytes,
            });
        }
    }
    let snapshots = kept::list(&repository, now).await?;
    // Where that cannot be told, nothing is said of them.
    let known = needed(home, &repository).await.ok();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let is_unknown = |one: &&Kept| {
        one.session().zip(known.as_ref()).is_some_and(|(session, known)| !known.knows(&session))
    };
    found.unknown_snapshots = count(snapshots.iter().filter(is_unknown).count());
    found.snapshots = count(snapshots.len());
    found.suggestions.sort_by_key(|one| std::cmp::Reverse(one.bytes));
    let is_empty = found.worktrees + found.builds + found.archived == 0 && snapshots.is_empty();
    Ok((!is_empty).then_some(found))
}

/// What of a worktree can go in which nobody runs: all of it, where its work is in the base and nothing else is in it;
/// else what builds made.
async fn suggestion(
    repository: &Repository,
    one: &Listed,
    base: Option<&str>,
    size: WorktreeSize,
) -> Result<Option<Suggestion>, Problem> {
    let branch = one.branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let place = one.folder.to_string_lossy().into_owned();
    let suggest = |what, bytes| {
        let branch = branch.map(str::to_owned);
        Some(Suggestion { what, place: place.clone(), branch, bytes })
    };
    let head = one.head.as_deref().unwrap_or_default();
    let is_merged = !head.is_empty()
        && is_clean(&repository.git, &one.folder).await?
        && is_merged(repository, head, branch, base).await?.is_some();
    if is_merged {
        return Ok(suggest(CanGo::Merged, size.bytes + size.builds));
    }
    if size.builds == 0 {
        return Ok(None);
    }
    Ok(suggest(CanGo::Builds { folders: size.folders }, size.builds))
}

async fn is_clean(git: &Git, folder: &Path) -> Result<bool, Problem> {
    let call = git.look(folder).args(["status", "--porcelain=v2", "-z"]).limit(1);
    Ok(call.run().await?.stdout.is_empty())
}
