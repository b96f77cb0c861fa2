//! A turn as a row of beats: events of the Messages API's stream, and the waits between them.
//! The form is the public one (<https://docs.claude.com/en/api/messages-streaming>). Beats are made
//! as they are taken, so a gigabyte of text needs no gigabyte. Not here: clocks and connections.

use std::{collections::VecDeque, time::Duration};

use serde_json::{Value, json};

use crate::script::{Agent, How, Pace, Step};

/// What happens next in an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Beat {
    /// Time passes.
    Wait(Duration),
    /// An event is sent; its `type` is its name.
    Event(Value),
    /// The connection breaks.
    Break,
}

/// What an answer needs to know of its request.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) model: String,
    pub(crate) folder: String,
    pub(crate) agent_tool: &'static str,
    /// Said to be what the conversation holds; a quarter of its bytes.
    pub(crate) input_tokens: u64,
    /// Whether the conversation was begun earlier, and so would be in the cache.
    pub(crate) cached: bool,
}

/// The beats of one answer, from `message_start` to `message_stop`.
pub(crate) struct Beats {
    stage: Stage,
    steps: VecDeque<Step>,
    ready: VecDeque<Beat>,
    source: Option<Source>,
    block: Option<Block>,
    index: usize,
    output_bytes: u64,
    called: bool,
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Text,
    Thinking,
}

/// Words that are still to come.
enum Source {
    Pieces { unit: String, at: usize, left: u64, pace: Pace },
    Numbered { word: String, next: u64, count: u64, every: Duration },
}

impl Iterator for Source {
    type Item = (Duration, String);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Pieces { unit, at, left, pace } => {
                let rest = unit.get(*at..).unwrap_or_default();
                let most = usize::try_from(*left).unwrap_or(usize::MAX);
                let end = rest.char_indices().nth(pace.chunk).map_or(rest.len(), |(end, _)| end);
                let piece = &rest[..rest.floor_char_boundary(end.min(most))];
                if piece.is_empty() {
                    return None;
                }
                let said = piece.to_owned();
                *left -= said.len() as u64;
                *at = if *at + said.len() == unit.len() { 0 } else { *at + said.len() };
                Some((pace.every, said))
            }
            Self::Numbered { word, next, count, every } => {
                if *next == *count {
                    return None;
                }
                *next += 1;
                Some((*every, format!("{word}{next} ")))
            }
        }
    }
}

impl Source {
    /// A text, repeated until `bytes` are said; short ones are joined to fill a whole delta.
    fn text(text: String, bytes: u64, pace: Pace) -> Self {
        let once = text.len();
        let pace = Pace { chunk: pace.chunk.max(1), ..pace };
        let unit =
            if bytes > once as u64 { text.repeat(pace.chunk / once.max(1) + 1) } else { text };
        Self::Pieces { unit, at: 0, left: bytes, pace }
    }
}

impl Beats {
    pub(crate) fn new(steps: Vec<Step>, stage: Stage) -> Self {
        let (fresh, cached) =
            if stage.cached { (0, stage.input_tokens) } else { (stage.input_tokens, 0) };
        let start = json!({"type": "message_start", "message": {
            "id": unique("msg"), "type": "message", "role": "assistant", "model": stage.model,
            "content": [], "stop_reason": null, "stop_sequence": null,
            "usage": {"input_tokens": 3, "cache_creation_input_tokens": fresh,
                      "cache_read_input_tokens": cached, "output_tokens": 1}}});
        Self {
            stage,
            steps: steps.into(),
            ready: VecDeque::from([Beat::Event(start)]),
            source: None,
            block: None,
            index: 0,
            output_bytes: 0,
            called: false,
            ended: false,
        }
    }

    fn event(&mut self, event: Value) {
        self.ready.push_back(Beat::Event(event));
    }

    fn open(&mut self, block: Block) {
        if self.block == Some(block) {
            return;
        }
        self.close();
        self.block = Some(block);
        let content = match block {
            Block::Text => json!({"type": "text", "text": ""}),
            Block::Thinking => json!({"type": "thinking", "thinking": "", "signature": ""}),
        };
        self.event(
            json!({"type": "content_block_start", "index": self.index, "content_block": content}),
        );
    }

