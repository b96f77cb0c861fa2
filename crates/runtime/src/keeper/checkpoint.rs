//! Keeping the work tree as it is before a message begins a turn, so that the person can go back there. A message waits
//! for it, though not for ever. Not here: what is kept, and putting it back (`crate::git::checkpoint`).

use std::path::PathBuf;
use std::time::Duration;

use bosk_core::journal::Note;
use bosk_core::session::{State, Turn};
use bosk_core::{Problem, ProblemCode};
use tokio::sync::oneshot;

use super::actor::Actor;
use crate::git::{Git, checkpoint};
use crate::trust::filters;

/// The longest that a message waits: in a repository of 100,000 files a snapshot takes some 0.3 s.
const LONGEST: Duration = Duration::from_secs(5);

/// What is kept, and for which message.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    /// The message that it is kept for, or was kept for last.
    message: Option<String>,
    /// While that is done: what came of it.
    pub(super) keeping: Option<oneshot::Receiver<Result<(), Problem>>>,
    /// A keeper had the session before: what was done in its folder since is not known.
    resumed: bool,
    /// The person knows that it does not work.
    told: bool,
    /// It took too long once: no message waits for it any more.
    too_slow: bool,
}

impl Checkpoints {
    pub(super) fn new(resumed: bool) -> Self {
        Self { resumed, ..Self::default() }
    }
}

impl Actor {
    /// Keeps the work tree for the message that is next, unless that is done already.
    pub(super) fn keep_before_next(&mut self) {
        let Some(message) = self.mailbox.next() else { return };
        let Some(place) = self.place.as_ref() else { return };
        if self.checkpoints.message.as_deref() == Some(message) || self.checkpoints.too_slow {
            return;
        }
        let (message, folder) = (message.to_owned(), PathBuf::from(&place.folder));
        self.checkpoints.message = Some(message.clone());
        let id = self.record.id.clone();
        if let Some(commit) = self.untouched() {
            // Nobody waits for what cannot change any more.
            tokio::task::spawn_local(async move {
                let Ok(git) = Git::find().await else { return };
                let kept = checkpoint::keep_commit(&git, &folder, &id, &message, &commit).await;
                if let Err(problem) = kept {
                    tracing::warn!(%problem, "no checkpoint");
                }
            });
            return;
        }
        let (to, from) = oneshot::channel();
        self.checkpoints.keeping = Some(from);
        let home = self.home.clone();
        tokio::task::spawn_local(async move {
            let kept = async {
                filters::require_in(&home, &folder).await?;
                let git = Git::find().await?;
                checkpoint::keep(&git, &folder, &id, &message).await
            };
            // What is kept after Claude has begun would not be what it was before: it is given up.
            let kept = tokio::time::timeout(LONGEST, kept).await.unwrap_or_else(|_| Err(late()));
            let _ = to.send(kept);
        });
    }

    /// The commit that holds all there is in the folder: that of a new worktree in which nothing has run yet.
    fn untouched(&self) -> Option<String> {
        let new = self.record.spec.makes_worktree()
            && !self.record.spec.existing
            && !self.checkpoints.resumed
            && !self.conversation
            && self.setup.is_none()
            && self.record.files.is_none();
        self.place.as_ref().filter(|_| new)?.base_commit.clone()
    }

    /// Whether the next message begins a turn and has to wait until the work tree is kept.
    pub(super) fn keeps_before_next(&mut self) -> bool {
        if self.state != (State::Running { turn: Turn::Idle }) {
            return false;
        }
        self.keep_before_next();
        self.checkpoints.keeping.is_some()
    }

    /// It is kept, or could not be.
    pub(super) fn checkpoint_kept(&mut self, kept: Option<Result<(), Problem>>) {
        self.checkpoints.keeping = None;
        let code = kept.as_ref().and_then(|kept| kept.as_ref().err()).map(|problem| problem.code);
        self.checkpoints.too_slow |= code == Some(ProblemCode::TimedOut);
        if let Some(Err(problem)) = kept
            && !std::mem::replace(&mut self.checkpoints.told, true)
        {
            let text = format!(
                "The files as they were before this message could not be kept, so you can go back there in the \
                 conversation only. {}",
                problem.message
            );
            self.note(&Note::Warning { text });
        }
        self.hand_over();
    }
}

fn late() -> Problem {
    let text = format!("That took longer than {} s.", LONGEST.as_secs());
    Problem::new(ProblemCode::TimedOut, text)
}
