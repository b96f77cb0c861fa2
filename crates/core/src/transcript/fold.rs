//! How records become entries. A record makes entries by itself ([`read`]), save that results and
//! decisions belong to an entry made earlier; [`Fold`] remembers which. Not here: files and paging.

use std::collections::HashMap;

use serde_json::Value;

use super::entry::{Entry, EntryBody, NoticeLevel, RawReason, ToolResult};
use crate::claude::content::{Block, Content, Part};
use crate::claude::message::{self, Message};
use crate::journal::{self, CheckNote, Kind, LONGEST_MESSAGE, Note, WentBack};
use crate::limits::FROM_BOSK;
use crate::lines::Line;

pub use super::change::{Change, Said};
use super::check::CHECK;
use super::cut::{cut, cut_value};
use super::problems;

/// Remembers what later records may refer to.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    next: u32,
    /// Tool uses, and messages that the CLI has not taken, by their own names; and the check that runs.
    open: HashMap<String, u32>,
    before: f64,
}

impl Fold {
    /// A fold that has seen `total` entries, of which the named ones are still to hear of something; and what is
    /// taken off what turns have cost ([`Self::before`]).
    #[must_use]
    pub fn resumed(total: u32, open: impl IntoIterator<Item = (String, u32)>, before: f64) -> Self {
        Self { next: total, open: open.into_iter().collect(), before }
    }

    /// What the CLI had counted before a fork began, and counts on from: US dollars.
    #[must_use]
    pub const fn before(&self) -> f64 {
        self.before
    }

    /// How many entries there are.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.next
    }

    /// Takes one line of the journal, in order.
    pub fn apply(&mut self, line: Line<'_>) -> Vec<Change> {
        let at = wall(line);
        read(line).into_iter().filter_map(|said| self.place(at, said)).collect()
    }

    /// Whether a later record may still say something of the entry.
    #[must_use]
    pub fn awaits(&self, body: &EntryBody) -> bool {
        match body {
            EntryBody::ToolUse { id: name, .. } | EntryBody::Prompt { uuid: name, .. } => {
                self.open.contains_key(name)
            }
            EntryBody::Check { .. } => self.open.contains_key(CHECK),
            _ => false,
        }
    }

    fn place(&mut self, at: i64, said: Said) -> Option<Change> {
        match said {
            Said::New { body: EntryBody::Prompt { uuid, .. }, .. }
                if self.open.contains_key(&uuid) =>
            {
                // Handed over once more, to a process that was started anew.
                None
            }
            Said::New { parent, mut body } => {
                if let EntryBody::TurnEnd { cost_usd, .. } = &mut body {
                    if *cost_usd < self.before {
                        // It does not count on after all.
                        self.before = 0.0;
                    }
                    *cost_usd -= self.before;
                }
                let index = self.next;
                self.next += 1;
                if let EntryBody::ToolUse { id: name, .. } | EntryBody::Prompt { uuid: name, .. } =
                    &body
                {
                    self.open.insert(name.clone(), index);
                } else if body.is_checking() {
                    self.open.insert(CHECK.to_owned(), index);
                }
                Some(Change::Push(Entry { index, at, parent, body }))
            }
            Said::Taken { uuid, body } => match self.open.remove(&uuid) {
                Some(index) => Some(Change::Taken(index)),
                None => {
                    let index = self.next;
                    self.next += 1;
                    Some(Change::Push(Entry { index, at, parent: None, body }))
                }
            },
            // The answer to a tool use comes before its result; a background task's result may
            // come again. Both find their entry for as long as the transcript is open.
            Said::Result { tool_use_id: of, result } => Some(Change::Result(self.at(&of)?, result)),
            Said::Decided { tool_use_id: of, answer } => {
                Some(Change::Decided(self.at(&of)?, answer))
            }
            Said::Cost { tool_use_id: of, cost } => Some(Change::Cost(self.at(&of)?, cost)),
            Said::Check(note) => {
                let index = self.at(CHECK)?;
                if matches!(note, CheckNote::Ended { .. }) {
                    self.open.remove(CHECK);
                }
                Some(Change::Check(index, note))
            }
            Said::Counted(usd) => {
                self.before += usd;
                None
            }
        }
    }

    fn at(&self, name: &str) -> Option<u32> {
        self.open.get(name).copied()
    }
}

/// The longest line of a journal that is read whole: a message and what stands around it.
pub const LONGEST_LINE: usize = LONGEST_MESSAGE + 128;

/// When a line was written: milliseconds since 1970, or 0 where that cannot be told.
#[must_use]
pub fn wall(line: Line<'_>) -> i64 {
    let record = match line {
        Line::Whole(line) => journal::decode(line),
        Line::Long(start, _) => journal::decode_start(start),
    };
    record.map_or(0, |record| record.header.wall)
}

