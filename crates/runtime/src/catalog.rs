//! Which sessions there are, and where each of them stands. Live ones are asked; ended ones are read
//! from the index, or from their journal where the index does not know them. Not here: following
//! them ([`crate::fleet`]).

mod index;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::client::reconcile::{self, blocking};
use crate::client::{Connection, Standing, standing};
use crate::home::{self, Home};
use crate::journal::JOURNAL;
use crate::session_record::SessionRecord;

pub use index::Index;

/// How long a session may be kept by nobody who answers: a keeper that starts or ends, or one that
/// died while it forked, since the fork holds its lock until it has become another program.
const IN_BETWEEN: Duration = Duration::from_secs(1);

/// How often it is looked at then: a lock that is let go is no event.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// A session, or why it cannot be shown.
pub type Listed = Result<SessionSummary, (SessionId, Problem)>;

/// The ids of all sessions, in no order.
///
/// # Errors
/// Bosk's folder cannot be read.
pub fn ids(home: &Home) -> Result<Vec<SessionId>, Problem> {
    let mut found = folders(home)?;
    found.retain(|id| began(home, id));
    Ok(found)
}

fn folders(home: &Home) -> Result<Vec<SessionId>, Problem> {
    let unreadable = |error: std::io::Error| home::unwritable(&error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(home.sessions()).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        found.extend(name.to_str().and_then(|name| SessionId::parse(name).ok()));
    }
    Ok(found)
}

/// A folder without a record is a launch that was broken off before it began.
fn began(home: &Home, id: &SessionId) -> bool {
    home.session(id).join(crate::session_record::FILE).exists()
}

/// The one session whose id begins with `start`.
///
/// # Errors
/// There is none, or more than one.
pub fn find(home: &Home, start: &str) -> Result<SessionId, Problem> {
    let wanted = start.to_ascii_lowercase();
    let mut found = ids(home)?;
    found.retain(|id| id.as_str().starts_with(&wanted));
    let (message, hint) = match (found.pop(), found.is_empty()) {
        (Some(id), true) if !wanted.is_empty() => return Ok(id),
        (None, _) => (
            format!("There is no session whose id begins with `{start}`."),
            "`bosk ls` lists the sessions there are.",
        ),
        (Some(_), _) => (
            format!("More than one session's id begins with `{start}`."),
            "Give more of its digits.",
        ),
    };
    Err(Problem::new(ProblemCode::SessionUnknown, message).hint(hint))
}

/// All sessions, the newest first.
///
/// # Errors
/// Bosk's folder cannot be read. A single session that cannot be shown is told in its place.
pub async fn list(home: &Home) -> Result<Vec<Listed>, Problem> {
    let all = home.clone();
    let (index, mut listed, others) = blocking(move || {
        let index = Index::open(&all);
        let (rows, others) = indexed(&all, &index)?;
        Ok((index, rows, others))
    })
    .await?;
    for id in others {
        listed.push(summary(home, &index, &id).await.map_err(|problem| (id, problem)));
    }
    listed.sort_by_key(|one| std::cmp::Reverse(one.as_ref().map_or(0, |row| row.created_at)));
    Ok(listed)
}

/// The rows that the index has, read at once, and the sessions that it does not know.
fn indexed(home: &Home, index: &Index) -> Result<(Vec<Listed>, Vec<SessionId>), Problem> {
    let folders = folders(home)?;
    let lengths: HashMap<&str, u64> =
        folders.iter().map(|id| (id.as_str(), journal_length(home, id))).collect();
    let mut rows = index.all(|id| lengths.get(id).copied());
    let (mut known, mut others) = (Vec::with_capacity(rows.len()), Vec::new());
    for id in &folders {
        match rows.remove(id) {
            Some(summary) => known.push(Ok(summary)),
            None if began(home, id) => others.push(id.clone()),
            None => {}
        }
    }
    Ok((known, others))
}

/// Where one session stands.
///
/// # Errors
/// Its files cannot be used.
pub async fn summary(
    home: &Home,
    index: &Index,
    id: &SessionId,
) -> Result<SessionSummary, Problem> {
    // A session that the index saw end has no keeper unless its journal has grown since.
    if let Some(summary) = index.get(id, journal_length(home, id)) {
        return Ok(summary);
    }
    let begun = Instant::now();
    while standing(home, id).await? == Standing::Kept && begun.elapsed() < IN_BETWEEN {
        if let Ok(connection) = Connection::open(home, id).await
            && let Ok(status) = connection.status().await
        {
            return Ok(status.summary);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    // It ended just now, if it was kept: then its journal tells.
    told_by_journal(home, index, id).await
}

/// Where a session stands that no keeper can be asked about.
///
/// # Errors
/// Its files cannot be used.
pub(crate) async fn told_by_journal(
    home: &Home,
    index: &Index,
    id: &SessionId,
) -> Result<SessionSummary, Problem> {
    let record = SessionRecord::load(home, id)?;
    let past = reconcile::past(home, &record).await?;
    let summary = past.tally.summary().clone();
    if past.ended {
        index.put(&summary, journal_length(home, id));
    }
    Ok(summary)
}

fn journal_length(home: &Home, id: &SessionId) -> u64 {
    std::fs::metadata(home.session(id).join(JOURNAL)).map_or(0, |metadata| metadata.len())
}
