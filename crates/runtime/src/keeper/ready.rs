//! Making a session ready, as the loop sees it: the folder and the CLI are looked for, then the repository's
//! script runs. Not here: how that is done ([`super::prepare`]).

use std::path::PathBuf;

use bosk_core::journal::Note;
use bosk_core::session::{Input, State};
use bosk_core::{Problem, ProblemCode};

use super::actor::{Actor, KILL_LIMIT, Readied};
use super::prepare::Prepared;
use super::script::{Said, Script};
use crate::{claude, process};

impl Actor {
    pub(super) fn start_preparing(&mut self) {
        self.preparing = true;
        let (home, record, place) = (self.home.clone(), self.record.clone(), self.place.clone());
        let to = self.prepared.0.clone();
        let set_up = self.set_up;
        tokio::task::spawn_local(async move {
            let (settings, damaged) = crate::settings::load(&home);
            let parent = process::Environment::own();
            let named = settings.claude.map(PathBuf::from);
            // Both take some tens of milliseconds and do not need each other.
            let (mut prepared, cli) = tokio::join!(
                super::prepare::prepare(&home, &record, place, set_up),
                claude::find(&parent, named.as_deref()),
            );
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
        if self.place.is_none() {
            self.note(&Note::Prepared(prepared.place.clone()));
        }
        self.place = Some(prepared.place);
        self.setup = prepared.setup;
        self.trusted = prepared.trusted;
    }

    pub(super) fn run_setup(&mut self) {
        let (Some(setup), Some(place)) = (&self.setup, &self.place) else { return };
        let env = claude::environment::clean(&process::Environment::own());
        let (folder, once) = (place.folder.as_ref(), (setup.timeout(), self.journal.now()));
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

fn failed(message: String) -> Problem {
    Problem::new(ProblemCode::SetupFailed, message + " Claude has not been started.")
        .hint("Try again, go on without it, or drop the session.")
}