    fn close(&mut self) {
        let Some(block) = self.block.take() else { return };
        if block == Block::Thinking {
            // The CLI keeps the signature and sends it back; nobody here checks it.
            self.delta(json!({"type": "signature_delta", "signature": "cmVoZWFyc2Fs"}));
        }
        self.stop_block();
    }

    fn stop_block(&mut self) {
        self.event(json!({"type": "content_block_stop", "index": self.index}));
        self.index += 1;
    }

    fn delta(&mut self, delta: Value) {
        self.event(json!({"type": "content_block_delta", "index": self.index, "delta": delta}));
    }

    fn say(&mut self, wait: Duration, piece: String) {
        self.output_bytes += piece.len() as u64;
        if !wait.is_zero() {
            self.ready.push_back(Beat::Wait(wait));
        }
        self.delta(match self.block {
            Some(Block::Thinking) => json!({"type": "thinking_delta", "thinking": piece}),
            _ => json!({"type": "text_delta", "text": piece}),
        });
    }

    fn call(&mut self, name: &str, input: Value) {
        self.close();
        self.called = true;
        let input = in_folder(input, &self.stage.folder).to_string();
        self.output_bytes += input.len() as u64;
        let content = json!({"type": "tool_use", "id": unique("toolu"), "name": name, "input": {}});
        self.event(
            json!({"type": "content_block_start", "index": self.index, "content_block": content}),
        );
        self.delta(json!({"type": "input_json_delta", "partial_json": input}));
        self.stop_block();
    }

    fn begin(&mut self, step: Step) {
        match step {
            Step::Text { text, bytes, pace } => {
                self.open(Block::Text);
                self.source = Some(Source::text(text, bytes, pace));
            }
            Step::Thinking { text, pace } => {
                self.open(Block::Thinking);
                let bytes = text.len() as u64;
                self.source = Some(Source::text(text, bytes, pace));
            }
            Step::Deltas { word, per_second, count } => {
                self.open(Block::Text);
                let every = Duration::from_secs(1) / per_second.max(1);
                self.source = Some(Source::Numbered { word, next: 0, count, every });
            }
            Step::Tool { name, input } => self.call(&name, input),
            Step::Agent(Agent { prompt, description, kind, background, .. }) => {
                let input = json!({"description": description, "prompt": prompt,
                                   "subagent_type": kind, "run_in_background": background});
                self.call(self.stage.agent_tool, input);
            }
            Step::Pause(pause) => self.ready.push_back(Beat::Wait(pause)),
            // Taken apart when the attempt was chosen.
            Step::When { step, .. } => self.begin(*step),
            Step::Fail(failure) => {
                self.ended = true;
                match failure.how {
                    How::Cut => self.ready.push_back(Beat::Break),
                    How::Http { kind, message, .. } => self.event(error_body(&kind, &message)),
                }
            }
        }
    }

    fn finish(&mut self) {
        self.close();
        self.ended = true;
        let reason = if self.called { "tool_use" } else { "end_turn" };
        // Capped for the same reason as the input's.
        let tokens = (self.output_bytes / 4).clamp(1, 20_000);
        self.event(json!({"type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": null},
            "usage": {"output_tokens": tokens}}));
        self.event(json!({"type": "message_stop"}));
    }
}

impl Iterator for Beats {
    type Item = Beat;

    fn next(&mut self) -> Option<Beat> {
        loop {
            if let Some(beat) = self.ready.pop_front() {
                return Some(beat);
            }
            if self.ended {
                return None;
            }
            if let Some((wait, piece)) = self.source.as_mut().and_then(Iterator::next) {
                self.say(wait, piece);
                continue;
            }
            self.source = None;
            match self.steps.pop_front() {
                Some(step) => self.begin(step),
                None => self.finish(),
            }
        }
    }
}

/// The API's form of an error.
pub(crate) fn error_body(kind: &str, message: &str) -> Value {
    json!({"type": "error", "error": {"type": kind, "message": message}})
}

fn unique(kind: &str) -> String {
    format!("{kind}_{}", uuid::Uuid::new_v4().simple())
}

/// The same input with `{cwd}` replaced in every string.
fn in_folder(input: Value, folder: &str) -> Value {
    match input {
        Value::String(text) => Value::String(text.replace("{cwd}", folder)),
        Value::Array(items) => items.into_iter().map(|item| in_folder(item, folder)).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, in_folder(value, folder))).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
