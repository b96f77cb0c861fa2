//! What a session costs the machine: the figures of one moment, and what a tool use came to. Not here:
//! how they are measured (`bosk-runtime`), and how they are kept ([`series`]).

pub mod series;
mod tools;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use tools::{ToolCost, ToolCosts};

/// What a tree of processes uses, each process counted once.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Usage {
    /// When it was measured: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// Cores in use on average since the measurement before: 1.5 is one and a half.
    pub cpu: f64,
    /// CPU time used so far, in seconds; processes that came and went between two measurements included.
    pub cpu_seconds: f64,
    /// Memory in bytes.
    #[ts(type = "number")]
    pub memory: u64,
    /// What `memory` counts.
    pub memory_kind: MemoryKind,
    /// Processes.
    pub processes: u32,
    /// Threads; 0 where the platform does not tell.
    pub threads: u32,
    /// Open files; 0 where the platform does not tell.
    pub files: u32,
    /// Bytes read from disks so far.
    #[ts(type = "number")]
    pub read: u64,
    /// Bytes written to disks so far.
    #[ts(type = "number")]
    pub written: u64,
    /// Bytes read a second since the measurement before.
    pub read_rate: f64,
    /// Bytes written a second since the measurement before.
    pub write_rate: f64,
    /// The most telling state of any of its processes.
    pub state: ProcessState,
}

/// What a memory figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MemoryKind {
    /// Pages that several processes share are divided among them (PSS): the sum is true.
    Pss,
    /// What each process alone makes the system hold, compressed pages and all (macOS `phys_footprint`): RSS
    /// misses most of it there (claude-code#91081: 8 of 87 GB).
    Footprint,
    /// Shared pages are counted once for each process (RSS): the sum may be too high.
    #[default]
    Rss,
}

/// What a process is doing, the most telling last.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ProcessState {
    /// Ended, and not waited for by its parent.
    Zombie,
    /// Waiting for something to happen.
    #[default]
    Sleeping,
    /// Frozen.
    Stopped,
    /// Waiting for a disk.
    DiskWait,
    /// On a CPU, or ready for one.
    Running,
}

/// One process of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProcessUsage {
    /// Its id.
    pub pid: u32,
    /// Its parent's id; one that is not in the list stands for the keeper.
    pub parent: u32,
    /// What its program is called.
    pub name: String,
    /// When it was started: milliseconds since 1970.
    #[ts(type = "number")]
    pub started: i64,
    /// Cores in use since the measurement before, its own only.
    pub cpu: f64,
    /// CPU time so far in seconds, its own only.
    pub cpu_seconds: f64,
    /// Memory in bytes.
    #[ts(type = "number")]
    pub memory: u64,
    /// Threads.
    pub threads: u32,
    /// Open files.
    pub files: u32,
    /// What it is doing.
    pub state: ProcessState,
}

impl MachineUsage {
    /// The machine's part of it, as it is kept.
    #[must_use]
    pub fn as_usage(&self) -> Usage {
        Usage { at: self.at, cpu: self.cpu, memory: self.memory, ..Usage::default() }
    }
}

/// What the whole machine uses, and what Bosk itself does.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MachineUsage {
    /// When it was measured: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// Cores in use.
    pub cpu: f64,
    /// Cores that there are.
    pub cores: u32,
    /// Memory in use, in bytes: what could not be had without swapping.
    #[ts(type = "number")]
    pub memory: u64,
    /// Memory that there is.
    #[ts(type = "number")]
    pub memory_total: u64,
    /// Swap in use, in bytes.
    #[ts(type = "number")]
    pub swap: u64,
    /// Part of the last ten seconds in which something waited for memory, from 0 to 1; none where the
    /// platform does not tell. Linux: `some avg10` of `/proc/pressure/memory`.
    pub memory_pressure: Option<f64>,
    /// Bosk itself: window, web process and keepers, without the sessions.
    pub bosk: Usage,
    /// Memory of the process that waits for the next launch, in bytes; 0 where there is none.
    #[serde(default)]
    #[ts(type = "number")]
    pub spare: u64,
}
