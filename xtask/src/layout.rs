//! Where things are: the tree, the build folder, and the programs built into it. It builds nothing.

use std::{env, path::PathBuf};

/// The workspace's root. Cargo names this package's folder to what it runs; by hand, it is the current one.
pub(crate) fn root() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .and_then(|xtask| xtask.parent().map(PathBuf::from))
        .or_else(|| env::current_dir().ok())
        .unwrap_or_default()
}

/// The page's sources.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// What tests and benchmarks leave to be looked at.
pub(crate) fn artifacts() -> PathBuf {
    root().join("artifacts")
}

/// Cargo's build folder.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A program as `cargo build` leaves it: `profile` is `debug` or `release`.
pub(crate) fn built(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The first file of this name on PATH, if any.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    env::split_paths(&env::var_os("PATH")?)
        .flat_map(|dir| names.iter().map(move |suffix| dir.join(format!("{program}{suffix}"))))
        .find(|path| path.is_file())
}
