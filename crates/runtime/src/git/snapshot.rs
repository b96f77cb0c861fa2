//! A snapshot of a worktree: index, work tree and untracked files as a commit under
//! `refs/bosk/<session>/snap/<n>`, made beside the index that is in use, so that nothing in the
//! worktree changes. The same state always gives the same commit. Not here: ignored files and
//! repositories inside, which no commit of this one can hold.

use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode, SessionId};

use super::command::Call;
use super::{Git, paths};

/// How far back a worktree's own history of HEAD is looked at for commits that nothing else keeps.
const REFLOG: &str = "-n500";

/// Who makes snapshots.
pub(super) const EMAIL: &str = "bosk@localhost";

/// What the commit of an index says, which tells it from a snapshot's other parents.
pub(super) const INDEX: &str = "The index.";

/// A snapshot that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit: its tree is the work tree, its first parent HEAD (where there is a commit), then
    /// the index (where it is not in conflict), then what only HEAD's history still names.
    pub commit: String,
    /// The commit at HEAD; none while unborn.
    pub head: Option<String>,
    /// The reference that keeps it.
    pub reference: String,
    /// Whether index or work tree differ from HEAD.
    pub uncommitted: bool,
    /// Repositories inside, whose content it does not hold.
    pub nested: Vec<String>,
}

/// Takes a snapshot, or finds the one of exactly this state.
///
/// # Errors
/// A file cannot be read, or git failed; the worktree is as it was in any case.
pub async fn take(git: &Git, worktree: &Path, session: &SessionId) -> Result<Snapshot, Problem> {
    let forgotten = forgotten(git, worktree).await?;
    let made = make(git, worktree, session, forgotten).await?;
    let reference = keep(git, worktree, session, &made.commit).await?;
    Ok(Snapshot { reference, ..made })
}

/// A copy of a worktree's index, for calls that must not touch the one in use. It goes with this value.
pub(super) struct IndexCopy {
    _folder: tempfile::TempDir,
    /// The index that it was copied from.
    of: PathBuf,
    /// The copy.
    pub(super) file: PathBuf,
}

impl IndexCopy {
    pub(super) async fn of(git: &Git, worktree: &Path) -> Result<Self, Problem> {
        let absolute = ["rev-parse", "--path-format=absolute"];
        let index = git.look(worktree).args(absolute).args(["--git-path", "index"]).run().await?;
        let index = paths::from_git(index.stdout.trim_ascii_end());
        let beside = index.parent().unwrap_or(worktree);
        let folder = tempfile::Builder::new().prefix("bosk-").tempdir_in(beside);
        let folder = folder.map_err(unwritten)?;
        let file = folder.path().join("index");
        copy_index(&index, &file).map_err(unwritten)?;
        Ok(Self { _folder: folder, of: index, file })
    }

    /// Puts the copy in the place of the index in use, as git itself replaces it.
    pub(super) fn put_back(&self) -> std::io::Result<()> {
        if !self.file.exists() {
            return std::fs::remove_file(&self.of);
        }
        // Source of the name and the way: git's lockfile.h.
        let lock = self.of.with_added_extension("lock");
        let mut file = std::fs::File::options().write(true).create_new(true).open(&lock)?;
        let written = std::fs::File::open(&self.file).and_then(|mut copy| {
            std::io::copy(&mut copy, &mut file)?;
            file.set_modified(self.file.metadata()?.modified()?)?;
            std::fs::rename(&lock, &self.of)
        });
        if written.is_err() {
            let _ = std::fs::remove_file(&lock);
        }
        written
    }
}

/// Makes the commit, which nothing keeps yet; `forgotten` are more parents of it.
pub(super) async fn make(
    git: &Git,
    worktree: &Path,
    session: &SessionId,
    forgotten: Vec<String>,
) -> Result<Snapshot, Problem> {
    let look = || git.look(worktree);
    let head = look().args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    let head = Some(head.answer_or_nothing().await?).filter(|id| !id.is_empty());
    let copy = IndexCopy::of(git, worktree).await?;
    let with_copy = || git.change(worktree).env("GIT_INDEX_FILE", &copy.file);

    let conflicts = with_copy().args(["ls-files", "--unmerged", "-z"]).limit(1).run().await?;
    let index_tree = match conflicts.stdout.is_empty() {
        true => Some(with_copy().args(["write-tree", "--missing-ok"]).run().await?.text()),
        false => None,
    };
    let nested = add_work_tree(worktree, with_copy).await?;
    let tree = with_copy().args(["write-tree", "--missing-ok"]).run().await?.text();

    let head_tree = look().args(["rev-parse", "--verify", "--quiet", "HEAD^{tree}"]);
    let head_tree = head_tree.answer_or_nothing().await?;
    let uncommitted = tree != head_tree || index_tree.as_ref() != Some(&head_tree);
    let date = match &head {
        Some(id) => look().args(["log", "-1", "--format=%ct", id]).run().await?.text(),
        None => "0".to_owned(),
    };
    let commit = async |tree: &str, parents: &[String], message: &str| {
        let call = git.change(worktree).args(["commit-tree", tree, "-m", message]);
        let call = call.args(parents.iter().flat_map(|parent| ["-p", parent.as_str()]));
        signed(call, &format!("@{date} +0000")).run().await.map(|output| output.text())
    };
    let mut parents: Vec<String> = head.iter().cloned().collect();
    if let Some(index_tree) = &index_tree {
        parents.push(commit(index_tree, &parents, INDEX).await?);
    }
    parents.extend(forgotten);
    let message = format!("Snapshot of session {session}.");
    let commit = commit(&tree, &parents, &message).await?;
    Ok(Snapshot { commit, head, reference: String::new(), uncommitted, nested })
}

