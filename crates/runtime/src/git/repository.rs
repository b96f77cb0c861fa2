//! One repository: found from any folder inside it, or made. Knows where HEAD is and what a base
//! names. Not here: its worktrees ([`super::worktree`]) and the list of bases ([`super::read`]).

use std::path::{Path, PathBuf};

use bosk_core::git::{Bases, Head, RepositoryView};
use bosk_core::{Problem, ProblemCode};

use super::lock::{self, FileLock};
use super::{Git, GitError, paths, read};

/// A repository with a work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The git that reads and writes it.
    pub git: Git,
    /// The root of its main work tree; of the worktree that was opened, where the main one is bare.
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
        let (root, common) = match places(&git, folder).await? {
            Some(places) => places,
            None => places_one_by_one(&git, folder).await?,
        };
        let common_dir = std::fs::canonicalize(&common).unwrap_or(common);
        Ok(Self { git, root, common_dir })
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

/// The root and the common folder, where one question tells them: each is a process, and a launch
/// waits for them twice. Nothing where there is more to be looked at.
async fn places(git: &Git, folder: &Path) -> Result<Option<(PathBuf, PathBuf)>, GitError> {
    let questions = ["--is-bare-repository", "--git-common-dir", "--git-dir", "--show-toplevel"];
    let call = git.look(folder).args(["rev-parse", "--path-format=absolute"]).args(questions);
    let output = match call.run().await {
        Ok(output) => output.stdout,
        Err(GitError::Failed { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    // A path may hold a line end; then there are more lines.
    let lines: Vec<&[u8]> = output.split(|byte| *byte == b'\n').collect();
    Ok(match lines.as_slice() {
        [b"false", common, own, root, b""] if common == own => {
            Some((paths::from_git(root), paths::from_git(common)))
        }
        _ => None,
    })
}

/// The same by one question at a time: what is asked decides what is wrong.
async fn places_one_by_one(git: &Git, folder: &Path) -> Result<(PathBuf, PathBuf), Problem> {
    let common = match rev_parse(git, folder, &["--git-common-dir"]).await {
        Ok(common) => common,
        Err(error) => return Err(not_opened(folder, error)),
    };
    if git.look(folder).args(["rev-parse", "--is-bare-repository"]).run().await?.text() == "true" {
        return Err(Problem::new(
            ProblemCode::BareRepository,
            "This repository is bare: it has no work tree to start a session from.",
        )
        .hint("Open a clone of it, or one of its worktrees."));
    }
    let own = rev_parse(git, folder, &["--git-dir"]).await?;
    let root = if own == common {
        match rev_parse(git, folder, &["--show-toplevel"]).await {
            Ok(root) => root,
            // Inside the `.git` folder itself.
            Err(_) => main_root(git, &common).await?,
        }
    } else {
        match main_root(git, &common).await {
            Ok(root) => root,
            Err(_) => rev_parse(git, folder, &["--show-toplevel"]).await?,
        }
    };
    Ok((root, common))
}

/// One absolute path that `git rev-parse` prints.
async fn rev_parse(git: &Git, folder: &Path, question: &[&str]) -> Result<PathBuf, GitError> {
    let call = git.look(folder).args(["rev-parse", "--path-format=absolute"]).args(question);
    let output = call.run().await?;
    Ok(paths::from_git(output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout)))
}

/// The main work tree of the repository with this common folder.
async fn main_root(git: &Git, common: &Path) -> Result<PathBuf, GitError> {
    let beside = common.parent().unwrap_or(common);
    rev_parse(git, beside, &["--show-toplevel"]).await
}

/// Git calls a damaged repository "not a repository"; the `.git` that stands there tells better.
fn not_opened(folder: &Path, error: GitError) -> Problem {
    let mut problem = Problem::from(error);
    if problem.code != ProblemCode::NotARepository {
        return problem;
    }
    if let Some(owner) = folder.ancestors().find(|f| f.join(".git").symlink_metadata().is_ok()) {
        problem = Problem::new(
            ProblemCode::RepositoryUnreadable,
            format!("{} has a .git, but git cannot read a repository from it.", owner.display()),
        );
        return problem.hint("Its .git is damaged, or points to a folder that is gone.");
    }
    problem.hint("Choose a folder inside a repository, or let Bosk make one here.")
}

#[cfg(test)]
mod tests;
