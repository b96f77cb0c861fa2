//! Writing files so that a kill at any byte leaves the old content or the new, never a mixture.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces the file at `path`: temporary file beside it, fsync, rename, fsync of the folder.
///
/// # Errors
/// Whatever the file system says; the old file is then untouched.
pub fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("the path names no folder"))?;
    let mut file = tempfile::Builder::new().prefix(".bosk-").tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    sync_folder(folder)
}

/// As [`write_atomically`], for what can be made anew: a power cut may leave neither the old content nor the new.
///
/// # Errors
/// Whatever the file system says; the old file is then untouched.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("the path names no folder"))?;
    let mut file = tempfile::Builder::new().prefix(".bosk-").tempfile_in(folder)?;
    file.write_all(content)?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}

/// Makes the folder's entries durable: a new name can vanish in a power cut without it.
///
/// # Errors
/// Whatever the file system says.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows cannot open a folder for this, and NTFS journals names itself.
    if cfg!(windows) { Ok(()) } else { File::open(folder)?.sync_all() }
}

/// Creates a folder and its parents, open to this user only.
///
/// # Errors
/// Whatever the file system says.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Renames a file that cannot be used to the first free `<name>.damaged-<n>`, and tells which.
///
/// # Errors
/// Whatever the file system says; the file then stays where it is.
pub fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let name = |number: u32| path.with_added_extension(format!("damaged-{number}"));
    let mut free = (1..).map(name).filter(|aside| aside.symlink_metadata().is_err());
    let aside = free.next().ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
    fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_files_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("taken");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("inside"), b"kept").unwrap();
        assert!(write_atomically(&target, b"new").is_err());
        assert_eq!(fs::read(target.join("inside")).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
