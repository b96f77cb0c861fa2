//! Moving what is not committed from one worktree to another of the same repository, on the same commit and branch.
//! Each step can be taken back until the last, which empties the place that it came from. Not here: when that may be
//! done, and going on after a kill (`crate::client::hand_over`).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bosk_core::git::Head;
use bosk_core::{Problem, ProblemCode, SessionId};
use serde::{Deserialize, Serialize};

use super::worktree::seen_from;
use super::{Repository, checkpoint, snapshot};

/// A move, as it is written down before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The session that moves.
    pub session: SessionId,
    /// Where it is.
    pub from: PathBuf,
    /// Where it goes.
    pub to: PathBuf,
    /// The snapshot of what it has there.
    pub snapshot: String,
    /// The commit at its HEAD.
    pub head: String,
    /// The branch that moves along; none where HEAD is on none, or the branch stays.
    pub branch: Option<String>,
    /// Where HEAD of the other place was.
    pub before: Head,
    /// Whether the other place is new, and goes if the move does not come to its end.
    pub new: bool,
    /// Where HEAD of the place that it leaves goes, where that is known.
    pub leaves: Option<String>,
}

/// Takes the snapshot, and refuses what could lose something.
///
/// # Errors
/// Either place is in the middle of something or holds repositories inside, or the other one has changes or commits of
/// its own that a checkout would hide.
pub async fn plan(
    repository: &Repository,
    session: &SessionId,
    from: &Path,
    to: &Path,
    leaves: Option<String>,
) -> Result<Move, Problem> {
    let taken = taken(repository, session, from).await?;
    let there = seen_from(repository, to);
    let before = there.head().await?;
    let other = snapshot::take(&repository.git, to, session).await?;
    if other.uncommitted {
        return Err(refused(
            &format!("{} has changes that are not committed", to.display()),
            "Commit or discard them there first.",
        ));
    }
    checkpoint::can_restore(&repository.git, to).await?;
    let (head, branch) = match seen_from(repository, from).head().await? {
        Head::Branch { name, commit } => (commit, Some(name)),
        Head::Detached { commit } => (commit, None),
        Head::Unborn { .. } => {
            return Err(refused("There is no commit yet", "Make a first commit, then try again."));
        }
    };
    match &before {
        Head::Branch { .. } => {}
        // What only this HEAD names would be hard to find again.
        Head::Detached { commit } => {
            let call = repository.git.look(&repository.root).args(["rev-list", "--count", commit]);
            let call = call.args(["--not", &head, "--branches", "--remotes", "--tags"]);
            if call.run().await?.text() != "0" {
                return Err(refused(
                    &format!("{} is on commits that no branch has", to.display()),
                    "Make a branch of them first, or merge them.",
                ));
            }
        }
        Head::Unborn { .. } => {
            return Err(refused(
                &format!("{} is on a branch without a commit", to.display()),
                "Check out another branch there first.",
            ));
        }
    }
    Ok(Move {
        session: session.clone(),
        from: from.to_owned(),
        to: to.to_owned(),
        snapshot: taken,
        head,
        branch,
        before,
        new: false,
        leaves,
    })
}

/// The snapshot of a place that can be left.
pub async fn taken(
    repository: &Repository,
    session: &SessionId,
    from: &Path,
) -> Result<String, Problem> {
    checkpoint::can_restore(&repository.git, from).await?;
    let taken = snapshot::take(&repository.git, from, session).await?;
    match taken.nested.first() {
        None => Ok(taken.commit),
        Some(inside) => Err(refused(
            &format!(
                "`{}` in it is a repository that no snapshot holds",
                inside.trim_end_matches('/')
            ),
            "Move it by hand, or leave the session where it is.",
        )),
    }
}

/// Brings everything to the other place. What it came from still has all of it.
///
/// # Errors
/// Git refuses; then [`undo`] is to be called.
pub async fn bring(repository: &Repository, plan: &Move) -> Result<(), Problem> {
    let now = snapshot::take(&repository.git, &plan.from, &plan.session).await?;
    if now.commit != plan.snapshot {
        return Err(refused("The files have changed meanwhile", "Try again."));
    }
    if !plan.new {
        if plan.branch.is_some() {
            switch(repository, &plan.from, None, &plan.head).await?;
        }
        switch(repository, &plan.to, plan.branch.as_deref(), &plan.head).await?;
    }
    checkpoint::bring(&repository.git, &plan.to, &plan.session, &plan.snapshot).await?;
    let there = snapshot::take(&repository.git, &plan.to, &plan.session).await?;
    match checkpoint::is_same(&repository.git, &plan.to, &there.commit, &plan.snapshot).await? {
        true => Ok(()),
        false => Err(refused("The files did not come over whole", "Try again.")),
    }
}

