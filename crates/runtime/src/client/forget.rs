//! Taking a session out of the catalogue. Its folder, with the journal, moves to the trash; its
//! worktree is not touched ([`crate::git::remove`] does that). What was moved there, and deleting it for good.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;

use bosk_core::{Problem, ProblemCode, SessionId};

use super::reconcile::blocking;
use crate::catalog::Index;
use crate::files;
use crate::git::trash;
use crate::home::{self, Home};
use crate::journal::writer::wall_clock;
use crate::keeper::{self, lock_file};
use crate::session_record::SessionRecord;

/// In the folder of a session that was put away: when, in milliseconds since 1970.
const SINCE: &str = "put-away";

/// A session whose folder lies in the trash.
pub(super) struct Forgotten {
    pub(super) id: SessionId,
    pub(super) record: SessionRecord,
    /// When it was put away: milliseconds since 1970.
    pub(super) at: i64,
    folder: PathBuf,
}

impl Forgotten {
    /// Deletes it for good; that the session was there stays known, for the sake of its snapshots.
    pub(super) fn delete(&self, home: &Home) -> std::io::Result<()> {
        trash::had::note(&home.trash(), &self.id, &self.record.repository_root)?;
        trash::delete(&self.folder)
    }
}

/// All that lie there. One whose time nobody has written down is there since `now`.
pub(super) fn forgotten(home: &Home, now: i64) -> Vec<Forgotten> {
    let found = fs::read_dir(home.trash()).into_iter().flatten().flatten();
    let read = found.filter_map(|entry| {
        let name = entry.file_name();
        let (id, number) = name.to_str()?.strip_prefix("session-")?.rsplit_once('-')?;
        number.parse::<u32>().ok()?;
        let (id, folder) = (SessionId::parse(id).ok()?, entry.path());
        let record = SessionRecord::in_folder(&folder)?;
        let since = fs::read_to_string(folder.join(SINCE)).ok().and_then(|text| text.parse().ok());
        let at = since.unwrap_or_else(|| {
            // Without it, it stays longer.
            let _ = files::replace(&folder.join(SINCE), now.to_string().as_bytes());
            now
        });
        Some(Forgotten { id, record, at, folder })
    });
    read.collect()
}

/// Moves the session's folder to the trash and returns where it lies there.
///
/// # Errors
/// The session is running, or its folder cannot be moved; then it is where it was.
pub async fn forget(home: &Home, id: &SessionId) -> Result<PathBuf, Problem> {
    let (home, id) = (home.clone(), id.clone());
    blocking(move || {
        // Held over the move, so that nobody starts the session meanwhile.
        let _lock = hold(&home, &id)?;
        let moved = move_away(&home, &id).map_err(|error| home::unwritable(&error))?;
        Index::open(&home).remove(&id);
        Ok(moved)
    })
    .await
}

/// Holds the session's place, so that nobody starts it; nothing where it has never run.
///
/// # Errors
/// It is running.
pub(super) fn hold(home: &Home, id: &SessionId) -> Result<Option<File>, Problem> {
    let file = match File::open(lock_file(home, id)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(home::unwritable(&error)),
    };
    if !keeper::take(&file)? {
        let text = format!("Session `{}` is running, so it was not removed.", id.short());
        return Err(Problem::new(ProblemCode::SessionState, text).hint("Stop it first."));
    }
    // Windows moves no folder in which a file is open; there the lock ends a moment earlier.
    Ok((!cfg!(windows)).then_some(file))
}

fn move_away(home: &Home, id: &SessionId) -> std::io::Result<PathBuf> {
    files::create_private_folder(&home.trash())?;
    let mut numbered = (1_u32..).map(|n| home.trash().join(format!("session-{id}-{n}")));
    let free = numbered.find(|path| path.symlink_metadata().is_err());
    let free = free.ok_or_else(|| std::io::Error::from(ErrorKind::AlreadyExists))?;
    files::replace(&home.session(id).join(SINCE), wall_clock().to_string().as_bytes())?;
    fs::rename(home.session(id), &free)?;
    files::sync_folder(&home.sessions())?;
    Ok(free)
}
