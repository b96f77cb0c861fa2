//! What a person has written in a session's files and not saved: kept beside the session's record, one file for each, so
//! that it is there again after a restart, and goes with the session. Not here: the files themselves
//! ([`super::Reviewed::write_file`]), which are untouched by it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bosk_core::review::{Unsaved, UnsavedFile};
use bosk_core::{Problem, ProblemCode, SessionId};
use sha2::{Digest as _, Sha256};

use super::edit::LARGEST;
use crate::client::blocking;
use crate::home::{self, Home};
use crate::{files, session_record};

/// The folder in the session's.
const FOLDER: &str = "unsaved";

/// Most files of one session.
const MOST: usize = 20;

/// Which files have some, the one that was written last first.
///
/// # Errors
/// They cannot be read.
pub async fn unsaved(home: &Home, id: &SessionId) -> Result<Vec<UnsavedFile>, Problem> {
    let folder = home.session(id).join(FOLDER);
    blocking(move || {
        let mut all: Vec<UnsavedFile> = (listed(&folder)?.iter())
            .filter_map(|path| read(path))
            .map(|Unsaved { path, at, .. }| UnsavedFile { path, at })
            .collect();
        all.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.path.cmp(&b.path)));
        Ok(all)
    })
    .await
}

/// What was written in one of them; none where that was saved, or thrown away.
///
/// # Errors
/// None but that the work is broken off.
pub async fn unsaved_text(
    home: &Home,
    id: &SessionId,
    path: &str,
) -> Result<Option<Unsaved>, Problem> {
    let at = place(home, id, path);
    blocking(move || Ok(read(&at))).await
}

/// Keeps it, in the place of what was kept of that file.
///
/// # Errors
/// There is no such session, it is too large, too many files have some already, or it cannot be written; then what was
/// kept before is still there.
pub async fn keep_unsaved(home: &Home, id: &SessionId, unsaved: Unsaved) -> Result<(), Problem> {
    let (home, id) = (home.clone(), id.clone());
    blocking(move || {
        session_record::SessionRecord::load(&home, &id)?;
        let refused = |text: &str| Err(Problem::new(ProblemCode::InvalidInput, text));
        if unsaved.text.len() as u64 > LARGEST {
            return refused("It is too large to be kept until it is saved.");
        }
        let folder = home.session(&id).join(FOLDER);
        let at = place(&home, &id, &unsaved.path);
        if !at.exists() && listed(&folder)?.len() >= MOST {
            return refused("Too many files of this session have edits that are not saved.");
        }
        let content =
            serde_json::to_vec(&unsaved).map_err(|error| home::unwritable(&error.into()))?;
        files::create_private_folder(&folder)
            .and_then(|()| files::write_atomically(&at, &content))
            .map_err(|error| home::unwritable(&error))
    })
    .await
}

/// Throws away what was kept of a file, as it is saved, or not wanted.
///
/// # Errors
/// It cannot be removed.
pub async fn drop_unsaved(home: &Home, id: &SessionId, path: &str) -> Result<(), Problem> {
    let at = place(home, id, path);
    blocking(move || match std::fs::remove_file(at) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(home::unwritable(&error)),
        _ => Ok(()),
    })
    .await
}

/// Where a file's is kept. Its name stands for the path, which may be longer than a name, and lead anywhere.
fn place(home: &Home, id: &SessionId, path: &str) -> PathBuf {
    let digest = Sha256::digest(path.as_bytes());
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    home.session(id).join(FOLDER).join(format!("{name}.json"))
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(home::unwritable(&error)),
    };
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect())
}

/// One that cannot be understood is none.
fn read(path: &Path) -> Option<Unsaved> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}
