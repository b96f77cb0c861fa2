//! What the queue takes to decide, how soon it fills a place, and what the interface for other programs adds to a
//! server that does nothing.

use std::time::Instant;

use bosk_core::SessionId;
use bosk_core::journal::{Kind, Note};
use bosk_core::launch::LaunchSpec;
use bosk_core::lines::Line;
use bosk_core::queue::{Caps, Ended, Load, Order, Priority, Queue, Task};
use bosk_core::session::{State, Turn};
use bosk_core::settings::Settings;
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::journal::{JOURNAL, Reader};
use bosk_tests::{PATIENCE, Session};
use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;

use crate::cost::milliseconds;
use crate::desk::Desk;
use crate::report::Row;
use crate::room;

const TASKS: usize = 10_000;

/// How many places are filled.
const PLACES: usize = 12;

/// How many requests are made at a time.
const REQUESTS: usize = 300;

pub(crate) async fn measure() -> Vec<Row> {
    let desk = room::desk().await;
    let mut rows = vec![decisions(), places(&desk).await];
    rows.push(requests(&desk).await);
    rows
}

fn id(number: usize) -> SessionId {
    SessionId::parse(&format!("{number:08x}-0000-4000-8000-000000000000")).unwrap()
}

fn decisions() -> Row {
    let task = |number: usize| Task {
        id: id(number),
        spec: LaunchSpec::of_prompt("do it"),
        repository: "shop".to_owned(),
        repository_path: format!("/r/{}", number % 7),
        batch: Some(format!("batch {}", number % 13)),
        batch_max_usd: None,
        after: if number % 5 == 4 { vec![id(number - 1)] } else { Vec::new() },
        builds_on: None,
        priority: if number.is_multiple_of(11) { Priority::High } else { Priority::Normal },
        added_at: 0,
    };
    let mut queue = Queue::default();
    queue.take(Order::Added { tasks: (0..TASKS).map(task).collect() }).unwrap();
    let caps = Caps { running: 8, in_repository: None, reserve: 0, usd_a_day: None };
    let load = Load { free: u64::MAX, ..Load::default() };
    let mut samples = Vec::new();
    for now in 0..200 {
        let begun = Instant::now();
        let next = queue.next(&caps, &load, now).unwrap();
        queue.take(Order::Starting { id: next.clone() }).unwrap();
        queue.take(Order::Started { id: next.clone() }).unwrap();
        queue.take(Order::Ended { id: next, how: Ended::Done }).unwrap();
        samples.push(milliseconds(begun.elapsed()));
    }
    let note = format!("{:.0} decisions a second", 1000.0 / crate::report::median(&samples));
    Row::below("a decision of the queue at 10,000 tasks", "ms", samples, 20.0).note(note)
}

async fn places(desk: &Desk) -> Row {
    let settings = Settings { parallel: Some(1), ..Settings::default() };
    bosk_runtime::settings::save(desk.home(), &settings).unwrap();
    let file = desk.path("batch.txt");
    std::fs::write(&file, "wait\n".repeat(PLACES)).unwrap();
    let added = desk.command(desk.value("BOSK_BIN").to_str().unwrap());
    let ids = batch(desk, added, &file).await;
    let mut wait = desk.command(desk.value("BOSK_BIN").to_str().unwrap());
    wait.arg("wait").args(ids.iter().map(SessionId::as_str)).stdout(std::process::Stdio::null());
    let done = tokio::time::timeout(PATIENCE, wait.status()).await.unwrap().unwrap();
    assert!(done.success());
    let mut gaps = Vec::new();
    for pair in ids.windows(2) {
        let (first, next) = (desk.session(pair[0].clone()), desk.session(pair[1].clone()));
        let began = next.row().await.unwrap().created_at;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
        gaps.push((began - idle_since(&first)).max(0) as f64);
    }
    Row::below("from the end of a turn to the next task's start", "ms", gaps, 500.0)
}

async fn batch(
    desk: &Desk,
    mut command: tokio::process::Command,
    file: &std::path::Path,
) -> Vec<SessionId> {
    command.args(["batch", "--json", "--no-worktree", "--repo"]);
    command.arg(desk.repository("sample")).arg(file).stdout(std::process::Stdio::piped());
    let output = command.output().await.unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// When its turn was over: milliseconds since 1970.
fn idle_since(session: &Session<'_>) -> i64 {
    let mut since = None;
    let mut reader = Reader::open(&session.folder().join(JOURNAL), 1 << 20).unwrap();
    reader
        .read_all(|line| {
            let Line::Whole(line) = line else { return };
            let Ok(record) = bosk_core::journal::decode(line) else { return };
            let idle = State::Running { turn: Turn::Idle };
            if record.header.kind == Kind::Note
                && serde_json::from_slice(record.payload)
                    .is_ok_and(|note: Note| note == Note::State { state: idle })
            {
                since = Some(record.header.wall);
            }
        })
        .unwrap();
    since.expect("its turn was over")
}

async fn requests(desk: &Desk) -> Row {
    let bosk = desk.value("BOSK_BIN");
    let mut serve = desk.command(bosk.to_str().unwrap());
    serve.args(["serve", "--port", "0"]).stdout(std::process::Stdio::piped());
    let mut serve = serve.kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(serve.stdout.take().unwrap()).lines();
    let at = lines.next_line().await.unwrap().unwrap().replace("http://", "");
    let mut shown = desk.command(bosk.to_str().unwrap());
    let shown = shown.args(["serve", "--show-token"]).output().await.unwrap();
    let token = format!("Bearer {}", String::from_utf8(shown.stdout).unwrap().trim());
    let empty = Server::start(Scripts::builtin()).await.unwrap();
    let empty_at = empty.url().replace("http://", "");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut clients = (connect(&at).await, connect(empty_at.trim_end_matches('/')).await);
    for _ in 0..9 {
        ours.push(each(&mut clients.0, &at, "/api/claude/nothing", &token).await);
        theirs.push(each(&mut clients.1, &empty_at, "/nothing", &token).await);
    }
    serve.kill().await.unwrap();
    let note = format!(
        "{:.0} requests a second, one after the other",
        1000.0 / crate::report::median(&ours)
    );
    Row::against("a request to the interface, beside a bare axum", "ms", ours, theirs, 2.0)
        .note(note)
}

async fn connect(at: &str) -> SendRequest<Empty<Bytes>> {
    let stream = TcpStream::connect(at).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// Milliseconds for each of some requests, one after the other.
async fn each(client: &mut SendRequest<Empty<Bytes>>, host: &str, path: &str, token: &str) -> f64 {
    let begun = Instant::now();
    for _ in 0..REQUESTS {
        let request = Request::get(path).header("host", host).header("authorization", token);
        client.ready().await.unwrap();
        let answer = client.send_request(request.body(Empty::new()).unwrap()).await.unwrap();
        answer.into_body().collect().await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let all = REQUESTS as f64;
    milliseconds(begun.elapsed()) / all
}
