//! Messages for commits and titles for pull requests, proposed from what was asked for and what Claude said last. Not
//! here: finding either of them.

/// The longest first line, in characters. Source of the numbers: git-commit(1) asks for at most 50, and forges cut at 72.
const LINE: usize = 72;

/// The most of Claude's words that a body repeats, in characters.
const BODY: usize = 1200;

/// What people begin a request with, and what does not belong into a commit.
const POLITE: [&str; 17] = [
    "please ",
    "could you please ",
    "could you ",
    "can you please ",
    "can you ",
    "would you please ",
    "would you ",
    "will you ",
    "i want you to ",
    "i would like you to ",
    "i'd like you to ",
    "i need you to ",
    "you should ",
    "you must ",
    "let's ",
    "hi, ",
    "hello, ",
];

/// A whole message: a first line, and a body where Claude said anything.
#[must_use]
pub fn message(prompt: &str, last_words: Option<&str>) -> String {
    let first = first_line(prompt);
    match body(last_words.unwrap_or_default()) {
        body if body.is_empty() => first,
        body => format!("{first}\n\n{body}"),
    }
}

/// The first line of a message: what was asked for, in the imperative as people ask, in at most 72 characters.
#[must_use]
pub fn first_line(prompt: &str) -> String {
    let line = prompt.lines().map(words_only).find(|line| !line.is_empty());
    let mut line = line.unwrap_or_default();
    // Only what stands to the end of the first sentence is what is asked for.
    if let Some(end) = [". ", "? ", "! "].iter().filter_map(|end| line.find(end)).min() {
        line.truncate(end);
    }
    while let Some(rest) = without_politeness(&line) {
        line = rest;
    }
    let line = cut(line.trim_end_matches(['.', '?', '!', ':', ',', ';', ' ']), LINE);
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Change what the session was asked for".to_owned(),
    }
}

/// Claude's last words as a commit's body: plain paragraphs and lists, wrapped, and not too many of them.
#[must_use]
pub fn body(last_words: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let (mut taken, mut fenced) = (0, false);
    for line in last_words.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let plain = words_only(line);
        if fenced || plain.is_empty() {
            if lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(String::new());
            }
            continue;
        }
        taken += plain.chars().count();
        if taken > BODY {
            break;
        }
        let is_item = ["- ", "* ", "+ "].iter().any(|mark| line.trim_start().starts_with(mark));
        wrap(&plain, if is_item { "- " } else { "" }, &mut lines);
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.join("\n")
}

/// A line without the marks of Markdown and without what no terminal should be sent.
fn words_only(line: &str) -> String {
    let plain: String = line.chars().filter(|c| !c.is_control()).collect();
    let plain = plain.trim_start().trim_start_matches(['#', '>', ' ']);
    let plain =
        ["- ", "* ", "+ "].iter().find_map(|mark| plain.strip_prefix(mark)).unwrap_or(plain);
    plain.replace("**", "").trim().to_owned()
}

fn without_politeness(line: &str) -> Option<String> {
    let found = POLITE.iter().find(|polite| {
        line.get(..polite.len()).is_some_and(|start| start.eq_ignore_ascii_case(polite))
    })?;
    Some(line[found.len()..].trim_start().to_owned())
}

/// At most so many characters, cut between words where there are any.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let end = text.char_indices().nth(most - 1).map_or(text.len(), |(at, _)| at);
    let kept = &text[..end];
    let whole = kept.rfind(' ').filter(|at| *at > end / 2).map_or(kept, |at| &kept[..at]);
    format!("{}…", whole.trim_end_matches([',', ';', ':', ' ']))
}

fn wrap(text: &str, mark: &str, lines: &mut Vec<String>) {
    let mut line = mark.to_owned();
    let mut is_begun = false;
    for word in text.split_whitespace() {
        let length = line.chars().count() + word.chars().count() + usize::from(is_begun);
        if is_begun && length > LINE {
            lines.push(std::mem::replace(&mut line, " ".repeat(mark.len())));
            is_begun = false;
        }
        if is_begun {
            line.push(' ');
        }
        line.push_str(word);
        is_begun = true;
    }
    lines.push(line);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_becomes_a_first_line() {
        for (prompt, line) in [
            ("Fix the login form", "Fix the login form"),
            ("please fix the login form.", "Fix the login form"),
            ("Could you please add a test for x? It fails on CI.", "Add a test for x"),
            ("\n## Task\nmore", "Task"),
            ("I want you to let's go on: do it", "Go on: do it"),
            ("", "Change what the session was asked for"),
            ("로그인 폼을 고쳐 주세요.", "로그인 폼을 고쳐 주세요"),
            ("Bump v1.2.3 in a.b", "Bump v1.2.3 in a.b"),
        ] {
            assert_eq!(first_line(prompt), line, "{prompt}");
        }
        let long = first_line(&"word ".repeat(40));
        assert!(long.ends_with("word…") && long.chars().count() <= LINE, "{long}");
    }

    #[test]
    fn last_words_become_a_body() {
        let said = "## Done\n\nThe **login** form now says why it refuses a password that is too short, and offers to \
                    show it.\n\n- one\n* two\n\n```\ncode\n```\n\n";
        assert_eq!(
            message("fix it", Some(said)),
            "Fix it\n\nDone\n\nThe login form now says why it refuses a password that is too short, and\noffers to \
             show it.\n\n- one\n- two"
        );
        assert_eq!(message("fix it", None), "Fix it");
        assert!(body(&"many words \n".repeat(2000)).len() < 3 * BODY);
    }

    proptest! {
        #[test]
        fn whatever_was_said_it_is_a_message(prompt in "(?s).{0,300}", said in "(?s).{0,600}") {
            let message = message(&prompt, Some(&said));
            let mut lines = message.lines();
            let first = lines.next().unwrap();
            prop_assert!(!first.trim().is_empty());
            prop_assert!(first.chars().count() <= LINE + 3, "{first}");
            prop_assert!(lines.next().is_none_or(str::is_empty));
            prop_assert!(!message.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
