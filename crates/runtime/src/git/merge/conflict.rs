//! One file in conflict: its three sides, and putting one of them or a text in its place. Git writes the file, so that a
//! link that stands in its path leads nowhere. Not here: which files are in conflict ([`super::operation`]).

use std::io::Read as _;
use std::path::Path;

use bosk_core::review::merge::{ConflictFile, Resolution};
use bosk_core::review::path::to_text;
use bosk_core::{Problem, ProblemCode};
use sha2::{Digest as _, Sha256};

use crate::git::compare::named;
use crate::git::lock::hex;
use crate::git::staged::{Staged, staged};
use crate::git::{Git, paths};

/// The most of a file that is shown as text, in bytes.
const TEXT: usize = 2 << 20;

/// One side of a conflict, as the index has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    mode: String,
    object: String,
}

/// What the index has of it: what both came from, ours, theirs.
type Stages = [Option<Entry>; 3];

async fn stages(git: &Git, worktree: &Path, path: &[u8]) -> Result<Stages, Problem> {
    let call = git.look(worktree).args(["ls-files", "--unmerged", "-z", "--full-name", "--"]);
    let output = call.arg(paths::from_git(path)).run().await?;
    let mut stages = Stages::default();
    for entry in staged(&output).filter(|entry| entry.path == path) {
        let place = entry.stage.checked_sub(1).and_then(|place| stages.get_mut(place));
        if let Some(place) = place {
            *place = Some(Entry { mode: entry.mode.to_owned(), object: entry.object.to_owned() });
        }
    }
    if stages.iter().all(Option::is_none) {
        return Err(Problem::new(
            ProblemCode::SessionState,
            format!("`{}` is not in conflict any more.", to_text(path)),
        )
        .hint("Look at the conflicts once more."));
    }
    Ok(stages)
}

/// The file from three sides. `turned` says that git's own two are to be told the other way round.
///
/// # Errors
/// It is not in conflict, or git failed.
pub async fn file(
    git: &Git,
    worktree: &Path,
    path: &str,
    turned: bool,
) -> Result<ConflictFile, Problem> {
    let name = named(path)?;
    let stages = stages(git, worktree, &name).await?;
    let now = lying(worktree, &name).await?;
    let stamp = stamp(&stages, now.as_ref());
    let mut binary = false;
    let mut sides = Vec::new();
    for entry in &stages {
        sides.push(match entry {
            None => None,
            // A link, or another repository.
            Some(entry) if !entry.mode.starts_with("100") => {
                binary = true;
                None
            }
            Some(entry) => {
                let call = git.look(worktree).args(["cat-file", "blob", &entry.object]);
                let blob = call.limit(TEXT).run().await?;
                let text = if blob.truncated { None } else { text(blob.stdout) };
                binary |= text.is_none();
                text
            }
        });
    }
    let now = match now {
        None => None,
        Some(bytes) => {
            let text = text(bytes);
            binary |= text.is_none();
            text
        }
    };
    let mut sides = sides.into_iter().map(|side| side.filter(|_| !binary));
    let (base, ours, theirs) =
        (sides.next().flatten(), sides.next().flatten(), sides.next().flatten());
    let (ours, theirs) = if turned { (theirs, ours) } else { (ours, theirs) };
    let now = now.filter(|_| !binary);
    Ok(ConflictFile { path: path.to_owned(), base, ours, theirs, now, binary, stamp })
}

/// Resolves it; the index has it as one from then on.
///
/// # Errors
/// It is not as `stamp` saw it, that side has nothing, or git failed.
pub async fn resolve(
    git: &Git,
    worktree: &Path,
    path: &str,
    stamp_seen: &str,
    resolution: &Resolution,
    turned: bool,
) -> Result<(), Problem> {
    let name = named(path)?;
    let stages = stages(git, worktree, &name).await?;
    if stamp(&stages, lying(worktree, &name).await?.as_ref()) != stamp_seen {
        return Err(Problem::new(
            ProblemCode::SessionState,
            format!("`{path}` has changed since you looked, so it was left as it is."),
        )
        .hint("Look at it once more, then decide."));
    }
    let place = paths::from_git(&name);
    let [base, ours, theirs] = stages;
    let (ours, theirs) = if turned { (theirs, ours) } else { (ours, theirs) };
    let taken = match resolution {
        Resolution::Ours => ours,
        Resolution::Theirs => theirs,
        Resolution::Removed => None,
        Resolution::Text { text } => {
            let mode = [ours, theirs, base].into_iter().flatten().map(|entry| entry.mode);
            let mode = mode.into_iter().find(|mode| mode.starts_with("100"));
            // As `git add` would take the file: with its line ends and filters.
            let call = git.change(worktree).args(["hash-object", "-w", "--stdin", "--path"]);
            let call = call.arg(&place);
            // Git closes an empty input as well as it reads one.
            let object = call.input(text.clone().into_bytes()).run().await?.text();
            Some(Entry { mode: mode.unwrap_or_else(|| "100644".to_owned()), object })
        }
    };
    let Some(Entry { mode, object }) = taken else {
        let call = git.change(worktree).args(["rm", "--force", "--quiet", "--"]);
        call.arg(&place).run().await?;
        return Ok(());
    };
    let entry = Staged { mode: &mode, object: &object, stage: 0, path: &name };
    let line = entry.info(entry.stage, entry.path);
    git.change(worktree).args(["update-index", "-z", "--index-info"]).input(line).run().await?;
    let call = git.change(worktree).args(["checkout-index", "--force", "--index", "--"]);
    call.arg(&place).run().await?;
    Ok(())
}

/// The file as it lies in the folder: none where there is none, or none that could be read.
async fn lying(worktree: &Path, path: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
    let file = worktree.join(paths::from_git(path));
    let root = worktree.to_owned();
    crate::client::blocking(move || {
        // Only a file of this folder's: a link may lead anywhere, and a pipe would never end.
        let is_inside = file
            .ancestors()
            .skip(1)
            .take_while(|above| *above != root)
            .all(|above| above.symlink_metadata().is_ok_and(|one| one.is_dir()));
        if !is_inside || !file.symlink_metadata().is_ok_and(|one| one.is_file()) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let read = std::fs::File::open(&file)
            .and_then(|opened| opened.take(TEXT as u64 + 1).read_to_end(&mut bytes));
        Ok(read.is_ok().then_some(bytes))
    })
    .await
}

fn text(bytes: Vec<u8>) -> Option<String> {
    // Source of the number: git's `buffer_is_binary`.
    let is_binary = bytes.len() > TEXT || bytes[..bytes.len().min(8000)].contains(&0);
    String::from_utf8(bytes).ok().filter(|_| !is_binary)
}

fn stamp(stages: &Stages, now: Option<&Vec<u8>>) -> String {
    let mut digest = Sha256::new();
    for entry in stages {
        let told = entry.as_ref().map(|one| format!("{} {}", one.mode, one.object));
        digest.update(told.unwrap_or_default());
        digest.update(b"\n");
    }
    digest.update([u8::from(now.is_some())]);
    digest.update(now.map_or(&[][..], Vec::as_slice));
    hex(&digest.finalize()[..16])
}

#[cfg(test)]
mod tests;
