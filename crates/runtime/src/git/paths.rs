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

/// The bytes of a path, as git writes it into its files.
#[cfg(not(windows))]
pub(super) fn to_git(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// The bytes of a path, as git writes it into its files.
#[cfg(windows)]
pub(super) fn to_git(path: &Path) -> Vec<u8> {
    shown(&plain(path)).replace('\\', "/").into_bytes()
}

/// The path without what Windows puts before a real one, which git does not read.
pub(super) fn plain(path: &Path) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(rest) if cfg!(windows) && !rest.starts_with("UNC") => PathBuf::from(rest),
        _ => path.to_owned(),
    }
}

/// The text of a path, as a person is shown it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
