//! What a session has cost, kept beside its journal with how far that was read (`spent`). The file may be lost, damaged
//! or deleted at any time: then the journal is read anew.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use bosk_core::claude::message::{Message, parse};
use bosk_core::journal::{self, Kind, Note};
use bosk_core::lines::Line;
use bosk_core::spend::Spending;
use memchr::memmem;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::journal::{JOURNAL, Reader};

/// The file's name.
const SPENT: &str = "spent";

/// The file's first bytes: a name and a version.
const MAGIC: &[u8; 8] = b"boskspn2";

/// The longest line that is looked at: an end of a turn repeats Claude's last words.
const LONGEST: usize = 1 << 20;

/// The largest file that is made or read: bytes.
const LARGEST: usize = 4 << 20;

/// So much of the journal's end, as it was then, tells whether it has only grown since: bytes.
const END: u64 = 64;

/// What is in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Where the next line of the journal begins.
    read_to: u64,
    /// The checksum of what stands right before that.
    end: u32,
    spending: Spending,
}

/// What the session in that folder has cost, and how many bytes of its journal were read to know.
pub(super) fn spending(folder: &Path) -> io::Result<(Spending, u64)> {
    let path = folder.join(JOURNAL);
    let mut kept = load(folder, &path).unwrap_or_default();
    let length = std::fs::metadata(&path)?.len();
    if length == kept.read_to {
        return Ok((kept.spending, 0));
    }
    let from = kept.read_to;
    let marks = ["\"modelUsage\"", "\"note\":\"forked\"", "\"note\":\"ended\""];
    let marks = marks.map(memmem::Finder::new);
    let mut reader = Reader::open(&path, LONGEST)?;
    reader.go_to(from)?;
    reader.read_all(|line| {
        kept.read_to += 1 + match line {
            Line::Whole(text) => text.len() as u64,
            Line::Long(_, length) => length,
        };
        let Line::Whole(line) = line else { return };
        if !marks.iter().any(|mark| mark.find(line).is_some()) {
            return;
        }
        let Ok(record) = journal::decode(line) else { return };
        match record.header.kind {
            Kind::Output => {
                if let Ok(Message::Result(result)) = parse(record.payload) {
                    kept.spending.take(&result, record.header.wall);
                }
            }
            Kind::Note => match serde_json::from_slice(record.payload) {
                Ok(Note::Forked { counted }) => kept.spending.begin_at(counted),
                Ok(Note::Ended { .. }) => kept.spending.ended(),
                _ => {}
            },
            Kind::Error | Kind::Decision => {}
        }
    })?;
    let read = kept.read_to - from;
    if read > 0 {
        kept.end = end_of(&path, kept.read_to)?;
        // Without it everything is as right, and slower.
        let _ = save(folder, &kept);
    }
    Ok((kept.spending, read))
}

/// What was kept, where it belongs to this journal.
fn load(folder: &Path, journal: &Path) -> Option<Kept> {
    let path = folder.join(SPENT);
    if path.metadata().ok()?.len() > LARGEST as u64 {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    if crc32fast::hash(body).to_le_bytes() != sum {
        return None;
    }
    let kept: Kept = serde_json::from_slice(body.strip_prefix(MAGIC)?).ok()?;
    (end_of(journal, kept.read_to).ok()? == kept.end).then_some(kept)
}

fn save(folder: &Path, kept: &Kept) -> io::Result<()> {
    let mut bytes = MAGIC.to_vec();
    serde_json::to_writer(&mut bytes, kept)?;
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    if bytes.len() > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    files::replace(&folder.join(SPENT), &bytes)
}

/// The checksum of what stands right before `at`; an error where the journal is shorter.
fn end_of(journal: &Path, at: u64) -> io::Result<u32> {
    let mut bytes = vec![0; usize::try_from(at.min(END)).unwrap_or(0)];
    let mut file = File::open(journal)?;
    file.seek(SeekFrom::Start(at - bytes.len() as u64))?;
    file.read_exact(&mut bytes)?;
    Ok(crc32fast::hash(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Writer;

    fn end_of_turn(folder: &Path, cost: f64) {
        let line = format!(
            r#"{{"type":"result","subtype":"success","modelUsage":{{"m":{{"costUSD":{cost}}}}}}}"#
        );
        let (mut journal, _) = Writer::open(&folder.join(JOURNAL)).unwrap();
        for _ in 0..100 {
            journal.append(Kind::Output, br#"{"type":"assistant"}"#);
        }
        journal.append(Kind::Output, line.as_bytes());
        journal.sync().unwrap();
    }

    fn length(folder: &Path) -> u64 {
        std::fs::metadata(folder.join(JOURNAL)).unwrap().len()
    }

    fn read(folder: &Path) -> (f64, u64) {
        let (spending, read) = spending(folder).unwrap();
        (spending.since(0), read)
    }

    #[test]
    fn only_what_was_added_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        end_of_turn(folder, 1.0);
        let first = length(folder);
        assert_eq!(read(folder), (1.0, first));
        assert_eq!(read(folder), (1.0, 0));
        end_of_turn(folder, 1.5);
        assert_eq!(read(folder), (1.5, length(folder) - first));
    }

    #[test]
    fn what_is_damaged_or_belongs_to_another_journal_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        end_of_turn(folder, 1.0);
        read(folder);
        let whole = std::fs::read(folder.join(SPENT)).unwrap();
        for damaged in [&whole[..whole.len() - 1], b"", b"nonsense", &vec![b'x'; 5 << 20]] {
            std::fs::write(folder.join(SPENT), damaged).unwrap();
            assert_eq!(read(folder), (1.0, length(folder)));
        }
        // A journal that was cut off, and has grown to the same length as before in another way.
        let before = length(folder);
        let journal = std::fs::read(folder.join(JOURNAL)).unwrap();
        let line = journal.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        std::fs::write(folder.join(JOURNAL), &journal[..line]).unwrap();
        assert_eq!(read(folder), (0.0, line as u64));
        std::fs::write(folder.join(SPENT), &whole).unwrap();
        end_of_turn(folder, 2.0);
        assert!(length(folder) >= before);
        assert_eq!(read(folder), (2.0, length(folder)));
    }

    #[test]
    fn a_line_that_is_being_written_is_read_when_it_is_whole() {
        use std::io::Write as _;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        end_of_turn(folder, 1.0);
        let whole = std::fs::read(folder.join(JOURNAL)).unwrap();
        let (start, rest) = whole.split_at(whole.len() - 40);
        std::fs::write(folder.join(JOURNAL), start).unwrap();
        assert_eq!(read(folder).0, 0.0);
        let mut journal = File::options().append(true).open(folder.join(JOURNAL)).unwrap();
        journal.write_all(rest).unwrap();
        assert_eq!(read(folder).0, 1.0);
    }
}
