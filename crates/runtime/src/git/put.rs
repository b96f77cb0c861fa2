//! Putting single files as a commit, the index or a patch has them. Every path is one file and never a folder. Not here:
//! whether that may be done ([`crate::review`]).

use std::collections::BTreeMap;
use std::path::Path;

use bosk_core::Problem;

use super::compare::Content;
use super::snapshot::IndexCopy;
use super::staged::staged;
use super::{Git, GitError, paths};

/// How many paths a command line names at a time.
const AT_ONCE: usize = 500;

/// Files by path, as one side has them; what is not there has no entry.
pub type Entries = BTreeMap<Vec<u8>, Content>;

/// Where a patch is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// To the files.
    Files,
    /// To the index.
    Index,
}

/// What the index has under these paths.
///
/// # Errors
/// Git failed.
pub async fn of_index(git: &Git, worktree: &Path, files: &[Vec<u8>]) -> Result<Entries, GitError> {
    let mut found = Entries::new();
    for some in files.chunks(AT_ONCE) {
        let call = git.look(worktree).args(["ls-files", "--stage", "-z", "--"]);
        let output = call.args(some.iter().map(|file| paths::from_git(file))).run().await?;
        for entry in staged(&output) {
            keep(&mut found, some, entry.path, (entry.mode, entry.object));
        }
    }
    Ok(found)
}

/// What a commit has under these paths.
///
/// # Errors
/// Git failed.
pub async fn of_commit(
    git: &Git,
    worktree: &Path,
    commit: &str,
    files: &[Vec<u8>],
) -> Result<Entries, GitError> {
    let mut found = Entries::new();
    for some in files.chunks(AT_ONCE) {
        let call = git.look(worktree).args(["ls-tree", "-z", "--full-tree", commit, "--"]);
        let output = call.args(some.iter().map(|file| paths::from_git(file))).run().await?;
        for field in output.fields() {
            // Source of the format: git-ls-tree(1), `<mode> <type> <object>\t<path>`.
            let Some(tab) = field.iter().position(|byte| *byte == b'\t') else { continue };
            let entry = String::from_utf8_lossy(&field[..tab]);
            let mut words = entry.split(' ');
            if let (Some(mode), Some(id)) = (words.next(), words.nth(1)) {
                keep(&mut found, some, &field[tab + 1..], (mode, id));
            }
        }
    }
    Ok(found)
}

/// A folder is none of them, and what is in one was not asked for.
fn keep(found: &mut Entries, asked: &[Vec<u8>], path: &[u8], (mode, id): (&str, &str)) {
    if mode != "040000" && asked.iter().any(|file| file == path) {
        found.insert(path.to_vec(), Content { mode: mode.to_owned(), id: id.to_owned() });
    }
}

/// Has the index hold these files as `entries` has them, and not at all where it has none.
///
/// # Errors
/// Git failed; then the index is as it was.
pub async fn index_as(
    git: &Git,
    worktree: &Path,
    files: &[Vec<u8>],
    entries: &Entries,
) -> Result<(), GitError> {
    let call = git.change(worktree).args(["update-index", "-z"]);
    let call = match entries.is_empty() {
        true => {
            let input = [files.join(&0), vec![0]].concat();
            call.args(["--force-remove", "--stdin"]).input(input)
        }
        false => call.arg("--index-info").input(index_info(files, entries)),
    };
    call.run().await.map(drop)
}

/// Source of the format: git-update-index(1), «Using --index-info».
fn index_info(files: &[Vec<u8>], entries: &Entries) -> Vec<u8> {
    // As many zeros as an id has digits.
    let digits = entries.values().next().map_or(0, |content| content.id.len());
    let mut input = Vec::new();
    for file in files {
        let entry = match entries.get(file) {
            Some(content) => format!("{} {} 0\t", content.mode, content.id),
            None => format!("0 {}\t", "0".repeat(digits)),
        };
        input.extend(entry.into_bytes());
        input.extend(file);
        input.push(0);
    }
    input
}

/// Has the index hold these files as they are, and not at all where they are gone.
///
/// # Errors
/// Git failed; then the index is as it was.
pub async fn index_as_files(git: &Git, worktree: &Path, files: &[Vec<u8>]) -> Result<(), GitError> {
    let input = [files.join(&0), vec![0]].concat();
    let add = ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"];
    let call = git.change(worktree).setting("core.safecrlf=false").args(add);
    call.input(input).run().await.map(drop)
}

/// Writes files as `entries` has them. The index in use stays as it is.
///
/// # Errors
/// Git failed; then some of them may have been written.
pub async fn files_as(git: &Git, worktree: &Path, entries: &Entries) -> Result<(), Problem> {
    if entries.is_empty() {
        return Ok(());
    }
    let files: Vec<Vec<u8>> = entries.keys().cloned().collect();
    let copy = IndexCopy::of(git, worktree).await?;
    let with_copy = || git.change(worktree).env("GIT_INDEX_FILE", &copy.file);
    let info = with_copy().args(["update-index", "--replace", "-z", "--index-info"]);
    info.input(index_info(&files, entries)).run().await?;
    let input = [files.join(&0), vec![0]].concat();
    let out = with_copy().args(["checkout-index", "--force", "--quiet", "-z", "--stdin"]);
    out.input(input).run().await?;
    Ok(())
}

/// Applies a patch: all of it, or nothing.
///
/// # Errors
/// It does not fit, or git failed; then nothing was changed.
pub async fn apply(git: &Git, worktree: &Path, at: Where, patch: Vec<u8>) -> Result<(), GitError> {
    call(git, worktree, at, patch).run().await.map(drop)
}

/// Whether a patch fits.
///
/// # Errors
/// Git failed in another way.
pub async fn fits(git: &Git, worktree: &Path, at: Where, patch: Vec<u8>) -> Result<bool, GitError> {
    let answer = call(git, worktree, at, patch).arg("--check").ask().await?;
    Ok(answer.code == Some(0))
}

fn call<'git>(
    git: &'git Git,
    worktree: &Path,
    at: Where,
    patch: Vec<u8>,
) -> super::command::Call<'git> {
    let call = git.change(worktree).input(patch).arg("apply");
    // A person's settings could have blanks mended on the way.
    let call = call.args(["--whitespace=nowarn", "--no-ignore-whitespace"]);
    call.args((at == Where::Index).then_some("--cached"))
}
