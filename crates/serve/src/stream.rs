//! A task's events by WebSocket: what stands in its journal after a sequence number, then whatever comes, as long
//! as the task's session lives. The journal is the buffer: a client that is slow holds up nobody, and one that
//! was dropped asks again from where it was.

use std::time::Duration;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bosk_core::journal::{self, Kind};
use bosk_core::lines::{Line, Lines};
use bosk_core::queue::Stage;
use bosk_core::wire::Call;
use bosk_core::{Problem, SessionId};
use bosk_runtime::client::{self, Connection, Standing};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, SeekFrom};

use crate::Desk;
use crate::guard::PROTOCOL;
use crate::problems::{ProblemBody, Refusal};
use crate::words::read_id;

/// How long a client may take for one message. Whoever takes longer is dropped, and asks again.
const SLOW: Duration = Duration::from_secs(30);

/// How long a keeper that does not answer is left alone before it is looked at again.
const MOMENT: Duration = Duration::from_millis(100);

/// Bytes of a journal that are read at once.
const PIECE: usize = 256 << 10;

/// The longest record that is told whole: 4 MiB. Of a longer one the length is told.
const LONGEST: usize = 4 << 20;

#[derive(Debug, Deserialize)]
pub(crate) struct Since {
    /// What the client has already.
    #[serde(default)]
    from: Option<u64>,
}

pub(crate) async fn follow(
    State(desk): State<Desk>,
    id: Result<Path<String>, PathRejection>,
    from: Result<Query<Since>, QueryRejection>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let id = read_id(&id?.0)?;
    let from = from?.0.from;
    // It must be there, or be about to.
    let known = desk.fleet.summary(id.clone()).await;
    if let Err(unknown) = known {
        let mut log = bosk_runtime::queue::Log::default();
        log.catch_up(&desk.home)?;
        log.queue().get(&id).ok_or(unknown)?;
    }
    // The answer has to name one of the protocols that were offered.
    let offered = headers.get("sec-websocket-protocol").and_then(|value| value.to_str().ok());
    let ours = offered.unwrap_or_default().split(',').map(str::trim);
    let ours = ours.filter(|one| one.starts_with(PROTOCOL)).map(str::to_owned);
    Ok(upgrade.protocols(ours).on_upgrade(move |socket| async move {
        let mut client =
            Client { desk, id, socket, after: from, read_to: 0, lines: Lines::new(LONGEST) };
        if let Err(problem) = client.tell().await {
            let body = json!({"type": "problem", "problem": ProblemBody::from(problem)});
            let _ = client.send(&body).await;
        }
        let _ = client.socket.send(Message::Close(None)).await;
    }))
}

struct Client {
    desk: Desk,
    id: SessionId,
    socket: WebSocket,
    /// The last sequence number that it has.
    after: Option<u64>,
    read_to: u64,
    lines: Lines,
}

/// The client is gone, or too slow.
struct Gone;

