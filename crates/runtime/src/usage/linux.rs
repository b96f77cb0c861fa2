//! Reading `/proc`: sysinfo reads every process of the machine, and neither what was waited for nor what
//! each shares. Only the tree is walked here, so the cost is the session's own and not the machine's.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant};

use bosk_core::usage::{MemoryKind, ProcessState, ProcessUsage};

use super::super::proc_files::{Kept, ProcFiles};
use super::{Counted, Whose};
use crate::process::stat::{self, Stat};
use crate::process::{ProcessIdentity, Tree};

/// How long memory may be read anew in one measurement. Walking a process's pages takes about a
/// millisecond for 250 MB.
const MEMORY_BUDGET: Duration = Duration::from_millis(3);

/// How long a process's share of what it shares is believed.
const SHARE_STAYS: Duration = Duration::from_secs(20);

/// How long what a process has read, written and open is believed that has not run: a hundredth of a second of
/// running is not seen.
const FILES_STAY: Duration = Duration::from_secs(5);

/// What is remembered of one process.
#[derive(Debug, Clone, Copy)]
struct Known {
    started: u64,
    cpu_seconds: f64,
    at: Instant,
    /// What it had read, written and open, and when that was looked at.
    files: ((u64, u64), u32, Instant),
    /// Its share of its memory, when that was read, and how much memory that was.
    share: Option<(f64, Instant, u64)>,
}

/// Reads trees of processes.
#[derive(Debug)]
pub(super) struct Reader {
    known: BTreeMap<u32, Known>,
    files: ProcFiles,
    /// What ended children had read and written, when that was looked at, and what CPU time they had then.
    waited: Option<((u64, u64), Instant, u64)>,
    ticks: u64,
    page: u64,
    /// When the machine was started: milliseconds since 1970.
    booted: i64,
    has_shares: bool,
}

impl Default for Reader {
    fn default() -> Self {
        use nix::unistd::{SysconfVar, sysconf};
        let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten().unwrap_or(4096);
        Self {
            known: BTreeMap::new(),
            files: ProcFiles::default(),
            waited: None,
            ticks: stat::ticks_a_second(),
            page: page.unsigned_abs(),
            booted: stat::booted(),
            has_shares: true,
        }
    }
}

/// One line of proc_pid_io(5), or of a thread's.
fn io(text: &[u8]) -> (u64, u64) {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let find = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    (find("read_bytes:"), find("write_bytes:"))
}

fn roots(whose: Whose<'_>) -> Vec<u32> {
    match whose {
        Whose::Trees(trees) => trees.iter().map(|tree| tree.root().pid).collect(),
        Whose::Other(pid) => vec![pid],
        Whose::Own => Vec::new(),
    }
}

impl Reader {
    fn stat(&mut self, pid: u32) -> Option<Stat> {
        Stat::parse(self.files.again(Kept::Stat(pid), format_args!("/proc/{pid}/stat"))?)
    }

    /// The children of a process that has so many threads: each thread has its own.
    fn children(&mut self, pid: u32, threads: u32) -> Vec<u32> {
        let threads = if threads == 1 { vec![pid] } else { threads_of(pid) };
        let mut found = Vec::new();
        for thread in threads {
            let path = format_args!("/proc/{pid}/task/{thread}/children");
            if let Some(text) = self.files.again(Kept::Children(pid, thread), path) {
                let text = std::str::from_utf8(text).unwrap_or_default();
                found.extend(
                    text.split_ascii_whitespace().filter_map(|pid| pid.parse::<u32>().ok()),
                );
            }
        }
        found
    }

