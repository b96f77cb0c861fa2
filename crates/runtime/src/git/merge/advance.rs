//! Moving a branch from one commit to another, along with the folder in which it is checked out: there the files and the
//! index follow where the commits differ, and everything else that is not committed stays. Either all of it happens or
//! nothing: what is about to be done is written down first, and whoever comes after a kill finishes it or takes it back.
//! Not here: what the commit is ([`super::tree`]), and taking back ([`back`]).

mod back;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::review::merge::Checkout;
use bosk_core::review::path::to_text;
use bosk_core::{Problem, ProblemCode, SessionId};
use serde::{Deserialize, Serialize};

pub use back::{begun, recover};

use super::commit::moved;
use super::{operation, status};
use crate::client::blocking;
use crate::files;
use crate::git::command::Output;
use crate::git::{Git, GitError, Repository, checkpoint, listing, paths};
use crate::home;
use crate::process::{self, COOKIE};

/// How long the git of somebody who was killed may take to be done.
const SETTLING: Duration = Duration::from_secs(60);

/// A move of a branch. It is written down while it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advance {
    /// The session on whose behalf: snapshots are kept under its name.
    pub session: SessionId,
    /// The branch.
    pub branch: String,
    /// The commit that it is on: the move is refused where it is not.
    pub from: String,
    /// The commit that it goes to.
    pub to: String,
    /// Where it is checked out, if it is.
    pub checkout: Option<PathBuf>,
    /// What git's own log of the branch says of it.
    pub why: String,
    /// What the git that moves the files carries in its environment: it outlives whoever started it and was killed.
    pub mark: SessionId,
}

impl Advance {
    /// Does it. `record` is the file that it is written down in, and the caller holds the repository's lock.
    ///
    /// # Errors
    /// The branch is somewhere else, something in its folder is in the way, or git failed. Then all is as it was.
    pub async fn perform(&self, repository: &Repository, record: &Path) -> Result<(), Problem> {
        let git = &repository.git;
        require_at(repository, &self.branch, &self.from).await?;
        if let Some(folder) = &self.checkout {
            operation::require_none(git, folder).await?;
            let seen = look(git, folder, &self.from, &self.to).await?;
            require_free(&seen)?;
        }
        self.note(record)?;
        let done = async {
            if let Some(folder) = &self.checkout {
                self.follow(git, folder, &self.from, &self.to).await?;
            }
            self.move_reference(repository).await
        };
        if let Err(problem) = done.await {
            // What cannot be taken back now stays written down, and the next one tries again.
            self.take_back(git).await?;
            forget(record)?;
            return Err(problem);
        }
        forget(record)
    }

    /// Index and files go from one commit to the other. Git checks everything before it changes anything.
    /// Source of what it does: git-read-tree(1), "Two Tree Merge".
    async fn follow(&self, git: &Git, folder: &Path, from: &str, to: &str) -> Result<(), Problem> {
        // Files whose times alone differ would be taken for changed ones; that some are makes it say no.
        git.change(folder).args(["update-index", "-q", "--refresh"]).answer_or_nothing().await?;
        let call = git.change(folder).env(COOKIE, self.mark.as_str());
        let moving = call.args(["read-tree", "-m", "-u", from, to]).run().await;
        moving.map(drop).map_err(|error| held(error, folder))
    }

    /// Waits for the git of somebody who was killed: it goes on to its end by itself.
    async fn settle(&self) -> Result<(), Problem> {
        let mark = self.mark.clone();
        blocking(move || {
            for process in process::sweep::left_behind(&mark) {
                process.identity().wait_until_dead(SETTLING);
            }
            Ok(())
        })
        .await
    }

    async fn move_reference(&self, repository: &Repository) -> Result<(), Problem> {
        let reference = format!("refs/heads/{}", self.branch);
        let call = repository.git.change(&repository.root).env(COOKIE, self.mark.as_str());
        let call = call.args(["update-ref", "-m", &self.why, "--"]);
        call.args([&reference, &self.to, &self.from]).run().await.map(drop).map_err(moved)
    }

    fn note(&self, record: &Path) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        files::write_atomically(record, &bytes).map_err(|error| home::unwritable(&error))
    }
}

fn forget(record: &Path) -> Result<(), Problem> {
    std::fs::remove_file(record).map_err(|error| home::unwritable(&error))
}

/// Refuses where the branch is not on that commit.
pub(crate) async fn require_at(
    repository: &Repository,
    branch: &str,
    commit: &str,
) -> Result<(), Problem> {
    if repository.tip(branch).await?.as_deref() == Some(commit) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemCode::SessionState,
        format!("The branch \"{branch}\" has moved since you looked, so nothing was changed."),
    )
    .hint("Look at what would change once more, then decide."))
}

