//! The one error shape that a person sees. Each module has a typed error of its own inside; this is
//! what it becomes at the edge. Not here: how a problem is worded in another language (the UI
//! translates by [`ProblemCode`] and shows `message` as the detail).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, what it means for the person's work, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
#[ts(export)]
pub struct Problem {
    /// What the UI decides on; it never reads `message`.
    pub code: ProblemCode,
    /// A full sentence: what happened, and what that means for the work.
    pub message: String,
    /// The next thing to do, as a full sentence.
    pub hint: Option<String>,
}

impl Problem {
    /// Returns a problem without a hint.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// Returns the same problem with the next thing to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Every kind of problem that a person can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ProblemCode {
    /// No `claude` command was found.
    CliMissing,
    /// The `claude` command is older than what Bosk speaks.
    CliTooOld,
    /// The `claude` command would not start, or ended before it answered.
    CliFailed,
    /// The CLI has said nothing for a long time.
    CliSilent,
    /// Nobody is signed in, or the sign-in has expired.
    SignedOut,
    /// The account's usage limit is reached.
    UsageLimit,
    /// The model's service answered with an error.
    ApiError,
    /// The folder is not inside a git repository.
    NotARepository,
    /// The repository has no work tree.
    BareRepository,
    /// The repository has no commit yet.
    UnbornBranch,
    /// The repository, or a part of it, cannot be read.
    RepositoryUnreadable,
    /// The base names no commit.
    BaseUnknown,
    /// Git does not accept the branch's name.
    BranchInvalid,
    /// A branch of that name exists already.
    BranchExists,
    /// The branch is checked out in another worktree.
    BranchCheckedOut,
    /// The worktree could not be made.
    WorktreeFailed,
    /// Git is missing, too old, or failed in a way that has no code of its own.
    GitFailed,
    /// The repository's own settings have not been accepted yet, or have changed.
    NotTrusted,
    /// The repository's set-up script failed.
    SetupFailed,
    /// A value that the person gave cannot be used.
    InvalidInput,
    /// No session, or more than one, has that id.
    SessionUnknown,
    /// The session is not in a state in which this can be done.
    SessionState,
    /// The session's keeper cannot be reached.
    KeeperUnreachable,
    /// The disk is full, or nearly so.
    DiskFull,
    /// Bosk's own folder cannot be read or written.
    HomeUnwritable,
    /// A file of Bosk's could not be read and was kept aside.
    FileDamaged,
    /// A request that the person answered is no longer open.
    RequestGone,
    /// The system's key store did not take or give a secret.
    KeyStore,
    /// A limit that the person set was reached.
    LimitReached,
    /// A step took longer than it may.
    TimedOut,
    /// Anything else; a bug where it is seen often.
    Internal,
}
