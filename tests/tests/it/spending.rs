//! What may be spent: a batch that has cost what it may is held, a day that has begins no turn, and nothing is lost.

use bosk_core::journal::Note;
use bosk_core::queue::{Hold, QueuedTask, Wait};
use bosk_core::session::{State, Turn};

use bosk_core::settings::Settings;
use bosk_core::transcript::EntryBody;
use bosk_core::wire::{Call, Status};
use bosk_core::{ProblemCode, SessionId};
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::{client, settings, spend};
use bosk_tests::{PATIENCE, Sandbox, Session, Watched, spec};

use crate::bosk;
use crate::queue::{batch, listed, sandbox, wait};

fn cap(sandbox: &Sandbox, usd: Option<f64>) {
    let settings = Settings { max_usd_a_day: usd, ..settings::peek(sandbox.home()) };
    settings::save(sandbox.home(), &settings).unwrap();
}

/// What waits, once all of it waits for that.
async fn until(sandbox: &Sandbox, wanted: impl Fn(&Wait) -> bool) -> Vec<QueuedTask> {
    let until = async {
        loop {
            let waiting = listed(sandbox).await;
            if waiting.iter().all(|one| one.wait.as_ref().is_some_and(&wanted)) {
                return waiting;
            }
        }
    };
    tokio::time::timeout(PATIENCE, until).await.expect("never")
}

fn costly(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Number {number}\n!cost 0.5\n!say Done.")).collect()
}

fn has_run(sandbox: &Sandbox, id: &SessionId) -> bool {
    sandbox.session(id.clone()).folder().exists()
}

#[tokio::test]
async fn a_batch_stops_at_its_cap_and_goes_on_when_it_is_released() {
    let sandbox = sandbox(1);
    let ids = batch(&sandbox, &costly(4), &["--max-usd", "1"]).await;
    assert_eq!(wait(&sandbox, &ids[..2]).await, 0);
    let held = until(&sandbox, |wait| matches!(wait, Wait::Release { .. })).await;
    let Some(Wait::Release { hold: Hold::Budget { cap, spent } }) = &held[0].wait else {
        panic!("{held:#?}")
    };
    assert_eq!((held.len(), *cap, *spent), (2, 1.0, 1.0));
    assert!(!has_run(&sandbox, &ids[2]) && !has_run(&sandbox, &ids[3]));
    let (_, out, _) = bosk(&sandbox, &["queue"]).await;
    assert!(out.contains("its batch has cost $1.00 of $1.00"), "{out}");
    bosk(&sandbox, &["release", ids[3].as_str()]).await;
    assert_eq!(wait(&sandbox, &ids).await, 0);
}

#[tokio::test]
async fn a_day_that_has_cost_what_it_may_begins_no_turn_until_the_cap_is_raised() {
    let sandbox = sandbox(1);
    cap(&sandbox, Some(1.0));
    let ids = batch(&sandbox, &costly(3), &[]).await;
    assert_eq!(wait(&sandbox, &ids[..2]).await, 0);
    let waiting = until(&sandbox, |wait| matches!(wait, Wait::Day { .. })).await;
    let Some(Wait::Day { cap: told, until }) = waiting[0].wait else { panic!("{waiting:#?}") };
    assert!((told - 1.0).abs() < 1e-9 && until > waiting[0].task.added_at);
    assert!(!has_run(&sandbox, &ids[2]));

    // By hand it is refused as well, and nothing of it is there.
    let refused = sandbox.launch(&spec(&sandbox.repository("shop"), "More")).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::LimitReached);
    let first = sandbox.session(ids[0].clone());
    let decisions = || std::fs::read(first.folder().join("decisions")).unwrap();
    let before = decisions();
    for refused in [
        client::send::send(sandbox.home(), &ids[0], "Go on").await.unwrap_err(),
        client::again::again(sandbox.home(), &ids[0]).await.unwrap_err(),
    ] {
        assert_eq!(refused.code, ProblemCode::LimitReached);
        assert!(refused.message.contains("$1.00 a day"), "{}", refused.message);
        assert!(refused.hint.unwrap().contains("settings"));
    }
    assert_eq!(decisions(), before);
    // Who only looks into it is not kept from that.
    let (code, _, said) = bosk(&sandbox, &["resume", "--detach", ids[0].as_str()]).await;
    assert_eq!(code, 0, "{said}");

    // A session that is removed has cost it all the same.
    let (code, _, said) = bosk(&sandbox, &["rm", "--yes", ids[1].as_str()]).await;
    assert_eq!(code, 0, "{said}");
    let refused = client::send::send(sandbox.home(), &ids[0], "Go on").await;
    assert_eq!(refused.unwrap_err().code, ProblemCode::LimitReached);

    cap(&sandbox, Some(2.0));
    assert_eq!(wait(&sandbox, &ids[2..]).await, 0, "the dispatcher notices");
    let (code, _, said) = bosk(&sandbox, &["send", ids[0].as_str(), "Go on\n!cost 0.1"]).await;
    assert_eq!(code, 0, "{said}");
    let spent = spend::spent(sandbox.home(), 0).await.unwrap();
    assert!(spent.iter().all(|one| one.model == "stand-in"), "{spent:#?}");
}

