//! How a call of git fails, and what a person is told of it.

use bosk_core::{Problem, ProblemCode};

use super::command::OLDEST;

/// How a call of git fails.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no `git` command.
    #[error("there is no `git` command")]
    Missing,
    /// Git is older than what Bosk speaks to.
    #[error("git {found} is too old")]
    TooOld {
        /// The version that it says it is.
        found: String,
    },
    /// Git could not be started, or its pipes broke.
    #[error("git could not be run: {0}")]
    Start(#[source] std::io::Error),
    /// Git ended with an error.
    #[error("git {command} failed: {stderr}")]
    Failed {
        /// The command's name, without its arguments.
        command: String,
        /// Its exit code; none where a signal ended it.
        code: Option<i32>,
        /// What it said, bounded and without credentials.
        stderr: String,
    },
    /// Git took too long and was ended.
    #[error("git took longer than {seconds} s")]
    TimedOut {
        /// How long it was given.
        seconds: u64,
    },
    /// Git said something that Bosk does not understand.
    #[error("the answer of git {command} was not understood")]
    Unexpected {
        /// The command's name, without its arguments.
        command: String,
    },
}

impl GitError {
    /// What git said, where it said anything.
    #[must_use]
    pub fn stderr(&self) -> &str {
        if let Self::Failed { stderr, .. } = self { stderr } else { "" }
    }
}

impl From<GitError> for Problem {
    fn from(error: GitError) -> Self {
        match &error {
            GitError::Missing => {
                Self::new(ProblemCode::GitFailed, "No git command was found, and Bosk needs it.")
                    .hint("Install git, then try again.")
            }
            GitError::TooOld { found } => Self::new(
                ProblemCode::GitFailed,
                format!("Git {found} is too old: Bosk needs {}.{} or newer.", OLDEST.0, OLDEST.1),
            )
            .hint("Install a newer git, then try again."),
            GitError::Failed { stderr, .. } => failed(stderr, &error),
            GitError::TimedOut { seconds } => Self::new(
                ProblemCode::TimedOut,
                format!("Git took longer than {seconds} s and was ended."),
            )
            .hint("See whether the disk or the network answers, then try again."),
            GitError::Start(_) | GitError::Unexpected { .. } => {
                Self::new(ProblemCode::GitFailed, sentence(&error.to_string()))
            }
        }
    }
}

/// Sources of the wordings: git's own messages in the C locale, each met in a test.
fn failed(stderr: &str, error: &GitError) -> Problem {
    let says = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
    if says(&["dubious ownership"]) {
        return Problem::new(
            ProblemCode::RepositoryUnreadable,
            "The repository belongs to another user, so git refuses to read it.",
        )
        .hint(
            "If you trust its owner, run: git config --global --add safe.directory followed by the \
             repository's folder.",
        );
    }
    if says(&["No space left on device", "Disk quota exceeded"]) {
        return Problem::new(
            ProblemCode::DiskFull,
            "The disk is full, so git could not write. Nothing that was there has changed.",
        )
        .hint("Free some space, then try again.");
    }
    if is_lock_held(stderr) {
        return Problem::new(
            ProblemCode::GitFailed,
            "Somebody else, perhaps the session, runs another git command there, and it took too long to \
             be waited for. Nothing was changed.",
        )
        .hint("Try again in a moment.");
    }
    if says(&["not a git repository"]) {
        return Problem::new(
            ProblemCode::NotARepository,
            "The folder is not inside a git repository.",
        );
    }
    let broken = [
        "is corrupt",
        "bad object",
        "bad config",
        "bad signature",
        "index file smaller than expected",
        "invalid gitfile",
        "unknown repository extension",
        "Expected git repo version",
        "unable to read tree",
        "could not parse HEAD",
        "missing object",
        "Permission denied",
    ];
    if says(&broken) {
        return Problem::new(
            ProblemCode::RepositoryUnreadable,
            format!("Git cannot read the repository: {}", sentence(stderr)),
        )
        .hint("Run git fsck in the repository to see what is damaged.");
    }
    Problem::new(ProblemCode::GitFailed, sentence(&error.to_string()))
}

/// Whether git gave up because another process held a lock file.
pub(super) fn is_lock_held(stderr: &str) -> bool {
    (stderr.contains(".lock'") && stderr.contains("File exists"))
        || stderr.contains("could not lock config file")
}

/// Whether git met a worktree that another process was just making: its folder is there, and the file
/// in it that names the repository is still empty. (Git 2.47, `get_common_dir_noenv`.)
pub(super) fn is_half_made(stderr: &str) -> bool {
    stderr.contains("failed to read") && stderr.contains("/commondir")
}

/// What git said, as text that may be shown: no credentials of an address, no control characters.
pub(super) fn readable(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let words = plain.trim().split_inclusive(char::is_whitespace).map(|word| {
        let credentials = word.split_once("://").and_then(|(scheme, rest)| {
            let end = rest.find('/').unwrap_or(rest.len());
            let at = rest[..end].rfind('@')?;
            Some(format!("{scheme}://{}", &rest[at + 1..]))
        });
        credentials.unwrap_or_else(|| word.to_owned())
    });
    words.collect()
}

/// The first lines of a message as one sentence.
fn sentence(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(4);
    let joined = lines.collect::<Vec<_>>().join(" ");
    let mut chars = joined.trim_start_matches("fatal: ").chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let whole = first + chars.as_str();
    if whole.ends_with(['.', '!', '?']) { whole } else { whole + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_control_characters_are_not_shown() {
        let said = readable(b"fatal: https://me:hunter2@example.org/x.git\x1b[31m gone\n");
        assert_eq!(said, "fatal: https://example.org/x.git[31m gone");
    }

    #[test]
    fn only_held_locks_are_retried() {
        assert!(is_lock_held("fatal: Unable to create '/r/.git/index.lock': File exists."));
        assert!(is_lock_held("error: could not lock config file .git/config: File exists"));
        assert!(!is_lock_held("cannot lock ref 'refs/heads/a': reference already exists"));
    }

    #[test]
    fn a_full_disk_is_told_as_such() {
        let error = GitError::Failed {
            command: "add".into(),
            code: Some(128),
            stderr: "error: unable to write file: No space left on device".into(),
        };
        assert_eq!(Problem::from(error).code, ProblemCode::DiskFull);
    }
}
