//! What a session said last: what the task that builds on it is told.

use bosk_core::SessionId;
use bosk_core::transcript::EntryBody;

use crate::home::Home;
use crate::transcript::Transcript;

/// How far back they are looked for.
const BACK: u32 = 50;

/// Most of them that is handed on: characters.
const MOST: usize = 8_000;

/// Claude's last words in a session, if there are any.
pub(crate) fn last_words(home: &Home, id: &SessionId) -> Option<String> {
    let mut transcript = Transcript::open(&home.session(id)).ok()?;
    transcript.catch_up(None, |_| {}).ok()?;
    let total = transcript.total();
    let entries = transcript.page(total.saturating_sub(BACK), BACK).ok()?;
    let text = entries.into_iter().rev().find_map(|entry| match entry.body {
        EntryBody::Text { text } => Some(text),
        _ => None,
    })?;
    Some(text.chars().take(MOST).collect())
}

/// A prompt that begins with them.
pub(super) fn with_words(prompt: &str, title: &str, words: &str) -> String {
    format!(
        "Before this, another session did «{title}»; this worktree starts from its branch. It ended with these \
         words:\n\n<before>\n{words}\n</before>\n\n{prompt}"
    )
}
