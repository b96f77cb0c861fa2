//! Removing a session's worktree so that nothing is lost: snapshot first, then the folder moves to
//! a trash on the same volume, then git forgets this one worktree. Only worktrees that Bosk made,
//! and only in the state that the person saw. Not here: emptying the trash.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bosk_core::git::{IgnoredFile, RemovalPlan, RemovalToken};
use bosk_core::{Problem, ProblemCode, SessionId};
use serde::{Deserialize, Serialize};

use super::listing::{self, Listed};
use super::{Repository, paths, snapshot};
use crate::files;

/// How many ignored entries are listed, the largest first.
const LISTED: usize = 200;

/// What lies in the trash beside a removed worktree's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The session that it was made for.
    pub session: SessionId,
    /// The repository's root.
    pub repository: String,
    /// Where the folder was.
    pub folder: String,
    /// The branch that was checked out in it.
    pub branch: Option<String>,
    /// The state that was removed.
    pub token: RemovalToken,
}

/// The removed worktree's folder, below its entry in the trash.
pub const TREE: &str = "tree";

/// The file that holds [`Removed`], below its entry in the trash.
pub const RECORD: &str = "removed.json";

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The entry in the trash; none where the folder was gone before.
    pub trash: Option<PathBuf>,
    /// Whether the branch was deleted.
    pub branch_deleted: bool,
}

/// Takes a snapshot and tells what a removal would take away. Removes nothing.
///
/// # Errors
/// Bosk did not make this worktree for this session, or no snapshot can be taken.
pub async fn plan(
    repository: &Repository,
    folder: &Path,
    session: &SessionId,
) -> Result<RemovalPlan, Problem> {
    let listed = own(repository, folder, session).await?;
    let branch = listed.branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let (token, uncommitted, nested) = if folder.exists() {
        let taken = snapshot::take(&repository.git, folder, session).await?;
        let worktree = worktree_id(repository, folder).await?;
        let head = taken.head.unwrap_or_default();
        (RemovalToken { head, snapshot: taken.commit, worktree }, taken.uncommitted, taken.nested)
    } else {
        let head = listed.head.clone().unwrap_or_default();
        if !head.is_empty() {
            snapshot::keep(&repository.git, &repository.root, session, &head).await?;
        }
        let token = RemovalToken { head: head.clone(), snapshot: head, worktree: String::new() };
        (token, false, Vec::new())
    };
    let mut ignored = if folder.exists() { ignored(repository, folder).await? } else { Vec::new() };
    let ignored_total = u32::try_from(ignored.len()).unwrap_or(u32::MAX);
    ignored.truncate(LISTED);
    Ok(RemovalPlan {
        own_commits: own_commits(repository, &token.head, branch).await?,
        token,
        folder: paths::shown(folder),
        branch: branch.map(str::to_owned),
        uncommitted,
        ignored,
        ignored_total,
        nested,
    })
}

/// What a removal needs to know.
#[derive(Debug, Clone)]
pub struct Request {
    /// The worktree's folder.
    pub folder: PathBuf,
    /// The session that it was made for.
    pub session: SessionId,
    /// What the person saw and agreed to.
    pub token: RemovalToken,
    /// Whether to delete the branch, too. Its commits stay in the snapshot.
    pub delete_branch: bool,
}

/// Removes the worktree in exactly the state that the token names. Goes on to its end also where the
/// caller is dropped; a removal that was cut short can be asked for again.
///
/// # Errors
/// Bosk did not make this worktree, its state is another by now, or it cannot be moved. Then it is
/// as it was.
pub async fn remove(
    repository: &Repository,
    locks: &Path,
    trash: &Path,
    request: Request,
) -> Result<Removal, Problem> {
    let (repository, locks, trash) = (repository.clone(), locks.to_owned(), trash.to_owned());
    let removing = tokio::spawn(async move {
        let _lock = repository.lock(&locks).await?;
        perform(&repository, &trash, request).await
    });
    removing.await.unwrap_or_else(|stopped| Err(not_removed(&stopped.to_string())))
}

