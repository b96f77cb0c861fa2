//! The directives that a prompt may hold, read into a script. The crate's documentation lists them.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::{
    error::RehearsalError,
    script::{Agent, Failure, How, Pace, Script, Step, Turn},
    scripts::Scripts,
};

/// The script that a message's text asks for, if it asks for one.
pub(crate) fn script_of(
    text: &str,
    scripts: &Scripts,
) -> Result<Option<Arc<Script>>, RehearsalError> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut fresh = true;
    for line in text.lines().map(str::trim) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let wrong =
            |what: &str| RehearsalError::Directive { line: clip(line), what: what.to_owned() };
        if word == "@script" {
            return scripts.get(rest).map(Some);
        }
        if word == "@turn" {
            fresh = true;
            continue;
        }
        let Some(step) = step(word, rest).map_err(|what| wrong(&what))? else { continue };
        let calls = |step: &Step| matches!(step, Step::Tool { .. } | Step::Agent(_));
        let after_call = turns.last().and_then(|turn| turn.steps.last()).is_some_and(calls);
        if fresh || (after_call && !calls(&step)) {
            turns.push(Turn::default());
        }
        fresh = false;
        if let Some(turn) = turns.last_mut() {
            turn.steps.push(step);
        }
    }
    Ok((!turns.is_empty()).then(|| Arc::new(Script::new(turns))))
}

fn step(word: &str, rest: &str) -> Result<Option<Step>, String> {
    let mut numbers = rest.split_whitespace();
    Ok(Some(match word {
        "@text" => Step::say(&unescape(rest), Pace::BRISK),
        "@think" => Step::Thinking { text: unescape(rest), pace: Pace::BRISK },
        "@tool" => {
            let (name, json) = rest.split_once(' ').unwrap_or((rest, "{}"));
            let input: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
            if name.is_empty() || !input.is_object() {
                return Err("it is `@tool NAME {…}`".to_owned());
            }
            Step::Tool { name: name.to_owned(), input }
        }
        "@agent" => Step::Agent(Agent {
            prompt: unescape(rest),
            description: "Rehearsed subagent".to_owned(),
            kind: "general-purpose".to_owned(),
            background: false,
            turns: Vec::new(),
        }),
        "@pause" => Step::Pause(Duration::from_millis(number(numbers.next(), None)?)),
        "@deltas" => {
            let per_second = u32::try_from(number(numbers.next(), None)?).unwrap_or(u32::MAX);
            let seconds = number(numbers.next(), None)?;
            if !(1..=1_000_000).contains(&per_second) {
                return Err("a rate is from 1 to 1000000 a second".to_owned());
            }
            Step::Deltas {
                word: numbers.next().unwrap_or("word").to_owned(),
                per_second,
                count: seconds.saturating_mul(u64::from(per_second)),
            }
        }
        "@bytes" => Step::Text {
            text: "All work and no play makes a dull transcript. ".to_owned(),
            bytes: number(numbers.next(), None)?,
            pace: Pace::FLOOD,
        },
        "@error" => {
            let status = u16::try_from(number(numbers.next(), None)?).unwrap_or_default();
            if !(400..=599).contains(&status) {
                return Err("an error's status is from 400 to 599".to_owned());
            }
            let times = times(numbers.next())?;
            let mut how = How::status(status);
            if let (How::Http { headers, .. }, Some(seconds)) = (&mut how, numbers.next()) {
                headers.push(("retry-after".to_owned(), number(Some(seconds), None)?.to_string()));
            }
            Step::Fail(Failure { times, how })
        }
        "@cut" => Step::Fail(Failure { times: times(numbers.next())?, how: How::Cut }),
        _ => return Ok(None),
    }))
}

fn times(word: Option<&str>) -> Result<Option<u32>, String> {
    Ok(match number(word, Some(1))? {
        0 => None,
        times => Some(u32::try_from(times).unwrap_or(u32::MAX)),
    })
}

fn number(word: Option<&str>, default: Option<u64>) -> Result<u64, String> {
    match (word, default) {
        (Some(word), _) => word.parse().map_err(|_| format!("`{}` is not a number", clip(word))),
        (None, Some(default)) => Ok(default),
        (None, None) => Err("a number is missing".to_owned()),
    }
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n")
}

fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(text: &str) -> Vec<Turn> {
        let script = script_of(text, &Scripts::builtin()).unwrap();
        script.map(|script| script.turns.clone()).unwrap_or_default()
    }

    #[test]
    fn a_call_ends_an_answer_and_calls_in_a_row_are_parallel() {
        let text = "Do it:\n@text a\\nb\n@tool Bash {\"command\":\"x\"}\n  @tool Read {}\n\
                    @error 429 2 30\n@text c\n@turn\n@text d";
        let turns = turns(text);
        let lengths: Vec<_> = turns.iter().map(|turn| turn.steps.len()).collect();
        assert_eq!(lengths, [3, 2, 1]);
        assert_eq!(turns[0].steps[0], Step::say("a\nb", Pace::BRISK));
        let Step::Fail(Failure { times: Some(2), how: How::Http { headers, .. } }) =
            &turns[1].steps[0]
        else {
            panic!("{turns:?}")
        };
        assert_eq!(headers, &[("retry-after".to_owned(), "30".to_owned())]);
    }

    #[test]
    fn prose_with_an_at_sign_is_prose() {
        assert!(
            turns("Look at @src/main.rs\n@src/lib.rs too\nmail me@text.org\n@Text x").is_empty()
        );
        assert_eq!(turns("@deltas 50 20 w").len(), 1);
    }

    #[test]
    fn a_directive_that_makes_no_sense_is_named() {
        for line in [
            "@tool Bash oops",
            "@tool Bash [1]",
            "@tool",
            "@pause soon",
            "@deltas 0 1 w",
            "@deltas 5",
            "@error 200",
            "@cut often",
            "@script nope",
        ] {
            let error = script_of(line, &Scripts::builtin()).unwrap_err();
            let named = line.split(' ').next_back().unwrap();
            assert!(error.to_string().contains(named), "{line}: {error}");
        }
    }
}
