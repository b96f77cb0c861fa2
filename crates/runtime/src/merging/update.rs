//! Bringing the base into a session's folder, and ending what stands half-way there. The folder is kept in a snapshot
//! before each step, and what it was before the first is remembered, so that an abort brings back exactly that.

use std::time::Duration;

use bosk_core::review::merge::{Conflicts, MergeHow, Operation};
use bosk_core::{Problem, ProblemCode};

use super::Work;
use crate::git::command::Call;
use crate::git::merge::built::Signing;
use crate::git::merge::{built, operation, status};
use crate::git::{GitError, checkpoint, snapshot};

/// How long an update of which every commit is signed may take.
const SIGNING: Duration = Duration::from_secs(120);

impl Work {
    /// Brings `target` (none: the base) into the folder. Conflicts are left there to be resolved.
    ///
    /// # Errors
    /// The session is at work, something stands half-way or is not committed, there is no such commit, it cannot be signed,
    /// or git failed. Then all is as it was.
    pub async fn update_branch(
        &self,
        target: Option<&str>,
        how: MergeHow,
    ) -> Result<Conflicts, Problem> {
        let named = target.or(self.session.base.as_deref());
        let commit = match named {
            Some(name) => self.repository.resolve_base(name).await?,
            None => self.base_commit().await?,
        };
        let shown = named.unwrap_or(&commit);
        let (branch, _lock) = (self.branch().await?, self.lock().await?);
        self.require_rest().await?;
        operation::require_none(&self.git, &self.folder).await?;
        built::require_identity(&self.git, &self.folder).await?;
        if status::unclean(&self.git, &self.folder).await?.iter().any(|one| !one.untracked) {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "The session's folder has changes that are not committed, so its branch was not updated.",
            )
            .hint("Commit them first."));
        }
        let sign = self.signs().await?;
        let call = match how {
            MergeHow::Merge => {
                let message = format!("Merge {shown} into {branch}");
                self.step(sign).args(["merge", "--no-edit", "--no-stat", "--ff", "-m", &message])
            }
            MergeHow::Rebase => {
                self.step(sign).args(["rebase", "--merge", "--no-stat", "--no-autosquash"])
            }
            MergeHow::Squash => {
                return Err(Problem::new(
                    ProblemCode::InvalidInput,
                    "A branch can be updated by a merge or by a rebase only.",
                ));
            }
        };
        let before = snapshot::take(&self.git, &self.folder, self.id()).await?.commit;
        self.git
            .change(&self.folder)
            .args(["update-ref", "--", &self.begun(), &before])
            .run()
            .await?;
        // Git writes this beside the marks of a conflict: a branch's name says more than a commit's.
        let side = named.map(|name| format!("heads/{name}"));
        let is_same = match (&side, how) {
            (Some(side), MergeHow::Merge) => {
                let look = self.git.look(&self.folder).args(["rev-parse", "--verify", "--quiet"]);
                look.arg(format!("refs/{side}^{{commit}}")).answer_or_nothing().await? == commit
            }
            _ => false,
        };
        let side = side.filter(|_| is_same).unwrap_or(commit);
        match self.take(call.arg(side), sign, "the branch was not updated").await {
            Ok(()) => self.conflicts().await,
            Err(problem) => self.stopped(problem, Some(&before)).await,
        }
    }

    /// Ends what stands half-way, all being resolved. A rebase may stop again at its next commit.
    ///
    /// # Errors
    /// The session is at work, nothing stands half-way, a file is unresolved, or git failed.
    pub async fn go_on_operation(&self) -> Result<Conflicts, Problem> {
        let _lock = self.lock().await?;
        self.require_rest().await?;
        let operation = self.half_way().await?;
        let unresolved = operation::unresolved(&self.git, &self.folder).await?;
        if let Some(first) = unresolved.first() {
            return Err(Problem::new(
                ProblemCode::SessionState,
                format!("`{first}` is still in conflict, so it cannot go on."),
            )
            .hint("Resolve every file first."));
        }
        snapshot::take(&self.git, &self.folder, self.id()).await?;
        let sign = self.signs().await?;
        let call = self.step(sign).args([name(operation), "--continue"]);
        match self.take(call, sign, "it still stands half-way").await {
            Ok(()) => self.conflicts().await,
            Err(problem) => self.stopped(problem, None).await,
        }
    }

    /// Everything as it was before it began. What is there now is kept in a snapshot.
    ///
    /// # Errors
    /// The session is at work, nothing stands half-way, or git failed.
    pub async fn abort_operation(&self) -> Result<(), Problem> {
        let _lock = self.lock().await?;
        self.require_rest().await?;
        let operation = self.half_way().await?;
        snapshot::take(&self.git, &self.folder, self.id()).await?;
        self.abort(operation).await
    }

    async fn abort(&self, operation: Operation) -> Result<(), Problem> {
        self.step(false).args([name(operation), "--abort"]).run().await?;
        let call = self.git.look(&self.folder).args(["rev-parse", "--verify", "--quiet"]);
        let before = call.arg(self.begun()).answer_or_nothing().await?;
        // Where Claude began it, git's own abort is all that is known.
        if before.is_empty()
            || checkpoint::head(&self.git, &self.folder, &before).await? != self.head().await?
        {
            return Ok(());
        }
        let now = snapshot::take(&self.git, &self.folder, self.id()).await?.commit;
        if !checkpoint::is_same(&self.git, &self.folder, &now, &before).await? {
            checkpoint::restore(&self.git, &self.folder, &now, &before).await?;
        }
        Ok(())
    }

    /// A call that began or went on with it has failed: there are conflicts, or it could not.
    async fn stopped(&self, problem: Problem, before: Option<&str>) -> Result<Conflicts, Problem> {
        let left = self.conflicts().await?;
        if !left.files.is_empty() {
            return Ok(left);
        }
        if let (Some(operation), Some(_)) = (left.operation, before) {
            self.abort(operation).await?;
        }
        Err(problem)
    }

    /// Takes a step. What signs is another's program, and may ask for something that nobody can answer here.
    async fn take(
        &self,
        call: Call<'_>,
        sign: bool,
        otherwise: &'static str,
    ) -> Result<(), Problem> {
        if !sign {
            return Ok(call.run().await.map(drop)?);
        }
        let sign = Signing { patience: SIGNING, otherwise };
        let output = built::signing(call, sign.patience).await?;
        match output.code {
            Some(0) => Ok(()),
            // Source of the wording: git's builtin/merge.c and sequencer.c.
            _ if output.timed_out || output.stderr().contains("failed to write commit object") => {
                Err(built::unsigned(&output, sign))
            }
            code => {
                let (command, stderr) = ("update".to_owned(), output.stderr().to_owned());
                Err(GitError::Failed { command, code, stderr }.into())
            }
        }
    }

    async fn half_way(&self) -> Result<Operation, Problem> {
        operation::half_way(&self.git, &self.folder).await?.ok_or_else(|| {
            Problem::new(
                ProblemCode::SessionState,
                "Neither a merge nor a rebase stands half-way in the folder any more.",
            )
        })
    }

    /// The reference that keeps the folder as it was before the last update began.
    fn begun(&self) -> String {
        format!("refs/bosk/{}/before-update", self.id())
    }

    /// A call of what a person's settings must not change the meaning of.
    fn step(&self, sign: bool) -> Call<'_> {
        let settings = [
            if sign { "commit.gpgSign=true" } else { "commit.gpgSign=false" },
            "rebase.autoStash=false",
            "rebase.updateRefs=false",
            "rebase.abbreviateCommands=false",
            "rerere.autoUpdate=false",
            "merge.autoStash=false",
            "submodule.recurse=false",
        ];
        let call = self.git.change(&self.folder);
        settings.into_iter().fold(call, Call::setting)
    }
}

const fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::Merge => "merge",
        Operation::Rebase => "rebase",
        Operation::CherryPick => "cherry-pick",
        Operation::Revert => "revert",
    }
}
