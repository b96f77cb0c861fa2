//! The folders that are watched. Linux watches each folder by itself, so those that git ignores are left out and there
//! is a limit; elsewhere the system watches a whole tree at once. Not here: what is made of it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use notify::{RecursiveMode, Watcher as _};

use super::Watcher;
use super::rules::Rules;

/// Most folders of one worktree that are watched. Many systems allow 65,536 for all programs of a user (Linux,
/// `fs.inotify.max_user_watches`).
const MOST: usize = 8_192;

/// Whether one watch sees all that is below a folder.
const WHOLE: bool = cfg!(any(windows, target_os = "macos"));

/// The folders of one worktree.
#[derive(Debug)]
pub(super) struct Folders {
    watcher: Watcher,
    rules: Arc<RwLock<Rules>>,
    root: PathBuf,
    watched: HashSet<PathBuf>,
}

impl Folders {
    /// Watches them.
    ///
    /// # Errors
    /// There are too many, or the system refuses.
    pub(super) fn of(
        watcher: Watcher,
        rules: &Arc<RwLock<Rules>>,
        root: &Path,
        [own, shared]: &[PathBuf; 2],
    ) -> notify::Result<Self> {
        let (rules, root, watched) = (Arc::clone(rules), root.to_owned(), HashSet::new());
        let mut folders = Self { watcher, rules, root, watched };
        folders.watcher.watch(own, RecursiveMode::NonRecursive)?;
        if own != shared {
            folders.watcher.watch(shared, RecursiveMode::NonRecursive)?;
        }
        let branches = shared.join("refs/heads");
        if branches.is_dir() {
            folders.watcher.watch(&branches, RecursiveMode::Recursive)?;
        }
        if WHOLE {
            folders.watcher.watch(&folders.root, RecursiveMode::Recursive)?;
        }
        let root = folders.root.clone();
        folders.walk(&root)?;
        Ok(folders)
    }

    /// A new folder, and what is in it. What cannot be watched any more is seen with the next change beside it.
    pub(super) fn add(&mut self, folder: &Path) {
        // One that is there again under the same name is another one.
        self.watched.retain(|known| !known.starts_with(folder));
        if let Err(error) = self.walk(folder) {
            tracing::debug!(%error, "a new folder is not watched");
        }
    }

    /// What is ignored has changed, or events were lost.
    pub(super) fn again(&mut self) {
        self.rules.write().unwrap_or_else(PoisonError::into_inner).forget();
        let root = self.root.clone();
        if let Err(error) = self.walk(&root) {
            tracing::debug!(%error, "not every folder is watched");
        }
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let (root, watcher) = (&self.root, &mut self.watcher);
        self.watched.retain(|folder| {
            let stays = folder == root || !rules.is_ignored(folder, true);
            if !stays && !WHOLE {
                let _ = watcher.unwatch(folder);
            }
            stays
        });
    }

    /// Watches the folders below, and reads their rules.
    fn walk(&mut self, from: &Path) -> notify::Result<()> {
        let mut open = vec![from.to_owned()];
        while let Some(folder) = open.pop() {
            self.rules.write().unwrap_or_else(PoisonError::into_inner).take(&folder);
            if !WHOLE && !self.watched.contains(&folder) {
                if self.watched.len() >= MOST {
                    return Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch));
                }
                match self.watcher.watch(&folder, RecursiveMode::NonRecursive) {
                    // It was there a moment ago.
                    Err(_) if !folder.is_dir() => continue,
                    watched => watched?,
                }
                self.watched.insert(folder.clone());
            }
            let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && rules.matters(&path, true) && !path.join(".git").exists() {
                    open.push(path);
                }
            }
        }
        Ok(())
    }
}
