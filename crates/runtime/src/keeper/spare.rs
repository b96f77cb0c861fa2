//! A process of the CLI that was started before its session is known, in a folder of Bosk's own that
//! is empty. What it says meanwhile belongs to no session and is dropped. Where it ends, or has grown old, its keeper
//! ends too. Not here: giving it a session ([`super::claim`]).

use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use bosk_core::SessionId;
use bosk_core::claude::message::{self, Message};
use bosk_core::claude::{args, input};
use bosk_core::lines::{Line, Lines};
use bosk_core::wire::Ready;

use super::actor::{KILL_LIMIT, Spare};
use super::cli::{Running, Said};
use super::{Overrides, Patience, say};
use crate::home::Home;
use crate::usage::condition;
use crate::{claude, files, ports, process};

/// The name of the greeting, which no request of a session's has.
const GREETING: &str = "bosk-spare";

/// How often it is looked whether the machine can spare it. Nothing tells of that everywhere.
const LOOKS: Duration = Duration::from_secs(30);

/// The longest line that is looked at: an answer to a greeting has some 50 KB.
const LONGEST: usize = 1 << 20;

/// Starts and greets it. None where that cannot be: then the session gets a new one.
pub(super) async fn start(home: &Home, id: &SessionId) -> Spare {
    let (at, own) = (home.clone(), id.clone());
    let held = tokio::task::spawn_blocking(move || ports::hold(&at, &own, None)).await;
    let held = held.ok().flatten();
    let set = ports::variables(held.as_ref().map(ports::Held::first));
    (start_with(home, id, Overrides { set, remove: Vec::new() }).await, held)
}

async fn start_with(home: &Home, id: &SessionId, overrides: Overrides) -> Option<Running> {
    let settings = crate::settings::peek(home);
    let named = settings.claude.map(PathBuf::from);
    let own = process::Environment::own();
    let folder = home.path().join("spare");
    let started = async {
        let cli = claude::find(&own, named.as_deref()).await?;
        files::create_private_folder(&folder).map_err(|error| crate::home::unwritable(&error))?;
        Running::start(home, id, &cli, &folder, args::spare(id), &overrides, None).await
    };
    let running = match started.await {
        Ok(running) => running,
        Err(problem) => {
            tracing::debug!(%problem, "no spare process");
            return None;
        }
    };
    let greeting = input::request(GREETING, &input::initialize(None));
    running.send(greeting).is_ok().then_some(running)
}

/// Waits for the word that it is wanted, and says on standard output once it is ready itself. Whether the word came
/// while it was there.
pub(super) async fn wait(
    running: &mut Option<Running>,
    wanted: impl Future<Output = bool>,
) -> bool {
    let mut wanted = pin!(wanted);
    let (mut buffer, mut lines, mut said) = (Vec::new(), Lines::new(LONGEST), false);
    let mut looks = tokio::time::interval(LOOKS);
    let mut old = pin!(tokio::time::sleep(Patience::of_environment().spare));
    loop {
        if running.is_none() {
            // There is nothing to wait for, which is as well for who waits.
            if !said {
                say(&Ready::Parked);
            }
            return false;
        }
        tokio::select! {
            biased;
            wanted = &mut wanted => return wanted,
            heard = Running::next(running, &mut buffer, true) => match heard {
                Said::Output => lines.feed(&buffer, |line| {
                    if !said && is_greeted(line) {
                        said = true;
                        say(&Ready::Parked);
                    }
                }),
                Said::Error => {}
                Said::Died | Said::Gone(_) => end(running.take()),
            },
            () = &mut old => end(running.take()),
            _ = looks.tick() => {
                if condition::memory_is_short() {
                    end(running.take());
                }
            }
        }
    }
}

fn is_greeted(line: Line<'_>) -> bool {
    let Line::Whole(line) = line else { return false };
    matches!(message::parse(line), Ok(Message::Response(answer)) if answer.response.request_id == GREETING)
}

/// Ends it and whatever came of it.
pub(super) fn end(running: Option<Running>) {
    if let Some(running) = running {
        let killed = running.tree().kill(KILL_LIMIT);
        tracing::debug!(?killed, "a spare process was not needed");
    }
}
