//! `bosk kill`: everything of a session at once, without asking it.

use bosk_core::wire::{Call, Killed};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog;
use bosk_runtime::home::Home;

use super::keeper;
use crate::failure::{Exit, Failure};
use crate::print::killed;
use crate::screen::print;

/// What is killed.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
}

/// Kills.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let said = keeper(home, &id).await?.call(Call::Kill).await?;
    let said: Killed = serde_json::from_value(said)
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    print(&match said.processes.is_empty() && said.left.is_empty() {
        true => "Nothing of it ran any more.\n".to_owned(),
        false => killed(&said.processes, &said.left),
    })?;
    Ok(if said.left.is_empty() { Exit::Done } else { Exit::Failed })
}
