//! `bosk-keep`: the process that a session lives in. A program of its own, since each page of code that it does
//! without is memory for every session. A rehearsal's scripted server lives in it too, so it is there exactly as
//! long as the session that needs it. Not here: what a keeper does (`bosk_runtime::keeper`).

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use bosk_core::launch::Backend;
use bosk_core::wire::Ready;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_rehearsal::{REMOVED_VARIABLES, Scripts, Server};
use bosk_runtime::diagnostics;
use bosk_runtime::home::Home;
use bosk_runtime::keeper::{self, Overrides};
use bosk_runtime::session_record::SessionRecord;

/// What the keeper is told: `--home FOLDER SESSION [--spare]`.
struct Arguments {
    /// Bosk's folder.
    home: PathBuf,
    /// The session.
    id: String,
    /// Whether it starts a spare process; the session is known once a line comes by standard input.
    spare: bool,
}

impl Arguments {
    /// Only Bosk itself starts this program, so there is no help in it.
    fn read(mut words: impl Iterator<Item = OsString>) -> Option<Self> {
        if words.next()? != "--home" {
            return None;
        }
        let (home, id) = (words.next()?.into(), words.next()?.into_string().ok()?);
        Some(Self { home, id, spare: words.next().is_some_and(|word| word == "--spare") })
    }
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::read(std::env::args_os().skip(1)) else {
        let _ = writeln!(
            std::io::stderr(),
            "Bosk starts this program by itself. Use `bosk` or the window."
        );
        return ExitCode::from(2);
    };
    let arguments = &arguments;
    // One thread: the CLI is killed with the thread that spawned it (PR_SET_PDEATHSIG).
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(_) => return ExitCode::FAILURE,
    };
    let kept = runtime.block_on(async {
        if arguments.spare { keep_spare(arguments).await } else { keep(arguments).await }
    });
    // Standard input may still be waited for.
    runtime.shutdown_background();
    match kept {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!(%problem, "the session cannot be kept");
            ExitCode::FAILURE
        }
    }
}

async fn keep_spare(arguments: &Arguments) -> Result<(), Problem> {
    let home = Home::at(arguments.home.clone())?;
    let id = session(arguments)?;
    let written = async {
        let line = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
        let written = matches!(line.await, Ok(Ok(1..)));
        if written {
            diagnostics::to_file(&home.session(&id).join("keeper.log"));
            tracing::info!(%id, version = env!("CARGO_PKG_VERSION"), "keeping");
        }
        written
    };
    keeper::keep_spare(&home, &id, written).await
}

fn session(arguments: &Arguments) -> Result<SessionId, Problem> {
    SessionId::parse(&arguments.id)
        .map_err(|error| Problem::new(ProblemCode::InvalidInput, error.to_string()))
}

async fn keep(arguments: &Arguments) -> Result<(), Problem> {
    let (home, id, server) = match prepare(arguments).await {
        Ok(prepared) => prepared,
        Err(problem) => {
            give_up(&problem);
            return Err(problem);
        }
    };
    let Some(server) = server else {
        return keeper::keep(&home, &id, Overrides::default()).await;
    };
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

/// What must be there before the keeper can say that it is ready.
async fn prepare(arguments: &Arguments) -> Result<(Home, SessionId, Option<Server>), Problem> {
    let home = Home::at(arguments.home.clone())?;
    let id = session(arguments)?;
    diagnostics::to_file(&home.session(&id).join("keeper.log"));
    tracing::info!(%id, version = env!("CARGO_PKG_VERSION"), "keeping");
    let record = SessionRecord::load(&home, &id)?;
    let server = match &record.spec.backend {
        Backend::Account => None,
        Backend::Rehearsal { script } => {
            Some(Server::start(Scripts::named(script.as_deref())?).await.map_err(Problem::from)?)
        }
    };
    Ok((home, id, server))
}

/// Says why to whoever waits for this keeper. Nobody may be listening; that is no error.
fn give_up(problem: &Problem) {
    if let Ok(line) = serde_json::to_string(&Ready::Problem(problem.clone())) {
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
}
