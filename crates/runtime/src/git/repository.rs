//! One repository: found from any folder inside it, or made. Knows where HEAD is and what a base
//! names. Not here: where its folders are ([`places`]), its worktrees ([`super::worktree`]) and the list of bases
//! ([`super::read`]).

pub(super) mod places;

use std::path::{Path, PathBuf};

use bosk_core::git::{Bases, Head, RepositoryView};
use bosk_core::{Problem, ProblemCode};

use super::lock::{self, FileLock};
use super::{Git, GitError, listing, paths, read};

/// A repository with a work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The git that reads and writes it.
    pub git: Git,
    /// The root of its main work tree. Where it has none, of the worktree that was opened; where that is Bosk's, and so
    /// may go, of the first one that is not.
    pub root: PathBuf,
    /// The folder that all of its worktrees share (`.git`): what tells one repository from another.
    pub common_dir: PathBuf,
}

impl Repository {
    /// The repository that `path` is in: a folder or a file anywhere inside, also inside one of its
    /// linked worktrees.
    ///
    /// # Errors
    /// There is none, it has no work tree, or it cannot be read.
    pub async fn discover(path: &Path) -> Result<Self, Problem> {
        Self::open(Git::find().await?, path).await
    }

    /// The same with a given git.
    ///
    /// # Errors
    /// As [`Self::discover`].
    pub async fn open(git: Git, path: &Path) -> Result<Self, Problem> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = if path.is_file() { path.parent().unwrap_or(&path) } else { &path };
        if !folder.is_dir() {
            return Err(Problem::new(
                ProblemCode::NotARepository,
                format!("There is no folder {}.", path.display()),
            )
            .hint("Choose a folder that exists."));
        }
        let (root, common) = places::places(&git, folder).await?;
        let common_dir = std::fs::canonicalize(&common).unwrap_or(common);
        Ok(Self { git, root, common_dir })
    }

    /// The repository with this common folder, whichever of its work trees are left: one without any is known by that
    /// folder itself.
    ///
    /// # Errors
    /// The folder is gone, or git cannot read it.
    pub(crate) async fn of_common(git: Git, common_dir: &Path) -> Result<Self, Problem> {
        if !common_dir.is_dir() {
            let text = format!("There is no repository {} any more.", common_dir.display());
            return Err(Problem::new(ProblemCode::NotARepository, text));
        }
        let root = match places::main_root(&git, common_dir).await? {
            Some(root) => Some(root),
            None => places::first_lasting(&listing::list(&git, common_dir).await?),
        };
        let root = root.unwrap_or_else(|| common_dir.to_owned());
        Ok(Self { git, root, common_dir: common_dir.to_owned() })
    }

    /// Makes a repository of a folder that is in none, with a first commit: of nothing, or of all
    /// files that are there and not ignored. A worktree holds committed files only, so a folder
    /// with work in it wants the latter.
    ///
    /// # Errors
    /// The folder is inside a repository already, or git failed.
    pub async fn init(git: Git, folder: &Path, with_files: bool) -> Result<Self, Problem> {
        match Self::open(git.clone(), folder).await {
            Err(problem) if problem.code == ProblemCode::NotARepository && folder.is_dir() => {}
            Err(problem) => return Err(problem),
            Ok(found) => {
                return Err(Problem::new(
                    ProblemCode::InvalidInput,
                    format!("The folder is inside the repository {} already.", found.name()),
                )
                .hint("Open that repository instead."));
            }
        }
        Self::init_here(git, folder, with_files).await
    }

    /// As [`init`](Self::init), also where the folder is inside another repository: for a folder of
    /// Bosk's own, which may lie anywhere.
    ///
    /// # Errors
    /// Git failed.
    pub async fn init_here(git: Git, folder: &Path, with_files: bool) -> Result<Self, Problem> {
        git.change(folder).args(["init", "--quiet"]).run().await?;
        let repository = Self::open(git, folder).await?;
        repository.first_commit(with_files).await?;
        Ok(repository)
    }

    /// Makes the first commit of a repository that has none, under the person's name, or under
    /// Bosk's where git knows none.
    ///
    /// # Errors
    /// There is a commit already, or git failed.
    pub async fn first_commit(&self, with_files: bool) -> Result<(), Problem> {
        if !matches!(self.head().await?, Head::Unborn { .. }) {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "The repository has a commit already, so none was made.",
            ));
        }
        if with_files {
            self.git.change(&self.root).args(["add", "--all"]).run().await?;
        }
        // Without a name that somebody chose, git makes one up from the host's, or refuses.
        let look = self.git.look(&self.root).setting("user.useConfigOnly=true");
        let known = look.args(["var", "GIT_COMMITTER_IDENT"]).answer_or_nothing().await?;
        let mut commit = self.git.change(&self.root);
        if known.is_empty() {
            commit = commit.setting("user.name=Bosk").setting("user.email=bosk@localhost");
        }
        commit
            .args(["commit", "--quiet", "--allow-empty", "--no-verify", "--no-gpg-sign"])
            .args(["-m", "Initial commit"])
            .run()
            .await?;
        Ok(())
    }

    /// What people call it: the name of its folder.
    #[must_use]
    pub fn name(&self) -> String {
        self.root
            .file_name()
            .map_or_else(|| "repository".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// What the UI is told of it.
    ///
    /// # Errors
    /// HEAD cannot be read.
    pub async fn view(&self) -> Result<RepositoryView, Problem> {
        let head = self.head().await?;
        Ok(RepositoryView { root: paths::shown(&self.root), name: self.name(), head })
    }

    /// Where HEAD of the main work tree is.
    ///
    /// # Errors
    /// HEAD cannot be read.
    pub async fn head(&self) -> Result<Head, Problem> {
        let ask = async |question: [&str; 4]| {
            let answer = self.git.look(&self.root).args(question).ask().await;
            answer.map(|output| output.text()).map_err(|error| match error {
                GitError::Failed { .. } => unreadable_head(),
                other => other.into(),
            })
        };
        // On a branch with a commit, one question tells both.
        let both = ["rev-parse", "HEAD^{commit}", "--symbolic-full-name", "HEAD"];
        let told = self.git.look(&self.root).args(both).run().await;
        if let Ok(text) = told.map(|output| output.text())
            && let Some((commit, name)) = text.split_once("\nrefs/heads/")
        {
            return Ok(Head::Branch { name: name.to_owned(), commit: commit.to_owned() });
        }
        let name = ask(["symbolic-ref", "--quiet", "--short", "HEAD"]).await?;
        let commit = ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).await?;
        match (name.is_empty(), commit.is_empty()) {
            (false, false) => Ok(Head::Branch { name, commit }),
            (true, false) => Ok(Head::Detached { commit }),
            (true, true) => Err(unreadable_head()),
            // The branch must be absent, not damaged.
            (false, true) => {
                let full_name = format!("refs/heads/{name}");
                match ask(["show-ref", "--verify", "--quiet", &full_name]).await {
                    Ok(shown) if shown.is_empty() => Ok(Head::Unborn { name }),
                    Err(problem) if problem.code == ProblemCode::TimedOut => Err(problem),
                    _ => Err(unreadable_head()),
                }
            }
        }
    }

    /// The branches, remote branches and tags that a session can start from, newest first.
    ///
    /// # Errors
    /// References cannot be read.
    pub async fn bases(&self) -> Result<Bases, Problem> {
        read::bases(self).await
    }

    /// The full id of the commit that a person's word for it names: a branch first, else whatever
    /// git takes it for (tag, remote branch, commit).
    ///
    /// # Errors
    /// It names no commit; or the repository has none at all.
    pub async fn resolve_base(&self, text: &str) -> Result<String, Problem> {
        let unknown = || {
            let shown: String = text.chars().take(200).collect();
            Problem::new(
                ProblemCode::BaseUnknown,
                format!("The repository has no branch, tag or commit called \"{shown}\"."),
            )
            .hint("Choose another base, or fetch first.")
        };
        if text.is_empty() || text.contains(['\0', '\n']) {
            return Err(unknown());
        }
        for candidate in [format!("refs/heads/{text}^{{commit}}"), format!("{text}^{{commit}}")] {
            let found = self
                .git
                .look(&self.root)
                .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
                .arg(&candidate)
                .answer_or_nothing()
                .await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        if let Head::Unborn { name } = self.head().await? {
            return Err(unborn(&name));
        }
        Err(unknown())
    }

    /// The full id of a branch's commit; none where there is no such branch.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub async fn tip(&self, branch: &str) -> Result<Option<String>, Problem> {
        read::tip(self, branch).await
    }

    /// Waits for the right to add or remove worktrees and branches here. `locks` is the same folder
    /// for every process.
    ///
    /// # Errors
    /// The lock file cannot be made.
    pub async fn lock(&self, locks: &Path) -> Result<FileLock, Problem> {
        lock::exclusive(lock::file_for(locks, &self.common_dir)).await
    }
}

pub(super) fn unborn(branch: &str) -> Problem {
    Problem::new(
        ProblemCode::UnbornBranch,
        format!("The repository has no commit yet (branch \"{branch}\"), so there is nothing to start from."),
    )
    .hint("Make a first commit, then try again.")
}

fn unreadable_head() -> Problem {
    Problem::new(
        ProblemCode::RepositoryUnreadable,
        "HEAD of the repository names a commit that cannot be read.",
    )
    .hint("Run git fsck in the repository to see what is damaged.")
}

#[cfg(test)]
mod tests;
