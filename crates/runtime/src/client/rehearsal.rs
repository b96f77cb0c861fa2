//! Trying Bosk without an account: the sample repository, and sessions on it whose answers are
//! scripted. Not here: the scripts and the files (`bosk-rehearsal`).

use std::path::{Path, PathBuf};

use bosk_core::Problem;
use bosk_core::launch::{Backend, LaunchSpec};

use crate::files;
use crate::git::{Git, Repository};
use crate::home::{self, Home};

/// The sample repository of a home, made by `write` when it is not there yet.
///
/// # Errors
/// It cannot be made; then nothing half-made stays in its place.
pub async fn sample_repository(
    home: &Home,
    write: impl FnOnce(&Path) -> Result<(), Problem>,
) -> Result<PathBuf, Problem> {
    let folder = home.path().join("sample").join("rehearsal");
    if folder.join(".git").exists() {
        return Ok(folder);
    }
    let parent = home.path().join("sample");
    files::create_private_folder(&parent).map_err(|error| home::unwritable(&error))?;
    let made = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&parent)
        .map_err(|error| home::unwritable(&error))?;
    write(made.path())?;
    Repository::init(Git::find().await?, made.path(), true).await?;
    // Somebody else may have been faster; theirs is as good.
    match std::fs::rename(made.path(), &folder) {
        Err(error) if !folder.join(".git").exists() => Err(home::unwritable(&error)),
        _ => Ok(folder),
    }
}

/// A launch on the sample repository.
#[must_use]
pub fn spec(repository: &Path, prompt: &str, script: &str) -> LaunchSpec {
    LaunchSpec {
        repository: repository.to_string_lossy().into_owned(),
        backend: Backend::Rehearsal { script: Some(script.to_owned()) },
        ..LaunchSpec::of_prompt(prompt)
    }
}