/// What one line of the journal says, by itself.
#[must_use]
pub fn read(line: Line<'_>) -> Vec<Said> {
    let line = match line {
        Line::Whole(line) => line,
        Line::Long(start, length) => {
            let payload = journal::decode_start(start).map_or(start, |record| record.payload);
            return raw(RawReason::Oversize, payload, length);
        }
    };
    let Ok(record) = journal::decode(line) else {
        return raw(RawReason::Damaged, line, line.len() as u64);
    };
    let raw = |reason, bytes: &[u8]| raw(reason, bytes, bytes.len() as u64);
    match record.header.kind {
        Kind::Output if record.payload.len() > LONGEST_MESSAGE => {
            raw(RawReason::Oversize, record.payload)
        }
        Kind::Output => match message::parse(record.payload) {
            Ok(message) => output(record.header.wall, message, record.payload),
            Err(_) if record.payload.is_empty() => Vec::new(),
            Err(_) if std::str::from_utf8(record.payload).is_err() => {
                raw(RawReason::NotUtf8, record.payload)
            }
            Err(_) => raw(RawReason::NotJson, record.payload),
        },
        Kind::Error => raw(RawReason::Stderr, record.payload),
        Kind::Note => match serde_json::from_slice(record.payload) {
            Ok(note) => self::note(note),
            Err(_) => raw(RawReason::Damaged, record.payload),
        },
        Kind::Decision => Vec::new(),
    }
}

fn one(body: EntryBody) -> Vec<Said> {
    vec![Said::New { parent: None, body }]
}

fn raw(reason: RawReason, seen: &[u8], bytes: u64) -> Vec<Said> {
    let start = String::from_utf8_lossy(&seen[..seen.len().min(4 << 10)]).into_owned();
    one(EntryBody::Raw { reason, bytes, start })
}

fn output(at: i64, message: Message, line: &[u8]) -> Vec<Said> {
    match message {
        Message::Assistant(assistant) => {
            let parent = assistant.parent_tool_use_id;
            // The CLI words its own failures as the model's; the turn's end tells them better.
            let blocks =
                if assistant.is_api_error_message { vec![] } else { assistant.message.content };
            let bodies = blocks.into_iter().filter_map(block);
            bodies.map(|body| Said::New { parent: parent.clone(), body }).collect()
        }
        Message::User(user) => said_to_model(at, user),
        // The keeper begins anew then, and says so.
        Message::Result(result) if result.conversation_unknown() => Vec::new(),
        Message::Result(result) => {
            let problem = problems::of_result(&result);
            let is_error = result.failed();
            let interrupted = result.interrupted();
            let errors = result.errors.iter().map(plain).collect::<Vec<_>>().join("\n");
            let text = result.result.unwrap_or(errors);
            one(EntryBody::TurnEnd {
                is_error,
                subtype: if interrupted { "interrupted".to_owned() } else { result.subtype },
                text: (is_error && !text.is_empty()).then(|| cut(text)),
                problem,
                duration_ms: result.duration_ms,
                cost_usd: result.total_cost_usd,
                turns: result.num_turns,
            })
        }
        Message::Status(status) => status.permission_mode.map_or_else(Vec::new, |value| {
            one(EntryBody::Changed { what: "permission_mode".to_owned(), value })
        }),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "milliseconds, saturating"
        )]
        Message::Retry(retry) => one(EntryBody::Retry {
            attempt: retry.attempt,
            max: retry.max_retries,
            delay_ms: retry.retry_delay_ms as u64,
            status: retry.error_status,
            error: retry.error,
        }),
        Message::Informational(words) if words.is_meta => Vec::new(),
        Message::Informational(words) => one(EntryBody::Notice {
            level: if words.level == "warning" { NoticeLevel::Warning } else { NoticeLevel::Info },
            text: cut(plain(&words.content)),
        }),
        Message::Denied(denied) => {
            one(EntryBody::Notice { level: NoticeLevel::Warning, text: cut(denied.message) })
        }
        // Most run for each tool use and say nothing.
        Message::Hook(hook) if hook.exit_code == Some(0) && hook.output.trim().is_empty() => {
            Vec::new()
        }
        Message::Hook(hook) => one(EntryBody::Hook {
            name: hook.hook_name,
            output: cut(hook.output),
            exit: hook.exit_code,
        }),
        Message::Compacted(compacted) => {
            one(EntryBody::Compacted { before: compacted.compact_metadata.pre_tokens })
        }
        Message::RateLimit(limit) => {
            let info = limit.rate_limit_info;
            if info.status == "allowed" || info.status.is_empty() {
                return Vec::new();
            }
            let fullest = info
                .windows
                .iter()
                .max_by(|a, b| {
                    a.1.utilization.unwrap_or(0.0).total_cmp(&b.1.utilization.unwrap_or(0.0))
                })
                .map(|(name, window)| (name.clone(), window.clone()));
            let (window, figures) = fullest.unwrap_or_default();
            one(EntryBody::UsageLimit {
                status: info.status,
                window: info.rate_limit_type.unwrap_or(window),
                utilization: info.utilization.or(figures.utilization),
                resets_at: info.resets_at.or(figures.resets_at),
            })
        }
        Message::Unknown { name } => {
            let raw = String::from_utf8_lossy(&line[..line.len().min(16 << 10)]).into_owned();
            one(EntryBody::Unknown { name, raw })
        }
        Message::Stream(_)
        | Message::Init(_)
        | Message::Request(_)
        | Message::Withdrawn(_)
        | Message::Response(_)
        | Message::Lifecycle(_)
        | Message::Tasks(_)
        | Message::TaskProgress(_)
        | Message::Quiet => Vec::new(),
    }
}

