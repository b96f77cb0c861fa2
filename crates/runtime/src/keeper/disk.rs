//! What keeps a full disk from costing work: a file that holds some room, to be given up when there
//! is none. Not here: waiting with unread pipes until there is room again (the loop does).

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use crate::home::Home;

/// How much the ballast holds, in bytes: enough for every decision and for the ends of many records.
const BALLAST: u64 = 4 << 20;

fn path(home: &Home) -> PathBuf {
    home.path().join("ballast")
}

/// Makes the ballast, where there is room for it many times over.
pub(super) fn take_on_ballast(home: &Home) {
    let path = path(home);
    if path.exists() || room(home).is_some_and(|(free, _)| free < 16 * BALLAST) {
        return;
    }
    let made = File::create(&path).and_then(|file| reserve(&file));
    if let Err(error) = made {
        tracing::debug!(%error, "no ballast");
        let _ = fs::remove_file(&path);
    }
}

/// Gives the ballast up. Whether there was any.
pub(super) fn drop_ballast(home: &Home) -> bool {
    fs::remove_file(path(home)).is_ok()
}

/// Whether the error means that there is no room.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::WriteZero
    )
}

#[cfg(target_os = "linux")]
fn reserve(file: &File) -> io::Result<()> {
    nix::fcntl::posix_fallocate(file, 0, BALLAST as i64).map_err(Into::into)
}

#[cfg(not(target_os = "linux"))]
fn reserve(mut file: &File) -> io::Result<()> {
    // Written in full: a length alone may take no room.
    let block = vec![0_u8; 64 << 10];
    for _ in 0..BALLAST / block.len() as u64 {
        io::Write::write_all(&mut file, &block)?;
    }
    file.sync_all()
}

/// Free and total bytes of the volume that holds Bosk's folder, where that can be told.
#[cfg(unix)]
pub(crate) fn room(home: &Home) -> Option<(u64, u64)> {
    let stat = nix::sys::statvfs::statvfs(home.path()).ok()?;
    #[allow(clippy::useless_conversion, reason = "the fields' width differs between platforms")]
    let size = u64::from(stat.fragment_size());
    #[allow(clippy::useless_conversion, reason = "the fields' width differs between platforms")]
    Some((u64::from(stat.blocks_available()) * size, u64::from(stat.blocks()) * size))
}

/// Windows tells by an error when there is no room.
#[cfg(not(unix))]
pub(crate) fn room(_: &Home) -> Option<(u64, u64)> {
    None
}
