//! The sample repository of "Try it" and the sessions that are played on it.

use std::path::{Path, PathBuf};

use crate::{error::RehearsalError, scripts::Scripts};

/// A file of the sample repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleFile {
    /// Its path in the repository, with `/` between the parts.
    pub path: &'static str,
    /// What is in it.
    pub text: &'static str,
}

/// A session that a newcomer can start without an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrySession {
    /// Some words for a button.
    pub title: String,
    /// What is asked of the session. The server knows the script by it, so send it unchanged.
    pub prompt: String,
    /// The script that plays it.
    pub script: String,
}

/// The sample repository's files: a small program in POSIX shell, with a test that fails.
#[must_use]
pub fn sample_repository() -> &'static [SampleFile] {
    macro_rules! file {
        ($path:literal) => {
            SampleFile { path: $path, text: include_str!(concat!("../sample/", $path)) }
        };
    }
    const FILES: &[SampleFile] = &[
        file!(".gitattributes"),
        file!(".gitignore"),
        file!("README.md"),
        file!("data/stock.tsv"),
        file!("larder"),
        file!("lib/days.sh"),
        file!("lib/stock.sh"),
        file!("tests/days_test.sh"),
        file!("tests/run.sh"),
        file!("tests/stock_test.sh"),
    ];
    FILES
}

/// The three sessions, in the order in which to show them.
#[must_use]
pub fn try_sessions() -> Vec<TrySession> {
    let scripts = Scripts::builtin();
    let session = |name: &str| {
        let script = scripts.get(name).ok()?;
        Some(TrySession {
            title: script.title.clone(),
            prompt: script.prompt.clone(),
            script: name.to_owned(),
        })
    };
    ["fix-test", "add-export", "ask-first"].into_iter().filter_map(session).collect()
}

/// Writes the sample repository's files into `folder`, which is made if need be, and returns their
/// paths. `git init` is the caller's.
///
/// # Errors
/// A file could not be written.
pub fn write_sample_repository(folder: &Path) -> Result<Vec<PathBuf>, RehearsalError> {
    let write = |file: &SampleFile| {
        let path = folder.join(file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, file.text)?;
        Ok(path)
    };
    sample_repository().iter().map(write).collect::<Result<_, _>>().map_err(RehearsalError::Sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, below: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, below, found);
            } else {
                let path = path.strip_prefix(below).unwrap();
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }

    #[test]
    fn every_file_of_the_sample_is_written() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample");
        let folder = tempfile::tempdir().unwrap();
        let written = write_sample_repository(&folder.path().join("larder")).unwrap();
        let (mut wanted, mut there) = (Vec::new(), Vec::new());
        files(&source, &source, &mut wanted);
        files(folder.path(), &folder.path().join("larder"), &mut there);
        wanted.sort();
        there.sort();
        assert_eq!((&there, there.len()), (&wanted, written.len()));
        assert!(sample_repository().iter().all(|file| !file.text.contains('\r')));
    }

    #[test]
    fn each_session_has_a_title_and_a_prompt_of_its_own() {
        let sessions = try_sessions();
        assert_eq!(sessions.len(), 3);
        for session in &sessions {
            assert!(!session.title.is_empty() && !session.prompt.is_empty());
            let same = sessions.iter().filter(|other| other.prompt == session.prompt);
            assert_eq!(same.count(), 1);
        }
    }
}
