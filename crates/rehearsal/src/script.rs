//! What a script is: turns of steps, as plain values. Not here: how one is written down
//! (`toml_form`, `inline`) or played (`beats`).

use std::time::Duration;

use serde_json::Value;

/// What the model says in one conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// Some words for a button, where the script is offered.
    pub title: String,
    /// The message that this script answers without being named; nothing when empty.
    pub prompt: String,
    /// Headers of every answer, such as `anthropic-ratelimit-unified-5h-utilization`. A value of
    /// the form `+N` becomes the Unix time N seconds from the answer.
    pub headers: Vec<(String, String)>,
    /// The answers to successive requests of the conversation.
    pub turns: Vec<Turn>,
    /// The answer to every request after the last turn.
    pub fallback: Turn,
}

impl Script {
    /// A script with these turns, no headers and the usual fallback.
    #[must_use]
    pub fn new(turns: Vec<Turn>) -> Self {
        Self {
            title: String::new(),
            prompt: String::new(),
            headers: Vec::new(),
            turns,
            fallback: Turn::fallback(),
        }
    }

    /// Takes out every pause.
    pub(crate) fn unpace(&mut self) {
        self.turns.iter_mut().for_each(Turn::unpace);
        self.fallback.unpace();
    }
}

/// One answer of the model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Turn {
    /// The turn is played only if the last tool results contain this text; else the fallback is.
    pub when: Option<String>,
    /// What it does, in order. Text steps that touch make one block.
    pub steps: Vec<Step>,
}

impl Turn {
    fn unpace(&mut self) {
        self.steps.retain(|step| !matches!(step, Step::Pause(_)));
        self.steps.iter_mut().for_each(Step::unpace);
    }

    fn fallback() -> Self {
        let text = "That is all this rehearsal has to say. My words come from a script, so I can't \
                    answer that for real; your message did arrive, and everything around these \
                    words (the tools, the files, the branch) is real.";
        Self { when: None, steps: vec![Step::say(text, Pace::NATURAL)] }
    }
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Words for the person.
    Text {
        /// What is said, over and over until `bytes` are said.
        text: String,
        /// How much is said in all, rounded down to a whole character.
        bytes: u64,
        /// How fast.
        pace: Pace,
    },
    /// Thinking.
    Thinking {
        /// What is thought.
        text: String,
        /// How fast.
        pace: Pace,
    },
    /// A tool call. Several in one turn are one message's parallel calls.
    Tool {
        /// The tool's name as the CLI lists it.
        name: String,
        /// Its input. `{cwd}` in a string is replaced by the CLI's working directory.
        input: Value,
    },
    /// A call of the tool that starts a subagent, with what the subagent will do.
    Agent(Agent),
    /// Nothing for a while.
    Pause(Duration),
    /// Numbered words at an even rate, so that a lost or doubled one is seen.
    Deltas {
        /// Said with a number after it: `word1 word2 `.
        word: String,
        /// Deltas a second, from 1 to a million.
        per_second: u32,
        /// How many deltas in all.
        count: u64,
    },
    /// The answer ends in a fault.
    Fail(Failure),
    /// Something done only when the last tool result contains a text.
    When {
        /// The text to look for.
        text: String,
        /// What is then done.
        step: Box<Self>,
    },
}

impl Step {
    fn unpace(&mut self) {
        match self {
            Self::Text { pace, .. } | Self::Thinking { pace, .. } => pace.every = Duration::ZERO,
            Self::Agent(agent) => agent.turns.iter_mut().for_each(Turn::unpace),
            Self::When { step, .. } => step.unpace(),
            Self::Tool { .. } | Self::Pause(_) | Self::Deltas { .. } | Self::Fail(_) => {}
        }
    }

    /// Words, once.
    #[must_use]
    pub fn say(text: &str, pace: Pace) -> Self {
        Self::Text { text: text.to_owned(), bytes: text.len() as u64, pace }
    }
}

