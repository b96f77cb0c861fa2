//! What Bosk has merged for a session, so that only that is taken back. Not here: merging ([`super::merge`]).

use std::path::PathBuf;

use bosk_core::review::merge::Merged;
use bosk_core::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};

use super::Work;
use crate::files;
use crate::home;

/// Most merges that are known of a session; the oldest go first.
const MOST: usize = 20;

/// A branch that was moved: from `before` to `commit`, both full ids.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    target: String,
    before: String,
    commit: String,
}

impl Known {
    fn of(target: &str, merged: &Merged) -> Self {
        let (before, commit) = (merged.before.clone(), merged.commit.clone());
        Self { target: target.to_owned(), before, commit }
    }
}

impl Work {
    /// What was merged and not taken back, the oldest first: the target and its commits. One whose target has moved on
    /// cannot be taken back any more.
    #[must_use]
    pub fn merges(&self) -> Vec<(String, Merged)> {
        let merged = |one: Known| (one.target, Merged { commit: one.commit, before: one.before });
        self.known().into_iter().map(merged).collect()
    }

    /// Notes a merge. Without the note it only cannot be taken back here.
    pub(super) fn note_merged(&self, target: &str, merged: &Merged) {
        let mut known = self.known();
        known.push(Known::of(target, merged));
        known.drain(..known.len().saturating_sub(MOST));
        if let Err(problem) = self.write(&known) {
            tracing::warn!(%problem, "a merge cannot be taken back");
        }
    }

    /// Refuses what is no merge of this session's: the branch would go to a commit that anybody names.
    pub(super) fn require_merged(&self, target: &str, merged: &Merged) -> Result<(), Problem> {
        if self.known().contains(&Known::of(target, merged)) {
            return Ok(());
        }
        let text =
            format!("Bosk knows of no such merge into \"{target}\", so nothing was changed.");
        Err(Problem::new(ProblemCode::InvalidInput, text)
            .hint("Take it back with git, where the branch is checked out."))
    }

    /// It is taken back.
    pub(super) fn forget_merged(&self, target: &str, merged: &Merged) {
        let mut known = self.known();
        known.retain(|one| *one != Known::of(target, merged));
        // One that stays is refused by where the branch is.
        let _ = self.write(&known);
    }

    fn known(&self) -> Vec<Known> {
        let bytes = std::fs::read(self.merged_file()).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn write(&self, known: &[Known]) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(known)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        files::write_atomically(&self.merged_file(), &bytes)
            .map_err(|error| home::unwritable(&error))
    }

    fn merged_file(&self) -> PathBuf {
        self.home.session(self.id()).join("merged.json")
    }
}
