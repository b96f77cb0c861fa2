//! What differs between two sides of a worktree: a commit, the index, the files. Only looks. Not here: lines
//! ([`super::lines`]), and what a person is shown of it.

use std::collections::BTreeMap;
use std::path::Path;

use bosk_core::git::ChangeKind;
use bosk_core::review::path;
use bosk_core::{Problem, ProblemCode};

use super::command::{Call, Output};
use super::few::Few;
use super::{Git, GitError};

/// How many files a command line names at a time.
const AT_ONCE: usize = 200;

/// Which sides are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sides {
    /// A commit, and the files.
    Commit(String),
    /// The index, and the files.
    Index,
    /// A commit, and the index.
    Staged(String),
}

/// One side of a difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The mode in octal, as git writes it; `000000` where there is nothing.
    pub mode: String,
    /// The object's full id; zeros where it is not known, or there is nothing.
    pub id: String,
}

impl Content {
    /// Whether there is something.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.mode.bytes().any(|digit| digit != b'0')
    }

    /// Whether it is a commit of another repository.
    #[must_use]
    pub fn is_repository(&self) -> bool {
        self.mode == "160000"
    }
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub kind: ChangeKind,
    /// What it was called, where it was renamed.
    pub old_path: Option<Vec<u8>>,
    /// As it was.
    pub old: Content,
    /// As it is.
    pub new: Content,
    /// Lines added; none where they were not counted.
    pub added: Option<u32>,
    /// Lines removed; none where they were not counted.
    pub removed: Option<u32>,
    /// Whether git takes it for binary.
    pub binary: bool,
}

impl Difference {
    pub(crate) fn new(kind: ChangeKind) -> Self {
        Self {
            kind,
            old_path: None,
            old: Content::default(),
            new: Content::default(),
            added: None,
            removed: None,
            binary: false,
        }
    }
}

/// Differences by path.
pub type Differences = BTreeMap<Vec<u8>, Difference>;

/// What `git status` says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not known to git.
    Untracked,
    /// A merge left it unresolved.
    Unmerged,
    /// It differs: whether the index does from HEAD, and the file from the index.
    Differs {
        /// The index from HEAD.
        index: bool,
        /// The file from the index.
        file: bool,
    },
}

/// What `git status` says, by path; a repository inside that git does not know ends with `/`.
pub type Standings = BTreeMap<Vec<u8>, Standing>;

/// Everything that differs.
#[derive(Debug, Default)]
pub struct Compared {
    /// The files.
    pub files: Differences,
    /// What `git status` says of them, and of others.
    pub standings: Standings,
    /// Whether git listed more than is read.
    pub more: bool,
}

impl Sides {
    /// Whether the new side is the files themselves.
    #[must_use]
    pub const fn has_files(&self) -> bool {
        !matches!(self, Self::Staged(_))
    }

    /// Adds to a call of `git diff` what is compared, and so limited; what a person's settings would make of it is
    /// undone.
    pub(super) fn diff<'git>(&self, call: Call<'git>, paths: &[&[u8]]) -> Call<'git> {
        let call = call
            .setting("diff.suppressBlankEmpty=false")
            .args(["--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--full-index"])
            // A submodule's own work tree is another repository, whose settings git would follow there.
            .args(["--ignore-submodules=dirty", "--submodule=short", "--find-renames"])
            .args(["--src-prefix=a/", "--dst-prefix=b/", "--inter-hunk-context=0"]);
        let call = match self {
            Self::Commit(commit) => call.args(["--end-of-options", commit]),
            // Of a file in conflict, how it differs from the session's own side.
            Self::Index => call.args(["--ours", "--end-of-options"]),
            Self::Staged(commit) => call.args(["--cached", "--end-of-options", commit]),
        };
        call.arg("--").args(paths.iter().map(|path| super::paths::from_git(path)))
    }
}

/// Compares them. Lines that differ in white space only are not counted where `ignore_space` says so.
///
/// # Errors
/// A commit is gone, or git failed.
pub async fn compare(
    git: &Git,
    worktree: &Path,
    sides: &Sides,
    ignore_space: bool,
) -> Result<Compared, Problem> {
    let untracked = if sides.has_files() { "all" } else { "no" };
    let status = git
        .look(worktree)
        .args(["status", "--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=dirty"])
        .arg(format!("--untracked-files={untracked}"))
        .run();
    let (differs, status) =
        tokio::try_join!(counted(git.look(worktree), sides, ignore_space, &[]).run(), status)?;
    let mut compared = Compared {
        files: read(&differs)?,
        standings: standings(&status),
        more: differs.truncated || status.truncated,
    };
    let hidden = hidden(&compared);
    for some in hidden.chunks(AT_ONCE) {
        let few = Few::of(git, worktree, &[]).await?;
        few.show(git, worktree, some).await?;
        let names: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
        let call = counted(few.look(git, worktree), sides, ignore_space, &names);
        let mut again = read(&call.run().await?)?;
        for path in some {
            match again.remove(path) {
                Some(difference) => drop(compared.files.insert(path.clone(), difference)),
                None => drop(compared.files.remove(path)),
            }
        }
    }
    compared.standings.retain(|path, _| hidden.binary_search(path).is_err());
    for (path, standing) in &compared.standings {
        let file = || Difference::new(ChangeKind::Untracked);
        match standing {
            Standing::Untracked => drop(compared.files.entry(path.clone()).or_insert_with(file)),
            Standing::Unmerged => {
                let file = compared.files.entry(path.clone()).or_insert_with(file);
                file.kind = ChangeKind::Conflicted;
            }
            Standing::Differs { .. } => {}
        }
    }
    Ok(compared)
}

