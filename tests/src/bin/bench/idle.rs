//! The app with ten idle sessions: what it takes of the processor and of memory, against an empty
//! window of the same toolkit and web view. Keepers are counted apart, the CLIs not at all.

use std::time::Duration;

use crate::cost::{self, Cpu, milliseconds};
use crate::desk::Desk;
use crate::report::Row;
use crate::room::{self, App};

const SESSIONS: usize = 10;

/// How often each is looked at.
const TIMES: usize = 3;

/// How long it has to come to rest, and how long it is then looked at.
const REST: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_secs(20);

pub(crate) async fn measure() -> Vec<Row> {
    let desk = room::desk().await;
    let sessions = room::sessions(&desk, SESSIONS).await;
    let (mut busy, mut memory) = (Vec::new(), Vec::new());
    let (mut busy_empty, mut memory_empty) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let (part, megabytes) = look(&desk, true).await;
        busy_empty.push(part);
        memory_empty.push(megabytes);
        let (part, megabytes) = look(&desk, false).await;
        busy.push(part);
        memory.push(megabytes);
    }
    let keepers = sessions.iter().filter_map(bosk_tests::Session::keeper);
    let keepers: Vec<f64> = keepers.filter_map(|one| cost::memory(one.pid)).collect();
    let empty = crate::report::median(&busy_empty);
    for session in &sessions {
        session.stop().await;
    }
    vec![
        Row::below("idle with ten sessions, CPU of a core", "%", busy, 0.5)
            .note(format!("the empty window {empty:.2} %")),
        Row::against("idle with ten sessions, memory", "MB", memory, memory_empty, 1.3),
        Row::below("each of ten idle keepers, memory", "MB", keepers, 6.0),
    ]
}

async fn look(desk: &Desk, empty: bool) -> (f64, f64) {
    let app = App::start(desk, empty);
    tokio::time::sleep(REST).await;
    let all = app.processes();
    let before = Cpu::of(&all);
    tokio::time::sleep(LOOK).await;
    let part = Cpu::of(&all).since(&before) / milliseconds(LOOK) * 100.0;
    let megabytes = all.iter().filter_map(|pid| cost::memory(*pid)).sum();
    app.end(desk).await;
    (part, megabytes)
}
