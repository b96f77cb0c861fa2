//! The lock that says who has a session: a keeper for its life, others for a moment.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bosk_core::{Problem, ProblemCode, SessionId};

use crate::home::{self, Home};

/// How long somebody who is no keeper may have it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The file whose lock a keeper holds for its life. The system lets go of it when the keeper dies,
/// however it dies, so whoever can take it knows that there is none.
#[must_use]
pub fn lock_file(home: &Home, id: &SessionId) -> PathBuf {
    home.session(id).join("keeper.lock")
}

/// Takes the session's lock, which is made where it has never run.
///
/// # Errors
/// Somebody keeps the session.
pub(crate) fn take_lock(path: &Path, id: &SessionId) -> Result<File, Problem> {
    let file = open_lock(path)?;
    if take(&file)? {
        return Ok(file);
    }
    let text = format!("Session `{}` is running already.", id.short());
    Err(Problem::new(ProblemCode::SessionState, text))
}

/// The file, to be locked; made where no keeper has ever had it.
///
/// # Errors
/// It cannot be opened.
pub(crate) fn open_lock(path: &Path) -> Result<File, Problem> {
    let file = File::options().create(true).truncate(false).write(true).open(path);
    file.map_err(|error| home::unwritable(&error))
}

/// Takes the lock; false where a keeper has it. Whoever looks whether there is a keeper has it too, for less than a
/// moment, so one refusal does not say that the session runs.
///
/// # Errors
/// The system cannot lock it.
pub(crate) fn take(file: &File) -> Result<bool, Problem> {
    let taken = take_between(file, || std::thread::sleep(Duration::from_millis(1)));
    taken.map_err(|error| home::unwritable(&error))
}

fn take_between(file: &File, mut wait: impl FnMut()) -> io::Result<bool> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => return Ok(false),
            Err(TryLockError::WouldBlock) => wait(),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_waited_for_and_a_keeper_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let id = SessionId::parse("00000000-0000-4000-8000-000000000001").unwrap();
        let mut look = Some(File::create(&path).unwrap());
        look.as_ref().unwrap().lock_shared().unwrap();
        let keeper = File::create(&path).unwrap();
        assert!(take_between(&keeper, || drop(look.take())).unwrap());
        assert!(look.is_none());
        assert_eq!(take_lock(&path, &id).unwrap_err().code, ProblemCode::SessionState);
    }
}
