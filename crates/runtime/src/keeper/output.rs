//! What the CLI prints: into the journal first, then understood as far as the keeper must. A line of
//! any length passes through in bounded memory; streamed deltas are for the connections only.

use std::time::Duration;

use bosk_core::claude::message::{self, Message, Stream};
use bosk_core::claude::{envelope, input};
use bosk_core::journal::{Kind, LONGEST_MESSAGE};
use bosk_core::lines::{Line, Lines};
use bosk_core::session::{Ask, AskKind, Input, Tally};
use bosk_core::view::Offer;
use serde_json::Value;
use tokio::time::Instant;

use super::actor::Actor;
use super::partials::Partials;

/// Most bytes kept of the last words of standard error.
const LAST_WORDS: usize = 2 << 10;

/// How often memory is given back at most: it costs about a millisecond of CPU time each time.
const LET_GO_EVERY: Duration = Duration::from_secs(10);

/// What is between two pieces of output.
pub(super) struct Output {
    /// The piece that was read last.
    pub(super) buffer: Vec<u8>,
    /// The unfinished line, as long as it may still be a message.
    line: Vec<u8>,
    /// A line longer than any message is being written to the journal as it comes.
    long: bool,
    /// Records that wait until that line has ended.
    after: Vec<(Kind, Vec<u8>)>,
    errors: Lines,
    last_words: String,
    streamed: Vec<Streamed>,
    /// The model's last message, looked at only when somebody wants the row.
    last_assistant: Vec<u8>,
    /// The plan that the model has proposed last, and its call.
    plan: Option<(String, String)>,
}

/// What the stream's blocks have to be told.
enum Streamed {
    Event(Stream),
    Finished(Option<String>),
    Cleared,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            line: Vec::new(),
            long: false,
            after: Vec::new(),
            errors: Lines::new(LONGEST_MESSAGE),
            last_words: String::new(),
            streamed: Vec::new(),
            last_assistant: Vec::new(),
            plan: None,
        }
    }
}

impl Output {
    pub(super) const fn in_long_line(&self) -> bool {
        self.long
    }

    pub(super) fn take_last_words(&mut self) -> String {
        std::mem::take(&mut self.last_words)
    }

    /// Applies what was streamed since last time. Whether there was anything.
    pub(super) fn apply_stream(&mut self, partials: &mut Partials) -> bool {
        let any = !self.streamed.is_empty();
        for one in self.streamed.drain(..) {
            match one {
                Streamed::Event(stream) => partials.take(stream),
                Streamed::Finished(parent) => partials.finished(&parent),
                Streamed::Cleared => partials.clear_all(),
            }
        }
        any
    }

    /// Reads the model's last message, now that somebody wants to know.
    pub(super) fn bring_up_to_date(&mut self, tally: &mut Tally) {
        if !self.last_assistant.is_empty() {
            if let Ok(message) = message::parse(&self.last_assistant) {
                tally.message(&message, crate::journal::writer::wall_clock());
            }
            self.last_assistant.clear();
        }
    }
}

impl Actor {
    /// Appends a record, or has it wait until the long line that is being written has ended.
    pub(super) fn record_line(&mut self, kind: Kind, payload: Vec<u8>) {
        if self.output.long {
            self.output.after.push((kind, payload));
        } else {
            self.journal.append(kind, &payload);
        }
    }

    /// Takes what was read from standard output.
    pub(super) fn take_output(&mut self) {
        self.heard();
        let buffer = std::mem::take(&mut self.output.buffer);
        let mut rest = buffer.as_slice();
        while let Some(at) = memchr::memchr(b'\n', rest) {
            self.part(&rest[..at]);
            self.end_of_line();
            rest = &rest[at + 1..];
        }
        self.part(rest);
        self.output.buffer = buffer;
    }

