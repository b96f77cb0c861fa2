//! Reading what sessions have cost from their journals. Only the ends of turns are looked at, only in journals that
//! have changed since the time that is asked for, and only in what has been added to them since they were read last
//! (`kept`).

mod kept;
mod today;

use std::path::Path;
use std::time::{Duration, SystemTime};

use bosk_core::spend::{Counted, Spent};
use bosk_core::{Problem, SessionId};

use crate::catalog;
use crate::client::blocking;
use crate::home::Home;
use crate::journal::JOURNAL;
use crate::session_record::SessionRecord;

pub(crate) use today::may_spend_today;
pub use today::{Day, Today, require_money};

/// What all sessions have cost since then (seconds since 1970), by hour and model. A journal that was never read takes
/// about a second for a gigabyte of it.
///
/// # Errors
/// Bosk's folder cannot be read. A session that cannot be read is left out.
pub async fn spent(home: &Home, since: i64) -> Result<Vec<Spent>, Problem> {
    let home = home.clone();
    blocking(move || {
        let mut all = Vec::new();
        for id in catalog::ids(&home)? {
            if changed_since(&home.session(&id).join(JOURNAL), since) {
                all.extend(of_session(&home, &id).unwrap_or_default());
            }
        }
        all.retain(|one| one.hour + 3600 > since);
        Ok(all)
    })
    .await
}

/// What the CLI has counted for a session so far.
///
/// # Errors
/// Its journal cannot be read.
pub(crate) async fn counted(home: &Home, id: &SessionId) -> Result<Counted, Problem> {
    let folder = home.session(id);
    blocking(move || {
        let spending = kept::spending(&folder).map_err(|error| crate::home::unwritable(&error))?;
        Ok(spending.0.counted().clone())
    })
    .await
}

fn changed_since(journal: &Path, since: i64) -> bool {
    let since = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(since).unwrap_or(0));
    let changed = std::fs::metadata(journal).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|changed| changed >= since)
}

fn of_session(home: &Home, id: &SessionId) -> Option<Vec<Spent>> {
    let record = SessionRecord::load(home, id).ok()?;
    let (spending, _) = kept::spending(&home.session(id)).ok()?;
    Some(spending.all(id, &record.repository_name).collect())
}
