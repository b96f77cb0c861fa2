//! The person's messages in a session, and where the conversation stood before each.

use bosk_core::journal::{Decision, Message};
use bosk_core::lines::Line;
use bosk_core::session::Points;
use bosk_core::transcript::fold::LONGEST_LINE;
use bosk_core::{Problem, ProblemCode, SessionId, journal};

use super::reconcile::blocking;
use crate::home::{self, Home};
use crate::journal::{DECISIONS, JOURNAL, Reader, read_decisions};

/// Reads them from the journal: about a second for a gigabyte of it.
///
/// # Errors
/// The journal cannot be read.
pub async fn points(home: &Home, id: &SessionId) -> Result<Points, Problem> {
    let (path, id) = (home.session(id).join(JOURNAL), id.clone());
    blocking(move || {
        let mut points = Points::new(id);
        let mut reader =
            Reader::open(&path, LONGEST_LINE).map_err(|error| home::unwritable(&error))?;
        let read = reader.read_all(|line| {
            if let Line::Whole(line) = line
                && let Ok(record) = journal::decode(line)
            {
                points.take(&record);
            }
        });
        read.map(|()| points).map_err(|error| home::unwritable(&error))
    })
    .await
}

/// A message as the person sent it, with its pictures; none where they never did.
///
/// # Errors
/// The session's decisions cannot be read.
pub async fn message(home: &Home, id: &SessionId, uuid: &str) -> Result<Option<Message>, Problem> {
    let (path, uuid) = (home.session(id).join(DECISIONS), uuid.to_owned());
    blocking(move || {
        let decisions = read_decisions(&path).map_err(|error| home::unwritable(&error))?;
        Ok(decisions.into_iter().find_map(|decision| match decision {
            Decision::Sent(message) if message.uuid == uuid => Some(message),
            _ => None,
        }))
    })
    .await
}

/// There is no such message.
pub(super) fn unknown() -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        "The session has no such message of yours, so nothing was changed.",
    )
    .hint("`bosk back` lists the messages there are.")
}