/// Puts the work tree into the index that the calls use, and returns the repositories inside.
pub(super) async fn add_work_tree<'git>(
    worktree: &Path,
    with_copy: impl Fn() -> Call<'git>,
) -> Result<Vec<String>, Problem> {
    let adding = || with_copy().setting("core.safecrlf=false");
    adding().args(["add", "--update", "--sparse"]).run().await?;
    let others =
        with_copy().args(["ls-files", "--others", "--exclude-standard", "-z"]).run().await?;
    if others.truncated {
        return Err(Problem::new(
            ProblemCode::WorktreeFailed,
            "The worktree has more untracked files than a snapshot can hold, so nothing was removed.",
        )
        .hint("Commit them, or add them to .gitignore, then try again."));
    }
    // Git lists another repository inside as a folder, and refuses one that has no commit.
    let (mut nested, files): (Vec<_>, Vec<_>) =
        others.fields().partition(|path| path.ends_with(b"/"));
    if !files.is_empty() {
        let input = [files.join(&0), vec![0]].concat();
        let add = ["update-index", "--add", "--replace", "-z", "--stdin"];
        adding().args(add).input(input).run().await?;
    }
    let staged = with_copy().args(["ls-files", "--stage", "-z"]).run().await?;
    // Source of the format: git-ls-files(1), `<mode> <object> <stage>\t<path>`; 160000 is a link to
    // a commit of another repository.
    let submodules = staged.fields().filter(|entry| entry.starts_with(b"160000 "));
    nested.extend(submodules.filter_map(|entry| entry.splitn(2, |byte| *byte == b'\t').nth(1)));
    let there = |path: &&[u8]| worktree.join(paths::from_git(path)).join(".git").exists();
    Ok(nested
        .iter()
        .filter(|path| there(path))
        .map(|p| String::from_utf8_lossy(p).into_owned())
        .collect())
}

/// Copies the index with its time: git takes a file that is as young as the index for perhaps
/// changed, and a younger index would hide that.
fn copy_index(from: &Path, to: &Path) -> std::io::Result<()> {
    let time = match from.metadata() {
        Ok(metadata) => metadata.modified()?,
        // A worktree in which nothing was ever added.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    std::fs::copy(from, to)?;
    std::fs::File::options().write(true).open(to)?.set_modified(time)
}

/// Commits that only this worktree's own history of HEAD names: amended, reset, detached ones. That
/// history goes with the worktree.
async fn forgotten(git: &Git, worktree: &Path) -> Result<Vec<String>, Problem> {
    let look = || git.look(worktree);
    let log = look().args(["log", "--walk-reflogs", "--format=%H", REFLOG, "HEAD", "--"]);
    let log = log.answer_or_nothing().await?;
    let mut been: Vec<&str> = log.lines().collect();
    been.sort_unstable();
    been.dedup();
    if been.is_empty() {
        return Ok(Vec::new());
    }
    let list = look().arg("rev-list").args(&been);
    let list =
        list.args(["--not", "HEAD", "--branches", "--remotes", "--tags"]).run().await?.text();
    let unkept: std::collections::HashSet<&str> = list.lines().collect();
    Ok(been.into_iter().filter(|id| unkept.contains(id)).map(str::to_owned).collect())
}

/// Keeps the commit under the next free number, unless it is kept already.
pub(super) async fn keep(
    git: &Git,
    folder: &Path,
    session: &SessionId,
    commit: &str,
) -> Result<String, Problem> {
    let kept = kept(git, folder, session).await?;
    if let Some((_, reference)) = kept.iter().find(|(id, _)| id == commit) {
        return Ok(reference.clone());
    }
    let number = |reference: &str| reference.rsplit('/').next().and_then(|n| n.parse::<u32>().ok());
    let last = kept.iter().filter_map(|(_, reference)| number(reference)).max().unwrap_or(0);
    let reference = format!("refs/bosk/{session}/snap/{}", last + 1);
    let absent = "0".repeat(commit.len());
    git.change(folder).args(["update-ref", "--", &reference, commit, &absent]).run().await?;
    Ok(reference)
}

/// The snapshots of a session: commit and reference.
pub(super) async fn kept(
    git: &Git,
    folder: &Path,
    session: &SessionId,
) -> Result<Vec<(String, String)>, Problem> {
    let call = git.look(folder).args(["for-each-ref", "--format=%(objectname) %(refname)"]);
    let output = call.arg(format!("refs/bosk/{session}/snap/")).run().await?.text();
    let pairs = output.lines().filter_map(|line| line.split_once(' '));
    Ok(pairs.map(|(id, reference)| (id.to_owned(), reference.to_owned())).collect())
}

/// Bosk's name and the given date: the person did not make this commit, and the clock must not make
/// another one of the same state.
pub(super) fn signed<'git>(call: Call<'git>, date: &str) -> Call<'git> {
    call.env("GIT_AUTHOR_NAME", "Bosk")
        .env("GIT_AUTHOR_EMAIL", EMAIL)
        .env("GIT_AUTHOR_DATE", date)
        .env("GIT_COMMITTER_NAME", "Bosk")
        .env("GIT_COMMITTER_EMAIL", EMAIL)
        .env("GIT_COMMITTER_DATE", date)
}

fn unwritten(error: std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull => ProblemCode::DiskFull,
        _ => ProblemCode::WorktreeFailed,
    };
    Problem::new(
        code,
        format!("No snapshot of the worktree could be taken, so nothing was removed: {error}."),
    )
    .hint("See whether the repository's .git folder can be written to, then try again.")
}
