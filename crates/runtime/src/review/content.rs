//! One file of a worktree as it is now: what stands for its content, and what is told of it at a glance. It is read with
//! a limit. Not here: which files there are.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bosk_core::review::generated;
use sha2::{Digest as _, Sha256};

use crate::git::changes::{count_lines, is_binary};
use crate::git::compare::{Content, Difference};
use crate::git::lock::hex;

/// The largest file that is read to see what it holds, in bytes: of a larger one, time and size stand for the content.
const READ: u64 = 4 << 20;

/// What was seen of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its size in bytes; none where there is no file.
    pub(super) bytes: Option<u64>,
    /// Stands for what it holds and how.
    pub(super) identity: String,
    /// Its lines, where it has such.
    pub(super) lines: Option<u32>,
    pub(super) binary: bool,
    /// Whether its first lines say that a tool has made it.
    pub(super) generated: bool,
}

/// Looks at the file. What cannot be read is told by time and size.
pub(super) fn look(path: &Path) -> Seen {
    let Ok(metadata) = path.symlink_metadata() else {
        return Seen { identity: "gone".to_owned(), ..Seen::default() };
    };
    if metadata.is_symlink() {
        let target = std::fs::read_link(path).unwrap_or_default();
        let identity = format!("link {}", digest(target.as_os_str().as_encoded_bytes()));
        return Seen { identity, lines: Some(1), ..Seen::default() };
    }
    // Anything else has no content: a pipe would never end.
    if !metadata.is_file() {
        return Seen { identity: "folder".to_owned(), ..Seen::default() };
    }
    let bytes = Some(metadata.len());
    let mode = if is_program(&metadata) { "program" } else { "file" };
    let mut content = Vec::new();
    let read = metadata.len() <= READ
        && File::open(path)
            .and_then(|file| file.take(READ + 1).read_to_end(&mut content))
            .is_ok_and(|count| count as u64 <= READ);
    if !read {
        let time = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let time = time.map_or(0, |time| time.as_nanos());
        let identity = format!("{mode} {} {time}", metadata.len());
        return Seen { bytes, identity, ..Seen::default() };
    }
    let binary = is_binary(&content);
    Seen {
        bytes,
        identity: format!("{mode} {}", digest(&content)),
        lines: (!binary).then(|| count_lines(&content)),
        binary,
        generated: !binary && generated::by_content(&content),
    }
}

/// What stands for a file's content on both sides; `seen` is the file, where that is the new side.
pub(super) fn stamp(file: &Difference, seen: Option<&Seen>) -> String {
    let of = |content: &Content| match content.is_there() {
        true => format!("{} {}", content.mode, content.id),
        false => "nothing".to_owned(),
    };
    let new = seen.map_or_else(|| of(&file.new), |seen| seen.identity.clone());
    let mut stamp = digest(format!("{}\n{new}", of(&file.old)).as_bytes());
    stamp.truncate(32);
    stamp
}

/// What stands for these bytes.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(unix)]
fn is_program(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_program(_: &Metadata) -> bool {
    false
}
