//! The fleet's task: the whole state in one place, changed by one message at a time.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bosk_core::session::{Ask, Glance, SessionSummary};
use bosk_core::transcript::Partial;
use bosk_core::view::{
    Batch, CliStatus, Event, Offer, Page, QueuedMessage, RecentRepository, Snapshot,
};
use bosk_core::wire::Status;
use bosk_core::{Problem, SessionId};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::follow::{Followed, Follower};
use super::gather::{Gathered, Present};
use super::untold::Untold;
use super::watch_folders::Seen;
use super::watched::{Opening, refuse, unknown};
use super::{FIRST_SESSIONS, First, Message, Sink};
use crate::catalog::{self, Index, Listed};
use crate::home::Home;
use crate::settings;
use crate::transcript::Transcript;

/// Shortest time between two batches: a frame of the screen.
const FRAME: Duration = Duration::from_millis(16);

/// Batches that may be on their way unacknowledged. More than one, so that a batch can be under way
/// while the one before is painted; few, so that a window that hangs is not written to.
const IN_FLIGHT: u64 = 4;

/// Most repositories remembered.
const RECENT: usize = 12;

/// Everything the window sees.
pub(super) struct State {
    pub(super) home: Home,
    index: Arc<Index>,
    to: mpsc::WeakSender<Message>,
    pub(super) sessions: HashMap<SessionId, Session>,
    others: Others,
    pub(super) gathered: Gathered,
    untold: Untold,
    /// Sessions of whose journal there is more to read, in turn.
    pub(super) behind: VecDeque<SessionId>,
    sink: Option<Sink>,
    seq: u64,
    sent: u64,
    acknowledged: u64,
    next_batch: Instant,
}

/// One session.
pub(super) struct Session {
    pub(super) summary: SessionSummary,
    pub(super) status: Option<Status>,
    /// What the follower does: whether streamed text is wanted. None when nobody follows.
    pub(super) follower: Option<watch::Sender<bool>>,
    /// It may have got a keeper since its follower last found one: then an end that the follower
    /// tells may be that of the keeper before.
    appeared: bool,
    /// What the CLI offers, once it has said.
    pub(super) offer: Option<Offer>,
    pub(super) transcript: Option<Transcript>,
    /// While the transcript is read for the first time.
    pub(super) opening: Option<Opening>,
    /// Streamed blocks as the window has them.
    pub(super) partials: BTreeMap<u64, Partial>,
}

/// What is not a session's.
struct Others {
    settings: bosk_core::settings::Settings,
    cli: CliStatus,
    auth: Option<bosk_core::auth::AuthStatus>,
    problems: Vec<Problem>,
}

impl Present for HashMap<SessionId, Session> {
    fn summary(&self, id: &SessionId) -> Option<SessionSummary> {
        Some(self.get(id)?.summary.clone())
    }

    fn figures(&self, id: &SessionId) -> Option<(Glance, f64)> {
        let summary = &self.get(id)?.summary;
        Some((summary.glance, summary.cost_usd))
    }

