//! Remotes, pushing, and pull requests by the forge's own command (`gh`, `glab`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What pushing a session's branch would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PushPlan {
    /// The branch.
    pub branch: String,
    /// The full id of its commit.
    pub head: String,
    /// The repository's remotes, the likeliest first.
    pub remotes: Vec<Remote>,
    /// The branch that it follows (`origin/x`), where it does.
    pub upstream: Option<String>,
    /// Commits that the remote's branch of that name does not have; all own ones where there is none.
    pub ahead: u32,
    /// Commits of the remote's branch that this one does not have, as last fetched: pushing needs force then.
    pub behind: u32,
}

/// A remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Remote {
    /// Its name.
    pub name: String,
    /// Its address, without anything secret in it.
    pub url: String,
    /// What serves it, as far as its address tells.
    pub forge: Option<ForgeKind>,
    /// Where a browser compares the branch with its base, if that is known.
    pub compare_url: Option<String>,
}

/// Who serves a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ForgeKind {
    /// GitHub: `gh`.
    Github,
    /// GitLab: `glab`.
    Gitlab,
}

/// How a branch is pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PushRequest {
    /// The remote's name.
    pub remote: String,
    /// The commit that the person saw.
    pub head: String,
    /// Whether the branch follows the remote's from then on.
    pub set_upstream: bool,
    /// Whether what the remote has of its own is replaced, if it is still what was last fetched.
    pub force_with_lease: bool,
    /// Whether the repository's `pre-push` hook runs.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub hooks: bool,
}

/// What a remote has of a branch, asked after a push of it that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RemoteHas {
    /// The commit that was pushed.
    Pushed,
    /// What it had when it was last fetched, or still no such branch.
    AsBefore,
    /// Something else: another push has come there.
    Other,
}

impl RemoteHas {
    /// By the commit that the branch is on there `now`, the one that was to be `pushed`, and the one of `before`.
    #[must_use]
    pub fn of(now: Option<&str>, pushed: &str, before: Option<&str>) -> Self {
        match now {
            Some(now) if now == pushed => Self::Pushed,
            now if now == before => Self::AsBefore,
            _ => Self::Other,
        }
    }
}

/// Whether the forge's own command can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ForgeState {
    /// No remote is of a forge that is known.
    None,
    /// Its command is not installed.
    Missing,
    /// Nobody is signed in with it.
    SignedOut,
    /// It can.
    Ready,
}

/// The pull request of a session's branch, and what opening one needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ForgeView {
    /// Whether the command can be used.
    pub state: ForgeState,
    /// Which forge.
    pub kind: Option<ForgeKind>,
    /// Where a browser compares the branch with its base, if that is known.
    pub compare_url: Option<String>,
    /// A title for a new one.
    pub title: String,
    /// A body for a new one.
    pub body: String,
    /// The one that is there.
    pub request: Option<PullRequest>,
}

/// A pull request (GitLab: merge request).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PullRequest {
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its page.
    pub url: String,
    /// `open`, `merged` or `closed`.
    pub state: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// What the forge runs on it.
    pub checks: Vec<ForgeCheck>,
    /// What people say about it.
    pub comments: Vec<ForgeComment>,
}

/// A check that the forge runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ForgeCheck {
    /// Its name.
    pub name: String,
    /// Whether it passed; none while it runs.
    pub passed: Option<bool>,
    /// Its page.
    pub url: Option<String>,
}

/// A comment on a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ForgeComment {
    /// The forge's name for it.
    pub id: String,
    /// Who.
    pub author: String,
    /// What they say, as Markdown.
    pub body: String,
    /// The file that it is on, where it is on one.
    pub path: Option<String>,
    /// The line.
    pub line: Option<u32>,
}

/// Something on a pull request that is sent to the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
#[ts(export)]
pub enum Feedback {
    /// A check that failed, with the end of its log.
    Check {
        /// Its name.
        name: String,
    },
    /// A comment.
    Comment {
        /// Its id.
        id: String,
    },
}

#[cfg(test)]
mod tests {
    use super::RemoteHas;

    #[test]
    fn what_a_remote_has_is_told_by_commits_alone() {
        for (now, before, has) in [
            (Some("new"), Some("old"), RemoteHas::Pushed),
            (Some("new"), None, RemoteHas::Pushed),
            (Some("old"), Some("old"), RemoteHas::AsBefore),
            (None, None, RemoteHas::AsBefore),
            (None, Some("old"), RemoteHas::Other),
            (Some("theirs"), Some("old"), RemoteHas::Other),
            (Some("theirs"), None, RemoteHas::Other),
        ] {
            assert_eq!(RemoteHas::of(now, "new", before), has, "{now:?} {before:?}");
        }
    }
}
