//! A word from a process that nobody here has started: it writes a line into a named pipe, and the
//! test waits for that.

use std::path::{Path, PathBuf};

use bosk_runtime::process::ProcessIdentity;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::unix::pipe::{OpenOptions, Receiver};
use tokio::time::timeout;

use crate::session::PATIENCE;

/// The reading end.
#[derive(Debug)]
pub struct Words {
    path: PathBuf,
    from: BufReader<Receiver>,
}

impl Words {
    /// Makes the pipe at `path`.
    ///
    /// # Panics
    /// The system refused.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        // Open for writing as well, so that no writer's end is taken for the end of all.
        let from = OpenOptions::new().read_write(true).open_receiver(&path).unwrap();
        Self { path, from: BufReader::new(from) }
    }

    /// Where to write.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The next line.
    ///
    /// # Panics
    /// None comes in time.
    pub async fn next(&mut self) -> String {
        let mut line = String::new();
        let read = timeout(PATIENCE, self.from.read_line(&mut line)).await;
        read.unwrap_or_else(|_| panic!("nobody writes to {}", self.path.display())).unwrap();
        line.trim().to_owned()
    }

    /// The next line, which is the id of a process that runs.
    ///
    /// # Panics
    /// It is none.
    pub async fn next_process(&mut self) -> ProcessIdentity {
        let line = self.next().await;
        let found = line.parse().ok().and_then(ProcessIdentity::of);
        found.unwrap_or_else(|| panic!("{line:?} is no process"))
    }
}
