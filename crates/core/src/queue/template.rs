//! Many prompts from one text, and one prompt for each row of a table.

use std::collections::BTreeMap;

/// The prompts in a text: blocks between lines of three dashes or more where there are such lines, else one a
/// line. What is empty is none.
#[must_use]
pub fn prompts(text: &str) -> Vec<String> {
    let divides = |line: &str| line.len() >= 3 && line.bytes().all(|byte| byte == b'-');
    if !text.lines().any(|line| divides(line.trim())) {
        return text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
    }
    let mut found = vec![String::new()];
    for line in text.lines() {
        if divides(line.trim()) {
            found.push(String::new());
        } else if let Some(last) = found.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    found.iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

/// The names in braces of a prompt, such as `file` in `Fix {file}`, in order.
#[must_use]
pub fn names(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    pieces(template, |piece| {
        if let Piece::Name(name) = piece
            && !found.contains(&name)
        {
            found.push(name);
        }
    });
    found
}

/// A prompt with a row's values in the place of names. What names no column stays as it is.
#[must_use]
pub fn fill(template: &str, row: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(template.len());
    pieces(template, |piece| match piece {
        Piece::Text(text) => filled.push_str(text),
        Piece::Name(name) => match row.get(name) {
            Some(value) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        },
    });
    filled
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// A name is letters, digits, `_`, `-` and spaces, and begins with a letter: code in a prompt has other braces.
fn pieces<'a>(template: &'a str, mut each: impl FnMut(Piece<'a>)) {
    let is_name = |text: &str| {
        text.starts_with(char::is_alphabetic)
            && text.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '-' | ' '))
    };
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        let name = from[1..].split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        match name {
            Some(name) => {
                each(Piece::Text(before));
                each(Piece::Name(name));
                rest = &from[name.len() + 2..];
            }
            None => {
                each(Piece::Text(&rest[..=open]));
                rest = &from[1..];
            }
        }
    }
    each(Piece::Text(rest));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_prompt_is_a_line_or_a_block() {
        assert_eq!(prompts("one\n\n  two \n"), ["one", "two"]);
        assert_eq!(prompts("one\nmore\n---\n\n-----\ntwo\n"), ["one\nmore", "two"]);
        assert_eq!(prompts("- a list\n- of two"), ["- a list", "- of two"]);
        assert!(prompts(" \n").is_empty());
    }

    #[test]
    fn names_are_filled_in_and_code_is_left_alone() {
        let row = BTreeMap::from([("file".to_owned(), "a.rs".to_owned())]);
        let template = "Fix {file} like `if x {}` and {other}, {{file}} { file";
        assert_eq!(names(template), ["file", "other"]);
        assert_eq!(fill(template, &row), "Fix a.rs like `if x {}` and {other}, {a.rs} { file");
    }

    proptest! {
        #[test]
        fn without_values_nothing_changes(text in r"[a-z{} ]{0,40}") {
            prop_assert_eq!(fill(&text, &BTreeMap::new()), text);
        }
    }
}
