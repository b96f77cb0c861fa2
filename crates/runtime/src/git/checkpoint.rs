//! The work tree as it was before a message of the person's: kept under `refs/bosk/<session>/at/<message>`, and put
//! back. Nothing moves a branch: what was committed since stays committed, and the difference is uncommitted. Not
//! here: what git ignores, and repositories inside ([`super::snapshot`]).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bosk_core::git::Changes;
use bosk_core::{Problem, ProblemCode, SessionId};

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
    // Source of what it does: git-read-tree(1), "Two Tree Merge". It checks everything before it changes anything.
    with_copy().args(["read-tree", "-m", "-u", &tree, &then_tree]).run().await?;
    let index = index_of(git, worktree, then).await?.unwrap_or(then_tree);
    git.change(worktree).args(["read-tree", &index]).run().await?;
    // Only spares the next look its reading of every file; files that differ make it say no.
    git.change(worktree).args(["update-index", "-q", "--refresh"]).ask().await?;
    Ok(())
}

/// Whether the tree of that snapshot is the tree of this one.
///
/// # Errors
/// Git failed.
pub async fn is_same(git: &Git, folder: &Path, one: &str, other: &str) -> Result<bool, Problem> {
    Ok(tree_of(git, folder, one).await? == tree_of(git, folder, other).await?)
}

