//! What differs from the base in a worktree: committed, uncommitted and untracked. Only looks.
//! Not here: history, and changing anything.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use bosk_core::git::{ChangeKind, ChangedFile, Changes, FileDiff};
use bosk_core::{Problem, ProblemCode};

use super::command::Output;
use super::{Git, GitError, paths};

/// The most that is shown of one file's difference, in bytes.
const DIFF_LIMIT: usize = 1 << 20;

/// The most that is read of an untracked file to count its lines, in bytes.
const COUNT_LIMIT: u64 = 4 << 20;

#[cfg(windows)]
const NOTHING: &str = "NUL";
#[cfg(not(windows))]
const NOTHING: &str = "/dev/null";

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
    // A submodule's own work tree is another repository, whose settings git would follow there.
    let differs = git
        .look(worktree)
        .args(["diff", "--raw", "--numstat", "-z", "--find-renames", "--abbrev=40"])
        .args(["--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--end-of-options"])
        .args([base, "--"])
        .run();
    let status = git
        .look(worktree)
        .args(["status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames"])
        .arg("--ignore-submodules=dirty")
        .run();
    let (differs, status) = tokio::try_join!(differs, status)?;
    let mut files = read_differences(&differs)?;
    for field in status.fields() {
        let text = String::from_utf8_lossy(field);
        // Source of the formats: git-status(1), "Porcelain Format Version 2".
        if let Some(path) = text.strip_prefix("? ") {
            // A folder is another repository inside, of which git says no more.
            let file = changed(path.to_owned(), ChangeKind::Untracked);
            files.entry(path.to_owned()).or_insert(file);
        } else if let Some(path) =
            text.strip_prefix("u ").and_then(|rest| rest.splitn(10, ' ').nth(9))
        {
            let file = files
                .entry(path.to_owned())
                .or_insert_with(|| changed(path.to_owned(), ChangeKind::Conflicted));
            file.kind = ChangeKind::Conflicted;
        }
    }
    let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
    let mut files: Vec<_> = files.into_values().take(most).collect();
    let folder = worktree.to_owned();
    let counting = tokio::task::spawn_blocking(move || {
        for file in files.iter_mut().filter(|file| file.kind == ChangeKind::Untracked) {
            count(&folder, file);
        }
        files
    });
    let files = counting.await.map_err(|e| Problem::new(ProblemCode::Internal, e.to_string()))?;
    Ok(listed(files, total, differs.truncated || status.truncated))
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
    let files = read_differences(&differs)?;
    let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
    Ok(listed(files.into_values().take(most).collect(), total, differs.truncated))
}

fn read_differences(differs: &Output) -> Result<BTreeMap<String, ChangedFile>, Problem> {
    let mut files = BTreeMap::new();
    let mut fields = differs.fields();
    while let Some(field) = fields.next() {
        if read_difference(field, &mut fields, &mut files).is_none() && !differs.truncated {
            return Err(GitError::Unexpected { command: "diff".into() }.into());
        }
    }
    Ok(files)
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

fn changed(path: String, kind: ChangeKind) -> ChangedFile {
    ChangedFile { path, old_path: None, kind, added: None, removed: None, binary: false }
}

/// Reads one entry of `git diff --raw --numstat -z`: first come all raw ones, then all counts.
/// Source of the formats: git-diff(1), "Raw output format" and "Other diff formats".
fn read_difference<'a>(
    field: &'a [u8],
    rest: &mut impl Iterator<Item = &'a [u8]>,
    files: &mut BTreeMap<String, ChangedFile>,
) -> Option<()> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if field.starts_with(b":") {
        let letter = *field.rsplit(|byte| *byte == b' ').next()?.first()?;
        let path = text(rest.next()?);
        let kind = match letter {
            b'A' => ChangeKind::Added,
            b'D' => ChangeKind::Deleted,
            b'R' => ChangeKind::Renamed,
            b'T' => ChangeKind::Retyped,
            b'U' => ChangeKind::Conflicted,
            _ => ChangeKind::Modified,
        };
        let mut file = changed(path, kind);
        if matches!(letter, b'R' | b'C') {
            file.old_path = Some(std::mem::replace(&mut file.path, text(rest.next()?)));
        }
        files.insert(file.path.clone(), file);
        return Some(());
    }
    let mut columns = field.splitn(3, |byte| *byte == b'\t');
    let (added, removed, path) = (columns.next()?, columns.next()?, columns.next()?);
    let path = if path.is_empty() {
        rest.next()?;
        text(rest.next()?)
    } else {
        text(path)
    };
    let file = files.get_mut(&path)?;
    file.binary = added == b"-";
    file.added = text(added).parse().ok();
    file.removed = text(removed).parse().ok();
    Some(())
}

/// Counts the lines of an untracked file as git would: none in a binary one.
fn count(folder: &Path, file: &mut ChangedFile) {
    let path = folder.join(paths::from_git(file.path.as_bytes()));
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
    // Source of the number: git's `buffer_is_binary`.
    file.binary = content[..content.len().min(8000)].contains(&0);
    if !file.binary {
        let lines = content.split_inclusive(|byte| *byte == b'\n').count();
        (file.added, file.removed) = (u32::try_from(lines).ok(), Some(0));
    }
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
    let call = || {
        let call =
            git.look(worktree).args(["diff", "--no-ext-diff", "--no-textconv", "--no-color"]);
        let call = call.args(["--src-prefix=a/", "--dst-prefix=b/"]);
        call.arg("--ignore-submodules=dirty").limit(DIFF_LIMIT)
    };
    let untracked = git
        .look(worktree)
        .args(["ls-files", "--others", "--exclude-standard", "-z", "--", path])
        .run()
        .await?;
    // Git's own list is the proof that the path is a file of this worktree.
    let output = if untracked.fields().any(|listed| listed == path.as_bytes()) {
        call().args(["--no-index", "--", NOTHING, path]).ask().await?
    } else {
        let call = call().args(["--find-renames", "--end-of-options", base, "--", path]);
        call.args(old_path).run().await?
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(FileDiff { text, truncated: output.truncated })
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
        assert_eq!(large.text.len(), DIFF_LIMIT);
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
