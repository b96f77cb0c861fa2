//! After a turn the process stays for the next one, whose prompt is then in the service's cache: until it has been idle
//! for as long as the person has set, or memory is short. One that has tasks in the background stays. Not here: how
//! long a session's own limits let it be idle ([`super::limits`]).

use std::time::Duration;

use bosk_core::journal::Decision;
use bosk_core::session::{Input, State, StopReason, Turn};

use super::actor::Actor;
use crate::usage::condition;

/// So long it stays however short memory is: a person reads the answer, and writes.
const AT_LEAST: Duration = Duration::from_secs(120);

impl Actor {
    /// Puts the process away if it is time. Called with each measurement: while nothing is asked of a session, every
    /// half minute.
    pub(super) fn cool(&mut self) {
        let rests = self.state == (State::Running { turn: Turn::Idle })
            && self.mailbox.is_empty()
            && self.tasks.count() == 0
            && self.checking.is_none()
            && self.beside.script.is_none()
            && !self.paused();
        if !rests {
            return;
        }
        let idle = self.last_word.elapsed();
        let most = crate::settings::peek(&self.home).idle_minutes;
        let long = most.is_some_and(|most| idle >= Duration::from_secs(60 * u64::from(most)));
        if long || (idle >= AT_LEAST && condition::memory_is_short()) {
            let reason = StopReason::Finished;
            if self.decide(&Decision::Stop { reason }).is_ok() {
                self.input(Input::Stop(reason));
            }
        }
    }
}
