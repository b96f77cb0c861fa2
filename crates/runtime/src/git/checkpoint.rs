//! The work tree as it was before a message of the person's: kept under `refs/bosk/<session>/at/<message>`, and put
//! back. Nothing moves a branch: what was committed since stays committed, and the difference is uncommitted. Not
//! here: what git ignores, and repositories inside ([`super::snapshot`]).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bosk_core::git::Changes;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::command::Output;
use super::merge::operation::half_way;
use super::merge::tree::tree_of;
use super::{Git, changes, paths, snapshot};

/// The most files that a preview lists.
const MOST: usize = 500;

/// The reference, where the message's name can be a part of one. Names come from whoever sends.
fn reference(session: &SessionId, message: &str) -> Option<String> {
    let plain = |one: char| one.is_ascii_alphanumeric() || one == '-';
    let is_plain = (1..=64).contains(&message.len()) && message.chars().all(plain);
    is_plain.then(|| format!("refs/bosk/{session}/at/{message}"))
}

/// Keeps the work tree as it is now.
///
/// # Errors
/// It cannot be read, or git failed.
pub async fn keep(
    git: &Git,
    worktree: &Path,
    session: &SessionId,
    message: &str,
) -> Result<(), Problem> {
    let made = snapshot::make(git, worktree, session, Vec::new()).await?;
    keep_commit(git, worktree, session, message, &made.commit).await
}

/// Keeps a commit that holds all there is: nothing has changed in its worktree yet. What was kept for that message
/// before stays: a message that is sent once more has been worked on since.
///
/// # Errors
/// Git failed.
pub async fn keep_commit(
    git: &Git,
    worktree: &Path,
    session: &SessionId,
    message: &str,
    commit: &str,
) -> Result<(), Problem> {
    let Some(reference) = reference(session, message) else { return Ok(()) };
    if find(git, worktree, session, message).await?.is_none() {
        let absent = "0".repeat(commit.len());
        git.change(worktree).args(["update-ref", "--", &reference, commit, &absent]).run().await?;
    }
    Ok(())
}

/// What was kept before that message, if anything was.
///
/// # Errors
/// Git failed.
pub async fn find(
    git: &Git,
    folder: &Path,
    session: &SessionId,
    message: &str,
) -> Result<Option<String>, Problem> {
    let Some(reference) = reference(session, message) else { return Ok(None) };
    let call = git.look(folder).args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    let found = call.arg(format!("{reference}^{{commit}}")).answer_or_nothing().await?;
    Ok(Some(found).filter(|commit| !commit.is_empty()))
}

/// The commit at HEAD when that was kept: a snapshot's first parent, or the commit itself where nothing differed.
///
/// # Errors
/// Git failed.
pub async fn head(git: &Git, folder: &Path, kept: &str) -> Result<String, Problem> {
    // A snapshot is Bosk's; a commit that is kept as such is anybody's.
    let format = "--format=%ae %P";
    let call = git.look(folder).args(["log", "-1", "--no-walk", format, "--end-of-options", kept]);
    let said = call.run().await?.text();
    let mut words = said.split(' ');
    Ok(match (words.next(), words.next()) {
        (Some(snapshot::EMAIL), Some(first)) if !first.is_empty() => first.to_owned(),
        _ => kept.to_owned(),
    })
}

/// What putting `then` in the place of `now` would change: two snapshots.
///
/// # Errors
/// Git failed.
pub async fn difference(
    git: &Git,
    worktree: &Path,
    now: &str,
    then: &str,
) -> Result<Changes, Problem> {
    changes::between(git, worktree, now, then, MOST).await
}

/// Puts work tree and index as the snapshot `then` has them. `now` is the snapshot of how they are, so all that goes
/// is in it.
///
/// # Errors
/// They are not as `now` has them any more, a file that git ignores is in the way, or git failed. Then nothing was
/// changed, unless the disk refused half of it.
pub async fn restore(git: &Git, worktree: &Path, now: &str, then: &str) -> Result<(), Problem> {
    ready(git, worktree, now, then).await?.restore(git, worktree).await
}

/// A way back that nothing was found to stand in.
pub struct Ready {
    copy: snapshot::IndexCopy,
    trees: (String, String),
    index: String,
    /// What git would not write as it was.
    raw: Option<String>,
}