/// The same, for a caller that holds the repository's lock.
pub(crate) async fn perform(
    repository: &Repository,
    trash: &Path,
    request: Request,
) -> Result<Removal, Problem> {
    let Request { folder, session, token, delete_branch } = request;
    let listed = own(repository, &folder, &session).await?;
    let branch = listed.branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let git = &repository.git;
    let entry = if folder.exists() {
        let taken = snapshot::take(git, &folder, &session).await?;
        let now = RemovalToken {
            head: taken.head.unwrap_or_default(),
            snapshot: taken.commit,
            worktree: worktree_id(repository, &folder).await?,
        };
        if now != token {
            return Err(changed());
        }
        let record = Removed {
            repository: paths::shown(&repository.root),
            folder: paths::shown(&folder),
            branch: branch.map(str::to_owned),
            session: session.clone(),
            token: token.clone(),
        };
        let moving = tokio::task::spawn_blocking({
            let (folder, trash) = (folder.clone(), trash.to_owned());
            move || move_to_trash(&folder, &trash, &record)
        });
        Some(moving.await.map_err(|stopped| not_removed(&stopped.to_string()))??)
    } else {
        // Cut short after the move, or removed by somebody else: only what git knows is left.
        let kept = snapshot::kept(git, &repository.root, &session).await?;
        let known = token.snapshot.is_empty() || kept.iter().any(|(id, _)| *id == token.snapshot);
        if listed.head.clone().unwrap_or_default() != token.head || !known {
            return Err(changed());
        }
        None
    };
    // With its folder gone, this forgets exactly one worktree; a prune would forget others, too.
    let forget = |verb: &'static str| {
        git.change(&repository.root).args(["worktree", verb, "--"]).arg(&folder).run()
    };
    forget("unlock").await?;
    forget("remove").await?;
    let branch_deleted = match branch.filter(|_| delete_branch && !token.head.is_empty()) {
        Some(branch) => delete(repository, branch, &token.head).await?,
        None => false,
    };
    Ok(Removal { trash: entry, branch_deleted })
}

/// Deletes the branch if it is still where the person saw it.
async fn delete(repository: &Repository, branch: &str, head: &str) -> Result<bool, Problem> {
    let full_name = format!("refs/heads/{branch}");
    let change = || repository.git.change(&repository.root);
    let deleted = change().args(["update-ref", "-d", &full_name, head]).run().await.is_ok();
    if deleted {
        // Set where the session pushed it; absent otherwise.
        let section = format!("branch.{branch}");
        let _ = change().args(["config", "--remove-section", &section]).run().await;
    }
    Ok(deleted)
}

/// The worktree as git lists it, if Bosk made it for this session.
async fn own(
    repository: &Repository,
    folder: &Path,
    session: &SessionId,
) -> Result<Listed, Problem> {
    let listed = listing::list(&repository.git, &repository.root).await?;
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let found = listed.into_iter().find(|entry| entry.folder == real || entry.folder == folder);
    found.filter(|entry| entry.session().as_ref() == Some(session)).ok_or_else(|| {
        Problem::new(
            ProblemCode::InvalidInput,
            format!(
                "{} is not a worktree that Bosk made for this session, so it was left alone.",
                folder.display()
            ),
        )
        .hint("Remove it with git worktree remove if you want it gone.")
    })
}

/// Git's own name for a worktree: the folder in which it keeps what it knows of it.
async fn worktree_id(repository: &Repository, folder: &Path) -> Result<String, Problem> {
    let call = repository.git.look(folder).args(["rev-parse", "--absolute-git-dir"]);
    let output = call.run().await?;
    let path = paths::from_git(output.stdout.trim_ascii_end());
    Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())
}

