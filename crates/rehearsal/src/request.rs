//! What the CLI asked, and where in which script that is. Stateless: a conversation's own messages
//! say all, so a restarted server, a resumed and a forked session go on where they were.
//! Not here: what is answered.

use std::sync::Arc;

use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::{error::RehearsalError, inline, script::Script, scripts::Scripts, sent::Conversation};

/// The beginnings of texts that the CLI writes into a conversation by itself (read off 2.1.330).
const REMINDER: &str = "<system-reminder>";
const CUT_OFF: &str = "Your response above was cut off mid-stream.";
const QUEUED: &str = "The user sent a new message while you were working";
const SUMMARISED: &str = "This session is being continued from a previous conversation";
const SUMMARISE: &str = "CRITICAL: Respond with TEXT ONLY.";
const FOLDER: &str = "Primary working directory: ";

/// A request body; only what matters here is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    pub(crate) model: String,
    #[serde(default)]
    pub(crate) stream: bool,
    #[serde(default)]
    max_tokens: u64,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    tools: Vec<Tool>,
    #[serde(default)]
    output_config: Value,
    #[serde(default)]
    metadata: Value,
}

#[derive(Debug, Deserialize)]
struct Tool {
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    content: Content,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

#[derive(Debug, Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    content: Value,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The next answer of a conversation.
    Conversation,
    /// A summary that takes a conversation's place (`/compact`).
    Summary,
    /// A title, as JSON.
    Title,
    /// Anything else that is no part of a conversation, such as the quota probe.
    Side,
}

/// A place in a script.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) script: Arc<Script>,
    /// How many of the script's turns were played.
    pub(crate) turn: usize,
    /// The message and the block in it that chose the script.
    pub(crate) origin: (usize, usize),
}

impl Message {
    /// Its texts with their place in the message.
    fn texts(&self) -> impl DoubleEndedIterator<Item = (usize, &str)> {
        let (one, many) = match &self.content {
            Content::Text(text) => (Some(text.as_str()), [].as_slice()),
            Content::Blocks(blocks) => (None, blocks.as_slice()),
        };
        let many = many.iter().enumerate().filter(|(_, block)| block.kind == "text");
        one.map(|text| (0, text)).into_iter().chain(many.map(|(at, block)| (at, &*block.text)))
    }

    /// Its texts that a person or a parent agent wrote.
    fn prompts(&self) -> impl DoubleEndedIterator<Item = (usize, &str)> {
        let user = self.role == "user";
        let system = self.role == "system";
        self.texts().filter(move |(_, text)| {
            (user && !text.starts_with(REMINDER)) || (system && text.contains(QUEUED))
        })
    }

    fn results(&self) -> impl Iterator<Item = &Value> {
        let blocks = match &self.content {
            Content::Text(_) => [].as_slice(),
            Content::Blocks(blocks) => blocks.as_slice(),
        };
        blocks.iter().filter(|block| block.kind == "tool_result").map(|block| &block.content)
    }

    /// Whether the answer before it broke off, so that it is asked for again.
    fn says_cut_off(&self) -> bool {
        self.role == "user"
            && self.results().next().is_none()
            && self.prompts().next().is_some_and(|(_, text)| text.starts_with(CUT_OFF))
    }
}

impl Request {
    pub(crate) fn purpose(&self) -> Purpose {
        let last = self.messages.iter().rev().find_map(|message| message.prompts().next_back());
        if last.is_some_and(|(_, text)| text.starts_with(SUMMARISE)) {
            Purpose::Summary
        } else if !self.tools.is_empty() && self.max_tokens != 1 {
            Purpose::Conversation
        } else if self.output_config.get("format").is_some() {
            Purpose::Title
        } else {
            Purpose::Side
        }
    }

    /// Whose conversation it is: the session's and the subagent's ids.
    pub(crate) fn conversation(&self, headers: &HeaderMap) -> Conversation {
        let header = |name| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let in_body = || {
            let user = self.metadata.get("user_id")?.as_str()?;
            let user: Value = serde_json::from_str(user).ok()?;
            Some(user.get("session_id")?.as_str()?.to_owned())
        };
        Conversation {
            session: header("x-claude-code-session-id").or_else(in_body).unwrap_or_default(),
            agent: header("x-claude-code-agent-id"),
        }
    }

    /// The place in the scripts that this request asks to be played.
    ///
    /// # Errors
    /// The newest prompt has a directive that makes no sense. In an older one it is passed over, so
    /// that a mistake can be followed by another message.
    pub(crate) fn place(&self, scripts: &Scripts) -> Result<Place, RehearsalError> {
        let mut newest = true;
        for (at, message) in self.messages.iter().enumerate().rev() {
            for (block, text) in message.prompts().rev() {
                let chosen = match inline::script_of(text, scripts) {
                    Err(error) if newest => return Err(error),
                    Ok(Some(script)) => Some(script),
                    Ok(None) | Err(_) => scripts.for_prompt(text),
                };
                newest = false;
                if let Some(script) = chosen {
                    let turn = self.answers(at);
                    return Ok(Place { script, turn, origin: (at, block) });
                }
            }
        }
        let mut prompts = self.messages.iter().flat_map(Message::prompts);
        let summarised = prompts.any(|(_, text)| text.starts_with(SUMMARISED));
        let script = scripts.default_script();
        let turn = if summarised { script.turns.len() } else { self.answers(0) };
        Ok(Place { script, turn, origin: (0, 0) })
    }

    /// How many whole answers were given from the message at `from` on. Messages of the model that
    /// touch are one answer.
    fn answers(&self, from: usize) -> usize {
        let mut answers = 0;
        let mut after_answer = false;
        for message in self.messages.iter().skip(from) {
            if message.role == "assistant" {
                answers += usize::from(!after_answer);
            } else if after_answer && message.says_cut_off() {
                answers -= 1;
            }
            after_answer = message.role == "assistant";
        }
        answers
    }

    /// Whether anything was answered before.
    pub(crate) fn begun(&self) -> bool {
        self.messages.iter().any(|message| message.role == "assistant")
    }

    /// What the last tool calls answered, as one text.
    pub(crate) fn last_results(&self) -> String {
        let results = |message: &Message| {
            let texts: Vec<String> = message.results().map(plain).collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        };
        self.messages.iter().rev().find_map(results).unwrap_or_default()
    }

    /// The folder that the CLI says it works in, or `.`.
    pub(crate) fn folder(&self) -> String {
        let by_cli = |(_, text): &(usize, &str)| !text.starts_with(QUEUED);
        let system = self.messages.iter().filter(|message| message.role == "system");
        let mut named = system.flat_map(Message::texts).filter(by_cli).filter_map(|(_, text)| {
            let (_, rest) = text.split_once(FOLDER)?;
            Some(rest.lines().next()?.trim().to_owned())
        });
        named.next().unwrap_or_else(|| ".".to_owned())
    }

    /// The name under which the CLI offers the tool that starts a subagent.
    pub(crate) fn agent_tool(&self) -> &'static str {
        let offered = |name| self.tools.iter().any(|tool| tool.name == name);
        if !offered("Agent") && offered("Task") { "Task" } else { "Agent" }
    }
}

fn plain(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().filter_map(|block| block.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
