//! The journal's format: one line a record, so that a damaged record never takes its neighbour with
//! it and a torn tail is found by looking for the last newline. Not here: files, syncing, repair.
//!
//! ```text
//! <seq> <wall> <mono> <kind> <payload> <crc>\n
//! ```
//! `seq`, `wall` (milliseconds since 1970) and `mono` (milliseconds since the keeper started) are
//! decimal, `kind` is one letter, `payload` is any bytes but a newline, and `crc` is the CRC-32 of
//! everything before its own space, in eight hex digits. It stands last so that a line of any
//! length can be written while it is still arriving.

mod words;

use std::io::Write as _;

pub use words::{
    CheckNote, Decision, KilledProcess, LimitNote, Message, Note, Place, Point, RunNote,
    SetupChoice, WentBack,
};

/// The longest line that is read as a message: 1 MiB. Longer ones are in the journal whole and
/// shown by their beginning.
pub const LONGEST_MESSAGE: usize = 1 << 20;

/// Where a payload came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line of the CLI's standard output.
    Output,
    /// A line of the CLI's standard error.
    Error,
    /// A [`Note`] of the keeper.
    Note,
    /// A [`Decision`] of the person; only in the journal of decisions.
    Decision,
}

impl Kind {
    const fn letter(self) -> u8 {
        match self {
            Self::Output => b'o',
            Self::Error => b'e',
            Self::Note => b'n',
            Self::Decision => b'd',
        }
    }

    const fn from_letter(letter: u8) -> Option<Self> {
        match letter {
            b'o' => Some(Self::Output),
            b'e' => Some(Self::Error),
            b'n' => Some(Self::Note),
            b'd' => Some(Self::Decision),
            _ => None,
        }
    }
}

/// What stands before a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Grows by one with each record of a session.
    pub seq: u64,
    /// Milliseconds since 1970, as the machine's clock had it; may jump.
    pub wall: i64,
    /// Milliseconds since the keeper started; never goes back within one keeper's life.
    pub mono: u64,
    /// Where the payload came from.
    pub kind: Kind,
}

/// A record as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What stands before the payload.
    pub header: Header,
    /// The payload.
    pub payload: &'a [u8],
}

/// The line is not a whole record, or its checksum is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the record is damaged")]
pub struct Damaged;

/// A record that is being written.
#[derive(Debug)]
pub struct Open(crc32fast::Hasher);

/// Begins a record in `out`.
#[must_use]
pub fn begin(out: &mut Vec<u8>, header: &Header) -> Open {
    let start = out.len();
    // Writing into a Vec cannot fail.
    let _ = write!(
        out,
        "{} {} {} {} ",
        header.seq,
        header.wall,
        header.mono,
        char::from(header.kind.letter())
    );
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&out[start..]);
    Open(hasher)
}

impl Open {
    /// Adds a part of the payload, which must hold no newline.
    pub fn push(&mut self, out: &mut Vec<u8>, part: &[u8]) {
        self.0.update(part);
        out.extend_from_slice(part);
    }

    /// Ends the record.
    pub fn finish(self, out: &mut Vec<u8>) {
        // Writing into a Vec cannot fail.
        let _ = writeln!(out, " {:08x}", self.0.finalize());
    }
}

/// Writes a whole record into `out`; the payload must hold no newline.
pub fn encode(out: &mut Vec<u8>, header: &Header, payload: &[u8]) {
    let mut record = begin(out, header);
    record.push(out, payload);
    record.finish(out);
}

/// Reads one line, without its newline.
///
/// # Errors
/// The line is not a whole record, or its checksum is wrong.
pub fn decode(line: &[u8]) -> Result<Record<'_>, Damaged> {
    let (body, tail) = line.split_at_checked(line.len().wrapping_sub(9)).ok_or(Damaged)?;
    let told = tail
        .strip_prefix(b" ")
        .and_then(|digits| std::str::from_utf8(digits).ok())
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .ok_or(Damaged)?;
    if crc32fast::hash(body) != told {
        return Err(Damaged);
    }
    split(body)
}

/// Reads the beginning of a line that is too long to be held, without checking it.
///
/// # Errors
/// It does not begin like a record.
pub fn decode_start(start: &[u8]) -> Result<Record<'_>, Damaged> {
    split(start)
}

fn split(body: &[u8]) -> Result<Record<'_>, Damaged> {
    let mut parts = body.splitn(5, |byte| *byte == b' ');
    let mut next = || parts.next().and_then(|part| std::str::from_utf8(part).ok());
    let (seq, wall, mono) = (number(next())?, number(next())?, number(next())?);
    let kind = match next().map(str::as_bytes) {
        Some([letter]) => Kind::from_letter(*letter).ok_or(Damaged)?,
        _ => return Err(Damaged),
    };
    Ok(Record { header: Header { seq, wall, mono, kind }, payload: parts.next().ok_or(Damaged)? })
}

fn number<T: std::str::FromStr>(text: Option<&str>) -> Result<T, Damaged> {
    text.and_then(|text| text.parse().ok()).ok_or(Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> impl Strategy<Value = Header> {
        let kinds = vec![Kind::Output, Kind::Error, Kind::Note, Kind::Decision];
        (any::<u64>(), any::<i64>(), any::<u64>(), prop::sample::select(kinds))
            .prop_map(|(seq, wall, mono, kind)| Header { seq, wall, mono, kind })
    }

    fn payload() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>().prop_filter("newline", |byte| *byte != b'\n'), 0..300)
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote(header in header(), payload in payload(), cut in 0_usize..300) {
            let mut out = Vec::new();
            let mut record = begin(&mut out, &header);
            let (one, two) = payload.split_at(cut.min(payload.len()));
            record.push(&mut out, one);
            record.push(&mut out, two);
            record.finish(&mut out);
            let line = out.strip_suffix(b"\n").unwrap();
            prop_assert!(!line.contains(&b'\n'));
            prop_assert_eq!(decode(line), Ok(Record { header, payload: &payload }));
        }

        #[test]
        fn notices_any_flipped_bit(header in header(), payload in payload(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut out = Vec::new();
            encode(&mut out, &header, &payload);
            out.pop();
            let at = at.index(out.len());
            out[at] ^= 1 << bit;
            // The checksum's own digits may change case and mean the same.
            let same_digits = out[at].is_ascii_uppercase() && at >= out.len() - 8;
            prop_assert!(same_digits || decode(&out) == Err(Damaged));
        }

        #[test]
        fn never_reads_a_torn_line(header in header(), payload in payload(), keep in any::<prop::sample::Index>()) {
            let mut out = Vec::new();
            encode(&mut out, &header, &payload);
            out.pop();
            let keep = keep.index(out.len());
            prop_assert_eq!(decode(&out[..keep]), Err(Damaged));
        }
    }
}
