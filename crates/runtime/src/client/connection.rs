//! One connection to a keeper. Replies find their call; pushes are merged until somebody looks, so a
//! slow reader holds up neither the keeper nor its own replies.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bosk_core::transcript::Partial;
use bosk_core::view::Offer;
use bosk_core::wire::{
    Call, Push, Read, Reply, ReplyOutcome, Request, SessionUsage, Status, VERSION,
};
use bosk_core::{Problem, ProblemCode, SessionId};
use interprocess::local_socket::tokio::Stream;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::home::Home;
use crate::socket;

/// How long a keeper has for an answer. It answers in milliseconds; the CLI behind it, asked about
/// files or modes, in up to a second.
const PATIENCE: Duration = Duration::from_secs(20);

type Answer = Result<(Value, Vec<u8>), Problem>;

/// A connection to a keeper. Dropping it closes it.
#[derive(Debug)]
pub struct Connection {
    calls: mpsc::Sender<(Call, oneshot::Sender<Answer>)>,
    inbox: Arc<Inbox>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the keeper has pushed since the last look.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct News {
    /// Where the journal ends, if that has changed.
    pub end: Option<u64>,
    /// The session, if it has changed.
    pub status: Option<Box<Status>>,
    /// What the CLI offers, if it has just said so.
    pub offer: Option<Offer>,
    /// What the session uses, if it was measured.
    pub usage: Option<SessionUsage>,
    /// What was streamed.
    pub partials: Vec<Partial>,
    /// Streamed blocks that are finished.
    pub done: Vec<u64>,
}

#[derive(Debug, Default)]
struct Inbox {
    news: Mutex<Gathered>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Gathered {
    end: Option<u64>,
    status: Option<Box<Status>>,
    offer: Option<Offer>,
    usage: Option<SessionUsage>,
    partials: BTreeMap<u64, Partial>,
    done: Vec<u64>,
    any: bool,
    closed: bool,
}

impl Connection {
    /// Connects to the keeper of a session.
    ///
    /// # Errors
    /// Nobody keeps it, or the keeper speaks another version.
    pub async fn open(home: &Home, id: &SessionId) -> Result<Self, Problem> {
        let stream = socket::connect(home, id).await.map_err(|error| unreachable(id, &error))?;
        let inbox = Arc::new(Inbox::default());
        let (calls, waiting) = mpsc::channel(16);
        let task = tokio::spawn(talk(stream, waiting, Arc::clone(&inbox)));
        let connection = Self { calls, inbox, task };
        let hello = connection.call(Call::Hello { version: VERSION }).await?;
        match hello["version"].as_u64() {
            Some(version) if version == u64::from(VERSION) => Ok(connection),
            other => Err(Problem::new(
                ProblemCode::KeeperUnreachable,
                format!("Session `{}` is kept by another version of Bosk ({other:?}).", id.short()),
            )
            .hint("Use that version until the session has ended.")),
        }
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// The keeper's problem, or it is gone or does not answer.
    pub async fn call(&self, call: Call) -> Result<Value, Problem> {
        Ok(self.ask(call).await?.0)
    }

    /// Reads from the journal.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub async fn read(&self, from: u64, max: u64) -> Result<(Read, Vec<u8>), Problem> {
        let (value, bytes) = self.ask(Call::Read { from, max }).await?;
        let read = serde_json::from_value(value).map_err(|error| garbled(&error))?;
        Ok((read, bytes))
    }

    /// The session as the keeper sees it.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub async fn status(&self) -> Result<Status, Problem> {
        let value = self.call(Call::Stat).await?;
        serde_json::from_value(value).map_err(|error| garbled(&error))
    }

    async fn ask(&self, call: Call) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.calls.send((call, reply)).await.map_err(|_| closed())?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(Problem::new(
                ProblemCode::TimedOut,
                "Claude did not answer in time; whether it did what was asked is not known.",
            )),
        }
    }

    /// Waits for something new. `None` when the keeper is gone and everything was looked at.
    pub async fn news(&self) -> Option<News> {
        loop {
            let changed = self.inbox.changed.notified();
            {
                let mut gathered = self.inbox.lock();
                if std::mem::take(&mut gathered.any) {
                    return Some(News {
                        end: gathered.end.take(),
                        status: gathered.status.take(),
                        offer: gathered.offer.take(),
                        usage: gathered.usage.take(),
                        partials: std::mem::take(&mut gathered.partials).into_values().collect(),
                        done: std::mem::take(&mut gathered.done),
                    });
                }
                if gathered.closed {
                    return None;
                }
            }
            changed.await;
        }
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        // What is inside is whole after every step, so a panic elsewhere spoils nothing.
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, push: Push) {
        let mut gathered = self.lock();
        gathered.any = true;
        match push {
            Push::Dirty { end } => gathered.end = Some(end),
            Push::Status(status) => gathered.status = Some(status),
            Push::Offer(offer) => gathered.offer = Some(offer),
            Push::Usage(usage) => gathered.usage = Some(usage),
            Push::Partials { partials, done } => {
                for partial in partials {
                    match gathered.partials.get_mut(&partial.block) {
                        Some(earlier) if partial.from > 0 => earlier.text.push_str(&partial.text),
                        _ => drop(gathered.partials.insert(partial.block, partial)),
                    }
                }
                for block in &done {
                    gathered.partials.remove(block);
                }
                gathered.done.extend(done);
            }
        }
        drop(gathered);
        self.changed.notify_one();
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }
}

