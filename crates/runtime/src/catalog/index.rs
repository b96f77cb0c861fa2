//! The index over journals: rows of ended sessions, so that a thousand of them are listed without
//! reading one journal. It may be deleted or damaged at any time, and is then made anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bosk_core::SessionId;
use bosk_core::session::SessionSummary;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::home::Home;

/// Grows with each change of the table or of what a row means: an older index is then made anew.
const VERSION: i32 = 1;

/// The index. Where it cannot be used, it knows nothing, and everything still works.
#[derive(Debug)]
pub struct Index(Option<Mutex<Connection>>);

/// What a row says, if the journal still is as long as when it was made.
fn at(row: &rusqlite::Row<'_>, length: u64) -> rusqlite::Result<Option<SessionSummary>> {
    if u64::try_from(row.get::<_, i64>("journal")?) != Ok(length) {
        return Ok(None);
    }
    // As it lies there: a thousand rows are read at the start, while others want the memory's lock.
    Ok(serde_json::from_str(row.get_ref("summary")?.as_str()?).ok())
}

impl Index {
    /// Opens or makes the index.
    #[must_use]
    pub fn open(home: &Home) -> Self {
        let path = home.index();
        let opened = open(&path).or_else(|error| {
            tracing::warn!(%error, "the index is made anew");
            for suffix in ["", "-wal", "-shm"] {
                let mut name = path.clone().into_os_string();
                name.push(suffix);
                let _ = std::fs::remove_file(name);
            }
            open(&path)
        });
        match opened {
            Ok(connection) => Self(Some(Mutex::new(connection))),
            Err(error) => {
                tracing::warn!(%error, "there is no index");
                Self(None)
            }
        }
    }

    /// The row of an ended session, if its journal still is as long as when the row was made.
    #[must_use]
    pub fn get(&self, id: &SessionId, journal: u64) -> Option<SessionSummary> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT journal, summary FROM session WHERE id = ?1")?
                .query_row([id.as_str()], |row| at(row, journal))
                .optional()
        })
        .flatten()
        .flatten()
    }

    /// The rows that hold, by their session's id. `journal` says how long a session's journal is, and
    /// nothing where there is no such session.
    pub(super) fn all(
        &self,
        journal: impl Fn(&str) -> Option<u64>,
    ) -> HashMap<SessionId, SessionSummary> {
        self.with(|connection| {
            let mut statement = connection.prepare("SELECT id, journal, summary FROM session")?;
            let mut rows = statement.query([])?;
            let mut found = HashMap::new();
            while let Some(row) = rows.next()? {
                if let Some(length) = journal(row.get_ref("id")?.as_str()?)
                    && let Some(summary) = at(row, length)?
                {
                    found.insert(summary.id.clone(), summary);
                }
            }
            Ok(found)
        })
        .unwrap_or_default()
    }

    /// Keeps the row of an ended session.
    pub fn put(&self, summary: &SessionSummary, journal: u64) {
        let (Ok(text), Ok(journal)) = (serde_json::to_string(summary), i64::try_from(journal))
        else {
            return;
        };
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO session (id, journal, summary) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![summary.id.as_str(), journal, text])
        });
    }

    /// Forgets a session.
    pub fn remove(&self, id: &SessionId) {
        self.with(|connection| {
            connection.execute("DELETE FROM session WHERE id = ?1", [id.as_str()])
        });
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Option<T> {
        let connection = self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).inspect_err(|error| tracing::debug!(%error, "the index")).ok()
    }
}

fn open(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    // It can be made anew, so a lost row costs nothing: no fsync for each.
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != VERSION {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE;
             DROP TABLE IF EXISTS session;
             CREATE TABLE session (id TEXT PRIMARY KEY, journal INTEGER NOT NULL, summary TEXT NOT NULL) STRICT, WITHOUT ROWID;
             PRAGMA user_version = {VERSION};
             COMMIT;"
        ))?;
    }
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bosk_core::session::Tally;

    fn summary() -> SessionSummary {
        let spec = serde_json::from_str(r#"{"repository":"/r","prompt":"x"}"#).unwrap();
        let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        Tally::new(id, &spec, "r", "/r", 5).summary().clone()
    }

    #[test]
    fn a_row_holds_for_the_journal_it_was_made_from() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let row = summary();
        Index::open(&home).put(&row, 10);
        let index = Index::open(&home);
        assert_eq!(index.get(&row.id, 10), Some(row.clone()));
        assert_eq!(index.get(&row.id, 11), None);
        assert_eq!(index.all(|_| Some(10)), HashMap::from([(row.id.clone(), row.clone())]));
        assert_eq!(index.all(|_| Some(11)), HashMap::new());
        assert_eq!(index.all(|_| None), HashMap::new());
        index.remove(&row.id);
        assert_eq!(index.get(&row.id, 10), None);
    }

    #[test]
    fn a_damaged_index_is_made_anew_and_a_missing_one_harms_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        std::fs::write(home.index(), b"this is no database, and long enough to be looked at")
            .unwrap();
        let row = summary();
        let index = Index::open(&home);
        index.put(&row, 1);
        assert_eq!(index.get(&row.id, 1), Some(row.clone()));
        assert_eq!(Index(None).get(&row.id, 1), None);
    }
}
