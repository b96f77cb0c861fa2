//! What a terminal is known by while it is open: a file named like its cookie. A process that is killed leaves those
//! behind, and the next one ends whatever still carries them. Not here: the terminals.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bosk_core::SessionId;

use crate::files;
use crate::home::Home;
use crate::process;

/// How long the ending of one may take.
pub(super) const LIMIT: Duration = Duration::from_secs(2);

fn file(home: &Home, cookie: &SessionId) -> PathBuf {
    home.terminals().join(cookie.as_str())
}

pub(super) fn note(home: &Home, cookie: &SessionId) -> io::Result<()> {
    files::create_private_folder(&home.terminals())?;
    std::fs::write(file(home, cookie), [])
}

pub(super) fn forget(home: &Home, cookie: &SessionId) {
    // At worst nothing is found with it.
    let _ = std::fs::remove_file(file(home, cookie));
}

/// Only one app runs for a home, so whatever is noted at its start was left behind.
pub(super) fn end(home: &Home) {
    for entry in std::fs::read_dir(home.terminals()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(cookie) = name.to_str().and_then(|name| SessionId::parse(name).ok()) else {
            continue;
        };
        if process::sweep(&cookie, LIMIT).left.is_empty() {
            forget(home, &cookie);
        }
    }
}