/// A subagent and its own conversation. It is found again by its prompt, so two subagents that do
/// different things need different prompts.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// What it is asked to do.
    pub prompt: String,
    /// Three to five words for the person.
    pub description: String,
    /// The kind of agent, as the CLI lists them.
    pub kind: String,
    /// Whether the conversation goes on without waiting for it.
    pub background: bool,
    /// Its answers. Empty: what the prompt's own directives say.
    pub turns: Vec<Turn>,
}

/// How fast words come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Characters in one delta, at least 1.
    pub chunk: usize,
    /// The time before each delta.
    pub every: Duration,
}

impl Pace {
    /// As fast as the reader takes it, 4,096 characters a delta.
    pub const FLOOD: Self = Self { chunk: 4096, every: Duration::ZERO };
    /// About 200 characters a second, which is what a fast model does.
    pub const NATURAL: Self = Self { chunk: 5, every: Duration::from_millis(25) };
    /// At once, in pieces of some words.
    pub const BRISK: Self = Self { chunk: 24, every: Duration::ZERO };
}

/// A fault, and how often it strikes before the answer gets past it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How many attempts end here; `None` is all of them.
    pub times: Option<u32>,
    /// What happens.
    pub how: How,
}

/// What a fault looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// The connection breaks.
    Cut,
    /// An error answer: an HTTP status when nothing was said before, else an `error` event.
    Http {
        /// Such as 429.
        status: u16,
        /// Such as `rate_limit_error`.
        kind: String,
        /// For the person.
        message: String,
        /// Such as `retry-after`; values as in [`Script::headers`].
        headers: Vec<(String, String)>,
    },
}

impl How {
    /// The API's usual error for a status
    /// (names from <https://docs.claude.com/en/api/errors>).
    #[must_use]
    pub fn status(status: u16) -> Self {
        let (kind, message) = match status {
            400 => ("invalid_request_error", "The request was not valid."),
            401 => ("authentication_error", "OAuth token has expired."),
            403 => ("permission_error", "This token may not use the resource."),
            404 => ("not_found_error", "The resource was not found."),
            413 => ("request_too_large", "The request is too large."),
            429 => ("rate_limit_error", "This request would exceed your account's rate limit."),
            529 => ("overloaded_error", "Overloaded"),
            _ => ("api_error", "Internal server error"),
        };
        Self::Http {
            status,
            kind: kind.to_owned(),
            message: message.to_owned(),
            headers: Vec::new(),
        }
    }
}

impl Script {
    /// What is done at the `nth` attempt (from 0) at one of its turns: the turn's own attempt, or
    /// the fallback when that has nothing to say, since the CLI does not take an empty answer.
    pub(crate) fn attempt(&self, turn: &Turn, nth: u32, results: &str) -> Vec<Step> {
        let silent = |step: &Step| matches!(step, Step::Pause(_) | Step::Thinking { .. });
        let mut steps = turn.attempt(nth, results);
        if steps.iter().all(silent) {
            steps.extend(self.fallback.attempt(0, results));
        }
        steps
    }
}

impl Turn {
    /// What is done at the `nth` attempt (from 0) after tool results that say `results`: faults that
    /// have struck often enough are passed over, and the first that has not ends the attempt.
    fn attempt(&self, nth: u32, results: &str) -> Vec<Step> {
        if self.when.as_ref().is_some_and(|when| !results.contains(when)) {
            return Vec::new();
        }
        let mut passed = nth;
        let mut steps = Vec::new();
        for step in &self.steps {
            let step = match step {
                Step::When { text, step } if results.contains(text) => step.as_ref(),
                Step::When { .. } => continue,
                step => step,
            };
            if let Step::Fail(Failure { times: Some(times), .. }) = step
                && passed >= *times
            {
                passed -= times;
                continue;
            }
            steps.push(step.clone());
            if matches!(step, Step::Fail(_)) {
                break;
            }
        }
        steps
    }

    /// Whether an attempt at it can fail.
    pub(crate) fn can_fail(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::When { step, .. } => matches!(step.as_ref(), Step::Fail(_)),
            step => matches!(step, Step::Fail(_)),
        })
    }
}