/// What no snapshot holds must not be there: a merge that goes on, and which files of a sparse checkout are wanted.
async fn can_restore(git: &Git, worktree: &Path) -> Result<(), Problem> {
    let refused =
        |text: &str, hint: &str| Err(Problem::new(ProblemCode::SessionState, text).hint(hint));
    let sparse = git.look(worktree).args(["config", "--bool", "core.sparseCheckout"]);
    if sparse.answer_or_nothing().await? == "true" {
        return refused(
            "The worktree is a sparse checkout, whose files cannot go back, so nothing was changed.",
            "The conversation alone can go back.",
        );
    }
    let names = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"];
    let mut call = git.look(worktree).args(["rev-parse", "--path-format=absolute"]);
    for name in names {
        call = call.args(["--git-path", name]);
    }
    let listed = call.run().await?.stdout;
    let goes_on = listed.split(|byte| *byte == b'\n').filter(|path| !path.is_empty());
    if goes_on.map(paths::from_git).any(|path| path.exists()) {
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
    let names = async |filter: &str| {
        let call =
            git.look(worktree).args(["diff-tree", "-r", "-z", "--name-only", "--no-renames"]);
        call.args([filter, "--end-of-options", now, then]).run().await
    };
    let (added, gone) = (names("--diff-filter=A").await?, names("--diff-filter=D").await?);
    if added.truncated || gone.truncated {
        let text = "Too many files differ for them to go back, so nothing was changed.";
        return Err(Problem::new(ProblemCode::WorktreeFailed, text));
    }
    let gone: HashSet<PathBuf> = gone.fields().map(paths::from_git).collect();
    let added: Vec<PathBuf> = added.fields().map(paths::from_git).collect();
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
pub(super) fn stranger(root: &Path, path: &Path, gone: &HashSet<PathBuf>) -> Option<PathBuf> {
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

async fn tree_of(git: &Git, folder: &Path, commit: &str) -> Result<String, Problem> {
    let call = git.look(folder).args(["rev-parse", "--verify", "--end-of-options"]);
    Ok(call.arg(format!("{commit}^{{tree}}")).run().await?.text())
}

/// The tree of a snapshot's index, where it has one.
async fn index_of(git: &Git, folder: &Path, snapshot: &str) -> Result<Option<String>, Problem> {
    let format = "--format=%T %s";
    let parents = git.look(folder).args(["log", "--no-walk", format, "--end-of-options"]);
    let parents = parents.arg(format!("{snapshot}^@")).answer_or_nothing().await?;
    let mut named = parents.lines().filter_map(|line| line.split_once(' '));
    Ok(named.find(|(_, subject)| *subject == snapshot::INDEX).map(|(tree, _)| tree.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;

    fn session() -> SessionId {
        SessionId::parse("00000000-0000-4000-8000-000000000001").unwrap()
    }

    #[tokio::test]
    async fn everything_is_as_it_was_and_what_was_there_can_be_brought_back() {
        let scratch = testing::repository().await;
        let (git, root) = (&scratch.git, scratch.path());
        scratch.write(".gitignore", "*.log\n");
        scratch.write("kept.txt", "kept\n");
        scratch.write("folder/deep.txt", "deep\n");
        scratch.commit("base").await;
        scratch.write("readme.md", "staged\n");
        scratch.run(&["add", "readme.md"]).await;
        scratch.write("readme.md", "staged, then changed\n");
        scratch.write("untracked.txt", "u\n");
        scratch.write("ignored.log", "mine\n");
        keep(git, root, &session(), "m-1").await.unwrap();
        let then = find(git, root, &session(), "m-1").await.unwrap().unwrap();
        let status = scratch.run(&["status", "--porcelain=v1"]).await;

        std::fs::remove_file(root.join("untracked.txt")).unwrap();
        std::fs::remove_dir_all(root.join("folder")).unwrap();
        scratch.write("folder", "a file now\n");
        scratch.write("new/한글 \"q\".txt", "n\n");
        scratch.write("kept.txt", "other\n");
        scratch.run(&["add", "-A"]).await;
        let committed = scratch.commit("since").await;
        scratch.write("later.txt", "l\n");

        let now = snapshot::take(git, root, &session()).await.unwrap().commit;
        let changes = difference(git, root, &now, &then).await.unwrap();
        assert_eq!(changes.total, 6, "{changes:?}");
        restore(git, root, &now, &then).await.unwrap();
        assert_eq!(std::fs::read_to_string(root.join("folder/deep.txt")).unwrap(), "deep\n");
        assert_eq!(std::fs::read_to_string(root.join("ignored.log")).unwrap(), "mine\n");
        assert!(!root.join("later.txt").exists() && !root.join("new").exists());
        assert_eq!(scratch.run(&["rev-parse", "HEAD"]).await, committed, "no branch moves");
        scratch.run(&["reset", "--soft", "-q", "HEAD~1"]).await;
        assert_eq!(scratch.run(&["status", "--porcelain=v1"]).await, status);
        scratch.run(&["reset", "--soft", "-q", &committed]).await;

        let gone_back = snapshot::take(git, root, &session()).await.unwrap().commit;
        restore(git, root, &gone_back, &now).await.unwrap();
        assert_eq!(std::fs::read_to_string(root.join("folder")).unwrap(), "a file now\n");
        assert_eq!(snapshot::take(git, root, &session()).await.unwrap().commit, now);
    }

    #[tokio::test]
    async fn what_changed_meanwhile_and_what_is_ignored_is_never_overwritten() {
        let scratch = testing::repository().await;
        let (git, root) = (&scratch.git, scratch.path());
        scratch.write("out.log", "was tracked\n");
        scratch.commit("base").await;
        keep(git, root, &session(), "m").await.unwrap();
        let then = find(git, root, &session(), "m").await.unwrap().unwrap();
        scratch.run(&["rm", "-q", "--cached", "out.log"]).await;
        scratch.write(".gitignore", "*.log\n");
        scratch.write("out.log", "precious\n");
        let now = snapshot::take(git, root, &session()).await.unwrap().commit;
        scratch.write("readme.md", "changed since\n");
        let refused = restore(git, root, &now, &then).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::SessionState);
        let now = snapshot::take(git, root, &session()).await.unwrap().commit;
        let refused = restore(git, root, &now, &then).await.unwrap_err();
        assert!(refused.message.contains("out.log"), "{refused:?}");
        assert_eq!(std::fs::read_to_string(root.join("out.log")).unwrap(), "precious\n");
        assert_eq!(snapshot::take(git, root, &session()).await.unwrap().commit, now);
        // The same below a folder that a file is to replace, and above a file.
        std::fs::remove_file(root.join("out.log")).unwrap();
        std::fs::create_dir_all(root.join("out.log/deep")).unwrap();
        scratch.write("out.log/deep/x", "precious\n");
        let now = snapshot::take(git, root, &session()).await.unwrap().commit;
        let refused = restore(git, root, &now, &then).await.unwrap_err();
        assert!(refused.message.contains("deep"), "{refused:?}");
        assert!(root.join("out.log/deep/x").exists());
    }

    #[tokio::test]
    async fn a_merge_and_a_sparse_checkout_are_left_alone() {
        let scratch = testing::repository().await;
        let (git, root) = (&scratch.git, scratch.path());
        keep(git, root, &session(), "m").await.unwrap();
        let then = find(git, root, &session(), "m").await.unwrap().unwrap();
        scratch.write("readme.md", "since\n");
        keep(git, root, &session(), "m").await.unwrap();
        assert_eq!(find(git, root, &session(), "m").await.unwrap().as_ref(), Some(&then), "once");
        let now = snapshot::take(git, root, &session()).await.unwrap().commit;
        scratch.run(&["config", "core.sparseCheckout", "true"]).await;
        assert!(restore(git, root, &now, &then).await.unwrap_err().message.contains("sparse"));
        scratch.run(&["config", "--unset", "core.sparseCheckout"]).await;
        let head = scratch.run(&["rev-parse", "HEAD"]).await;
        std::fs::write(root.join(".git/MERGE_HEAD"), head).unwrap();
        assert!(restore(git, root, &now, &then).await.unwrap_err().message.contains("merge"));
        std::fs::remove_file(root.join(".git/MERGE_HEAD")).unwrap();
        restore(git, root, &now, &then).await.unwrap();
        assert!(
            is_same(git, root, &then, &snapshot::take(git, root, &session()).await.unwrap().commit)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_name_that_is_no_name_names_nothing() {
        let scratch = testing::repository().await;
        for name in ["", "../../heads/main", "a b", "x".repeat(65).as_str()] {
            keep(&scratch.git, scratch.path(), &session(), name).await.unwrap();
            assert_eq!(find(&scratch.git, scratch.path(), &session(), name).await.unwrap(), None);
        }
        assert_eq!(scratch.run(&["for-each-ref", "refs/bosk"]).await, "");
    }
}
