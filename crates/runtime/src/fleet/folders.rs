//! Folders of sessions that are being reviewed: whoever looks is told that something has changed there. Not here: how
//! that is noticed ([`crate::review::watch`]), and what has changed.

use std::collections::HashMap;

use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::sync::oneshot;

use super::Message;
use super::state::State;
use super::watched::unknown;
use crate::git::Git;
use crate::review::watch::Watch;

/// Who waits until a folder is watched.
type Reply = oneshot::Sender<Result<(), Problem>>;

/// The folders that are watched.
#[derive(Default)]
pub(super) struct Watching(HashMap<SessionId, Stage>);

enum Stage {
    /// The system is being asked.
    Starting(Vec<Reply>),
    Watched(Watch),
}

/// What a folder's watch says.
pub(super) enum Told {
    /// It has begun, or cannot.
    Begun(Result<Watch, Problem>),
    /// Something has changed.
    Changed,
}

impl Watching {
    /// A session's row has changed: where the system tells nothing, that is a sign.
    pub(super) fn moved(&self, id: &SessionId) {
        if let Some(Stage::Watched(watch)) = self.0.get(id)
            && watch.is_blind()
        {
            watch.poke();
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
                let (folder, id, to) =
                    (session.summary.folder.clone(), id.clone(), self.to.clone());
                tokio::spawn(async move {
                    let tell = {
                        let (id, to) = (id.clone(), to.clone());
                        move || tell(to.clone(), id.clone(), Told::Changed)
                    };
                    let begun = async {
                        let git = Git::find().await?;
                        Watch::start(&git, folder.as_ref(), tell).await
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

async fn tell(to: tokio::sync::mpsc::WeakSender<Message>, id: SessionId, told: Told) {
    if let Some(to) = to.upgrade() {
        let _ = to.send(Message::Folder(id, told)).await;
    }
}

async fn tell_begun(
    to: tokio::sync::mpsc::WeakSender<Message>,
    id: SessionId,
    begun: Result<Watch, Problem>,
) {
    let begun = begun.map_err(|problem| {
        let text = format!("The session's folder cannot be watched: {}", problem.message);
        Problem::new(ProblemCode::WorktreeFailed, text)
            .hint("What is shown of its changes is as old as the last look at it.")
    });
    tell(to, id, Told::Begun(begun)).await;
}