fn block(block: Block) -> Option<EntryBody> {
    Some(match block {
        Block::Text { text } if text.is_empty() => return None,
        Block::Text { text } => EntryBody::Text { text },
        Block::Thinking { thinking } => EntryBody::Thinking { text: cut(thinking) },
        Block::RedactedThinking {} => EntryBody::Thinking { text: String::new() },
        Block::ToolUse { id, name, input } | Block::ServerToolUse { id, name, input } => {
            EntryBody::ToolUse {
                id,
                name,
                input: cut_value(input),
                result: None,
                decision: None,
                cost: None,
            }
        }
        Block::Other => return None,
    })
}

fn said_to_model(at: i64, user: message::User) -> Vec<Said> {
    let parent = user.parent_tool_use_id;
    let detail = cut_value(user.tool_use_result);
    let mut said: Vec<Said> = Vec::new();
    if let Content::Blocks(parts) = &user.message.content {
        for part in parts {
            if let Part::ToolResult { tool_use_id, content, is_error } = part {
                let (text, images) = content.text();
                let result = ToolResult {
                    at,
                    is_error: *is_error,
                    text: cut(text),
                    images,
                    detail: detail.clone(),
                };
                said.push(Said::Result { tool_use_id: tool_use_id.clone(), result });
            }
        }
    }
    if said.is_empty() && parent.is_none() && (user.is_replay || !user.is_synthetic) {
        let (text, images) = user.message.content.text();
        let command_output = text
            .strip_prefix("<local-command-stdout>")
            .and_then(|rest| rest.strip_suffix("</local-command-stdout>"));
        let body = match command_output {
            Some(words) => {
                EntryBody::Notice { level: NoticeLevel::Info, text: cut(words.to_owned()) }
            }
            // Words of Bosk to Claude, as the person reads them.
            None if user.is_replay && text.starts_with(FROM_BOSK) => {
                let body = EntryBody::Notice { level: NoticeLevel::Info, text: cut(text) };
                return vec![Said::Taken { uuid: user.uuid, body }];
            }
            None if user.is_replay => {
                let uuid = user.uuid;
                let body = EntryBody::Prompt { uuid: uuid.clone(), text, images };
                return vec![Said::Taken { uuid, body }];
            }
            // The CLI's own note to the model, such as «[Request interrupted by user]».
            None => EntryBody::Notice { level: NoticeLevel::Info, text: cut(text) },
        };
        said.push(Said::New { parent, body });
    }
    said
}

fn note(note: Note) -> Vec<Said> {
    match note {
        // A check that an earlier keeper had begun has died with it.
        Note::Keeper { resumed: true, .. } => {
            let broken = Said::Check(CheckNote::Ended { verdict: None, took: 0 });
            vec![Said::New { parent: None, body: EntryBody::Resumed }, broken]
        }
        Note::Check(CheckNote::Begun { command }) => one(EntryBody::checking(command)),
        Note::Check(note) => vec![Said::Check(note)],
        // Told by its acknowledgement.
        Note::Prompt { text, .. } if text.starts_with(FROM_BOSK) => Vec::new(),
        Note::Prompt { uuid, text, images } => one(EntryBody::Prompt { uuid, text, images }),
        Note::Setup { output, exit } => one(EntryBody::Setup { output, exit }),
        Note::Answered { tool_use_id, answer, .. } => vec![Said::Decided { tool_use_id, answer }],
        Note::Stopping { reason, step } => one(EntryBody::Stopping { reason, step }),
        Note::Ended { outcome, left_behind } => one(EntryBody::Ended { outcome, left_behind }),
        Note::Paused { by } => one(EntryBody::Paused { by }),
        Note::WentOn => one(EntryBody::WentOn),
        Note::Killed { processes, left } => one(EntryBody::Killed { processes, left }),
        Note::Limit(note) => one(EntryBody::Limit(note)),
        Note::ToolCost { tool_use_id, cost } => vec![Said::Cost { tool_use_id, cost }],
        Note::WentBack(WentBack { message, text, files, conversation, undo, .. }) => {
            let (files, conversation) = (files.is_some(), conversation.is_some());
            one(EntryBody::WentBack { message, text, files, conversation, undo })
        }
        Note::Warning { text } => one(EntryBody::Notice { level: NoticeLevel::Warning, text }),
        Note::Forked { counted } => {
            vec![Said::Counted(counted.values().map(|(usd, _)| usd).sum())]
        }
        Note::Keeper { .. }
        | Note::State { .. }
        | Note::Prepared(_)
        | Note::Run(_)
        | Note::CliStarted { .. } => Vec::new(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
