//! What a kill has left of a move: taking it back. Only files that are as the move has them, or gone, are touched; what
//! somebody has done since stays. Not here: the move itself ([`super`]).

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode};

use super::{Advance, Between, forget, listed_of, staged};
use crate::files;
use crate::git::snapshot::{self, IndexCopy};
use crate::git::{Git, GitError, Repository, paths};
use crate::home;

/// The largest file that is looked at for being half-written, in bytes.
const LARGEST: usize = 64 << 20;

/// The move that somebody who was killed had begun.
///
/// # Errors
/// It cannot be read.
pub fn begun(record: &Path) -> Result<Option<Advance>, Problem> {
    let bytes = match std::fs::read(record) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(home::unwritable(&error)),
    };
    let begun = serde_json::from_slice(&bytes).ok();
    if begun.is_none() {
        files::put_aside(record).map_err(|error| home::unwritable(&error))?;
    }
    Ok(begun)
}

/// Finishes or takes back what somebody who was killed had begun. The caller holds the repository's lock.
///
/// # Errors
/// It can neither be finished nor taken back. That is told once: the record is put aside.
pub async fn recover(repository: &Repository, record: &Path) -> Result<(), Problem> {
    let Some(begun) = begun(record)? else { return Ok(()) };
    begun.settle().await?;
    if begun.is_half_done(repository).await? {
        let back = async {
            begun.require_branch(&repository.git).await?;
            begun.take_back(&repository.git).await
        };
        if let Err(problem) = back.await {
            files::put_aside(record).map_err(|error| home::unwritable(&error))?;
            return Err(begun.left(&problem));
        }
    }
    forget(record)
}

impl Advance {
    /// Whether the files may have moved without their branch: they come before it.
    ///
    /// # Errors
    /// Git failed.
    pub async fn is_half_done(&self, repository: &Repository) -> Result<bool, Problem> {
        Ok(repository.tip(&self.branch).await?.as_ref() == Some(&self.from))
    }

    /// Another branch's files are none of this move's.
    async fn require_branch(&self, git: &Git) -> Result<(), Problem> {
        let Some(folder) = self.checkout.as_deref().filter(|folder| folder.is_dir()) else {
            return Ok(());
        };
        let call = git.look(folder).args(["symbolic-ref", "--quiet", "HEAD"]);
        if call.answer_or_nothing().await? == format!("refs/heads/{}", self.branch) {
            return Ok(());
        }
        let text = format!("The branch \"{}\" is not checked out there any more.", self.branch);
        Err(Problem::new(ProblemCode::SessionState, text))
    }

    fn left(&self, problem: &Problem) -> Problem {
        let folder = self.checkout.as_deref().map(paths::shown).unwrap_or_default();
        let text = format!(
            "A merge into \"{}\" was broken off, and {folder} stays as it is: {}",
            self.branch, problem.message
        );
        Problem::new(problem.code, text).hint(
            "See with git status what is there, put away what you do not need, and try again.",
        )
    }

    /// Puts the folder as `from` has it, where it was not moved whole. Only files in which the commits differ are
    /// touched: none of them was changed when the move began, and what they are now is kept in a snapshot.
    pub(super) async fn take_back(&self, git: &Git) -> Result<(), Problem> {
        let Some(folder) = self.checkout.as_deref().filter(|folder| folder.is_dir()) else {
            return Ok(());
        };
        let between = Between::of(git, folder, &self.from, &self.to).await?;
        let all = between.all();
        let touched = |listed: Vec<PathBuf>| listed.into_iter().any(|path| all.contains(&path));
        if touched(staged(git, folder, &self.from).await?) {
            if touched(staged(git, folder, &self.to).await?) {
                let text = "something else has been staged there since.";
                return Err(Problem::new(ProblemCode::SessionState, text));
            }
            // The index has moved: so have all the files, and both go back as they came. Git refuses where one of
            // them has changed since.
            snapshot::take(git, folder, &self.session).await?;
            return self.follow(git, folder, &self.to, &self.from).await;
        }
        let differs = differing(git, folder, &self.from).await?;
        let unlike = differing(git, folder, &self.to).await?;
        let is_there =
            |path: &PathBuf| folder.join(path).symlink_metadata().is_ok_and(|one| !one.is_dir());
        let (mut come, mut old) = (Vec::new(), Vec::new());
        for path in &between.added {
            if is_there(path) && self.is_ours(git, folder, path, &unlike).await? {
                come.push(path);
            }
        }
        let gone: HashSet<&PathBuf> = between.gone.iter().collect();
        for path in between.other.iter().filter(|path| differs.contains(*path)) {
            let is_ours = !is_there(path)
                || (!gone.contains(path) && self.is_ours(git, folder, path, &unlike).await?);
            if is_ours {
                old.push(path);
            }
        }
        if come.is_empty() && old.is_empty() {
            return Ok(());
        }
        snapshot::take(git, folder, &self.session).await?;
        for path in come {
            let file = folder.join(path);
            std::fs::remove_file(&file).map_err(GitError::Start)?;
            let above = file.ancestors().skip(1).take_while(|above| *above != folder);
            let _ = above.map(std::fs::remove_dir).take_while(Result::is_ok).count();
        }
        // What lies in a folder that somebody has made in a file's place stays.
        old.retain(|path| !folder.join(path).is_dir() || folder.join(path).is_symlink());
        if old.is_empty() {
            return Ok(());
        }
        let input: Vec<u8> =
            old.iter().flat_map(|path| [paths::to_git(path), vec![0]].concat()).collect();
        let call =
            git.change(folder).args(["checkout-index", "--force", "--index", "-z", "--stdin"]);
        call.input(input).run().await?;
        Ok(())
    }

    /// Whether the file is as the move has it, or the beginning of that.
    async fn is_ours(
        &self,
        git: &Git,
        folder: &Path,
        path: &Path,
        unlike: &HashSet<PathBuf>,
    ) -> Result<bool, Problem> {
        if !unlike.contains(path) {
            return Ok(true);
        }
        let place = folder.join(path);
        let mut there = Vec::new();
        let is_read = place.symlink_metadata().is_ok_and(|one| one.is_file())
            && std::fs::File::open(&place)
                .and_then(|file| file.take(LARGEST as u64).read_to_end(&mut there))
                .is_ok();
        let Some(name) = path.to_str().filter(|_| is_read && there.len() < LARGEST) else {
            return Ok(false);
        };
        let blob = format!("{}:{}", self.to, name.replace('\\', "/"));
        let call = git.look(folder).args(["cat-file", "blob", &blob]).limit(LARGEST);
        Ok(call.run().await?.stdout.starts_with(&there))
    }
}

/// The files that are not in the folder as that commit has them, the missing ones among them.
async fn differing(git: &Git, folder: &Path, commit: &str) -> Result<HashSet<PathBuf>, Problem> {
    let copy = IndexCopy::of(git, folder).await?;
    let with_copy = || git.change(folder).env("GIT_INDEX_FILE", &copy.file);
    with_copy().args(["read-tree", commit]).run().await?;
    with_copy().args(["update-index", "-q", "--refresh"]).answer_or_nothing().await?;
    let call = with_copy().args(["diff-files", "-z", "--name-only", "--ignore-submodules"]);
    Ok(listed_of(&call.run().await?).into_iter().collect())
}
