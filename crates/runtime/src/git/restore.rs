//! Taking a worktree out of the trash: its folder goes back where it was, and what git knew of it comes back into
//! git's sight. Where one of them is gone it is made of the snapshot first, inside the trash, so that there is one way
//! back and each of its steps can be repeated. Not here: the session ([`crate::client::archive`]).

mod rebuild;

use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode};

use super::listing::{self, ADOPTED, REASON};
use super::remove::admin_of;
use super::trash::{self, Entry, Removed};
use super::worktree::free;
use super::{Repository, paths};
use crate::client::blocking;
use crate::files;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The folder that it is in now.
    pub folder: PathBuf,
    /// What was put away.
    pub record: Removed,
    /// Why it is not on its branch, where it is not.
    pub note: Option<String>,
}

/// Restores it. Goes on to its end also where the caller is dropped; what was cut short can be asked for again.
///
/// # Errors
/// Something is in the way, or git failed. Then it is in the trash as before, or can be asked for again.
pub async fn restore(
    repository: &Repository,
    locks: &Path,
    trash: &Path,
    id: &str,
) -> Result<Restored, Problem> {
    let (repository, locks, trash) = (repository.clone(), locks.to_owned(), trash.to_owned());
    let id = id.to_owned();
    let restoring = tokio::spawn(async move {
        let _lock = repository.lock(&locks).await?;
        let entry = trash::find(&trash, &id)?;
        perform(&repository, entry).await
    });
    restoring.await.unwrap_or_else(|stopped| Err(not_restored(&stopped)))
}

async fn perform(repository: &Repository, mut entry: Entry) -> Result<Restored, Problem> {
    let git = &repository.git;
    let sweeping = entry.clone();
    blocking(move || {
        rebuild::sweep(&sweeping);
        Ok(())
    })
    .await?;
    let known = entry.known(&repository.common_dir);
    let old = PathBuf::from(&entry.record.folder);
    // Cut short: git lists it already, or has never forgotten it.
    let admin = admin_of(repository, &old).filter(|admin| {
        admin.file_name().is_some_and(|name| name.to_str() == Some(&entry.record.token.worktree))
    });
    // Not one that has come to its place since, under its name.
    let is_another = is_of(&old, &entry.record.token.worktree);
    let was_known = known.exists();
    let is_listed = admin.is_some() && !was_known && !is_another;
    if entry.record.restoring && !entry.is_whole() && !was_known {
        return Ok(Restored { folder: old, record: entry.record, note: None });
    }
    if !is_listed && !was_known {
        rebuild::known(repository, &entry, &known).await?;
    }
    let own = admin.filter(|_| is_listed).unwrap_or_else(|| known.clone());
    // The power failed between the two moves: the folder never left.
    let is_in_place = !entry.is_whole()
        && was_known
        && never_left(repository, &old, &entry.record.token.worktree);
    let is_rebuilt = !entry.is_whole() && !is_in_place;
    if is_rebuilt {
        rebuild::tree(repository, &entry, &own).await?;
    }
    let folder = if is_in_place { old.clone() } else { free(&old) };
    let name = if is_listed {
        entry.record.token.worktree.clone()
    } else {
        free_name(repository, &entry.record)
    };
    if (folder != old || name != entry.record.token.worktree) && own.join("modules").exists() {
        return Err(in_the_way(&old));
    }
    let itself = is_listed.then_some(old.as_path());
    let note = branch(repository, &entry.record, &own, itself).await?;
    if folder != old {
        entry.record.before.get_or_insert_with(|| entry.record.folder.clone());
    }
    entry.record.restoring = true;
    entry.record.folder = trash::written(&folder)?;
    entry.record.token.worktree = name;
    let listed_at =
        paths::plain(&repository.common_dir).join("worktrees").join(&entry.record.token.worktree);
    let moving = tokio::task::spawn_blocking({
        let (own, folder, entry) = (own.clone(), folder.clone(), entry.clone());
        move || put_back(&entry, &own, &listed_at, &folder)
    });
    let moved = moving.await.map_err(|stopped| not_restored(&stopped))?;
    moved.map_err(|error| not_restored(&error))?;
    if is_rebuilt {
        // Only spares the next look its reading of every file; files that differ make it say no.
        let refresh = git.change(&folder).args(["update-index", "-q", "--refresh"]);
        let _ = refresh.ask().await;
    }
    Ok(Restored { folder, record: entry.record, note })
}

/// Says where it goes, and then does it: so whoever comes after a kill in between knows what was meant.
fn put_back(entry: &Entry, own: &Path, listed_at: &Path, folder: &Path) -> std::io::Result<()> {
    entry.save()?;
    let git_file = folder.join(".git");
    write_path(&own.join("gitdir"), b"", &git_file)?;
    if !own.join("locked").exists() {
        let reason = match entry.record.adopted {
            true => ADOPTED.to_owned(),
            false => format!("{REASON}{}", entry.record.session),
        };
        files::write_atomically(&own.join("locked"), reason.as_bytes())?;
    }
    if own != listed_at {
        let parent = listed_at.parent().unwrap_or(listed_at);
        std::fs::create_dir_all(parent)?;
        std::fs::rename(own, listed_at)?;
        files::sync_folder(parent)?;
    }
    let tree = entry.tree();
    if entry.is_whole() {
        write_path(&tree.join(".git"), b"gitdir: ", listed_at)?;
        let parent = folder.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)?;
        std::fs::rename(&tree, folder)?;
        files::sync_folder(parent)?;
    } else {
        write_path(&git_file, b"gitdir: ", listed_at)?;
    }
    Ok(())
}

