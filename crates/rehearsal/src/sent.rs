//! What the server said, kept within bounds, for comparing with journals and transcripts.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

/// How much text is kept in all; beyond it only lengths are counted. 64 MiB.
const KEPT_BYTES: usize = 64 << 20;
/// How many texts are kept in all.
const KEPT_TEXTS: usize = 100_000;

/// Whose words they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Conversation {
    /// The CLI's session id.
    pub session: String,
    /// The subagent's id, if it is one's conversation.
    pub agent: Option<String>,
}

/// One block of text that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The text, or its beginning once the record is full.
    pub text: String,
    /// How long the text was, in bytes.
    pub bytes: u64,
    /// Whether the block was said to its end; not so when the connection broke.
    pub whole: bool,
}

/// The record of one server.
#[derive(Debug, Default)]
pub(crate) struct Sent(Mutex<Record>);

#[derive(Debug, Default)]
struct Record {
    requests: u64,
    bytes: usize,
    texts: usize,
    said: BTreeMap<Conversation, Vec<Said>>,
}

impl Sent {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count_request(&self) {
        self.record().requests += 1;
    }

    pub(crate) fn requests(&self) -> u64 {
        self.record().requests
    }

    pub(crate) fn said(&self) -> BTreeMap<Conversation, Vec<Said>> {
        self.record().said.clone()
    }

    /// Begins a text; returns its place, or nothing when the record is full.
    pub(crate) fn begin(&self, conversation: &Conversation) -> Option<usize> {
        let mut record = self.record();
        if record.texts >= KEPT_TEXTS {
            return None;
        }
        record.texts += 1;
        let texts = record.said.entry(conversation.clone()).or_default();
        texts.push(Said { text: String::new(), bytes: 0, whole: false });
        Some(texts.len() - 1)
    }

    pub(crate) fn add(&self, conversation: &Conversation, place: usize, piece: &str) {
        let mut record = self.record();
        let keep = record.bytes + piece.len() <= KEPT_BYTES;
        if keep {
            record.bytes += piece.len();
        }
        let texts = record.said.get_mut(conversation);
        if let Some(said) = texts.and_then(|texts| texts.get_mut(place)) {
            said.bytes += piece.len() as u64;
            if keep {
                said.text.push_str(piece);
            }
        }
    }

    pub(crate) fn end(&self, conversation: &Conversation, place: usize) {
        let mut record = self.record();
        let texts = record.said.get_mut(conversation);
        if let Some(said) = texts.and_then(|texts| texts.get_mut(place)) {
            said.whole = true;
        }
    }
}
