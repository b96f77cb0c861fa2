//! A session's worktree: what a launch would make, and making it. Nothing half-made stays behind.
//! Not here: carrying ignored files into it ([`super::include`]), and removing it
//! ([`super::remove`]).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bosk_core::git::{Head, LaunchPlan};
use bosk_core::launch::LaunchSpec;
use bosk_core::{Problem, ProblemCode, SessionId, branch};

pub use existing::{check_subfolder_of, seen_from, subfolder_in, to_work_in};

use super::listing::{self, REASON};
use super::{GitError, Repository, furnish, paths};
use crate::files;

mod existing;

/// What a launch would make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The folder.
    pub folder: PathBuf,
    /// The branch.
    pub branch: String,
    /// Whether the person named the branch; a proposed one may still get a number.
    pub explicit: bool,
    /// Whether the branch is there already.
    pub existing: bool,
    /// The base as a person says it.
    pub base_name: String,
    /// The full id of the commit that changes are counted from.
    pub base_commit: String,
    /// The full id of the commit that is checked out: the base's, or the branch's where that is there already.
    pub start: String,
    worktrees: PathBuf,
}

/// A worktree that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its folder.
    pub folder: PathBuf,
    /// The branch that is checked out in it.
    pub branch: String,
    /// The full id of the commit that changes are counted from.
    pub base_commit: String,
}

/// Plans what a launch asks for.
///
/// # Errors
/// As for [`plan`]; or the branch that is to be checked out is not there, or is checked out elsewhere.
pub async fn plan_of(
    repository: &Repository,
    worktrees: &Path,
    spec: &LaunchSpec,
) -> Result<Plan, Problem> {
    let (base, branch) = (spec.base.as_deref(), spec.branch.as_deref());
    if spec.existing {
        let (base, branch) = (base.and_then(said), branch.and_then(said));
        return existing::plan(repository, worktrees, base, branch).await;
    }
    plan(repository, worktrees, base, branch, &spec.prompt).await
}

