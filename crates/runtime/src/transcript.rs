//! A session's transcript by pages. Only where each entry stands in the journal is held; an entry is
//! read when somebody looks at it. What was found is kept beside the journal, so a transcript of any
//! length opens at once; that file may be deleted or damaged at any time. Not here: what a record
//! means (`bosk_core::transcript`).

mod rows;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bosk_core::lines::{Line, Lines};
use bosk_core::transcript::check::CHECK;
use bosk_core::transcript::fold::{Change, LONGEST_LINE, Said, read, wall};
use bosk_core::transcript::{Entry, EntryBody, Fold};

use crate::journal::JOURNAL;
use rows::Row;

/// Bytes read at once.
const PIECE: usize = 256 << 10;

/// Most entries in one page.
pub const LONGEST_PAGE: u32 = 500;

/// Most bytes of the journal that are read for what a check printed: its end is what counts. Six times what is
/// shown, as a byte is six in JSON at most, and what stands around it.
const CHECK_BYTES: u64 = 1 << 20;

/// A transcript that is looked at.
#[derive(Debug)]
pub struct Transcript {
    folder: PathBuf,
    journal: File,
    rows: Vec<Row>,
    fold: Fold,
    /// Where the next unread line begins.
    read_to: u64,
    /// How many of the rows the file beside the journal holds as they are, and up to where.
    kept: (usize, u64),
}

