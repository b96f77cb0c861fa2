//! A person's comments: kept until they are sent, and afterwards. Not here: the words in which they are sent
//! ([`bosk_core::review::comment`]).

use bosk_core::journal::Message;
use bosk_core::review::comment::{Comment, CommentState, message};
use bosk_core::{Problem, ProblemCode, SessionId};
use sha2::{Digest as _, Sha256};

use super::kept::{Held, read};
use crate::client::send::send_message;
use crate::home::Home;

/// Most comments that a session has.
const MOST: usize = 1000;

/// The longest comment, with the lines that it is on, in bytes.
const LONGEST: usize = 256 << 10;

/// The comments, in the order in which they were written.
///
/// # Errors
/// They cannot be read.
pub async fn comments(home: &Home, id: &SessionId) -> Result<Vec<Comment>, Problem> {
    Ok(read(home, id).await?.comments)
}

/// Keeps a comment, a new one or in the place of one with the same id.
///
/// # Errors
/// It is empty or too long, there are too many, or it cannot be written.
pub async fn save_comment(home: &Home, id: &SessionId, comment: Comment) -> Result<(), Problem> {
    let refused = |text: &str| Err(Problem::new(ProblemCode::InvalidInput, text));
    if comment.text.trim().is_empty() || comment.id.is_empty() {
        return refused("The comment says nothing, so it was not kept.");
    }
    if comment.text.len() + comment.code.len() + comment.path.len() > LONGEST {
        return refused("The comment is too long, so it was not kept.");
    }
    let mut held = Held::of(home, id).await?;
    let comments = &mut held.kept.comments;
    match comments.iter().position(|one| one.id == comment.id) {
        Some(known) => comments[known] = comment,
        None if comments.len() >= MOST => {
            return refused("The session has too many comments, so this one was not kept.");
        }
        None => comments.push(comment),
    }
    held.save().await
}

/// Takes a comment away.
///
/// # Errors
/// That cannot be written.
pub async fn remove_comment(home: &Home, id: &SessionId, comment: &str) -> Result<(), Problem> {
    let mut held = Held::of(home, id).await?;
    held.kept.comments.retain(|one| one.id != comment);
    held.save().await
}

/// Sends these comments as one message, `note` before them, and marks them as sent. What was sent already is left out.
///
/// # Errors
/// There is no such comment, or the message cannot be sent; then they are marked as they were.
pub async fn send_comments(
    home: &Home,
    id: &SessionId,
    ids: &[String],
    note: &str,
) -> Result<(), Problem> {
    // Held until they are marked: another window waits, and finds them sent.
    let mut held = Held::of(home, id).await?;
    let mut chosen = Vec::new();
    for wanted in ids {
        let found = held.kept.comments.iter().find(|comment| comment.id == *wanted);
        let comment = found.ok_or_else(|| {
            Problem::new(
                ProblemCode::InvalidInput,
                "There is no such comment, so nothing was sent.",
            )
        })?;
        if comment.state != CommentState::Sent {
            chosen.push(comment.clone());
        }
    }
    if chosen.is_empty() {
        return Ok(());
    }
    let text = message(note, &chosen);
    let uuid = name(id, &text, &chosen);
    send_message(home, id, Message { uuid, text, images: Vec::new() }).await?;
    for comment in &mut held.kept.comments {
        if chosen.iter().any(|sent| sent.id == comment.id) {
            comment.state = CommentState::Sent;
        }
    }
    held.save().await
}

/// The message's name, made of what it says: where marking failed, the same message again is one message.
fn name(id: &SessionId, text: &str, chosen: &[Comment]) -> String {
    let mut digest = Sha256::new();
    digest.update(id.as_str());
    for comment in chosen {
        digest.update([0]);
        digest.update(&comment.id);
        digest.update(comment.at.to_le_bytes());
    }
    digest.update([0]);
    digest.update(text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
