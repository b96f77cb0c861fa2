//! Giving back what only starting has needed. Not here: what a process may use (limits).

/// Unmaps this program's code and constants, which come back page by page as they are used. A keeper
/// runs for hours and needs a fraction of what parsing its arguments, asking git and finding the CLI
/// took: measured, half of its memory. Linux only; elsewhere nothing is done.
pub fn let_go_of_code() {
    #[cfg(target_os = "linux")]
    {
        let own = std::fs::read_link("/proc/self/exe").unwrap_or_default();
        let map = std::fs::read_to_string("/proc/self/smaps").unwrap_or_default();
        for (start, length) in linux::untouched(&map, &own.to_string_lossy()) {
            // SAFETY: the range is a private, read-only mapping of this program's file in which no page
            // differs from the file, so whatever is used of it is read again by the system.
            unsafe { libc::madvise(start as *mut libc::c_void, length, libc::MADV_DONTNEED) };
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    /// Where the file is mapped without leave to write and no page of it was ever written to (as the
    /// loader does where it relocates): start and length, from the text of proc_pid_smaps(5).
    pub(super) fn untouched(map: &str, file: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut current = None;
        for line in map.lines() {
            if let Some(range) = mapping(line, file) {
                current = range;
            } else if line.strip_prefix("Anonymous:").map(str::trim) == Some("0 kB") {
                found.extend(current.take());
            }
        }
        found
    }

    /// Whether the line begins a mapping, and where that is if it is a read-only one of the file:
    /// `start-end access offset device inode   path`.
    fn mapping(line: &str, file: &str) -> Option<Option<(usize, usize)>> {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let start = usize::from_str_radix(start, 16).ok()?;
        let end = usize::from_str_radix(end, 16).ok()?;
        let mut words = rest.splitn(5, ' ');
        let access = words.next()?;
        let path = words.nth(3).unwrap_or_default().trim_start();
        let wanted = matches!(access, "r--p" | "r-xp") && path == file && end > start;
        Some(wanted.then(|| (start, end - start)))
    }

    #[cfg(test)]
    mod tests {
        use super::untouched;

        const MAP: &str = "\
1000-3000 r--p 00000000 fe:00 42                         /opt/a b/bosk
Size:                  8 kB
Anonymous:             0 kB
3000-7000 r-xp 00002000 fe:00 42                         /opt/a b/bosk
Anonymous:             0 kB
7000-8000 r--p 00006000 fe:00 42                         /opt/a b/bosk
Anonymous:             4 kB
8000-9000 rw-p 00007000 fe:00 42                         /opt/a b/bosk
Anonymous:             0 kB
9000-a000 r-xp 00000000 fe:00 43                         /usr/lib/libc.so.6
Anonymous:             0 kB
a000-b000 rw-p 00000000 00:00 0
Anonymous:             0 kB
";

        #[test]
        fn only_what_is_as_in_the_programs_file_is_let_go_of() {
            assert_eq!(untouched(MAP, "/opt/a b/bosk"), [(0x1000, 0x2000), (0x3000, 0x4000)]);
            assert_eq!(untouched(MAP, "/opt/other"), []);
        }

        #[test]
        fn the_program_runs_on() {
            let own = std::env::current_exe().unwrap();
            let map = std::fs::read_to_string("/proc/self/smaps").unwrap();
            let here = super::super::let_go_of_code as *const () as usize;
            let found = untouched(&map, own.to_str().unwrap());
            assert!(found.iter().any(|(start, length)| (*start..start + length).contains(&here)));
            super::super::let_go_of_code();
            assert_eq!("still here".to_uppercase(), "STILL HERE");
        }
    }
}