/// Where a branch is checked out.
///
/// # Errors
/// It is being rebased somewhere, or git failed.
pub async fn checkout_of(
    repository: &Repository,
    branch: &str,
) -> Result<Option<PathBuf>, Problem> {
    let reference = format!("refs/heads/{branch}");
    for entry in listing::list(&repository.git, &repository.root).await? {
        if entry.bare || !entry.folder.is_dir() {
            continue;
        }
        if entry.branch.as_deref() == Some(&reference) {
            return Ok(Some(entry.folder));
        }
        if entry.branch.is_none() {
            let name =
                operation::own_file(&repository.git, &entry.folder, "rebase-merge/head-name");
            if std::fs::read(name.await?)
                .is_ok_and(|name| name.trim_ascii() == reference.as_bytes())
            {
                return Err(Problem::new(
                    ProblemCode::SessionState,
                    format!(
                        "The branch \"{branch}\" is being rebased in {}, so nothing was changed.",
                        entry.folder.display()
                    ),
                )
                .hint("Finish or abort that first."));
            }
        }
    }
    Ok(None)
}

/// What going from one commit (or tree) to another would meet in a folder.
///
/// # Errors
/// Git failed.
pub async fn look(git: &Git, folder: &Path, from: &str, to: &str) -> Result<Checkout, Problem> {
    let between = Between::of(git, folder, from, to).await?;
    let unclean = status::unclean(git, folder).await?;
    let (all, root) = (between.all(), folder.to_owned());
    let tracked = unclean.iter().filter(|one| !one.untracked && all.contains(&one.path));
    let mut in_the_way: BTreeSet<PathBuf> = tracked.map(|one| one.path.clone()).collect();
    let gone: HashSet<PathBuf> = between.gone.iter().cloned().collect();
    let added = between.added.clone();
    let looking = tokio::task::spawn_blocking(move || {
        let added = added.iter();
        added.filter_map(|path| checkpoint::stranger(&root, path, &gone)).collect::<Vec<_>>()
    });
    let strangers =
        looking.await.map_err(|e| Problem::new(ProblemCode::Internal, e.to_string()))?;
    in_the_way.extend(strangers);
    let dirty = unclean.iter().any(|one| !in_the_way.contains(&one.path));
    let in_the_way = in_the_way.iter().map(|path| to_text(&paths::to_git(path))).collect();
    Ok(Checkout { folder: paths::shown(folder), in_the_way, dirty })
}

fn require_free(seen: &Checkout) -> Result<(), Problem> {
    let Some(first) = seen.in_the_way.first() else { return Ok(()) };
    let more = match seen.in_the_way.len() {
        1 => String::new(),
        all => format!(" and {} more", all - 1),
    };
    Err(Problem::new(
        ProblemCode::SessionState,
        format!(
            "`{first}`{more} in {} is not committed and would change too, so nothing was changed.",
            seen.folder
        ),
    )
    .hint("Commit it there, or put it away, then try again."))
}

/// Which files differ between two commits.
#[derive(Debug, Default)]
struct Between {
    /// Only the second has them.
    added: Vec<PathBuf>,
    /// Only the first has them.
    gone: Vec<PathBuf>,
    /// All that the first has: those that are gone, too.
    other: Vec<PathBuf>,
}

impl Between {
    async fn of(git: &Git, folder: &Path, from: &str, to: &str) -> Result<Self, Problem> {
        let call =
            git.look(folder).args(["diff-tree", "-r", "-z", "--name-status", "--no-renames"]);
        let listed = call.args(["--end-of-options", from, to]).run().await?;
        if listed.truncated {
            let text = "Too many files differ for them to follow, so nothing was changed.";
            return Err(Problem::new(ProblemCode::GitFailed, text));
        }
        let mut between = Self::default();
        let mut fields = listed.fields();
        while let (Some(letter), Some(path)) = (fields.next(), fields.next()) {
            let path = paths::from_git(path);
            match letter {
                b"A" => between.added.push(path),
                b"D" => {
                    between.gone.push(path.clone());
                    between.other.push(path);
                }
                _ => between.other.push(path),
            }
        }
        Ok(between)
    }

    fn all(&self) -> HashSet<PathBuf> {
        self.added.iter().chain(&self.other).cloned().collect()
    }
}

/// The files that the index has otherwise than that commit.
async fn staged(git: &Git, folder: &Path, commit: &str) -> Result<Vec<PathBuf>, Problem> {
    let call =
        git.look(folder).args(["diff-index", "--cached", "-z", "--name-only", "--no-renames"]);
    let output = call.args(["--end-of-options", commit, "--"]).run().await?;
    Ok(listed_of(&output))
}

fn listed_of(output: &Output) -> Vec<PathBuf> {
    output.fields().map(paths::from_git).collect()
}

fn held(error: GitError, folder: &Path) -> Problem {
    if !crate::git::error::is_lock_held(error.stderr()) {
        return error.into();
    }
    Problem::new(
        ProblemCode::GitFailed,
        format!("Another git holds the index of {}, so nothing was changed.", folder.display()),
    )
    .hint(
        "Wait until it is done. If none runs, one was killed: remove index.lock in that folder's git directory.",
    )
}

#[cfg(test)]
mod tests;
