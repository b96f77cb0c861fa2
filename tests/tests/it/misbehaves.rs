//! A CLI that misbehaves, played by the stand-in: the keeper answers all the time, its memory stays
//! bounded, what came is kept, and the person is told.

use std::time::{Duration, Instant};

use bosk_core::ProblemCode;
use bosk_core::journal::{self, Kind, Note};
use bosk_core::lines::Line;
use bosk_core::session::{Glance, Outcome, State, StopReason, StopStep, Turn};
use bosk_core::transcript::EntryBody;
use bosk_core::transcript::entry::RawReason;
use bosk_core::wire::Call;
use bosk_runtime::journal::{JOURNAL, Reader};
use bosk_runtime::process::Signal;
use bosk_tests::signal::Words;
use bosk_tests::{Sandbox, Session, Watched, processes, spec};

/// The most memory that a keeper may ever have, in bytes.
const MOST_MEMORY: u64 = 64 << 20;

/// The longest that a keeper may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

fn sandbox(behaviour: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("STAND_IN", behaviour);
    sandbox.set("BOSK_PATIENCE_MS", "300");
    sandbox
}

async fn launch<'a>(sandbox: &'a Sandbox, prompt: &str) -> Session<'a> {
    sandbox.launch(&spec(&sandbox.repository("shop"), prompt)).await.unwrap()
}

fn is_silent(status: &bosk_core::wire::Status) -> bool {
    let problem = status.summary.problem.as_ref();
    status.summary.stalled.is_some()
        || problem.is_some_and(|problem| problem.code == ProblemCode::CliSilent)
}