    /// The processes of the trees, a parent before its children, with what each has been seen to be.
    fn walk(&mut self, whose: Whose<'_>, mut each: impl FnMut(&mut Self, u32, Stat)) {
        let own = std::process::id();
        let session = self.stat(own).map_or(0, |stat| stat.session);
        let roots = roots(whose);
        let mut seen = BTreeSet::new();
        let others = matches!(whose, Whose::Other(_));
        let children = if others { Vec::new() } else { self.children(own, 0) };
        let mut open: Vec<(u32, bool)> = children.into_iter().map(|child| (child, true)).collect();
        open.extend(roots.iter().map(|root| (*root, true)));
        while let Some((pid, top)) = open.pop() {
            if !seen.insert(pid) {
                continue;
            }
            let Some(stat) = self.stat(pid) else { continue };
            // What Bosk itself has started, as git, is in its own session; all that is Claude's is not.
            let bosks = stat.session == session && !roots.contains(&pid);
            if top && bosks != matches!(whose, Whose::Own) {
                continue;
            }
            let threads = stat.threads;
            each(self, pid, stat);
            open.extend(self.children(pid, threads).into_iter().map(|child| (child, false)));
        }
    }

    pub(super) fn read(&mut self, whose: Whose<'_>) -> Counted {
        let mut counted = Counted { kind: MemoryKind::Pss, ..Counted::default() };
        // Before everything else: what is waited for during the walk must not be in both.
        let own = std::process::id();
        if let Some(stat) = self.stat(own) {
            counted.own = (self.seconds(stat.cpu), stat.pages * self.page);
            if !matches!(whose, Whose::Other(_)) {
                counted.gone_cpu = self.seconds(stat.waited_cpu);
                (counted.read, counted.written) = self.waited_io(own, stat.waited_cpu);
            }
        }
        let mut known = BTreeMap::new();
        let mut unread = Vec::new();
        self.walk(whose, |reader, pid, stat| {
            let now = Instant::now();
            let cpu_seconds = reader.seconds(stat.cpu);
            counted.gone_cpu += reader.seconds(stat.waited_cpu);
            // Ended, and not waited for: all that is left of it is its time.
            if stat.is_dead() {
                counted.gone_cpu += cpu_seconds;
                return;
            }
            let before = reader.known.get(&pid).copied();
            let before = before.filter(|known| known.started == stat.started);
            let cpu = before.map_or(0.0, |before| {
                let seconds = now.duration_since(before.at).as_secs_f64().max(0.001);
                ((cpu_seconds - before.cpu_seconds) / seconds).max(0.0)
            });
            if before.is_none() {
                counted.new.push(pid);
            }
            let share = before.and_then(|before| before.share);
            let memory = stat.pages * reader.page;
            // What has not run since has neither read nor opened anything.
            let still = before.filter(|before| {
                before.cpu_seconds.total_cmp(&cpu_seconds).is_eq()
                    && before.files.2.elapsed() < FILES_STAY
            });
            let files = still.map_or_else(
                || {
                    let moved =
                        reader.files.once(format_args!("/proc/{pid}/io")).map_or((0, 0), io);
                    (moved, files(pid), now)
                },
                |before| before.files,
            );
            counted.read += files.0.0;
            counted.written += files.0.1;
            let stale = share.is_none_or(|(_, at, was)| {
                at.elapsed() > SHARE_STAYS || memory.abs_diff(was) > was / 8
            });
            if memory > 0 && stale {
                unread.push((share.is_some(), u64::MAX - memory, pid, counted.processes.len()));
            }
            let started = stat.started;
            known.insert(pid, Known { started, cpu_seconds, at: now, files, share });
            counted.processes.push(ProcessUsage {
                pid,
                parent: stat.parent,
                started: reader.booted + (stat.started * 1000 / reader.ticks).cast_signed(),
                cpu,
                cpu_seconds,
                memory,
                threads: stat.threads,
                files: files.1,
                state: state_of(stat.state),
                name: stat.name,
            });
        });
        self.known = known;
        self.files.forget_unread();
        self.divide_memory(&mut counted, unread);
        counted
    }

