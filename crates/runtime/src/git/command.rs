//! The git command of this machine, and what a call of it printed. Not here: how a call runs
//! ([`super::call`]), and what its output means.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::OnceCell;

pub use super::call::Call;

pub use super::error::GitError;

/// The oldest git that Bosk speaks to.
pub(super) const OLDEST: (u32, u32) = (2, 38);

/// The git command of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    pub(crate) program: PathBuf,
    pub(super) environment: Vec<(OsString, OsString)>,
}

/// What a call printed.
#[derive(Debug)]
pub struct Output {
    /// Standard output, up to the call's limit.
    pub stdout: Vec<u8>,
    /// Whether there was more.
    pub truncated: bool,
    /// The exit code; none where a signal ended it, or where it took too long.
    pub code: Option<i32>,
    /// Whether it took too long, and was ended.
    pub timed_out: bool,
    pub(super) stderr: String,
}

impl Output {
    /// Standard output as text, without its last line end.
    #[must_use]
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.stdout);
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    /// What git complained about, bounded and without credentials.
    #[must_use]
    pub fn stderr(&self) -> &str {
        &self.stderr
    }

    /// The whole fields of a `-z` output.
    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let whole = match self.stdout.iter().rposition(|byte| *byte == 0) {
            Some(end) => &self.stdout[..end],
            None => &[],
        };
        whole.split(|byte| *byte == 0).filter(|_| !whole.is_empty())
    }
}

impl Git {
    /// The `git` on PATH, looked up once.
    ///
    /// # Errors
    /// There is none, or it is too old.
    pub async fn find() -> Result<Self, GitError> {
        static FOUND: OnceCell<Git> = OnceCell::const_new();
        let find = || async { Self::at(which::which("git").map_err(|_| GitError::Missing)?).await };
        FOUND.get_or_try_init(find).await.cloned()
    }

    /// The given command.
    ///
    /// # Errors
    /// It does not start, is not git, or is too old.
    pub async fn at(program: PathBuf) -> Result<Self, GitError> {
        let git = Self { program, environment: Vec::new() };
        let call = git.look(Path::new(".")).arg("--version").timeout(Duration::from_secs(10));
        let answer = call.run().await?.text();
        let version = answer.strip_prefix("git version ").unwrap_or_default();
        let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(git),
            (Some(_), Some(_)) => Err(GitError::TooOld { found: version.to_owned() }),
            _ => Err(GitError::Unexpected { command: "--version".into() }),
        }
    }

    /// The same git with more environment for each call.
    #[must_use]
    pub fn with_environment(
        mut self,
        pairs: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        self.environment.extend(pairs);
        self
    }

    /// A call that only looks: it takes no lock and writes nothing.
    #[must_use]
    pub fn look(&self, folder: &Path) -> Call<'_> {
        Call::new(self, folder, false)
    }

    /// A call that changes something: it waits for a moment where another one holds a lock.
    #[must_use]
    pub fn change(&self, folder: &Path) -> Call<'_> {
        Call::new(self, folder, true)
    }
}

#[cfg(test)]
mod tests;
