//! Sending a message to a session, whether it runs or has ended.

use bosk_core::journal::Message;
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::reconcile::{Standing, standing};
use super::{Connection, ended, start};
use crate::home::Home;
use crate::session_record::SessionRecord;
use crate::spend::require_money;

/// Sends a message. A session that has ended is started again in the same conversation first;
/// returns whether that was so.
///
/// # Errors
/// There is nothing to send, or no such session, or it can be neither reached nor started; or the day has cost what it
/// may.
pub async fn send(home: &Home, id: &SessionId, text: &str) -> Result<bool, Problem> {
    let uuid = new_name();
    send_message(home, id, Message { uuid, text: text.to_owned(), images: vec![] }).await
}

/// A name for a message that no other has.
#[must_use]
pub fn new_name() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// As [`send`], with a name of the caller's and with pictures. Sent twice under the same name, it is
/// one message.
///
/// # Errors
/// As for [`send`].
pub async fn send_message(home: &Home, id: &SessionId, message: Message) -> Result<bool, Problem> {
    if message.text.trim().is_empty() && message.images.is_empty() {
        return Err(Problem::new(ProblemCode::InvalidInput, "There is nothing to send.")
            .hint("Write what Claude is to do next."));
    }
    let record = SessionRecord::load(home, id)?;
    require_money(home, &record.spec.backend).await?;
    if standing(home, id).await? == Standing::Kept {
        match deliver(home, id, message.clone()).await {
            Ok(()) => return Ok(false),
            // It was about to end: the message has not been taken, so it may be sent again.
            Err(problem) if is_over(&problem) => ended::ended(home, id).await?,
            Err(problem) => return Err(problem),
        }
    }
    start::resume(home, id).await?;
    deliver(home, id, message).await?;
    Ok(true)
}

async fn deliver(home: &Home, id: &SessionId, message: Message) -> Result<(), Problem> {
    Connection::open(home, id).await?.call(Call::Send(message)).await.map(drop)
}

const fn is_over(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::KeeperUnreachable | ProblemCode::SessionState)
}
