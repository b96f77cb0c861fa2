//! Trying again what failed for want of a sign-in, or at the service: the last message, in a process
//! that is started anew, since a running one keeps the token that it was started with.

use bosk_core::journal::{Decision, Message};
use bosk_core::session::StopReason;
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::reconcile::{self, Standing, standing};
use super::{Connection, back, ended, send, start};
use crate::home::{self, Home};
use crate::journal::{DECISIONS, read_decisions};
use crate::session_record::SessionRecord;
use crate::spend::require_money;

/// Sends the session's last message once more.
///
/// # Errors
/// The session has none, or it can be neither ended nor started.
pub async fn again(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let record = SessionRecord::load(home, id)?;
    // Before anything of it is ended.
    require_money(home, &record.spec.backend).await?;
    back::settle(home, id).await?;
    let past = reconcile::past(home, &record).await?;
    if past.tally.summary().rewound.as_ref().is_some_and(|back| back.conversation) {
        return Err(Problem::new(
            ProblemCode::SessionState,
            "You went back to before the last message, so it is not sent again.",
        )
        .hint("Write what Claude is to do next."));
    }
    let path = home.session(id).join(DECISIONS);
    let decisions = reconcile::blocking(move || {
        read_decisions(&path).map_err(|error| home::unwritable(&error))
    })
    .await?;
    let last = last_message(&decisions).ok_or_else(|| {
        Problem::new(ProblemCode::SessionState, "Nothing was sent in this session yet.")
    })?;
    if standing(home, id).await? == Standing::Kept {
        let stop = Call::Stop { reason: StopReason::Finished };
        // It may be ending by itself, which is as good.
        if let Ok(connection) = Connection::open(home, id).await {
            let _ = connection.call(stop).await;
        }
        ended::ended(home, id).await?;
    }
    // What the CLI never took is handed to it by the resume itself.
    let past = reconcile::past(home, &record).await?;
    if past.mailbox.has(&last.uuid) {
        return start::resume(home, id).await;
    }
    send::send_message(home, id, Message { uuid: send::new_name(), ..last }).await.map(drop)
}

/// The last message that was not taken back.
fn last_message(decisions: &[Decision]) -> Option<Message> {
    let mut messages: Vec<&Message> = Vec::new();
    for decision in decisions {
        match decision {
            Decision::Sent(message) => messages.push(message),
            Decision::Removed { uuid } => messages.retain(|message| message.uuid != *uuid),
            _ => {}
        }
    }
    messages.last().copied().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_was_taken_back_is_not_sent_again() {
        let sent = |uuid: &str| {
            Decision::Sent(Message { uuid: uuid.into(), text: uuid.into(), images: vec![] })
        };
        let removed = Decision::Removed { uuid: "b".into() };
        let decisions = [sent("a"), sent("b"), Decision::Interrupted, removed];
        assert_eq!(last_message(&decisions).unwrap().uuid, "a");
        assert_eq!(last_message(&decisions[2..]), None);
    }
}
