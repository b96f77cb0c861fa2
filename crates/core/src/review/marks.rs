//! Git's marks in a file in conflict: whether there are any, and keeping both sides of each place. Pure. Not here: which
//! files are in conflict, and putting a text in their place.

/// Whether a line with a mark is left, also one that belongs to no whole place.
#[must_use]
pub fn has_marks(text: &str) -> bool {
    text.lines().any(|line| matches!(mark(line), Some('<' | '>')))
}

/// The text with both sides of each place, the first one first. None where there is no place, or one is not whole: then
/// nobody knows what belongs to which side.
#[must_use]
pub fn both(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    let (mut within, mut found) = (Within::None, false);
    for line in text.split_inclusive('\n') {
        within = match (within, mark(line)) {
            (Within::None, Some('<')) => Within::Ours,
            (Within::Ours, Some('|')) => Within::Base,
            (Within::Ours | Within::Base, Some('=')) => Within::Theirs,
            (Within::Theirs, Some('>')) => {
                found = true;
                Within::None
            }
            // A line of signs is also a heading's underline.
            (_, None | Some('=' | '|')) => {
                if within != Within::Base {
                    kept.push_str(line);
                }
                continue;
            }
            _ => return None,
        };
    }
    (found && within == Within::None).then_some(kept)
}

/// Which part of a place a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    None,
    Ours,
    /// What both came from, as some have git write it.
    Base,
    Theirs,
}

/// The sign of a mark: seven of it at the line's beginning, with nothing or a name behind.
/// Source: git-merge(1), "HOW CONFLICTS ARE PRESENTED".
fn mark(line: &str) -> Option<char> {
    let sign = line.chars().next().filter(|sign| "<|=>".contains(*sign))?;
    let rest = line.strip_prefix(&sign.to_string().repeat(7))?;
    (rest.trim_end_matches(['\r', '\n']).is_empty() || rest.starts_with(' ')).then_some(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_each_place_are_kept_and_nothing_else_changes() {
        let text = "a\n<<<<<<< HEAD\nours\n||||||| 1234\nwas\n=======\ntheirs\n>>>>>>> main\nTitle\n=======\n<<<<<<< HEAD\n=======\nmore\r\n>>>>>>> main\r\n";
        assert_eq!(both(text).unwrap(), "a\nours\ntheirs\nTitle\n=======\nmore\r\n");
        assert!(has_marks(text) && !has_marks(&both(text).unwrap()));
    }

    #[test]
    fn what_is_not_whole_is_nobodys() {
        for text in [
            "no place\n",
            "<<<<<<< a\nx\n=======\ny\n",
            "x\n>>>>>>> b\n",
            "<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> b\n",
        ] {
            assert_eq!(both(text), None, "{text}");
        }
        assert!(!has_marks("<<<<<<<< eight\n<<<<<<<x\n======= \n"));
    }
}
