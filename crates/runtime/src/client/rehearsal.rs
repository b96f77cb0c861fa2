//! Trying Bosk without an account: the sample repository, and sessions on it whose answers are
//! scripted. Not here: the scripts and the files (`bosk-rehearsal`).

use std::path::{Path, PathBuf};

use bosk_core::Problem;
use bosk_core::launch::{Backend, LaunchSpec};

use crate::files;
use crate::git::{Git, Repository};
use crate::home::{self, Home};

/// The folder's name; it is also what the repository is called.
const NAME: &str = "larder";

/// The sample repository of a home, made by `write` when it is not there yet.
///
/// # Errors
/// It cannot be made; then nothing half-made stays in its place.
pub async fn sample_repository(
    home: &Home,
    write: impl FnOnce(&Path) -> Result<(), Problem>,
) -> Result<PathBuf, Problem> {
    let parent = home.path().join("sample");
    let folder = parent.join(NAME);
    if folder.join(".git").exists() {
        return Ok(folder);
    }
    files::create_private_folder(&parent).map_err(|error| home::unwritable(&error))?;
    let made = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&parent)
        .map_err(|error| home::unwritable(&error))?;
    write(made.path())?;
    Repository::init_here(Git::find().await?, made.path(), true).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_home_inside_a_repository_has_its_own_sample() {
        let scratch = crate::git::testing::repository().await;
        let home = Home::at(scratch.path().join("bosk")).unwrap();
        let make = |folder: &Path| {
            std::fs::write(folder.join("a"), "a").unwrap();
            Ok(())
        };
        let made = sample_repository(&home, make).await.unwrap();
        let found = Repository::discover(&made).await.unwrap();
        assert_eq!(found.root, std::fs::canonicalize(&made).unwrap());
        assert_eq!(sample_repository(&home, |_| panic!("made twice")).await.unwrap(), made);
    }
}
