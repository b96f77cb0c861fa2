//! Where each entry stands in the journal, and the file that keeps this.

use std::io;
use std::path::{Path, PathBuf};

use bosk_core::journal::CheckNote;
use bosk_core::transcript::fold::Change;
use bosk_core::transcript::{EntryBody, Fold};

use crate::files;

/// The file's first bytes: a name and a version.
const MAGIC: &[u8; 8] = b"boskent5";

/// Bytes of a row in the file.
const SIZE: usize = 72;

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// Where its line begins.
    pub(super) at: u64,
    /// How long that is.
    pub(super) length: u64,
    /// Which of the line's entries it is.
    pub(super) place: u32,
    /// A tool use, or a message that was handed over: a later line belongs to it.
    awaits: bool,
    /// A check: all lines up to the last of its own may belong to it.
    check: bool,
    /// Where its result's line, the message's acknowledgement, or the check's last line begins, and how long that is; 0 for none.
    result: (u64, u64),
    /// The same of its decision.
    decision: (u64, u64),
    /// The same of what it cost. Of a turn's end, first the bits of what is taken off its cost, and no length.
    cost: (u64, u64),
}

impl Row {
    /// The place of what `change` came from: the `place`th entry of the line at `at`.
    pub(super) fn of(change: &Change, fold: &Fold, at: u64, length: u64, place: u32) -> Self {
        let awaits = matches!(change, Change::Push(entry) if fold.awaits(&entry.body));
        let check = matches!(change, Change::Push(entry) if entry.body.is_checking());
        let ends = matches!(change, Change::Push(entry) if matches!(entry.body, EntryBody::TurnEnd { .. }));
        let cost = if ends { (fold.before().to_bits(), 0) } else { (0, 0) };
        Self { at, length, place, awaits, check, cost, ..Self::default() }
    }

    /// What is taken off what a turn has cost, for which this stands: US dollars.
    pub(super) const fn before(&self) -> f64 {
        f64::from_bits(self.cost.0)
    }

    pub(super) const fn is_open(&self) -> bool {
        self.awaits && (self.check || self.result.1 == 0)
    }

    /// From where to where what was printed by a check stands.
    pub(super) const fn check(&self) -> Option<(u64, u64)> {
        match self.result {
            (at, length @ 1..) if self.check => Some((self.at + self.length + 1, at + length)),
            _ => None,
        }
    }

    /// The later lines that belong to the entry.
    pub(super) fn later(&self) -> impl Iterator<Item = (u64, u64)> {
        [self.decision, self.cost, self.result].into_iter().filter(|(_, length)| *length > 0)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let flags =
            u64::from(self.place) << 2 | u64::from(self.check) << 1 | u64::from(self.awaits);
        for number in [self.at, self.length, flags] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for (at, length) in [self.result, self.decision, self.cost] {
            out.extend_from_slice(&at.to_le_bytes());
            out.extend_from_slice(&length.to_le_bytes());
        }
    }

    fn read(bytes: &[u8]) -> Self {
        let mut numbers = bytes.chunks_exact(8).map(number);
        let mut next = || numbers.next().unwrap_or_default();
        let (at, length, flags) = (next(), next(), next());
        Self {
            at,
            length,
            place: u32::try_from(flags >> 2).unwrap_or_default(),
            awaits: flags & 1 == 1,
            check: flags & 2 == 2,
            result: (next(), next()),
            decision: (next(), next()),
            cost: (next(), next()),
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

/// Notes what a line changed; `row` says where that line stands.
pub(super) fn note(rows: &mut Vec<Row>, change: &Change, row: Row) {
    let at = (row.at, row.length);
    match change {
        Change::Push(_) => rows.push(row),
        Change::Result(index, _) | Change::Taken(index) => {
            if let Some(row) = rows.get_mut(*index as usize) {
                row.result = at;
            }
        }
        Change::Check(index, note) => {
            if let Some(row) = rows.get_mut(*index as usize) {
                row.result = at;
                row.awaits = !matches!(note, CheckNote::Ended { .. });
            }
        }
        Change::Decided(index, _) => {
            if let Some(row) = rows.get_mut(*index as usize) {
                row.decision = at;
            }
        }
        Change::Cost(index, _) => {
            if let Some(row) = rows.get_mut(*index as usize) {
                row.cost = at;
            }
        }
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("entries")
}

/// What was kept.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) rows: Vec<Row>,
    /// Up to where of the journal they tell.
    pub(super) read_to: u64,
    /// What is taken off what turns have cost from there on: US dollars.
    pub(super) before: f64,
}

/// The rows kept. Nothing when they are damaged or belong to a longer journal than this one.
pub(super) fn load(folder: &Path, journal: u64) -> Option<Found> {
    let bytes = std::fs::read(path(folder)).ok()?;
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    if crc32fast::hash(body).to_le_bytes() != sum {
        return None;
    }
    let rest = body.strip_prefix(MAGIC)?;
    let (head, rows) = rest.split_at_checked(16)?;
    let (read_to, before) = head.split_at(8);
    let (read_to, before) = (number(read_to), f64::from_bits(number(before)));
    let rows_of = || rows.chunks_exact(SIZE).map(Row::read).collect();
    (read_to <= journal && rows.len() % SIZE == 0).then(|| Found {
        rows: rows_of(),
        read_to,
        before,
    })
}

/// Keeps the rows.
pub(super) fn save(folder: &Path, rows: &[Row], read_to: u64, before: f64) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(28 + rows.len() * SIZE);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&read_to.to_le_bytes());
    bytes.extend_from_slice(&before.to_bits().to_le_bytes());
    for row in rows {
        row.write(&mut bytes);
    }
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    files::write_atomically(&path(folder), &bytes)
}
