//! Which tool use cost what. A tool's own processes are those that were started while it ran; CPU time is
//! what everything but the CLI itself has used meanwhile, so that what came and went is counted too.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MemoryKind, ProcessUsage};

/// How much earlier than its tool use a process may seem to have started: the kernel counts in hundredths
/// of a second, and the clocks differ.
const SLACK_MS: i64 = 30;

/// CPU time below which a tool use is not worth a word, in seconds.
const LITTLE: f64 = 0.01;

/// What a tool use cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ToolCost {
    /// CPU time in seconds.
    pub cpu_seconds: f64,
    /// The most memory that its processes had at once, in bytes; none where they were gone before anybody
    /// looked.
    #[ts(type = "number | null")]
    pub peak_memory: Option<u64>,
    /// What `peak_memory` counts.
    pub memory_kind: MemoryKind,
    /// Other tools ran at the same time, and it cannot be told which of them it was.
    pub shared: bool,
}

/// Tool uses that run.
#[derive(Debug, Default)]
pub struct ToolCosts {
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    id: String,
    started: i64,
    cpu_before: f64,
    peak: Option<u64>,
    kind: MemoryKind,
    shared: bool,
}

impl ToolCosts {
    /// Whether any runs.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.open.is_empty()
    }

    /// A tool use began at `now` (milliseconds since 1970), when everything but the CLI had used
    /// `cpu_seconds`.
    pub fn begin(&mut self, id: &str, now: i64, cpu_seconds: f64) {
        if self.open.iter().any(|one| one.id == id) {
            return;
        }
        let shared = self.any();
        for other in &mut self.open {
            other.shared = true;
        }
        self.open.push(Open {
            id: id.to_owned(),
            started: now - SLACK_MS,
            cpu_before: cpu_seconds,
            peak: None,
            kind: MemoryKind::default(),
            shared,
        });
    }

    /// What the CLI's tree looks like now; `root` is the CLI.
    pub fn look(&mut self, root: u32, processes: &[ProcessUsage], kind: MemoryKind) {
        for open in &mut self.open {
            let mut own =
                processes.iter().filter(|one| one.pid != root && one.started >= open.started);
            if let Some(first) = own.next() {
                let memory = first.memory + own.map(|one| one.memory).sum::<u64>();
                if open.peak.is_none_or(|peak| memory > peak) {
                    (open.peak, open.kind) = (Some(memory), kind);
                }
            }
        }
    }

    /// A tool use has ended, when everything but the CLI had used `cpu_seconds`. What it came to, where
    /// that is worth a word.
    pub fn end(&mut self, id: &str, cpu_seconds: f64) -> Option<ToolCost> {
        let at = self.open.iter().position(|one| one.id == id)?;
        let open = self.open.remove(at);
        let cpu_seconds = (cpu_seconds - open.cpu_before).max(0.0);
        // One that started no process of its own cost what the servers of other tools did meanwhile.
        let own = open.peak.is_some() || !open.shared;
        ((cpu_seconds >= LITTLE && own) || open.peak.is_some()).then_some(ToolCost {
            cpu_seconds,
            peak_memory: open.peak,
            memory_kind: open.kind,
            shared: open.shared,
        })
    }

    /// The turn is over: what has not ended never will.
    pub fn clear(&mut self) {
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::ProcessState;

    fn process(pid: u32, started: i64, memory: u64) -> ProcessUsage {
        ProcessUsage {
            pid,
            parent: 1,
            name: "x".into(),
            started,
            cpu: 0.0,
            cpu_seconds: 0.0,
            memory,
            threads: 1,
            files: 3,
            state: ProcessState::Sleeping,
        }
    }

    #[test]
    fn a_tool_costs_what_was_started_while_it_ran() {
        let mut costs = ToolCosts::default();
        costs.begin("t", 1_000, 5.0);
        // The CLI, a server that was there before, and two of the tool's own.
        let tree = [
            process(7, 2_000, 900),
            process(8, 10, 400),
            process(9, 990, 30),
            process(10, 1_500, 20),
        ];
        costs.look(7, &tree, MemoryKind::Pss);
        costs.look(7, &tree[..3], MemoryKind::Pss);
        let cost = costs.end("t", 7.5).unwrap();
        assert_eq!((cost.peak_memory, cost.memory_kind), (Some(50), MemoryKind::Pss));
        assert!((cost.cpu_seconds - 2.5).abs() < 1e-9 && !cost.shared);
        assert!(!costs.any());
    }

    #[test]
    fn what_ran_beside_others_says_so_and_what_cost_nothing_is_silent() {
        let mut costs = ToolCosts::default();
        costs.begin("bash", 1_000, 0.0);
        costs.begin("read", 1_010, 0.0);
        costs.look(7, &[process(9, 1_020, 30)], MemoryKind::Rss);
        assert!(costs.end("bash", 1.0).unwrap().shared);
        costs.clear();
        costs.begin("read", 2_000, 1.0);
        assert_eq!(costs.end("read", 1.001), None);
        assert_eq!(costs.end("read", 9.0), None);
    }
}
