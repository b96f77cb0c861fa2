//! Taking back what was done to picked files, as long as they are as it left them. What was done stands in the message
//! of the commit that keeps the state before, so that it outlives any process. Not here: doing it ([`super::deeds`]).

use bosk_core::review::path::{from_text, to_text};
use bosk_core::review::{Deed, Undo};
use bosk_core::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};

use super::{Reviewed, changed_since};
use crate::git::compare::Content;
use crate::git::deed::{self, Kept};
use crate::git::put::{self, Entries};
use crate::git::snapshot::{self, Snapshot};
use crate::journal::writer::wall_clock;

/// Most files that are named when the deeds are listed.
const NAMED: usize = 100;

/// The files that a deed has changed, before and after.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    deed: Deed,
    /// The snapshot of before.
    before: String,
    files: Vec<FileState>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FileState {
    path: String,
    /// What the index had: mode and object.
    index: Option<(String, String)>,
    /// What it has after the deed.
    index_after: Option<(String, String)>,
    /// What stands for the file after the deed.
    file_after: String,
}

/// What is told of a deed.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    deed: Deed,
    at: i64,
    paths: Vec<String>,
}

impl State {
    pub(super) fn before(deed: Deed, before: &str, files: &[Vec<u8>], index: Entries) -> Self {
        let file = |path: &Vec<u8>| FileState {
            path: to_text(path),
            index: pair(&index, path),
            index_after: None,
            file_after: String::new(),
        };
        Self { deed, before: before.to_owned(), files: files.iter().map(file).collect() }
    }

    fn paths(&self) -> Result<Vec<Vec<u8>>, Problem> {
        self.files.iter().map(|file| from_text(&file.path).ok_or_else(unknown)).collect()
    }
}

impl Reviewed {
    /// What can be taken back, the newest first.
    ///
    /// # Errors
    /// Git failed.
    pub async fn undos(&self) -> Result<Vec<Undo>, Problem> {
        let kept = deed::kept(&self.git, &self.root, &self.id).await?;
        Ok(kept.iter().filter_map(told).collect())
    }

    /// Takes a deed back.
    ///
    /// # Errors
    /// There is none of that name, or a file has changed since; then nothing was changed.
    pub async fn undo_deed(&self, id: &str) -> Result<(), Problem> {
        let kept = deed::kept(&self.git, &self.root, &self.id).await?;
        let kept = kept.iter().find(|kept| kept.reference == id).ok_or_else(unknown)?;
        let body = deed::body(&self.git, &self.root, kept).await?;
        let state: State = serde_json::from_str(&body).map_err(|_| unknown())?;
        let files = state.paths()?;
        // Whatever comes of it, what lies there now is kept; and only then it is looked at.
        let now = snapshot::take(&self.git, &self.root, &self.id).await?;
        if state.deed == Deed::Revert {
            self.require_held(&now.commit, &files).await?;
        }
        let index = put::of_index(&self.git, &self.root, &files).await?;
        for file in &state.files {
            let path = from_text(&file.path).ok_or_else(unknown)?;
            let seen = self.look(&path).await?;
            if seen.identity != file.file_after || pair(&index, &path) != file.index_after {
                return Err(changed_since(&file.path));
            }
        }
        self.put_back(&state, &files).await?;
        deed::forget(&self.git, &self.root, kept).await?;
        Ok(())
    }

    /// Has the index be as it was, and of the files these.
    pub(super) async fn put_back(&self, state: &State, written: &[Vec<u8>]) -> Result<(), Problem> {
        let files = state.paths()?;
        let mut index = Entries::new();
        for (path, file) in files.iter().zip(&state.files) {
            if let Some((mode, id)) = file.index.clone() {
                index.insert(path.clone(), Content { mode, id });
            }
        }
        if state.deed == Deed::Revert {
            let were = put::of_commit(&self.git, &self.root, &state.before, written).await?;
            self.files_as(written, &were).await?;
        }
        put::index_as(&self.git, &self.root, &files, &index).await?;
        Ok(())
    }

    /// Notes how the files are now.
    pub(super) async fn look_after(&self, state: &mut State) -> Result<(), Problem> {
        let paths = state.paths()?;
        let index = put::of_index(&self.git, &self.root, &paths).await?;
        for (path, file) in paths.iter().zip(&mut state.files) {
            file.index_after = pair(&index, path);
            file.file_after = self.look(path).await?.identity;
        }
        Ok(())
    }

    /// Keeps it, to be taken back.
    pub(super) async fn keep(&self, before: &Snapshot, state: &State) -> Result<Undo, Problem> {
        let paths = state.files.iter().take(NAMED).map(|file| file.path.clone()).collect();
        let told = Told { deed: state.deed, at: wall_clock(), paths };
        let text = |json: serde_json::Result<String>| {
            json.map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
        };
        let (subject, body) =
            (text(serde_json::to_string(&told))?, text(serde_json::to_string(state))?);
        let message = (subject.as_str(), body.as_str());
        let id = deed::keep(&self.git, &self.root, &self.id, before, message).await?;
        Ok(Undo { id, deed: told.deed, paths: told.paths, at: told.at })
    }
}

fn told(kept: &Kept) -> Option<Undo> {
    let Told { deed, at, paths } = serde_json::from_str(&kept.subject).ok()?;
    Some(Undo { id: kept.reference.clone(), deed, paths, at })
}

fn pair(entries: &Entries, path: &[u8]) -> Option<(String, String)> {
    entries.get(path).map(|content| (content.mode.clone(), content.id.clone()))
}

fn unknown() -> Problem {
    let text = "There is nothing of that name to be taken back, so nothing was changed.";
    Problem::new(ProblemCode::InvalidInput, text)
}
