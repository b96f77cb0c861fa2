//! The worktrees that a repository has, and which of them are Bosk's.

use std::path::{Path, PathBuf};

use bosk_core::SessionId;

use super::repository::places;
use super::{Git, GitError, paths};

/// What the lock reason of a worktree of Bosk's begins with; the session's id follows.
pub(super) const REASON: &str = "bosk:";

/// What the lock reason of an adopted worktree is; what it was locked for before follows after a colon.
pub(super) const ADOPTED: &str = "bosk:adopted";

/// One worktree, as git lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its folder, which may be gone.
    pub folder: PathBuf,
    /// The commit at its HEAD; none while unborn.
    pub head: Option<String>,
    /// The full name of the branch that is checked out.
    pub branch: Option<String>,
    /// Whether this is the main one of a repository without a work tree.
    pub bare: bool,
    /// Why it is locked, where it is.
    pub locked: Option<String>,
}

impl Listed {
    /// The session that this worktree was made for, where Bosk made it.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        SessionId::parse(self.locked.as_deref()?.strip_prefix(REASON)?).ok()
    }

    /// What an adopted worktree was locked for before: none within where it was not locked. None without where it is
    /// not adopted.
    #[must_use]
    pub fn adopted(&self) -> Option<Option<&str>> {
        match self.locked.as_deref()?.strip_prefix(ADOPTED)? {
            "" => Some(None),
            before => Some(Some(before.strip_prefix(':')?.trim_start())),
        }
    }

    /// Whether it may be put away and deleted here: Bosk made it, or the person has given it to Bosk.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.session().is_some() || self.adopted().is_some()
    }

    /// The branch that is checked out, as people say it.
    #[must_use]
    pub fn branch_name(&self) -> Option<&str> {
        self.branch.as_deref()?.strip_prefix("refs/heads/")
    }
}

/// The worktree that is at this folder, among those that were listed.
#[must_use]
pub fn at<'a>(listed: &'a [Listed], folder: &Path) -> Option<&'a Listed> {
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    listed.iter().find(|one| one.folder == real || one.folder == folder)
}

/// All worktrees; the main one comes first.
///
/// # Errors
/// Git failed.
pub async fn list(git: &Git, folder: &Path) -> Result<Vec<Listed>, GitError> {
    let output = git.look(folder).args(["worktree", "list", "--porcelain", "-z"]).run().await?;
    let mut all: Vec<Listed> = Vec::new();
    for field in output.fields() {
        let (key, value) =
            field.split_at(field.iter().position(|b| *b == b' ').unwrap_or(field.len()));
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = || Some(String::from_utf8_lossy(value).into_owned());
        if key == b"worktree" {
            all.push(Listed { folder: paths::from_git(value), ..Listed::default() });
        }
        let Some(entry) = all.last_mut() else { continue };
        match key {
            b"HEAD" => entry.head = text().filter(|id| id.bytes().any(|digit| digit != b'0')),
            b"branch" => entry.branch = text(),
            b"bare" => entry.bare = true,
            b"locked" => entry.locked = text(),
            _ => {}
        }
    }
    // Of one whose `.git` lies elsewhere, as a submodule's does, git names that folder.
    if let Some(main) = all.first_mut().filter(|main| !main.bare)
        && main.folder.join("HEAD").is_file()
        && !main.folder.join(".git").exists()
        && let Some(root) = places::main_root(git, &main.folder).await?
    {
        main.folder = root;
    }
    Ok(all)
}
