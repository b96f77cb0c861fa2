//! A lock that holds between processes: one file, locked by the operating system, which lets go of
//! it when the holder ends in whatever way.

use std::fs::File;
use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode};
use sha2::{Digest as _, Sha256};

/// Held until dropped.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// Waits for the lock at `path`; the file stays and has no content.
///
/// # Errors
/// The file cannot be made or locked.
pub async fn exclusive(path: PathBuf) -> Result<FileLock, Problem> {
    let wait = move || -> std::io::Result<FileLock> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok(FileLock { _file: file })
    };
    let waited = tokio::task::spawn_blocking(wait).await.unwrap_or_else(|e| Err(e.into()));
    waited.map_err(|error| {
        Problem::new(
            ProblemCode::HomeUnwritable,
            format!("Bosk cannot lock a file in its own folder, so nothing was done: {error}."),
        )
        .hint("Free or unlock that folder, or set BOSK_HOME to another one.")
    })
}

/// The lock file, in the folder of locks, for what lives at `path`.
#[must_use]
pub fn file_for(locks: &Path, path: &Path) -> PathBuf {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    locks.join(format!("{}.lock", hex(&digest[..16])))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = file_for(folder.path(), Path::new("/some/repository/.git"));
        let held = exclusive(path.clone()).await.unwrap();
        let second = tokio::spawn(exclusive(path));
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(held);
        second.await.unwrap().unwrap();
    }
}
