//! Measuring the session's processes: once a second while somebody looks, while a tool runs or a limit is
//! to be held, and seldom otherwise. Each measurement is kept, told to who looks, charged to the tools that
//! run, and held against the limits. Not here: how it is read ([`crate::usage`]).

use std::time::Duration;

use bosk_core::claude::envelope;
use bosk_core::journal::Note;
use bosk_core::session::{PrepareStep, State, Turn};
use bosk_core::usage::ToolCosts;
use bosk_core::wire::SessionUsage;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::actor::Actor;
use crate::process;
use crate::usage::{self, Kept, Sample, Sampler, USAGE};

/// While somebody looks, a tool runs or a limit is to be held.
const OFTEN: Duration = Duration::from_secs(1);

/// While the model thinks.
const SOMETIMES: Duration = Duration::from_secs(5);

/// While nothing is asked of the session.
const SELDOM: Duration = Duration::from_secs(30);

/// How soon after a tool's start it is looked at: most are over within a second.
const FIRST_LOOKS: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(400)];

/// How long a reading of CPU time serves for other tools: the kernel counts in hundredths of a second.
const FRESH: Duration = Duration::from_millis(20);

/// What a keeper knows of its session's use.
#[derive(Default)]
pub(super) struct Meter {
    /// Here while nothing is measured.
    parts: Option<Box<Parts>>,
    pub(super) measuring: Option<oneshot::Receiver<(Box<Parts>, Sample)>>,
    /// When the last one began.
    begun: Option<Instant>,
    /// Times at which a tool that has just begun is looked at besides.
    looks: Vec<Instant>,
    pub(super) costs: ToolCosts,
    /// The CPU time of all tools as it was read last for one of them, and when.
    tools_cpu: Option<(Instant, f64)>,
    pub(super) last: Sample,
}

/// What goes to another thread for each measurement.
#[derive(Default)]
pub(super) struct Parts {
    sampler: Sampler,
    kept: Option<Kept>,
}

impl Actor {
    fn interval(&self) -> Option<Duration> {
        // The CLI's start is what the person waits for: to read its memory meanwhile would hold it up.
        let starting = self.state == (State::Preparing { step: PrepareStep::Starting });
        if self.trees().is_empty() || (starting && self.limits.is_empty()) {
            return None;
        }
        let looked = *self.shared.looked.borrow() > 0;
        let working = matches!(
            self.state,
            State::Preparing { .. }
                | State::Running { turn: Turn::Working }
                | State::Stopping { .. }
        );
        let limited = !self.limits.is_empty();
        Some(match (looked, self.paused()) {
            (true, _) => OFTEN,
            (false, true) => SELDOM,
            (false, false) if limited || self.meter.costs.any() || self.checking.is_some() => OFTEN,
            (false, false) if working => SOMETIMES,
            (false, false) => SELDOM,
        })
    }

    /// When the next measurement is due.
    pub(super) fn next_measurement(&self, now: Instant) -> Option<Instant> {
        let interval = self.interval().filter(|_| self.meter.measuring.is_none())?;
        let regular = self.meter.begun.map_or(now, |begun| begun + interval);
        Some(self.meter.looks.iter().copied().fold(regular, Instant::min))
    }

    /// What was measured is no longer so: the next measurement is due at once.
    pub(super) const fn measure_soon(&mut self) {
        self.meter.begun = None;
    }

    /// Begins a measurement if it is due.
    pub(super) fn measure(&mut self) {
        let now = Instant::now();
        if self.next_measurement(now).is_none_or(|at| at > now) {
            return;
        }
        self.meter.looks.retain(|look| *look > now);
        self.meter.begun = Some(now);
        let trees = self.trees();
        let path = self.home.session(&self.record.id).join(USAGE);
        let mut parts = self.meter.parts.take().unwrap_or_default();
        let (done, measuring) = oneshot::channel();
        self.meter.measuring = Some(measuring);
        tokio::task::spawn_blocking(move || {
            let sample = parts.sampler.sample(&trees);
            for pid in &sample.new_tools {
                process::goes_first(*pid);
            }
            if parts.kept.is_none() {
                parts.kept = Kept::open(&path).ok();
            }
            if let Some(kept) = &mut parts.kept {
                // What is lost of it is a second of a graph.
                let _ = kept.take(&sample.usage);
            }
            drop(done.send((parts, sample)));
        });
    }

    /// A measurement is there.
    pub(super) fn measured(&mut self, measured: Option<(Box<Parts>, Sample)>) {
        self.meter.measuring = None;
        // A measurement that broke is made anew.
        let Some((parts, sample)) = measured else { return };
        self.meter.parts = Some(parts);
        if let Some(running) = &self.running {
            let root = running.tree().root().pid;
            self.meter.costs.look(root, &sample.processes, sample.usage.memory_kind);
        }
        self.shared.facts.borrow_mut().usage = Some(SessionUsage {
            usage: sample.usage,
            mechanism: self.confinement.mechanism(),
            keeper_cpu_seconds: sample.own.0,
            keeper_memory: sample.own.1,
        });
        self.meter.last = sample;
        self.wake.send_modify(|count| *count += 1);
        self.worked();
        self.hold_limits();
        self.cool();
        self.throttle();
    }

    /// What a line of this type says of tools is charged to them. To be called before the line is written, so that
    /// what a tool cost stands before its result.
    pub(super) fn charge(&mut self, kind: Option<&str>, line: &[u8]) {
        if matches!(kind, Some("assistant") | None) {
            for id in envelope::tool_uses(line) {
                let cpu = self.tools_cpu();
                self.meter.costs.begin(&id, crate::journal::writer::wall_clock(), cpu);
                self.meter.looks = FIRST_LOOKS.map(|look| Instant::now() + look).to_vec();
            }
        }
        if matches!(kind, Some("user") | None) && self.meter.costs.any() {
            for tool_use_id in envelope::tool_results(line) {
                let cpu = self.tools_cpu();
                if let Some(cost) = self.meter.costs.end(tool_use_id, cpu) {
                    let tool_use_id = tool_use_id.to_owned();
                    self.note(&Note::ToolCost { tool_use_id, cost });
                }
            }
        }
    }

    /// CPU time of everything but the CLI. A CLI that prints a thousand results a second is not looked at for each.
    fn tools_cpu(&mut self) -> f64 {
        match self.meter.tools_cpu {
            Some((at, cpu)) if at.elapsed() < FRESH => cpu,
            _ => {
                let cpu = usage::tools_cpu(&self.trees()).unwrap_or(self.meter.last.tools_cpu);
                self.meter.tools_cpu = Some((Instant::now(), cpu));
                cpu
            }
        }
    }
}
