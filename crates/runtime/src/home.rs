//! Where Bosk keeps its things. One folder holds everything, and `BOSK_HOME` moves it.
//! Not here: what the files contain.

use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode, SessionId};

use crate::files;

/// The name of the file with the settings.
pub(crate) const SETTINGS: &str = "settings.json";

/// Bosk's own folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// The folder that `BOSK_HOME` names, else the platform's place for an app's data.
    ///
    /// # Errors
    /// Neither is known, or the folder cannot be made.
    pub fn find() -> Result<Self, Problem> {
        let folder = match std::env::var_os("BOSK_HOME").filter(|value| !value.is_empty()) {
            Some(named) => std::path::absolute(named).map_err(|error| unwritable(&error))?,
            None => data_folder().ok_or_else(|| {
                Problem::new(ProblemCode::HomeUnwritable, "Bosk found no home folder for its data.")
                    .hint("Set BOSK_HOME to a folder that you can write to.")
            })?,
        };
        Self::at(folder)
    }

    /// The given folder, made if need be.
    ///
    /// # Errors
    /// The folder cannot be made or written to.
    pub fn at(folder: PathBuf) -> Result<Self, Problem> {
        let home = Self(folder);
        for part in [home.sessions(), home.queue(), home.locks(), home.sockets()] {
            files::create_private_folder(&part).map_err(|error| unwritable(&error))?;
        }
        Ok(home)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// One folder for each session.
    #[must_use]
    pub fn sessions(&self) -> PathBuf {
        self.0.join("sessions")
    }

    /// One session's folder.
    #[must_use]
    pub fn session(&self, id: &SessionId) -> PathBuf {
        self.sessions().join(id.as_str())
    }

    /// What waits to become sessions.
    #[must_use]
    pub fn queue(&self) -> PathBuf {
        self.0.join("queue")
    }

    /// Lock files that several processes share.
    #[must_use]
    pub fn locks(&self) -> PathBuf {
        self.0.join("locks")
    }

    /// Local sockets of the keepers: short names, since a socket's path may have 107 bytes at most
    /// (sockaddr_un). On Linux they live in the run-time folder where the home's path is too long.
    #[must_use]
    pub fn sockets(&self) -> PathBuf {
        self.0.join("run")
    }

    /// Where worktrees go unless the settings say otherwise.
    #[must_use]
    pub fn worktrees(&self) -> PathBuf {
        self.0.join("worktrees")
    }

    /// What the machine and Bosk itself used; deletable.
    #[must_use]
    pub fn usage(&self) -> PathBuf {
        self.0.join("usage")
    }

    /// One file for each terminal that is open.
    #[must_use]
    pub fn terminals(&self) -> PathBuf {
        self.0.join("terminals")
    }

    /// Who has which ports; deletable while nothing runs.
    #[must_use]
    pub fn ports(&self) -> PathBuf {
        self.0.join("ports")
    }

    /// Removed worktrees, until they are really deleted.
    #[must_use]
    pub fn trash(&self) -> PathBuf {
        self.0.join("trash")
    }

    /// The index over journals: deletable.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.0.join("index.db")
    }

    /// The settings that matter.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.0.join(SETTINGS)
    }
}

fn data_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    Some(etcetera::choose_base_strategy().ok()?.data_dir().join("bosk"))
}

pub(crate) fn unwritable(error: &std::io::Error) -> Problem {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        return Problem::new(
            ProblemCode::DiskFull,
            format!("The disk is full, so this could not be kept and was not done: {error}."),
        )
        .hint("Free some space, then try again; running sessions wait and lose nothing.");
    }
    Problem::new(
        ProblemCode::HomeUnwritable,
        format!("Bosk cannot use its own folder, so nothing could be kept: {error}."),
    )
    .hint("Free or unlock that folder, or set BOSK_HOME to another one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_its_folders_private() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("deep/bosk")).unwrap();
        assert!(home.sessions().is_dir() && home.sockets().is_dir());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(home.sockets()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }

    #[test]
    fn a_home_that_is_a_file_is_a_problem() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let problem = Home::at(file.path().to_owned()).unwrap_err();
        assert_eq!(problem.code, ProblemCode::HomeUnwritable);
    }

    #[test]
    fn a_full_disk_is_told_as_one_and_not_as_a_locked_folder() {
        use std::io::{Error, ErrorKind};
        let code = |kind: ErrorKind| unwritable(&Error::from(kind)).code;
        assert_eq!(code(ErrorKind::StorageFull), ProblemCode::DiskFull);
        assert_eq!(code(ErrorKind::QuotaExceeded), ProblemCode::DiskFull);
        assert_eq!(code(ErrorKind::PermissionDenied), ProblemCode::HomeUnwritable);
    }
}
