//! The repository's own command beside Claude: a server, a watcher. It runs in the session's tree for as long as it is
//! wanted, so limits, cookie, pause and stop ladder hold it. Of what it prints, the end is kept, in memory. Not here:
//! which command that is ([`super::prepare`]).

use std::path::Path;
use std::time::Duration;

use bosk_core::journal::{Note, RunNote};
use bosk_core::session::State;
use bosk_core::wire::RunOutput;
use bosk_core::{Problem, ProblemCode};
use serde_json::Value;
use tokio::sync::oneshot;

use super::actor::{Actor, KILL_LIMIT};
use super::script::{Said, Script};

/// How much of what it prints is kept, in bytes.
const KEPT: usize = 256 << 10;

/// How long it has to end by itself.
const GRACE: Duration = Duration::from_secs(5);

type Reply = oneshot::Sender<Result<Value, Problem>>;

/// The command, and what it has printed.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) script: Option<Script>,
    stopped: bool,
    log: Log,
    /// Those who wait for more than that.
    waiting: Vec<(u64, Reply)>,
}

/// The end of a text that grows.
#[derive(Debug, Default)]
struct Log {
    text: String,
    end: u64,
}

impl Log {
    fn add(&mut self, more: &str) {
        self.end += more.len() as u64;
        self.text.push_str(more);
        let surplus = self.text.len().saturating_sub(KEPT);
        self.text.drain(..self.text.ceil_char_boundary(surplus));
    }

    fn since(&self, from: u64, running: bool) -> RunOutput {
        let begin = self.end - self.text.len() as u64;
        let from = from.clamp(begin, self.end);
        let at = usize::try_from(from - begin).map_or(0, |at| self.text.ceil_char_boundary(at));
        let text = self.text[at..].to_owned();
        RunOutput { from: self.end - text.len() as u64, end: self.end, text, running }
    }
}

impl Beside {
    fn answer(&mut self, all: bool) {
        let running = self.script.is_some();
        for (from, reply) in std::mem::take(&mut self.waiting) {
            if reply.is_closed() {
                continue;
            }
            if all || !running || from != self.log.end {
                drop(reply.send(told(&self.log.since(from, running))));
            } else {
                self.waiting.push((from, reply));
            }
        }
    }
}

impl Actor {
    /// Starts it; one that runs already goes on.
    pub(super) fn start_run(&mut self) -> Result<(), Problem> {
        if self.beside.script.is_some() {
            return Ok(());
        }
        let state = |text: &str| Problem::new(ProblemCode::SessionState, text);
        let named = self.place.as_ref().and_then(|place| Some((place, place.run.clone()?)));
        let Some((place, run)) = named else {
            let text = "The repository's bosk.toml named no [run] command when this session began.";
            return Err(state(text).hint("Add one, commit it, and launch a new session."));
        };
        if !matches!(self.state, State::Running { .. }) || self.paused() {
            return Err(state("The session does not run, so nothing was started.")
                .hint("Resume it first, or let it go on."));
        }
        let folder = Path::new(&place.folder);
        let (env, file_size) = (self.script_environment(folder), self.limits.file_size);
        let once = (Duration::MAX, self.journal.now());
        let started = Script::start(&run, folder, env, &self.record, file_size, once);
        let script = started.map_err(|error| {
            Problem::new(
                ProblemCode::SetupFailed,
                format!("The command could not be started: {error}."),
            )
            .hint("Look at [run] in the repository's bosk.toml.")
        })?;
        (self.beside.script, self.beside.stopped) = (Some(script), false);
        self.note(&Note::Run(RunNote::Begun));
        self.beside.answer(true);
        self.confine();
        self.measure_soon();
        Ok(())
    }

    /// Asks it to end, and sees to it. Its end is told when it comes.
    pub(super) fn stop_run(&mut self) {
        if let Some(script) = &self.beside.script {
            script.end_soon(GRACE, KILL_LIMIT);
            self.beside.stopped = true;
        }
    }

    pub(super) fn run_log(&mut self, from: u64, reply: Reply) {
        self.beside.waiting.push((from, reply));
        self.beside.answer(false);
    }

    pub(super) fn beside_said(&mut self, said: Said) {
        match said {
            Said::Output(output) => self.beside.log.add(&output),
            Said::Ended(ended) => {
                let code = ended.and_then(Result::ok).and_then(|status| status.code());
                self.end_beside(code);
            }
        }
        self.beside.answer(false);
    }

    /// Nothing of it runs from now on.
    pub(super) fn end_beside(&mut self, code: Option<i32>) {
        let Some(script) = self.beside.script.take() else { return };
        let killed = script.end(KILL_LIMIT);
        if !killed.left.is_empty() {
            let names: Vec<String> = killed.left.into_iter().map(|(_, name)| name).collect();
            let text =
                format!("These processes of the command could not be ended: {}.", names.join(", "));
            self.note(&Note::Warning { text });
        }
        let stopped = self.beside.stopped;
        self.note(&Note::Run(RunNote::Ended { code, stopped }));
        self.beside.answer(true);
        self.measure_soon();
    }
}

fn told(output: &RunOutput) -> Result<Value, Problem> {
    serde_json::to_value(output)
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_endless_output_the_end_is_kept_and_each_reader_goes_on_where_it_was() {
        let mut log = Log::default();
        log.add("one\n");
        let first = log.since(0, true);
        assert_eq!((first.text.as_str(), first.end), ("one\n", 4));
        log.add("two 가\n");
        let next = log.since(first.end, true);
        assert_eq!((next.text.as_str(), next.from), ("two 가\n", 4));
        assert_eq!(log.since(next.end, true).text, "");
        (0..60_000).for_each(|number| log.add(&format!("가 {number}\n")));
        let late = log.since(next.end, false);
        assert!(late.text.len() <= KEPT && late.text.ends_with("가 59999\n"));
        assert_eq!(late.end - late.from, late.text.len() as u64);
        assert_eq!(log.since(u64::MAX, true).text, "", "nobody is ahead of it");
    }
}
