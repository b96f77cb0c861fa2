//! The repository's command beside Claude, as a client sees it: its keeper starts, ends and hears it. Not here: how
//! (`crate::keeper`).

use bosk_core::wire::{Call, RunOutput};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::Connection;
use crate::home::Home;

/// Starts it.
///
/// # Errors
/// The session does not run, there is no such command, or it cannot be started.
pub async fn start_run(home: &Home, id: &SessionId) -> Result<(), Problem> {
    Connection::open(home, id).await?.call(Call::StartRun).await.map(drop)
}

/// Has it end.
///
/// # Errors
/// The session does not run.
pub async fn stop_run(home: &Home, id: &SessionId) -> Result<(), Problem> {
    Connection::open(home, id).await?.call(Call::StopRun).await.map(drop)
}

/// What it has printed since `from`, which is where the last answer ended. It answers when there is more, or it does
/// not run.
///
/// # Errors
/// The session does not run.
pub async fn run_log(home: &Home, id: &SessionId, from: u64) -> Result<RunOutput, Problem> {
    let said = Connection::open(home, id).await?.call(Call::RunLog { from }).await?;
    serde_json::from_value(said)
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
}
