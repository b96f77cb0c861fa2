//! Lines picked from a diff, made into a patch that does these and no others. Pure: what a file was and what it is now
//! come in as git's unified diff, and what goes out is for `git apply`. Not here: running git.

use std::collections::BTreeSet;
use std::ops::Range;

use super::path::quoted;
use super::{LineAt, Side};

/// Unchanged lines around each change, as git has them.
const CONTEXT: usize = 3;

/// A part of a diff: where it begins, and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The first line on the old side, from 1; 0 where there is none.
    pub old: u32,
    /// The first line on the new side.
    pub new: u32,
    /// The lines, in order.
    pub lines: Vec<Line>,
}

/// A line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// On which side it is.
    pub on: On,
    /// Its bytes, without the line end.
    pub text: Vec<u8>,
    /// Whether a line end follows: the last line of a file may have none.
    pub ended: bool,
}

/// On which side of a diff a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// On both.
    Both,
    /// On the old side: it was removed.
    Old,
    /// On the new side: it was added.
    New,
}

/// Which side is there now, and is to become more like the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The old side is there: what was picked is done.
    Do,
    /// The new side is there: what was picked is undone.
    Undo,
}

/// What stands before the hunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// The file's path, where the patch is applied.
    pub path: &'a [u8],
    /// The mode of the file that the patch makes, where none is there yet.
    pub made: Option<&'a str>,
}

/// Reads the hunks of one file's diff; none where it has another form. A line end within the header's names is quoted.
#[must_use]
pub fn hunks(diff: &[u8]) -> Option<Vec<Hunk>> {
    let mut hunks: Vec<Hunk> = Vec::new();
    // How many lines the hunk still has on each side: a removed line may well begin with `--`.
    let (mut old, mut new) = (0, 0);
    for line in diff.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if line.starts_with(b"\\") {
            let last = hunks.last_mut().and_then(|hunk| hunk.lines.last_mut())?;
            last.ended = false;
        } else if old > 0 || new > 0 {
            let (mark, text) = line.split_first()?;
            let on = match mark {
                b' ' => On::Both,
                b'-' => On::Old,
                b'+' => On::New,
                _ => return None,
            };
            if on != On::New {
                old = u32::checked_sub(old, 1)?;
            }
            if on != On::Old {
                new = u32::checked_sub(new, 1)?;
            }
            hunks.last_mut()?.lines.push(Line { on, text: text.to_vec(), ended: true });
        } else if line.starts_with(b"@@ ") {
            let hunk;
            (hunk, old, new) = begun(line)?;
            hunks.push(hunk);
        }
    }
    (old == 0 && new == 0).then_some(hunks)
}

