//! The person's messages: queued while a turn runs, taken back, changed, and never lost or taken
//! twice, whoever dies.

use std::time::Duration;

use bosk_core::journal::Message;
use bosk_core::launch::PermissionMode;
use bosk_core::wire::{Call, Edit, Status};
use bosk_core::{Problem, ProblemCode};
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::process::Signal;
use bosk_tests::signal::Words;
use bosk_tests::{PATIENCE, Sandbox, Session, processes, records, spec};

fn message(text: &str) -> Message {
    Message { uuid: uuid::Uuid::new_v4().to_string(), text: text.to_owned(), images: vec![] }
}

fn names(status: &Status) -> Vec<&str> {
    status.queue.iter().map(|one| one.uuid.as_str()).collect()
}

#[tokio::test]
async fn queued_messages_can_be_taken_back_and_changed_until_they_are_taken() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let mut words = Words::at(sandbox.path("words"));
    let gate = sandbox.path("gate");
    nix::unistd::mkfifo(&gate, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    let prompt = format!(
        "@tool Bash {{\"command\":\"echo $$ > {}; cat {}\"}}\n@text First.",
        words.path().display(),
        gate.display()
    );
    let mut spec = spec(&sandbox.repository("shop"), &prompt);
    spec.permission_mode = PermissionMode::AcceptEdits;
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = sandbox.launch(&spec).await.unwrap();
    let _tool = words.next_process().await;

    let mut watched = session.follow().await;
    let removed = watched.send("@text Never said.").await.unwrap();
    let edited = watched.send("@text Badly put.").await.unwrap();
    let kept = watched.send("@text Kept.").await.unwrap();
    watched.until("all wait", |status| names(status).len() == 3).await;
    watched.call(Call::Remove { uuid: removed.clone() }).await.unwrap();
    let better = message("@text Well put.");
    let edit = Edit { replaces: edited.clone(), message: better.clone() };
    watched.call(Call::Edit(edit)).await.unwrap();
    let status = watched.connection.status().await.unwrap();
    assert_eq!(names(&status), [&kept, &better.uuid], "what waits, in order");

    // The tool ends, and the turn with it.
    tokio::task::spawn_blocking(move || std::fs::write(gate, "go\n")).await.unwrap().unwrap();
    watched.idle().await;
    let acknowledged = session.acknowledged();
    assert_eq!(acknowledged[1..], [kept.clone(), better.uuid.clone()]);
    // The CLI folds what waits into one turn or takes it one by one.
    let said = session.texts().concat();
    assert!(said.ends_with("Kept.Well put."), "{said:?}");
    assert!(!said.contains("Never said.") && !said.contains("Badly put."), "{said:?}");
    for gone in [removed, edited, kept] {
        let problem = watched.call(Call::Remove { uuid: gone }).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::RequestGone);
    }
    session.stop().await;
}

/// Waits until the CLI's own transcript holds the message. Nobody tells when it is written.
async fn remembered(sandbox: &Sandbox, session: &Session<'_>, uuid: &str) {
    let projects = sandbox.path("claude").join("projects");
    let name = format!("{}.jsonl", session.id);
    let holds = || {
        let mut files = std::fs::read_dir(&projects).into_iter().flatten().flatten();
        files.any(|one| {
            std::fs::read_to_string(one.path().join(&name)).is_ok_and(|text| text.contains(uuid))
        })
    };
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the CLI writes its transcript");
}

/// The service is overloaded at first, and until it answers the CLI acknowledges nothing, though
/// its own transcript has the message already.
#[tokio::test]
async fn a_conversation_that_was_begun_but_not_acknowledged_goes_on() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let spec = spec(&sandbox.repository("shop"), "@error 529 3\n@text Answered.");
    let session = sandbox.launch(&spec).await.unwrap();
    let keeper = session.keeper().unwrap();
    let prompt = session.decisions().into_iter().find_map(|one| match one {
        bosk_core::journal::Decision::Sent(message) => Some(message.uuid),
        _ => None,
    });
    let prompt = prompt.unwrap();
    remembered(&sandbox, &session, &prompt).await;
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, PATIENCE).await;
    assert_eq!(session.acknowledged(), Vec::<String>::new(), "killed too late for this test");

    sandbox.resume(&session).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.turn("@text Still here.").await;
    let acknowledged = session.acknowledged();
    assert_eq!(acknowledged.iter().filter(|one| **one == prompt).count(), 1, "{acknowledged:?}");
    assert_eq!(session.texts(), ["Answered.", "Still here."]);
    let own = records::cli_transcript(&sandbox.path("claude"), &session);
    let prompts = own.iter().filter(|one| one["type"] == "user" && one["uuid"] == *prompt);
    assert_eq!(prompts.count(), 1, "the CLI has it once");
    session.stop().await;
}

/// A picture makes a message longer than a line that is read whole, and so its acknowledgement.
#[tokio::test]
async fn a_very_long_message_is_acknowledged_all_the_same() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let long = format!("@text Read.\n{}", "word ".repeat(300_000));
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &long)).await.unwrap();
    session.follow().await.idle().await;
    let keeper = session.keeper().unwrap();
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, PATIENCE).await;
    sandbox.resume(&session).await.unwrap();
    let mut watched = session.follow().await;
    watched.turn("@text Read again.").await;
    assert_eq!(session.texts(), ["Read.", "Read again."], "the long message was sent once");
    session.stop().await;
}

#[tokio::test]
async fn a_message_to_an_ended_session_is_refused_clearly() {
    let sandbox = Sandbox::new();
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "!say one")).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    session.stop().await;
    let refused: Problem = watched.send("!say two").await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::KeeperUnreachable);
    assert_eq!(session.decisions().len(), 2, "the prompt and the stop");
    let refused = session.try_follow().await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::KeeperUnreachable);
    assert!(refused.hint.is_some());
}
