//! Reading what sessions have cost from their journals. Only the ends of turns are looked at, and only journals that
//! have changed since the time that is asked for.

use std::path::Path;
use std::time::{Duration, SystemTime};

use bosk_core::claude::message::{Message, parse};
use bosk_core::journal::{self, Kind};
use bosk_core::lines::Line;
use bosk_core::spend::{Spending, Spent};
use bosk_core::{Problem, SessionId};
use memchr::memmem;

use crate::catalog;
use crate::client::blocking;
use crate::home::Home;
use crate::journal::{JOURNAL, Reader};
use crate::session_record::SessionRecord;

/// The longest line that is looked at: an end of a turn repeats Claude's last words.
const LONGEST: usize = 1 << 20;

/// What all sessions have cost since then (seconds since 1970), by hour and model. It reads whole journals, so it takes
/// about a second for a gigabyte of them.
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

fn changed_since(journal: &Path, since: i64) -> bool {
    let since = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(since).unwrap_or(0));
    let changed = std::fs::metadata(journal).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|changed| changed >= since)
}

fn of_session(home: &Home, id: &SessionId) -> Option<Vec<Spent>> {
    let record = SessionRecord::load(home, id).ok()?;
    let mut spending = Spending::default();
    let ends = memmem::Finder::new(b"\"modelUsage\"");
    let mut reader = Reader::open(&home.session(id).join(JOURNAL), LONGEST).ok()?;
    let read = reader.read_all(|line| {
        let Line::Whole(line) = line else { return };
        if ends.find(line).is_some()
            && let Ok(record) = journal::decode(line)
            && record.header.kind == Kind::Output
            && let Ok(Message::Result(result)) = parse(record.payload)
        {
            spending.take(&result, record.header.wall);
        }
    });
    read.ok()?;
    Some(spending.all(id, &record.repository_name).collect())
}