/// A file of git's that holds a path.
fn write_path(file: &Path, before: &[u8], path: &Path) -> std::io::Result<()> {
    let content = [before, &paths::to_git(path), b"\n"].concat();
    if std::fs::read(file).is_ok_and(|there| there == content) {
        return Ok(());
    }
    files::write_atomically(file, &content)
}

/// Sees to it that HEAD is where it was: on its branch if nobody has that now and it has not moved, else on the commit.
/// A branch that is gone is made again. `itself` is where git lists this very worktree, if it does.
async fn branch(
    repository: &Repository,
    record: &Removed,
    own: &Path,
    itself: Option<&Path>,
) -> Result<Option<String>, Problem> {
    let git = &repository.git;
    let with = || git.change(&repository.root).env("GIT_DIR", own);
    let head = &record.token.head;
    let detach = async |why: String| -> Result<Option<String>, Problem> {
        if !head.is_empty() {
            let reason = ["-m", "bosk: restored"];
            with().arg("update-ref").args(reason).args(["--no-deref", "HEAD", head]).run().await?;
        }
        Ok(Some(why))
    };
    let Some(branch) = &record.branch else { return Ok(None) };
    let full_name = format!("refs/heads/{branch}");
    let listed = listing::list(git, &repository.root).await?;
    let has_it = |other: &&listing::Listed| {
        other.branch.as_deref() == Some(&full_name) && Some(other.folder.as_path()) != itself
    };
    if let Some(other) = listed.iter().find(has_it) {
        let text = format!("`{branch}` is checked out in {} now", other.folder.display());
        return detach(text).await;
    }
    match repository.tip(branch).await? {
        Some(tip) if tip != *head => return detach(format!("`{branch}` has moved since")).await,
        None if !head.is_empty() => {
            let absent = "0".repeat(head.len());
            let make = git.change(&repository.root).args(["update-ref", "--create-reflog"]);
            let make = make.args(["-m", "bosk: restored", "--", &full_name, head, &absent]).run();
            if make.await.is_err() {
                return detach(format!("`{branch}` cannot be made again")).await;
            }
            for (key, value) in &record.config {
                let set = git.change(&repository.root).args(["config", "--add", "--", key, value]);
                // Where it pushed to; the branch is there without it.
                let _ = set.run().await;
            }
        }
        _ => {}
    }
    let is_there = with().args(["symbolic-ref", "--quiet", "HEAD"]).answer_or_nothing().await?;
    if is_there != full_name {
        with().args(["symbolic-ref", "HEAD", &full_name]).run().await?;
    }
    Ok(None)
}

/// Whether the folder is the worktree of that name.
fn is_of(folder: &Path, name: &str) -> bool {
    let Ok(content) = std::fs::read(folder.join(".git")) else { return false };
    let path = paths::from_git(content.trim_ascii_end());
    path.file_name().is_some_and(|last| last.to_str() == Some(name))
}

/// Whether the folder still points at what git knew of the worktree of that name, which was put away: where git has one
/// of that name, in this repository or in another, the folder is that one's.
fn never_left(repository: &Repository, folder: &Path, name: &str) -> bool {
    let Ok(content) = std::fs::read(folder.join(".git")) else { return false };
    let Some(path) = content.trim_ascii_end().strip_prefix(b"gitdir: ") else { return false };
    let admin = folder.join(paths::from_git(path));
    let common_dir = admin.parent().and_then(Path::parent).map(std::fs::canonicalize);
    is_of(folder, name)
        && admin.symlink_metadata().is_err()
        && common_dir.is_some_and(|found| found.is_ok_and(|found| found == repository.common_dir))
}

/// Git's name for it, or another one where that is taken.
fn free_name(repository: &Repository, record: &Removed) -> String {
    let name = match record.token.worktree.as_str() {
        "" => "restored",
        name => name,
    };
    let all = repository.common_dir.join("worktrees");
    let numbered = (1_u32..).map(|number| format!("{name}{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| all.join(name).symlink_metadata().is_err())
        .unwrap_or_else(|| name.to_owned())
}

fn in_the_way(folder: &Path) -> Problem {
    let text = format!(
        "The worktree has submodules, which must be where they were, and {} is taken. It was left in the trash.",
        folder.display()
    );
    Problem::new(ProblemCode::WorktreeFailed, text)
        .hint("Put away or remove the worktree of that name, then try again.")
}

pub(super) fn not_restored(why: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        ProblemCode::WorktreeFailed,
        format!("The worktree could not be restored: {why}. It is still in the trash."),
    )
    .hint("See whether its old place can be written to, then try again.")
}

#[cfg(test)]
mod tests;