impl Transcript {
    /// Opens the transcript of the session in `folder`. It is empty until it catches up.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let journal = File::open(folder.join(JOURNAL))?;
        let length = journal.metadata()?.len();
        let rows::Found { rows, read_to, before } = rows::load(folder, length).unwrap_or_default();
        let mut transcript = Self {
            folder: folder.to_owned(),
            journal,
            kept: (rows.len(), read_to),
            fold: Fold::resumed(0, [], before),
            rows,
            read_to,
        };
        transcript.remember_open()?;
        Ok(transcript)
    }

    /// How many entries there are, as far as was read.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.fold.total()
    }

    /// Reads what was added to the journal up to `end`, the end of a whole record, or to the present
    /// end of the file. Tells each change, in order.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn catch_up(&mut self, end: Option<u64>, each: impl FnMut(Change)) -> io::Result<()> {
        let end = match end {
            Some(end) => end,
            None => self.end()?,
        };
        self.read_on(end, u64::MAX, each).map(drop)
    }

    /// The present end of the journal.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn end(&self) -> io::Result<u64> {
        Ok(self.journal.metadata()?.len())
    }

    /// As [`Self::catch_up`], but stops once `most` bytes or somewhat more were read. Whether it
    /// reached the end.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn read_on(
        &mut self,
        end: u64,
        most: u64,
        mut each: impl FnMut(Change),
    ) -> io::Result<bool> {
        let begin = self.read_to;
        let mut lines = Lines::new(LONGEST_LINE);
        let mut piece = vec![0; PIECE];
        let mut at = self.read_to;
        self.journal.seek(SeekFrom::Start(at))?;
        while at < end {
            // By whole lines, or one that is longer than `most` would be begun again for ever.
            if self.read_to - begin >= most {
                return Ok(false);
            }
            let wanted = usize::try_from(end - at).unwrap_or(PIECE).min(PIECE);
            let got = self.journal.read(&mut piece[..wanted])?;
            if got == 0 {
                break;
            }
            at += got as u64;
            let (rows, fold, read_to) = (&mut self.rows, &mut self.fold, &mut self.read_to);
            lines.feed(&piece[..got], |line| {
                let length = match line {
                    Line::Whole(line) => line.len() as u64,
                    Line::Long(_, length) => length,
                };
                for (place, change) in (0..).zip(fold.apply(line)) {
                    let row = Row::of(&change, fold, *read_to, length, place);
                    rows::note(rows, &change, row);
                    each(change);
                }
                *read_to += length + 1;
            });
        }
        Ok(true)
    }

    /// The entries from `from` on, `count` of them as far as there are.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn page(&mut self, from: u32, count: u32) -> io::Result<Vec<Entry>> {
        let last = from.saturating_add(count.min(LONGEST_PAGE)).min(self.total());
        (from..last).filter_map(|index| self.entry(index).transpose()).collect()
    }

    /// The entries whose text holds `text`, whatever the case of its letters: at most 10,000.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn find(&mut self, text: &str) -> io::Result<Vec<u32>> {
        let wanted = text.to_lowercase();
        let mut found = Vec::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        for index in 0..self.total() {
            if let Some(entry) = self.entry(index)?
                && entry.body.holds(&wanted)
            {
                found.push(index);
                if found.len() == 10_000 {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// Keeps what was found beside the journal, for the next time. Failing is no harm.
    pub fn keep(&mut self) {
        if self.kept == (self.rows.len(), self.read_to) {
            return;
        }
        match rows::save(&self.folder, &self.rows, self.read_to, self.fold.before()) {
            Ok(()) => self.kept = (self.rows.len(), self.read_to),
            Err(error) => tracing::debug!(%error, "the transcript's index was not kept"),
        }
    }

    fn entry(&mut self, index: u32) -> io::Result<Option<Entry>> {
        let Some(row) = self.rows.get(index as usize).copied() else { return Ok(None) };
        let line = self.line(row.at, row.length)?;
        let (at, said) = with_line(&line, row.length, |line| (wall(line), read(line)));
        let (parent, mut body) = match said.into_iter().nth(row.place as usize) {
            Some(Said::New { parent, body }) => (parent, body),
            Some(Said::Taken { body, .. }) => (None, body),
            Some(
                Said::Result { .. }
                | Said::Decided { .. }
                | Said::Cost { .. }
                | Said::Check(_)
                | Said::Counted(_),
            )
            | None => {
                return Ok(None);
            }
        };
        if let Some((from, to)) = row.check() {
            self.read_check(&mut body, from, to)?;
        }
        if let EntryBody::TurnEnd { cost_usd, .. } = &mut body {
            *cost_usd -= row.before();
        }
        if let EntryBody::ToolUse { id, result, decision, cost, .. } = &mut body {
            for (at, length) in row.later() {
                let line = self.line(at, length)?;
                for said in with_line(&line, length, read) {
                    match said {
                        Said::Result { tool_use_id, result: came } if tool_use_id == *id => {
                            *result = Some(came);
                        }
                        Said::Decided { tool_use_id, answer } if tool_use_id == *id => {
                            *decision = Some(answer);
                        }
                        Said::Cost { tool_use_id, cost: came } if tool_use_id == *id => {
                            *cost = Some(came);
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(Some(Entry { index, at, parent, body }))
    }

    /// What a check said between two places.
    fn read_check(&mut self, body: &mut EntryBody, from: u64, to: u64) -> io::Result<()> {
        // Where that is not all of it, it begins within a line, which is passed by.
        let from = from.max(to.saturating_sub(CHECK_BYTES));
        let mut bytes = Vec::new();
        self.journal.seek(SeekFrom::Start(from))?;
        (&self.journal).take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
        bytes.push(b'\n');
        Lines::new(LONGEST_LINE).feed(&bytes, |line| {
            for said in read(line) {
                if let Said::Check(note) = said {
                    body.check(&note);
                }
            }
        });
        Ok(())
    }

    fn line(&mut self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        let held = usize::try_from(length).unwrap_or(LONGEST_LINE).min(LONGEST_LINE);
        let mut line = vec![0; held];
        self.journal.seek(SeekFrom::Start(at))?;
        self.journal.read_exact(&mut line)?;
        Ok(line)
    }

    /// Brings the fold to where the rows end: it must know the entries that something may still be
    /// said of.
    fn remember_open(&mut self) -> io::Result<()> {
        let rows = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let open: Vec<u32> =
            (0..rows).filter(|index| self.rows[*index as usize].is_open()).collect();
        let mut known = Vec::new();
        for index in open {
            let name = match self.entry(index)?.map(|entry| entry.body) {
                Some(EntryBody::ToolUse { id, .. }) => id,
                Some(EntryBody::Prompt { uuid, .. }) => uuid,
                Some(body) if body.is_checking() => CHECK.to_owned(),
                _ => continue,
            };
            known.push((name, index));
        }
        self.fold = Fold::resumed(rows, known, self.fold.before());
        Ok(())
    }
}

fn with_line<T>(bytes: &[u8], length: u64, read: impl FnOnce(Line<'_>) -> T) -> T {
    if bytes.len() as u64 == length {
        read(Line::Whole(bytes))
    } else {
        read(Line::Long(bytes, length))
    }
}

#[cfg(test)]
mod tests;
