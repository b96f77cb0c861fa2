//! `bosk dispatch`: the process that starts what waits. Started by Bosk itself, and gone when nothing waits.

use std::path::PathBuf;
use std::process::ExitCode;

use bosk_core::Problem;
use bosk_core::wire::Ready;
use bosk_runtime::home::Home;
use bosk_runtime::{diagnostics, keeper, queue};

/// What it is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Bosk's folder.
    #[arg(long)]
    home: PathBuf,
}

/// Dispatches until the queue is empty.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let done = runtime.block_on(dispatch(arguments));
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!(%problem, "the queue stands still");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(arguments: &Arguments) -> Result<(), Problem> {
    let home = Home::at(arguments.home.clone())?;
    diagnostics::to_file(&home.queue().join("dispatch.log"));
    let mut told = false;
    let done = queue::dispatch(&home, || {
        told = true;
        keeper::say(&Ready::Listening);
    });
    let done = done.await;
    if let (Err(problem), false) = (&done, told) {
        keeper::say(&Ready::Problem(problem.clone()));
    }
    done
}
