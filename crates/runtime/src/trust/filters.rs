//! Programs that a repository's own git configuration names, and that git starts when it reads, writes or merges files
//! (filters, merge drivers). Whether they may is decided here, for whatever lists changed files, keeps them in a snapshot,
//! merges them or puts them back. Not here: which there are ([`crate::git::programs`]).

use std::path::Path;

use bosk_core::{Problem, ProblemCode};

use super::Trust;
use crate::git::programs::{self, Program};
use crate::git::{Git, Repository};
use crate::home::Home;

/// Whether they may run in any worktree of the repository: there are none, or the person has agreed to them.
///
/// # Errors
/// Git failed.
pub(crate) async fn may_run(home: &Home, repository: &Repository) -> Result<bool, Problem> {
    let all = programs::of(repository).await?;
    agreed(home, repository, all).await
}

/// Refuses what would run them.
///
/// # Errors
/// There are some, and the person has not agreed to them; or git failed.
pub(crate) async fn require(home: &Home, repository: &Repository) -> Result<(), Problem> {
    match may_run(home, repository).await? {
        true => Ok(()),
        false => Err(refused()),
    }
}

/// The same for one folder alone. Where nothing is named, that is one question to git.
///
/// # Errors
/// As for [`require`].
pub(crate) async fn require_in(home: &Home, folder: &Path) -> Result<(), Problem> {
    let git = Git::find().await?;
    let all = programs::in_folder(&git, folder).await?;
    if !all.iter().any(Program::touches_files) {
        return Ok(());
    }
    let repository = Repository::open(git, folder).await?;
    match agreed(home, &repository, all).await? {
        true => Ok(()),
        false => Err(refused()),
    }
}

async fn agreed(
    home: &Home,
    repository: &Repository,
    mut programs: Vec<Program>,
) -> Result<bool, Problem> {
    programs.retain(Program::touches_files);
    if programs.is_empty() {
        return Ok(true);
    }
    Trust::new(home).knows(repository, &programs).await
}

fn refused() -> Problem {
    Problem::new(
        ProblemCode::NotTrusted,
        "The repository's git configuration names programs that working with its files would start, and you have not \
         agreed to them, so nothing was done.",
    )
    .hint("Agree to what the repository brings, as for a session in it, then try again.")
}
