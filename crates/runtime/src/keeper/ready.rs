//! Making a session ready, as the loop sees it: the folder and the CLI are looked for, then the repository's
//! script runs. Not here: how that is done ([`super::prepare`]).

use std::path::PathBuf;

use bosk_core::journal::Note;
use bosk_core::session::{Input, State};

use super::actor::{Actor, KILL_LIMIT, Readied};
use super::prepare::{Prepared, SetupSaid};
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
        match super::prepare::start_setup(setup, place.folder.as_ref(), env, &self.record) {
            Ok((tree, said)) => {
                self.setup_tree = Some(tree);
                self.setup_said = Some(said);
                self.confine();
            }
            Err(problem) => self.input(Input::SetupEnded { problem: Some(problem) }),
        }
    }

    pub(super) fn setup_said(&mut self, said: SetupSaid) {
        match said {
            SetupSaid::Output(output) => self.note(&Note::Setup { output, exit: None }),
            SetupSaid::Ended(problem, exit) => {
                self.note(&Note::Setup { output: String::new(), exit });
                self.setup_said = None;
                // What the script left running would go on beside Claude unseen.
                if let Some(tree) = self.setup_tree.take() {
                    let killed = tree.kill(KILL_LIMIT);
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
                    self.input(Input::SetupEnded { problem });
                }
            }
        }
    }
}
