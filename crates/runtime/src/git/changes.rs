//! What a session has changed, counted: committed, uncommitted and untracked. Only looks. Not here: comparing
//! ([`super::compare`]), history, and changing anything.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use bosk_core::git::{ChangeKind, ChangedFile, Changes, FileDiff};
use bosk_core::review::path::to_text;
use bosk_core::{Problem, ProblemCode};

use super::compare::{Difference, Sides, compare, read};
use super::lines::{Wanted, lines};
use super::{Git, paths};

/// The most that is shown of one file's difference, in bytes.
const DIFF_LIMIT: usize = 1 << 20;

/// The most that is read of an untracked file to count its lines, in bytes.
const COUNT_LIMIT: u64 = 4 << 20;

/// The files that differ from the commit `base`: the first `most` of them, and how many in all.
///
/// # Errors
/// The base is gone, or git failed.
pub async fn changes(
    git: &Git,
    worktree: &Path,
    base: &str,
    most: usize,
) -> Result<Changes, Problem> {
    let compared = compare(git, worktree, &Sides::Commit(base.to_owned()), false).await?;
    let total = u32::try_from(compared.files.len()).unwrap_or(u32::MAX);
    let folder = worktree.to_owned();
    let counting = tokio::task::spawn_blocking(move || {
        let mut files = Vec::new();
        for (path, difference) in compared.files.into_iter().take(most) {
            let mut file = changed(&path, &difference);
            if file.kind == ChangeKind::Untracked {
                count(&folder.join(paths::from_git(&path)), &mut file);
            }
            files.push(file);
        }
        files
    });
    let files = counting.await.map_err(|e| Problem::new(ProblemCode::Internal, e.to_string()))?;
    Ok(listed(files, total, compared.more))
}

/// The files in which one commit differs from another: the first `most` of them, and how many in all.
///
/// # Errors
/// One of them is gone, or git failed.
pub async fn between(
    git: &Git,
    folder: &Path,
    from: &str,
    to: &str,
    most: usize,
) -> Result<Changes, Problem> {
    let differs = git
        .look(folder)
        .args(["diff", "--raw", "--numstat", "-z", "--no-renames", "--abbrev=40"])
        .args(["--no-ext-diff", "--no-textconv", "--end-of-options", from, to, "--"])
        .run()
        .await?;
    let files = read(&differs)?;
    let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
    let files = files.iter().take(most).map(|(path, file)| changed(path, file)).collect();
    Ok(listed(files, total, differs.truncated))
}

/// The names of the files that differ from the commit `base`, untracked ones too: by one process after the other.
///
/// # Errors
/// The base is gone, or git failed.
pub async fn names(git: &Git, worktree: &Path, base: &str) -> Result<BTreeSet<Vec<u8>>, Problem> {
    let differs = git.look(worktree).args(["diff", "--name-only", "-z", "--no-renames"]);
    let differs = differs.args(["--no-ext-diff", "--ignore-submodules=dirty", "--no-relative"]);
    let differs = differs.args(["--end-of-options", base, "--"]).run().await?;
    let others = git.look(worktree).args(["ls-files", "--others", "--exclude-standard", "-z"]);
    let others = others.run().await?;
    Ok(differs.fields().chain(others.fields()).map(<[u8]>::to_vec).collect())
}

fn listed(files: Vec<ChangedFile>, total: u32, more: bool) -> Changes {
    Changes {
        total,
        added: files.iter().filter_map(|file| file.added).sum(),
        removed: files.iter().filter_map(|file| file.removed).sum(),
        files,
        more,
    }
}

/// The same as a person is shown it.
#[must_use]
pub fn changed(path: &[u8], file: &Difference) -> ChangedFile {
    ChangedFile {
        path: to_text(path),
        old_path: file.old_path.as_deref().map(to_text),
        kind: file.kind,
        added: file.added,
        removed: file.removed,
        binary: file.binary,
    }
}

/// Counts the lines of an untracked file as git would: none in a binary one.
fn count(path: &Path, file: &mut ChangedFile) {
    // A link has one line: its target. Anything else that is not a file (a pipe would never end)
    // has none.
    let Ok(metadata) = path.symlink_metadata() else { return };
    if metadata.is_symlink() {
        (file.added, file.removed) = (Some(1), Some(0));
    }
    if !metadata.is_file() || metadata.len() > COUNT_LIMIT {
        return;
    }
    let mut content = Vec::new();
    let Ok(opened) = std::fs::File::open(path) else { return };
    if opened.take(COUNT_LIMIT).read_to_end(&mut content).is_err() {
        return;
    }
    file.binary = is_binary(&content);
    if !file.binary {
        (file.added, file.removed) = (Some(count_lines(&content)), Some(0));
    }
}

/// Whether git takes it for binary. Source of the number: git's `buffer_is_binary`.
#[must_use]
pub fn is_binary(content: &[u8]) -> bool {
    memchr::memchr(0, &content[..content.len().min(8000)]).is_some()
}

/// Lines, a last one without its end among them.
#[must_use]
pub fn count_lines(content: &[u8]) -> u32 {
    let ends = memchr::memchr_iter(b'\n', content).count();
    let open = content.last().is_some_and(|byte| *byte != b'\n');
    u32::try_from(ends + usize::from(open)).unwrap_or(u32::MAX)
}