async fn talk(
    stream: Stream,
    mut calls: mpsc::Receiver<(Call, oneshot::Sender<Answer>)>,
    inbox: Arc<Inbox>,
) {
    let waiting = Mutex::new(HashMap::new());
    let write = async {
        let mut to = &stream;
        let mut id = 0;
        while let Some((call, reply)) = calls.recv().await {
            id += 1;
            let Ok(mut line) = serde_json::to_vec(&Request { id, call }) else { continue };
            line.push(b'\n');
            waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, reply);
            if to.write_all(&line).await.is_err() {
                // The keeper is gone; what it said before that is still to be read, to its end.
                std::future::pending::<()>().await;
            }
        }
    };
    let read = async {
        let mut from = BufReader::new(&stream);
        let mut line = Vec::new();
        loop {
            line.clear();
            match from.read_until(b'\n', &mut line).await {
                Ok(1..) => {}
                _ => return,
            }
            if let Ok(push) = serde_json::from_slice::<Push>(&line) {
                inbox.take(push);
                continue;
            }
            let Ok(reply) = serde_json::from_slice::<Reply>(&line) else { return };
            let answer = match reply.outcome {
                ReplyOutcome::Problem(problem) => Err(problem),
                ReplyOutcome::Ok(value) => {
                    // Only the answer to `read` is followed by bytes.
                    let bytes = match serde_json::from_value::<Read>(value.clone()) {
                        Ok(read) => {
                            let mut bytes = Vec::new();
                            if (&mut from).take(read.bytes).read_to_end(&mut bytes).await.is_err() {
                                return;
                            }
                            bytes
                        }
                        Err(_) => Vec::new(),
                    };
                    Ok((value, bytes))
                }
            };
            let asker: Option<oneshot::Sender<Answer>> =
                waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&reply.id);
            if let Some(asker) = asker {
                let _ = asker.send(answer);
            }
        }
    };
    tokio::select! { () = write => {}, () = read => {} }
    inbox.close();
}

fn unreachable(id: &SessionId, error: &std::io::Error) -> Problem {
    Problem::new(
        ProblemCode::KeeperUnreachable,
        format!("Session `{}` is not running ({error}).", id.short()),
    )
    .hint("Resume it to go on.")
}

fn closed() -> Problem {
    Problem::new(
        ProblemCode::KeeperUnreachable,
        "The session has just ended, so this was not done.",
    )
    .hint("Resume the session and try again.")
}

fn garbled(error: &serde_json::Error) -> Problem {
    Problem::new(ProblemCode::Internal, format!("The keeper's answer makes no sense: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_keeper_said_last_is_read_also_when_a_call_comes_too_late() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        let listener = socket::listen(&home, &id).unwrap();
        // Which of its two sides a client finds closed first is chance.
        for _ in 0..32 {
            let keeper = async {
                let mut stream = BufReader::new(socket::accept(&listener).await.unwrap());
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                let hello: Request = serde_json::from_str(&line).unwrap();
                let version = serde_json::json!({"version": VERSION});
                say(&mut stream, &Reply { id: hello.id, outcome: ReplyOutcome::Ok(version) }).await;
                stream
            };
            let (connection, mut keeper) = tokio::join!(Connection::open(&home, &id), keeper);
            let connection = connection.unwrap();
            say(&mut keeper, &Push::Dirty { end: 7 }).await;
            drop(keeper);
            let late = connection.call(Call::Stat).await.unwrap_err();
            assert_eq!(late.code, ProblemCode::KeeperUnreachable);
            assert_eq!(connection.news().await, Some(News { end: Some(7), ..News::default() }));
            assert_eq!(connection.news().await, None);
        }
    }

    async fn say(to: &mut BufReader<Stream>, what: &impl serde::Serialize) {
        let mut line = serde_json::to_vec(what).unwrap();
        line.push(b'\n');
        to.get_mut().write_all(&line).await.unwrap();
    }
}
