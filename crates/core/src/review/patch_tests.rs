use proptest::prelude::*;

use super::*;

const HEAD: Head<'_> = Head { path: b"a", made: None };

/// A file as its lines, each with its end.
fn lines(file: &[u8]) -> Vec<Vec<u8>> {
    file.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// A diff of two files as one hunk: the longest lines that both have stay.
fn diff(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    let (old, new) = (lines(old), lines(new));
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            longest[i][j] = match a == b {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let line = |on, line: &[u8]| {
        let text = line.strip_suffix(b"\n").unwrap_or(line).to_vec();
        Line { on, text, ended: line.ends_with(b"\n") }
    };
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            found.push(line(On::Both, &old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            found.push(line(On::Old, &old[i]));
            i += 1;
        } else {
            found.push(line(On::New, &new[j]));
            j += 1;
        }
    }
    let first = |count: usize| u32::from(count > 0);
    let hunk = Hunk { old: first(old.len()), new: first(new.len()), lines: found };
    if changed(std::slice::from_ref(&hunk)).is_empty() { vec![] } else { vec![hunk] }
}

/// What `git apply` does, with no mercy: every line must be where the patch says.
fn apply(file: &[u8], patch: &[u8]) -> Vec<u8> {
    let file = lines(file);
    let (mut at, mut result) = (0, Vec::new());
    for hunk in hunks(patch).unwrap() {
        let has_old = hunk.lines.iter().any(|line| line.on != On::New);
        let first = hunk.old as usize - usize::from(has_old);
        result.extend(file[at..first].concat());
        at = first;
        let has_new = hunk.lines.iter().any(|line| line.on != On::Old);
        assert_eq!(
            lines(&result).len(),
            hunk.new as usize - usize::from(has_new),
            "where it begins"
        );
        for line in &hunk.lines {
            let mut bytes = line.text.clone();
            bytes.extend(line.ended.then_some(b'\n'));
            if line.on != On::New {
                assert_eq!(file[at], bytes);
                at += 1;
            }
            if line.on != On::Old {
                assert!(result.is_empty() || result.ends_with(b"\n"), "an open line is the last");
                result.extend(bytes);
            }
        }
    }
    result.extend(file[at..].concat());
    result
}

/// The content without regard to whether the last line ends.
fn ended(mut file: Vec<u8>) -> Vec<u8> {
    if !file.is_empty() && !file.ends_with(b"\n") {
        file.push(b'\n');
    }
    file
}

#[test]
fn a_line_of_a_file_that_ends_without_a_line_end() {
    let (old, new) = (b"a\nb".as_slice(), b"a\nb\nc\n".as_slice());
    let diff = diff(old, new);
    let last = BTreeSet::from([LineAt { side: Side::New, line: 3 }]);
    let patch = patch(HEAD, &diff, &last, Way::Do).unwrap();
    let text = String::from_utf8(patch.clone()).unwrap();
    assert!(text.contains("-b\n\\ No newline at end of file\n+b\n+c\n"), "{text}");
    assert_eq!(apply(old, &patch), b"a\nb\nc\n");
}

#[test]
fn what_is_no_changed_line_is_refused() {
    let diff = diff(b"a\nb\n", b"a\nc\n");
    let at = |side, line| BTreeSet::from([LineAt { side, line }]);
    assert!(patch(HEAD, &diff, &at(Side::New, 1), Way::Do).is_none());
    assert!(patch(HEAD, &diff, &at(Side::Old, 3), Way::Do).is_none());
    assert!(patch(HEAD, &diff, &BTreeSet::new(), Way::Do).is_none());
}

#[test]
fn lines_that_look_like_a_header_are_lines() {
    let text = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ fn x\n--- a\n+++ b\n \n";
    let hunks = hunks(text).unwrap();
    let on: Vec<On> = hunks[0].lines.iter().map(|line| line.on).collect();
    assert_eq!(on, [On::Old, On::New, On::Both]);
    assert_eq!(hunks[0].lines[0].text, b"-- a");
    assert!(super::hunks(b"@@ -1,2 +1 @@\n-a\n").is_none(), "a line is missing");
}

#[test]
fn names_are_quoted_and_a_new_file_has_its_mode() {
    let diff = diff(b"", b"x\ny\n");
    let head = Head { path: "새\n\"x\"".as_bytes(), made: Some("100755") };
    let picked = BTreeSet::from([LineAt { side: Side::New, line: 2 }]);
    let text = String::from_utf8(patch(head, &diff, &picked, Way::Do).unwrap()).unwrap();
    let begins = "diff --git \"a/\\354\\203\\210\\n\\\"x\\\"\" \"b/\\354\\203\\210\\n\\\"x\\\"\"\n\
                  new file mode 100755\n--- /dev/null\n+++ \"b/";
    assert!(text.starts_with(begins), "{text}");
    assert!(text.ends_with("@@ -0,0 +1,1 @@\n+y\n"), "{text}");
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec!["a", "b", "c\r", "", "-x", "+y", "@@ -1 +1 @@"]);
    (prop::collection::vec(line, 0..24), any::<bool>()).prop_map(|(lines, ended)| {
        let mut file = lines.join("\n").into_bytes();
        file.extend((ended && !lines.is_empty()).then_some(b'\n'));
        file
    })
}

proptest! {
    /// Doing some lines, then what is left, gives the whole; undoing what is left gives the same as doing some.
    #[test]
    fn some_and_the_rest_are_the_whole(old in file(), new in file(), chosen in any::<u64>()) {
        let whole = diff(&old, &new);
        let all = changed(&whole);
        let (some, rest): (Vec<_>, Vec<_>) = all.iter().copied().enumerate()
            .partition(|(at, _)| chosen >> (at % 64) & 1 == 1);
        let set = |part: &[(usize, LineAt)]| part.iter().map(|(_, at)| *at).collect::<BTreeSet<_>>();
        let (some, rest) = (set(&some), set(&rest));
        let done = |file: &[u8], diff: &[Hunk], picked: &BTreeSet<LineAt>, way| {
            patch(HEAD, diff, picked, way).map_or(file.to_vec(), |patch| apply(file, &patch))
        };
        let half = done(&old, &whole, &some, Way::Do);
        let left = diff(&half, &new);
        prop_assert_eq!(&done(&half, &left, &changed(&left), Way::Do), &new);
        prop_assert_eq!(&done(&half, &diff(&old, &half), &changed(&diff(&old, &half)), Way::Undo), &old);
        let undone = done(&new, &whole, &rest, Way::Undo);
        prop_assert_eq!(ended(half), ended(undone));
        prop_assert_eq!(done(&old, &whole, &all, Way::Do), new.clone());
        prop_assert_eq!(done(&new, &whole, &all, Way::Undo), old);
    }

    /// What is written can be read, and says of each picked line what the diff said.
    #[test]
    fn what_is_written_is_read(old in file(), new in file()) {
        let whole = diff(&old, &new);
        if let Some(patch) = patch(HEAD, &whole, &changed(&whole), Way::Do) {
            let read = hunks(&patch).unwrap();
            let lines = |hunks: &[Hunk]| -> Vec<Line> {
                let all = hunks.iter().flat_map(|hunk| hunk.lines.clone());
                all.filter(|line| line.on != On::Both).collect()
            };
            prop_assert_eq!(changed(&read), changed(&whole));
            prop_assert_eq!(lines(&read), lines(&whole));
        }
    }
}
