//! The keeper's side of the socket: each connection reads requests and writes replies and pushes.
//! A connection that does not read is slowed down by its own pipe and by nothing else.

use std::io::SeekFrom;
use std::time::Duration;

use bosk_core::wire::{
    Call, LONGEST_READ, LONGEST_REQUEST, Push, Read, Reply, ReplyOutcome, Request, VERSION,
};
use bosk_core::{Problem, ProblemCode};
use interprocess::local_socket::tokio::{Listener, Stream};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufReader,
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinSet, spawn_local};
use tokio::time::Instant;

use super::partials::Seen;
use super::shared::Shared;
use crate::socket;

/// Shortest time between two pushes on one connection: several deltas become one push, and the text
/// still moves with every frame of the screen.
const PUSH_PAUSE: Duration = Duration::from_millis(8);

/// Replies that wait to be written before a connection's requests are no longer read.
const REPLIES: usize = 4;

/// Accepts clients until the loop is gone.
pub(super) async fn serve(listener: Listener, shared: Shared) {
    let mut connections = JoinSet::new();
    let mut changed = shared.changed.clone();
    loop {
        tokio::select! {
            accepted = socket::accept(&listener) => match accepted {
                Ok(stream) => {
                    connections.spawn_local(connection(stream, shared.clone()));
                }
                // Out of descriptors, most likely: others may end and free some.
                Err(error) => {
                    tracing::warn!(%error, "no client can be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            // The loop's end of the channel is gone: what is left is written, then all is closed.
            closed = async { while changed.changed().await.is_ok() {} } => {
                let () = closed;
                break;
            }
            Some(_) = connections.join_next() => {}
        }
    }
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(Duration::from_millis(500), all).await;
}

async fn connection(stream: Stream, shared: Shared) {
    let (replies, waiting) = mpsc::channel(REPLIES);
    let (watch, watched) = watch::channel(None);
    tokio::select! {
        () = read_requests(BufReader::new(&stream), shared.clone(), replies, watch) => {}
        written = write(&stream, &shared, waiting, watched) => {
            if let Err(error) = written {
                tracing::debug!(%error, "a client went away");
            }
        }
    }
}

type Watching = watch::Receiver<Option<Wanted>>;

/// What a client wants to be told besides the session's state.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    partials: bool,
    usage: bool,
}

async fn write(
    mut to: impl tokio::io::AsyncWrite + Unpin,
    shared: &Shared,
    mut replies: mpsc::Receiver<Vec<u8>>,
    mut watching: Watching,
) -> std::io::Result<()> {
    let mut changed = shared.changed.clone();
    let mut told = Told::default();
    let mut next_push = Instant::now();
    let mut dirty = true;
    let mut open = true;
    while open {
        let wanted = *watching.borrow_and_update();
        tokio::select! {
            biased;
            reply = replies.recv() => match reply {
                Some(bytes) => to.write_all(&bytes).await?,
                None => return Ok(()),
            },
            () = tokio::time::sleep_until(next_push), if wanted.is_some() && dirty => {
                changed.mark_unchanged();
                let bytes = pushes(shared, wanted.unwrap_or_default(), &mut told);
                to.write_all(&bytes).await?;
                dirty = false;
                next_push = Instant::now() + PUSH_PAUSE;
            }
            more = changed.changed(), if !dirty => {
                dirty = true;
                open = more.is_ok();
            }
            Ok(()) = watching.changed() => dirty = true,
        }
    }
    // What was done was done, also when the session has ended over it.
    while let Ok(bytes) = replies.try_recv() {
        to.write_all(&bytes).await?;
    }
    // The last state reaches whoever watches, also when it came during the pause.
    if watching.borrow().is_some() {
        to.write_all(&pushes(shared, Wanted::default(), &mut told)).await?;
    }
    to.flush().await
}

/// Whether this connection's client looks at what the session uses. It no longer does when it is gone.
struct Looker {
    lookers: watch::Sender<u32>,
    looks: bool,
}

impl Looker {
    const fn new(lookers: watch::Sender<u32>) -> Self {
        Self { lookers, looks: false }
    }

    fn look(&mut self, looks: bool) {
        if std::mem::replace(&mut self.looks, looks) != looks {
            self.lookers.send_modify(|count| {
                *count = if looks { *count + 1 } else { count.saturating_sub(1) };
            });
        }
    }
}

impl Drop for Looker {
    fn drop(&mut self) {
        self.look(false);
    }
}

/// What a client has been told.
#[derive(Default)]
struct Told {
    usage: Option<i64>,
    end: Option<u64>,
    version: Option<u64>,
    offer: bool,
    seen: Seen,
}

/// What the client has not been told yet.
fn pushes(shared: &Shared, wanted: Wanted, told: &mut Told) -> Vec<u8> {
    let facts = shared.facts.borrow();
    let mut bytes = Vec::new();
    if told.end != Some(facts.end) {
        told.end = Some(facts.end);
        line(&mut bytes, &Push::Dirty { end: facts.end });
    }
    if told.version != Some(facts.version) {
        told.version = Some(facts.version);
        line(&mut bytes, &Push::Status(Box::new(facts.status.clone())));
    }
    if let Some(usage) =
        facts.usage.filter(|usage| wanted.usage && told.usage != Some(usage.usage.at))
    {
        told.usage = Some(usage.usage.at);
        line(&mut bytes, &Push::Usage(usage));
    }
    if !told.offer
        && let Some(offer) = &facts.offer
    {
        told.offer = true;
        line(&mut bytes, &Push::Offer(offer.clone()));
    }
    if wanted.partials {
        let (partials, done) = facts.partials.news(&mut told.seen);
        if !partials.is_empty() || !done.is_empty() {
            line(&mut bytes, &Push::Partials { partials, done });
        }
    }
    bytes
}

fn line(bytes: &mut Vec<u8>, value: &impl Serialize) {
    // The wire's types always serialise.
    if serde_json::to_writer(&mut *bytes, value).is_ok() {
        bytes.push(b'\n');
    }
}

async fn read_requests(
    mut from: BufReader<impl tokio::io::AsyncRead + Unpin>,
    shared: Shared,
    replies: mpsc::Sender<Vec<u8>>,
    watch: watch::Sender<Option<Wanted>>,
) {
    let mut buffer = Vec::new();
    let mut looker = Looker::new(shared.looked.clone());
    loop {
        buffer.clear();
        let mut limited = (&mut from).take(LONGEST_REQUEST as u64);
        match limited.read_until(b'\n', &mut buffer).await {
            Ok(1..) if buffer.ends_with(b"\n") => {}
            // The client is gone, or says something that is no request of ours.
            _ => return,
        }
        let Ok(request) = serde_json::from_slice::<Request>(&buffer) else {
            let problem =
                Problem::new(ProblemCode::InvalidInput, "The keeper does not know this request.");
            let id = serde_json::from_slice::<Value>(&buffer)
                .ok()
                .and_then(|value| value["id"].as_u64());
            let reply = Reply { id: id.unwrap_or(0), outcome: ReplyOutcome::Problem(problem) };
            if send(&replies, &reply, &[]).await.is_err() {
                return;
            }
            continue;
        };
        let id = request.id;
        let (outcome, data) = match request.call {
            Call::Hello { .. } => (Ok(json!({"version": VERSION})), Vec::new()),
            Call::Watch { partials, usage } => {
                looker.look(usage);
                watch.send_replace(Some(Wanted { partials, usage }));
                (Ok(Value::Null), Vec::new())
            }
            Call::Stat => (Ok(json!(shared.facts.borrow().status)), Vec::new()),
            Call::Read { from, max } => match read(&shared, from, max).await {
                Ok((read, bytes)) => (Ok(json!(read)), bytes),
                Err(error) => (Err(unreadable(&error)), Vec::new()),
            },
            call => {
                ask(&shared, id, call, replies.clone());
                continue;
            }
        };
        let reply =
            Reply { id, outcome: outcome.map_or_else(ReplyOutcome::Problem, ReplyOutcome::Ok) };
        if send(&replies, &reply, &data).await.is_err() {
            return;
        }
    }
}

/// Hands a call to the loop; the reply comes when it comes, and later requests need not wait.
fn ask(shared: &Shared, id: u64, call: Call, replies: mpsc::Sender<Vec<u8>>) {
    let calls = shared.calls.clone();
    spawn_local(async move {
        let (reply, answer) = oneshot::channel();
        let _ = calls.send((call, reply)).await;
        let outcome = answer.await.unwrap_or_else(|_| Err(super::ended()));
        let outcome = outcome.map_or_else(ReplyOutcome::Problem, ReplyOutcome::Ok);
        let _ = send(&replies, &Reply { id, outcome }, &[]).await;
    });
}

async fn send(replies: &mpsc::Sender<Vec<u8>>, reply: &Reply, data: &[u8]) -> Result<(), ()> {
    let mut bytes = Vec::new();
    line(&mut bytes, reply);
    bytes.extend_from_slice(data);
    replies.send(bytes).await.map_err(drop)
}

async fn read(shared: &Shared, from: u64, max: u64) -> std::io::Result<(Read, Vec<u8>)> {
    let end = shared.facts.borrow().end;
    let wanted = end.saturating_sub(from).min(max).min(LONGEST_READ);
    let mut bytes = Vec::new();
    if wanted > 0 {
        let mut file = tokio::fs::File::open(&shared.journal).await?;
        file.seek(SeekFrom::Start(from)).await?;
        file.take(wanted).read_to_end(&mut bytes).await?;
    }
    Ok((Read { bytes: bytes.len() as u64, end }, bytes))
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::new(
        ProblemCode::FileDamaged,
        format!("The session's journal cannot be read: {error}."),
    )
}
