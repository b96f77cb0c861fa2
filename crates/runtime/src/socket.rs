//! The local socket between a keeper and its clients: a Unix socket in a private folder, with a check
//! of the peer's user, or a named pipe on Windows. Never TCP. Not here: what is said.

use std::io;
use std::path::PathBuf;

use bosk_core::SessionId;
use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use interprocess::local_socket::{ConnectOptions, GenericFilePath, ListenerOptions, Name};

use crate::home::Home;

/// The longest path that `sockaddr_un` holds on every Unix (macOS has 104 bytes with the zero).
#[cfg(unix)]
const LONGEST_PATH: usize = 103;

/// Where a session's socket is.
#[cfg(unix)]
fn path(home: &Home, id: &SessionId) -> io::Result<PathBuf> {
    Ok(private_folder(home)?.join(format!("{}.sock", id.short())))
}

/// The folder in which sockets appear and vanish as sessions start and end: their names begin with
/// the session's first digits.
#[must_use]
pub fn folder(home: &Home) -> Option<PathBuf> {
    #[cfg(unix)]
    return private_folder(home).ok();
    #[cfg(windows)]
    return Some(home.sockets());
}

#[cfg(unix)]
fn private_folder(home: &Home) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    let near = home.sockets();
    if near.as_os_str().len() + "/01234567.sock".len() <= LONGEST_PATH {
        return Ok(near);
    }
    let hash = crate::git::lock::hex(&crc32(home.path().as_os_str().as_bytes()).to_be_bytes());
    let user = nix::unistd::getuid();
    let folder = std::env::temp_dir().join(format!("bosk-{user}-{hash}"));
    crate::files::create_private_folder(&folder)?;
    // Somebody else may have made a folder of that name: what is in it could not be trusted.
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::symlink_metadata(&folder)?;
    if !found.is_dir() || found.uid() != user.as_raw() || found.mode() & 0o077 != 0 {
        return Err(io::Error::other("the folder for sockets belongs to somebody else"));
    }
    Ok(folder)
}

#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "the other arm can fail")]
fn path(home: &Home, id: &SessionId) -> io::Result<PathBuf> {
    let hash = crc32(home.path().as_os_str().as_encoded_bytes());
    Ok(PathBuf::from(format!(r"\\.\pipe\bosk-{hash:08x}-{id}")))
}

fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

fn name(home: &Home, id: &SessionId) -> io::Result<Name<'static>> {
    path(home, id)?.to_fs_name::<GenericFilePath>()
}

/// Opens the session's socket; a dead one of an earlier keeper is replaced. Only the holder of the
/// session's lock may call this.
///
/// # Errors
/// Whatever the system says.
pub fn listen(home: &Home, id: &SessionId) -> io::Result<Listener> {
    ListenerOptions::new().name(name(home, id)?).try_overwrite(true).create_tokio()
}

/// Connects to the session's keeper.
///
/// # Errors
/// Nobody listens there.
pub async fn connect(home: &Home, id: &SessionId) -> io::Result<Stream> {
    let stream = ConnectOptions::new().name(name(home, id)?).connect_tokio().await?;
    check_peer(&stream)?;
    Ok(stream)
}

/// Waits for the next client of this user; others are turned away.
///
/// # Errors
/// The socket is broken.
pub async fn accept(listener: &Listener) -> io::Result<Stream> {
    loop {
        let stream = listener.accept().await?;
        if check_peer(&stream).is_ok() {
            return Ok(stream);
        }
    }
}

#[cfg(unix)]
fn check_peer(stream: &Stream) -> io::Result<()> {
    match stream.peer_creds()?.euid() {
        Some(user) if user == nix::unistd::geteuid().as_raw() => Ok(()),
        _ => Err(io::ErrorKind::PermissionDenied.into()),
    }
}

/// A named pipe's default access list already keeps other users from writing.
#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "the other arm can fail")]
fn check_peer(_: &Stream) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_home_of_any_depth_has_a_socket() {
        let folder = tempfile::tempdir().unwrap();
        for depth in [1, 40] {
            let home = Home::at(folder.path().join("deep/".repeat(depth))).unwrap();
            let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
            let listener = listen(&home, &id).unwrap();
            let (client, server) = tokio::join!(connect(&home, &id), accept(&listener));
            assert!(client.is_ok() && server.is_ok());
        }
    }

    #[tokio::test]
    async fn a_dead_socket_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        std::mem::forget(listen(&home, &id).unwrap());
        let listener = listen(&home, &id).unwrap();
        let (client, server) = tokio::join!(connect(&home, &id), accept(&listener));
        assert!(client.is_ok() && server.is_ok());
    }
}
