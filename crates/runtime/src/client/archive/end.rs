//! Ending sessions so that their folder can go: exactly those that the person was shown, as they were shown. Not here:
//! the removal itself, which still refuses whatever runs there.

use std::path::Path;
use std::time::Duration;

use bosk_core::git::RemovalToken;
use bosk_core::session::{SessionSummary, State, StopReason};
use bosk_core::worktree::Ending;
use bosk_core::{Problem, ProblemCode};

use super::idle::{inside, runs};
use crate::client::ended;
use crate::git::{Repository, remove};
use crate::home::Home;

/// How long all of them together may take to end: the stop ladder, and what a full machine adds.
const ENDING: Duration = Duration::from_secs(60);

/// Ends the sessions in the folder, and waits until nothing of them runs. Where all of them rest, the folder must still
/// be as the person saw it (an empty token: nothing of it goes): then none is ended for nothing. What is at work may
/// have written since, which the removal finds.
///
/// # Errors
/// The folder has changed; another session runs there, or one that rested is at work again: then none is ended. Or one
/// does not end.
pub async fn end(
    home: &Home,
    path: &Path,
    folder: &Path,
    token: &RemovalToken,
    ending: &Ending,
) -> Result<(), Problem> {
    if *ending == Ending::default() {
        return Ok(());
    }
    let folder_goes = *token != RemovalToken::default();
    let mut live = Vec::new();
    for (id, row) in inside(home, folder).await? {
        match row.filter(|row| !row.state.is_ended()) {
            Some(row) if may_end(&row, ending)? => live.push(row),
            Some(_) if folder_goes => return Err(runs(&id)),
            // Whether one runs that has no row, the removal finds.
            _ => {}
        }
    }
    if live.is_empty() {
        return Ok(());
    }
    if folder_goes && live.iter().all(SessionSummary::rests) {
        let repository = Repository::discover(path).await?;
        if remove::plan(&repository, &home.trash(), folder, None).await?.token != *token {
            return Err(remove::changed());
        }
    }
    for row in &live {
        stop(home, row).await;
    }
    let all = async {
        for row in &live {
            ended::ended(home, &row.id).await?;
        }
        Ok(())
    };
    tokio::time::timeout(ENDING, all).await.unwrap_or_else(|_| {
        let text = "A session in the worktree does not end, so the worktree was left alone.";
        Err(Problem::new(ProblemCode::TimedOut, text).hint("Kill what it runs, then try again."))
    })
}

/// Whether the person has agreed to it.
fn may_end(row: &SessionSummary, ending: &Ending) -> Result<bool, Problem> {
    if ending.working.contains(&row.id) {
        return Ok(true);
    }
    if ending.resting.contains(&row.id) && !row.rests() {
        return Err(Problem::new(
            ProblemCode::SessionState,
            format!(
                "Session `{}` has begun to work since you looked, so it goes on.",
                row.id.short()
            ),
        )
        .hint("Wait until it is done, or stop it."));
    }
    Ok(ending.resting.contains(&row.id))
}

async fn stop(home: &Home, row: &SessionSummary) {
    // Asked twice, the ladder is climbed without its pauses.
    if matches!(row.state, State::Stopping { .. }) {
        return;
    }
    let reason = if row.rests() { StopReason::Finished } else { StopReason::Person };
    ended::ask_to_stop(home, &row.id, reason).await;
}
