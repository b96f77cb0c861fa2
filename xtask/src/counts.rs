//! Reads from a test program's own summary how many tests it ran. It knows nextest, libtest (also rustdoc) and vitest.

use std::ops::AddAssign;

/// Tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Counts {
    /// What a line says when it is a summary; nothing for any other line.
    pub(crate) fn in_line(line: &str) -> Self {
        let line = without_colour(line);
        let line = line.trim();
        let summary = if let Some(libtest) = line.strip_prefix("test result: ") {
            libtest
        } else if let Some(vitest) = line.strip_prefix("Tests ") {
            vitest
        } else if line.starts_with("Summary [")
            && let Some((_, nextest)) = line.split_once(" run: ")
        {
            nextest
        } else {
            return Self::default();
        };
        let count = |word| number_before(summary, word);
        // nextest's other two ways of failing: `1 timed out` and `1 exec failed`.
        Self { passed: count("passed"), failed: count("failed") + count("timed") + count("exec") }
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        text.split([' ', ',', ';', '|']).filter(|word| !word.is_empty()).collect();
    let number = |pair: &[&str]| (pair[1] == word).then(|| pair[0].parse::<u64>().ok()).flatten();
    words.windows(2).find_map(number).unwrap_or(0)
}

/// Drops `ESC [ … letter`, the only sequences that these programs colour with.
fn without_colour(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        plain.push_str(&part[end..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (u64, u64) {
        let Counts { passed, failed } = Counts::in_line(line);
        (passed, failed)
    }

    #[test]
    fn each_program_s_summary_is_read() {
        let libtest = "test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s";
        assert_eq!(read(libtest), (5, 2));
        assert_eq!(
            read("     Summary [   0.123s] 12 tests run: 12 passed (1 slow), 3 skipped"),
            (12, 0)
        );
        let cancelled = "     Summary [   1.3s] 7/12 tests run: 4 passed, 1 failed, 1 exec failed, 1 timed out, 0 skipped";
        assert_eq!(read(cancelled), (4, 3));
        assert_eq!(read("      Tests  1 failed | 4 passed | 2 skipped (7)"), (4, 1));
        assert_eq!(
            read(
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m5 passed\u{1b}[39m\u{1b}[22m (5)"
            ),
            (5, 0)
        );
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(read(" Test Files  3 passed (3)"), (0, 0));
        assert_eq!(read("test counts::passed ... ok"), (0, 0));
        assert_eq!(read("the log says: 7 failed"), (0, 0));
    }
}
