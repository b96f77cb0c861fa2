//! What comes in on standard input: messages wait in a queue until a turn takes them, requests are
//! answered at once, also while a turn runs.

use std::collections::VecDeque;
use std::io::BufRead as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::say;

pub(crate) struct Inbox {
    lines: Receiver<String>,
    messages: VecDeque<Value>,
    greeted: bool,
    open: bool,
    stubborn: bool,
    interrupted: bool,
    answers: Vec<String>,
}

impl Inbox {
    pub(crate) fn open(stubborn: bool) -> Self {
        let (to, lines) = channel();
        std::thread::spawn(move || {
            // No line is read before the one before it was looked at, as if by one thread.
            for line in std::io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            lines,
            messages: VecDeque::new(),
            greeted: false,
            open: true,
            stubborn,
            interrupted: false,
            answers: Vec::new(),
        }
    }

    pub(crate) fn take_message(&mut self) -> Option<Value> {
        self.messages.pop_front()
    }

    pub(crate) fn greeted(&self) -> bool {
        self.greeted
    }

    /// Whether somebody has interrupted the turn; asked once for each.
    pub(crate) fn take_interrupt(&mut self) -> bool {
        std::mem::take(&mut self.interrupted)
    }

    /// Whether the request with this name was answered.
    pub(crate) fn answered(&self, request: &str) -> bool {
        self.answers.iter().any(|one| one == request)
    }

    /// Waits for the next line and deals with it. False when there will be none any more.
    pub(crate) fn wait(&mut self, limit: Option<Duration>) -> bool {
        let until = Instant::now() + limit.unwrap_or(super::LIFE);
        if !self.open {
            std::thread::sleep(until - Instant::now());
            return true;
        }
        match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => self.line(&line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) if self.stubborn => self.open = false,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    fn line(&mut self, line: &str) {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            super::refuse(&format!("Error parsing streaming input line: {line}"));
        };
        match line["type"].as_str() {
            Some("user") => self.messages.push_back(line),
            Some("control_request") => self.request(&line),
            Some("control_response") => {
                let name = line["response"]["request_id"].as_str().unwrap_or_default();
                self.answers.push(name.to_owned());
            }
            other => super::refuse(&format!("Error: unknown input {other:?}")),
        }
    }

    fn request(&mut self, line: &Value) {
        let request = &line["request"];
        let answer = match request["subtype"].as_str().unwrap_or_default() {
            "initialize" => {
                self.greeted = true;
                json!({"commands": [{"name": "compact", "description": "shorter"}],
                       "models": [{"value": "stand-in", "displayName": "Stand-in"}]})
            }
            "interrupt" if self.stubborn => return,
            "interrupt" => {
                self.interrupted = true;
                Value::Null
            }
            "cancel_async_message" => {
                let before = self.messages.len();
                self.messages.retain(|one| one["uuid"] != request["message_uuid"]);
                json!({"cancelled": self.messages.len() < before})
            }
            _ => Value::Null,
        };
        say(format_args!(
            "{}",
            json!({"type": "control_response", "response": {
                "subtype": "success", "request_id": line["request_id"], "response": answer}})
        ));
    }
}