impl Client {
    async fn tell(&mut self) -> Result<(), Problem> {
        if !self.until_there().await? {
            let _ = self.send(&json!({"type": "end", "seq": self.after})).await;
            return Ok(());
        }
        loop {
            let kept = client::standing(&self.desk.home, &self.id).await? == Standing::Kept;
            let connection = match kept {
                true => Connection::open(&self.desk.home, &self.id).await.ok(),
                false => None,
            };
            // It is just beginning or ending: what it is will be known in a moment.
            if kept && connection.is_none() {
                tokio::time::sleep(MOMENT).await;
                continue;
            }
            if let Some(connection) = &connection {
                connection.call(Call::Watch { partials: true, usage: false }).await?;
            }
            if self.catch_up().await.is_err() {
                return Ok(());
            }
            let Some(connection) = connection else {
                let row = self.desk.fleet.summary(self.id.clone()).await?;
                let _ = self.send(&json!({"type": "status", "status": row, "asks": []})).await;
                let _ = self.send(&json!({"type": "end", "seq": self.after})).await;
                return Ok(());
            };
            loop {
                tokio::select! {
                    news = connection.news() => {
                        let Some(news) = news else { break };
                        if self.catch_up().await.is_err() || self.told(news).await.is_err() {
                            return Ok(());
                        }
                    }
                    // What a client says means nothing; that it has gone does.
                    said = self.socket.recv() => {
                        if !matches!(said, Some(Ok(_))) {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }

    /// Until the task is a session. Whether it has become one, rather than been cancelled.
    async fn until_there(&mut self) -> Result<bool, Problem> {
        let name = format!("serve-{}", uuid(&self.id));
        let snapshot = self.desk.fleet.snapshot(&name, bosk_runtime::fleet::First::Picture).await?;
        let (to, mut batches) = tokio::sync::mpsc::unbounded_channel();
        let sink = Box::new(move |batch| to.send(batch).is_ok());
        self.desk.fleet.listen(&name, snapshot.seq, sink).await?;
        let mut log = bosk_runtime::queue::Log::default();
        let there = loop {
            if self.desk.fleet.summary(self.id.clone()).await.is_ok() {
                break true;
            }
            log.catch_up(&self.desk.home)?;
            if matches!(log.queue().get(&self.id), None | Some((_, Stage::Ended { .. }, _))) {
                break false;
            }
            let told = tokio::select! {
                batch = batches.recv() => batch.is_some(),
                said = self.socket.recv() => matches!(said, Some(Ok(_))),
            };
            self.desk.fleet.acknowledge(&name).await;
            if !told {
                break false;
            }
        };
        self.desk.fleet.leave(&name).await;
        Ok(there)
    }

    /// Tells what was added to the journal.
    async fn catch_up(&mut self) -> Result<(), Gone> {
        let path = self.desk.home.session(&self.id).join(bosk_runtime::journal::JOURNAL);
        let Ok(mut file) = tokio::fs::File::open(path).await else { return Ok(()) };
        file.seek(SeekFrom::Start(self.read_to)).await.map_err(|_| Gone)?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece).await.map_err(|_| Gone)?;
            if read == 0 {
                return Ok(());
            }
            self.read_to += read as u64;
            let mut found = Vec::new();
            self.lines.feed(&piece[..read], |line| found.extend(event(line)));
            for (seq, event) in found {
                if self.after.is_none_or(|after| seq > after) {
                    self.send(&event).await?;
                    self.after = Some(seq);
                }
            }
        }
    }

    async fn told(&mut self, news: client::News) -> Result<(), Gone> {
        for partial in news.partials {
            self.send(&json!({"type": "partial", "partial": partial})).await?;
        }
        if let Some(status) = news.status {
            let body = json!({"type": "status", "status": status.summary, "asks": status.asks});
            self.send(&body).await?;
        }
        Ok(())
    }

    async fn send(&mut self, event: &Value) -> Result<(), Gone> {
        let message = Message::Text(event.to_string().into());
        match tokio::time::timeout(SLOW, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Gone),
        }
    }
}

/// A record as an event; none for what is damaged.
fn event(line: Line<'_>) -> Option<(u64, Value)> {
    let (text, length) = match line {
        Line::Whole(text) => (text, None),
        Line::Long(start, length) => (start, Some(length)),
    };
    if let Some(length) = length {
        let seq = std::str::from_utf8(text).ok()?.split(' ').next()?.parse().ok()?;
        return Some((seq, json!({"type": "too_long", "seq": seq, "bytes": length})));
    }
    let record = journal::decode(text).ok()?;
    let header = record.header;
    let kind = match header.kind {
        Kind::Output => "output",
        Kind::Error => "error",
        Kind::Note => "note",
        Kind::Decision => return None,
    };
    let data = serde_json::from_slice(record.payload)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(record.payload)));
    Some((header.seq, json!({"type": kind, "seq": header.seq, "at": header.wall, "data": data})))
}

/// A name that no other listener has.
fn uuid(id: &SessionId) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", id.short(), NEXT.fetch_add(1, Ordering::Relaxed))
}
