//! Publishing a session's branch.

use std::time::Duration;

use bosk_core::review::forge::{PushPlan, PushRequest, Remote, RemoteHas};
use bosk_core::review::remote;
use bosk_core::{Problem, ProblemCode};

use super::Work;
use crate::git::merge::{advance, push};

/// How long a remote may take to say what it has.
const ANSWER: Duration = Duration::from_secs(20);

impl Work {
    /// What pushing the branch would do, as far as is known without asking the remote.
    ///
    /// # Errors
    /// The folder is on no branch, or git failed.
    pub async fn push_plan(&self) -> Result<PushPlan, Problem> {
        let (branch, head) = (self.branch().await?, self.head().await?);
        let upstream = push::upstream(&self.git, &self.folder, &branch).await?;
        let remotes = self.remotes(&branch).await?;
        let there = match (&upstream, remotes.first()) {
            (Some((name, branch)), _) => {
                push::last_seen(&self.git, &self.folder, name, branch).await?
            }
            (None, Some(first)) => {
                push::last_seen(&self.git, &self.folder, &first.name, &branch).await?
            }
            (None, None) => None,
        };
        let (behind, ahead) = match there {
            Some(there) => self.apart(&there, &head).await?,
            None => (0, self.apart(&self.base_commit().await?, &head).await?.1),
        };
        let upstream = upstream.map(|(remote, branch)| format!("{remote}/{branch}"));
        Ok(PushPlan { branch, head, remotes, upstream, ahead, behind })
    }

    /// Pushes it. Dropped before its end, it is ended with all that it has started.
    ///
    /// # Errors
    /// The branch has moved since the plan, there is no such remote, the remote refuses or cannot be reached, or a hook
    /// refuses.
    pub async fn push(&self, request: &PushRequest) -> Result<(), Problem> {
        self.push_until(request, std::future::pending()).await.map(drop)
    }

    /// The same, until it is given up: then it returns false when all of it has ended. What the remote has by then,
    /// [`remote_has`](Self::remote_has) asks it.
    ///
    /// # Errors
    /// As for [`push`](Self::push).
    pub async fn push_until(
        &self,
        request: &PushRequest,
        given_up: impl Future<Output = ()>,
    ) -> Result<bool, Problem> {
        let (git, folder) = (&self.git, &self.folder);
        let branch = self.branch().await?;
        advance::require_at(&self.repository, &branch, &request.head).await?;
        if !push::remotes(git, folder).await?.contains_key(&request.remote) {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                format!(
                    "The repository has no remote called \"{}\", so nothing was pushed.",
                    request.remote
                ),
            )
            .hint("Add it first: git remote add NAME ADDRESS."));
        }
        if request.hooks {
            self.require_trust("pre-push hook").await?;
        }
        let lease = match request.force_with_lease {
            true => Some(
                push::last_seen(git, folder, &request.remote, &branch).await?.unwrap_or_default(),
            ),
            false => None,
        };
        let wanted = push::Push {
            remote: &request.remote,
            branch: &branch,
            commit: &request.head,
            lease: lease.as_deref(),
            hooks: request.hooks,
            patience: push::PATIENCE,
        };
        let pushed = push::push(git, folder, &wanted, given_up).await?;
        if request.set_upstream && pushed {
            let key = |name: &str| format!("branch.{branch}.{name}");
            let there = format!("refs/heads/{branch}");
            git.change(folder).args(["config", &key("remote"), &request.remote]).run().await?;
            git.change(folder).args(["config", &key("merge"), &there]).run().await?;
        }
        Ok(pushed)
    }

    /// What the remote has of the branch by now, after a push that was given up: it is asked itself.
    ///
    /// # Errors
    /// It cannot be reached, or does not answer: then that is not known.
    pub async fn remote_has(&self, request: &PushRequest) -> Result<RemoteHas, Problem> {
        let (git, folder, remote) = (&self.git, &self.folder, &request.remote);
        let branch = self.branch().await?;
        let before = push::last_seen(git, folder, remote, &branch).await?;
        let now = push::there(git, folder, (remote, &branch), ANSWER).await?;
        Ok(RemoteHas::of(now.as_deref(), &request.head, before.as_deref()))
    }

    /// The repository's remotes, the likeliest first: what the branch follows, what is configured for pushing, `origin`.
    pub(super) async fn remotes(&self, branch: &str) -> Result<Vec<Remote>, Problem> {
        let (git, folder) = (&self.git, &self.folder);
        let mut likely = Vec::new();
        for key in [
            format!("branch.{branch}.pushRemote"),
            "remote.pushDefault".to_owned(),
            format!("branch.{branch}.remote"),
        ] {
            likely.extend(push::setting(git, folder, &key).await?);
        }
        likely.push("origin".to_owned());
        let mut all: Vec<(String, String)> =
            push::remotes(git, folder).await?.into_iter().collect();
        all.sort_by_key(|(name, _)| {
            likely.iter().position(|one| one == name).unwrap_or(likely.len())
        });
        let base = self.base_name(&all);
        Ok(all
            .into_iter()
            .map(|(name, url)| {
                let hosted = remote::hosted(&url);
                let compare_url = match (&hosted, &base) {
                    (Some(hosted), Some(base)) => Some(hosted.compare_url(base, branch)),
                    _ => None,
                };
                let forge = hosted.map(|hosted| hosted.kind);
                Remote { name, url: remote::shown(&url), forge, compare_url }
            })
            .collect())
    }

    /// The base as a remote has it: without the remote's name before it. None where the session started from no branch.
    pub(super) fn base_name(&self, remotes: &[(String, String)]) -> Option<String> {
        let base = self.session.base.as_deref()?;
        let of_remote = remotes
            .iter()
            .find_map(|(name, _)| base.strip_prefix(name.as_str())?.strip_prefix('/'));
        let name = of_remote.unwrap_or(base);
        let is_commit = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        (!is_commit).then(|| name.to_owned())
    }
}
