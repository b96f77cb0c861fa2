//! Noticing commits on branches: the system tells when something changes where the references of a repository are.
//! Nothing is known from that but that it is worth a look.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bosk_core::{Problem, ProblemCode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::git::Repository;

/// After a change it is looked at once more so much later: a folder that is new is watched only once it was seen, and
/// what was written into it meanwhile is not told.
const ONCE_MORE: Duration = Duration::from_secs(2);

/// How often it is tried again to watch what could not be.
const AGAIN: Duration = Duration::from_secs(60);

/// The branches that are watched.
#[derive(Debug, Default)]
pub(super) struct Refs {
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<PathBuf, Result<Repository, (Problem, Instant)>>,
    stirred: Arc<Stirred>,
    once_more: Option<Instant>,
}

#[derive(Debug, Default)]
struct Stirred {
    something: AtomicBool,
    wake: Notify,
}

pub(super) fn gone(branch: &str) -> Problem {
    let shown: String = branch.chars().take(200).collect();
    Problem::new(
        ProblemCode::BaseUnknown,
        format!("The repository has no branch called \"{shown}\"."),
    )
    .hint("Make that branch, or choose another one.")
}

impl Refs {
    /// Watches the repositories of these folders, and no others.
    pub(super) async fn watch(&mut self, wanted: BTreeSet<PathBuf>) {
        if wanted.is_empty() {
            (self.watcher, self.watched) = (None, BTreeMap::new());
            return;
        }
        // Taking one away is rare, and others may lie where it does: all anew.
        if self.watched.keys().any(|folder| !wanted.contains(folder)) {
            (self.watcher, self.watched) = (None, BTreeMap::new());
        }
        for folder in wanted {
            let tried = match self.watched.get(&folder) {
                Some(Ok(_)) => true,
                Some(Err((_, at))) => at.elapsed() < AGAIN,
                None => false,
            };
            if !tried {
                let found = self.begin(&folder).await.map_err(|problem| (problem, Instant::now()));
                self.watched.insert(folder, found);
            }
        }
    }

    async fn begin(&mut self, folder: &Path) -> Result<Repository, Problem> {
        let repository = Repository::discover(folder).await?;
        let failed = |error: notify::Error| {
            let text = format!("The repository cannot be watched for commits: {error}.");
            Problem::new(ProblemCode::RepositoryUnreadable, text)
                .hint("Raise the system's limit of watched files.")
        };
        let watcher = match &mut self.watcher {
            Some(watcher) => watcher,
            None => {
                let stirred = Arc::clone(&self.stirred);
                let told = move |event: notify::Result<notify::Event>| {
                    if event.map_or(true, |event| event.need_rescan() || is_of_refs(&event)) {
                        stirred.something.store(true, Ordering::Relaxed);
                        stirred.wake.notify_one();
                    }
                };
                self.watcher.insert(notify::recommended_watcher(told).map_err(failed)?)
            }
        };
        let common = &repository.common_dir;
        watcher.watch(common, RecursiveMode::NonRecursive).map_err(failed)?;
        for part in ["refs/heads", "reftable"].map(|part| common.join(part)) {
            if part.is_dir() {
                watcher.watch(&part, RecursiveMode::Recursive).map_err(failed)?;
            }
        }
        // What was committed while it was not watched yet.
        self.stirred.something.store(true, Ordering::Relaxed);
        Ok(repository)
    }

    /// The repository of a folder.
    pub(super) fn repository(&self, folder: &Path) -> Result<&Repository, Problem> {
        match self.watched.get(folder) {
            Some(Ok(repository)) => Ok(repository),
            Some(Err((problem, _))) => Err(problem.clone()),
            None => Err(Problem::new(ProblemCode::Internal, "The repository is not watched.")),
        }
    }

    /// Whether it is worth a look now; asked once.
    pub(super) fn take(&mut self) -> bool {
        let now = Instant::now();
        if self.stirred.something.swap(false, Ordering::Relaxed) {
            self.once_more = Some(now + ONCE_MORE);
            return true;
        }
        self.once_more.take_if(|at| *at <= now).is_some()
    }

    /// When it is worth a look though nothing changes.
    pub(super) fn next(&self) -> Option<Duration> {
        self.once_more.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Waits for something to change. It can be dropped and called again.
    pub(super) async fn changed(&self) {
        self.stirred.wake.notified().await;
    }
}

/// Git changes other files there as well, at each look at a work tree.
fn is_of_refs(event: &notify::Event) -> bool {
    event.paths.iter().any(|path| {
        let parts = || path.components().map(std::path::Component::as_os_str);
        let inside = parts().any(|part| part == "heads" || part == "reftable");
        let lock = path.extension().is_some_and(|ending| ending == "lock");
        !lock && (inside || path.file_name().is_some_and(|name| name == "packed-refs"))
    })
}
