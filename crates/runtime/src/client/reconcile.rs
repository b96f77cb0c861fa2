//! The truth about sessions whose keeper is gone. A keeper that died could not write the end down:
//! whoever comes next ends what it left behind, writes that the session was lost, and so makes it
//! resumable. The lock decides who that is.

use std::fs::File;
use std::time::Duration;

use bosk_core::journal::{Kind, Note};
use bosk_core::session::Outcome;
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::home::{self, Home};
use crate::journal::{JOURNAL, Writer};
use crate::keeper::{lock_file, replay};
use crate::process;
use crate::session_record::SessionRecord;

/// How long ending what was left behind may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Whether a session has a keeper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A keeper holds it.
    Kept,
    /// None does, and the journal says how it ended.
    Ended,
}

/// Finds out, and mends what a dead keeper could not.
///
/// # Errors
/// The session's files cannot be used.
pub async fn standing(home: &Home, id: &SessionId) -> Result<Standing, Problem> {
    let (home, id) = (home.clone(), id.clone());
    blocking(move || {
        let Some(lock) = try_lock(&home, &id)? else { return Ok(Standing::Kept) };
        mend(&home, &id)?;
        drop(lock);
        Ok(Standing::Ended)
    })
    .await
}

/// What the session's journals tell.
///
/// # Errors
/// The session's files cannot be used.
pub async fn past(home: &Home, record: &SessionRecord) -> Result<replay::Past, Problem> {
    let (folder, tally) = (home.session(&record.id), record.tally());
    blocking(move || replay::read(&folder, tally).map_err(|error| home::unwritable(&error))).await
}

fn try_lock(home: &Home, id: &SessionId) -> Result<Option<File>, Problem> {
    let path = lock_file(home, id);
    let file = match File::options().write(true).open(&path) {
        Ok(file) => file,
        // No keeper has ever had it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| home::unwritable(&error))?,
        Err(error) => return Err(home::unwritable(&error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(home::unwritable(&error)),
    }
}

fn mend(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let record = SessionRecord::load(home, id)?;
    let folder = home.session(id);
    let past = replay::read(&folder, record.tally()).map_err(|error| home::unwritable(&error))?;
    if past.ended || !past.kept {
        return Ok(());
    }
    let killed = process::sweep(id, LIMIT);
    let left_behind: Vec<String> = killed.ended.into_iter().map(|(_, name)| name).collect();
    let note = Note::Ended { outcome: Outcome::Lost, left_behind };
    let payload = serde_json::to_vec(&note)
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    let (mut journal, _) =
        Writer::open(&folder.join(JOURNAL)).map_err(|error| home::unwritable(&error))?;
    journal.append(Kind::Note, &payload);
    journal.sync().map_err(|error| home::unwritable(&error))
}

/// Runs what blocks where it may.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Problem::new(ProblemCode::Internal, error.to_string())))
}
