//! Editing a file in place. It keeps its mode, its line ends and the mark at its beginning, is written whole or not at
//! all, and is refused where it is no longer what was read. Not here: where paths lead ([`super::place`]).

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bosk_core::review::{Closed, EditedFile, ends};
use bosk_core::{Problem, ProblemCode};

use super::content::digest;
use super::{Reviewed, changed_since, place};
use crate::client::blocking;
use crate::git::changes::is_binary;
use crate::git::compare::named;

/// The largest file that is edited, in bytes.
pub(super) const LARGEST: u64 = 2 << 20;

impl Reviewed {
    /// Where a file lies, for a program that opens it.
    ///
    /// # Errors
    /// There is no such file, or it is not the session's.
    pub async fn file_at(&self, path: &str) -> Result<PathBuf, Problem> {
        let (root, path) = (self.root.clone(), path.to_owned());
        blocking(move || find(&root, &path)).await
    }

    /// A file's text, to be edited.
    ///
    /// # Errors
    /// There is no such file, or it is not the session's.
    pub async fn read_file(&self, path: &str) -> Result<EditedFile, Problem> {
        let (root, path) = (self.root.clone(), path.to_owned());
        blocking(move || {
            let real = find(&root, &path)?;
            Ok(match read(&real).map_err(|error| unreadable(&path, &error))? {
                Ok((text, stamp)) => {
                    EditedFile { text: Some(ends::edited(&text)), closed: None, stamp }
                }
                Err(closed) => {
                    EditedFile { text: None, closed: Some(closed), stamp: String::new() }
                }
            })
        })
        .await
    }

    /// Saves a file's text; `stamp` is what it had when it was read.
    ///
    /// # Errors
    /// It has changed since, is not the session's, or cannot be written; then it is as it was.
    pub async fn write_file(
        &self,
        path: &str,
        text: String,
        stamp: String,
    ) -> Result<EditedFile, Problem> {
        let (root, path) = (self.root.clone(), path.to_owned());
        blocking(move || {
            let name = named(&path)?;
            let real = place::find(&root, &name)?.ok_or_else(|| changed_since(&path))?;
            let (old, now) = read(&real)
                .map_err(|error| unreadable(&path, &error))?
                .map_err(|_| changed_since(&path))?;
            if now != stamp {
                return Err(changed_since(&path));
            }
            let content = ends::kept(&old, &text);
            if content.len() as u64 > LARGEST {
                let text = format!(
                    "`{path}` would become larger than can be edited here, so it was not saved."
                );
                return Err(Problem::new(ProblemCode::InvalidInput, text));
            }
            let unsaved = |error: io::Error| unsaved(&path, &error);
            let folder = real.parent().ok_or_else(|| gone(&path))?;
            let mut file =
                tempfile::Builder::new().prefix(".bosk-").tempfile_in(folder).map_err(unsaved)?;
            file.write_all(content.as_bytes()).map_err(unsaved)?;
            let mode = real.metadata().map_err(unsaved)?.permissions();
            file.as_file().set_permissions(mode).map_err(unsaved)?;
            file.as_file().sync_all().map_err(unsaved)?;
            // Once more, right before: whoever works there goes on meanwhile.
            let same = place::find(&root, &name)?.as_ref() == Some(&real)
                && matches!(read(&real), Ok(Ok((_, still))) if still == stamp);
            if !same {
                return Err(changed_since(&path));
            }
            file.persist(&real).map_err(|failed| unsaved(failed.error))?;
            let stamp = digest(content.as_bytes());
            Ok(EditedFile { text: Some(ends::edited(&content)), closed: None, stamp })
        })
        .await
    }
}

/// The text and what stands for it, or why there is none.
fn read(path: &Path) -> io::Result<Result<(String, String), Closed>> {
    let mut content = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LARGEST {
        return Ok(Err(Closed::Huge));
    }
    if is_binary(&content) {
        return Ok(Err(Closed::Binary));
    }
    let stamp = digest(&content);
    // What is not UTF-8 would be saved as something else.
    Ok(String::from_utf8(content).map(|text| (text, stamp)).map_err(|_| Closed::Binary))
}

fn find(root: &Path, path: &str) -> Result<PathBuf, Problem> {
    place::find(root, &named(path)?)?.ok_or_else(|| gone(path))
}

fn gone(path: &str) -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        format!("There is no file `{path}` in the session's folder."),
    )
}

fn unreadable(path: &str, error: &io::Error) -> Problem {
    Problem::new(ProblemCode::WorktreeFailed, format!("`{path}` cannot be read: {error}."))
}

fn unsaved(path: &str, error: &io::Error) -> Problem {
    let code = match error.kind() {
        io::ErrorKind::StorageFull => ProblemCode::DiskFull,
        _ => ProblemCode::WorktreeFailed,
    };
    Problem::new(code, format!("`{path}` was not saved and is as it was: {error}."))
        .hint("Copy your text, then see whether the folder can be written to.")
}