/// `@@ -old[,lines] +new[,lines] @@ …`
fn begun(line: &[u8]) -> Option<(Hunk, u32, u32)> {
    let text = std::str::from_utf8(line.split(|byte| *byte == b'@').nth(2)?).ok()?;
    let mut ranges = text.split_ascii_whitespace();
    let mut range = |mark| {
        let text = ranges.next()?.strip_prefix(mark)?;
        let (first, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((first.parse().ok()?, count.parse().ok()?))
    };
    let (old, old_lines) = range('-')?;
    let (new, new_lines) = range('+')?;
    Some((Hunk { old, new, lines: Vec::new() }, old_lines, new_lines))
}

/// Every line that differs.
#[must_use]
pub fn changed(hunks: &[Hunk]) -> BTreeSet<LineAt> {
    hunks.iter().flat_map(|hunk| numbered(hunk).filter_map(|(_, at)| at)).collect()
}

/// A patch that does, or undoes, these lines and no others. None where one of them is no changed line of the diff, or
/// there are none.
#[must_use]
pub fn patch(
    head: Head<'_>,
    hunks: &[Hunk],
    picked: &BTreeSet<LineAt>,
    way: Way,
) -> Option<Vec<u8>> {
    let known = changed(hunks);
    if picked.is_empty() || !picked.is_subset(&known) {
        return None;
    }
    let mut patch = header(head);
    // By how much the lines after what was changed so far have moved.
    let mut moved: i64 = 0;
    for hunk in hunks {
        let lines = picked_lines(hunk, picked, way);
        let is_there = |line: &&Line| line.on != On::New;
        // A side without lines is named by the line before it.
        let none = u32::from(!lines.iter().any(|line| is_there(&line)));
        let begins = none + if way == Way::Do { hunk.old } else { hunk.new };
        for part in parts(&lines) {
            let skipped = lines[..part.start].iter().filter(is_there).count();
            let lines = &lines[part];
            let before = lines.iter().filter(is_there).count();
            let after = lines.iter().filter(|line| line.on != On::Old).count();
            let at = i64::from(begins) + i64::try_from(skipped).ok()?;
            let (first, then) = (at - i64::from(before == 0), at + moved - i64::from(after == 0));
            moved += i64::try_from(after).ok()? - i64::try_from(before).ok()?;
            patch.extend(format!("@@ -{first},{before} +{then},{after} @@\n").into_bytes());
            lines.iter().for_each(|line| write(line, &mut patch));
        }
    }
    Some(patch)
}

fn header(head: Head<'_>) -> Vec<u8> {
    let named = |side: &str| quoted(&[side.as_bytes(), head.path].concat());
    let (old, new) = (named("a/"), named("b/"));
    let made = head.made.map(|mode| format!("new file mode {mode}\n")).unwrap_or_default();
    let from = if head.made.is_some() { "/dev/null" } else { &old };
    format!("diff --git {old} {new}\n{made}--- {from}\n+++ {new}\n").into_bytes()
}

fn write(line: &Line, patch: &mut Vec<u8>) {
    patch.push(match line.on {
        On::Both => b' ',
        On::Old => b'-',
        On::New => b'+',
    });
    patch.extend(&line.text);
    patch.push(b'\n');
    if !line.ended {
        patch.extend(b"\\ No newline at end of file\n");
    }
}

/// The parts of a hunk in which something changes, each with the unchanged lines that stand close to it: what was not
/// picked may differ where the patch is applied.
fn parts(lines: &[Line]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.on != On::Both) {
        let (from, to) = (at.saturating_sub(CONTEXT), (at + 1 + CONTEXT).min(lines.len()));
        match parts.last_mut() {
            Some(part) if from <= part.end => part.end = to,
            _ => parts.push(from..to),
        }
    }
    parts
}

/// The hunk's lines with where each changed one is.
pub(super) fn numbered(hunk: &Hunk) -> impl Iterator<Item = (&Line, Option<LineAt>)> {
    let (mut old, mut new) = (hunk.old, hunk.new);
    hunk.lines.iter().map(move |line| {
        let at = match line.on {
            On::Both => None,
            On::Old => Some(LineAt { side: Side::Old, line: old }),
            On::New => Some(LineAt { side: Side::New, line: new }),
        };
        old += u32::from(line.on != On::New);
        new += u32::from(line.on != On::Old);
        (line, at)
    })
}

/// The hunk from what is there now to what it becomes: a line that was not picked stays, or stays away.
fn picked_lines(hunk: &Hunk, picked: &BTreeSet<LineAt>, way: Way) -> Vec<Line> {
    let mut lines = Vec::new();
    for (line, at) in numbered(hunk) {
        let is_picked = at.is_some_and(|at| picked.contains(&at));
        let on = match (line.on, way, is_picked) {
            (On::Both, ..) => On::Both,
            (On::Old, Way::Do, true) | (On::New, Way::Undo, true) => On::Old,
            (On::New, Way::Do, true) | (On::Old, Way::Undo, true) => On::New,
            (On::Old, Way::Do, false) | (On::New, Way::Undo, false) => On::Both,
            (On::New, Way::Do, false) | (On::Old, Way::Undo, false) => continue,
        };
        lines.push(Line { on, ..line.clone() });
    }
    end(lines)
}

/// Only the last line of what becomes of a file may lack its line end: one that is followed by another gets one.
fn end(lines: Vec<Line>) -> Vec<Line> {
    let last = lines.iter().rposition(|line| line.on != On::Old);
    let mut ended = Vec::with_capacity(lines.len() + 1);
    for (at, line) in lines.into_iter().enumerate() {
        let open = !line.ended && last.is_some_and(|last| at < last);
        match line.on {
            On::Both if open => {
                ended.push(Line { on: On::Old, ..line.clone() });
                ended.push(Line { on: On::New, ended: true, ..line });
            }
            On::New if open => ended.push(Line { ended: true, ..line }),
            _ => ended.push(line),
        }
    }
    ended
}

#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
