//! Taking a session out of the catalogue. Its folder, with the journal, moves to the trash; its
//! worktree is not touched ([`crate::git::remove`] does that).

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;

use bosk_core::{Problem, ProblemCode, SessionId};

use super::reconcile::blocking;
use crate::catalog::Index;
use crate::files;
use crate::home::{self, Home};
use crate::keeper::lock_file;

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
    file.try_lock().map_err(|_| {
        Problem::new(
            ProblemCode::SessionState,
            format!("Session `{}` is running, so it was not removed.", id.short()),
        )
        .hint("Stop it first.")
    })?;
    // Windows moves no folder in which a file is open; there the lock ends a moment earlier.
    Ok((!cfg!(windows)).then_some(file))
}

fn move_away(home: &Home, id: &SessionId) -> std::io::Result<PathBuf> {
    files::create_private_folder(&home.trash())?;
    let mut numbered = (1_u32..).map(|n| home.trash().join(format!("session-{id}-{n}")));
    let free = numbered.find(|path| path.symlink_metadata().is_err());
    let free = free.ok_or_else(|| std::io::Error::from(ErrorKind::AlreadyExists))?;
    fs::rename(home.session(id), &free)?;
    files::sync_folder(&home.sessions())?;
    Ok(free)
}
