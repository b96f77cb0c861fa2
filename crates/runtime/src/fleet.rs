//! The fleet: all sessions as the window sees them. One task owns the whole state; followers of the
//! single sessions and the window's commands send to it, and it tells the window by numbered batches.
//! What changed is gathered until the window can take it, so nothing grows when it is slow.
//! Not here: how batches travel, and what the commands are called (the shell).

mod expected;
mod folders;
mod follow;
mod gather;
mod listeners;
mod now;
mod overlaps;
mod queueing;
mod rows;
mod seen;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;
mod untold;
mod using;
mod watch_folders;
mod watched;

use std::path::PathBuf;

use bosk_core::session::{Ask, SessionSummary};
use bosk_core::transcript::Entry;
use bosk_core::view::{Batch, Event, History, Page, SessionView, Snapshot, ToolMark};
use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::sync::{mpsc, oneshot};

use crate::home::Home;

pub use expected::Expected;
pub use rows::Rows;

/// Where batches go. Returns whether anyone is still there.
pub type Sink = Box<dyn Fn(Batch) -> bool + Send>;

/// A handle to the fleet. Cheap to clone; the fleet ends with the last one.
#[derive(Debug, Clone)]
pub struct Fleet {
    home: Home,
    to: mpsc::Sender<Message>,
}

/// What the fleet's task is told.
enum Message {
    Snapshot(Name, First, oneshot::Sender<Snapshot>),
    Listen(Name, u64, Sink, oneshot::Sender<bool>),
    Leave(Name),
    Rest(Name),
    Acknowledge(Name),
    Look(Name, bool),
    Spare(Option<u32>),
    Watch(Name, SessionId, oneshot::Sender<Result<SessionView, Problem>>),
    Unwatch(Name, SessionId),
    WatchFolder(Name, SessionId, oneshot::Sender<Result<(), Problem>>),
    UnwatchFolder(Name, SessionId),
    Folder(SessionId, folders::Told),
    Changing(SessionId, std::collections::BTreeSet<Vec<u8>>),
    Marks(SessionId, i64, oneshot::Sender<Result<Vec<ToolMark>, Problem>>),
    Page(SessionId, u32, u32, oneshot::Sender<Result<Page, Problem>>),
    Find(SessionId, String, oneshot::Sender<Result<Vec<u32>, Problem>>),
    Summary(SessionId, oneshot::Sender<Result<SessionSummary, Problem>>),
    Sessions(oneshot::Sender<Vec<SessionSummary>>),
    Appeared(SessionId),
    Tell(Event),
    TellOne(Name, Event),
    Asks(SessionId, oneshot::Sender<Vec<Ask>>),
    Followed(SessionId, follow::Followed),
    Folders(watch_folders::Seen),
    Today(crate::spend::Today),
}

/// Who listens: a window's label.
type Name = String;

/// What is wanted of a session's keeper, besides its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Wanted {
    /// Streamed text.
    partials: bool,
    /// What the session uses, every second.
    usage: bool,
}

/// How much a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// What a window's first picture needs, so that it does not take longer with every session that has
    /// ever been. The rest is asked for by [`Fleet::rest`].
    Picture,
    /// Everything.
    All,
}

impl Fleet {
    /// Opens the fleet of a home and follows its sessions from now on. It needs a tokio runtime, and
    /// does not wait until the sessions are read: who asks meanwhile is answered then.
    ///
    /// # Errors
    /// Bosk's folder cannot be watched. One that cannot be read is among the snapshot's problems.
    pub fn open(home: Home) -> Result<Self, Problem> {
        let (to, from) = mpsc::channel(256);
        let watching = watch_folders::start(&home, to.downgrade())?;
        let fleet = Self { home: home.clone(), to: to.clone() };
        let to = to.downgrade();
        tokio::spawn(async move {
            // After the watch has begun, so that none is missed in between.
            let listed = crate::catalog::list(&home).await;
            state::State::new(home, listed, to).run(from).await;
            drop(watching);
        });
        Ok(fleet)
    }

    /// Bosk's folder.
    #[must_use]
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// Everything as it is now, or what is looked at first, for the listener of that name. What changes
    /// afterwards is gathered until it [`listen`](Self::listen)s; what it watched is let go of.
    ///
    /// # Errors
    /// The fleet is gone.
    pub async fn snapshot(&self, name: &str, first: First) -> Result<Snapshot, Problem> {
        self.ask(|reply| Message::Snapshot(name.to_owned(), first, reply)).await
    }

    /// Whatever changes after event `seq` goes to `sink`. Returns false, and nothing is told, where some of
    /// that has been told to an earlier listener already: then a new snapshot is needed.
    ///
    /// # Errors
    /// The fleet is gone.
    pub async fn listen(&self, name: &str, seq: u64, sink: Sink) -> Result<bool, Problem> {
        self.ask(|reply| Message::Listen(name.to_owned(), seq, sink, reply)).await
    }

    /// The listener of that name is gone, and what it watched and looked at with it.
    pub async fn leave(&self, name: &str) {
        let _ = self.to.send(Message::Leave(name.to_owned())).await;
    }

    /// Has the sessions told that the snapshot did without.
    pub async fn rest(&self, name: &str) {
        let _ = self.to.send(Message::Rest(name.to_owned())).await;
    }

    /// It has taken one more batch.
    pub async fn acknowledge(&self, name: &str) {
        let _ = self.to.send(Message::Acknowledge(name.to_owned())).await;
    }

