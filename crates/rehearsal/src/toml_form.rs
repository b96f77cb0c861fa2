//! How scripts are written in TOML. Owned here: the form and its errors. Not here: what a script is.
//!
//! ```toml
//! default = "hello"                  # of the scripts in this file
//! [scripts.hello]
//! headers = { anthropic-ratelimit-unified-5h-reset = "+3600" }
//! pace = { chunk = 5, every_ms = 25 }
//! [[scripts.hello.turns]]
//! [[scripts.hello.turns.steps]]
//! text = "Hello."                    # also: bytes, repeat, chunk, every_ms
//! ```
//! A step has one of `text`, `think`, `tool` (with `input`), `agent` (its prompt, with
//! `description`, `kind`, `background`, `turns`), `pause_ms`, `deltas` (a word, with `per_second`
//! and `count`), `error` (a status, with `kind`, `message`, `headers`, `times`) or `cut = true`
//! (with `times`); `times = 0` is for ever. A step or a turn may have `when`: it is left out unless
//! the last tool results contain that text, and a turn that has nothing to say gives the fallback. A script may have a `prompt`, the message that it answers without
//! being named, a `title` and a `fallback` (`steps`, for what comes after its turns). A file with one script leaves out `scripts.NAME`.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    error::RehearsalError,
    script::{Agent, Failure, How, Pace, Script, Step, Turn},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    default: Option<String>,
    scripts: BTreeMap<String, ScriptForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptForm {
    #[serde(default)]
    title: String,
    #[serde(default)]
    prompt: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    pace: Option<PaceForm>,
    turns: Vec<TurnForm>,
    fallback: Option<TurnForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaceForm {
    chunk: usize,
    every_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TurnForm {
    when: Option<String>,
    steps: Vec<StepForm>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct StepForm {
    text: Option<String>,
    bytes: Option<u64>,
    repeat: Option<u64>,
    chunk: Option<usize>,
    every_ms: Option<u64>,
    think: Option<String>,
    tool: Option<String>,
    input: Option<Map<String, Value>>,
    agent: Option<String>,
    description: Option<String>,
    background: bool,
    turns: Vec<TurnForm>,
    pause_ms: Option<u64>,
    deltas: Option<String>,
    per_second: Option<u32>,
    count: Option<u64>,
    error: Option<u16>,
    kind: Option<String>,
    message: Option<String>,
    headers: BTreeMap<String, String>,
    cut: bool,
    times: Option<u32>,
    when: Option<String>,
}

impl Script {
    /// Reads one script.
    ///
    /// # Errors
    /// The text is not TOML, has an unknown field, or a step that makes no sense.
    pub fn parse(toml: &str) -> Result<Self, RehearsalError> {
        toml::from_str::<ScriptForm>(toml)?.script()
    }
}

/// Reads a file of scripts: the default's name, if it has one, and the scripts by name.
pub(crate) fn parse_scripts(
    toml: &str,
) -> Result<(Option<String>, BTreeMap<String, Script>), RehearsalError> {
    let file: FileForm = toml::from_str(toml)?;
    let scripts = file
        .scripts
        .into_iter()
        .map(|(name, form)| Ok((name, form.script()?)))
        .collect::<Result<_, RehearsalError>>()?;
    Ok((file.default, scripts))
}

impl ScriptForm {
    fn script(self) -> Result<Script, RehearsalError> {
        let pace = match self.pace {
            Some(form) => {
                Pace { chunk: form.chunk.max(1), every: Duration::from_millis(form.every_ms) }
            }
            None => Pace::BRISK,
        };
        let mut script = Script::new(turns(self.turns, pace)?);
        if let Some(fallback) = self.fallback {
            script.fallback = turns(vec![fallback], pace)?.remove(0);
        }
        script.title = self.title;
        script.prompt = self.prompt.trim().to_owned();
        script.headers = self.headers.into_iter().collect();
        Ok(script)
    }
}

fn turns(forms: Vec<TurnForm>, pace: Pace) -> Result<Vec<Turn>, RehearsalError> {
    let numbered = forms.into_iter().zip(1..);
    numbered
        .map(|(form, turn)| Ok(Turn { when: form.when, steps: steps(form.steps, turn, pace)? }))
        .collect()
}

fn steps(forms: Vec<StepForm>, turn: usize, pace: Pace) -> Result<Vec<Step>, RehearsalError> {
    let numbered = forms.into_iter().zip(1..);
    numbered
        .map(|(form, step)| {
            form.step(pace).map_err(|fault| match fault {
                Fault::Here(what) => RehearsalError::Step { turn, step, what: what.to_owned() },
                Fault::Below(error) => error,
            })
        })
        .collect()
}

/// What is wrong with a step, or with a subagent's turn inside it.
enum Fault {
    Here(&'static str),
    Below(RehearsalError),
}

impl StepForm {
    fn step(mut self, pace: Pace) -> Result<Step, Fault> {
        let when = self.when.take();
        let step = self.unconditional(pace)?;
        Ok(match when {
            Some(text) => Step::When { text, step: Box::new(step) },
            None => step,
        })
    }

    fn unconditional(self, pace: Pace) -> Result<Step, Fault> {
        let kinds = [
            self.text.is_some(),
            self.think.is_some(),
            self.tool.is_some(),
            self.agent.is_some(),
            self.pause_ms.is_some(),
            self.deltas.is_some(),
            self.error.is_some(),
            self.cut,
        ];
        if kinds.into_iter().filter(|named| *named).count() != 1 {
            return Err(Fault::Here(
                "it needs exactly one of text, think, tool, agent, pause_ms, deltas, error and cut",
            ));
        }
        let pace = Pace {
            chunk: self.chunk.unwrap_or(pace.chunk).max(1),
            every: self.every_ms.map_or(pace.every, Duration::from_millis),
        };
        let times = match self.times.unwrap_or(1) {
            0 => None,
            times => Some(times),
        };
        if let Some(text) = self.text {
            if text.is_empty() {
                return Err(Fault::Here("its text is empty"));
            }
            let once = text.len() as u64;
            let bytes = self.bytes.unwrap_or_else(|| once.saturating_mul(self.repeat.unwrap_or(1)));
            return Ok(Step::Text { text, bytes, pace });
        }
        if let Some(text) = self.think {
            return Ok(Step::Thinking { text, pace });
        }
        if let Some(name) = self.tool {
            let input = Value::Object(self.input.unwrap_or_default());
            return Ok(Step::Tool { name, input });
        }
        if let Some(prompt) = self.agent {
            let default_kind = || "general-purpose".to_owned();
            return Ok(Step::Agent(Agent {
                description: self.description.ok_or(Fault::Here("it has no description"))?,
                kind: self.kind.unwrap_or_else(default_kind),
                background: self.background,
                turns: turns(self.turns, pace).map_err(Fault::Below)?,
                prompt,
            }));
        }
        if let Some(word) = self.deltas {
            let per_second = self.per_second.unwrap_or(50);
            if !(1..=1_000_000).contains(&per_second) {
                return Err(Fault::Here("per_second is from 1 to 1000000"));
            }
            let count = self.count.ok_or(Fault::Here("it has no count"))?;
            return Ok(Step::Deltas { word, per_second, count });
        }
        if let Some(status) = self.error {
            return Ok(Step::Fail(Failure { times, how: self.http(status)? }));
        }
        match self.pause_ms {
            Some(pause) => Ok(Step::Pause(Duration::from_millis(pause))),
            None => Ok(Step::Fail(Failure { times, how: How::Cut })),
        }
    }

    fn http(self, status: u16) -> Result<How, Fault> {
        if !(400..=599).contains(&status) {
            return Err(Fault::Here("an error's status is from 400 to 599"));
        }
        let mut how = How::status(status);
        if let How::Http { kind, message, headers, .. } = &mut how {
            *kind = self.kind.unwrap_or_else(|| std::mem::take(kind));
            *message = self.message.unwrap_or_else(|| std::mem::take(message));
            headers.extend(self.headers);
        }
        Ok(how)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bosk_core::{Problem, ProblemCode};

    #[test]
    fn every_kind_of_step_can_be_written() {
        let script = Script::parse(
            r#"
            title = "T"
            prompt = "P"
            pace = { chunk = 3, every_ms = 10 }
            headers = { a = "+1" }
            fallback = { steps = [{ text = "over" }] }
            [[turns]]
            when = "go"
            steps = [
              { text = "ab", repeat = 3 },
              { text = "ab", bytes = 5, chunk = 9, every_ms = 0, when = "x" },
              { think = "hm" },
              { tool = "Bash", input = { command = "true", list = [1, { a = false }] } },
              { agent = "go", description = "d", turns = [{ steps = [{ cut = true, times = 0 }] }] },
              { pause_ms = 5 },
              { deltas = "w", per_second = 9, count = 2 },
              { error = 429, headers = { retry-after = "1" }, times = 3 },
            ]
            "#,
        )
        .unwrap();
        let pace = Pace { chunk: 3, every: Duration::from_millis(10) };
        let own = Pace { chunk: 9, every: Duration::ZERO };
        let mut limit = How::status(429);
        if let How::Http { headers, .. } = &mut limit {
            headers.push(("retry-after".to_owned(), "1".to_owned()));
        }
        let cut = Step::Fail(Failure { times: None, how: How::Cut });
        let steps = vec![
            Step::Text { text: "ab".to_owned(), bytes: 6, pace },
            Step::When {
                text: "x".to_owned(),
                step: Box::new(Step::Text { text: "ab".to_owned(), bytes: 5, pace: own }),
            },
            Step::Thinking { text: "hm".to_owned(), pace },
            Step::Tool {
                name: "Bash".to_owned(),
                input: serde_json::json!({"command": "true", "list": [1, {"a": false}]}),
            },
            Step::Agent(Agent {
                prompt: "go".to_owned(),
                description: "d".to_owned(),
                kind: "general-purpose".to_owned(),
                background: false,
                turns: vec![Turn { when: None, steps: vec![cut] }],
            }),
            Step::Pause(Duration::from_millis(5)),
            Step::Deltas { word: "w".to_owned(), per_second: 9, count: 2 },
            Step::Fail(Failure { times: Some(3), how: limit }),
        ];
        assert_eq!(script.turns, [Turn { when: Some("go".to_owned()), steps }]);
        assert_eq!(script.fallback.steps, [Step::say("over", pace)]);
        assert_eq!((script.title.as_str(), script.prompt.as_str()), ("T", "P"));
        assert_eq!(script.headers, [("a".to_owned(), "+1".to_owned())]);
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (steps, named) in [
            ("{ text = 'a' }, { text = 'a', think = 'b' }", "turn 1, step 2: it needs exactly one"),
            ("{}", "turn 1, step 1: it needs exactly one"),
            ("{ text = '' }", "empty"),
            ("{ error = 200 }", "from 400 to 599"),
            ("{ deltas = 'w' }", "no count"),
            ("{ deltas = 'w', count = 1, per_second = 0 }", "from 1 to"),
            ("{ agent = 'x' }", "no description"),
            ("{ agent = 'x', description = 'd', turns = [{ steps = [{}] }] }", "exactly one"),
            ("{ sing = 'la' }", "sing"),
            ("{ text = 3 }", "line 1"),
        ] {
            let error = Script::parse(&format!("turns = [{{ steps = [{steps}] }}]")).unwrap_err();
            assert!(error.to_string().contains(named), "{steps}: {error}");
            assert_eq!(Problem::from(error).code, ProblemCode::InvalidInput);
        }
        assert!(Script::parse("turns = [").is_err());
    }
}
