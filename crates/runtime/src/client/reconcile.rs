//! The truth about sessions whose keeper is gone. A keeper that died could not write the end down:
//! whoever comes next ends what it left behind, writes that the session was lost, and so makes it
//! resumable. The lock decides who that is.

use std::fs::TryLockError;
use std::time::Duration;

use bosk_core::journal::{Kind, Note};
use bosk_core::session::Outcome;
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::home::{self, Home};
use crate::journal::{JOURNAL, Writer, writer};
use crate::keeper::{self, lock_file, replay};
use crate::process;
use crate::session_record::SessionRecord;

/// How long ending what was left behind may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The longest that a launch may take until its keeper has written something, in milliseconds.
const LAUNCH: i64 = 2 * 60 * 1000;

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
        // Only a look, and over at once: a keeper that starts now wants the lock for itself.
        let path = lock_file(&home, &id);
        match keeper::open_lock(&path)?.try_lock_shared() {
            Err(TryLockError::WouldBlock) => return Ok(Standing::Kept),
            looked => looked.map_err(|error| home::unwritable(&error.into()))?,
        }
        if is_unfinished(&home, &id)? {
            let lock = keeper::open_lock(&path)?;
            if !keeper::take(&lock)? {
                return Ok(Standing::Kept);
            }
            mend(&home, &id)?;
        }
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

/// Whether a keeper has died before it could write the end down. One that was launched just now may
/// not have come so far.
fn is_unfinished(home: &Home, id: &SessionId) -> Result<bool, Problem> {
    let record = SessionRecord::load(home, id)?;
    let past = replay::read(&home.session(id), record.tally());
    let past = past.map_err(|error| home::unwritable(&error))?;
    let age = writer::wall_clock().saturating_sub(record.created_at);
    Ok(!past.ended && (past.kept || age > LAUNCH))
}

fn mend(home: &Home, id: &SessionId) -> Result<(), Problem> {
    // Somebody else may have been faster.
    if !is_unfinished(home, id)? {
        return Ok(());
    }
    let folder = home.session(id);
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