/// Takes back whatever [`bring`] has done. What is found in the other place is kept in a snapshot first.
///
/// # Errors
/// The other place holds something that did not come from there, or git refuses; then it can be called again.
pub async fn undo(repository: &Repository, plan: &Move) -> Result<(), Problem> {
    if !plan.new {
        let there = seen_from(repository, &plan.to).head().await?;
        let commit = match &there {
            Head::Branch { commit, .. } | Head::Detached { commit } => commit.clone(),
            Head::Unborn { name } => return Err(super::repository::unborn(name)),
        };
        empty(repository, plan, &commit).await?;
        // One that somebody has put elsewhere since stays there.
        let made = match &plan.branch {
            Some(name) => Head::Branch { name: name.clone(), commit: plan.head.clone() },
            None => Head::Detached { commit: plan.head.clone() },
        };
        if there != plan.before && there == made {
            let (branch, commit) = match &plan.before {
                Head::Branch { name, commit } => (Some(name.as_str()), commit),
                Head::Detached { commit } => (None, commit),
                Head::Unborn { name } => return Err(super::repository::unborn(name)),
            };
            switch(repository, &plan.to, branch, commit).await?;
        }
        if let Some(branch) = &plan.branch
            && !matches!(seen_from(repository, &plan.from).head().await?, Head::Branch { .. })
        {
            // Its files stay as they are: both name the same commit.
            switch(repository, &plan.from, Some(branch), &plan.head).await?;
        }
    }
    Ok(())
}

/// Empties the place that it came from, which has nothing any more that is not in the other.
///
/// # Errors
/// It has changed meanwhile, or git refuses. Then it can be called again.
pub async fn leave(repository: &Repository, plan: &Move) -> Result<(), Problem> {
    let now = snapshot::take(&repository.git, &plan.from, &plan.session).await?;
    // Emptied already, before a kill.
    if now.uncommitted {
        if !checkpoint::is_same(&repository.git, &plan.from, &now.commit, &plan.snapshot).await? {
            return Err(refused(
                &format!("Something has changed in {} meanwhile", plan.from.display()),
                "Take what you need from there and discard the rest, then try again.",
            ));
        }
        checkpoint::restore(&repository.git, &plan.from, &now.commit, &plan.head).await?;
    }
    if let Some(branch) = &plan.leaves
        && let Head::Detached { commit } = seen_from(repository, &plan.from).head().await?
    {
        // A branch that is gone or checked out elsewhere leaves it where it is, which loses nothing.
        if let Err(problem) = switch(repository, &plan.from, Some(branch), &commit).await {
            tracing::info!(%problem, "it stays on no branch");
        }
    }
    Ok(())
}

/// Puts the other place as its HEAD has it, where all that is in it came by the move: it was clean before.
async fn empty(repository: &Repository, plan: &Move, commit: &str) -> Result<(), Problem> {
    let (git, folder) = (&repository.git, plan.to.as_path());
    let now = snapshot::take(git, folder, &plan.session).await?;
    if !now.uncommitted {
        return Ok(());
    }
    // A file is the person's if it is as none of the states has it between which the move goes.
    let mut strange: Option<HashSet<Vec<u8>>> = None;
    for known in [plan.snapshot.as_str(), &plan.head, commit, before(plan)] {
        let call = git.look(folder).args(["diff-tree", "-r", "-z", "--name-only", "--no-renames"]);
        let differs = call.args(["--end-of-options", &now.commit, known]).run().await?;
        let differs: HashSet<Vec<u8>> = differs.fields().map(<[u8]>::to_vec).collect();
        strange = Some(match strange {
            Some(strange) => strange.intersection(&differs).cloned().collect(),
            None => differs,
        });
    }
    match strange.unwrap_or_default().iter().next() {
        None => checkpoint::restore(git, folder, &now.commit, commit).await,
        Some(path) => Err(refused(
            &format!(
                "`{}` has changed in {} meanwhile",
                String::from_utf8_lossy(path),
                folder.display()
            ),
            "Commit or discard what is there, then try again.",
        )),
    }
}

fn before(plan: &Move) -> &str {
    match &plan.before {
        Head::Branch { commit, .. } | Head::Detached { commit } => commit,
        Head::Unborn { .. } => &plan.head,
    }
}

/// Checks out the branch, or the commit without one; never over a file that git ignores.
async fn switch(
    repository: &Repository,
    folder: &Path,
    branch: Option<&str>,
    commit: &str,
) -> Result<(), Problem> {
    let call = repository.git.change(folder);
    let call = call.args(["switch", "--quiet", "--no-guess", "--no-overwrite-ignore"]);
    match branch {
        Some(branch) => call.arg("--end-of-options").arg(branch).run().await?,
        None => call.args(["--detach", "--end-of-options", commit]).run().await?,
    };
    Ok(())
}

fn refused(what: &str, hint: &str) -> Problem {
    Problem::new(ProblemCode::SessionState, format!("{what}, so the session stays where it is."))
        .hint(hint)
}

#[cfg(test)]
mod tests;