/// Looks whether they can be put so, and changes nothing yet.
///
/// # Errors
/// As for [`restore`].
pub async fn ready(git: &Git, worktree: &Path, now: &str, then: &str) -> Result<Ready, Problem> {
    can_restore(git, worktree).await?;
    let copy = snapshot::IndexCopy::of(git, worktree).await?;
    let with_copy = || git.change(worktree).env("GIT_INDEX_FILE", &copy.file);
    snapshot::add_work_tree(worktree, with_copy).await?;
    let tree = with_copy().args(["write-tree", "--missing-ok"]).run().await?.text();
    if tree != tree_of(git, worktree, now).await? {
        return Err(Problem::new(
            ProblemCode::SessionState,
            "The files have changed since you looked, so nothing was changed.",
        )
        .hint("Look at what would change once more, then decide."));
    }
    let then_tree = tree_of(git, worktree, then).await?;
    in_the_way(git, worktree, &tree, &then_tree).await?;
    let index = part_of(git, worktree, then, snapshot::INDEX).await?;
    let index = index.unwrap_or_else(|| then_tree.clone());
    let raw = part_of(git, worktree, then, snapshot::RAW).await?;
    Ok(Ready { copy, trees: (tree, then_tree), index, raw })
}

impl Ready {
    /// Puts them so.
    ///
    /// # Errors
    /// Git failed, or the disk refused half of it.
    pub async fn restore(self, git: &Git, worktree: &Path) -> Result<(), Problem> {
        let (tree, then_tree) = self.trees;
        // Source of what it does: git-read-tree(1), "Two Tree Merge". It checks everything before it changes anything.
        let call = git.change(worktree).env("GIT_INDEX_FILE", &self.copy.file);
        call.args(["read-tree", "-m", "-u", &tree, &then_tree]).run().await?;
        if let Some(raw) = &self.raw {
            snapshot::lay(git, worktree, worktree, raw).await?;
        }
        git.change(worktree).args(["read-tree", &self.index]).run().await?;
        // Only spares the next look its reading of every file; files that differ make it say no.
        git.change(worktree).args(["update-index", "-q", "--refresh"]).ask().await?;
        Ok(())
    }
}

/// Whether going from one snapshot to the other may have been broken off at `now`: nothing differs from the first that
/// does not differ from the other.
///
/// # Errors
/// Git failed.
pub async fn is_on_the_way(
    git: &Git,
    worktree: &Path,
    (from, to): (&str, &str),
    now: &str,
) -> Result<bool, Problem> {
    let (all, until_now) = (
        differing(git, worktree, &[], from, to).await?,
        differing(git, worktree, &[], from, now).await?,
    );
    Ok(until_now.is_subset(&all))
}

/// The files that differ between two trees, of some kinds or of all.
async fn differing(
    git: &Git,
    worktree: &Path,
    filter: &[&str],
    one: &str,
    other: &str,
) -> Result<HashSet<PathBuf>, Problem> {
    let call = git.look(worktree).args(["diff-tree", "-r", "-z", "--name-only", "--no-renames"]);
    let names = call.args(filter).args(["--end-of-options", one, other]).run().await?;
    if names.truncated {
        let text = "Too many files differ for them to go back, so nothing was changed.";
        return Err(Problem::new(ProblemCode::WorktreeFailed, text));
    }
    Ok(names.fields().map(paths::from_git).collect())
}

/// Whether the tree of that snapshot is the tree of this one.
///
/// # Errors
/// Git failed.
pub async fn is_same(git: &Git, folder: &Path, one: &str, other: &str) -> Result<bool, Problem> {
    Ok(tree_of(git, folder, one).await? == tree_of(git, folder, other).await?)
}

/// What no snapshot holds must not be there: a merge that goes on, and which files of a sparse checkout are wanted.
pub(super) async fn can_restore(git: &Git, worktree: &Path) -> Result<(), Problem> {
    let refused =
        |text: &str, hint: &str| Err(Problem::new(ProblemCode::SessionState, text).hint(hint));
    let sparse = git.look(worktree).args(["config", "--bool", "core.sparseCheckout"]);
    if sparse.answer_or_nothing().await? == "true" {
        return refused(
            "The worktree is a sparse checkout, whose files cannot go back, so nothing was changed.",
            "The conversation alone can go back.",
        );
    }
    if half_way(git, worktree).await?.is_some() {
        return refused(
            "A merge or a rebase goes on in the worktree, so nothing was changed.",
            "Finish or abort it first.",
        );
    }
    Ok(())
}

