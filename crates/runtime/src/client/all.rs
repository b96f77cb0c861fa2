//! One thing asked of many sessions at once: each keeper by itself, none waiting for another.

use bosk_core::SessionId;
use bosk_core::session::{PausedBy, SessionSummary, StopReason};
use bosk_core::wire::Call;
use tokio::task::JoinSet;

use super::Connection;
use crate::home::Home;

/// Freezes all that can be frozen. How many that were.
pub async fn pause(home: &Home, sessions: &[SessionSummary], by: PausedBy) -> usize {
    let able = sessions.iter().filter(|one| one.can_pause());
    each(home, able.map(|one| &one.id), || Call::Pause { by }).await
}

/// Lets all go on that are frozen for that reason, or for any. How many that were.
pub async fn go_on(home: &Home, sessions: &[SessionSummary], by: Option<PausedBy>) -> usize {
    let frozen = sessions
        .iter()
        .filter(|one| one.paused.is_some_and(|paused| by.is_none_or(|by| paused.by == by)));
    each(home, frozen.map(|one| &one.id), || Call::GoOn).await
}

/// Has all stopped that run. Their keepers see to it; nothing is waited for. How many that were.
pub async fn stop(home: &Home, sessions: &[SessionSummary]) -> usize {
    let live = sessions.iter().filter(|one| !one.state.is_ended());
    each(home, live.map(|one| &one.id), || Call::Stop { reason: StopReason::Person }).await
}

async fn each<'a>(
    home: &Home,
    ids: impl Iterator<Item = &'a SessionId>,
    call: impl Fn() -> Call,
) -> usize {
    let mut asked = JoinSet::new();
    for id in ids {
        let (home, id, call) = (home.clone(), id.clone(), call());
        asked.spawn(async move {
            let answer = match Connection::open(&home, &id).await {
                Ok(keeper) => keeper.call(call).await,
                Err(problem) => Err(problem),
            };
            // One that has just ended is none of them any more.
            answer.inspect_err(|problem| tracing::debug!(%problem, %id, "not asked")).is_ok()
        });
    }
    asked.join_all().await.into_iter().filter(|done| *done).count()
}