fn counted<'git>(
    call: Call<'git>,
    sides: &Sides,
    ignore_space: bool,
    paths: &[&[u8]],
) -> Call<'git> {
    let call = call.args(["diff", "--raw", "--numstat", "-z", "--abbrev=64"]);
    sides.diff(call.args(ignore_space.then_some("--ignore-all-space")), paths)
}

/// Files that the old side has and git does not know now: it calls them deleted, though they are there.
fn hidden(compared: &Compared) -> Vec<Vec<u8>> {
    let is_untracked = |path: &Vec<u8>| compared.standings.get(path) == Some(&Standing::Untracked);
    let gone = compared.files.iter().filter(|(_, file)| file.kind == ChangeKind::Deleted);
    gone.map(|(path, _)| path).filter(|path| is_untracked(path)).cloned().collect()
}

/// Reads the output of `git diff --raw --numstat -z`.
pub(super) fn read(differs: &Output) -> Result<Differences, GitError> {
    let mut files = BTreeMap::new();
    let mut fields = differs.fields();
    while let Some(field) = fields.next() {
        if read_one(field, &mut fields, &mut files).is_none() && !differs.truncated {
            return Err(GitError::Unexpected { command: "diff".into() });
        }
    }
    Ok(files)
}

/// Reads one entry: first come all raw ones, then all counts.
/// Source of the formats: git-diff(1), "Raw output format" and "Other diff formats".
fn read_one<'a>(
    field: &'a [u8],
    rest: &mut impl Iterator<Item = &'a [u8]>,
    files: &mut Differences,
) -> Option<()> {
    if let Some(raw) = field.strip_prefix(b":") {
        let text = std::str::from_utf8(raw).ok()?;
        let mut words = text.split(' ').map(str::to_owned);
        let mut next = || words.next();
        let (old_mode, new_mode, old_id, new_id, letter) =
            (next()?, next()?, next()?, next()?, next()?);
        let letter = *letter.as_bytes().first()?;
        let kind = match letter {
            b'A' => ChangeKind::Added,
            b'D' => ChangeKind::Deleted,
            b'R' => ChangeKind::Renamed,
            b'T' => ChangeKind::Retyped,
            b'U' => ChangeKind::Conflicted,
            _ => ChangeKind::Modified,
        };
        let mut file = Difference::new(kind);
        file.old = Content { mode: old_mode, id: old_id };
        file.new = Content { mode: new_mode, id: new_id };
        let mut path = rest.next()?.to_vec();
        if matches!(letter, b'R' | b'C') {
            file.old_path = Some(std::mem::replace(&mut path, rest.next()?.to_vec()));
        }
        // Of one that a merge left unresolved git says so, and then how it differs.
        match files.get_mut(&path) {
            Some(known) if known.kind == ChangeKind::Conflicted => {
                *known = Difference { kind: ChangeKind::Conflicted, ..file };
            }
            _ => drop(files.insert(path, file)),
        }
        return Some(());
    }
    let mut columns = field.splitn(3, |byte| *byte == b'\t');
    let (added, removed, path) = (columns.next()?, columns.next()?, columns.next()?);
    let path = if path.is_empty() {
        rest.next()?;
        rest.next()?
    } else {
        path
    };
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse().ok();
    let file = files.get_mut(path)?;
    file.binary = added == b"-";
    (file.added, file.removed) = (number(added), number(removed));
    Some(())
}

/// Source of the formats: git-status(1), "Porcelain Format Version 2".
fn standings(status: &Output) -> Standings {
    let mut standings = BTreeMap::new();
    for field in status.fields() {
        let after = |count| field.splitn(count + 1, |byte| *byte == b' ').nth(count);
        let (path, standing) = match field.first() {
            Some(b'?') => (after(1), Standing::Untracked),
            Some(b'u') => (after(10), Standing::Unmerged),
            Some(b'1') => {
                let differs = |at: usize| field.get(at).is_some_and(|letter| *letter != b'.');
                (after(8), Standing::Differs { index: differs(2), file: differs(3) })
            }
            _ => continue,
        };
        if let Some(path) = path {
            standings.insert(path.to_vec(), standing);
        }
    }
    standings
}

/// A path as the page names it.
///
/// # Errors
/// It is not well formed.
pub fn named(text: &str) -> Result<Vec<u8>, Problem> {
    path::from_text(text).filter(|path| !path.is_empty() && !path.contains(&0)).ok_or_else(|| {
        let text = "The file's name is not well formed, so nothing was done.";
        Problem::new(ProblemCode::InvalidInput, text)
    })
}