    /// Whether it shows what sessions and the machine use.
    pub async fn look(&self, name: &str, looks: bool) {
        let _ = self.to.send(Message::Look(name.to_owned(), looks)).await;
    }

    /// The keeper of a process that waits for the next launch: what it takes is measured with the machine.
    pub async fn spare(&self, pid: Option<u32>) {
        let _ = self.to.send(Message::Spare(pid)).await;
    }

    /// A session with the end of its transcript; its entries and streamed text follow as events.
    ///
    /// # Errors
    /// There is no such session, or its journal cannot be read.
    pub async fn watch(&self, name: &str, id: SessionId) -> Result<SessionView, Problem> {
        self.ask(|reply| Message::Watch(name.to_owned(), id, reply)).await?
    }

    /// Its entries and streamed text are no longer wanted there.
    pub async fn unwatch(&self, name: &str, id: SessionId) {
        let _ = self.to.send(Message::Unwatch(name.to_owned(), id)).await;
    }

    /// From now on changes in a session's folder are told, until it is no longer wanted.
    ///
    /// # Errors
    /// There is no such session, or its folder is in no repository.
    pub async fn watch_folder(&self, name: &str, id: SessionId) -> Result<(), Problem> {
        self.ask(|reply| Message::WatchFolder(name.to_owned(), id, reply)).await?
    }

    /// Changes in its folder are no longer wanted there.
    pub async fn unwatch_folder(&self, name: &str, id: SessionId) {
        let _ = self.to.send(Message::UnwatchFolder(name.to_owned(), id)).await;
    }

    /// The tool uses of a watched session since then (milliseconds since 1970), the oldest first.
    ///
    /// # Errors
    /// It is not watched, or its journal cannot be read.
    pub async fn marks(&self, id: SessionId, since: i64) -> Result<Vec<ToolMark>, Problem> {
        self.ask(|reply| Message::Marks(id, since, reply)).await?
    }

    /// What these sessions, the machine and Bosk itself used between two times (seconds since 1970), in about
    /// so many points.
    ///
    /// # Errors
    /// The files cannot be read just now.
    pub async fn history(
        &self,
        ids: Vec<SessionId>,
        span: (i64, i64),
        points: u32,
    ) -> Result<History, Problem> {
        let home = self.home.clone();
        let read = move || crate::usage::history(&home, &ids, span, points);
        tokio::task::spawn_blocking(read).await.map_err(|error| {
            Problem::new(ProblemCode::Internal, format!("The history was not read: {error}."))
        })
    }

    /// A part of a watched session's transcript.
    ///
    /// # Errors
    /// It is not watched, or its journal cannot be read.
    pub async fn page(&self, id: SessionId, from: u32, count: u32) -> Result<Page, Problem> {
        self.ask(|reply| Message::Page(id, from, count, reply)).await?
    }

    /// The entries of a watched session's transcript that hold a text.
    ///
    /// # Errors
    /// It is not watched, or its journal cannot be read.
    pub async fn find(&self, id: SessionId, text: String) -> Result<Vec<u32>, Problem> {
        self.ask(|reply| Message::Find(id, text, reply)).await?
    }

    /// A session's row as it is now.
    ///
    /// # Errors
    /// There is no such session.
    pub async fn summary(&self, id: SessionId) -> Result<SessionSummary, Problem> {
        self.ask(|reply| Message::Summary(id, reply)).await?
    }

    /// The rows of all sessions as they are now.
    ///
    /// # Errors
    /// The fleet is gone.
    pub async fn sessions(&self) -> Result<Vec<SessionSummary>, Problem> {
        self.ask(Message::Sessions).await
    }

    /// A session was just launched or resumed here: it is followed at once.
    pub async fn appeared(&self, id: SessionId) {
        let _ = self.to.send(Message::Appeared(id)).await;
    }

    /// Tells the window something that is not a session's: settings, sign-in, the CLI. What it says
    /// of those is in later snapshots too.
    pub async fn tell(&self, event: Event) {
        let _ = self.to.send(Message::Tell(event)).await;
    }

    /// Tells one listener something.
    pub async fn tell_one(&self, name: &str, event: Event) {
        let _ = self.to.send(Message::TellOne(name.to_owned(), event)).await;
    }

    /// What waits for the person in a session.
    ///
    /// # Errors
    /// The fleet is gone.
    pub async fn asks(&self, id: SessionId) -> Result<Vec<Ask>, Problem> {
        self.ask(|reply| Message::Asks(id, reply)).await
    }

    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Problem> {
        let gone = || {
            Problem::new(
                ProblemCode::Internal,
                "The fleet's task has ended; restart Bosk. Sessions go on.",
            )
        };
        let (reply, answer) = oneshot::channel();
        self.to.send(message(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }
}

/// Reads the entries that a window needs at once when it opens a session.
const FIRST_PAGE: u32 = 60;

/// What a session's folder is called.
fn folder(home: &Home, id: &SessionId) -> PathBuf {
    home.session(id)
}

/// Most ended sessions of each kind in the first picture: more than fit a window.
const FIRST_SESSIONS: usize = 50;

/// Most of the others that one batch carries.
const MORE_SESSIONS: usize = 250;

/// Most changed entries that one batch carries; the others are fetched by page when they are seen.
const MOST_ENTRIES: usize = 200;

/// An entry that a batch can carry.
type Changed = std::collections::BTreeMap<u32, Entry>;