/// Puts a new worktree, in which nothing differs from its commit yet, as the snapshot has it.
///
/// # Errors
/// As for [`restore`].
pub async fn bring(
    git: &Git,
    worktree: &Path,
    session: &SessionId,
    then: &str,
) -> Result<(), Problem> {
    let now = snapshot::make(git, worktree, session, Vec::new()).await?;
    restore(git, worktree, &now.commit, then).await
}

/// Git overwrites what it ignores, and no snapshot holds that: such a file where another one is to come stops it all.
async fn in_the_way(git: &Git, worktree: &Path, now: &str, then: &str) -> Result<(), Problem> {
    let listed = async |filter: &str| {
        let call = git.look(worktree).args(["diff-tree", "-r", "-z", "--raw", "--no-renames"]);
        call.args([filter, "--end-of-options", now, then]).run().await
    };
    let (added, gone) = (listed("--diff-filter=A").await?, listed("--diff-filter=D").await?);
    if added.truncated || gone.truncated {
        let text = "Too many files differ for them to go back, so nothing was changed.";
        return Err(Problem::new(ProblemCode::WorktreeFailed, text));
    }
    let pairs = |output: &Output| {
        let fields: Vec<&[u8]> = output.fields().collect();
        let pairs = fields.chunks_exact(2).map(|pair| (pair[0].to_vec(), paths::from_git(pair[1])));
        pairs.collect::<Vec<_>>()
    };
    let gone: HashSet<PathBuf> = pairs(&gone).into_iter().map(|(_, path)| path).collect();
    // A repository inside stays as it is whether this one knows it or not.
    let is_file = |(about, _): &(Vec<u8>, PathBuf)| !about.starts_with(b":000000 160000 ");
    let added: Vec<PathBuf> =
        pairs(&added).into_iter().filter(is_file).map(|(_, path)| path).collect();
    let root = worktree.to_owned();
    let looking = tokio::task::spawn_blocking(move || {
        added.iter().find_map(|path| stranger(&root, path, &gone))
    });
    let found = looking.await.map_err(|e| Problem::new(ProblemCode::Internal, e.to_string()))?;
    found.map_or(Ok(()), |path| {
        let text = format!(
            "`{}` is in the way and is not in git, so nothing was changed.",
            path.display()
        );
        Err(Problem::new(ProblemCode::SessionState, text)
            .hint("Move it somewhere else, then go back."))
    })
}

/// What is in the place of `path` though nothing that goes is there.
pub(crate) fn stranger(root: &Path, path: &Path, gone: &HashSet<PathBuf>) -> Option<PathBuf> {
    let is_file = |path: &Path| root.join(path).symlink_metadata().is_ok_and(|one| !one.is_dir());
    let above = path.ancestors().skip(1).filter(|one| !one.as_os_str().is_empty());
    let file = std::iter::once(path).chain(above).find(|one| is_file(one) && !gone.contains(*one));
    file.map(Path::to_owned).or_else(|| {
        // A folder that a file is to replace, and what is in it.
        let mut folders = vec![path.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
                let path = folder.join(entry.file_name());
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(path),
                    _ if gone.contains(&path) => {}
                    _ => return Some(path),
                }
            }
        }
        None
    })
}

/// The tree of that part of a snapshot, where it has one: the commit among its parents that says so.
pub(super) async fn part_of(
    git: &Git,
    folder: &Path,
    commit: &str,
    says: &str,
) -> Result<Option<String>, Problem> {
    let format = "--format=%T %ae %s";
    let parents = git.look(folder).args(["log", "--no-walk", format, "--end-of-options"]);
    let parents = parents.arg(format!("{commit}^@")).answer_or_nothing().await?;
    let mut named = parents.lines().filter_map(|line| line.split_once(' '));
    let wanted = format!("{} {says}", snapshot::EMAIL);
    Ok(named.find(|(_, said)| *said == wanted).map(|(tree, _)| tree.to_owned()))
}

#[cfg(test)]
mod tests;
