//! Paths as git prints and takes them: bytes on Unix, UTF-8 elsewhere.

use std::path::{Path, PathBuf};

/// The path that git printed.
#[cfg(unix)]
pub(super) fn from_git(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The path that git printed.
#[cfg(not(unix))]
pub(super) fn from_git(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The path as git reads it from its standard input.
#[cfg(unix)]
pub(super) fn to_git(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

/// The path as git reads it from its standard input.
#[cfg(not(unix))]
pub(super) fn to_git(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

/// The text of a path, as a person is shown it.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
