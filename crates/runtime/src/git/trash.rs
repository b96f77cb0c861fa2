//! What was put away. An entry of the trash has a record, and the folder as it was; what git knew of the worktree
//! (its index, HEAD, histories, a merge that goes on, repositories of its submodules) lies in the repository, so that
//! both moves stay on one volume and are whole or not at all. Not here: when something is put away or taken out
//! ([`super::remove`], [`super::restore`]).

pub(crate) mod had;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::git::RemovalToken;
use bosk_core::{Problem, ProblemCode, SessionId};
use serde::{Deserialize, Serialize};

use super::{Repository, paths};
use crate::files;

/// The worktree's folder, below its entry.
pub const TREE: &str = "tree";

/// The file that holds [`Removed`], below the entry.
pub const RECORD: &str = "removed.json";

/// Where a folder goes whose volume is not the trash's: beside it.
const BESIDE: &str = ".bosk-trash";

/// What the names begin with of what is being deleted: nothing of it is of any use.
pub(super) const GOING: &str = "going-";

/// When nobody is at it any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Where what git knew is kept, below the folder that a repository's worktrees share.
const KNOWN: &str = "bosk";

/// A worktree that was put away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The session that it was made for; made up from its name where Bosk adopted it. Its snapshots are kept under it.
    pub session: SessionId,
    /// Whether it was adopted.
    #[serde(default)]
    pub adopted: bool,
    /// The repository's root.
    pub repository: String,
    /// The folder that all of its worktrees share, which tells it from others.
    #[serde(default)]
    pub common_dir: String,
    /// Where the folder was.
    pub folder: String,
    /// Where it was before a restoring that has to put it elsewhere.
    #[serde(default)]
    pub before: Option<String>,
    /// The branch that was checked out in it.
    pub branch: Option<String>,
    /// What is configured of that branch: keys and values.
    #[serde(default)]
    pub config: Vec<(String, String)>,
    /// The state that was removed.
    pub token: RemovalToken,
    /// When: milliseconds since 1970.
    #[serde(default)]
    pub at: i64,
    /// Whether it is being restored: with both of its parts gone, it has been.
    #[serde(default)]
    pub restoring: bool,
    /// Where the folder lies, if not in the entry.
    #[serde(default)]
    pub elsewhere: Option<PathBuf>,
}

/// An entry of the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: String,
    /// Its folder in the trash.
    pub folder: PathBuf,
    /// What it says.
    pub record: Removed,
}

impl Entry {
    /// Makes a new one, with its record.
    pub(crate) fn new(trash: &Path, record: Removed) -> std::io::Result<Self> {
        files::create_private_folder(trash)?;
        for number in 1_u32.. {
            let id = format!("{}-{number}", record.session);
            let folder = trash.join(&id);
            // Another Bosk's trash may have one of that name in the same repository.
            if Path::new(&record.common_dir).join(KNOWN).join(&id).symlink_metadata().is_ok() {
                continue;
            }
            match std::fs::create_dir(&folder) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    let entry = Self { id, folder, record };
                    entry.save().inspect_err(|_| entry.take_back())?;
                    files::sync_folder(trash)?;
                    return Ok(entry);
                }
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// Writes the record.
    pub(super) fn save(&self) -> std::io::Result<()> {
        files::write_atomically(
            &self.folder.join(RECORD),
            &serde_json::to_vec_pretty(&self.record)?,
        )
    }

    /// Removes it, if it holds nothing but its record.
    pub(super) fn take_back(&self) {
        if self.is_whole() {
            return;
        }
        for file in [RECORD, SIZE] {
            let _ = std::fs::remove_file(self.folder.join(file));
        }
        let _ = std::fs::remove_dir(&self.folder);
    }

    /// Whether it is of that repository.
    #[must_use]
    pub fn is_of(&self, repository: &Repository) -> bool {
        let record = &self.record;
        Path::new(&record.common_dir) == repository.common_dir
            || Path::new(&record.repository) == repository.root
    }

    /// Where the folder lies, or would.
    #[must_use]
    pub fn tree(&self) -> PathBuf {
        self.record.elsewhere.clone().unwrap_or_else(|| self.folder.join(TREE))
    }

    /// Whether the folder is there as it was.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.tree().symlink_metadata().is_ok_and(|found| found.is_dir())
    }

    /// Where what git knew of it lies, or would.
    #[must_use]
    pub fn known(&self, common_dir: &Path) -> PathBuf {
        paths::plain(common_dir).join(KNOWN).join(&self.id)
    }

    /// Moves the folder into it, or beside where it was if that is on another volume: a move is whole or not at all,
    /// and a copy is not.
    pub(super) fn take(&mut self, folder: &Path) -> std::io::Result<()> {
        match std::fs::rename(folder, self.tree()) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                let beside = folder.parent().unwrap_or(folder).join(BESIDE);
                files::create_private_folder(&beside)?;
                self.record.elsewhere = Some(beside.join(&self.id));
                self.save()?;
                std::fs::rename(folder, self.tree())?;
            }
            moved => moved?,
        }
        files::sync_folder(self.tree().parent().unwrap_or(&self.folder))?;
        files::sync_folder(folder.parent().unwrap_or(folder))
    }

    /// The size of the folder on the disk, in bytes: measured once, as nothing changes in it.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        if !self.is_whole() {
            return 0;
        }
        let kept = self.folder.join(SIZE);
        let known = std::fs::read_to_string(&kept).ok().and_then(|text| text.parse().ok());
        known.unwrap_or_else(|| {
            let bytes = crate::disk::size::of(&self.tree());
            let _ = files::replace(&kept, bytes.to_string().as_bytes());
            bytes
        })
    }

    /// Deletes the folder for good; the rest of the entry stays. Nothing half-deleted is ever taken for it.
    ///
    /// # Errors
    /// Whatever the file system says; what is left goes with the next try.
    pub fn delete_tree(&self) -> std::io::Result<()> {
        let tree = self.tree();
        let going = tree.with_file_name(format!("{GOING}{}", self.id));
        if self.is_whole() {
            // What an earlier try has left.
            delete(&going)?;
            std::fs::rename(&tree, &going)?;
        }
        delete(&going)?;
        if self.record.elsewhere.is_some() {
            // Goes when it is empty.
            let _ = std::fs::remove_dir(tree.parent().unwrap_or(&tree));
        }
        Ok(())
    }

    /// Deletes all of it for good. The record goes last, so that what is cut short can be asked for again. Its snapshots
    /// stay, and are known to be this Bosk's.
    ///
    /// # Errors
    /// As for [`Self::delete_tree`].
    pub fn delete(&self, common_dir: Option<&Path>) -> std::io::Result<()> {
        self.delete_tree()?;
        if let Some(common_dir) = common_dir {
            delete(&self.known(common_dir))?;
        }
        if let Some(trash) = self.folder.parent() {
            had::note(trash, &self.record.session, &self.record.repository)?;
        }
        delete(&self.folder)
    }
}