/// What was typed, unless that is nothing.
fn said(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Plans a worktree under the folder `worktrees`, without making anything.
///
/// # Errors
/// There is no commit to start from, the base is unknown, or the branch's name is refused or taken.
pub async fn plan(
    repository: &Repository,
    worktrees: &Path,
    base: Option<&str>,
    branch: Option<&str>,
    prompt: &str,
) -> Result<Plan, Problem> {
    let (base, branch) = (base.and_then(said), branch.and_then(said));
    let start = async {
        Ok(match base {
            Some(text) => (text.to_owned(), repository.resolve_base(text).await?),
            None => match repository.head().await? {
                Head::Branch { name, commit } => (name, commit),
                Head::Detached { commit } => (commit.chars().take(10).collect(), commit),
                Head::Unborn { name } => return Err(super::repository::unborn(&name)),
            },
        })
    };
    let name = async {
        match branch {
            Some(name) => {
                check_name(repository, name).await?;
                check_free(repository, name).await?;
                Ok(name.to_owned())
            }
            None => propose(repository, &branch::slug(prompt)).await,
        }
    };
    let (start, name) = tokio::join!(start, name);
    let ((base_name, base_commit), branch_name) = (start?, name?);
    Ok(Plan {
        folder: free_folder(worktrees, &repository.name(), &branch_name),
        branch: branch_name,
        explicit: branch.is_some(),
        existing: false,
        base_name,
        start: base_commit.clone(),
        base_commit,
        worktrees: worktrees.to_owned(),
    })
}

impl Plan {
    /// What the UI is told of it.
    ///
    /// # Errors
    /// HEAD cannot be read.
    pub async fn view(&self, repository: &Repository) -> Result<LaunchPlan, Problem> {
        Ok(LaunchPlan {
            repository: repository.view().await?,
            folder: paths::shown(&self.folder),
            branch: self.branch.clone(),
            base_name: self.base_name.clone(),
            base_commit: self.base_commit.clone(),
            shared_with: Vec::new(),
        })
    }
}

/// Makes the planned worktree for a session, and locks it so that git never prunes it. What a
/// person did not name (a proposed branch, the folder) gets a number where it was taken meanwhile.
/// Goes on to its end, or takes everything back, also where the caller is dropped.
///
/// # Errors
/// The branch was taken meanwhile, or git failed; then nothing was made.
pub async fn add(
    repository: &Repository,
    locks: &Path,
    plan: &Plan,
    session: &SessionId,
) -> Result<Worktree, Problem> {
    let (repository, plan, session) = (repository.clone(), plan.clone(), session.clone());
    let locks = locks.to_owned();
    let making = tokio::spawn(async move {
        let _lock = repository.lock(&locks).await?;
        make(&repository, plan, &session).await
    });
    making.await.unwrap_or_else(|stopped| {
        Err(failed(&format!("Making the worktree was broken off: {stopped}")))
    })
}

async fn make(
    repository: &Repository,
    plan: Plan,
    session: &SessionId,
) -> Result<Worktree, Problem> {
    let Plan { branch, base_commit, start, worktrees, existing, .. } = plan;
    let branch = match (existing, plan.explicit) {
        (true, _) => existing::check_not_checked_out(repository, &branch).await.map(|()| branch)?,
        (_, true) => check_free(repository, &branch).await.map(|()| branch)?,
        _ => propose(repository, &branch).await?,
    };
    let folder = make_folder(&worktrees, &repository.name(), &branch)?;
    let new = (!existing).then_some(start.as_str());
    let made = checkout(repository, &folder, &branch, new, session).await;
    if made.is_err() {
        let _ = std::fs::remove_dir(&folder);
        // Only empty folders go, so this needs no record of which of them are new.
        let end = std::fs::canonicalize(&worktrees).unwrap_or(worktrees);
        let above = folder.ancestors().skip(1).take_while(|above| *above != end);
        let _ = above.map(std::fs::remove_dir).take_while(Result::is_ok).count();
    }
    made?;
    Ok(Worktree { folder, branch, base_commit })
}

/// Makes the branch by itself first, at the commit `new`, where there is one: "must not exist" is then git's
/// promise, and what is taken back is certainly ours. A branch that exists is never set to track anything, whatever
/// the base.
async fn checkout(
    repository: &Repository,
    folder: &Path,
    branch: &str,
    new: Option<&str>,
    session: &SessionId,
) -> Result<(), Problem> {
    let (git, root) = (&repository.git, &repository.root);
    let full_name = format!("refs/heads/{branch}");
    let reason = format!("{REASON}{session}");
    if let Some(commit) = new {
        let absent = "0".repeat(commit.len());
        git.change(root)
            .args(["update-ref", "--create-reflog", "-m", &reason])
            .args(["--", &full_name, commit, &absent])
            .run()
            .await
            .map_err(|error| match error.stderr() {
                said if said.contains("exists") => taken(branch),
                _ => not_made(error),
            })?;
    }
    let added = async {
        // As the main work tree, where that is sparse; git would check out everything.
        let sparse = furnish::sparse_patterns(repository).await?;
        // As many at a time as there are cores; git's own setting is one. Files that a filter reads are not among them.
        let call = git.change(root).setting("checkout.workers=0");
        let call = call.args(["worktree", "add", "--quiet", "--lock", "--reason"]);
        let call = call.arg(&reason).args(sparse.as_ref().map(|_| "--no-checkout"));
        call.arg("--").arg(folder).arg(branch).run().await?;
        match sparse {
            Some(sparse) => sparse.check_out(repository, folder).await,
            None => Ok(()),
        }
    };
    let Err(error) = added.await else { return Ok(()) };
    let listed = listing::list(git, root).await.unwrap_or_default();
    if listed.iter().any(|entry| entry.folder == folder) {
        let remove = git.change(root).args(["worktree", "remove", "--force", "--force", "--"]);
        let _ = remove.arg(folder).run().await;
    }
    // The folder is new and ours, and no session has been in it.
    let _ = std::fs::remove_dir_all(folder);
    let deleted = match new {
        Some(commit) => {
            let delete = ["update-ref", "--no-deref", "-d", &full_name, commit];
            git.change(root).args(delete).run().await.is_ok()
        }
        None => true,
    };
    let mut problem = not_made(error);
    if !deleted || folder.exists() {
        problem.message += &format!(
            " The branch \"{branch}\" or the folder {} could not be taken back.",
            folder.display()
        );
    }
    Err(problem)
}

/// Refuses a name that git refuses for a branch, or that means another one (`@{-1}`).
async fn check_name(repository: &Repository, name: &str) -> Result<(), Problem> {
    let call = repository.git.look(&repository.root).args(["check-ref-format", "--branch"]);
    let usable = !name.contains('\0') && call.arg(name).answer_or_nothing().await? == name;
    if usable {
        return Ok(());
    }
    let shown: String = name.chars().take(200).collect();
    Err(Problem::new(
        ProblemCode::BranchInvalid,
        format!("Git does not accept \"{shown}\" as a branch's name."),
    )
    .hint("Use letters, digits, hyphens and slashes."))
}

async fn check_free(repository: &Repository, name: &str) -> Result<(), Problem> {
    existing::check_not_checked_out(repository, name).await?;
    let branches = branches(repository).await?;
    // `a` and `a/b` cannot both be branches.
    let clashes = |other: &str| {
        let below = |whole: &str, part: &str| {
            whole.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'))
        };
        other == name || below(other, name) || below(name, other)
    };
    match branches.iter().find(|other| clashes(other)) {
        Some(other) => Err(taken(other)),
        None => Ok(()),
    }
}

fn taken(branch: &str) -> Problem {
    Problem::new(
        ProblemCode::BranchExists,
        format!(
            "A branch \"{branch}\" exists already, and Bosk changes no branch that it did not make."
        ),
    )
    .hint("Choose another name, or leave the name to Bosk.")
}

async fn propose(repository: &Repository, name: &str) -> Result<String, Problem> {
    let branches = branches(repository).await?;
    Ok(branch::unique(name, branches.iter().map(String::as_str)))
}

async fn branches(repository: &Repository) -> Result<HashSet<String>, Problem> {
    let call = repository.git.look(&repository.root);
    let output =
        call.args(["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"]).run().await?;
    Ok(output.text().lines().map(str::to_owned).collect())
}

/// `<worktrees>/<repository>/<branch>`, with a number where that is taken.
fn free_folder(worktrees: &Path, repository: &str, branch: &str) -> PathBuf {
    let home = worktrees.join(branch::folders(repository).join("_"));
    let parts = branch::folders(branch);
    let above = |depth: usize| home.join(parts[..depth].iter().collect::<PathBuf>());
    // Below another worktree the new one would be among its files.
    let nested =
        (1..parts.len()).any(|depth| above(depth).join(".git").exists() || above(depth).is_file());
    let wanted = if nested { home.join(parts.join("-")) } else { above(parts.len()) };
    free(&wanted)
}

/// The folder, or one beside it with a number where that is taken.
pub(super) fn free(wanted: &Path) -> PathBuf {
    let numbered = (2_u32..).map(|number| {
        let mut name = wanted.file_name().unwrap_or_default().to_owned();
        name.push(format!("-{number}"));
        wanted.with_file_name(name)
    });
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|folder| folder.symlink_metadata().is_err())
        .unwrap_or_else(|| wanted.to_owned())
}

