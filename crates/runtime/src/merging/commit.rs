//! Committing what a session has done, and its branch's history.

use bosk_core::review::commit::{BranchLog, CommitPlan, CommitRequest, LastCommit};
use bosk_core::{Problem, ProblemCode};

use super::Work;
use crate::git::merge::{commit, hook, log, status};
use crate::git::snapshot;

impl Work {
    /// What a commit would hold.
    ///
    /// # Errors
    /// Git failed.
    pub async fn commit_plan(&self) -> Result<CommitPlan, Problem> {
        let (git, folder) = (&self.git, &self.folder);
        let (unclean, message, last, hooks) = tokio::try_join!(
            status::unclean(git, folder),
            self.message(),
            self.amendable(),
            hook::of_commit(git, folder)
        )?;
        let count = |wanted: fn(&status::Unclean) -> bool| {
            u32::try_from(unclean.iter().filter(|one| wanted(one)).count()).unwrap_or(u32::MAX)
        };
        let (staged, unstaged) = (count(|one| one.staged), count(|one| one.unstaged));
        let conflicted = count(|one| one.conflicted);
        let signed = self.signs().await?;
        Ok(CommitPlan { message, staged, unstaged, conflicted, last, hooks, signed })
    }

    /// Commits; the new commit's full id. All that is there is kept in a snapshot before.
    ///
    /// # Errors
    /// There is nothing to commit, something stands half-way, the commit to be amended is not the branch's own, a hook
    /// refuses or hangs, it cannot be signed, the session is at work, or git failed. HEAD and index are then as they
    /// were.
    pub async fn commit(&self, request: &CommitRequest) -> Result<String, Problem> {
        let _lock = self.lock().await?;
        self.require_rest().await?;
        if let Some(amended) = &request.amend
            && self.amendable().await?.is_none_or(|last| last.id != *amended)
        {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "The commit is not the branch's last one, is pushed, or is on another branch too, so it was not amended.",
            )
            .hint("Make a new commit instead."));
        }
        if request.hooks {
            self.require_trust("hooks").await?;
        }
        snapshot::take(&self.git, &self.folder, self.id()).await?;
        let wanted = commit::Wanted {
            all: request.all,
            amend: request.amend.as_deref(),
            hooks: request.hooks,
            sign: request.sign && self.signs().await?,
            patience: self.hook_patience,
            ..commit::Wanted::staged(&request.message)
        };
        commit::commit(&self.git, &self.folder, &wanted).await
    }

    /// The newest commits of the branch and its base.
    ///
    /// # Errors
    /// There is no commit, or git failed.
    pub async fn log(&self, count: u32) -> Result<BranchLog, Problem> {
        log::log(&self.git, &self.folder, &self.base_commit().await?, count).await
    }

    /// The commit at HEAD, where only this branch has it.
    async fn amendable(&self) -> Result<Option<LastCommit>, Problem> {
        let Some(id) = commit::head(&self.git, &self.folder).await? else { return Ok(None) };
        let call = self.git.look(&self.folder).args(["symbolic-ref", "--quiet", "HEAD"]);
        let own = call.ask().await?.text();
        // Source of the form: git-rev-list(1), `--exclude`: without the part that `--branches` adds.
        let own = own.strip_prefix("refs/heads/").unwrap_or("HEAD").to_owned();
        let call = self.git.look(&self.folder).args(["rev-list", "--max-count=1", &id, "--not"]);
        let call = call.args(self.session.base_commit.as_deref()).arg(format!("--exclude={own}"));
        let call = call.args(["--branches", "--remotes", "--tags", "--"]);
        if call.run().await?.stdout.is_empty() {
            return Ok(None);
        }
        let call = self.git.look(&self.folder).args(["log", "-1", "--no-walk", "--format=%B", &id]);
        let message = call.arg("--").run().await?.text().trim_end().to_owned();
        Ok(Some(LastCommit { id, message }))
    }
}
