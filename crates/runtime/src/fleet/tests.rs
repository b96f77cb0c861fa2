//! What the fleet shows of sessions whose keeper is played here, line by line, as its socket and its
//! lock are seen from outside.

use std::collections::HashMap;
use std::fs::File;
use std::time::Duration;

use bosk_core::ProblemCode;
use bosk_core::journal::{Kind, Note};
use bosk_core::session::{Outcome, State, Tally, Turn};
use bosk_core::wire::{Call, Push, Reply, ReplyOutcome, Request, SessionUsage, Status, VERSION};
use interprocess::local_socket::tokio::{Listener, Stream};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use super::follow::Followed;
use super::watch_folders::Seen;
use super::*;
use crate::client::News;
use crate::journal::{JOURNAL, Writer};
use crate::keeper::lock_file;
use crate::session_record::SessionRecord;
use crate::socket;

/// How long anything may take before its test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// The name of the one that listens.
const WINDOW: &str = "main";

/// A home with one session.
struct Stage {
    home: Home,
    id: SessionId,
    tally: Tally,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        let record = SessionRecord {
            id: id.clone(),
            created_at: crate::journal::writer::wall_clock(),
            spec: serde_json::from_value(json!({"repository": "/r", "prompt": "x"})).unwrap(),
            repository_name: "r".into(),
            repository_root: "/r".into(),
            worktrees: "/w".into(),
            agreed: None,
            forked: None,
            files: None,
        };
        crate::files::create_private_folder(&home.session(&id)).unwrap();
        record.save(&home).unwrap();
        let stage = Self { home, tally: record.tally(), id, _folder: folder };
        stage.note(&Note::Keeper { version: "0".into(), resumed: false });
        stage
    }

    /// Writes a note to the journal.
    fn note(&self, note: &Note) {
        let path = self.home.session(&self.id).join(JOURNAL);
        let (mut journal, _) = Writer::open(&path).unwrap();
        journal.append(Kind::Note, &serde_json::to_vec(note).unwrap());
        journal.sync().unwrap();
    }

    fn end(&self) {
        self.note(&Note::Ended { outcome: Outcome::Finished, left_behind: vec![] });
    }

    /// Its keeper, who holds the lock and listens.
    fn keeper(&self) -> Keeper {
        let lock = File::create(lock_file(&self.home, &self.id)).unwrap();
        lock.lock().unwrap();
        Keeper { _lock: lock, listener: socket::listen(&self.home, &self.id).unwrap() }
    }

    /// The session in that state.
    fn status(&self, state: State) -> Status {
        let mut tally = self.tally.clone();
        tally.note(&Note::State { state }, 7);
        Status { summary: tally.summary().clone(), asks: vec![], queue: vec![] }
    }

    async fn window(&self) -> Window {
        let fleet = Fleet::open(self.home.clone()).unwrap();
        let (to, batches) = mpsc::unbounded_channel();
        let snapshot = fleet.snapshot(WINDOW, First::All).await.unwrap();
        let sink = Box::new(move |batch| to.send(batch).is_ok());
        assert!(fleet.listen(WINDOW, snapshot.seq, sink).await.unwrap());
        let rows = snapshot.sessions.into_iter().map(|row| (row.id.clone(), row)).collect();
        Window { fleet, batches, rows }
    }
}

struct Keeper {
    _lock: File,
    listener: Listener,
}

impl Keeper {
    /// Takes the next client, and says how the session stands when it is asked to.
    async fn client(&self, status: Status) -> BufReader<Stream> {
        let mut client = self.greeted().await;
        let id = request(&mut client).await;
        answer(&mut client, id, ReplyOutcome::Ok(json!(null))).await;
        say(&mut client, &Push::Status(Box::new(status))).await;
        client
    }

    async fn greeted(&self) -> BufReader<Stream> {
        let accepted = tokio::time::timeout(PATIENCE, socket::accept(&self.listener)).await;
        let mut client = BufReader::new(accepted.expect("nobody comes").unwrap());
        let id = request(&mut client).await;
        answer(&mut client, id, ReplyOutcome::Ok(json!({"version": VERSION}))).await;
        client
    }
}

async fn request(client: &mut BufReader<Stream>) -> u64 {
    let mut line = String::new();
    client.read_line(&mut line).await.unwrap();
    let Request { id, call } = serde_json::from_str(&line).unwrap();
    assert!(matches!(call, Call::Hello { .. } | Call::Watch { .. }));
    id
}

async fn answer(client: &mut BufReader<Stream>, id: u64, outcome: ReplyOutcome) {
    say(client, &Reply { id, outcome }).await;
}

async fn say(client: &mut BufReader<Stream>, what: &impl serde::Serialize) {
    let mut line = serde_json::to_vec(what).unwrap();
    line.push(b'\n');
    client.get_mut().write_all(&line).await.unwrap();
}

/// The window's side: every row as it was told last.
struct Window {
    fleet: Fleet,
    batches: mpsc::UnboundedReceiver<Batch>,
    rows: HashMap<SessionId, SessionSummary>,
}

