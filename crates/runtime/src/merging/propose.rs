//! What a commit or a pull request of a session may say: what it was asked for, and what Claude said last.

use bosk_core::Problem;
use bosk_core::review::propose;

use super::Work;
use crate::client::reconcile::blocking;
use crate::queue::last_words::last_words;
use crate::session_record::SessionRecord;

impl Work {
    /// A whole message.
    pub(super) async fn message(&self) -> Result<String, Problem> {
        let (prompt, words) = self.words().await?;
        Ok(propose::message(&prompt, words.as_deref()))
    }

    /// A title and a body.
    pub(super) async fn title_and_body(&self) -> Result<(String, String), Problem> {
        let (prompt, words) = self.words().await?;
        // A body of a pull request is Markdown, as Claude's words are.
        Ok((propose::first_line(&prompt), words.unwrap_or_default()))
    }

    async fn words(&self) -> Result<(String, Option<String>), Problem> {
        let (home, id) = (self.home.clone(), self.id().clone());
        blocking(move || {
            let prompt = SessionRecord::load(&home, &id)?.spec.prompt;
            Ok((prompt, last_words(&home, &id)))
        })
        .await
    }
}
