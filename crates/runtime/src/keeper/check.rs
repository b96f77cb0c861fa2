//! The check: the command that tells by its exit code whether the work is right. It runs when a turn has ended
//! well and nothing else is to be done, and is broken off by whatever comes next. Not here: how a command is run
//! ([`super::script`]), and what a verdict means (`bosk_core::session`).

use std::path::Path;
use std::time::Duration;

use bosk_core::journal::{CheckNote, Note};
use bosk_core::session::{State, Turn, Verdict};
use tokio::time::Instant;

use super::actor::{Actor, KILL_LIMIT};
use super::script::{Said, Script};
use crate::process;
use crate::project::Run;

/// How many bytes of what it prints go into the journal as they come; of more, only the end does.
const AT_ONCE: usize = 256 << 10;

/// How many bytes of the end are kept: what is shown of it.
const END: usize = 64 << 10;

/// A check that runs.
#[derive(Debug)]
pub(super) struct Checking {
    begun: Instant,
    /// When it has taken too long.
    until: Instant,
    /// How much more of what it prints is written down as it comes.
    room: usize,
    /// The end of what came after that.
    end: String,
}

impl Checking {
    fn begin(limit: Duration) -> Self {
        let begun = Instant::now();
        Self { begun, until: begun + limit, room: AT_ONCE, end: String::new() }
    }

    /// What of this is written down at once.
    fn take(&mut self, mut output: String) -> String {
        if output.len() <= self.room {
            self.room -= output.len();
            return output;
        }
        let later = output.split_off(output.floor_char_boundary(self.room));
        self.room = 0;
        self.end.push_str(&later);
        let surplus = self.end.len().saturating_sub(END);
        self.end.drain(..self.end.ceil_char_boundary(surplus));
        output
    }
}

impl Actor {
    /// A turn has ended well: the check begins, if there is one.
    pub(super) fn start_check(&mut self) {
        let idle = self.state == State::Running { turn: Turn::Idle };
        if !idle || !self.mailbox.view().is_empty() || self.script.is_some() {
            return;
        }
        let Some(place) = &self.place else { return };
        // The person's own comes first; an empty one means that none is to run.
        let command = self.record.spec.check.as_ref().or(place.check.as_ref()).cloned();
        let Some(command) = command.filter(|command| !command.trim().is_empty()) else { return };
        let folder = Path::new(&place.folder);
        let (env, file_size) = (self.script_environment(folder), self.limits.file_size);
        // How long it has taken is counted here, since it does not count while it is frozen.
        let once = (Duration::MAX, self.journal.now());
        let run = Run::Script(command.clone());
        let started = Script::start(&run, folder, env, &self.record, file_size, once);
        self.note(&Note::Check(CheckNote::Begun { command }));
        self.checking = Some(Checking::begin(self.patience.check));
        match started {
            Ok(script) => {
                self.script = Some(script);
                self.confine();
                self.measure_soon();
            }
            Err(error) => {
                self.warn(format!("The check could not be started: {error}."));
                self.end_check(Some(Verdict::Failed { code: None }));
            }
        }
    }

    pub(super) fn check_said(&mut self, said: Said) {
        match said {
            Said::Output(output) => {
                let now = self.checking.as_mut().map(|checking| checking.take(output));
                self.write_said(now.unwrap_or_default());
            }
            Said::Ended(Some(Ok(status))) if status.success() => {
                self.end_check(Some(Verdict::Passed));
            }
            Said::Ended(ended) => {
                let status = ended.and_then(Result::ok);
                let code = status.and_then(|status| status.code());
                self.end_check(Some(Verdict::Failed { code }));
            }
        }
    }

    fn write_said(&mut self, output: String) {
        if !output.is_empty() {
            self.note(&Note::Check(CheckNote::Said { output }));
        }
    }

    fn warn(&mut self, text: String) {
        self.note(&Note::Warning { text });
    }

    /// It runs while nothing else does.
    pub(super) fn check_while_idle(&mut self) {
        if self.state != (State::Running { turn: Turn::Idle }) {
            self.break_off_check();
        }
    }

    /// Something else is to be done: the check is ended, and says nothing of the work.
    pub(super) fn break_off_check(&mut self) {
        if self.checking.is_some() {
            self.end_check(None);
        }
    }

    fn end_check(&mut self, verdict: Option<Verdict>) {
        let Some(mut checking) = self.checking.take() else { return };
        // What it has left running would go on beside Claude unseen.
        if let Some(script) = self.script.take() {
            let killed = script.end(KILL_LIMIT);
            if !killed.left.is_empty() {
                let names: Vec<String> = killed.left.into_iter().map(|(_, name)| name).collect();
                let names = names.join(", ");
                self.warn(format!("These processes of the check could not be ended: {names}."));
            }
        }
        self.write_said(std::mem::take(&mut checking.end));
        let took = u64::try_from(checking.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.note(&Note::Check(CheckNote::Ended { verdict, took }));
        self.measure_soon();
    }

    /// When the check has taken too long; never while it is frozen.
    pub(super) fn check_until(&self) -> Option<Instant> {
        self.checking.as_ref().filter(|_| !self.paused()).map(|checking| checking.until)
    }

    /// It was frozen for so long, which does not count.
    pub(super) fn check_stood_still(&mut self, time: Duration) {
        if let Some(checking) = &mut self.checking {
            checking.until += time;
        }
    }

    /// Ends the check if it has taken too long.
    pub(super) fn check_time(&mut self) {
        if self.check_until().is_some_and(|until| until <= Instant::now()) {
            let seconds = self.patience.check.as_secs();
            self.warn(format!("The check took longer than {seconds} s, so it was ended."));
            self.end_check(Some(Verdict::Failed { code: None }));
        }
    }

    /// Whether that process is at the top of the check.
    pub(super) fn is_check(&self, pid: u32) -> bool {
        let script = self.script.as_ref().filter(|_| self.checking.is_some());
        script.is_some_and(|script| script.tree().root().pid == pid)
    }

    /// Ends what the check runs, to hold a limit: its verdict will be that it failed. None where that process is not
    /// at the top of it.
    pub(super) fn stop_check(&self, pid: u32) -> Option<process::Killed> {
        let script = self.script.as_ref().filter(|_| self.is_check(pid))?;
        Some(script.kill(KILL_LIMIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_endless_output_the_end_is_kept_and_the_rest_is_bounded() {
        let mut checking = Checking::begin(Duration::from_secs(1));
        let mut written = 0;
        for number in 0..40_000 {
            written += checking.take(format!("가 {number}\n")).len();
        }
        assert!(written <= AT_ONCE && written > AT_ONCE - 4);
        assert!(checking.end.len() <= END && checking.end.ends_with("가 39999\n"));
        assert!(checking.take("more".into()).is_empty(), "nothing overtakes the end");
    }
}
