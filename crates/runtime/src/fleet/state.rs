//! The fleet's task: the whole state in one place, changed by one message at a time.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use bosk_core::schedule::Schedule;
use bosk_core::session::SessionSummary;
use bosk_core::transcript::Partial;
use bosk_core::view::{CliStatus, Event, InboxItem, Offer, Page};
use bosk_core::wire::{SessionUsage, Status};
use bosk_core::{Problem, SessionId};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::folders::Watching;
use super::follow::{Followed, Follower};
use super::listeners::Listeners;
use super::now::Now;
use super::overlaps::Overlapping;
use super::queueing::Queueing;
use super::using::{Using, marks};
use super::watched::{Opening, unknown};
use super::{Message, Wanted};
use crate::awaited::one_of;
use crate::catalog::{Index, Listed};
use crate::home::Home;
use crate::schedules;
use crate::settings;
use crate::transcript::Transcript;

/// Everything the window sees.
pub(super) struct State {
    pub(super) home: Home,
    pub(super) index: Arc<Index>,
    pub(super) to: mpsc::WeakSender<Message>,
    pub(super) sessions: HashMap<SessionId, Session>,
    pub(super) others: Others,
    pub(super) listeners: Listeners,
    pub(super) using: Using,
    pub(super) queue: Queueing,
    /// Folders that are watched.
    pub(super) folders: Watching,
    pub(super) overlapping: Overlapping,
    /// Schedules as they were told last.
    pub(super) schedules: Vec<Schedule>,
    /// What waits for the person, as it was told last.
    pub(super) inbox: Vec<InboxItem>,
    /// Sessions of whose journal there is more to read, in turn.
    pub(super) behind: VecDeque<SessionId>,
}

/// One session.
pub(super) struct Session {
    pub(super) summary: SessionSummary,
    pub(super) status: Option<Status>,
    /// What the follower does. None when nobody follows.
    pub(super) follower: Option<watch::Sender<Wanted>>,
    /// It may have got a keeper since its follower last found one: then an end that the follower
    /// tells may be that of the keeper before.
    appeared: bool,
    /// What the CLI offers, once it has said.
    pub(super) offer: Option<Offer>,
    pub(super) transcript: Option<Transcript>,
    /// While the transcript is read for the first time.
    pub(super) opening: Option<Opening>,
    /// Streamed blocks as the windows have them.
    pub(super) partials: BTreeMap<u64, Partial>,
    /// What it uses, once its keeper has said.
    pub(super) usage: Option<SessionUsage>,
}

/// What is not a session's.
pub(super) struct Others {
    pub(super) settings: bosk_core::settings::Settings,
    pub(super) cli: CliStatus,
    pub(super) auth: Option<bosk_core::auth::AuthStatus>,
    pub(super) problems: Vec<Problem>,
}

