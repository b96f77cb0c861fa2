//! What a session left on the disk: Bosk's journal, its transcript, and the CLI's own.

use std::path::Path;
use std::time::Duration;

use bosk_core::journal::{self, Decision, Kind, Note};
use bosk_core::lines::Line;
use bosk_core::transcript::fold::{Change, Fold, LONGEST_LINE};
use bosk_core::transcript::{Entry, EntryBody};
use bosk_runtime::journal::{DECISIONS, JOURNAL, Reader, read_decisions};
use serde_json::Value;

use crate::{PATIENCE, Session};

/// One record of a journal.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its number.
    pub seq: u64,
    /// Where it came from.
    pub kind: Kind,
    /// What it holds; the beginning of it where it is very long.
    pub payload: Vec<u8>,
    /// How long it is.
    pub length: u64,
}

impl Record {
    /// The payload as JSON, or nothing.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).unwrap_or_default()
    }
}

/// The whole records of a journal, each checked.
///
/// # Panics
/// The journal cannot be read, or a record of it is damaged.
#[must_use]
pub fn journal(folder: &Path) -> Vec<Record> {
    let mut found = Vec::new();
    let mut reader = Reader::open(&folder.join(JOURNAL), LONGEST_LINE).unwrap();
    let each = |line: Line<'_>| {
        let (record, length) = match line {
            Line::Whole(line) => {
                (journal::decode(line).expect("a damaged record"), line.len() as u64)
            }
            Line::Long(start, length) => (journal::decode_start(start).unwrap(), length),
        };
        let (header, payload) = (record.header, record.payload.to_vec());
        found.push(Record { seq: header.seq, kind: header.kind, payload, length });
    };
    reader.read_all(each).unwrap();
    found
}

impl Session<'_> {
    /// Its journal.
    #[must_use]
    pub fn journal(&self) -> Vec<Record> {
        journal(&self.folder())
    }

    /// The CLI's messages in its journal.
    #[must_use]
    pub fn output(&self) -> Vec<Value> {
        let records = self.journal().into_iter();
        records.filter(|one| one.kind == Kind::Output).map(|one| one.json()).collect()
    }

    /// The keeper's notes in its journal.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let records = self.journal().into_iter().filter(|one| one.kind == Kind::Note);
        records.map(|one| serde_json::from_slice(&one.payload).unwrap()).collect()
    }

    /// The person's decisions.
    #[must_use]
    pub fn decisions(&self) -> Vec<Decision> {
        read_decisions(&self.folder().join(DECISIONS)).unwrap()
    }

    /// The name of its first message.
    ///
    /// # Panics
    /// It has none.
    #[must_use]
    pub fn prompt(&self) -> String {
        let sent = |one| match one {
            Decision::Sent(message) => Some(message.uuid),
            _ => None,
        };
        self.decisions().into_iter().find_map(sent).unwrap()
    }

    /// Claude's words, in order.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        texts(self.output().iter())
    }

    /// The names of the messages that the CLI has acknowledged, in order.
    #[must_use]
    pub fn acknowledged(&self) -> Vec<String> {
        let output = self.output().into_iter();
        let replayed = output.filter(|message| message["isReplay"] == true);
        replayed.filter_map(|message| Some(message["uuid"].as_str()?.to_owned())).collect()
    }

    /// Its transcript, as the window would show it.
    #[must_use]
    pub fn transcript(&self) -> Vec<Entry> {
        let mut fold = Fold::default();
        let mut entries: Vec<Entry> = Vec::new();
        let mut reader = Reader::open(&self.folder().join(JOURNAL), LONGEST_LINE).unwrap();
        let each = |line: Line<'_>| {
            for change in fold.apply(line) {
                match change {
                    Change::Push(entry) => entries.push(entry),
                    Change::Taken(_) => {}
                    Change::Check(at, note) => entries[at as usize].body.check(&note),
                    Change::Result(at, came) => {
                        if let EntryBody::ToolUse { result, .. } = &mut entries[at as usize].body {
                            *result = Some(came);
                        }
                    }
                    Change::Cost(at, came) => {
                        if let EntryBody::ToolUse { cost, .. } = &mut entries[at as usize].body {
                            *cost = Some(came);
                        }
                    }
                    Change::Decided(at, answer) => {
                        if let EntryBody::ToolUse { decision, .. } = &mut entries[at as usize].body
                        {
                            *decision = Some(answer);
                        }
                    }
                }
            }
        };
        reader.read_all(each).unwrap();
        entries
    }
}

/// Claude's words in the CLI's own transcript of a session.
///
/// # Panics
/// There is none.
#[must_use]
pub fn cli_texts(config: &Path, session: &Session<'_>) -> Vec<String> {
    texts(cli_transcript(config, session).iter())
}

/// The CLI's own transcript of a session.
///
/// # Panics
/// There is none.
#[must_use]
pub fn cli_transcript(config: &Path, session: &Session<'_>) -> Vec<Value> {
    written_by_cli(config, session).expect("the CLI keeps a transcript")
}

/// Waits until the CLI's own transcript holds the message. Nobody tells when it is written.
///
/// # Panics
/// It is not written in time.
pub async fn remembered(config: &Path, session: &Session<'_>, uuid: &str) {
    let is = |one: &Value| one["uuid"] == uuid;
    let wait = async {
        while !written_by_cli(config, session).is_some_and(|lines| lines.iter().any(is)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the CLI writes its transcript");
}

fn written_by_cli(config: &Path, session: &Session<'_>) -> Option<Vec<Value>> {
    let name = format!("{}.jsonl", session.id);
    let mut projects = std::fs::read_dir(config.join("projects")).ok()?.flatten();
    let text = projects.find_map(|one| std::fs::read_to_string(one.path().join(&name)).ok())?;
    // The CLI writes on while this reads, or was killed while it wrote: half a line is none.
    Some(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn texts<'a>(messages: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let main = messages.filter(|one| one["type"] == "assistant" && one["isSidechain"] != true);
    let main = main.filter(|one| one["parent_tool_use_id"].is_null());
    let blocks = main.filter_map(|one| one["message"]["content"].as_array()).flatten();
    let words = blocks.filter(|block| block["type"] == "text");
    words.filter_map(|block| Some(block["text"].as_str()?.to_owned())).collect()
}