/// Asks the keeper how it stands, again and again, until the session is idle; each answer must come
/// in time, and the keeper's memory stay bounded to the end.
async fn answers_until_idle(session: &Session<'_>) {
    let keeper = session.keeper().unwrap();
    let asking = session.follow().await;
    let mut longest = Duration::ZERO;
    loop {
        let asked = Instant::now();
        let status = asking.connection.status().await.unwrap();
        longest = longest.max(asked.elapsed());
        if status.summary.state == (State::Running { turn: Turn::Idle }) && status.queue.is_empty()
        {
            break;
        }
        // A question every now and then, rather than as many as it can answer.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(longest < ANSWERS_WITHIN, "an answer took {longest:?}");
    let memory = processes::memory(&keeper, "VmHWM").unwrap();
    assert!(memory < MOST_MEMORY, "the keeper had {} MiB", memory >> 20);
}

fn raw(session: &Session<'_>) -> Vec<(RawReason, u64, String)> {
    let entries = session.transcript().into_iter();
    let raw = |body| match body {
        EntryBody::Raw { reason, bytes, start } => Some((reason, bytes, start)),
        _ => None,
    };
    entries.filter_map(|entry| raw(entry.body)).collect()
}

#[tokio::test]
async fn hangs_at_the_start() {
    let sandbox = sandbox("hang");
    let session = launch(&sandbox, "!say never").await;
    session.follow().await.until("told", is_silent).await;
    let row = session.stop().await;
    assert!(row.state.is_ended());
    let rungs: Vec<_> = session
        .notes()
        .into_iter()
        .filter_map(|note| match note {
            Note::Stopping { step, .. } => Some(step),
            _ => None,
        })
        .collect();
    assert_eq!(rungs, [StopStep::Terminate], "it has no protocol to be asked by");
}

#[tokio::test]
async fn ends_at_once() {
    let sandbox = sandbox("exit=3");
    let session = launch(&sandbox, "!say never").await;
    if let Ok(watched) = session.try_follow().await {
        watched.gone().await;
    }
    let row = session.row().await.unwrap();
    let State::Ended { outcome: Outcome::NotStarted { problem }, .. } = row.state else {
        panic!("{:?}", row.state)
    };
    assert_eq!(problem.code, ProblemCode::CliFailed);
    assert!(problem.message.contains("exit code 3"), "{problem}");
    assert!(problem.message.contains("something is missing"), "its last words: {problem}");
}

#[tokio::test]
async fn says_nothing_and_then_something() {
    let sandbox = sandbox("");
    let session = launch(&sandbox, "!say one\n!pause 1200\n!say two\n!hold").await;
    let mut watched = session.follow().await;
    let told = watched.until("told", is_silent).await.summary.clone();
    assert_eq!((told.glance, told.problem), (Glance::NeedsYou, None), "a stall is no failure");
    assert!(told.stalled.is_some_and(|stalled| stalled.since >= told.created_at));
    let spoke = watched.until("told that it speaks", |status| !is_silent(status)).await;
    assert_eq!(spoke.summary.state, State::Running { turn: Turn::Working }, "in the same turn");
    assert!(session.texts().contains(&"two".to_owned()));
    watched.until("told again", is_silent).await;
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    assert_eq!(watched.idle().await.summary.problem, None);
    watched.turn("!say three").await;
    assert_eq!(session.texts(), ["one", "two", "three"]);
    session.stop().await;
}

#[tokio::test]
async fn reads_nothing_that_it_is_sent() {
    let sandbox = sandbox("deaf");
    let session = launch(&sandbox, "!say never").await;
    let mut watched = session.follow().await;
    watched.until("told", is_silent).await;
    // Far more than a pipe holds.
    let uuid = watched.send(&"x".repeat(1 << 20)).await.unwrap();
    let asked = Instant::now();
    let status = watched.connection.status().await.unwrap();
    assert!(asked.elapsed() < ANSWERS_WITHIN);
    assert!(status.queue.iter().any(|one| one.uuid == uuid), "it is shown as waiting");
    session.stop().await;
    assert_eq!(session.decisions().len(), 3, "the prompt, the message and the stop are kept");
}

#[tokio::test]
async fn ends_in_the_middle_of_a_turn() {
    let sandbox = sandbox("");
    let session = launch(&sandbox, "!say one\n!exit 7").await;
    if let Ok(watched) = session.try_follow().await {
        watched.gone().await;
    }
    let row = session.row().await.unwrap();
    let State::Ended { outcome: Outcome::Failed { problem }, .. } = row.state else {
        panic!("{:?}", row.state)
    };
    assert!(problem.message.contains("exit code 7"), "{problem}");
    assert!(problem.message.contains("out of the middle"), "{problem}");
    sandbox.resume(&session).await.unwrap();
    let mut watched = session.follow().await;
    watched.turn("!say two").await;
    assert_eq!(session.texts(), ["one", "two"], "the first message was taken, so not sent again");
    session.stop().await;
}

#[tokio::test]
async fn ends_and_leaves_a_hostile_tree() {
    let sandbox = sandbox("");
    let mut words = Words::at(sandbox.path("words"));
    // It ends by itself once all of them have told their names.
    let prompt = format!("!fork {}\n!hold", words.path().display());
    let session = launch(&sandbox, &prompt).await;
    let mut tree = Vec::new();
    for _ in 0..6 {
        tree.push(words.next_process().await);
    }
    let watched = session.follow().await;
    let mut notes = session.notes().into_iter();
    let cli = notes.find_map(|note| match note {
        Note::CliStarted { pid, .. } => bosk_runtime::process::ProcessIdentity::of(pid),
        _ => None,
    });
    let keeper = session.keeper().unwrap();
    cli.unwrap().signal(Signal::Kill).unwrap();
    let last = watched.gone().await;
    processes::ended(&keeper, ANSWERS_WITHIN).await;
    assert!(last.summary.state.is_ended());
    assert!(tree.iter().all(|one| !one.is_alive()), "{tree:?}");
    assert_eq!(sandbox.processes(), []);
}

#[tokio::test]
async fn floods() {
    let sandbox = sandbox("");
    let quiet = launch(&sandbox, "!say quiet").await;
    let mut other = quiet.follow().await;
    other.idle().await;
    let session = launch(&sandbox, "!flood 100 3000\n!say after").await;
    let neighbour = tokio::spawn(neighbour(other));
    answers_until_idle(&session).await;
    let (longest, other) = neighbour.await.unwrap();
    assert!(longest < ANSWERS_WITHIN, "a neighbour's answer took {longest:?}");
    drop(other);
    let records = session.journal();
    assert!(records.len() > 10_000, "{} records are no flood", records.len());
    assert!(records.iter().zip(0..).all(|(record, seq)| record.seq == seq));
    assert_eq!(session.texts().last().unwrap(), "after");
    session.stop().await;
    quiet.stop().await;
}

/// The longest that an idle session's keeper took for twenty answers.
async fn neighbour(other: Watched) -> (Duration, Watched) {
    let mut longest = Duration::ZERO;
    for _ in 0..20 {
        let asked = Instant::now();
        other.connection.status().await.unwrap();
        longest = longest.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (longest, other)
}

#[tokio::test]
async fn prints_one_line_of_64_mb() {
    const LENGTH: u64 = 64 << 20;
    let sandbox = sandbox("");
    let session = launch(&sandbox, &format!("!say before\n!line {LENGTH}\n!say after")).await;
    answers_until_idle(&session).await;
    assert_eq!(session.texts(), ["before", "after"]);
    let oversize: Vec<_> =
        raw(&session).into_iter().filter(|(why, ..)| *why == RawReason::Oversize).collect();
    let [(_, bytes, start)] = &oversize[..] else { panic!("{oversize:?}") };
    assert!((LENGTH..LENGTH + 100).contains(bytes), "{bytes}");
    assert!(start.len() <= 4 << 10 && start.starts_with("{\"type\":\"assistant\""));

    let mut whole = 0;
    let mut reader = Reader::open(&session.folder().join(JOURNAL), 2 * LENGTH as usize).unwrap();
    let each = |line: Line<'_>| {
        let Line::Whole(line) = line else { panic!("a line of more than {LENGTH}") };
        let record = journal::decode(line).expect("its checksum is right");
        whole += u64::from(record.payload.len() as u64 == LENGTH);
    };
    reader.read_all(each).unwrap();
    assert_eq!(whole, 1, "it is in the journal whole");
    session.stop().await;
}

#[tokio::test]
async fn a_journal_that_ends_with_a_very_long_line_goes_on() {
    let sandbox = sandbox("");
    let session = launch(&sandbox, &format!("!line {}\n!pause 60000", 4 << 20)).await;
    let watched = session.follow().await;
    // Only the long line comes after the start of the turn, and then nothing.
    loop {
        let news = watched.connection.news().await.unwrap();
        if news.end.is_some_and(|end| end > 4 << 20) {
            break;
        }
    }
    let keeper = session.keeper().unwrap();
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, ANSWERS_WITHIN).await;
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("!say after").await;
    let numbers: Vec<_> = session.journal().into_iter().map(|record| record.seq).collect();
    let expected: Vec<_> = (0..numbers.len() as u64).collect();
    assert_eq!(numbers, expected, "no number is used twice");
    session.stop().await;
}

