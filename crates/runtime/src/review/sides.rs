//! What each comparison compares: the base as it has been since the session left it, and the files before the last
//! message. Not here: comparing.

use std::path::Path;

use bosk_core::review::Against;
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode};

use super::Reviewed;
use crate::client::points::points;
use crate::git::compare::Sides;
use crate::git::merge::commit;
use crate::git::{Git, checkpoint, read};

/// How many digits of a commit's id a person is shown.
const SHORT: usize = 8;

impl Reviewed {
    /// The two sides, and how a person calls the old one.
    ///
    /// # Errors
    /// There is no such commit, or git failed.
    pub(super) async fn sides(&self, against: Against) -> Result<(Sides, Option<String>), Problem> {
        Ok(match against {
            Against::Base => {
                let (commit, name) = self.base().await?;
                (Sides::Commit(commit), name)
            }
            Against::LastTurn => {
                let commit = self.last_turn().await?;
                let name = short(&commit);
                (Sides::Commit(commit), Some(name))
            }
            Against::Uncommitted => {
                let (head, name) = self.last_commit().await?;
                (Sides::Commit(head), name)
            }
            Against::Unstaged => (Sides::Index, None),
            Against::Staged => {
                let (head, name) = self.last_commit().await?;
                (Sides::Staged(head), name)
            }
        })
    }

    async fn base(&self) -> Result<(String, Option<String>), Problem> {
        let (base, left) = (self.base.as_deref(), self.base_commit.as_deref());
        if base.is_none() && left.is_none() {
            return Ok((nothing(&self.git, &self.root).await?, None));
        }
        let commit = common(&self.git, &self.root, base, left).await?;
        let name = self.base.clone().unwrap_or_else(|| short(&commit));
        Ok((commit, Some(name)))
    }

    async fn last_commit(&self) -> Result<(String, Option<String>), Problem> {
        match commit::head(&self.git, &self.root).await? {
            Some(head) => {
                let name = short(&head);
                Ok((head, Some(name)))
            }
            None => Ok((nothing(&self.git, &self.root).await?, None)),
        }
    }

    /// The full id of the commit at HEAD.
    pub(super) async fn head(&self) -> Result<String, Problem> {
        commit::head(&self.git, &self.root).await?.ok_or_else(|| {
            let text = "The branch has no commit yet, so there is nothing to compare with.";
            Problem::new(ProblemCode::UnbornBranch, text)
        })
    }

    /// The files before the person's last message that began a turn.
    async fn last_turn(&self) -> Result<String, Problem> {
        let points = points(&self.home, &self.id).await?;
        for asked in points.all().iter().rev() {
            let kept = checkpoint::find(&self.git, &self.root, &self.id, &asked.uuid).await?;
            if let Some(commit) = kept {
                return Ok(commit);
            }
        }
        let text = "The files were not kept as they were before the last message.";
        Err(Problem::new(ProblemCode::SessionState, text)
            .hint("Compare with the base, or with the last commit."))
    }
}

/// What a session's branch was made from, as a person says it; none where it works on that itself.
pub(crate) fn base(session: &SessionSummary) -> Option<&str> {
    session.base.as_deref().filter(|base| session.branch.as_deref() != Some(*base))
}

/// The commit that a session and its base have in common now, so that what the base has got since is no change of the
/// session's; where that is not known, the commit that it has left the base at.
pub(crate) async fn common(
    git: &Git,
    root: &Path,
    base: Option<&str>,
    left: Option<&str>,
) -> Result<String, Problem> {
    let mut found = None;
    if let Some(base) = base {
        found = read::merge_base(git, root, base).await?;
    }
    found.or_else(|| left.map(str::to_owned)).ok_or_else(|| {
        let text = "The session's folder is not ready yet, so there are no changes to show.";
        Problem::new(ProblemCode::SessionState, text)
    })
}

/// The tree without files: what a branch without a commit is compared with.
pub(crate) async fn nothing(git: &Git, root: &Path) -> Result<String, Problem> {
    let call = git.look(root).args(["hash-object", "-t", "tree", "--stdin"]);
    Ok(call.run().await?.text())
}

fn short(commit: &str) -> String {
    commit.chars().take(SHORT).collect()
}