/// One file's difference from the commit `base`; `old_path` is what it was called there, where it
/// was renamed.
///
/// # Errors
/// The base is gone, or git failed.
pub async fn file(
    git: &Git,
    worktree: &Path,
    base: &str,
    path: &str,
    old_path: Option<&str>,
) -> Result<FileDiff, Problem> {
    let (path, old_path) = (super::compare::named(path)?, old_path.map(super::compare::named));
    let sides = Sides::Commit(base.to_owned());
    let wanted = Wanted { ignore_space: false, context: 3, limit: DIFF_LIMIT };
    let names = (path.as_slice(), old_path.transpose()?);
    let found = lines(git, worktree, &sides, (names.0, names.1.as_deref()), wanted).await?;
    let text = String::from_utf8_lossy(&found.diff).into_owned();
    Ok(FileDiff { text, truncated: found.truncated })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;

    #[tokio::test]
    async fn committed_uncommitted_and_untracked() {
        let scratch = testing::repository().await;
        let root = scratch.path();
        scratch.write("old name.txt", "1\n2\n3\n4\n5\n6\n7\n8\n");
        scratch.write("gone.txt", "x\n");
        scratch.write("same.txt", "x\n");
        std::fs::write(root.join("blob.bin"), b"\0\x01").unwrap();
        scratch.write(".gitignore", "*.log\n");
        let base = scratch.commit("base").await;
        let none = changes(&scratch.git, root, &base, 100).await.unwrap();
        assert_eq!(none, Changes::default());

        scratch.write("committed.txt", "a\nb\n");
        scratch.commit("more").await;
        scratch.write("readme.md", "hello\nworld\n");
        std::fs::rename(root.join("old name.txt"), root.join("-새 이름.txt")).unwrap();
        std::fs::remove_file(root.join("gone.txt")).unwrap();
        std::fs::write(root.join("blob.bin"), b"\0\x02").unwrap();
        scratch.run(&["add", "-A"]).await;
        scratch.write("new/\"quoted\"\n.txt", "1\n2");
        scratch.write("ignored.log", "x");

        let all = changes(&scratch.git, root, &base, 100).await.unwrap();
        let told: Vec<_> = all
            .files
            .iter()
            .map(|f| (f.path.as_str(), f.kind, f.added, f.removed, f.binary))
            .collect();
        assert_eq!(
            told,
            [
                ("-새 이름.txt", ChangeKind::Renamed, Some(0), Some(0), false),
                ("blob.bin", ChangeKind::Modified, None, None, true),
                ("committed.txt", ChangeKind::Added, Some(2), Some(0), false),
                ("gone.txt", ChangeKind::Deleted, Some(0), Some(1), false),
                ("new/\"quoted\"\n.txt", ChangeKind::Untracked, Some(2), Some(0), false),
                ("readme.md", ChangeKind::Modified, Some(1), Some(0), false),
            ]
        );
        assert_eq!(all.files[0].old_path.as_deref(), Some("old name.txt"));
        assert_eq!((all.total, all.added, all.removed, all.more), (6, 5, 1, false));

        let some = changes(&scratch.git, root, &base, 2).await.unwrap();
        assert_eq!((some.files.len(), some.total), (2, 6));
    }

    #[tokio::test]
    async fn one_file_as_text() {
        let scratch = testing::repository().await;
        let base = scratch.run(&["rev-parse", "HEAD"]).await;
        scratch.write("readme.md", "hello\nworld\n");
        scratch.write("-new :(glob)*.txt", "fresh\n");
        let diff = |path| file(&scratch.git, scratch.path(), &base, path, None);
        assert!(diff("readme.md").await.unwrap().text.ends_with(" hello\n+world\n"));
        assert!(diff("-new :(glob)*.txt").await.unwrap().text.ends_with("+fresh\n"));
        assert_eq!(diff("../../etc/passwd").await.map(|d| d.text).unwrap_or_default(), "");
        scratch.write("large.txt", &"line\n".repeat(400_000));
        let large = diff("large.txt").await.unwrap();
        assert!(large.truncated);
        assert!(large.text.len() > DIFF_LIMIT / 2 && large.text.len() <= DIFF_LIMIT);
    }

    #[tokio::test]
    async fn a_conflict_is_told() {
        let scratch = testing::repository().await;
        let base = scratch.run(&["rev-parse", "HEAD"]).await;
        scratch.run(&["checkout", "-q", "-b", "other"]).await;
        scratch.write("readme.md", "theirs\n");
        scratch.commit("theirs").await;
        scratch.run(&["checkout", "-q", "main"]).await;
        scratch.write("readme.md", "ours\n");
        scratch.commit("ours").await;
        let merge = scratch.git.change(scratch.path()).args(["merge", "-q", "other"]).run().await;
        assert!(merge.is_err());
        let all = changes(&scratch.git, scratch.path(), &base, 100).await.unwrap();
        assert_eq!(all.files.len(), 1);
        assert_eq!(all.files[0].kind, ChangeKind::Conflicted);
    }

    #[tokio::test]
    async fn a_sparse_worktree_has_no_false_deletions() {
        let scratch = testing::repository().await;
        scratch.write("in/a.txt", "a\n");
        scratch.write("out/b.txt", "b\n");
        let base = scratch.commit("two folders").await;
        scratch.run(&["sparse-checkout", "set", "in"]).await;
        assert!(!scratch.path().join("out/b.txt").exists());
        let all = changes(&scratch.git, scratch.path(), &base, 100).await.unwrap();
        assert_eq!(all, Changes::default());
    }
}
