//! What a session may use, and what is done when it would use more. Pure: who measures and acts is the
//! keeper.
//!
//! There is no limit on address space: it slows this CLI down below 2.3 GiB and kills it at random above
//! (measured on 2.1.330; windmill-labs/windmill#10132). Memory below 1 GiB makes it thrash rather than fail.

mod watchdog;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Problem, ProblemCode};

pub use watchdog::{Action, Figures, Watchdog};

/// The least memory that a session can be limited to, in bytes.
pub const LEAST_MEMORY: u64 = 1_000_000_000;

/// What a message to Claude begins with that comes from Bosk and not from the person.
pub const FROM_BOSK: &str = "[From Bosk, which runs this session] ";

/// What a session may use; what is absent is not limited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Limits {
    /// Memory of all its processes, in bytes.
    #[ts(type = "number | null")]
    pub memory: Option<u64>,
    /// Cores that its tools may use together.
    pub cpu: Option<f64>,
    /// Processes.
    pub processes: Option<u32>,
    /// CPU time in all, in seconds.
    #[ts(type = "number | null")]
    pub cpu_time: Option<u64>,
    /// How long a turn may take, in seconds.
    #[ts(type = "number | null")]
    pub turn_time: Option<u64>,
    /// The size of any file that it writes, in bytes. Set when its process starts.
    #[ts(type = "number | null")]
    pub file_size: Option<u64>,
    /// Bytes written to disks in all.
    #[ts(type = "number | null")]
    pub disk_written: Option<u64>,
    /// How long its process may wait for the next message before it is ended, in seconds. The conversation
    /// stays and is gone on with in a new process.
    #[ts(type = "number | null")]
    pub idle: Option<u64>,
    /// What is done at a limit, in this order: each rung when the one before was not enough.
    pub ladder: Vec<Rung>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: None,
            cpu: None,
            processes: None,
            cpu_time: None,
            turn_time: None,
            file_size: None,
            disk_written: None,
            idle: None,
            ladder: vec![Rung::StopTool, Rung::Pause, Rung::Stop],
        }
    }
}

/// What is done when a limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Rung {
    /// What uses most of it is ended, and Claude is told why.
    StopTool,
    /// Everything is frozen until the person decides.
    Pause,
    /// The session is stopped.
    Stop,
}

/// Which limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[expect(missing_docs, reason = "each is a field of `Limits`")]
pub enum Limit {
    Memory,
    Cpu,
    Processes,
    CpuTime,
    TurnTime,
    FileSize,
    DiskWritten,
    Idle,
}

/// How a limit of memory or processes is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Mechanism {
    /// The kernel holds memory, at once and without exception; processes are counted once a second, and the
    /// kernel stops a flood of them (Linux cgroup).
    Cgroup,
    /// Bosk measures once a second and acts, and the system refuses whatever is an eighth above a limit
    /// (Windows Job Object).
    Job,
    /// Bosk measures once a second and acts: for about a second it can be exceeded.
    Watchdog,
}

impl Limits {
    /// Whether nothing is limited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { ladder: self.ladder.clone(), ..Self::default() }
    }

    /// Whether they can be held.
    ///
    /// # Errors
    /// One of them would harm rather than limit.
    pub fn check(&self) -> Result<(), Problem> {
        let refuse = |what: &str| {
            Err(Problem::new(ProblemCode::InvalidInput, format!("{what} Nothing was changed.")))
        };
        if self.memory.is_some_and(|memory| memory < LEAST_MEMORY) {
            return refuse(
                "Memory cannot be limited to less than 1 GB: Claude itself would come to a halt.",
            );
        }
        if self.processes.is_some_and(|processes| processes < 8) {
            return refuse("Fewer than 8 processes are not enough for Claude and one tool.");
        }
        if self.cpu.is_some_and(|cores| !(0.1..=4096.0).contains(&cores)) {
            return refuse("CPU can be limited to a tenth of a core at least.");
        }
        if self.file_size.is_some_and(|bytes| bytes < 64_000_000) {
            return refuse(
                "Files cannot be limited to less than 64 MB: git and Claude write such files themselves.",
            );
        }
        let spans = [self.cpu_time, self.turn_time, self.idle];
        if spans.into_iter().flatten().any(|seconds| seconds < 1) {
            return refuse("A time cannot be limited to nothing.");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_harm_is_refused_and_nothing_is_no_limit() {
        assert!(Limits::default().is_empty());
        assert!(Limits { ladder: vec![], ..Limits::default() }.is_empty());
        let limits = |text: &str| serde_json::from_str::<Limits>(text).unwrap();
        assert!(
            limits(r#"{"memory":1000000000,"processes":8,"cpu":0.5,"idle":60}"#).check().is_ok()
        );
        for bad in [
            r#"{"memory":999999999}"#,
            r#"{"processes":2}"#,
            r#"{"cpu":0}"#,
            r#"{"file_size":1}"#,
            r#"{"turn_time":0}"#,
        ] {
            assert_eq!(limits(bad).check().unwrap_err().code, ProblemCode::InvalidInput, "{bad}");
            assert!(!limits(bad).is_empty());
        }
    }
}
