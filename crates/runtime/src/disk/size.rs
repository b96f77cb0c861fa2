//! How much of the disk a folder takes: blocks, not lengths, so that holes in sparse files count for nothing. Links
//! are not followed, other volumes not entered, and what has several names counts once.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::{WalkBuilder, WalkState};

/// How many threads read a folder.
const THREADS: usize = 4;

/// What the folder takes, in bytes.
#[must_use]
pub fn of(folder: &Path) -> u64 {
    let (rest, apart) = split(folder, &[]);
    rest + apart
}

/// What the folder takes without the ones that are named in it, and what those take.
#[must_use]
pub fn split(folder: &Path, apart: &[PathBuf]) -> (u64, u64) {
    let apart: Vec<PathBuf> = apart.iter().map(|one| folder.join(one)).collect();
    let (rest, inside) = (AtomicU64::new(0), AtomicU64::new(0));
    let seen = Mutex::new(HashSet::new());
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(false)
        .same_file_system(true)
        .threads(THREADS)
        .build_parallel();
    walk.run(|| {
        Box::new(|entry| {
            let Ok(entry) = entry else { return WalkState::Continue };
            let Ok(found) = entry.path().symlink_metadata() else { return WalkState::Continue };
            let is_first = several_names(&found).is_none_or(|file| {
                seen.lock().unwrap_or_else(PoisonError::into_inner).insert(file)
            });
            if is_first {
                let is_apart = apart.iter().any(|one| entry.path().starts_with(one));
                let sum = if is_apart { &inside } else { &rest };
                sum.fetch_add(blocks(&found), Ordering::Relaxed);
            }
            WalkState::Continue
        })
    });
    (rest.into_inner(), inside.into_inner())
}

#[cfg(unix)]
fn blocks(found: &Metadata) -> u64 {
    // Of 512 bytes, whatever the file system's own are (stat(2)).
    std::os::unix::fs::MetadataExt::blocks(found) * 512
}

#[cfg(not(unix))]
fn blocks(found: &Metadata) -> u64 {
    if found.is_dir() { 0 } else { found.len() }
}

/// What tells a file that has several names.
#[cfg(unix)]
fn several_names(found: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    (!found.is_dir() && found.nlink() > 1).then(|| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn several_names(_: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn holes_links_and_second_names_count_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("target")).unwrap();
        std::fs::write(path("a"), vec![1; 64 << 10]).unwrap();
        let before = of(folder.path());
        assert!(before >= 64 << 10, "{before}");
        std::fs::hard_link(path("a"), path("target/b")).unwrap();
        std::os::unix::fs::symlink("/", path("root")).unwrap();
        std::fs::File::create(path("hole")).unwrap().set_len(1 << 30).unwrap();
        let now = of(folder.path());
        assert!(now < before + (32 << 10), "{before} {now}");
        std::fs::write(path("target/c"), vec![1; 128 << 10]).unwrap();
        let (rest, inside) = split(folder.path(), &[PathBuf::from("target")]);
        assert!(inside >= 128 << 10 && rest + inside >= now + (128 << 10), "{rest} {inside}");
    }
}
