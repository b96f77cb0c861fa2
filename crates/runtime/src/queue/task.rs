//! What a task becomes, and what is done with its session once it is over. Not here: when (`dispatch`).

use bosk_core::launch::LaunchSpec;
use bosk_core::queue::Task;
use bosk_core::session::{State, StopReason, Turn};
use bosk_core::wire::Call;
use bosk_core::{Problem, SessionId};

use super::last_words::{last_words, with_words};
use crate::client::{self, Connection, blocking};
use crate::fleet::Rows;
use crate::home::Home;

/// What is launched: what a task builds on is known only when its turn has come.
pub(super) async fn spec(home: &Home, rows: &Rows, task: &Task) -> Result<LaunchSpec, Problem> {
    let mut spec = task.spec.clone();
    let Some(before) = &task.builds_on else { return Ok(spec) };
    let row = match rows.sessions.get(before) {
        Some(row) => row.clone(),
        None => rows.fleet.summary(before.clone()).await?,
    };
    if spec.base.is_none() {
        spec.base = row.branch;
    }
    let (at, before) = (home.clone(), before.clone());
    let words = blocking(move || Ok(last_words(&at, &before))).await?;
    if let Some(words) = words {
        // The branch is called after the person's own words.
        if spec.branch.is_none() && spec.makes_worktree() {
            spec.branch = client::plan(home, &spec).await.ok().map(|plan| plan.branch);
        }
        spec.prompt = with_words(&spec.prompt, &row.title, &words);
    }
    Ok(spec)
}

/// Ends the process of a session that is done, unless a message has come meanwhile, which is answered first.
pub(super) fn put_away(home: &Home, id: SessionId) {
    let home = home.clone();
    tokio::spawn(async move {
        if let Ok(connection) = Connection::open(&home, &id).await {
            let idle = connection.status().await.is_ok_and(|status| {
                status.summary.state == State::Running { turn: Turn::Idle }
                    && status.queue.is_empty()
                    && !status.summary.is_checking()
            });
            if idle {
                let _ = connection.call(Call::Stop { reason: StopReason::Finished }).await;
            }
        }
    });
}
