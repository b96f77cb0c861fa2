//! Reading journals that may still grow, in pieces and within bounded memory.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use bosk_core::journal::{self, Decision, Kind};
use bosk_core::lines::{Line, Lines};

/// Bytes read at once.
const PIECE: usize = 256 << 10;

/// Reads a journal from its beginning or an offset.
#[derive(Debug)]
pub struct Reader {
    file: File,
    lines: Lines,
}

impl Reader {
    /// Opens a journal whose lines are held whole up to `longest` bytes.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(path: &Path, longest: usize) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, lines: Lines::new(longest) })
    }

    /// Goes to an offset at which a record begins.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn go_to(&mut self, offset: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        Ok(())
    }

    /// Hands on each whole line from here to the present end; a torn tail is left out.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn read_all(&mut self, mut each: impl FnMut(Line<'_>)) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        loop {
            let read = self.file.read(&mut piece)?;
            if read == 0 {
                return Ok(());
            }
            self.lines.feed(&piece[..read], &mut each);
        }
    }
}

/// The person's decisions, in order. A damaged one is passed by: the others still hold. No file is
/// no decision.
///
/// # Errors
/// Whatever the file system says.
pub fn read_decisions(path: &Path) -> io::Result<Vec<Decision>> {
    let mut reader = match Reader::open(path, bosk_core::wire::LONGEST_REQUEST * 2) {
        Ok(reader) => reader,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    reader.read_all(|line| {
        if let Line::Whole(line) = line
            && let Ok(record) = journal::decode(line)
            && record.header.kind == Kind::Decision
            && let Ok(decision) = serde_json::from_slice(record.payload)
        {
            found.push(decision);
        }
    })?;
    Ok(found)
}