/// Makes the folder, which proves that it was not there.
fn make_folder(worktrees: &Path, repository: &str, branch: &str) -> Result<PathBuf, Problem> {
    let make = || loop {
        let folder = free_folder(worktrees, repository, branch);
        files::create_private_folder(folder.parent().unwrap_or(worktrees))?;
        match std::fs::create_dir(&folder) {
            // Made by a session of another repository with the same name.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            // Git lists real paths.
            Ok(()) => return std::fs::canonicalize(&folder),
        }
    };
    make().map_err(|error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => Problem::new(
            ProblemCode::DiskFull,
            "The disk is full, so the session's folder could not be made.",
        )
        .hint("Free some space, then try again."),
        _ => failed(&format!("The session's folder could not be made: {error}.")),
    })
}

fn failed(message: &str) -> Problem {
    Problem::new(ProblemCode::WorktreeFailed, message)
        .hint("See whether the folder for worktrees can be written to, then try again.")
}

fn not_made(error: GitError) -> Problem {
    let problem = Problem::from(error);
    match problem.code {
        ProblemCode::GitFailed => Problem {
            code: ProblemCode::WorktreeFailed,
            message: format!(
                "The worktree could not be made, and nothing was left behind. {}",
                problem.message
            ),
            hint: problem.hint,
        },
        _ => problem,
    }
}

#[cfg(test)]
mod tests;
