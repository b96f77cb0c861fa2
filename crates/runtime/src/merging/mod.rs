//! Committing, merging and publishing what a session has done: what may happen when, and on whose behalf. One deed a
//! file. Not here: how git does it ([`crate::git::merge`]), and what is proposed and told (`bosk_core::review`).

mod commit;
mod conflicts;
mod forge;
mod hooks;
mod merge;
mod merged;
mod propose;
mod push;
mod pushes;
mod update;

use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::session::{SessionSummary, State, Turn};
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::catalog::{self, Index};
use crate::client::reconcile::blocking;
use crate::git::lock::{self, FileLock};
use crate::git::merge::{advance, commit as commits};
use crate::git::{Git, Repository};
use crate::home::Home;
use crate::process::Environment;
use crate::trust::filters;

pub use pushes::Pushes;

/// A session's work: its folder in its repository.
#[derive(Debug, Clone)]
pub struct Work {
    home: Home,
    session: SessionSummary,
    git: Git,
    repository: Repository,
    folder: PathBuf,
    environment: Environment,
    forge_patience: Duration,
    unsigned: bool,
    hook_patience: Duration,
}

/// How long one question to a forge may take: it goes over the net.
const PATIENCE: Duration = Duration::from_secs(30);

impl Work {
    /// The work of that session.
    ///
    /// # Errors
    /// Its folder is gone or not ready yet, is in no repository that can be read, or its git configuration names programs
    /// that the person has not agreed to.
    pub async fn open(home: &Home, session: &SessionSummary) -> Result<Self, Problem> {
        Self::open_with(home, session, Git::find().await?, Environment::own()).await
    }

    /// The same with a given git, and an environment for the forge's command.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub async fn open_with(
        home: &Home,
        session: &SessionSummary,
        git: Git,
        environment: Environment,
    ) -> Result<Self, Problem> {
        let folder = PathBuf::from(&session.folder);
        let is_ready = !session.worktree || session.folder != session.repository_path;
        if !is_ready || !folder.is_dir() {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "The session's folder is not there, so nothing can be done with its changes.",
            )
            .hint("Restore its worktree, or wait until it is made."));
        }
        let repository = Repository::open(git.clone(), &folder).await?;
        filters::require_in(home, &folder).await?;
        Ok(Self {
            home: home.clone(),
            session: session.clone(),
            git,
            repository,
            folder,
            environment,
            forge_patience: PATIENCE,
            hook_patience: commits::PATIENCE,
            unsigned: false,
        })
    }

    /// The same, with so much time for each question to a forge.
    #[must_use]
    pub fn forge_patience(mut self, patience: Duration) -> Self {
        self.forge_patience = patience;
        self
    }

    /// The same; what it makes is not signed, even where the person's git is set up to.
    #[must_use]
    pub const fn unsigned(mut self) -> Self {
        self.unsigned = true;
        self
    }

    /// Whether commits are signed.
    async fn signs(&self) -> Result<bool, Problem> {
        let call = self.git.look(&self.folder).args(["config", "--bool", "commit.gpgSign"]);
        Ok(!self.unsigned && call.answer_or_nothing().await? == "true")
    }

    /// The same, with so much time for each hook, and for whatever signs.
    #[must_use]
    pub fn hook_patience(mut self, patience: Duration) -> Self {
        self.hook_patience = patience;
        self
    }

    const fn id(&self) -> &SessionId {
        &self.session.id
    }

    /// The branch that is checked out in the folder.
    async fn branch(&self) -> Result<String, Problem> {
        let call = self.git.look(&self.folder).args(["symbolic-ref", "--quiet", "--short", "HEAD"]);
        let branch = call.ask().await?.text();
        if branch.is_empty() {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "The session's folder is on no branch, so there is none to merge or publish.",
            )
            .hint("Make a branch there (git switch -c NAME), or finish the rebase that goes on."));
        }
        Ok(branch)
    }

    /// The commit at HEAD.
    async fn head(&self) -> Result<String, Problem> {
        crate::git::merge::commit::head(&self.git, &self.folder).await?.ok_or_else(|| {
            Problem::new(ProblemCode::UnbornBranch, "The session's branch has no commit yet.")
        })
    }

    /// The commit that the branch is compared with: its base's as it is now, or as it was.
    async fn base_commit(&self) -> Result<String, Problem> {
        if let Some(base) = &self.session.base
            && let Ok(commit) = self.repository.resolve_base(base).await
        {
            return Ok(commit);
        }
        match &self.session.base_commit {
            Some(commit) => Ok(commit.clone()),
            None => self.head().await,
        }
    }

    /// Holds the repository, with nothing half-done in it that somebody who was killed had begun.
    async fn lock(&self) -> Result<FileLock, Problem> {
        let held = self.repository.lock(&self.home.locks()).await?;
        let record = self.record();
        if let Some(begun) = advance::begun(&record)?
            && let Some(folder) = &begun.checkout
            && begun.is_half_done(&self.repository).await?
        {
            self.require_rest_in(folder).await?;
        }
        advance::recover(&self.repository, &record).await?;
        Ok(held)
    }

    /// Where a move of a branch of this repository is written down while it goes on.
    fn record(&self) -> PathBuf {
        lock::file_for(&self.home.locks(), &self.repository.common_dir).with_extension("merge")
    }

    /// Refuses while the session is at work: what it reads and writes must not change under it.
    async fn require_rest(&self) -> Result<(), Problem> {
        let now = catalog::summary(&self.home, &Index::open(&self.home), self.id()).await?;
        if is_at_rest(&now) {
            return Ok(());
        }
        Err(Problem::new(
            ProblemCode::SessionState,
            "The session is at work in its folder, so nothing was changed.",
        )
        .hint("Interrupt it, or wait until its turn is over."))
    }

    /// Refuses while any session is at work in that folder.
    async fn require_rest_in(&self, folder: &Path) -> Result<(), Problem> {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = real(folder);
        let all = catalog::list(&self.home).await?;
        let there = all.into_iter().flatten().filter(|one| !is_at_rest(one));
        let folders: Vec<(String, String)> = there.map(|one| (one.folder, one.title)).collect();
        let wanted = folder.clone();
        let busy = blocking(move || {
            let mut busy = folders.into_iter();
            Ok(busy.find(|(path, _)| real(Path::new(path)) == wanted).map(|(_, title)| title))
        });
        let Some(title) = busy.await? else { return Ok(()) };
        Err(Problem::new(
            ProblemCode::SessionState,
            format!(
                "The session \"{title}\" is at work in {}, so nothing was changed.",
                folder.display()
            ),
        )
        .hint("Interrupt it, or wait until its turn is over."))
    }
}

fn is_at_rest(session: &SessionSummary) -> bool {
    let rests = session.state.is_ended() || session.state == (State::Running { turn: Turn::Idle });
    rests && session.queued == 0 && session.background == 0 && !session.is_checking()
}
