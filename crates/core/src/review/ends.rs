//! What a text field cannot hold of a file and saving must not lose: its line ends, and the mark at its beginning.

/// What some editors put first (U+FEFF).
const MARK: char = '\u{feff}';

/// The text as it is edited: lines end with `\n`, and there is no mark.
#[must_use]
pub fn edited(file: &str) -> String {
    file.strip_prefix(MARK).unwrap_or(file).replace("\r\n", "\n")
}

/// The edited text as the file that it was read from has it: lines before and after what was changed keep their ends,
/// what is new ends as most of the file does, and the mark stays.
#[must_use]
pub fn kept(file: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let (mark, old) = match file.strip_prefix(MARK) {
        Some(rest) => ("\u{feff}", rest),
        None => ("", file),
    };
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = text.split_inclusive('\n').collect();
    let long = old.iter().filter(|line| line.ends_with("\r\n")).count();
    let most = long * 2 > old.iter().filter(|line| line.ends_with('\n')).count();
    let same = |(old, new): &(&&str, &&str)| bare(old) == **new;
    let before = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - before;
    let after = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();
    let mut whole = String::with_capacity(file.len().max(text.len()) + 16);
    whole.push_str(mark);
    old.iter().take(before).for_each(|line| whole.push_str(line));
    for line in &new[before..new.len() - after] {
        match line.strip_suffix('\n') {
            Some(line) if most => {
                whole.push_str(line);
                whole.push_str("\r\n");
            }
            _ => whole.push_str(line),
        }
    }
    old[old.len() - after..].iter().for_each(|line| whole.push_str(line));
    whole
}

fn bare(line: &str) -> std::borrow::Cow<'_, str> {
    match line.strip_suffix("\r\n") {
        Some(line) => format!("{line}\n").into(),
        None => line.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ends_and_mark_stay() {
        let file = "\u{feff}a\r\nb\r\nc";
        assert_eq!(edited(file), "a\nb\nc");
        assert_eq!(kept(file, "a\nnew\nb\nc\n"), "\u{feff}a\r\nnew\r\nb\r\nc\r\n");
        let mixed = "a\r\nb\nc\nd\r\n";
        assert_eq!(kept(mixed, "a\nb\nx\nc\nd\n"), "a\r\nb\nx\nc\nd\r\n");
        assert_eq!(kept("a\n", "a\r\nb\r\n"), "a\nb\n", "a field of another platform's");
    }

    proptest! {
        #[test]
        fn nothing_changes_unless_it_is_edited(file in "\u{feff}?([ab]|\r\n|\n){0,12}") {
            prop_assert_eq!(kept(&file, &edited(&file)), file);
        }

        #[test]
        fn what_is_saved_reads_as_it_was_written(
            file in "\u{feff}?([ab]|\r\n|\n){0,12}",
            text in "([abc]|\n){0,12}",
        ) {
            prop_assert_eq!(edited(&kept(&file, &text)), text);
        }
    }
}