/// What was sent in time and is taken up too late.
async fn held(watched: &mut Watched) {
    let status = watched
        .until("held", |status| {
            let problem = status.summary.problem.as_ref();
            problem.is_some_and(|problem| problem.code == ProblemCode::LimitReached)
                && status.summary.state == State::Running { turn: Turn::Idle }
        })
        .await;
    assert_eq!(status.queue.len(), 1, "{status:#?}");
    assert!(!status.queue[0].sent);
}

fn warnings(session: &Session<'_>) -> usize {
    let notes = session.notes().into_iter();
    notes.filter(|note| matches!(note, Note::Warning { text } if text.contains("waits"))).count()
}

#[tokio::test]
async fn what_a_keeper_has_waits_too_and_goes_on_when_the_cap_is_raised() {
    let sandbox = sandbox(4);
    let spec = spec(&sandbox.repository("shop"), "One\n!cost 0.6\n!say One.");
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    cap(&sandbox, Some(1.0));
    watched.turn("Two\n!cost 0.6\n!say Two.").await;
    assert_eq!(session.texts(), ["One.", "Two."], "the day had not cost that much yet");
    // As from a client that had looked before.
    watched.send("Three\n!say Three.").await.unwrap();
    held(&mut watched).await;
    // One that comes later waits behind it, and nothing is said twice.
    watched.send("Four\n!say Four.").await.unwrap();
    watched.until("both wait", |status| status.queue.len() == 2).await;
    assert_eq!((session.texts().len(), warnings(&session)), (2, 1));

    // A higher cap that is reached as well, and one that is not.
    cap(&sandbox, Some(1.1));
    watched.look().await.unwrap();
    let told = |status: &Status| status.summary.problem.clone().map(|problem| problem.message);
    watched.until("told", |status| told(status).is_some_and(|text| text.contains("$1.10"))).await;
    assert_eq!((session.texts().len(), warnings(&session)), (2, 1));
    cap(&sandbox, Some(5.0));
    watched.until("answered", |_| session.texts().len() == 4).await;
    let status = watched.idle().await;
    assert_eq!(status.summary.problem, None);
    assert_eq!(session.texts()[2..], ["Three.", "Four."]);
    session.stop().await;
}

/// The CLI would take up by itself what was sent while a turn ran.
#[tokio::test]
async fn what_has_not_joined_the_turn_is_held() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let prompt = "@pause 1500\n@text One.";
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), prompt)).await.unwrap();
    let mut watched = session.follow().await;
    watched.working().await;
    cap(&sandbox, Some(0.000_001));
    watched.send("@text Two.").await.unwrap();
    held(&mut watched).await;
    assert_eq!(session.texts(), ["One."]);
    cap(&sandbox, None);
    watched.look().await.unwrap();
    watched.until("answered", |_| session.texts().len() == 2).await;
    session.stop().await;
}

/// What joins a turn still does, while a tool runs; and what is broken off leaves nothing to the CLI.
#[tokio::test]
async fn with_a_cap_messages_join_a_turn_while_a_tool_runs_and_none_outlives_an_interrupt() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    cap(&sandbox, Some(1000.0));
    let wait = |seconds| {
        let command = format!("python3 -c 'import time; time.sleep({seconds})'");
        format!("@tool Bash {}", serde_json::json!({ "command": command }))
    };
    let mut spec = spec(&sandbox.repository("shop"), &format!("{}\n@text One.", wait(2)));
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    let running = |session: &Session<'_>| {
        let bodies = session.transcript().into_iter().map(|entry| entry.body);
        bodies.filter(|body| matches!(body, EntryBody::ToolUse { result: None, .. })).count() == 1
    };
    watched.working().await;
    let sent = watched.send("@text Joined.").await.unwrap();
    watched.until("running", |_| running(&session)).await;
    watched.idle().await;
    assert!(session.acknowledged().contains(&sent));
    let ends = session.output().into_iter().filter(|line| line["type"] == "result").count();
    assert_eq!(ends, 1, "it has joined the turn");

    watched.send(&format!("{}\n@text Two.", wait(30))).await.unwrap();
    watched.until("running again", |_| running(&session)).await;
    watched.send("@text Held.").await.unwrap();
    watched.until("given to the CLI", |status| status.queue.iter().any(|one| one.sent)).await;
    cap(&sandbox, Some(0.000_001));
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    held(&mut watched).await;
    session.stop().await;
}
