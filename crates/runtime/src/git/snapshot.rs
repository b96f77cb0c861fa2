//! A snapshot of a worktree: index, work tree and untracked files as a commit under
//! `refs/bosk/<session>/snap/<n>`, made beside the index that is in use, so that nothing in the
//! worktree changes. The same state always gives the same commit. Not here: ignored files and
//! repositories inside, which no commit of this one can hold; and putting one back
//! ([`super::restore`], [`super::checkpoint`]).

mod history;
mod lie;
mod unmerged;

use std::path::{Path, PathBuf};

use bosk_core::review::path::to_text;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::command::Call;
use super::staged::{Staged, staged};
use super::{Git, paths};

/// Who makes snapshots.
pub(super) const EMAIL: &str = "bosk@localhost";

/// What the commit of an index says, which tells it from a snapshot's other parents.
pub(super) const INDEX: &str = "The index.";

/// Most that a list of all files may take: bytes.
const MOST_LISTED: usize = 1 << 30;

/// What the commits say that hold what a tree cannot: see [`unmerged`] and [`lie`].
pub(super) const UNMERGED: &str = "The index where it is unmerged.";
/// As [`UNMERGED`].
pub(super) const RAW: &str = "The files as they lie.";

/// Most parents that one commit gets; the rest goes below commits of their own.
const PARENTS: usize = 64;

pub(super) use lie::lay;
pub(super) use unmerged::put_back;

/// A snapshot that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit: its tree is the work tree, its first parent HEAD (where there is a commit), then
    /// the index (where it is not in conflict, else its three sides), the files that git keeps in another form than
    /// they lie there, then what only histories and operations that go on still name.
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
    let forgotten = history::forgotten(git, worktree, None).await?;
    let made = make(git, worktree, session, forgotten).await?;
    let reference = keep(git, worktree, session, &made.commit).await?;
    Ok(Snapshot { reference, ..made })
}

/// The same of a worktree whose folder is gone, by what git still knows of it in the folder `known`: its index, and
/// what its history names.
///
/// # Errors
/// As for [`take`].
pub(super) async fn of_known(
    git: &Git,
    root: &Path,
    known: &Path,
    session: &SessionId,
) -> Result<Snapshot, Problem> {
    let forgotten = history::forgotten(git, root, Some(known)).await?;
    let head = head(git.look(root).env("GIT_DIR", known)).await?;
    let copy = IndexCopy::beside(known.join("index")).await?;
    let with_copy = || git.change(root).env("GIT_DIR", known).env("GIT_INDEX_FILE", &copy.file);
    let index = Index::read(&with_copy).await?;
    let signed = Signer { git, folder: root, date: date(git, root, head.as_ref()).await? };
    let head_tree = match &head {
        Some(head) => tree(git, root, head).await?,
        None => signed.empty().await?,
    };
    // Without an index nothing is staged: what HEAD has was there.
    let staged = known.join("index").exists().then_some(index.tree.as_ref()).flatten();
    let of_index = Index { tree: Some(staged.unwrap_or(&head_tree).clone()), ..index };
    let shown = of_index.tree.clone().unwrap_or_default();
    let commit = signed.whole(&head, &of_index, None, forgotten, &shown, session).await?;
    let reference = keep(git, root, session, &commit).await?;
    let uncommitted = shown != head_tree || of_index.unmerged.is_some();
    Ok(Snapshot { commit, head, reference, uncommitted, nested: Vec::new() })
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
        Self::beside(paths::from_git(index.stdout.trim_ascii_end())).await
    }

    /// The copy of that index, in a folder beside it.
    pub(super) async fn beside(index: PathBuf) -> Result<Self, Problem> {
        crate::client::blocking(move || {
            let folder = index.parent().unwrap_or(&index);
            let folder = tempfile::Builder::new().prefix("bosk-").tempdir_in(folder);
            let folder = folder.map_err(unwritten)?;
            let file = folder.path().join("index");
            copy_index(&index, &file).map_err(unwritten)?;
            Ok(Self { _folder: folder, of: index, file })
        })
        .await
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

/// What an index holds: a tree where all of it is merged, else a tree of its sides.
struct Index {
    tree: Option<String>,
    unmerged: Option<String>,
}

impl Index {
    async fn read<'git>(with_copy: &impl Fn() -> Call<'git>) -> Result<Self, Problem> {
        let unmerged = unmerged::sides(with_copy).await?;
        let tree = match &unmerged {
            None => Some(with_copy().args(["write-tree", "--missing-ok"]).run().await?.text()),
            Some(_) => None,
        };
        Ok(Self { tree, unmerged })
    }
}

/// Makes the commit, which nothing keeps yet; `forgotten` are more parents of it.
pub(super) async fn make(
    git: &Git,
    worktree: &Path,
    session: &SessionId,
    forgotten: Vec<String>,
) -> Result<Snapshot, Problem> {
    let head = head(git.look(worktree)).await?;
    let copy = IndexCopy::of(git, worktree).await?;
    let with_copy = || git.change(worktree).env("GIT_INDEX_FILE", &copy.file);
    let index = Index::read(&with_copy).await?;
    let nested = add_work_tree(worktree, with_copy).await?;
    let tree = with_copy().args(["write-tree", "--missing-ok"]).run().await?.text();

    let head_tree = match &head {
        Some(id) => self::tree(git, worktree, id).await?,
        None => String::new(),
    };
    let uncommitted = tree != head_tree || index.tree.as_ref() != Some(&head_tree);
    let raw = match uncommitted {
        true => lie::raw(git, worktree, &head_tree, &tree).await?,
        false => None,
    };
    let signed = Signer { git, folder: worktree, date: date(git, worktree, head.as_ref()).await? };
    let commit = signed.whole(&head, &index, raw, forgotten, &tree, session).await?;
    Ok(Snapshot { commit, head, reference: String::new(), uncommitted, nested })
}

