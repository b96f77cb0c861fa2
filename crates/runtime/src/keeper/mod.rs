//! The keeper: one small process for each running session. It alone owns the CLI's pipes, writes
//! what the CLI prints to the journal before anyone sees it, serves clients on a local socket, and
//! ends the whole tree. Killing the window, updating it or logging out of it ends no session.
//!
//! One thread does everything ([`actor`]), so the CLI is spawned by a thread that lives as long as
//! the keeper. Not here: what the states mean (`bosk_core::session`), and who starts a keeper
//! ([`crate::client`]).

mod actor;
mod beside;
mod calls;
mod check;
mod checkpoint;
mod claim;
mod cli;
mod confine;
mod conversation;
pub(crate) mod disk;
mod ending;
mod limits;
mod lock;
mod meter;
mod money;
mod output;
mod partials;
mod pause;
pub(crate) mod prepare;
mod publish;
mod quiet;
mod ready;
pub mod replay;
pub(crate) mod script;
mod server;
mod shared;
mod signals;
mod spare;
mod throttle;
mod warm;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use bosk_core::settings::Settings;
use bosk_core::wire::Ready;
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::home::{self, Home};
use crate::process;
use crate::session_record::SessionRecord;
use crate::socket;

pub use lock::lock_file;
pub(crate) use lock::{open_lock, take, take_lock};

/// What a keeper changes in the environment of its session: how a rehearsal is done.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Set, above everything else.
    pub set: Vec<(OsString, OsString)>,
    /// Taken out.
    pub remove: Vec<OsString>,
}

/// Keeps a session until it has ended. Says on standard output whether it can, once.
///
/// # Errors
/// The session has a keeper, or its folder or socket cannot be used.
pub async fn keep(home: &Home, id: &SessionId, overrides: Overrides) -> Result<(), Problem> {
    let local = tokio::task::LocalSet::new();
    local.run_until(keep_here(home, id, overrides, (None, None))).await
}

/// Keeps a session that is not known yet: starts a process of the CLI for it, says that it waits,
/// and goes on as [`keep`] does when `written` says that the session is written down. Where that never comes, or the
/// process has ended or grown old before, it ends and leaves nothing.
///
/// # Errors
/// As for [`keep`].
pub async fn keep_spare(
    home: &Home,
    id: &SessionId,
    written: impl Future<Output = bool>,
) -> Result<(), Problem> {
    process::become_subreaper().map_err(|error| home::unwritable(&error))?;
    let local = tokio::task::LocalSet::new();
    let kept = async {
        let (mut spare, ports) = spare::start(home, id).await;
        if spare::wait(&mut spare, written).await {
            return keep_here(home, id, Overrides::default(), (spare, ports)).await;
        }
        spare::end(spare);
        Ok(())
    };
    local.run_until(kept).await
}

async fn keep_here(
    home: &Home,
    id: &SessionId,
    overrides: Overrides,
    spare: actor::Spare,
) -> Result<(), Problem> {
    let (lock, actor, listener) = match open(home, id, overrides, spare) {
        Ok(opened) => opened,
        Err(problem) => {
            say(&Ready::Problem(problem.clone()));
            return Err(problem);
        }
    };
    say(&Ready::Listening);
    let serving = tokio::task::spawn_local(server::serve(listener, actor.shared()));
    actor.run().await;
    // Clients get the last words before the socket goes.
    let _ = serving.await;
    drop(lock);
    Ok(())
}

type Opened = (File, actor::Actor, interprocess::local_socket::tokio::Listener);

fn open(
    home: &Home,
    id: &SessionId,
    overrides: Overrides,
    spare: actor::Spare,
) -> Result<Opened, Problem> {
    let record = SessionRecord::load(home, id)?;
    let lock = take_lock(&lock_file(home, id), id)?;
    process::become_subreaper().map_err(|error| home::unwritable(&error))?;
    let mut actor = actor::Actor::open(home.clone(), record, overrides, spare)?;
    // That it was kept is written before anybody hears of it. A full disk is told later.
    let _ = actor.journal.flush();
    let listener = socket::listen(home, id).map_err(|error| {
        Problem::new(
            ProblemCode::HomeUnwritable,
            format!("The session's socket cannot be opened, so nothing was started: {error}."),
        )
    })?;
    Ok((lock, actor, listener))
}

/// Says one line to whoever started this process. Nobody may be listening; that is no error.
pub fn say(ready: &Ready) {
    let mut out = std::io::stdout().lock();
    if let Ok(text) = serde_json::to_string(ready) {
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }
}

/// The answer to a call that came too late.
fn ended() -> Problem {
    Problem::new(ProblemCode::SessionState, "The session has just ended, so this was not done.")
        .hint("Resume the session and try again.")
}

/// How long a spare process waits for its session; then its keeper ends.
#[must_use]
pub fn spare_age() -> Duration {
    Patience::of_environment().spare
}

/// How long things may take before the person is told. `BOSK_PATIENCE_MS` shortens all of them, for
/// tests of what is said then.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For the CLI's first answer: it takes 0.5–0.9 s (measured), and much more on a busy machine.
    start: Duration,
    /// For a spare process to be wanted: what it has read of settings and rights may have changed since.
    spare: Duration,
    /// For a sign of life while a turn runs. Thinking pauses reach 589 s (nimbalyst#802), so less than the usual
    /// 10 minutes cries wolf.
    silence: Duration,
    /// For tests: nothing of it is as the person has set it.
    fixed: bool,
    /// For a check. Whole test suites take minutes; one that waits for something which never comes would hold up
    /// whatever waits for the verdict.
    check: Duration,
}

impl Patience {
    fn of_environment() -> Self {
        let set = std::env::var("BOSK_PATIENCE_MS").ok().and_then(|text| text.parse().ok());
        match set.map(Duration::from_millis) {
            Some(patience) => Self {
                start: patience,
                spare: patience,
                silence: patience,
                check: patience,
                fixed: true,
            },
            None => Self {
                start: Duration::from_secs(20),
                spare: Duration::from_secs(30 * 60),
                silence: Duration::from_secs(600),
                check: Duration::from_secs(30 * 60),
                fixed: false,
            },
        }
    }

    /// As the person has set it.
    fn set(&mut self, settings: &Settings) {
        if !self.fixed {
            self.silence = Duration::from_secs(60 * u64::from(settings.stall_minutes.max(1)));
        }
    }
}
