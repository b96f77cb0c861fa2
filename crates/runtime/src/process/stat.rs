//! `/proc/<pid>/stat`, see proc_pid_stat(5): for the list of processes and for what they use. Linux only.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use nix::unistd::{SysconfVar, sysconf};

/// One line of it. Times are in clock ticks ([`ticks_a_second`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    /// What its program is called, at most 15 bytes.
    pub(crate) name: String,
    /// A letter.
    pub(crate) state: u8,
    pub(crate) parent: u32,
    pub(crate) session: u32,
    /// What it has used itself.
    pub(crate) cpu: u64,
    /// What its children have used that it has waited for.
    pub(crate) waited_cpu: u64,
    pub(crate) threads: u32,
    /// When it was started, since boot.
    pub(crate) started: u64,
    /// Memory that is in memory, in pages.
    pub(crate) pages: u64,
}

impl Stat {
    /// The name stands in parentheses and may itself hold spaces and parentheses, so fields are counted from
    /// the last one.
    pub(crate) fn parse(stat: &[u8]) -> Option<Self> {
        let open = stat.iter().position(|byte| *byte == b'(')?;
        let close = stat.iter().rposition(|byte| *byte == b')')?;
        let name = String::from_utf8_lossy(stat.get(open + 1..close)?).into_owned();
        let rest = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        // Skips so many fields.
        let mut number = |skip: usize| fields.nth(skip)?.parse::<u64>().ok();
        let parent = u32::try_from(number(0)?).ok()?;
        let session = u32::try_from(number(1)?).ok()?;
        let cpu = number(7)? + number(0)?;
        let waited_cpu = number(0)? + number(0)?;
        let threads = u32::try_from(number(2)?).ok()?;
        let (started, pages) = (number(1)?, number(1)?);
        Some(Self { name, state, parent, session, cpu, waited_cpu, threads, started, pages })
    }

    /// Whether it has ended, and only its entry is left. A first thread that has ended shows as a zombie while
    /// other threads run on.
    pub(crate) fn is_dead(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x') && self.threads <= 1
    }
}

/// How finely the kernel counts.
pub(crate) fn ticks_a_second() -> u64 {
    sysconf(SysconfVar::CLK_TCK).ok().flatten().unwrap_or(100).unsigned_abs().max(1)
}

/// When the machine was started: milliseconds since 1970.
pub(crate) fn booted() -> i64 {
    let up = clock_gettime(ClockId::CLOCK_BOOTTIME).map_or(Duration::ZERO, Duration::from);
    crate::journal::writer::wall_clock() - i64::try_from(up.as_millis()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_that_try_to_confuse() {
        let line = b"7 (a) S 9 (b)) Z 3 7 5 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 8150 0 0";
        let stat = Stat::parse(line).unwrap();
        assert_eq!(stat.name, "a) S 9 (b)");
        assert_eq!((stat.parent, stat.session, stat.started), (3, 5, 8150));
        assert!(stat.is_dead());
        assert_eq!(Stat::parse(b"7 (a S 3"), None);
    }

    #[test]
    fn the_living_first_thread_counts_as_its_process() {
        let line = b"7 (a) Z 3 7 5 0 -1 4 0 0 0 0 0 0 0 0 20 0 2 0 8150 0 0";
        assert!(!Stat::parse(line).unwrap().is_dead());
    }

    #[test]
    fn reads_what_was_used() {
        let line = b"7 (a) S 9 (b)) R 3 5 6 0 -1 4 0 0 0 0 11 22 33 44 20 0 9 0 8150 777 55 18446744073709551615";
        let stat = Stat::parse(line).unwrap();
        assert_eq!((stat.name.as_str(), stat.state), ("a) S 9 (b)", b'R'));
        assert_eq!((stat.parent, stat.session), (3, 6));
        assert_eq!((stat.cpu, stat.waited_cpu), (33, 77));
        assert_eq!((stat.threads, stat.started, stat.pages), (9, 8150, 55));
        assert!(Stat::parse(b"7 (a R 3").is_none());
    }
}