async fn head(look: Call<'_>) -> Result<Option<String>, Problem> {
    let head = look.args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    Ok(Some(head.answer_or_nothing().await?).filter(|id| !id.is_empty()))
}

async fn tree(git: &Git, folder: &Path, commit: &str) -> Result<String, Problem> {
    let call = git.look(folder).args(["rev-parse", "--verify", "--quiet"]);
    Ok(call.arg(format!("{commit}^{{tree}}")).answer_or_nothing().await?)
}

async fn date(git: &Git, folder: &Path, head: Option<&String>) -> Result<String, Problem> {
    let Some(id) = head else { return Ok("0".to_owned()) };
    Ok(git.look(folder).args(["log", "-1", "--format=%ct", id]).run().await?.text())
}

/// Makes commits in Bosk's name with the given date: the person did not make them, and the clock must not make
/// another one of the same state.
struct Signer<'git> {
    git: &'git Git,
    folder: &'git Path,
    date: String,
}

impl Signer<'_> {
    async fn commit(&self, tree: &str, parents: &[String], says: &str) -> Result<String, Problem> {
        let date = format!("@{} +0000", self.date);
        let call = self.git.change(self.folder).args(["commit-tree", tree, "-m", says]);
        let call = call.args(parents.iter().flat_map(|parent| ["-p", parent.as_str()]));
        Ok(signed(call, &date).run().await?.text())
    }

    async fn empty(&self) -> Result<String, Problem> {
        let call =
            self.git.change(self.folder).args(["hash-object", "-t", "tree", "-w", "--stdin"]);
        Ok(call.run().await?.text())
    }

    /// The snapshot itself.
    async fn whole(
        &self,
        head: &Option<String>,
        index: &Index,
        raw: Option<String>,
        mut forgotten: Vec<String>,
        tree: &str,
        session: &SessionId,
    ) -> Result<String, Problem> {
        let head: Vec<String> = head.iter().cloned().collect();
        let mut parents = head.clone();
        let parts = [(&index.tree, INDEX), (&index.unmerged, UNMERGED), (&raw, RAW)];
        for (tree, says) in parts {
            if let Some(tree) = tree {
                parents.push(self.commit(tree, &head, says).await?);
            }
        }
        while forgotten.len() > PARENTS {
            let few: Vec<String> = forgotten.drain(..PARENTS).collect();
            forgotten.push(self.commit(tree, &few, "More of the history.").await?);
        }
        parents.extend(forgotten);
        self.commit(tree, &parents, &format!("Snapshot of session {session}.")).await
    }
}

/// Puts the work tree into the index that the calls use, and returns the repositories inside.
pub(super) async fn add_work_tree<'git>(
    worktree: &Path,
    with_copy: impl Fn() -> Call<'git>,
) -> Result<Vec<String>, Problem> {
    let adding = || with_copy().setting("core.safecrlf=false");
    unhide(worktree, &with_copy).await?;
    adding().args(["add", "--update", "--sparse"]).run().await?;
    let others =
        with_copy().args(["ls-files", "--others", "--exclude-standard", "-z"]).limit(MOST_LISTED);
    let others = others.run().await?;
    if others.truncated {
        return Err(too_many());
    }
    // Git lists another repository inside as a folder, and refuses one that has no commit.
    let (mut nested, files): (Vec<_>, Vec<_>) =
        others.fields().partition(|path| path.ends_with(b"/"));
    if !files.is_empty() {
        let input = [files.join(&0), vec![0]].concat();
        let add = ["update-index", "--add", "--replace", "-z", "--stdin"];
        adding().args(add).input(input).run().await?;
    }
    let listed = with_copy().args(["ls-files", "--stage", "-z"]).limit(MOST_LISTED).run().await?;
    if listed.truncated {
        return Err(too_many());
    }
    nested.extend(staged(&listed).filter(Staged::is_repository).map(|entry| entry.path));
    let there = |path: &&[u8]| worktree.join(paths::from_git(path)).join(".git").exists();
    Ok(nested.into_iter().filter(there).map(to_text).collect())
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

/// Has git look at files that it was told to take for unchanged, and at those outside of a sparse checkout that are
/// there all the same.
async fn unhide<'git>(worktree: &Path, with_copy: &impl Fn() -> Call<'git>) -> Result<(), Problem> {
    // Source of the letters: git-ls-files(1), `-t` and `-v`.
    let listed = with_copy().args(["ls-files", "-v", "-z"]).limit(MOST_LISTED).run().await?;
    if listed.truncated {
        return Err(too_many());
    }
    let (mut unchanged, mut skipped) = (Vec::new(), Vec::new());
    for entry in listed.fields().filter(|entry| entry.len() > 2) {
        let (tag, path) = (entry[0], &entry[2..]);
        if tag.is_ascii_lowercase() && tag != b'm' {
            unchanged.extend_from_slice(path);
            unchanged.push(0);
        }
        let is_there = || worktree.join(paths::from_git(path)).symlink_metadata().is_ok();
        if tag.eq_ignore_ascii_case(&b's') && is_there() {
            skipped.extend_from_slice(path);
            skipped.push(0);
        }
    }
    for (flag, input) in [("--no-assume-unchanged", unchanged), ("--no-skip-worktree", skipped)] {
        if !input.is_empty() {
            with_copy().args(["update-index", flag, "-z", "--stdin"]).input(input).run().await?;
        }
    }
    Ok(())
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

fn too_many() -> Problem {
    Problem::new(
        ProblemCode::WorktreeFailed,
        "The worktree has more files than a snapshot can hold, so nothing was removed.",
    )
    .hint("Commit them, or add them to .gitignore, then try again.")
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
