//! Making a session ready, as the loop sees it: the folder and the CLI are looked for, then the repository's
//! script runs, then the CLI is started. Not here: how that is done ([`super::prepare`]).

use std::path::{Path, PathBuf};

use bosk_core::claude::args::arguments;
use bosk_core::journal::Note;
use bosk_core::session::{Input, State};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::actor::{Actor, KILL_LIMIT, Readied};
use super::cli::Running;
use super::prepare::Prepared;
use super::script::{Said, Script};
use crate::git::worktree;
use crate::home::Home;
use crate::ports::{self, Held};
use crate::{claude, process};

impl Actor {
    pub(super) fn start_preparing(&mut self) {
        self.preparing = true;
        let (home, record, place) = (self.home.clone(), self.record.clone(), self.place.clone());
        let to = self.prepared.0.clone();
        let set_up = self.set_up;
        let holds = self.ports.as_ref().map(Held::first);
        tokio::task::spawn_local(async move {
            let (settings, damaged) = crate::settings::load(&home);
            let parent = process::Environment::own();
            let named = settings.claude.map(PathBuf::from);
            let had = place.as_ref().and_then(|place| place.port);
            // They take some tens of milliseconds and do not need each other.
            let (mut prepared, cli, held) = tokio::join!(
                super::prepare::prepare(&home, &record, place, set_up),
                claude::find(&parent, named.as_deref()),
                take_ports(&home, &record.id, had, holds),
            );
            if let Ok(prepared) = &mut prepared {
                prepared.place.port = holds.or_else(|| held.as_ref().map(Held::first));
                prepared.ports = held;
            }
            if let (Ok(prepared), Some(problem)) = (&mut prepared, damaged) {
                prepared.warnings.push(problem.message);
            }
            let _ = to.send((prepared, cli)).await;
        });
    }

    pub(super) fn readied(&mut self, (prepared, cli): Readied) {
        self.preparing = false;
        let prepared = prepared.map(|prepared| self.take_place(prepared));
        match prepared.and(cli) {
            Ok(cli) => {
                self.cli = Some(cli);
                self.input(Input::WorktreeReady { setup: self.setup.is_some() });
            }
            Err(problem) => self.input(Input::PrepareFailed(problem)),
        }
    }

    /// The folder is there and is the session's, whatever comes next.
    pub(super) fn take_place(&mut self, prepared: Prepared) {
        for text in prepared.warnings {
            self.note(&Note::Warning { text });
        }
        // Also where only its ports are others than before.
        if self.place.as_ref() != Some(&prepared.place) {
            self.note(&Note::Prepared(prepared.place.clone()));
        }
        self.place = Some(prepared.place);
        self.ports = prepared.ports.or(self.ports.take());
        self.setup = prepared.setup;
        self.trusted = prepared.trusted;
    }

    /// What a script finds in its environment in that folder.
    pub(super) fn script_environment(&self, folder: &Path) -> process::Environment {
        let repository = Path::new(&self.record.repository_root);
        let port = self.ports.as_ref().map(Held::first);
        claude::environment::beside(&process::Environment::own(), repository, folder, port)
    }

    pub(super) fn run_setup(&mut self) {
        let (Some(setup), Some(place)) = (&self.setup, &self.place) else { return };
        let folder = Path::new(&place.folder);
        let env = self.script_environment(folder);
        let once = (setup.timeout(), self.journal.now());
        match Script::start(&setup.run, folder, env, &self.record, None, once) {
            Ok(script) => {
                self.script = Some(script);
                self.confine();
            }
            Err(error) => {
                let problem = failed(format!("The set-up script could not be started: {error}."));
                self.input(Input::SetupEnded { problem: Some(problem) });
            }
        }
    }

    pub(super) fn start_cli(&mut self) {
        let (Some(cli), Some(place)) = (self.cli.clone(), self.place.clone()) else { return };
        self.keep_before_next();
        // Known before the CLI is ready, most often.
        self.waits_for_money();
        // Looked at as late as can be: a link there would lead out.
        let folder = match self.record.spec.subfolder.as_deref() {
            Some(path) => worktree::subfolder_in(place.folder.as_ref(), path),
            None => Ok(place.folder.into()),
        };
        let folder = match folder {
            Ok(folder) => folder,
            Err(problem) => return self.input(Input::PrepareFailed(problem)),
        };
        if let Some(spare) = self.spare.take() {
            return self.claim(spare, &folder);
        }
        let (home, id, mut overrides) =
            (self.home.clone(), self.record.id.clone(), self.overrides.clone());
        overrides.set.extend(ports::variables(self.ports.as_ref().map(Held::first)));
        let mut spec = self.record.spec.clone();
        // The CLI holds what it has counted against it, also what another session has spent.
        spec.max_budget_usd = spec.max_budget_usd.map(|usd| usd + self.tally.counted_before());
        let args = arguments(&self.point.conversation, &spec, self.conversation());
        let (to, file_size) = (self.started.0.clone(), self.limits.file_size);
        tokio::task::spawn_local(async move {
            let running = Running::start(&home, &id, &cli, &folder, args, &overrides, file_size);
            let _ = to.send(running.await).await;
        });
    }

    pub(super) fn script_said(&mut self, said: Said) {
        match said {
            _ if self.checking.is_some() => self.check_said(said),
            Said::Output(output) => self.note(&Note::Setup { output, exit: None }),
            Said::Ended(ended) => {
                let limit = self.setup.as_ref().map_or(0, |setup| setup.timeout().as_secs());
                let (problem, exit) = match ended {
                    Some(Ok(status)) if status.success() => (None, status.code()),
                    Some(Ok(status)) => {
                        (Some(format!("The set-up script failed ({status}).")), status.code())
                    }
                    Some(Err(error)) => {
                        (Some(format!("The set-up script was lost: {error}.")), None)
                    }
                    None => (Some(format!("The set-up script took longer than {limit} s.")), None),
                };
                self.note(&Note::Setup { output: String::new(), exit });
                // What the script left running would go on beside Claude unseen.
                if let Some(script) = self.script.take() {
                    let killed = script.tree().kill(KILL_LIMIT);
                    self.left_behind.extend(killed.ended.into_iter().map(|(_, name)| name));
                }
                let stopping = matches!(self.state, State::Stopping { .. });
                if stopping {
                    self.input(Input::Exited {
                        code: exit,
                        signal: None,
                        last_words: String::new(),
                        left_behind: 0,
                    });
                } else {
                    self.input(Input::SetupEnded { problem: problem.map(failed) });
                }
            }
        }
    }
}

/// The row that the session had before, or another. None where the keeper holds one already.
async fn take_ports(
    home: &Home,
    id: &SessionId,
    had: Option<u16>,
    holds: Option<u16>,
) -> Option<Held> {
    if holds.is_some() {
        return None;
    }
    let (home, id) = (home.clone(), id.clone());
    tokio::task::spawn_blocking(move || ports::hold(&home, &id, had)).await.ok().flatten()
}

fn failed(message: String) -> Problem {
    Problem::new(ProblemCode::SetupFailed, message + " Claude has not been started.")
        .hint("Try again, go on without it, or drop the session.")
}
