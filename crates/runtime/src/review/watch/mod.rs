//! Being told when something changes in a session's folder. The system tells; what comes close together is told once.
//! Where there are more folders than can be watched, the watch is blind, and whoever started it says when to look
//! ([`Watch::poke`]). Not here: what has changed.

mod debounce;
mod folders;
mod rules;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bosk_core::Problem;
use notify::event::{CreateKind, ModifyKind};
use notify::{EventKind, RecommendedWatcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::client::blocking;
use crate::git::{Git, GitError, paths};
use debounce::Debounce;
use folders::Folders;
use rules::Rules;

/// What was seen, as far as it matters.
#[derive(Debug)]
enum Seen {
    /// Something changed.
    Changed,
    /// A folder is new there, and what is in it.
    Folder(PathBuf),
    /// What git ignores has changed, or events were lost.
    Everything,
}

/// A watch, which goes on until it is dropped.
#[derive(Debug)]
pub struct Watch {
    to: mpsc::Sender<Seen>,
    blind: bool,
    task: tokio::task::AbortHandle,
}

impl Watch {
    /// Watches from now on; `told` is called for what has changed.
    ///
    /// # Errors
    /// The folder is in no repository.
    pub async fn start<F>(
        git: &Git,
        root: &Path,
        told: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<Self, Problem>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let own = git_folders(git, root).await?;
        let (to, seen) = mpsc::channel(1024);
        // A flood that does not fit is a reason to look at everything.
        let lost = Arc::new(AtomicBool::new(false));
        let rules = Arc::new(RwLock::new(Rules::new(root, &own)));
        let (tell, known, place) = (to.clone(), Arc::clone(&rules), root.to_owned());
        let missed = Arc::clone(&lost);
        let begun = blocking(move || {
            let watcher = notify::recommended_watcher(move |event| {
                if !take(&known, &tell, event) {
                    missed.store(true, Ordering::Release);
                }
            });
            Ok(watcher.ok().and_then(|watcher| Folders::of(watcher, &rules, &place, &own).ok()))
        });
        let folders = begun.await?;
        let blind = folders.is_none();
        let task = tokio::spawn(run(folders, seen, lost, told)).abort_handle();
        Ok(Self { to, blind, task })
    }

    /// Whether the system tells nothing.
    #[must_use]
    pub const fn is_blind(&self) -> bool {
        self.blind
    }

    /// Something may have changed: for a watch that is blind.
    pub fn poke(&self) {
        // One that is full is about to tell.
        let _ = self.to.try_send(Seen::Changed);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where git keeps what it knows of this worktree, and what all of them share.
async fn git_folders(git: &Git, root: &Path) -> Result<[PathBuf; 2], GitError> {
    let mut found = [PathBuf::new(), PathBuf::new()];
    for (place, question) in found.iter_mut().zip(["--git-dir", "--git-common-dir"]) {
        let call = git.look(root).args(["rev-parse", "--path-format=absolute", question]);
        let said = call.run().await?.stdout;
        *place = paths::from_git(said.strip_suffix(b"\n").unwrap_or(&said));
    }
    Ok(found)
}

/// Runs on the watcher's own thread. False where there is no room for what was seen.
fn take(
    rules: &RwLock<Rules>,
    to: &mpsc::Sender<Seen>,
    event: notify::Result<notify::Event>,
) -> bool {
    let rules = rules.read().unwrap_or_else(PoisonError::into_inner);
    let seen = match event {
        Ok(event) if event.need_rescan() => Some(Seen::Everything),
        Ok(event) => seen(&rules, &event),
        Err(_) => Some(Seen::Everything),
    };
    seen.is_none_or(|seen| to.try_send(seen).is_ok())
}

fn seen(rules: &Rules, event: &notify::Event) -> Option<Seen> {
    // Reading is no change.
    if matches!(event.kind, EventKind::Access(_)) {
        return None;
    }
    let is_new = matches!(
        event.kind,
        EventKind::Create(CreateKind::Folder | CreateKind::Any)
            | EventKind::Modify(ModifyKind::Name(_))
    );
    let mut found = None;
    for path in &event.paths {
        if rules.is_rule(path) {
            return Some(Seen::Everything);
        }
        let is_folder = is_new && path.is_dir() && !path.is_symlink();
        if rules.matters(path, is_folder) {
            found = Some(if is_folder { Seen::Folder(path.clone()) } else { Seen::Changed });
        }
    }
    found
}

async fn run<F: Future<Output = ()>>(
    mut folders: Option<Folders>,
    mut seen: mpsc::Receiver<Seen>,
    lost: Arc<AtomicBool>,
    told: impl Fn() -> F,
) {
    let mut debounce = Debounce::default();
    loop {
        let due = debounce.due();
        let news = tokio::select! {
            news = seen.recv() => news,
            () = until(due) => {
                debounce.told();
                told().await;
                continue;
            }
        };
        let Some(mut news) = news else { return };
        debounce.seen(Instant::now());
        if lost.swap(false, Ordering::AcqRel) {
            news = Seen::Everything;
        }
        let wider = match news {
            Seen::Changed => continue,
            Seen::Folder(folder) => Some(folder),
            Seen::Everything => None,
        };
        // Walking is work for the disk. What appears meanwhile waits in the channel.
        if let Some(mut known) = folders.take() {
            let more = blocking(move || {
                match &wider {
                    Some(folder) => known.add(folder),
                    None => known.again(),
                }
                Ok(known)
            });
            folders = more.await.ok();
        }
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

type Watcher = RecommendedWatcher;

#[cfg(test)]
mod tests;
