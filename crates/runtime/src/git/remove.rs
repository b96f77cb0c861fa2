//! Putting a worktree away so that nothing is lost: snapshot first, then the folder moves to a trash on the same
//! volume, then what git knows of it moves out of git's sight, whole. Only worktrees that Bosk made or was given, and
//! only in the state that the person saw. Not here: which of them may be touched ([`own`]), the trash itself
//! ([`super::trash`]), and sessions that run in it ([`crate::client::archive`]).

mod own;

use std::path::{Path, PathBuf};

use bosk_core::git::{IgnoredFile, RemovalPlan, RemovalToken};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::snapshot::{self, Snapshot};
use super::trash::{self, Entry, Removed};
use super::worktrees::is_merged;
use super::{GitError, Repository, paths};

pub(super) use own::admin_of;
pub(crate) use own::owner;
pub use own::{Own, own};
pub use trash::{RECORD, TREE};

/// How many ignored entries are listed, the largest first.
const LISTED: usize = 200;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The entry in the trash.
    pub entry: Entry,
    /// Whether the folder is in it; it may have been gone before.
    pub whole: bool,
    /// Whether the branch was deleted.
    pub branch_deleted: bool,
}

/// Takes a snapshot and tells what a removal would take away, but for whether its work is merged ([`with_merged`]).
/// Removes nothing.
///
/// # Errors
/// The worktree is not Bosk's (or not of this session, where one is given), or no snapshot can be taken.
pub async fn plan(
    repository: &Repository,
    trash: &Path,
    folder: &Path,
    session: Option<&SessionId>,
) -> Result<RemovalPlan, Problem> {
    Ok(plan_with_ignored(repository, trash, folder, session).await?.0)
}

/// The plan, with whether the work of the branch's own commits is in a main branch; `base` is what it was made from.
///
/// # Errors
/// Git failed.
pub(crate) async fn with_merged(
    repository: &Repository,
    mut plan: RemovalPlan,
    base: Option<&str>,
) -> Result<RemovalPlan, Problem> {
    if plan.own_commits > 0 {
        let (head, branch) = (&plan.token.head, plan.branch.as_deref());
        plan.merged = is_merged(repository, head, branch, base).await?;
    }
    Ok(plan)
}

/// The plan, and all that git ignores there, which the plan lists the largest of.
pub(crate) async fn plan_with_ignored(
    repository: &Repository,
    trash: &Path,
    folder: &Path,
    session: Option<&SessionId>,
) -> Result<(RemovalPlan, Vec<IgnoredFile>), Problem> {
    let own = own(repository, folder, session).await?;
    own.quiet().await?;
    let is_there = own.folder().exists();
    let Seen { token, uncommitted, nested, .. } = see(repository, trash, &own).await?;
    let all = if is_there { ignored(repository, own.folder(), None).await? } else { vec![] };
    let plan = RemovalPlan {
        own_commits: own_commits(repository, &token.head, own.branch()).await?,
        token,
        folder: paths::shown(own.folder()),
        merged: None,
        branch: own.branch().map(str::to_owned),
        uncommitted,
        ignored: all.iter().take(LISTED).cloned().collect(),
        ignored_total: u32::try_from(all.len()).unwrap_or(u32::MAX),
        nested,
    };
    Ok((plan, all))
}

/// A worktree as it is now, in a snapshot.
struct Seen {
    token: RemovalToken,
    uncommitted: bool,
    nested: Vec<String>,
    /// The removal that was cut short between its two moves.
    begun: Option<Entry>,
}

