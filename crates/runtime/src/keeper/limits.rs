//! Holding a session to its limits: what the watchdog asks for is done here. What uses most is ended
//! first and Claude is told why, so that it can go on; then everything is paused; then it is stopped.

use std::collections::BTreeMap;

use bosk_core::journal::{Decision, KilledProcess, LimitNote, Message, Note};
use bosk_core::limits::{Action, FROM_BOSK, Figures, Limit, Limits, Rung};
use bosk_core::session::{Input, PausedBy, State, StopReason, Turn};
use bosk_core::usage::ProcessUsage;
use bosk_core::wire::Killed;
use bosk_core::{Problem, ProblemCode};
use serde_json::Value;

use super::actor::{Actor, KILL_LIMIT};
use crate::process;

impl Actor {
    /// What is measured against the limits.
    pub(super) fn figures(&self) -> Figures {
        let usage = &self.meter.last.usage;
        let now = crate::journal::writer::wall_clock();
        let since = |at: i64| u64::try_from(now - at).unwrap_or(0);
        let summary = self.tally.summary();
        let rests = self.state == (State::Running { turn: Turn::Idle }) && !self.paused();
        let idle = rests && self.checking.is_none();
        Figures {
            memory: usage.memory.max(self.confinement.memory().unwrap_or(0)),
            processes: usage.processes,
            cpu_seconds: usage.cpu_seconds,
            written: usage.written,
            turn: summary.turn_started_at.map(|at| since(at).saturating_sub(self.waited())),
            idle: idle.then(|| since(summary.last_event_at)),
            tools: self.offender(Limit::Memory).is_some(),
        }
    }

    /// How long this turn has waited for the person, asking or paused: milliseconds.
    fn waited(&self) -> u64 {
        let waits = self.waits_since.map_or(0, |since| self.journal.now().saturating_sub(since));
        self.waited_before.saturating_add(waits)
    }

    /// Counts how long the running turn waits for the person. To be called whenever that may have changed.
    pub(super) fn count_waiting(&mut self) {
        let now = self.journal.now();
        let asking = self.state == (State::Running { turn: Turn::Asking });
        let waits = asking || self.paused();
        match (waits, self.waits_since) {
            (true, None) => self.waits_since = Some(now),
            (false, Some(since)) => {
                self.waited_before = self.waited_before.saturating_add(now.saturating_sub(since));
                self.waits_since = None;
            }
            _ => {}
        }
        if self.tally.summary().turn_started_at.is_none() {
            (self.waited_before, self.waits_since) = (0, None);
        }
    }

    /// Looks whether a limit is near or reached, and does what is to be done then.
    pub(super) fn hold_limits(&mut self) {
        let runs = self.state.can_pause() || matches!(self.state, State::Preparing { .. });
        if self.limits.is_empty() || self.paused() || !runs {
            return;
        }
        let figures = self.figures();
        for action in self.watchdog.look(&self.limits, &figures, self.journal.now()) {
            match action {
                Action::Near { limit, used, of } => {
                    let stopped = Vec::new();
                    let note = LimitNote { limit, reached: false, rung: None, used, of, stopped };
                    self.note(&Note::Limit(note));
                }
                Action::Reached { limit, rung, used, of } => {
                    self.reached(limit, rung, (used, of), None);
                }
            }
            // What was done about one limit settles the others as well.
            if self.paused() || matches!(self.state, State::Stopping { .. } | State::Ended { .. }) {
                break;
            }
        }
    }

    /// Does what is to be done at a limit. What the system has ended for it already stands in `ended`.
    pub(super) fn reached(
        &mut self,
        limit: Limit,
        rung: Option<Rung>,
        (used, of): (f64, f64),
        ended: Option<Vec<KilledProcess>>,
    ) {
        let by_system = ended.is_some();
        let of_check = self.offender(limit).is_some_and(|pid| self.is_check(pid));
        let stopped = match (rung, limit) {
            _ if by_system => ended.unwrap_or_default(),
            (Some(Rung::StopTool), Limit::TurnTime) => {
                self.interrupt_turn();
                Vec::new()
            }
            (Some(Rung::StopTool), _) => self.stop_offender(limit),
            _ => Vec::new(),
        };
        let names = stopped.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        let what = match names.as_str() {
            _ if limit == Limit::TurnTime => "The turn was interrupted".to_owned(),
            // Begun and ended between two looks.
            "" if by_system => "A process was ended".to_owned(),
            "" => String::new(),
            names => format!("These processes were ended: {names}"),
        };
        // That an idle process is put away is told by its end.
        if limit != Limit::Idle {
            self.note(&Note::Limit(LimitNote { limit, reached: true, rung, used, of, stopped }));
        }
        let done = match rung {
            // That is no tool of Claude's; the verdict tells of it.
            Some(Rung::StopTool) if of_check => Ok(()),
            Some(Rung::StopTool) => self.tell_claude(limit, used, of, &what),
            Some(Rung::Pause) => self.pause(PausedBy::Limit { limit }),
            Some(Rung::Stop) => {
                let idle = limit == Limit::Idle;
                let reason = if idle { StopReason::Finished } else { StopReason::Limit };
                self.decide(&Decision::Stop { reason }).map(|()| self.input(Input::Stop(reason)))
            }
            None => Ok(()),
        };
        if let Err(problem) = done {
            self.note(&Note::Warning { text: problem.message });
        }
    }

