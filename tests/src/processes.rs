//! The processes of a sandbox as the system shows them: keepers, and what runs in sessions.
//! Linux only, where `/proc` tells; elsewhere the lists are empty.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bosk_core::SessionId;
use bosk_runtime::process::{ProcessIdentity, Signal, sweep};

/// The keeper of a session, if one runs.
#[must_use]
pub fn keeper(home: &Path, id: &SessionId) -> Option<ProcessIdentity> {
    let wanted = [b"--home", home.as_os_str().as_encoded_bytes(), id.as_str().as_bytes()];
    let is_keeper = |words: &[&[u8]]| {
        words.first().is_some_and(|program| program.ends_with(b"bosk-keep"))
            && words.get(1..4).is_some_and(|found| found == wanted)
    };
    let found = pids().into_iter().find(|pid| {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        is_keeper(&words.split(|byte| *byte == 0).collect::<Vec<_>>())
    });
    ProcessIdentity::of(found?).filter(ProcessIdentity::is_alive)
}

/// Everything that carries a session's cookie, or descends from what does: pid and name.
#[must_use]
pub fn with_cookie(id: &SessionId) -> Vec<(u32, String)> {
    sweep::left_behind(id).into_iter().map(|one| (one.pid, one.name)).collect()
}

/// Everything that has to do with the folder: it is in its environment, its arguments, or its
/// working directory.
#[must_use]
pub fn of_folder(folder: &Path) -> Vec<ProcessIdentity> {
    let needle = folder.as_os_str().as_encoded_bytes();
    let holds = |bytes: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    let belongs = |pid: &u32| {
        let read = |file: &str| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        let cwd = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
        cwd.starts_with(folder) || holds(&read("environ")) || holds(&read("cmdline"))
    };
    let found = pids().into_iter().filter(|pid| *pid != std::process::id()).filter(belongs);
    found.filter_map(ProcessIdentity::of).filter(ProcessIdentity::is_alive).collect()
}

/// Kills them one by one until none is found; returns those that are left after ten seconds.
#[must_use]
pub fn end_all(find: impl Fn() -> Vec<ProcessIdentity>) -> Vec<ProcessIdentity> {
    let begun = Instant::now();
    loop {
        let found = find();
        if found.is_empty() || begun.elapsed() > Duration::from_secs(10) {
            return found;
        }
        for one in &found {
            // It may just have ended by itself.
            let _ = one.signal(Signal::Kill);
        }
        for one in &found {
            one.wait_until_dead(Duration::from_secs(1));
        }
    }
}

/// Waits until a process has ended, without holding up this thread.
///
/// # Panics
/// It has not after `limit`.
pub async fn ended(process: &ProcessIdentity, limit: Duration) {
    let waited = process.clone();
    tokio::task::spawn_blocking(move || waited.wait_until_dead(limit)).await.unwrap();
    assert!(!process.is_alive(), "process {} does not end", process.pid);
}

/// A figure of `/proc/<pid>/status` in bytes, such as `VmHWM`, the most memory it ever had.
#[must_use]
pub fn memory(process: &ProcessIdentity, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.pid)).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

fn pids() -> Vec<u32> {
    let entries = fs::read_dir(PathBuf::from("/proc")).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}
