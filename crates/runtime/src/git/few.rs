//! An index of a few files, beside the one in use. Comparing a commit with some files of a large index takes git seconds
//! (measured: 8 s for one of 100,000, git 2.47); with an index of those files alone it takes milliseconds. And it can know
//! of files that the one in use does not. Not here: what is compared.

use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode};

use super::command::Call;
use super::{Git, paths};

/// The index. It goes with this value.
pub(super) struct Few {
    _folder: tempfile::TempDir,
    file: PathBuf,
}

impl Few {
    /// One that has of these files what the index in use has.
    ///
    /// # Errors
    /// It cannot be written, or git failed.
    pub(super) async fn of(git: &Git, worktree: &Path, files: &[&[u8]]) -> Result<Self, Problem> {
        let folder = tempfile::tempdir().map_err(|error| {
            let text = format!("Git's list of some files could not be made: {error}.");
            Problem::new(ProblemCode::GitFailed, text)
        })?;
        let few = Self { file: folder.path().join("index"), _folder: folder };
        if files.is_empty() {
            return Ok(few);
        }
        let known = git.look(worktree).args(["ls-files", "--stage", "-z", "--"]);
        let known = known.args(files.iter().map(|file| paths::from_git(file))).run().await?.stdout;
        if !known.is_empty() {
            // What one prints the other reads: git-update-index(1), «Using --index-info».
            let call = few.change(git, worktree).args(["update-index", "-z", "--index-info"]);
            call.input(known).run().await?;
        }
        Ok(few)
    }

    /// Has it know of these files as well; their content stays where it is.
    ///
    /// # Errors
    /// Git failed.
    pub(super) async fn show(
        &self,
        git: &Git,
        worktree: &Path,
        files: &[Vec<u8>],
    ) -> Result<(), Problem> {
        let input = [files.join(&0), vec![0]].concat();
        let add = ["add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul"];
        self.change(git, worktree).args(add).input(input).run().await?;
        Ok(())
    }

    /// A call that sees it.
    pub(super) fn look<'git>(&self, git: &'git Git, worktree: &Path) -> Call<'git> {
        git.look(worktree).env("GIT_INDEX_FILE", &self.file)
    }

    fn change<'git>(&self, git: &'git Git, worktree: &Path) -> Call<'git> {
        let call = git.change(worktree).env("GIT_INDEX_FILE", &self.file);
        // A part of it would be written elsewhere, and stay.
        call.setting("core.splitIndex=false")
    }
}
