//! How the lines of one file differ, read with a limit. Only looks. Not here: which files differ
//! ([`super::compare`]), and picking lines.

use std::path::Path;

use bosk_core::Problem;
use bosk_core::git::ChangeKind;

use super::compare::{Difference, Differences, Sides};
use super::few::Few;
use super::{Git, GitError, compare, paths};

#[cfg(windows)]
const NOTHING: &str = "NUL";
#[cfg(not(windows))]
const NOTHING: &str = "/dev/null";

/// What stands before the lines fits into so many bytes.
const HEADER: usize = 64 << 10;

/// Which lines are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Whether lines that differ in white space only are the same.
    pub ignore_space: bool,
    /// How many unchanged lines stand around each change.
    pub context: u32,
    /// The most that is read, in bytes; 0 where only how the file differs is wanted, which takes no comparing of lines.
    pub limit: usize,
}

/// The lines of one file.
#[derive(Debug)]
pub struct Lines {
    /// How it differs; none where it does not.
    pub file: Option<Difference>,
    /// Unified diff, as git prints it.
    pub diff: Vec<u8>,
    /// Whether there was more.
    pub truncated: bool,
}

/// Reads them; `old_path` is what the file was called, where it was renamed.
///
/// # Errors
/// A commit is gone, or git failed.
pub async fn lines(
    git: &Git,
    worktree: &Path,
    sides: &Sides,
    (path, old_path): (&[u8], Option<&[u8]>),
    wanted: Wanted,
) -> Result<Lines, Problem> {
    let both: Vec<&[u8]> = std::iter::once(path).chain(old_path).collect();
    let ask = |call| sides.diff(formatted(call, wanted), &both).run();
    let few = match sides {
        Sides::Index => None,
        Sides::Commit(_) | Sides::Staged(_) => Some(Few::of(git, worktree, &both).await?),
    };
    let call = few.as_ref().map_or_else(|| git.look(worktree), |few| few.look(git, worktree));
    let found = taken(ask(call).await?, path)?;
    let is_gone = found.file.as_ref().is_none_or(|file| file.kind == ChangeKind::Deleted);
    let place = worktree.join(paths::from_git(path));
    if !is_gone || !sides.has_files() || place.symlink_metadata().is_err() {
        return Ok(found);
    }
    let Some(listed) = untracked(git, worktree, path).await? else { return Ok(found) };
    if listed.ends_with(b"/") {
        let mut file = Difference::new(ChangeKind::Untracked);
        file.new.mode = "160000".to_owned();
        return Ok(Lines { file: Some(file), diff: Vec::new(), truncated: false });
    }
    // Another file of that name, or one whose name would mean something else to git.
    if found.file.is_some() || path == b"-" {
        let few = Few::of(git, worktree, &[]).await?;
        few.show(git, worktree, &[path.to_vec()]).await?;
        let mut found = taken(ask(few.look(git, worktree)).await?, path)?;
        if let Some(file) = found.file.as_mut().filter(|file| file.kind == ChangeKind::Added) {
            file.kind = ChangeKind::Untracked;
        }
        return Ok(found);
    }
    let call = formatted(git.look(worktree), wanted).args(["--no-ext-diff", "--no-textconv"]);
    let call = call.args(["--no-color", "--src-prefix=a/", "--dst-prefix=b/", "--no-index", "--"]);
    let mut found = taken(call.arg(NOTHING).arg(paths::from_git(path)).ask().await?, path)?;
    let counted = found.file.take();
    let mut file = Difference::new(ChangeKind::Untracked);
    if let Some(counted) = counted {
        file = Difference { kind: ChangeKind::Untracked, ..counted };
        file.old = compare::Content::default();
    }
    found.file = Some(file);
    Ok(found)
}

/// The name under which git lists a path that it does not know: a repository inside ends with `/`. Git's own list is
/// the proof that the path is a file of this worktree.
pub(super) async fn untracked(
    git: &Git,
    worktree: &Path,
    path: &[u8],
) -> Result<Option<Vec<u8>>, GitError> {
    let call = git.look(worktree).args(["ls-files", "--others", "--exclude-standard", "-z", "--"]);
    let listed = call.arg(paths::from_git(path)).run().await?;
    let bare = path.strip_suffix(b"/").unwrap_or(path);
    let is_it = |one: &&[u8]| one.strip_suffix(b"/").unwrap_or(one) == bare;
    Ok(listed.fields().find(is_it).map(<[u8]>::to_vec))
}

fn formatted(call: super::command::Call<'_>, wanted: Wanted) -> super::command::Call<'_> {
    let call = call.args(["diff", "--raw", "-z", "--abbrev=64"]);
    if wanted.limit == 0 {
        return call.limit(HEADER);
    }
    call.args(["--numstat", "--patch"])
        .arg(format!("--unified={}", wanted.context))
        .args(wanted.ignore_space.then_some("--ignore-all-space"))
        .limit(wanted.limit)
}

/// Parts the output: an empty field stands between the entries and the lines.
fn taken(mut output: super::command::Output, path: &[u8]) -> Result<Lines, GitError> {
    let truncated = output.truncated;
    let mut diff = Vec::new();
    if let Some(at) = memchr::memmem::find(&output.stdout, b"\0\0") {
        diff = output.stdout.split_off(at + 2);
        output.stdout.truncate(at + 1);
        output.truncated = false;
    }
    // What stands before the header tells of a merge.
    if let Some(at) = memchr::memmem::find(&diff, b"diff --") {
        diff.drain(..at);
    }
    let mut files: Differences = compare::read(&output)?;
    Ok(Lines { file: files.remove(path), diff, truncated })
}
