//! Splitting a stream of bytes into lines within bounded memory, however the bytes are cut up.

/// A line, without its newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// The whole of it.
    Whole(&'a [u8]),
    /// It is longer than is kept: its beginning, and its whole length in bytes.
    Long(&'a [u8], u64),
}

/// Holds the unfinished line between two pieces: at most `limit` bytes of it.
#[derive(Debug)]
pub struct Lines {
    limit: usize,
    kept: Vec<u8>,
    length: u64,
}

impl Lines {
    /// Lines of up to `limit` bytes are given whole.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { limit, kept: Vec::new(), length: 0 }
    }

    /// Bytes of the unfinished line so far.
    #[must_use]
    pub const fn pending(&self) -> u64 {
        self.length
    }

    /// Takes a piece and hands on each line that it completes.
    pub fn feed(&mut self, mut piece: &[u8], mut each: impl FnMut(Line<'_>)) {
        while let Some(at) = memchr::memchr(b'\n', piece) {
            let (end, rest) = piece.split_at(at);
            piece = &rest[1..];
            if self.length == 0 && end.len() <= self.limit {
                each(Line::Whole(end));
                continue;
            }
            self.keep(end);
            each(self.line());
            self.kept.clear();
            self.kept.shrink_to(64 << 10);
            self.length = 0;
        }
        self.keep(piece);
    }

    /// Ends the stream: what is left counts as a line.
    pub fn finish(&mut self, mut each: impl FnMut(Line<'_>)) {
        if self.length > 0 {
            each(self.line());
        }
        self.kept = Vec::new();
        self.length = 0;
    }

    fn keep(&mut self, part: &[u8]) {
        self.length += part.len() as u64;
        let room = self.limit.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn line(&self) -> Line<'_> {
        if self.length > self.limit as u64 {
            Line::Long(&self.kept, self.length)
        } else {
            Line::Whole(&self.kept)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(bytes: &[u8], pieces: &[usize], limit: usize) -> Vec<(Vec<u8>, u64)> {
        let mut lines = Lines::new(limit);
        let mut found = Vec::new();
        let mut each = |line: Line<'_>| {
            found.push(match line {
                Line::Whole(all) => (all.to_vec(), all.len() as u64),
                Line::Long(start, length) => (start.to_vec(), length),
            });
        };
        let mut rest = bytes;
        for piece in pieces.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*piece).min(rest.len()));
            lines.feed(now, &mut each);
            rest = later;
        }
        lines.finish(&mut each);
        found
    }

    proptest! {
        #[test]
        fn how_it_is_cut_does_not_matter(
            bytes in prop::collection::vec(prop::sample::select(vec![b'a', b'b', b'\n']), 0..200),
            pieces in prop::collection::vec(1_usize..30, 1..10),
            limit in 1_usize..20,
        ) {
            let mut expected: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            if expected.last().is_some_and(|last| last.is_empty()) {
                expected.pop();
            }
            let expected: Vec<(Vec<u8>, u64)> = expected
                .iter()
                .map(|line| (line[..line.len().min(limit)].to_vec(), line.len() as u64))
                .collect();
            prop_assert_eq!(lines(&bytes, &pieces, limit), expected);
        }
    }
}
