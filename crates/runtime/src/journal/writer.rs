//! Appending to a journal. A short write comes before «disk full» does, so what could not be written
//! is kept and written first next time; the end that is told to readers is always that of a whole
//! record.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bosk_core::journal::{self, Header, Kind, Open};

use crate::files;

/// Bytes gathered before they are written by themselves, so that a flood costs few system calls and
/// a very long line little memory.
const GATHER: usize = 64 << 10;

/// What opening a journal found and mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repair {
    /// Bytes of a torn record that were cut off and kept in `<journal>.torn`.
    pub torn: u64,
}

/// A place in a journal that [`Writer::take_back`] goes back to.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    end: u64,
    seq: u64,
}

/// A journal that this process alone appends to.
#[derive(Debug)]
pub struct Writer {
    file: File,
    /// Bytes that are in the file.
    written: u64,
    /// Bytes that wait to be written.
    buffer: Vec<u8>,
    /// Where the last whole record ends, counting what waits.
    whole: u64,
    /// Where the last whole record that is in the file ends.
    end: u64,
    seq: u64,
    started: Instant,
    open: Option<Open>,
    unsynced: bool,
}

impl Writer {
    /// Opens or makes the journal at `path`. A torn tail is cut off and kept apart: appending to it
    /// would destroy the next record too (measured).
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(path: &Path) -> io::Result<(Self, Repair)> {
        let new = !path.exists();
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        if new && let Some(folder) = path.parent() {
            files::sync_folder(folder)?;
        }
        let (end, length, seq) = last_record(&mut file)?;
        let repair = Repair { torn: length - end };
        if repair.torn > 0 {
            let mut torn = OpenOptions::new()
                .create(true)
                .append(true)
                .open(path.with_added_extension("torn"))?;
            file.seek(SeekFrom::Start(end))?;
            io::copy(&mut file, &mut torn)?;
            torn.sync_all()?;
            file.set_len(end)?;
        }
        let writer = Self {
            file,
            written: end,
            buffer: Vec::new(),
            whole: end,
            end,
            seq,
            started: Instant::now(),
            open: None,
            unsynced: false,
        };
        Ok((writer, repair))
    }

    /// Where the journal ends for readers: in bytes, after a whole record.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// Milliseconds since this writer was opened: the clock of its records.
    #[must_use]
    pub fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether something was written since the last sync.
    #[must_use]
    pub const fn is_unsynced(&self) -> bool {
        self.unsynced
    }

    /// Whether something waits because it could not be written.
    #[must_use]
    pub const fn is_behind(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Appends a whole record. It reaches the file with the next [`flush`](Self::flush).
    pub fn append(&mut self, kind: Kind, payload: &[u8]) {
        self.begin(kind);
        self.push(payload);
        self.finish();
    }

    /// Begins a record whose payload comes in parts.
    pub fn begin(&mut self, kind: Kind) {
        let header = Header { seq: self.seq, wall: wall_clock(), mono: self.now(), kind };
        self.seq += 1;
        self.open = Some(journal::begin(&mut self.buffer, &header));
    }

    /// Adds a part to the record that was begun.
    pub fn push(&mut self, part: &[u8]) {
        if let Some(open) = &mut self.open {
            open.push(&mut self.buffer, part);
        }
    }

    /// Ends the record that was begun.
    pub fn finish(&mut self) {
        if let Some(open) = self.open.take() {
            open.finish(&mut self.buffer);
            self.whole = self.written + self.buffer.len() as u64;
        }
    }

    /// Where the journal stands now, to come back to. Nothing may wait to be written.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        Mark { end: self.whole, seq: self.seq }
    }

