//! `bosk pause` and `bosk go`: one session, or all that run.

use bosk_core::SessionId;
use bosk_core::session::PausedBy;
use bosk_core::wire::Call;
use bosk_runtime::catalog;
use bosk_runtime::home::Home;

use super::keeper;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{note, print};

/// What is paused, or let go on.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    id: Option<String>,
    /// All sessions that run
    #[arg(long)]
    all: bool,
}

/// Pauses, or lets go on.
pub(crate) async fn run(home: &Home, arguments: &Arguments, pause: bool) -> Result<Exit, Failure> {
    let call = || if pause { Call::Pause { by: PausedBy::Person } } else { Call::GoOn };
    let word = if pause { "Paused" } else { "Going on" };
    if let Some(id) = &arguments.id {
        let id = catalog::find(home, id)?;
        keeper(home, &id).await?.call(call()).await?;
        print(&format!("{word}.\n"))?;
        return Ok(Exit::Done);
    }
    let mut done = 0;
    for id in affected(home, pause).await? {
        // One that ends meanwhile, or cannot be paused just now, holds up no other.
        let outcome = match keeper(home, &id).await {
            Ok(keeper) => keeper.call(call()).await,
            Err(problem) => Err(problem),
        };
        match outcome {
            Ok(_) => done += 1,
            Err(problem) => note(&format!("{}: {}", id.short(), one_line(&problem.message, 400))),
        }
    }
    print(&format!("{word}: {done}.\n"))?;
    Ok(Exit::Done)
}

async fn affected(home: &Home, pause: bool) -> Result<Vec<SessionId>, Failure> {
    let listed = catalog::list(home).await?.into_iter().flatten();
    let wanted = listed.filter(|summary| match pause {
        true => summary.can_pause(),
        false => summary.paused.is_some(),
    });
    Ok(wanted.map(|summary| summary.id).collect())
}