const SIZE: &str = "size";

/// All entries, the newest first. What has no record that can be read is left out, and stays.
#[must_use]
pub fn entries(trash: &Path) -> Vec<Entry> {
    let found = std::fs::read_dir(trash).into_iter().flatten().flatten();
    let mut all: Vec<Entry> = found.filter_map(|folder| read(&folder.path())).collect();
    all.sort_by(|a, b| b.record.at.cmp(&a.record.at).then_with(|| b.id.cmp(&a.id)));
    all
}

/// The entry of that name.
///
/// # Errors
/// There is none.
pub fn find(trash: &Path, id: &str) -> Result<Entry, Problem> {
    // `<session>-<number>`: it comes from outside, and is a part of paths.
    let is_name = id.rsplit_once('-').is_some_and(|(session, number)| {
        SessionId::parse(session).is_ok() && number.parse::<u32>().is_ok()
    });
    let entry = if is_name { read(&trash.join(id)) } else { None };
    entry.ok_or_else(|| {
        let shown: String = id.chars().take(64).collect();
        Problem::new(
            ProblemCode::InvalidInput,
            format!("Nothing that was put away is called `{shown}`."),
        )
        .hint("`bosk archived` lists what there is.")
    })
}

fn read(folder: &Path) -> Option<Entry> {
    let bytes = std::fs::read(folder.join(RECORD)).ok()?;
    let mut record: Removed = serde_json::from_slice(&bytes).ok()?;
    if record.at == 0 {
        let changed = folder.join(RECORD).metadata().and_then(|data| data.modified()).ok()?;
        let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
        record.at = i64::try_from(since.as_millis()).unwrap_or_default();
    }
    let id = folder.file_name()?.to_str()?.to_owned();
    Some(Entry { id, folder: folder.to_owned(), record })
}

/// Moves something of the worktree `folder` out of it, so that it can be deleted: in one step, on its own volume.
///
/// # Errors
/// Whatever the file system says; then it is where it was.
pub(crate) fn set_aside(trash: &Path, folder: &Path, what: &Path) -> std::io::Result<PathBuf> {
    let name = format!("{GOING}{}", uuid::Uuid::new_v4().simple());
    let into = |place: &Path| {
        files::create_private_folder(place)?;
        let to = place.join(&name);
        std::fs::rename(what, &to).map(|()| to)
    };
    into(trash).or_else(|error| match error.kind() {
        ErrorKind::CrossesDevices => into(&folder.parent().unwrap_or(folder).join(BESIDE)),
        _ => Err(error),
    })
}

/// Deletes what was set aside.
///
/// # Errors
/// Whatever the file system says; what is left goes with the next [`sweep`].
pub(crate) fn delete(path: &Path) -> std::io::Result<()> {
    // Follows no link, and takes a file in a folder that may not be written to as it is.
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            open_up(path);
            std::fs::remove_dir_all(path)
        }
        done => done,
    }
}

/// Deletes what an earlier deletion was cut short in: in the trash, and beside those worktrees.
pub fn sweep<'a>(trash: &Path, worktrees: impl IntoIterator<Item = &'a Path>) {
    let beside = worktrees.into_iter().filter_map(|folder| Some(folder.parent()?.join(BESIDE)));
    let mut places: Vec<PathBuf> = beside.chain([trash.to_owned()]).collect();
    places.sort();
    places.dedup();
    for found in places.iter().flat_map(std::fs::read_dir).flatten().flatten() {
        let changed = found.metadata().and_then(|data| data.modified()).ok();
        let is_old = changed.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > ABANDONED);
        if is_old && found.file_name().to_string_lossy().starts_with(GOING) {
            let _ = delete(&found.path());
        }
    }
    for entry in entries(trash).iter().filter(|entry| !entry.is_whole()) {
        let _ = entry.delete_tree();
    }
}

/// The path as the record holds it.
///
/// # Errors
/// It is not UTF-8, so the way back could not be written down.
pub(crate) fn written(path: &Path) -> Result<String, Problem> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Problem::new(
            ProblemCode::WorktreeFailed,
            format!("The name of {} is not UTF-8, so it was left alone.", paths::shown(path)),
        )
        .hint("Rename the folder with git worktree move, then try again.")
    })
}
/// Folders that nothing may be deleted in (Go keeps its modules so) are opened; links are not followed.
fn open_up(path: &Path) {
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(found) = folder.symlink_metadata() else { continue };
        if !found.is_dir() {
            continue;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let _ = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700));
        }
        let inside = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        open.extend(inside.map(|entry| entry.path()));
    }
}