    /// Takes back every record since `mark`, written or not: one that could not be made durable must
    /// not become so later by itself.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn take_back(&mut self, mark: Mark) -> io::Result<()> {
        self.buffer.clear();
        self.open = None;
        self.file.set_len(mark.end)?;
        (self.written, self.whole, self.end) = (mark.end, mark.end, mark.end);
        self.seq = mark.seq;
        Ok(())
    }

    /// Whether enough waits to be worth a system call of its own.
    #[must_use]
    pub const fn wants_flush(&self) -> bool {
        self.buffer.len() >= GATHER
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// Whatever the file system says, «disk full» above all. What was not written waits on, and
    /// nothing that was appended is lost.
    pub fn flush(&mut self) -> io::Result<()> {
        let mut done = 0;
        let result = loop {
            match self.file.write(&self.buffer[done..]) {
                _ if done == self.buffer.len() => break Ok(()),
                Ok(0) => break Err(ErrorKind::WriteZero.into()),
                Ok(more) => done += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        self.buffer.drain(..done);
        self.buffer.shrink_to(2 * GATHER);
        self.written += done as u64;
        self.unsynced |= done > 0;
        if self.whole <= self.written {
            self.end = self.whole;
        }
        result
    }

    /// Writes what waits and makes it durable.
    ///
    /// # Errors
    /// Whatever the file system says. After a failed sync the record may or may not be durable, so
    /// nothing must be done that relies on it.
    pub fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_data()?;
        self.unsynced = false;
        Ok(())
    }

    /// A second handle for syncing from another thread, and takes what is written as synced.
    ///
    /// # Errors
    /// The system has no descriptor left.
    pub fn sync_elsewhere(&mut self) -> io::Result<File> {
        let file = self.file.try_clone()?;
        self.unsynced = false;
        Ok(file)
    }
}

/// Milliseconds since 1970; before it, negative.
pub(crate) fn wall_clock() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

/// Where the last whole line ends, how long the file is, and the next sequence number.
fn last_record(file: &mut File) -> io::Result<(u64, u64, u64)> {
    const STEP: u64 = 64 << 10;
    /// Longer than any message with what stands around it.
    const LONGEST_TAIL: usize = 2 << 20;
    let length = file.seek(SeekFrom::End(0))?;
    let mut end = None;
    let mut at = length;
    // The line whose beginning is looked for, and whether its end had to be left out.
    let (mut tail, mut cut) = (Vec::new(), false);
    let mut seq = None;
    while at > 0 && seq.is_none() {
        let start = at.saturating_sub(STEP);
        let mut block = vec![0; usize::try_from(at - start).map_err(io::Error::other)?];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut block)?;
        at = start;
        if end.is_none() {
            let Some(last) = memchr::memrchr(b'\n', &block) else { continue };
            end = Some(start + last as u64 + 1);
            block.truncate(last);
        }
        let first_line = match memchr::memchr(b'\n', &block) {
            _ if start == 0 => Some(0),
            found => found.map(|newline| newline + 1),
        };
        block.append(&mut tail);
        // The last record whose beginning can be read tells the number; a damaged one is passed by.
        if let Some(first_line) = first_line {
            let mut lines = block[first_line..].rsplit(|byte| *byte == b'\n');
            let long = if cut { lines.next() } else { None };
            let long = long.and_then(|line| journal::decode_start(line).ok());
            let record = long.or_else(|| lines.find_map(|line| journal::decode(line).ok()));
            seq = record.map(|record| record.header.seq.saturating_add(1));
            block.truncate(first_line.saturating_sub(1));
            cut = false;
        }
        cut |= block.len() > LONGEST_TAIL;
        block.truncate(LONGEST_TAIL);
        tail = block;
    }
    Ok((end.unwrap_or(0), length, seq.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Reader;
    use bosk_core::lines::Line;
    use proptest::prelude::*;

    fn payloads(path: &Path) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        let mut reader = Reader::open(path, 1 << 20).unwrap();
        reader
            .read_all(|line| {
                let Line::Whole(line) = line else { panic!("long") };
                found.push(journal::decode(line).unwrap().payload.to_vec());
            })
            .unwrap();
        found
    }

    #[test]
    fn goes_on_where_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        for (seq, word) in (0_u64..).zip(["one", "two", "three"]) {
            let (mut writer, repair) = Writer::open(&path).unwrap();
            assert_eq!((writer.seq, repair), (seq, Repair::default()));
            writer.append(Kind::Output, word.as_bytes());
            writer.sync().unwrap();
        }
        assert_eq!(payloads(&path), [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_torn_tail_harms_no_neighbour(sizes in prop::collection::vec(0_usize..40_000, 1..8), cut in any::<prop::sample::Index>()) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("journal");
            let mut ends = vec![0];
            let (mut writer, _) = Writer::open(&path).unwrap();
            for size in &sizes {
                writer.append(Kind::Output, &vec![b'x'; *size]);
                writer.flush().unwrap();
                ends.push(writer.end());
            }
            drop(writer);
            let length = cut.index(usize::try_from(*ends.last().unwrap()).unwrap() + 1) as u64;
            File::options().write(true).open(&path).unwrap().set_len(length).unwrap();
            let whole = ends.iter().filter(|end| **end <= length).count() - 1;
            let (mut writer, repair) = Writer::open(&path).unwrap();
            prop_assert_eq!(repair.torn, length - ends[whole]);
            prop_assert_eq!(writer.seq, whole as u64);
            writer.append(Kind::Output, b"after");
            writer.flush().unwrap();
            let found = payloads(&path);
            prop_assert_eq!(found.len(), whole + 1);
            prop_assert_eq!(found.last().unwrap(), b"after");
            prop_assert_eq!(path.with_added_extension("torn").exists(), repair.torn > 0);
        }
    }

    #[test]
    fn what_is_taken_back_was_never_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut writer, _) = Writer::open(&path).unwrap();
        writer.append(Kind::Decision, b"one");
        writer.sync().unwrap();
        for written in [false, true] {
            let mark = writer.mark();
            writer.append(Kind::Decision, b"refused");
            if written {
                writer.flush().unwrap();
            }
            writer.take_back(mark).unwrap();
        }
        writer.append(Kind::Decision, b"two");
        writer.sync().unwrap();
        assert_eq!(payloads(&path), [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(Writer::open(&path).unwrap().0.seq, 2);
    }

    #[test]
    fn readers_see_whole_records_only() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, _) = Writer::open(&folder.path().join("journal")).unwrap();
        writer.append(Kind::Output, b"whole");
        writer.flush().unwrap();
        let end = writer.end();
        writer.begin(Kind::Output);
        writer.push(&vec![b'x'; 3 * GATHER]);
        writer.flush().unwrap();
        assert_eq!(writer.end(), end);
        writer.finish();
        writer.flush().unwrap();
        assert!(writer.end() > end + 3 * GATHER as u64);
    }
}
