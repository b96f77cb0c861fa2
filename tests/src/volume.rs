//! Small or read-only volumes, mounted for one test and unmounted with it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted volume.
#[derive(Debug)]
pub struct Volume(PathBuf);

impl Volume {
    /// A tmpfs of so many bytes at `folder`, which is made.
    ///
    /// # Panics
    /// Mounting is not permitted here.
    #[must_use]
    pub fn of(folder: &Path, bytes: u64) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={bytes},mode=700");
        mount(&["-t", "tmpfs", "-o", &size, "bosk-test"], folder);
        Self(folder.to_owned())
    }

    /// The same folder once more over itself, for reading only.
    ///
    /// # Panics
    /// Mounting is not permitted here.
    #[must_use]
    pub fn read_only(folder: &Path) -> Self {
        let source = folder.to_str().unwrap();
        mount(&["--bind", source], folder);
        mount(&["-o", "remount,ro,bind"], folder);
        Self(folder.to_owned())
    }

    /// Writes a file until the volume is full; remove it to free the room.
    ///
    /// # Panics
    /// Something else than a full volume stops it.
    #[must_use]
    pub fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let path = self.0.join("filling");
        let mut file = std::fs::File::create(&path).unwrap();
        for size in [64 << 10, 4 << 10, 1 << 10, 64, 1] {
            let piece = vec![0; size];
            loop {
                match file.write(&piece) {
                    Ok(1..) => {}
                    Err(error) if error.kind() == std::io::ErrorKind::StorageFull => break,
                    other => panic!("{other:?}"),
                }
            }
        }
        path
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // Lazily: what still holds a file in it has been ended or is about to be.
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        if !std::thread::panicking() {
            assert!(unmounted.unwrap().success(), "{} stays mounted", self.0.display());
        }
    }
}

fn mount(how: &[&str], folder: &Path) {
    let output = Command::new("mount").args(how).arg(folder).output().unwrap();
    assert!(
        output.status.success(),
        "this test must mount a volume (run it as root, or inside `unshare --user --map-root-user --mount`): {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
