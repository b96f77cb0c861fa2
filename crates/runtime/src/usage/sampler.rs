//! One kept sampler for a tree: it reads what has to be read again and remembers the rest.
//!
//! CPU time is what the living have used, what they have waited for, and what this process has waited
//! for: as it is the subreaper of its tree, whatever came and went between two looks is in there. A parent
//! is read before its children, so one that ends meanwhile is missed for a moment, and never counted twice.

use std::time::Instant;

use bosk_core::usage::{MemoryKind, ProcessUsage, Usage};

use crate::process::{Process, ProcessIdentity, Tree};

/// What was measured.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// All of it together.
    pub usage: Usage,
    /// CPU time in seconds of everything but the trees' roots themselves.
    pub tools_cpu: f64,
    /// Each process.
    pub processes: Vec<ProcessUsage>,
    /// Processes that were not there at the measurement before, without the roots.
    pub new_tools: Vec<u32>,
    /// This process's own CPU time in seconds, and its memory in bytes.
    pub own: (f64, u64),
}

/// Whose processes are read.
#[derive(Debug, Clone, Copy)]
enum Whose<'a> {
    /// These trees, and what was handed to this process of them.
    Trees(&'a [Tree]),
    /// What this process has started in its own session: sessions of Claude are never in it.
    Own,
    /// This process, which is somebody else's, and what descends from it.
    Other(u32),
}

/// What was read of all processes at once.
#[derive(Debug, Default)]
struct Counted {
    processes: Vec<ProcessUsage>,
    /// CPU seconds of what is gone.
    gone_cpu: f64,
    read: u64,
    written: u64,
    kind: MemoryKind,
    new: Vec<u32>,
    own: (f64, u64),
}

/// Measures the trees of one keeper.
#[derive(Debug, Default)]
pub struct Sampler {
    reader: platform::Reader,
    before: Option<(Instant, Usage)>,
}

impl Sampler {
    /// Measures. It blocks for some tenths of a millisecond, more where memory is read anew.
    pub fn sample(&mut self, trees: &[Tree]) -> Sample {
        let roots: Vec<u32> = trees.iter().map(|tree| tree.root().pid).collect();
        let counted = self.reader.read(Whose::Trees(trees));
        self.sum(counted, &roots)
    }

    /// Measures what this process has started for itself, without the keepers.
    pub fn sample_own(&mut self) -> Sample {
        let counted = self.reader.read(Whose::Own);
        self.sum(counted, &[])
    }

    /// Measures a process that somebody else has started, with what descends from it.
    pub fn sample_other(&mut self, process: &Process) -> Sample {
        let counted = self.reader.read(Whose::Other(process.pid));
        self.sum(counted, &[process.pid])
    }

    fn sum(&mut self, counted: Counted, roots: &[u32]) -> Sample {
        let now = Instant::now();
        let living: f64 = counted.processes.iter().map(|one| one.cpu_seconds).sum();
        let tools_cpu = counted.gone_cpu
            + (counted.processes.iter())
                .filter(|one| !roots.contains(&one.pid))
                .map(|one| one.cpu_seconds)
                .sum::<f64>();
        let state = counted.processes.iter().map(|one| one.state).max();
        let mut usage = Usage {
            at: crate::journal::writer::wall_clock(),
            cpu: 0.0,
            cpu_seconds: living + counted.gone_cpu,
            memory: counted.processes.iter().map(|one| one.memory).sum(),
            memory_kind: counted.kind,
            processes: u32::try_from(counted.processes.len()).unwrap_or(u32::MAX),
            threads: counted.processes.iter().map(|one| one.threads).sum(),
            files: counted.processes.iter().map(|one| one.files).sum(),
            read: counted.read,
            written: counted.written,
            read_rate: 0.0,
            write_rate: 0.0,
            state: state.unwrap_or_default(),
        };
        if let Some((then, before)) = &self.before {
            // What was missed for a moment is not taken back.
            usage.cpu_seconds = usage.cpu_seconds.max(before.cpu_seconds);
            usage.read = usage.read.max(before.read);
            usage.written = usage.written.max(before.written);
            let seconds = now.duration_since(*then).as_secs_f64().max(0.001);
            usage.cpu = (usage.cpu_seconds - before.cpu_seconds) / seconds;
            usage.read_rate = rate(before.read, usage.read, seconds);
            usage.write_rate = rate(before.written, usage.written, seconds);
        }
        self.before = Some((now, usage));
        let new_tools = counted.new.into_iter().filter(|pid| !roots.contains(pid)).collect();
        Sample { usage, tools_cpu, processes: counted.processes, new_tools, own: counted.own }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(before: u64, now: u64, seconds: f64) -> f64 {
    now.saturating_sub(before) as f64 / seconds
}

/// CPU time in seconds of everything but the trees' roots themselves, at this moment; none where what is gone
/// is known to the kept sampler only.
#[must_use]
pub fn tools_cpu(trees: &[Tree]) -> Option<f64> {
    platform::tools_cpu(trees)
}

/// Everything that runs in the trees at this moment but their roots.
#[must_use]
pub fn tools(trees: &[Tree]) -> Vec<ProcessIdentity> {
    platform::tools(trees)
}

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;

#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod platform;