impl State {
    pub(super) fn new(
        home: Home,
        listed: Result<Vec<Listed>, Problem>,
        to: mpsc::WeakSender<Message>,
    ) -> Self {
        let (settings, problem) = settings::load(&home);
        let (listed, unread) = match listed {
            Ok(listed) => (listed, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        let mut state = Self {
            index: Arc::new(Index::open(&home)),
            home,
            to,
            sessions: HashMap::new(),
            others: Others {
                settings,
                cli: CliStatus::Unknown,
                auth: None,
                problems: problem.into_iter().chain(unread).collect(),
            },
            listeners: Listeners::default(),
            using: Using::default(),
            queue: Queueing::default(),
            folders: Watching::default(),
            overlapping: Overlapping::default(),
            schedules: Vec::new(),
            inbox: Vec::new(),
            behind: VecDeque::new(),
        };
        for one in listed {
            match one {
                Ok(summary) => {
                    let live = !summary.state.is_ended();
                    let id = summary.id.clone();
                    state.put(summary);
                    if live {
                        state.follow(&id);
                    }
                }
                Err((_, problem)) => state.others.problems.push(problem),
            }
        }
        state.queue.ordered();
        state.look_at_queue();
        match schedules::list(&state.home) {
            Ok(schedules) => state.schedules = schedules,
            Err(problem) => state.others.problems.push(problem),
        }
        state
    }

    pub(super) async fn run(mut self, mut from: mpsc::Receiver<Message>) {
        loop {
            let batch = self.listeners.next_batch();
            let measurement = self.next_measurement();
            let queue = self.queue.due();
            let overlaps = self.overlapping.due();
            tokio::select! {
                message = from.recv() => match message {
                    Some(message) => self.take(message),
                    None => break,
                },
                () = at(batch) => {
                    self.listeners.send(&Now { sessions: &self.sessions, using: &self.using });
                }
                () = at(measurement) => self.measure(),
                () = at(queue) => self.look_at_queue(),
                () = at(overlaps) => self.look_at_overlaps(),
                found = one_of(&mut self.using.measuring) => self.measured(found),
                // Piece by piece between messages: what floods holds up nothing else.
                () = std::future::ready(()), if !self.behind.is_empty() => self.read_behind(),
            }
        }
        for session in self.sessions.values_mut() {
            if let Some(transcript) = &mut session.transcript {
                transcript.keep();
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Snapshot(name, first, reply) => {
                self.let_go(&name);
                let _ = reply.send(self.snapshot(&name, first));
            }
            Message::Listen(name, seq, sink, reply) => {
                let _ = reply.send(self.listeners.of(&name).listen(seq, sink));
            }
            Message::Leave(name) => {
                let looked = self.listeners.anybody_looks();
                self.let_go(&name);
                self.listeners.leave(&name);
                self.looked(looked);
            }
            Message::Rest(name) => self.listeners.of(&name).untold.want(),
            Message::Acknowledge(name) => self.listeners.of(&name).acknowledge(),
            Message::Look(name, looks) => self.look(&name, looks),
            Message::Spare(pid) => self.using.spare = pid,
            Message::Watch(name, id, reply) => self.watch(&name, &id, reply),
            Message::Unwatch(name, id) => {
                let listener = self.listeners.of(&name);
                listener.gathered.unwatch(&id);
                listener.watched.remove(&id);
                self.no_longer_watched(&id);
            }
            Message::WatchFolder(name, id, reply) => self.watch_folder(&name, &id, reply),
            Message::UnwatchFolder(name, id) => self.unwatch_folder(&name, &id),
            Message::Folder(id, told) => self.folder(&id, told),
            Message::Changing(id, files) => self.changing(&id, files),
            Message::Marks(id, since, reply) => {
                let marks = self.with_transcript(&id, |transcript| marks(transcript, since));
                let _ = reply.send(marks);
            }
            Message::Page(id, from, count, reply) => {
                let page = self.with_transcript(&id, |transcript| {
                    Ok(Page { total: transcript.total(), entries: transcript.page(from, count)? })
                });
                let _ = reply.send(page);
            }
            Message::Find(id, text, reply) => {
                let _ = reply.send(self.with_transcript(&id, |transcript| transcript.find(&text)));
            }
            Message::Summary(id, reply) => {
                let row = self.sessions.get(&id).map(|session| session.summary.clone());
                let _ = reply.send(row.ok_or_else(|| unknown(&id)));
            }
            Message::Sessions(reply) => {
                let rows = self.sessions.values().map(|session| session.summary.clone());
                let _ = reply.send(rows.collect());
            }
            Message::Appeared(id) => self.appeared(&id),
            Message::Tell(event) => self.tell(event),
            Message::TellOne(name, event) => self.listeners.of(&name).gathered.other(event),
            Message::Asks(id, reply) => {
                let status = self.sessions.get(&id).and_then(|session| session.status.as_ref());
                let _ = reply.send(status.map(|status| status.asks.clone()).unwrap_or_default());
            }
            Message::Followed(id, followed) => self.followed(&id, followed),
            Message::Folders(seen) => self.seen(seen),
            Message::Today(today) => self.counted(today),
        }
    }

    pub(super) fn put(&mut self, summary: SessionSummary) {
        let id = summary.id.clone();
        match self.sessions.get_mut(&id) {
            Some(session) => {
                let before = std::mem::replace(&mut session.summary, summary);
                self.overlapping.moved(&before, &session.summary);
            }
            None => {
                let session = Session {
                    summary,
                    status: None,
                    follower: None,
                    appeared: false,
                    offer: None,
                    transcript: None,
                    opening: None,
                    partials: BTreeMap::new(),
                    usage: None,
                };
                self.sessions.insert(id.clone(), session);
            }
        }
        self.changed(&id);
    }

    /// A session's row has changed, or the session is gone.
    pub(super) fn changed(&mut self, id: &SessionId) {
        self.queue.look_soon();
        self.folders.moved(id);
        self.listeners.all(|listener| {
            listener.untold.told(id);
            listener.gathered.session(id);
        });
    }

    pub(super) fn follow(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        if session.follower.is_some() {
            session.appeared = true;
            return;
        }
        let (wanted, news) = watch::channel(self.listeners.wanted(id));
        session.follower = Some(wanted);
        session.appeared = false;
        let (home, index, to) = (self.home.clone(), Arc::clone(&self.index), self.to.clone());
        tokio::spawn(Follower { home, index, id: id.clone(), to }.follow(news));
    }

    pub(super) fn followed(&mut self, id: &SessionId, followed: Followed) {
        // What is told of a session that was removed meanwhile must not bring it back.
        let Some(session) = self.sessions.get_mut(id) else { return };
        match followed {
            Followed::Connected => {
                session.appeared = false;
                self.without_keeper(id);
            }
            Followed::News(news) => self.news(id, *news),
            Followed::Silent(summary) => {
                self.without_keeper(id);
                self.put(*summary);
                self.catch_up(id, None);
            }
            Followed::Ended(summary) => {
                session.follower = None;
                let again = session.appeared;
                self.without_keeper(id);
                self.put(*summary);
                self.catch_up(id, None);
                if again {
                    self.follow(id);
                }
            }
            Followed::Broken(problem) => {
                session.summary.problem = Some(problem);
                self.changed(id);
            }
        }
    }

    /// What only a keeper's word makes true is over: what it streamed, and what waited in it.
    fn without_keeper(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let waited = session.status.take().is_some();
        let asked = self.inbox.iter().any(|item| item.session == *id);
        session.usage = None;
        let done: Vec<u64> = std::mem::take(&mut session.partials).into_keys().collect();
        if session.transcript.is_some() && waited {
            self.listeners.watching(id, |listener| {
                listener.gathered.streamed(id, Vec::new(), done.clone());
                listener.gathered.waiting(id);
            });
        }
        if asked {
            self.look_at_inbox();
        }
    }

    /// Tells what waits for the person, if that has changed.
    pub(super) fn look_at_inbox(&mut self) {
        let of = |(id, session): (&SessionId, &Session)| {
            let asks = session.status.as_ref().map(|status| status.asks.clone());
            let item = |ask| InboxItem { session: id.clone(), ask };
            asks.unwrap_or_default().into_iter().map(item).collect::<Vec<_>>()
        };
        let mut items: Vec<InboxItem> = self.sessions.iter().flat_map(of).collect();
        items.sort_by(|one, other| {
            one.ask.at.cmp(&other.ask.at).then_with(|| one.session.cmp(&other.session))
        });
        if items != self.inbox {
            self.inbox.clone_from(&items);
            self.tell_all(&Event::Inbox { items });
        }
    }

    pub(super) fn tell(&mut self, event: Event) {
        match &event {
            Event::Settings { settings } => {
                self.others.settings = settings.clone();
                self.queue.look_soon();
            }
            Event::Cli { cli } => self.others.cli = cli.clone(),
            Event::Auth { auth } => self.others.auth = Some(auth.clone()),
            _ => {}
        }
        self.tell_all(&event);
    }

    /// Tells everybody.
    pub(super) fn tell_all(&mut self, event: &Event) {
        self.listeners.all(|listener| listener.gathered.other(event.clone()));
    }
}

/// Waits until then; for ever where there is no such time.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