    fn part(&mut self, part: &[u8]) {
        if self.output.long {
            self.journal.push(part);
        } else if self.output.line.len() + part.len() > LONGEST_MESSAGE {
            self.output.long = true;
            self.journal.begin(Kind::Output);
            self.journal.push(&std::mem::take(&mut self.output.line));
            self.journal.push(part);
        } else {
            self.output.line.extend_from_slice(part);
        }
    }

    fn end_of_line(&mut self) {
        if self.output.long {
            self.output.long = false;
            self.journal.finish();
            for (kind, payload) in std::mem::take(&mut self.output.after) {
                self.journal.append(kind, &payload);
            }
            return;
        }
        let line = std::mem::take(&mut self.output.line);
        self.line(&line);
        self.output.line = line;
        self.output.line.clear();
        self.output.line.shrink_to(2 * LAST_WORDS.max(64 << 10));
    }

    fn line(&mut self, line: &[u8]) {
        let kind = envelope::leading_type(line);
        if kind == Some("stream_event") {
            if let Ok(Message::Stream(stream)) = message::parse(line) {
                self.output.streamed.push(Streamed::Event(stream));
            }
            return;
        }
        self.charge(kind, line);
        self.journal.append(Kind::Output, line);
        match kind {
            // Most lines are these two, and most of them need no closer look now.
            Some("user") if !envelope::may_be_replay(line) => {}
            Some("assistant") => {
                self.output.last_assistant.clear();
                self.output.last_assistant.extend_from_slice(line);
                self.output.plan = envelope::plan(line).or_else(|| self.output.plan.take());
                self.changed();
                let parent = envelope::parent(line);
                self.output.streamed.push(Streamed::Finished(parent));
                self.hand_over_waiting();
            }
            _ => {
                if let Ok(message) = message::parse(line) {
                    self.message(message);
                }
            }
        }
    }

    fn message(&mut self, message: Message) {
        self.output.bring_up_to_date(&mut self.tally);
        self.tally.message(&message, crate::journal::writer::wall_clock());
        self.changed();
        if self.tasks.take(&message) {
            self.tally.set_background(self.tasks.count());
        }
        match message {
            Message::Init(_) => self.input(Input::TurnStarted),
            Message::Result(result) if result.conversation_unknown() => {}
            Message::Result(result) => {
                self.mailbox.answered();
                self.output.streamed.push(Streamed::Cleared);
                self.asks.clear();
                self.meter.costs.clear();
                self.input(Input::TurnEnded);
                self.turn_is_over();
                if !result.is_error && !result.interrupted() {
                    self.start_check();
                }
                // It may be hours until the next one.
                self.let_go();
            }
            Message::User(user) if user.is_replay => self.taken(&user.uuid),
            Message::Lifecycle(one) if one.state == "completed" => {
                self.taken(&one.command_uuid);
            }
            Message::Request(request) => self.asked(request),
            Message::Withdrawn(withdrawn) => {
                self.asks.retain(|(ask, _)| ask.request_id != withdrawn.request_id);
                self.input(Input::Asks(self.asks.len()));
            }
            Message::Response(response) => self.responded(response.response),
            _ => {}
        }
    }

    /// Gives memory back that is not needed for a while, unless that was done just now.
    pub(super) fn let_go(&mut self) {
        if self.let_go_at.is_none_or(|at| at.elapsed() > LET_GO_EVERY) {
            self.let_go_at = Some(Instant::now());
            crate::process::let_go_of_code();
        }
    }

    fn taken(&mut self, uuid: &str) {
        if self.mailbox.taken(uuid) {
            self.conversation = true;
            self.point.after = None;
            self.changed();
        }
    }

    fn asked(&mut self, request: message::Request) {
        let message::Request { request_id, request } = request;
        if request.subtype != "can_use_tool" {
            let refusal = input::refuse(&request_id, &request.subtype);
            self.send_line(refusal);
            return;
        }
        let tool_input = request.input.clone();
        let ask = Ask {
            request_id,
            tool_use_id: request.tool_use_id.clone(),
            at: crate::journal::writer::wall_clock(),
            ask: ask_kind(request, self.output.plan.as_ref()),
        };
        self.asks.push((ask, tool_input));
        self.input(Input::Asks(self.asks.len()));
    }