/// How many commits only this branch, or only this HEAD, has.
async fn own_commits(
    repository: &Repository,
    head: &str,
    branch: Option<&str>,
) -> Result<u32, Problem> {
    if head.is_empty() {
        return Ok(0);
    }
    let call = repository.git.look(&repository.root).args(["rev-list", "--count", head, "--not"]);
    let call = call.args(branch.map(|name| format!("--exclude={name}")));
    let count = call.args(["--branches", "--remotes", "--tags"]).run().await?.text();
    Ok(count.parse().unwrap_or(u32::MAX))
}

/// What git ignores in the worktree, the largest first; a folder that is ignored whole is one entry.
async fn ignored(repository: &Repository, folder: &Path) -> Result<Vec<IgnoredFile>, Problem> {
    let call = repository.git.look(folder).args(["status", "--porcelain=v2", "-z"]);
    let call =
        call.args(["--untracked-files=all", "--ignored=matching", "--ignore-submodules=all"]);
    let output = call.run().await?;
    let entries = output.fields().filter_map(|field| field.strip_prefix(b"! "));
    let entries: Vec<PathBuf> = entries.map(paths::from_git).collect();
    let folder = folder.to_owned();
    let measuring = tokio::task::spawn_blocking(move || {
        let sized = entries.into_iter().map(|path| IgnoredFile {
            bytes: size(&folder.join(&path)),
            path: paths::shown(&path),
        });
        let mut sized: Vec<_> = sized.collect();
        sized.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
        sized
    });
    measuring.await.map_err(|stopped| not_removed(&stopped.to_string()))
}

/// The size of a file, or of all files in a folder; links are not followed.
fn size(path: &Path) -> u64 {
    let mut open = vec![path.to_owned()];
    let mut bytes = 0;
    while let Some(path) = open.pop() {
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if metadata.is_dir() {
            let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
            open.extend(entries.map(|entry| entry.path()));
        } else {
            bytes += metadata.len();
        }
    }
    bytes
}

/// Moves the folder into a new entry of the trash, or of one beside it where the trash is on another
/// volume: a move is whole or not at all, and a copy is not.
fn move_to_trash(folder: &Path, trash: &Path, record: &Removed) -> Result<PathBuf, Problem> {
    let moved = |trash: &Path| -> std::io::Result<PathBuf> {
        files::create_private_folder(trash)?;
        let mut numbered = (1_u32..).map(|n| trash.join(format!("{}-{n}", record.session)));
        let entry = numbered.find(|entry| entry.symlink_metadata().is_err());
        let entry = entry.ok_or_else(|| std::io::Error::from(ErrorKind::AlreadyExists))?;
        std::fs::create_dir(&entry)?;
        let whole = || {
            let content = serde_json::to_vec_pretty(record)?;
            files::write_atomically(&entry.join(RECORD), &content)?;
            std::fs::rename(folder, entry.join(TREE))
        };
        if let Err(error) = whole() {
            let _ = std::fs::remove_file(entry.join(RECORD));
            let _ = std::fs::remove_dir(&entry);
            return Err(error);
        }
        Ok(entry)
    };
    let beside = || folder.parent().unwrap_or(folder).join(".bosk-trash");
    moved(trash)
        .or_else(|error| match error.kind() {
            ErrorKind::CrossesDevices => moved(&beside()),
            _ => Err(error),
        })
        .map_err(|error| not_removed(&error.to_string()))
}

fn changed() -> Problem {
    Problem::new(
        ProblemCode::SessionState,
        "The worktree has changed since you looked at it, so it was not removed.",
    )
    .hint("Look at what it holds now, then decide again.")
}

fn not_removed(why: &str) -> Problem {
    Problem::new(
        ProblemCode::WorktreeFailed,
        format!("The worktree could not be moved to the trash, so it is where it was: {why}."),
    )
    .hint("Close what still uses the folder, then try again.")
}

#[cfg(test)]
mod tests;