#[tokio::test]
async fn prints_what_is_no_message() {
    let sandbox = sandbox("");
    let session = launch(&sandbox, "!say before\n!garbage\n!latin\n!say after").await;
    session.follow().await.idle().await;
    assert_eq!(session.texts(), ["before", "after"]);
    let reasons: Vec<_> = raw(&session).into_iter().map(|(why, _, start)| (why, start)).collect();
    let expected = [
        (RawReason::NotJson, "this is no message"),
        (RawReason::NotJson, "{\"type\":"),
        (RawReason::NotJson, "[1,2]"),
        (RawReason::NotUtf8, "{\"type\":\"caf\u{fffd}\"}"),
    ];
    assert_eq!(reasons, expected.map(|(why, start)| (why, start.to_owned())));
    let kept = session.journal();
    assert!(kept.iter().any(|one| one.payload == b"{\"type\":\"caf\xe9\"}"), "as it came");
    session.stop().await;
}

#[tokio::test]
async fn floods_standard_error() {
    const BYTES: usize = 32 << 20;
    let sandbox = sandbox("");
    let session = launch(&sandbox, &format!("!stderr {BYTES}\n!say after")).await;
    answers_until_idle(&session).await;
    let kept = session.journal().into_iter().filter(|one| one.kind == Kind::Error);
    assert_eq!(kept.map(|one| one.payload.len() + 1).sum::<usize>(), BYTES);
    assert_eq!(session.texts(), ["after"]);
    session.stop().await;
}

#[tokio::test]
async fn asks_and_waits_for_ever() {
    let sandbox = sandbox("");
    let session = launch(&sandbox, "!ask\n!say thanks").await;
    let mut watched = session.follow().await;
    let status = watched.until("asked", |status| status.asks.len() == 1).await;
    assert_eq!(status.summary.state, State::Running { turn: Turn::Asking });
    assert_eq!(status.summary.problem, None, "it is not the CLI that is silent");
    let request_id = status.asks[0].request_id.clone();
    let answer = bosk_core::session::Answer::allow(vec![]);
    let call = Call::Answer { request_id, answer };
    watched.call(call.clone()).await.unwrap();
    watched.idle().await;
    assert_eq!(watched.call(call).await.unwrap_err().code, ProblemCode::RequestGone);
    assert_eq!(session.texts(), ["thanks"]);
    let reason = StopReason::Person;
    watched.call(Call::Stop { reason }).await.unwrap();
    watched.gone().await;
}
