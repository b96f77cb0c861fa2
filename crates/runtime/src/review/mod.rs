//! Reviewing what a session has changed: the list of files, their lines, picking, editing in place, comments, and being
//! told of changes. What is compared is decided here; git does it ([`crate::git`]). Not here: committing and merging.

mod attributes;
pub mod comments;
mod content;
mod deeds;
mod edit;
mod find;
pub mod kept;
mod lines;
mod list;
mod picked_lines;
mod picture;
mod place;
pub(crate) mod sides;
mod undo;
pub mod unsaved;
pub mod watch;

#[cfg(test)]
mod testing;

use std::path::{Path, PathBuf};

use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::git::Git;
use crate::home::Home;
use crate::trust::filters;

/// A session whose changes are looked at.
#[derive(Debug, Clone)]
pub struct Reviewed {
    home: Home,
    id: SessionId,
    git: Git,
    root: PathBuf,
    /// What its branch was made from, as a person says it; none where it works on that itself.
    base: Option<String>,
    base_commit: Option<String>,
}

impl Reviewed {
    /// The session, whose folder is there.
    ///
    /// # Errors
    /// The folder is gone or not made yet, there is no git, or its configuration names programs that the person has not
    /// agreed to.
    pub async fn open(home: &Home, session: &SessionSummary) -> Result<Self, Problem> {
        let root = PathBuf::from(&session.folder);
        // One that works in the repository itself may find it without a commit.
        let is_ready = !session.worktree || session.base_commit.is_some();
        if !is_ready || !root.is_dir() {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "The session's folder is not there, so there are no changes to show.",
            )
            .hint("Wait until it is made; or resume the session, where it has ended."));
        }
        filters::require_in(home, &root).await?;
        Ok(Self {
            home: home.clone(),
            id: session.id.clone(),
            git: Git::find().await?,
            root,
            base: sides::base(session).map(str::to_owned),
            base_commit: session.base_commit.clone(),
        })
    }

    /// The session.
    #[must_use]
    pub const fn id(&self) -> &SessionId {
        &self.id
    }

    /// Its folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// The file has changed since the person looked.
fn changed_since(path: &str) -> Problem {
    let text = format!("`{path}` has changed since you looked, so nothing was done.");
    Problem::new(ProblemCode::SessionState, text).hint("Look at it once more, then decide.")
}

#[cfg(test)]
mod tests;