    /// Takes shared pages into account: the shares of new processes first and of large ones before small
    /// ones, as far as the time allows.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a number of bytes"
    )]
    fn divide_memory(&mut self, counted: &mut Counted, mut unread: Vec<(bool, u64, u32, usize)>) {
        unread.sort_unstable();
        let begun = Instant::now();
        for (.., pid, at) in unread {
            if !self.has_shares || begun.elapsed() > MEMORY_BUDGET {
                break;
            }
            let memory = counted.processes[at].memory;
            match self.files.once(format_args!("/proc/{pid}/smaps_rollup")).map(pss) {
                Some(Some(pss)) => {
                    let share = (pss as f64 / memory.max(1) as f64, Instant::now(), memory);
                    if let Some(known) = self.known.get_mut(&pid) {
                        known.share = Some(share);
                    }
                }
                // A kernel before 4.14 has none.
                Some(None) => self.has_shares = false,
                None => {}
            }
        }
        if !self.has_shares {
            counted.kind = MemoryKind::Rss;
            return;
        }
        for process in &mut counted.processes {
            if let Some((share, ..)) = self.known.get(&process.pid).and_then(|known| known.share) {
                process.memory = (process.memory as f64 * share) as u64;
            }
        }
    }

    /// What this process's ended children have read and written, which have used so much CPU time: its own file
    /// counts them in, its threads' files do not.
    fn waited_io(&mut self, own: u32, waited_cpu: u64) -> (u64, u64) {
        if let Some((moved, at, cpu)) = self.waited
            && cpu == waited_cpu
            && at.elapsed() < FILES_STAY
        {
            return moved;
        }
        let mut rest = self.files.once(format_args!("/proc/{own}/io")).map_or((0, 0), io);
        for thread in threads_of(own) {
            let path = format_args!("/proc/{own}/task/{thread}/io");
            let (read, written) = self.files.once(path).map_or((0, 0), io);
            rest = (rest.0.saturating_sub(read), rest.1.saturating_sub(written));
        }
        self.waited = Some((rest, Instant::now(), waited_cpu));
        rest
    }

    #[expect(clippy::cast_precision_loss, reason = "hundredths of a second")]
    fn seconds(&self, ticks: u64) -> f64 {
        ticks as f64 / self.ticks as f64
    }
}

/// A letter of proc_pid_stat(5), as a state.
const fn state_of(letter: u8) -> ProcessState {
    match letter {
        b'R' => ProcessState::Running,
        b'D' => ProcessState::DiskWait,
        b'T' | b't' => ProcessState::Stopped,
        b'Z' | b'X' | b'x' => ProcessState::Zombie,
        _ => ProcessState::Sleeping,
    }
}

fn threads_of(pid: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    threads.filter_map(|thread| thread.file_name().to_str()?.parse().ok()).collect()
}

/// How many files a process has open: since Linux 6.2 the folder's size says it.
fn files(pid: u32) -> u32 {
    let folder = format!("/proc/{pid}/fd");
    let told = std::fs::metadata(&folder).map_or(0, |folder| folder.size());
    if told > 0 {
        return u32::try_from(told).unwrap_or(u32::MAX);
    }
    let counted = std::fs::read_dir(&folder).map_or(0, Iterator::count);
    u32::try_from(counted).unwrap_or(u32::MAX)
}

fn pss(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

pub(super) fn tools(trees: &[Tree]) -> Vec<ProcessIdentity> {
    let mut found = Vec::new();
    let whose = Whose::Trees(trees);
    let roots = roots(whose);
    Reader::default().walk(whose, |_, pid, stat| {
        let ended = state_of(stat.state) == ProcessState::Zombie;
        if !roots.contains(&pid) && !ended {
            found.push(ProcessIdentity::at(pid, stat.started));
        }
    });
    found
}

pub(super) fn tools_cpu(trees: &[Tree]) -> Option<f64> {
    let mut reader = Reader::default();
    let own = std::process::id();
    let mut ticks = reader.stat(own).map_or(0, |stat| stat.waited_cpu);
    let whose = Whose::Trees(trees);
    let roots = roots(whose);
    reader.walk(whose, |_, pid, stat| {
        ticks += stat.waited_cpu + if roots.contains(&pid) { 0 } else { stat.cpu };
    });
    Some(reader.seconds(ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_was_read_and_written_and_what_is_shared() {
        let text =
            b"rchar: 9\nwchar: 8\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n";
        assert_eq!(io(text), (4096, 8192));
        assert_eq!(pss(b"Rss:  100 kB\nPss:    42 kB\n"), Some(42 * 1024));
        assert_eq!(pss(b"Rss:  100 kB\n"), None);
    }
}