impl Window {
    async fn until(&mut self, id: &SessionId, wanted: impl Fn(&SessionSummary) -> bool) {
        let until = async {
            while !self.rows.get(id).is_some_and(&wanted) {
                let batch = self.batches.recv().await.unwrap();
                self.fleet.acknowledge(WINDOW).await;
                for event in batch.events {
                    match event {
                        Event::Session { summary } => drop(self.rows.insert(id.clone(), *summary)),
                        Event::SessionGone { id } => drop(self.rows.remove(&id)),
                        _ => {}
                    }
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, until).await.is_ok();
        assert!(in_time, "never; the row is {:#?}", self.rows.get(id));
    }
}

const WORKING: State = State::Running { turn: Turn::Working };
const ASKING: State = State::Running { turn: Turn::Asking };

#[tokio::test]
async fn a_connection_that_breaks_while_the_session_is_kept_is_made_again() {
    let stage = Stage::new();
    let keeper = stage.keeper();
    let (_, mut window) = tokio::join!(keeper_of_a_listing(&keeper, &stage), stage.window());
    let first = keeper.client(stage.status(WORKING)).await;
    window.until(&stage.id, |row| row.state == WORKING).await;
    drop(first);
    // A second one that is refused what it asks is no reason to give up either.
    let mut second = keeper.greeted().await;
    let id = request(&mut second).await;
    let refused = Problem::new(ProblemCode::Internal, "not now");
    answer(&mut second, id, ReplyOutcome::Problem(refused)).await;
    let _third = keeper.client(stage.status(ASKING)).await;
    window.until(&stage.id, |row| row.state == ASKING).await;
}

/// Whoever lists the sessions asks each keeper first.
async fn keeper_of_a_listing(keeper: &Keeper, stage: &Stage) {
    let mut client = keeper.greeted().await;
    let mut line = String::new();
    client.read_line(&mut line).await.unwrap();
    let Request { id, call } = serde_json::from_str(&line).unwrap();
    assert!(matches!(call, Call::Stat));
    answer(&mut client, id, ReplyOutcome::Ok(json!(stage.status(WORKING)))).await;
}

#[tokio::test]
async fn a_keeper_that_answers_nobody_is_told_and_its_end_is_not_missed() {
    let stage = Stage::new();
    let keeper = stage.keeper();
    let Keeper { _lock: lock, listener } = keeper;
    drop(listener);
    let mut window = stage.window().await;
    let unreachable = |row: &SessionSummary| {
        row.problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::KeeperUnreachable)
    };
    window.until(&stage.id, unreachable).await;
    stage.end();
    drop(lock);
    window.until(&stage.id, |row| row.state.is_ended() && row.problem.is_none()).await;
}

#[tokio::test]
async fn a_session_that_is_resumed_while_its_end_is_told_is_followed_again() {
    let stage = Stage::new();
    let (to, _from) = mpsc::channel(8);
    let mut state = state::State::new(stage.home.clone(), Ok(vec![]), to.downgrade());
    state.appeared(&stage.id);
    let ended = || {
        let status = stage.status(State::Ended { outcome: Outcome::Finished, left_behind: 0 });
        Followed::Ended(Box::new(status.summary))
    };
    // The new keeper's socket, then the end of the one before.
    state.appeared(&stage.id);
    state.followed(&stage.id, ended());
    assert!(state.sessions[&stage.id].follower.is_some());
    // Nobody came since: this end stands.
    state.followed(&stage.id, ended());
    assert!(state.sessions[&stage.id].follower.is_none());
    // A socket that was seen before its keeper was found is no second one.
    state.appeared(&stage.id);
    state.appeared(&stage.id);
    state.followed(&stage.id, Followed::Connected);
    state.followed(&stage.id, ended());
    assert!(state.sessions[&stage.id].follower.is_none());
}

#[tokio::test]
async fn what_is_told_of_a_removed_session_does_not_bring_it_back() {
    let stage = Stage::new();
    let (to, _from) = mpsc::channel(8);
    let mut state = state::State::new(stage.home.clone(), Ok(vec![]), to.downgrade());
    state.appeared(&stage.id);
    state.seen(Seen::Gone(stage.id.clone()));
    let status = stage.status(WORKING);
    let ended = Followed::Ended(Box::new(status.summary.clone()));
    let news = News { status: Some(Box::new(status)), ..News::default() };
    state.followed(&stage.id, Followed::News(Box::new(news)));
    state.followed(&stage.id, ended);
    assert!(state.sessions.is_empty());
}

#[tokio::test]
async fn the_first_picture_does_without_old_sessions_and_they_are_told_when_it_stands() {
    let stage = Stage::new();
    stage.end();
    let past = u32::try_from(FIRST_SESSIONS).unwrap() + 300;
    for number in 1..past {
        let id = SessionId::parse(&uuid::Uuid::new_v4().to_string()).unwrap();
        let mut record = SessionRecord::load(&stage.home, &stage.id).unwrap();
        (record.id, record.created_at) = (id.clone(), i64::from(number));
        crate::files::create_private_folder(&stage.home.session(&id)).unwrap();
        record.save(&stage.home).unwrap();
        let (mut journal, _) = Writer::open(&stage.home.session(&id).join(JOURNAL)).unwrap();
        for note in [
            Note::Keeper { version: "0".into(), resumed: false },
            Note::Ended { outcome: Outcome::Finished, left_behind: vec![] },
        ] {
            journal.append(Kind::Note, &serde_json::to_vec(&note).unwrap());
        }
        journal.sync().unwrap();
    }
    let fleet = Fleet::open(stage.home.clone()).unwrap();
    let (to, mut batches) = mpsc::unbounded_channel();
    let first = fleet.snapshot(WINDOW, First::Picture).await.unwrap();
    let sink = Box::new(move |batch| to.send(batch).is_ok());
    assert!(fleet.listen(WINDOW, first.seq, sink).await.unwrap());
    assert_eq!(first.sessions.len(), FIRST_SESSIONS);
    assert_eq!(first.sessions[0].id, stage.id, "the newest");
    assert_eq!(first.earlier.counts.values().sum::<u32>(), 300);

    fleet.rest(WINDOW).await;
    let mut known: std::collections::HashSet<_> =
        first.sessions.into_iter().map(|row| row.id).collect();
    let mut left = 300;
    while left > 0 {
        let batch = tokio::time::timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
        fleet.acknowledge(WINDOW).await;
        for event in batch.events {
            let Event::Older { sessions, earlier } = event else { continue };
            assert!(sessions.len() <= MORE_SESSIONS, "no batch is as long as the past");
            left -= sessions.len();
            assert_eq!(earlier.counts.values().sum::<u32>() as usize, left);
            known.extend(sessions.into_iter().map(|row| row.id));
        }
    }
    assert_eq!(known.len(), usize::try_from(past).unwrap());
    let late = fleet.listen(WINDOW, first.seq, Box::new(|_| true)).await.unwrap();
    assert!(!late, "some of it has been told to somebody else");
}

#[tokio::test]
async fn each_window_hears_of_what_it_looks_at() {
    let stage = Stage::new();
    let fleet = Fleet::open(stage.home.clone()).unwrap();
    let (to, mut monitor) = mpsc::unbounded_channel();
    let (also, mut main) = mpsc::unbounded_channel();
    let first = fleet.snapshot("monitor", First::All).await.unwrap();
    let sink = Box::new(move |batch| to.send(batch).is_ok());
    assert!(fleet.listen("monitor", first.seq, sink).await.unwrap());
    let first = fleet.snapshot(WINDOW, First::All).await.unwrap();
    let sink = Box::new(move |batch| also.send(batch).is_ok());
    assert!(fleet.listen(WINDOW, first.seq, sink).await.unwrap());
    let keeper = stage.keeper();
    let working = stage.status(State::Running { turn: Turn::Working });
    let mut client = keeper.client(working).await;
    // Only what looks is measured for.
    fleet.look("monitor", true).await;
    let id = request(&mut client).await;
    answer(&mut client, id, ReplyOutcome::Ok(json!(null))).await;
    let usage = bosk_core::usage::Usage { at: 7, cpu: 1.5, ..Default::default() };
    let mechanism = bosk_core::limits::Mechanism::Watchdog;
    let told = SessionUsage { usage, mechanism, keeper_cpu_seconds: 0.0, keeper_memory: 0 };
    say(&mut client, &Push::Usage(told)).await;
    let figures = loop {
        let batch = tokio::time::timeout(PATIENCE, monitor.recv()).await.unwrap().unwrap();
        fleet.acknowledge("monitor").await;
        let used = batch.events.into_iter().find_map(|event| match event {
            Event::Usage { sessions, .. } => sessions.into_iter().next(),
            _ => None,
        });
        if let Some(used) = used {
            break used;
        }
    };
    assert_eq!((&figures.id, figures.figures.usage), (&stage.id, usage));
    // Both hear of the session, one of them of what it used.
    say(&mut client, &Push::Status(Box::new(stage.status(State::Running { turn: Turn::Idle }))))
        .await;
    let is_idle = |event: &Event| matches!(event, Event::Session { summary } if summary.state == State::Running { turn: Turn::Idle });
    loop {
        let batch = tokio::time::timeout(PATIENCE, main.recv()).await.unwrap().unwrap();
        fleet.acknowledge(WINDOW).await;
        assert!(!batch.events.iter().any(|event| matches!(event, Event::Usage { .. })));
        if batch.events.iter().any(is_idle) {
            break;
        }
    }
    // Nobody looks any more when the window that did is gone.
    fleet.leave("monitor").await;
    let mut line = String::new();
    client.read_line(&mut line).await.unwrap();
    let request: Request = serde_json::from_str(&line).unwrap();
    assert_eq!(request.call, Call::Watch { partials: false, usage: false });
}
