//! `bosk stop`: ends a session and waits until nothing of it runs any more.

use bosk_core::session::{Outcome, StopReason, StopStep};
use bosk_core::transcript::EntryBody;
use bosk_core::transcript::fold::Change;
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog;
use bosk_runtime::client::{Standing, standing};
use bosk_runtime::home::Home;

use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::follow::Following;
use crate::screen::{paint, print};
use crate::words::{glyph, outcome_glance, outcome_words};

/// What is stopped.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
}

/// Stops.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    if standing(home, &id).await? == Standing::Ended {
        print("It has ended already.\n")?;
        return Ok(Exit::Done);
    }
    let mut following = Following::start(home, &id, 0).await;
    if let Some(keeper) = &following.connection {
        match keeper.call(Call::Stop { reason: StopReason::Person }).await {
            // It ended of itself meanwhile: that is as good.
            Err(problem) if !is_over(&problem) => return Err(problem.into()),
            _ => {}
        }
    }
    let mut last: Option<(Outcome, Vec<String>)> = None;
    let mut last_rung = None;
    while let Some(heard) = following.next().await? {
        for change in heard.changes {
            let Change::Push(entry) = change else { continue };
            match entry.body {
                EntryBody::Stopping { step, .. } => last_rung = Some(step),
                EntryBody::Ended { outcome, left_behind } => last = Some((outcome, left_behind)),
                EntryBody::Resumed => {
                    (last, last_rung) = (None, None);
                }
                _ => {}
            }
        }
    }
    let Some((outcome, left_behind)) = last else {
        return Ok(Exit::Done);
    };
    let (shape, style) = glyph(outcome_glance(&outcome));
    let mut text = format!("{} {}\n", paint(style, shape), outcome_words(&outcome));
    match last_rung {
        Some(StopStep::Terminate) => text.push_str("  Its processes had to be asked to end.\n"),
        Some(StopStep::Kill) => text.push_str("  Its processes had to be killed.\n"),
        _ => {}
    }
    if !left_behind.is_empty() {
        let names = one_line(&left_behind.join(", "), 1000);
        text.push_str(&format!("  Killed, since it was left behind: {names}\n"));
    }
    print(&text)?;
    Ok(Exit::Done)
}

const fn is_over(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::KeeperUnreachable | ProblemCode::SessionState)
}
