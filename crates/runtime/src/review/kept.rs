//! The file beside a session's record that keeps comments, and which changes a person has read. Whoever changes it holds
//! a lock meanwhile. Not here: what comments say.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bosk_core::review::comment::Comment;
use bosk_core::{Problem, SessionId};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use serde::{Deserialize, Serialize};

use super::Reviewed;
use crate::client::blocking;
use crate::git::lock::{self, FileLock};
use crate::home::{self, Home};
use crate::{files, session_record};

/// The file's name.
const FILE: &str = "review.json";

/// Most states of one file that are remembered as read: one for each comparison, and some.
const STATES: usize = 8;

/// Most files that are remembered.
const MOST: usize = 20_000;

/// Which changes a person has read: stamps by path.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Viewed(BTreeMap<String, Vec<String>>);

impl Viewed {
    /// Whether exactly that change was read.
    pub(super) fn is_viewed(&self, path: &str, stamp: &str) -> bool {
        self.0.get(path).is_some_and(|stamps| stamps.iter().any(|one| one == stamp))
    }

    fn mark(&mut self, path: &str, stamp: Option<String>) {
        let Some(stamp) = stamp else {
            self.0.remove(path);
            return;
        };
        if self.0.len() >= MOST && !self.0.contains_key(path) {
            self.0.pop_first();
        }
        let stamps = self.0.entry(path.to_owned()).or_default();
        stamps.retain(|one| *one != stamp);
        stamps.push(stamp);
        stamps.drain(..stamps.len().saturating_sub(STATES));
    }
}

/// What is kept of a review.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    pub(super) comments: Vec<Comment>,
    #[serde(default)]
    viewed: Viewed,
}

/// The file, held against others.
pub(super) struct Held {
    path: PathBuf,
    pub(super) kept: Kept,
    _lock: FileLock,
}

impl Held {
    /// Waits for it, and reads it.
    pub(super) async fn of(home: &Home, id: &SessionId) -> Result<Self, Problem> {
        session_record::SessionRecord::load(home, id)?;
        let path = home.session(id).join(FILE);
        let lock = lock::exclusive(lock::file_for(&home.locks(), &path)).await?;
        Ok(Self { kept: read(home, id).await?, path, _lock: lock })
    }

    /// Writes it.
    pub(super) async fn save(&self) -> Result<(), Problem> {
        let path = self.path.clone();
        let content =
            serde_json::to_vec(&self.kept).map_err(|error| home::unwritable(&error.into()))?;
        let write = move || files::write_atomically(&path, &content);
        blocking(move || write().map_err(|error| home::unwritable(&error))).await
    }
}

/// As it is now. One that cannot be understood is put aside.
pub(super) async fn read(home: &Home, id: &SessionId) -> Result<Kept, Problem> {
    let path = home.session(id).join(FILE);
    blocking(move || match std::fs::read(&path) {
        Ok(content) => serde_json::from_slice(&content).or_else(|_| {
            files::put_aside(&path).map_err(|error| home::unwritable(&error))?;
            Ok(Kept::default())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Kept::default()),
        Err(error) => Err(home::unwritable(&error)),
    })
    .await
}

/// Calls `told` each time it is written, by whomever, until the result is dropped.
///
/// # Errors
/// The system watches no more.
pub(crate) fn watch(
    home: &Home,
    id: &SessionId,
    told: impl Fn() + Send + 'static,
) -> notify::Result<RecommendedWatcher> {
    // It is replaced whole each time, so its folder is what can be watched. Whatever else is written there is none of it.
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let is_it = |event: &Event| {
            let named =
                event.paths.iter().any(|path| path.file_name().is_some_and(|one| one == FILE));
            event.need_rescan() || named && !event.kind.is_access()
        };
        if event.as_ref().map_or(true, is_it) {
            told();
        }
    })?;
    watcher.watch(&home.session(id), RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

impl Reviewed {
    /// What the person has read.
    pub(super) async fn viewed(&self) -> Result<Viewed, Problem> {
        Ok(read(&self.home, &self.id).await?.viewed)
    }
}

/// Marks a file's present change as read, or takes that back (none).
///
/// # Errors
/// There is no such session, or it cannot be written.
pub async fn mark_viewed(
    home: &Home,
    id: &SessionId,
    path: &str,
    stamp: Option<String>,
) -> Result<(), Problem> {
    let mut held = Held::of(home, id).await?;
    held.kept.viewed.mark(path, stamp);
    held.save().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_what_was_read_is_read() {
        let mut viewed = Viewed::default();
        viewed.mark("a", Some("1".to_owned()));
        assert!(viewed.is_viewed("a", "1") && !viewed.is_viewed("a", "2"));
        (2..30).for_each(|at| viewed.mark("a", Some(at.to_string())));
        assert!(!viewed.is_viewed("a", "1") && viewed.is_viewed("a", "29"), "it is bounded");
        viewed.mark("a", None);
        assert!(!viewed.is_viewed("a", "29"));
    }
}
