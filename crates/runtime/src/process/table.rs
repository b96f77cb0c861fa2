//! The system's list of processes, as far as ending a tree needs it: on Linux read from `/proc`,
//! since start times must be exact and zombies told from the living; elsewhere through sysinfo.

use super::ProcessIdentity;

/// One process at the moment of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The id of its parent, which may have changed since.
    pub parent: u32,
    /// The id of the session it belongs to; 0 on Windows.
    pub session: u32,
    /// What its program is called, at most 15 bytes on Linux.
    pub name: String,
    pub(super) started: u64,
    /// Ended, but not yet waited for.
    pub(super) dead: bool,
}

impl Process {
    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> ProcessIdentity {
        ProcessIdentity::at(self.pid, self.started)
    }
}

pub use platform::look_up;
pub(super) use platform::{all, carries};

impl Process {
    /// Whether it has ended, and only its entry is left.
    #[must_use]
    pub const fn is_dead(&self) -> bool {
        self.dead
    }

    /// When it was started: milliseconds since 1970.
    #[must_use]
    pub fn started_at(&self) -> i64 {
        platform::started_at(self.started)
    }
}

/// Whether it is of a session of Bosk's, whichever.
#[must_use]
pub fn is_of_bosk(process: &Process) -> bool {
    platform::has(process, &format!("{}=", super::COOKIE))
}

#[cfg(target_os = "linux")]
pub(super) fn boot_id() -> &'static str {
    static BOOT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        text.map(|text| text.trim().to_owned()).unwrap_or_default()
    });
    &BOOT
}

#[cfg(not(target_os = "linux"))]
pub(super) fn boot_id() -> &'static str {
    ""
}

#[cfg(target_os = "linux")]
mod platform {
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;

    use super::Process;
    use crate::process::stat::{self, Stat};

    /// The process that has this pid now.
    #[must_use]
    pub fn look_up(pid: u32) -> Option<Process> {
        let line = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = Stat::parse(&line)?;
        Some(Process {
            pid,
            parent: stat.parent,
            session: stat.session,
            started: stat.started,
            dead: stat.is_dead(),
            name: stat.name,
        })
    }

    /// Every process that could be read. `/proc` is no snapshot: one may be missed that is just
    /// being handed to another parent, so callers look again.
    pub(crate) fn all() -> Vec<Process> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| look_up(entry.file_name().to_str()?.parse().ok()?)).collect()
    }

    /// Whether it is this user's and was started with exactly this `NAME=value`.
    pub(crate) fn carries(process: &Process, variable: &str) -> bool {
        // Root can read everybody's environment, and must leave it alone all the same.
        let owned = fs::metadata(format!("/proc/{}", process.pid))
            .is_ok_and(|folder| folder.uid() == nix::unistd::geteuid().as_raw());
        owned && any_variable(process, |one| one == variable.as_bytes())
    }

    /// Whether it was started with a variable that begins like this.
    pub(super) fn has(process: &Process, start: &str) -> bool {
        any_variable(process, |one| one.starts_with(start.as_bytes()))
    }

    fn any_variable(process: &Process, wanted: impl Fn(&[u8]) -> bool) -> bool {
        fs::read(format!("/proc/{}/environ", process.pid))
            .is_ok_and(|environment| environment.split(|byte| *byte == 0).any(wanted))
    }

    /// Clock ticks since boot, in milliseconds since 1970.
    pub(super) fn started_at(ticks: u64) -> i64 {
        stat::booted() + i64::try_from(ticks * 1000 / stat::ticks_a_second()).unwrap_or(0)
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use std::ffi::OsStr;

    use sysinfo::{ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

    use super::Process;

    /// The process that has this pid now.
    #[must_use]
    pub fn look_up(pid: u32) -> Option<Process> {
        read(ProcessesToUpdate::Some(&[sysinfo::Pid::from_u32(pid)])).pop()
    }

    pub(crate) fn all() -> Vec<Process> {
        read(ProcessesToUpdate::All)
    }

    /// Whether it was started with exactly this `NAME=value`. The system lets nobody but root
    /// read another user's environment.
    pub(crate) fn carries(process: &Process, variable: &str) -> bool {
        any_variable(process, |one| one == variable)
    }

    /// Whether it was started with a variable that begins like this.
    pub(super) fn has(process: &Process, start: &str) -> bool {
        any_variable(process, |one| one.to_string_lossy().starts_with(start))
    }

    fn any_variable(process: &Process, wanted: impl Fn(&OsStr) -> bool) -> bool {
        let pid = sysinfo::Pid::from_u32(process.pid);
        let Ok(mut system) = System::new() else { return false };
        let what = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always);
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, what);
        system.process(pid).is_some_and(|found| {
            found.start_time() == process.started && found.environ().iter().any(|one| wanted(one))
        })
    }

    /// Seconds since 1970, in milliseconds.
    pub(super) fn started_at(seconds: u64) -> i64 {
        i64::try_from(seconds).unwrap_or(0) * 1000
    }

    fn read(which: ProcessesToUpdate<'_>) -> Vec<Process> {
        let Ok(mut system) = System::new() else { return Vec::new() };
        system.refresh_processes_specifics(which, true, ProcessRefreshKind::nothing());
        let processes = system.processes().values().map(|found| Process {
            pid: found.pid().as_u32(),
            parent: found.parent().map_or(0, sysinfo::Pid::as_u32),
            session: if cfg!(windows) {
                0
            } else {
                found.session_id().map_or(0, sysinfo::Pid::as_u32)
            },
            name: found.name().to_string_lossy().into_owned(),
            started: found.start_time(),
            dead: matches!(found.status(), ProcessStatus::Zombie | ProcessStatus::Dead),
        });
        processes.collect()
    }
}
