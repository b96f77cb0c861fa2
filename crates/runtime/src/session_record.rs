//! What is kept of a launch in the session's folder: written once, before anything starts, and read
//! by whoever keeps or shows the session. Not here: what became of it (the journal).

use std::path::Path;

use bosk_core::journal::Point;
use bosk_core::launch::LaunchSpec;
use bosk_core::session::Tally;
use bosk_core::{Problem, ProblemCode, SessionId};
use serde::{Deserialize, Serialize};

use crate::files;
use crate::home::Home;

/// The name of the file in the session's folder.
pub(crate) const FILE: &str = "session.json";

/// A launch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The session.
    pub id: SessionId,
    /// When: milliseconds since 1970.
    pub created_at: i64,
    /// What was asked for.
    pub spec: LaunchSpec,
    /// The repository's name.
    pub repository_name: String,
    /// The repository's main work tree.
    pub repository_root: String,
    /// Where worktrees go.
    pub worktrees: String,
    /// What the person had agreed to when it was launched.
    #[serde(default)]
    pub agreed: Option<Agreed>,
    /// Where in another conversation it goes on from.
    #[serde(default)]
    pub forked: Option<Point>,
    /// The commit that holds the files as they were there, where they were kept.
    #[serde(default)]
    pub files: Option<String>,
}

/// That nothing which the commit brings is strange to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The full id of the base commit.
    pub commit: String,
    /// Whether it brings anything.
    pub brings: bool,
}

impl SessionRecord {
    /// Writes it, durably.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save(&self, home: &Home) -> Result<(), Problem> {
        self.save_in(&home.session(&self.id))
    }

    /// Writes it into a folder that is not the session's yet.
    pub(crate) fn save_in(&self, folder: &Path) -> Result<(), Problem> {
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| unusable(&self.id, &error))?;
        files::write_atomically(&folder.join(FILE), &bytes)
            .map_err(|error| crate::home::unwritable(&error))
    }

    /// Reads it.
    ///
    /// # Errors
    /// There is no such session, or its record cannot be read.
    pub fn load(home: &Home, id: &SessionId) -> Result<Self, Problem> {
        Self::load_from(&home.session(id), id)
    }

    /// Reads it where it lies, such as in the trash; none where it cannot be read.
    pub(crate) fn in_folder(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(folder.join(FILE)).ok()?).ok()
    }

    fn load_from(folder: &Path, id: &SessionId) -> Result<Self, Problem> {
        let bytes = std::fs::read(folder.join(FILE)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Problem::new(
                ProblemCode::SessionUnknown,
                format!("There is no session `{}`.", id.short()),
            )
            .hint("`bosk ls` lists the sessions there are."),
            _ => unusable(id, &error),
        })?;
        serde_json::from_slice(&bytes).map_err(|error| unusable(id, &error))
    }

    /// The session's row before anything of it has run.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::new(
            self.id.clone(),
            &self.spec,
            &self.repository_name,
            &self.repository_root,
            self.created_at,
        )
    }
}

fn unusable(id: &SessionId, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        ProblemCode::FileDamaged,
        format!(
            "The record of session `{}` cannot be read: {error}. Its journal is untouched.",
            id.short()
        ),
    )
    .hint("The journal in the session's folder still holds everything Claude said.")
}
