//! Files of `/proc` that are read again and again, and so are kept open: half of what reading one costs is
//! finding it. What is open means one process for ever, so a pid that was given to another is noticed.

use std::collections::BTreeMap;
use std::fmt::{Arguments, Write as _};
use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// Most files that are kept open. Whatever is beyond is opened each time.
const MOST: usize = 192;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kept {
    /// proc_pid_stat(5) of a process.
    Stat(u32),
    /// The children of a process's thread. That of one that has ended reads as empty, so both are named.
    Children(u32, u32),
}

/// Reads files, and keeps some of them.
#[derive(Debug, Default)]
pub(super) struct ProcFiles {
    kept: BTreeMap<Kept, (File, bool)>,
    path: String,
    buffer: Vec<u8>,
}

impl ProcFiles {
    /// What is in a file.
    pub(super) fn once(&mut self, path: Arguments<'_>) -> Option<&[u8]> {
        let file = self.open(path)?;
        self.fill(&file)
    }

    /// What is in a file that will be read again.
    pub(super) fn again(&mut self, which: Kept, path: Arguments<'_>) -> Option<&[u8]> {
        if let Some((file, _)) = self.kept.remove(&which)
            && self.fill(&file).is_some()
        {
            return Some(self.keep(which, file));
        }
        let file = self.open(path)?;
        self.fill(&file)?;
        Some(self.keep(which, file))
    }

    /// Lets go of what was not read since this was called before.
    pub(super) fn forget_unread(&mut self) {
        self.kept.retain(|_, (_, read)| std::mem::take(read));
    }

    fn keep(&mut self, which: Kept, file: File) -> &[u8] {
        if self.kept.len() < MOST {
            self.kept.insert(which, (file, true));
        }
        &self.buffer
    }

    fn open(&mut self, path: Arguments<'_>) -> Option<File> {
        self.path.clear();
        let _ = self.path.write_fmt(path);
        File::open(&self.path).ok()
    }

    /// One read where that is enough: to ask for the size first, as the standard library does, would double
    /// the calls.
    fn fill(&mut self, file: &File) -> Option<&[u8]> {
        let mut filled = 0;
        loop {
            self.buffer.resize((filled + 4096).max(self.buffer.capacity()), 0);
            let read = file.read_at(&mut self.buffer[filled..], filled as u64).ok()?;
            filled += read;
            if read == 0 || filled < self.buffer.len() {
                break;
            }
        }
        self.buffer.truncate(filled);
        Some(&self.buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_anew_and_let_go_when_nobody_reads_it() {
        let mut files = ProcFiles::default();
        let own = std::process::id();
        let path = format!("/proc/{own}/stat");
        let which = Kept::Stat(own);
        for _ in 0..2 {
            let text = files.again(which, format_args!("{path}")).unwrap();
            assert!(text.starts_with(own.to_string().as_bytes()) && text.ends_with(b"\n"));
        }
        files.forget_unread();
        assert_eq!(files.kept.len(), 1);
        files.forget_unread();
        assert!(files.kept.is_empty());
    }

    #[test]
    fn a_process_that_has_ended_is_not_read_from_what_was_kept() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let mut files = ProcFiles::default();
        let path = format!("/proc/{}/stat", child.id());
        let which = Kept::Stat(child.id());
        assert!(files.again(which, format_args!("{path}")).is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(files.again(which, format_args!("{path}")).is_none());
        assert!(files.kept.is_empty());
    }
}
