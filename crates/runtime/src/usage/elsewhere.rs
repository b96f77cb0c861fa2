//! Reading through sysinfo, where there is no `/proc`: one kept `System`, since a fresh one knows no CPU
//! use. What came and went between two looks is not counted here, and neither are open files.

use std::collections::BTreeMap;

use bosk_core::usage::{MemoryKind, ProcessState, ProcessUsage};
use sysinfo::{ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System};

use super::{Counted, Whose};
use crate::process::{Process, ProcessIdentity, Tree};

/// Reads trees of processes.
#[derive(Debug, Default)]
pub(super) struct Reader {
    system: Option<System>,
    /// CPU seconds of those that were seen and are gone.
    gone: f64,
    seen: BTreeMap<(u32, u64), f64>,
}

fn seconds(milliseconds: u64) -> f64 {
    std::time::Duration::from_millis(milliseconds).as_secs_f64()
}

impl Reader {
    pub(super) fn read(&mut self, whose: Whose<'_>) -> Counted {
        let kind = if cfg!(target_os = "macos") { MemoryKind::Footprint } else { MemoryKind::Rss };
        let mut counted = Counted { kind, ..Counted::default() };
        if self.system.is_none() {
            self.system = System::new().ok();
        }
        let Some(system) = &mut self.system else { return counted };
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory().with_disk_usage();
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        let mut seen = BTreeMap::new();
        let trees = match whose {
            Whose::Trees(trees) => trees,
            Whose::Own | Whose::Other(_) => &[],
        };
        let members: Vec<Process> = match whose {
            Whose::Other(pid) => crate::process::look_up(pid).into_iter().collect(),
            _ => trees.iter().flat_map(Tree::processes).collect(),
        };
        for member in members {
            let Some(found) = system.process(sysinfo::Pid::from_u32(member.pid)) else { continue };
            let cpu_seconds = seconds(found.accumulated_cpu_time());
            if seen.insert((member.pid, found.start_time()), cpu_seconds).is_some() {
                continue;
            }
            let disk = found.disk_usage();
            counted.read += disk.total_read_bytes;
            counted.written += disk.total_written_bytes;
            counted.processes.push(ProcessUsage {
                pid: member.pid,
                parent: member.parent,
                name: member.name,
                started: i64::try_from(found.start_time()).unwrap_or_default() * 1000,
                cpu: f64::from(found.cpu_usage()) / 100.0,
                cpu_seconds,
                memory: footprint(member.pid).unwrap_or_else(|| found.memory()),
                threads: 0,
                files: 0,
                state: match found.status() {
                    ProcessStatus::Run => ProcessState::Running,
                    ProcessStatus::Stop => ProcessState::Stopped,
                    ProcessStatus::Zombie | ProcessStatus::Dead => ProcessState::Zombie,
                    ProcessStatus::UninterruptibleDiskSleep => ProcessState::DiskWait,
                    _ => ProcessState::Sleeping,
                },
            });
        }
        self.gone += self
            .seen
            .iter()
            .filter(|(process, _)| !seen.contains_key(*process))
            .map(|(_, seconds)| seconds)
            .sum::<f64>();
        self.seen = seen;
        counted.gone_cpu = self.gone;
        if let Some(own) = system.process(sysinfo::Pid::from_u32(std::process::id())) {
            counted.own = (seconds(own.accumulated_cpu_time()), own.memory());
        }
        counted
    }
}

/// What the process alone makes the system hold, in bytes: see libproc.h of macOS.
#[cfg(target_os = "macos")]
fn footprint(pid: u32) -> Option<u64> {
    let pid = i32::try_from(pid).ok()?;
    let mut usage = std::mem::MaybeUninit::<libc::rusage_info_v2>::zeroed();
    // SAFETY: this flavour fills in exactly this structure, for which zeros are a value too.
    let usage = unsafe {
        let asked = libc::proc_pid_rusage(pid, libc::RUSAGE_INFO_V2, usage.as_mut_ptr().cast());
        (asked == 0).then(|| usage.assume_init())
    };
    usage.map(|usage| usage.ri_phys_footprint)
}

#[cfg(not(target_os = "macos"))]
const fn footprint(_: u32) -> Option<u64> {
    None
}

pub(super) fn tools(trees: &[Tree]) -> Vec<ProcessIdentity> {
    let roots: Vec<u32> = trees.iter().map(|tree| tree.root().pid).collect();
    let members = trees.iter().flat_map(Tree::processes);
    members.filter(|one| !roots.contains(&one.pid)).map(|one| one.identity()).collect()
}

pub(super) fn tools_cpu(_: &[Tree]) -> Option<f64> {
    None
}
