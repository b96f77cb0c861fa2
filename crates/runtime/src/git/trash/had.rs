//! The sessions of this Bosk that nothing but snapshots may be left of. All Bosks that work in a repository keep theirs in
//! it, and each lets go of its own only. One small file each in the trash, which holds the repository's root. Not here:
//! what goes ([`crate::client::expire`]).

use std::io;
use std::path::{Path, PathBuf};

use bosk_core::SessionId;

use crate::files;

const BEGIN: &str = "had-";

/// Writes down that the session was this Bosk's.
pub(crate) fn note(trash: &Path, session: &SessionId, repository: &str) -> io::Result<()> {
    files::write_atomically(&file(trash, session), repository.as_bytes())
}

/// All that were, with their repositories.
pub(crate) fn all(trash: &Path) -> Vec<(SessionId, PathBuf)> {
    let found = std::fs::read_dir(trash).into_iter().flatten().flatten();
    let read = found.filter_map(|entry| {
        let name = entry.file_name();
        let session = SessionId::parse(name.to_str()?.strip_prefix(BEGIN)?).ok()?;
        Some((session, PathBuf::from(std::fs::read_to_string(entry.path()).ok()?)))
    });
    read.collect()
}

/// Nothing is left of it.
pub(crate) fn forget(trash: &Path, session: &SessionId) {
    // One that stays is looked at again next time.
    let _ = std::fs::remove_file(file(trash, session));
}

fn file(trash: &Path, session: &SessionId) -> PathBuf {
    trash.join(format!("{BEGIN}{session}"))
}
