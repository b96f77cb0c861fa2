//! Lines of a diff as a person at a terminal names them: by the number of a part, or by where they stand now. Pure. Not
//! here: what is done with them ([`super::patch`]).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::patch::{Hunk, On, changed, numbered};
use super::{LineAt, Side};

/// The lines of the part of that number, from 1; none where there is no such part.
#[must_use]
pub fn part(hunks: &[Hunk], number: usize) -> Option<BTreeSet<LineAt>> {
    let hunk = hunks.get(number.checked_sub(1)?)?;
    Some(changed(std::slice::from_ref(hunk)))
}

/// The lines that were added there, by their numbers now, and those that were removed right before one of these numbers.
#[must_use]
pub fn between(hunks: &[Hunk], lines: &RangeInclusive<u32>) -> BTreeSet<LineAt> {
    let mut picked = BTreeSet::new();
    for hunk in hunks {
        // The number that the next line on the new side has. A part without any is named by the line before it.
        let is_empty = !hunk.lines.iter().any(|line| line.on != On::Old);
        let mut next = hunk.new + u32::from(is_empty);
        for (_, at) in numbered(hunk) {
            match at {
                Some(at) if at.side == Side::Old => {
                    if lines.contains(&next) {
                        picked.insert(at);
                    }
                }
                Some(at) => {
                    if lines.contains(&at.line) {
                        picked.insert(at);
                    }
                    next = at.line + 1;
                }
                None => next += 1,
            }
        }
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::super::patch::hunks;
    use super::*;

    const DIFF: &[u8] = b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@\n one\n-two\n+2\n+2b\n three\n@@ -9,3 +10,2 @@\n nine\n-ten\n eleven\n";

    fn named(picked: &BTreeSet<LineAt>) -> Vec<String> {
        let sign = |at: &LineAt| if at.side == Side::Old { '-' } else { '+' };
        picked.iter().map(|at| format!("{}{}", sign(at), at.line)).collect()
    }

    #[test]
    fn a_part_by_its_number() {
        let hunks = hunks(DIFF).unwrap();
        assert_eq!(named(&part(&hunks, 1).unwrap()), ["-2", "+2", "+3"]);
        assert_eq!(named(&part(&hunks, 2).unwrap()), ["-10"]);
        assert!(part(&hunks, 0).is_none() && part(&hunks, 3).is_none());
    }

    #[test]
    fn lines_as_they_stand_now_with_what_was_removed_before_them() {
        let hunks = hunks(DIFF).unwrap();
        for (lines, picked) in [
            (2..=2, vec!["-2", "+2"]),
            (3..=3, vec!["+3"]),
            (1..=9, vec!["-2", "+2", "+3"]),
            (11..=11, vec!["-10"]),
            (10..=10, vec![]),
        ] {
            assert_eq!(named(&between(&hunks, &lines)), picked, "{lines:?}");
        }
    }

    #[test]
    fn a_file_that_is_empty_now_has_lost_its_lines_before_the_first() {
        let gone = hunks(b"@@ -1,2 +0,0 @@\n-a\n-b\n").unwrap();
        assert_eq!(named(&between(&gone, &(1..=1))), ["-1", "-2"]);
    }
}