    fn responded(&mut self, response: message::ResponseBody) {
        let Some(pending) = self.requests.remove(&response.request_id) else { return };
        let result = match response.subtype.as_str() {
            "success" => Ok(response.response),
            _ => Err(response.error.unwrap_or_default()),
        };
        pending.resolve(self, result);
    }

    /// The CLI has said what it offers.
    pub(super) fn offered(&mut self, offer: &Value) {
        let (commands, models) = (read_list(&offer["commands"]), read_list(&offer["models"]));
        self.shared.facts.borrow_mut().offer = Some(Offer { commands, models });
        self.changed();
    }

    /// Takes what was read from standard error.
    pub(super) fn take_error(&mut self) {
        self.heard();
        let buffer = std::mem::take(&mut self.output.buffer);
        let mut errors = std::mem::replace(&mut self.output.errors, Lines::new(LONGEST_MESSAGE));
        errors.feed(&buffer, |line| self.error_line(line));
        self.output.errors = errors;
        self.output.buffer = buffer;
    }

    fn error_line(&mut self, line: Line<'_>) {
        let (Line::Whole(line) | Line::Long(line, _)) = line;
        if line.is_empty() {
            return;
        }
        self.record_line(Kind::Error, line.to_vec());
        let words = &mut self.output.last_words;
        words.push_str(&String::from_utf8_lossy(&line[..line.len().min(LAST_WORDS)]));
        words.push('\n');
        let surplus = words.ceil_char_boundary(words.len().saturating_sub(LAST_WORDS));
        words.drain(..surplus);
    }

    /// The CLI is gone: an unfinished line is a line, and nothing is asked any more.
    pub(super) fn end_of_output(&mut self) {
        if self.output.long || !self.output.line.is_empty() {
            self.end_of_line();
        }
        let mut errors = std::mem::replace(&mut self.output.errors, Lines::new(LONGEST_MESSAGE));
        errors.finish(|line| self.error_line(line));
        self.output.streamed.push(Streamed::Cleared);
        self.asks.clear();
        self.requests.clear();
        self.mailbox.take_back();
        self.changed();
    }
}

/// What is asked. `proposed` is the plan of the model's last call of that kind.
fn ask_kind(request: message::RequestBody, proposed: Option<&(String, String)>) -> AskKind {
    match request.tool_name.as_str() {
        "AskUserQuestion" => {
            if let Ok(questions) = serde_json::from_value(request.input["questions"].clone()) {
                return AskKind::Question { questions };
            }
        }
        // The CLI puts what stands in the plan's file there. Where the model has written none, there is nothing
        // (2.1.330, measured): then the plan is what the model's own call says, if it says any.
        "ExitPlanMode" => {
            let proposed = proposed.filter(|(call, _)| *call == request.tool_use_id);
            let in_file = request.input["plan"].as_str();
            let plan = in_file.or(proposed.map(|(_, plan)| plan.as_str())).unwrap_or_default();
            return AskKind::Plan { plan: plan.to_owned() };
        }
        _ => {}
    }
    AskKind::Permission {
        tool: request.tool_name,
        input: request.input,
        description: request.description,
        reason: request.decision_reason,
        blocked_path: request.blocked_path,
        // Where the CLI says that a rule would allow more than was asked, none is offered.
        suggestions: match request.suppress_always_allow_rule {
            true => Vec::new(),
            false => request.permission_suggestions,
        },
        default_to_no: request.default_to_no,
        interactive: request.requires_user_interaction,
        agent: request.agent_id,
    }
}

/// The items of a list that can be read; the others are passed by.
fn read_list<T: serde::de::DeserializeOwned>(list: &Value) -> Vec<T> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| serde_json::from_value(item.clone()).ok()).collect()
}