    /// What uses most, besides the CLI itself: the process at the top of it.
    fn offender(&self, limit: Limit) -> Option<u32> {
        let root = self.running.as_ref()?.tree().root().pid;
        let processes = &self.meter.last.processes;
        let by_pid: BTreeMap<u32, &ProcessUsage> =
            processes.iter().map(|one| (one.pid, one)).collect();
        let mut branches: BTreeMap<u32, u64> = BTreeMap::new();
        for process in processes.iter().filter(|one| one.pid != root) {
            let mut top = process;
            // A table of processes is no snapshot: a ring of parents would be one of strangers.
            for _ in 0..processes.len() {
                match by_pid.get(&top.parent) {
                    Some(parent) if parent.pid != root => top = parent,
                    _ => break,
                }
            }
            let used = if limit == Limit::Processes { 1 } else { process.memory };
            *branches.entry(top.pid).or_default() += used;
        }
        branches.into_iter().max_by_key(|(_, used)| *used).map(|(pid, _)| pid)
    }

    fn stop_offender(&mut self, limit: Limit) -> Vec<KilledProcess> {
        let (Some(pid), Some(running)) = (self.offender(limit), &self.running) else {
            return Vec::new();
        };
        let of_check = self.stop_check(pid);
        told(of_check.unwrap_or_else(|| running.tree().kill_branch(pid, KILL_LIMIT))).processes
    }

    /// Tells Claude why its tool was stopped, so that it can go on another way.
    fn tell_claude(&mut self, limit: Limit, used: f64, of: f64, what: &str) -> Result<(), Problem> {
        if what.is_empty() {
            return Ok(());
        }
        let (used, of) = (limit.figure(used), limit.figure(of));
        let text = format!(
            "{FROM_BOSK}{what}, because the session used {used} and its limit is {of}. The files are as they \
             were left. Go on in a way that needs less, such as in smaller parts or with fewer jobs at once; \
             if there is none, say so."
        );
        let message = Message { uuid: crate::client::send::new_name(), text, images: Vec::new() };
        self.decide(&Decision::Sent(message))?;
        self.hand_over();
        Ok(())
    }

    /// Changes what the session may use.
    pub(super) fn set_limits(&mut self, limits: Limits) -> Result<(), Problem> {
        limits.check()?;
        self.decide(&Decision::Limits { limits: limits.clone() })?;
        self.limits = limits;
        self.tally.set_limits(&self.limits);
        self.limit_file_size();
        self.confine();
        if self.limits.cpu.is_none() {
            self.let_tools_run();
        }
        self.changed();
        Ok(())
    }

    /// Limits the size of files, for all that runs and what it starts.
    pub(super) fn limit_file_size(&mut self) {
        let limit = self.limits.file_size;
        let limited = std::mem::replace(&mut self.file_size, limit);
        // Elsewhere it is set when a process is started, and holds from the next start on.
        if !cfg!(target_os = "linux") || (limit.is_none() && limited.is_none()) {
            return;
        }
        for process in self.trees().iter().flat_map(process::Tree::processes) {
            if let Err(error) = process::limit_file_size(&process.identity(), limit) {
                tracing::warn!(%error, "the size of files is not limited");
            }
        }
    }

    /// Ends everything at once, and says what that was.
    pub(super) fn kill(&mut self) -> Result<Value, Problem> {
        if self.state.is_ended() {
            return Err(super::ended());
        }
        self.decide(&Decision::Kill)?;
        self.killed = Killed::default();
        self.input(Input::Kill(StopReason::Person));
        serde_json::to_value(&self.killed)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
    }

    /// Everything was ended by force: it is written down.
    pub(super) fn was_killed(&mut self, killed: process::Killed) {
        let killed = told(killed);
        if !killed.processes.is_empty() || !killed.left.is_empty() {
            let Killed { processes, left } = killed.clone();
            self.note(&Note::Killed { processes, left });
        }
        self.killed.processes.extend(killed.processes);
        self.killed.left.extend(killed.left);
    }
}

fn told(killed: process::Killed) -> Killed {
    let told = |list: Vec<(u32, String)>| {
        list.into_iter().map(|(pid, name)| KilledProcess { pid, name }).collect()
    };
    Killed { processes: told(killed.ended), left: told(killed.left) }
}
