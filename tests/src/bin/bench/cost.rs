//! What processes cost, as Linux tells it: CPU time and memory.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::time::Duration;

/// The CPU time of each thread of some processes at a moment.
pub(crate) struct Cpu(HashMap<OsString, Duration>);

impl Cpu {
    /// Looks at them. (`/proc/<pid>/task/<tid>/schedstat`: nanoseconds on a CPU come first.)
    pub(crate) fn of(processes: &[u32]) -> Self {
        let folders =
            processes.iter().filter_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok());
        let spent = folders.flatten().flatten().filter_map(|thread| {
            // It may end just now.
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            let nanos = text.split(' ').next()?.parse().ok()?;
            Some((thread.file_name(), Duration::from_nanos(nanos)))
        });
        Self(spent.collect())
    }

    /// What was spent since an earlier look, in milliseconds; by threads that have ended meanwhile,
    /// what is known of them.
    pub(crate) fn since(&self, earlier: &Self) -> f64 {
        let before = |thread| earlier.0.get(thread).copied().unwrap_or_default();
        let spent = self.0.iter().map(|(thread, now)| now.saturating_sub(before(thread)));
        milliseconds(spent.sum())
    }
}

/// The CPU time of all children that have ended and were waited for.
pub(crate) fn cpu_of_ended_children() -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| {
            let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
            Duration::from_micros(micros.try_into().unwrap())
        })
        .sum()
}

/// The memory that a process has for itself, with its share of what it has with others, in MB.
/// Nothing when it has ended.
pub(crate) fn memory(pid: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
