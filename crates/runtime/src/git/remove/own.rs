//! Which worktrees may be put away: those that Bosk made or was given, that are what git says they are, and in which
//! git is not at work. Everything else is left alone.

use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use bosk_core::{Problem, ProblemCode, SessionId};
use sha2::{Digest as _, Sha256};

use super::super::listing::{self, Listed};
use super::super::{Repository, paths};

/// How long another git may be at work in it.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked at then: a lock file that goes is no event.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What git holds while it changes a worktree.
const LOCKS: [&str; 2] = ["index.lock", "HEAD.lock"];

/// A worktree that may be put away.
#[derive(Debug, Clone)]
pub struct Own {
    listed: Listed,
    /// Where git keeps what it knows of it.
    pub(crate) known: PathBuf,
    /// Whose snapshots its own are: the session's, or a name made of the worktree's where Bosk adopted it.
    pub owner: SessionId,
    /// Whether it was adopted.
    pub adopted: bool,
}

impl Own {
    /// Its folder, which may be gone.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.listed.folder
    }

    /// The branch that is checked out in it.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.listed.branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/"))
    }

    /// Git's own name for it.
    #[must_use]
    pub fn name(&self) -> String {
        self.known.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Waits until no git is at work in it.
    pub(super) async fn quiet(&self) -> Result<(), Problem> {
        let begun = Instant::now();
        while self.is_quiet().is_err() && begun.elapsed() < PATIENCE {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        self.is_quiet()
    }

    pub(super) fn is_quiet(&self) -> Result<(), Problem> {
        let mut held = LOCKS.iter().map(|name| self.known.join(name));
        match held.find(|lock| lock.symlink_metadata().is_ok()) {
            None => Ok(()),
            Some(lock) => Err(Problem::new(
                ProblemCode::SessionState,
                "Git is at work in the worktree, so it was not removed.",
            )
            .hint(format!(
                "Wait until it is through. If no git runs there, delete {} and try again.",
                lock.display()
            ))),
        }
    }
}

/// The worktree, if it is Bosk's: of this session, where one is given.
///
/// # Errors
/// It is not, or it is not what git takes it for.
pub async fn own(
    repository: &Repository,
    folder: &Path,
    session: Option<&SessionId>,
) -> Result<Own, Problem> {
    let listed = listing::list(&repository.git, &repository.root).await?;
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let at = listed.iter().position(|entry| entry.folder == real || entry.folder == folder);
    // The first is the repository itself.
    let found = at.filter(|at| *at > 0 && listed[*at].is_ours()).map(|at| listed[at].clone());
    let made_for = found.as_ref().and_then(Listed::session);
    let found = found.filter(|_| session.is_none() || made_for.as_ref() == session);
    let Some(listed_one) = found else {
        let whose = if session.is_some() { "made for this session" } else { "made or was given" };
        return Err(refused(folder, &format!("is not a worktree that Bosk {whose}"))
            .hint("Remove it with git worktree remove if you want it gone."));
    };
    let at = &listed_one.folder;
    let is_inside = |other: &Path| other != at.as_path() && other.starts_with(at);
    if at == &repository.root {
        return Err(refused(at, "is what the repository is known by, which has no main work tree"));
    }
    if is_inside(&repository.root) || is_inside(&repository.common_dir) {
        return Err(refused(at, "holds the repository itself"));
    }
    if let Some(other) =
        listed.iter().find(|other| is_inside(&other.folder) && other.folder.exists())
    {
        return Err(refused(at, &format!("holds the worktree {}", other.folder.display()))
            .hint("Put that one away first."));
    }
    let known =
        admin_of(repository, at).ok_or_else(|| refused(at, "is not what git takes it for"))?;
    if let Ok(there) = at.symlink_metadata() {
        if !there.is_dir() {
            return Err(refused(at, "is a link or a file by now"));
        }
        if !points_to(at, &known) {
            return Err(refused(at, "holds something else than that worktree by now"));
        }
    }
    let owner = made_for.clone().map_or_else(|| made_up(&known), Ok)?;
    Ok(Own { adopted: made_for.is_none(), listed: listed_one, known, owner })
}

/// Whose the snapshots of a worktree of Bosk's are, whatever has become of its folder.
///
/// # Errors
/// Git does not have what it lists.
pub(crate) fn owner(repository: &Repository, listed: &Listed) -> Result<SessionId, Problem> {
    if let Some(session) = listed.session() {
        return Ok(session);
    }
    let known = admin_of(repository, &listed.folder)
        .ok_or_else(|| refused(&listed.folder, "is not what git takes it for"))?;
    made_up(&known)
}

/// Where git keeps what it knows of the worktree in that folder.
pub(crate) fn admin_of(repository: &Repository, folder: &Path) -> Option<PathBuf> {
    let all = std::fs::read_dir(paths::plain(&repository.common_dir).join("worktrees")).ok()?;
    all.flatten()
        .map(|entry| entry.path())
        .find(|known| folder_of(known).as_deref() == Some(folder))
}

/// The folder that git keeps this of (gitrepository-layout(5), `worktrees/<id>/gitdir`).
fn folder_of(known: &Path) -> Option<PathBuf> {
    let content = std::fs::read(known.join("gitdir")).ok()?;
    let path = known.join(paths::from_git(content.trim_ascii_end()));
    Some(lexical(&path).parent()?.to_owned())
}

/// Whether the `.git` in the folder names what git knows of it.
fn points_to(folder: &Path, known: &Path) -> bool {
    let Ok(content) = std::fs::read(folder.join(".git")) else { return false };
    let Some(path) = content.strip_prefix(b"gitdir: ") else { return false };
    let path = folder.join(paths::from_git(path.trim_ascii_end()));
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(&path).is_some_and(|path| Some(path) == real(known))
}

/// The path without `.` and `..`, for one that may be gone.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

/// A name for what has no session: the same for the same worktree.
fn made_up(known: &Path) -> Result<SessionId, Problem> {
    let digest = Sha256::digest(known.as_os_str().as_encoded_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    let id = uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string();
    SessionId::parse(&id).map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
}

fn refused(folder: &Path, why: &str) -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        format!("{} {why}, so it was left alone.", folder.display()),
    )
}

#[cfg(test)]
mod tests;
