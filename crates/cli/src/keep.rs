//! `bosk keep`: the process that a session lives in. A rehearsal's scripted server lives in it too,
//! so it is there exactly as long as the session that needs it.

use std::path::PathBuf;
use std::process::ExitCode;

use bosk_core::launch::Backend;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_rehearsal::{REMOVED_VARIABLES, Scripts, Server};
use bosk_runtime::home::Home;
use bosk_runtime::keeper::{self, Overrides};
use bosk_runtime::session_record::SessionRecord;

/// What the keeper is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Bosk's folder.
    #[arg(long)]
    home: PathBuf,
    /// The session.
    id: String,
}

/// Keeps the session to its end.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    // One thread: the CLI is killed with the thread that spawned it (PR_SET_PDEATHSIG).
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(_) => return ExitCode::FAILURE,
    };
    match runtime.block_on(keep(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!(%problem, "the session cannot be kept");
            ExitCode::FAILURE
        }
    }
}

async fn keep(arguments: &Arguments) -> Result<(), Problem> {
    let home = Home::at(arguments.home.clone())?;
    let id = SessionId::parse(&arguments.id)
        .map_err(|error| Problem::new(ProblemCode::InvalidInput, error.to_string()))?;
    crate::logging::to_file(&home.session(&id).join("keeper.log"));
    tracing::info!(%id, version = env!("CARGO_PKG_VERSION"), "keeping");
    let record = SessionRecord::load(&home, &id)?;
    let Backend::Rehearsal { script } = &record.spec.backend else {
        return keeper::keep(&home, &id, Overrides::default()).await;
    };
    let server = Server::start(scripts(script.as_deref())?).await.map_err(Problem::from)?;
    // The person's own settings, hooks and transcripts of Claude stay out of a rehearsal.
    let claude = home.path().join("rehearsal");
    let mut set = bosk_rehearsal::environment(server.url(), "sk-ant-oat01-rehearsal");
    set.push(("CLAUDE_CONFIG_DIR".to_owned(), claude.to_string_lossy().into_owned()));
    let overrides = Overrides {
        set: set.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        remove: REMOVED_VARIABLES.iter().map(Into::into).collect(),
    };
    let kept = keeper::keep(&home, &id, overrides).await;
    server.stop().await;
    kept
}

/// The built-in scripts, with the named one, or the one in the named file, as what is played.
pub(crate) fn scripts(named: Option<&str>) -> Result<Scripts, Problem> {
    let Some(named) = named else { return Ok(Scripts::builtin()) };
    if !named.ends_with(".toml") {
        return Scripts::builtin().with_default(named).map_err(Problem::from);
    }
    let text = std::fs::read_to_string(named).map_err(|error| {
        Problem::new(ProblemCode::InvalidInput, format!("`{named}` cannot be read: {error}."))
    })?;
    Scripts::parse(&text).map_err(Problem::from)
}