async fn see(repository: &Repository, trash: &Path, own: &Own) -> Result<Seen, Problem> {
    let git = &repository.git;
    let taken = if own.folder().exists() {
        snapshot::take(git, own.folder(), &own.owner).await?
    } else {
        let (trash, folder) = (trash.to_owned(), paths::shown(own.folder()));
        let (owner, name) = (own.owner.clone(), own.name());
        let common_dir = repository.common_dir.clone();
        let looking = tokio::task::spawn_blocking(move || {
            let is_it = |record: &Removed| {
                record.session == owner && record.folder == folder && record.token.worktree == name
            };
            // One whose second move is done is another one that was there before, and so is one that has been restored.
            let is_half = |one: &Entry| {
                !one.known(&common_dir).exists() && (one.is_whole() || !one.record.restoring)
            };
            trash::entries(&trash).into_iter().find(|one| is_it(&one.record) && is_half(one))
        });
        let begun = looking.await.map_err(|stopped| not_removed(&stopped.to_string()))?;
        if let Some(entry) = begun {
            let token = entry.record.token.clone();
            return Ok(Seen { token, uncommitted: false, nested: Vec::new(), begun: Some(entry) });
        }
        snapshot::of_known(git, &repository.root, &own.known, &own.owner).await?
    };
    let Snapshot { commit, head, uncommitted, nested, .. } = taken;
    let head = head.unwrap_or_default();
    let token = RemovalToken { head, snapshot: commit, worktree: own.name() };
    Ok(Seen { token, uncommitted, nested, begun: None })
}

/// What a removal needs to know.
#[derive(Debug, Clone)]
pub struct Request {
    /// The worktree's folder.
    pub folder: PathBuf,
    /// The session that it must have been made for; any, where none is given.
    pub session: Option<SessionId>,
    /// What the person saw and agreed to.
    pub token: RemovalToken,
    /// Whether to delete the branch, too. Its commits stay in the snapshot.
    pub delete_branch: bool,
}

/// Removes the worktree in exactly the state that the token names. Goes on to its end also where the
/// caller is dropped; a removal that was cut short can be asked for again.
///
/// # Errors
/// The worktree is not Bosk's, its state is another by now, or it cannot be moved. Then it is as it was.
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
    let own = own(repository, &folder, session.as_ref()).await?;
    own.quiet().await?;
    let seen = see(repository, trash, &own).await?;
    if seen.token != token {
        return Err(changed());
    }
    let record = Removed {
        session: own.owner.clone(),
        adopted: own.adopted,
        repository: trash::written(&repository.root)?,
        common_dir: trash::written(&repository.common_dir)?,
        folder: trash::written(own.folder())?,
        before: None,
        branch: own.branch().map(str::to_owned),
        config: branch_config(repository, own.branch()).await?,
        token: token.clone(),
        at: crate::journal::writer::wall_clock(),
        restoring: false,
        elsewhere: None,
    };
    // Whatever git has begun since is not cut in two.
    own.is_quiet()?;
    let (common_dir, trash) = (repository.common_dir.clone(), trash.to_owned());
    let branch = record.branch.clone();
    let begun = seen.begun;
    let moving =
        tokio::task::spawn_blocking(move || put_away(&own, begun, record, &trash, &common_dir));
    let entry = moving.await.map_err(|stopped| not_removed(&stopped.to_string()))??;
    let branch_deleted = match branch.filter(|_| delete_branch && !token.head.is_empty()) {
        Some(branch) => delete(repository, &branch, &token.head).await?,
        None => false,
    };
    Ok(Removal { whole: entry.is_whole(), entry, branch_deleted })
}

/// The two moves. Between them git lists a worktree whose folder is gone, and the entry says where it is.
fn put_away(
    own: &Own,
    begun: Option<Entry>,
    record: Removed,
    trash: &Path,
    common_dir: &Path,
) -> Result<Entry, Problem> {
    let mut entry = match begun {
        Some(mut entry) => {
            entry.record.restoring = false;
            entry.save().map_err(|error| not_removed(&error.to_string()))?;
            entry
        }
        None => Entry::new(trash, record).map_err(|error| not_removed(&error.to_string()))?,
    };
    if own.folder().symlink_metadata().is_ok() {
        entry.take(own.folder()).map_err(|error| undone(&entry, own, &error))?;
    }
    // With this, git has forgotten exactly one worktree; a prune would forget others, too.
    let known = entry.known(common_dir);
    let away = || -> std::io::Result<()> {
        let parent = known.parent().unwrap_or(common_dir);
        std::fs::create_dir_all(parent)?;
        std::fs::rename(&own.known, &known)?;
        crate::files::sync_folder(parent)
    };
    away().map_err(|error| undone(&entry, own, &error))?;
    // As git does: the folder goes with the last of them.
    let _ = own.known.parent().map(std::fs::remove_dir);
    Ok(entry)
}

