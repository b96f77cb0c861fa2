//! Paths as git prints them: bytes on Unix, UTF-8 elsewhere.

use std::path::{Path, PathBuf};

/// The path that git printed.
#[cfg(unix)]
pub(crate) fn from_git(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The path that git printed.
#[cfg(not(unix))]
pub(crate) fn from_git(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The text of a path, as a person is shown it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