    fn waiting(&self, id: &SessionId) -> (Vec<Ask>, Vec<QueuedMessage>) {
        let status = self.get(id).and_then(|session| session.status.as_ref());
        status.map(|status| (status.asks.clone(), status.queue.clone())).unwrap_or_default()
    }
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
            gathered: Gathered::default(),
            untold: Untold::default(),
            behind: VecDeque::new(),
            sink: None,
            seq: 0,
            sent: 0,
            acknowledged: 0,
            next_batch: Instant::now(),
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
        state
    }

    pub(super) async fn run(mut self, mut from: mpsc::Receiver<Message>) {
        loop {
            let ready = self.sink.is_some()
                && (!self.gathered.is_empty() || self.untold.is_wanted())
                && self.sent - self.acknowledged < IN_FLIGHT;
            tokio::select! {
                message = from.recv() => match message {
                    Some(message) => self.take(message),
                    None => break,
                },
                () = tokio::time::sleep_until(self.next_batch), if ready => self.send(),
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
            Message::Snapshot(first, reply) => {
                self.gathered = Gathered::default();
                self.sink = None;
                let _ = reply.send(self.snapshot(first));
            }
            Message::Listen(seq, sink, reply) => {
                let goes_on = seq == self.seq;
                if goes_on {
                    self.sink = Some(sink);
                    (self.sent, self.acknowledged) = (0, 0);
                }
                let _ = reply.send(goes_on);
            }
            Message::Rest => self.untold.want(),
            // Each batch is acknowledged once, in order.
            Message::Acknowledge => self.acknowledged = (self.acknowledged + 1).min(self.sent),
            Message::Watch(id, reply) => self.watch(&id, reply),
            Message::Unwatch(id) => self.unwatch(&id),
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
                let _ = reply.send(self.sessions.summary(&id).ok_or_else(|| unknown(&id)));
            }
            Message::Sessions(reply) => {
                let rows = self.sessions.values().map(|session| session.summary.clone());
                let _ = reply.send(rows.collect());
            }
            Message::Appeared(id) => self.appeared(&id),
            Message::Tell(event) => self.tell(event),
            Message::Followed(id, followed) => self.followed(&id, followed),
            Message::Folders(seen) => self.seen(seen),
        }
    }

    fn send(&mut self) {
        self.next_batch = Instant::now() + FRAME;
        let mut events = self.gathered.take(&self.sessions);
        events.extend(self.untold.next(&self.sessions));
        let after = self.seq;
        self.seq += events.len() as u64;
        self.sent += 1;
        let batch = Batch { seq: self.seq, after, events };
        if !self.sink.as_ref().is_some_and(|sink| sink(batch)) {
            self.sink = None;
        }
    }

    fn snapshot(&mut self, first: First) -> Snapshot {
        let mut all: Vec<&SessionSummary> =
            self.sessions.values().map(|session| &session.summary).collect();
        all.sort_by_key(|summary| std::cmp::Reverse(summary.created_at));
        let mut repositories: Vec<RecentRepository> = Vec::new();
        for summary in &all {
            if repositories.len() < RECENT
                && !repositories.iter().any(|known| known.path == summary.repository_path)
            {
                let (name, path) = (summary.repository.clone(), summary.repository_path.clone());
                repositories.push(RecentRepository { name, path });
            }
        }
        let mut shown: HashMap<Glance, usize> = HashMap::new();
        let (shown, untold): (Vec<_>, Vec<_>) = all.into_iter().partition(|summary| {
            let shown = shown.entry(summary.glance).or_default();
            *shown += 1;
            first == First::All || !summary.state.is_ended() || *shown <= FIRST_SESSIONS
        });
        let sessions = shown.into_iter().cloned().collect();
        self.untold = Untold::new(untold.into_iter().map(|summary| summary.id.clone()).collect());
        Snapshot {
            seq: self.seq,
            sessions,
            earlier: self.untold.earlier(&self.sessions),
            settings: self.others.settings.clone(),
            repositories,
            cli: self.others.cli.clone(),
            auth: self.others.auth.clone(),
            problems: self.others.problems.clone(),
            platform: std::env::consts::OS.to_owned(),
        }
    }

    pub(super) fn put(&mut self, summary: SessionSummary) {
        let id = summary.id.clone();
        match self.sessions.get_mut(&id) {
            Some(session) => session.summary = summary,
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
                };
                self.sessions.insert(id.clone(), session);
            }
        }
        self.untold.told(&id);
        self.gathered.session(&id);
    }

    fn follow(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        if session.follower.is_some() {
            session.appeared = true;
            return;
        }
        let (wanted, partials) = watch::channel(session.transcript.is_some());
        session.follower = Some(wanted);
        session.appeared = false;
        let (home, index, to) = (self.home.clone(), Arc::clone(&self.index), self.to.clone());
        tokio::spawn(Follower { home, index, id: id.clone(), to }.follow(partials));
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
                self.gathered.session(id);
            }
        }
    }

    /// What only a keeper's word makes true is over: what it streamed, and what waited in it.
    fn without_keeper(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let waited = session.status.take().is_some();
        let done = std::mem::take(&mut session.partials).into_keys().collect();
        if session.transcript.is_some() && waited {
            self.gathered.streamed(id, Vec::new(), done);
            self.gathered.waiting(id);
        }
    }

    fn tell(&mut self, event: Event) {
        match &event {
            Event::Settings { settings } => self.others.settings = settings.clone(),
            Event::Cli { cli } => self.others.cli = cli.clone(),
            Event::Auth { auth } => self.others.auth = Some(auth.clone()),
            _ => {}
        }
        self.gathered.other(event);
    }

    pub(super) fn seen(&mut self, seen: Seen) {
        match seen {
            Seen::Keeper(start) => {
                let known = self.sessions.keys().find(|id| id.short() == start).cloned();
                match known.map_or_else(|| catalog::find(&self.home, &start), Ok) {
                    Ok(id) => self.appeared(&id),
                    Err(problem) => tracing::debug!(%problem, "a socket without a session"),
                }
            }
            Seen::Gone(id) => {
                if let Some(session) = self.sessions.remove(&id) {
                    refuse(session.opening, &id);
                    self.index.remove(&id);
                    self.untold.told(&id);
                    self.gathered.unwatch(&id);
                    self.gathered.session(&id);
                }
            }
            Seen::Missed => match catalog::ids(&self.home) {
                Ok(ids) => ids.iter().for_each(|id| self.appeared(id)),
                Err(problem) => self.gathered.other(Event::Problem { problem }),
            },
        }
    }

    /// A session has, or may have, a keeper.
    pub(super) fn appeared(&mut self, id: &SessionId) {
        if !self.sessions.contains_key(id) {
            match crate::session_record::SessionRecord::load(&self.home, id) {
                Ok(record) => self.put(record.tally().summary().clone()),
                Err(problem) => {
                    self.gathered.other(Event::Problem { problem });
                    return;
                }
            }
        }
        self.follow(id);
    }
}