/// Takes back what was done of it, so that nothing is half away.
fn undone(entry: &Entry, own: &Own, error: &std::io::Error) -> Problem {
    if own.folder().symlink_metadata().is_err() && entry.is_whole() {
        let _ = std::fs::rename(entry.tree(), own.folder());
    }
    // Where the folder is gone, the entry says which snapshot holds it.
    if own.folder().symlink_metadata().is_ok() {
        entry.take_back();
    }
    not_removed(&error.to_string())
}

/// Deletes the branch if it is still where the person saw it.
async fn delete(repository: &Repository, branch: &str, head: &str) -> Result<bool, Problem> {
    let listed = super::listing::list(&repository.git, &repository.root).await?;
    let full_name = format!("refs/heads/{branch}");
    if listed.iter().any(|other| other.branch.as_deref() == Some(&full_name)) {
        return Ok(false);
    }
    let change = || repository.git.change(&repository.root);
    let deleted = change().args(["update-ref", "-d", &full_name, head]).run().await.is_ok();
    if deleted {
        // Set where the session pushed it; absent otherwise.
        let section = format!("branch.{branch}");
        let _ = change().args(["config", "--remove-section", &section]).run().await;
    }
    Ok(deleted)
}

/// What is configured of the branch, which goes with it.
async fn branch_config(
    repository: &Repository,
    branch: Option<&str>,
) -> Result<Vec<(String, String)>, Problem> {
    let Some(branch) = branch else { return Ok(Vec::new()) };
    let call = repository.git.look(&repository.root).args(["config", "--local", "--list", "-z"]);
    let listed = call.run().await?;
    let begin = format!("branch.{branch}.");
    let of_it = listed.fields().filter_map(|field| {
        let field = String::from_utf8_lossy(field).into_owned();
        let (key, value) = field.split_once('\n')?;
        let word = key.strip_prefix(&begin)?;
        (!word.contains('.')).then(|| (key.to_owned(), value.to_owned()))
    });
    Ok(of_it.collect())
}

/// How many commits only this branch, or only this HEAD, has.
pub(super) async fn own_commits(
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

/// What git ignores in the worktree, the largest first; a folder that is ignored whole is one entry. `known` is what
/// git knew of it, where it is in the trash.
pub(crate) async fn ignored(
    repository: &Repository,
    folder: &Path,
    known: Option<&Path>,
) -> Result<Vec<IgnoredFile>, Problem> {
    let entries = ignored_paths(repository, folder, known).await?;
    let folder = folder.to_owned();
    let measuring = tokio::task::spawn_blocking(move || {
        let sized = entries.into_iter().map(|path| IgnoredFile {
            bytes: length(&folder.join(&path)),
            path: paths::shown(&path),
        });
        let mut sized: Vec<_> = sized.collect();
        sized.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
        sized
    });
    measuring.await.map_err(|stopped| not_removed(&stopped.to_string()))
}

/// The paths of [`ignored`], from the worktree's root.
pub(crate) async fn ignored_paths(
    repository: &Repository,
    folder: &Path,
    known: Option<&Path>,
) -> Result<Vec<PathBuf>, GitError> {
    let mut call = repository.git.look(folder);
    if let Some(known) = known {
        call = call.env("GIT_DIR", known).env("GIT_WORK_TREE", folder);
    }
    let call = call.args(["status", "--porcelain=v2", "-z", "--untracked-files=all"]);
    let output = call.args(["--ignored=matching", "--ignore-submodules=all"]).run().await?;
    let entries = output.fields().filter_map(|field| field.strip_prefix(b"! "));
    Ok(entries.map(paths::from_git).collect())
}

/// The length of a file, or of all files in a folder; links are not followed.
fn length(path: &Path) -> u64 {
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

pub(crate) fn changed() -> Problem {
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
