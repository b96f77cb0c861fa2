//! Folders of sessions that are being reviewed: whoever looks is told that something has changed there, or in what is
//! kept of the review. Not here: how that is noticed ([`crate::review::watch`], [`crate::review::kept`]), and what has
//! changed.

use std::collections::HashMap;

use bosk_core::{Problem, ProblemCode, SessionId};
use notify::RecommendedWatcher;
use tokio::sync::mpsc::WeakSender;
use tokio::sync::oneshot;

use super::Message;
use super::state::State;
use super::watched::unknown;
use crate::client::blocking;
use crate::git::Git;
use crate::home::Home;
use crate::review::kept;
use crate::review::watch::Watch;

/// Who waits until a folder is watched.
type Reply = oneshot::Sender<Result<(), Problem>>;

/// The folders that are watched.
#[derive(Default)]
pub(super) struct Watching(HashMap<SessionId, Stage>);

enum Stage {
    /// The system is being asked.
    Starting(Vec<Reply>),
    Watched(Watches),
}

/// What is watched of one session.
pub(super) struct Watches {
    folder: Watch,
    /// What is kept of its review; none where the system watches no more. Ends with this.
    _kept: Option<RecommendedWatcher>,
}

/// What a folder's watch says.
pub(super) enum Told {
    /// It has begun, or cannot.
    Begun(Result<Watches, Problem>),
    /// Something has changed.
    Changed,
    /// What is kept of the review was written.
    Kept,
}

impl Watching {
    /// A session's row has changed: where the system tells nothing, that is a sign.
    pub(super) fn moved(&self, id: &SessionId) {
        if let Some(Stage::Watched(Watches { folder, .. })) = self.0.get(id)
            && folder.is_blind()
        {
            folder.poke();
        }
    }

    /// Nobody looks any more, or the session is gone.
    pub(super) fn forget(&mut self, id: &SessionId) {
        if let Some(Stage::Starting(replies)) = self.0.remove(id) {
            replies.into_iter().for_each(|reply| drop(reply.send(Err(unknown(id)))));
        }
    }
}

impl State {
    pub(super) fn watch_folder(&mut self, name: &str, id: &SessionId, reply: Reply) {
        let Some(session) = self.sessions.get(id) else {
            drop(reply.send(Err(unknown(id))));
            return;
        };
        self.listeners.of(name).folders.insert(id.clone());
        match self.folders.0.get_mut(id) {
            Some(Stage::Watched(_)) => drop(reply.send(Ok(()))),
            Some(Stage::Starting(replies)) => replies.push(reply),
            None => {
                self.folders.0.insert(id.clone(), Stage::Starting(vec![reply]));
                let (folder, id, to, home) = (
                    session.summary.folder.clone(),
                    id.clone(),
                    self.to.clone(),
                    self.home.clone(),
                );
                tokio::spawn(async move {
                    let tell = {
                        let (id, to) = (id.clone(), to.clone());
                        move || tell(to.clone(), id.clone(), Told::Changed)
                    };
                    let kept = {
                        let (id, to, home) = (id.clone(), to.clone(), home.clone());
                        blocking(move || Ok(watch_kept(&home, id, to)))
                    };
                    let begun = async {
                        let git = Git::find().await?;
                        let folder = Watch::start(&git, folder.as_ref(), tell).await?;
                        Ok(Watches { folder, _kept: kept.await? })
                    };
                    tell_begun(to, id, begun.await).await;
                });
            }
        }
    }

    pub(super) fn unwatch_folder(&mut self, name: &str, id: &SessionId) {
        self.listeners.of(name).folders.remove(id);
        if !self.listeners.is_folder_watched(id) {
            self.folders.forget(id);
        }
    }

    pub(super) fn folder(&mut self, id: &SessionId, told: Told) {
        match told {
            Told::Changed => {
                self.listeners.reviewing(id, |listener| listener.gathered.folder(id));
            }
            Told::Kept => {
                self.listeners.reviewing(id, |listener| listener.gathered.comments(id));
            }
            Told::Begun(begun) => {
                // Nobody waits any more: the watch ends here.
                let Some(Stage::Starting(replies)) = self.folders.0.remove(id) else { return };
                let answer = begun.map(|watch| {
                    self.folders.0.insert(id.clone(), Stage::Watched(watch));
                });
                if answer.is_err() {
                    self.listeners.reviewing(id, |listener| {
                        listener.folders.remove(id);
                    });
                }
                replies.into_iter().for_each(|reply| drop(reply.send(answer.clone())));
            }
        }
    }

    /// A listener begins anew or leaves: what it watched is let go of.
    pub(super) fn let_go(&mut self, name: &str) {
        let listener = self.listeners.of(name);
        let watched = std::mem::take(&mut listener.watched);
        let folders = std::mem::take(&mut listener.folders);
        watched.iter().for_each(|id| self.no_longer_watched(id));
        folders.iter().for_each(|id| self.unwatch_folder(name, id));
    }
}

async fn tell(to: WeakSender<Message>, id: SessionId, told: Told) {
    if let Some(to) = to.upgrade() {
        let _ = to.send(Message::Folder(id, told)).await;
    }
}

fn watch_kept(home: &Home, id: SessionId, to: WeakSender<Message>) -> Option<RecommendedWatcher> {
    let of = id.clone();
    let told = move || {
        // This is the watcher's own thread, which may wait for a busy fleet.
        if let Some(to) = to.upgrade() {
            let _ = to.blocking_send(Message::Folder(id.clone(), Told::Kept));
        }
    };
    let watch = kept::watch(home, &of, told);
    watch.inspect_err(|error| tracing::debug!(%error, "comments of others are not noticed")).ok()
}

async fn tell_begun(to: WeakSender<Message>, id: SessionId, begun: Result<Watches, Problem>) {
    let begun = begun.map_err(|problem| {
        let text = format!("The session's folder cannot be watched: {}", problem.message);
        Problem::new(ProblemCode::WorktreeFailed, text)
            .hint("What is shown of its changes is as old as the last look at it.")
    });
    tell(to, id, Told::Begun(begun)).await;
}
