//! Giving a spare process its session. Whatever goes wrong with it, the session gets a new process,
//! and nobody is bothered: nothing was said to it yet. Not here: the process before ([`super::spare`]).

use std::path::Path;

use bosk_core::claude::input;
use bosk_core::session::{PrepareStep, State};
use serde_json::Value;

use super::actor::Actor;
use super::calls::Pending;
use super::cli::Running;
use super::spare;

impl Actor {
    /// Asks the process to become this session's, in this folder.
    pub(super) fn claim(&mut self, spare: Running, folder: &Path) {
        self.take_process(spare);
        self.claim_until = Some(self.last_word + self.patience.start);
        let (spec, folder) = (&self.record.spec, folder.to_string_lossy());
        let mut requests = vec![input::claim(&folder, spec, self.trusted.as_deref())];
        requests.extend(spec.model.as_deref().map(input::set_model));
        requests.extend(spec.effort.map(input::set_effort));
        let last = requests.len() - 1;
        for (at, request) in requests.into_iter().enumerate() {
            self.control(request, Pending::Claim { last: at == last });
        }
    }

    /// It has answered one of these requests.
    pub(super) fn claimed(&mut self, last: bool, result: Result<Value, String>) {
        match result {
            // An answer that comes after it was given up.
            _ if self.claim_until.is_none() => {}
            Ok(answer) => {
                if let Some(offer) = answer.get("initialize") {
                    self.offered(offer);
                }
                if last {
                    self.claim_until = None;
                    self.ready();
                }
            }
            Err(error) => {
                tracing::warn!(error, "the spare process refused");
                self.give_spare_up();
            }
        }
    }

    /// Ends the process, and starts a new one in its place. One that is being stopped is left to the
    /// stop ladder, which waits for its end.
    pub(super) fn give_spare_up(&mut self) {
        self.claim_until = None;
        if self.state == (State::Preparing { step: PrepareStep::Starting }) {
            self.end_of_output();
            spare::end(self.running.take());
            self.start_cli();
        }
    }
}
