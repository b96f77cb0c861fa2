//! The person's messages: queued while a turn runs, taken back, changed, and never lost or taken
//! twice, whoever dies.

use bosk_core::journal::Message;
use bosk_core::launch::PermissionMode;
use bosk_core::session::{Outcome, State};
use bosk_core::transcript::{EntryBody, NoticeLevel};
use bosk_core::wire::{Call, Edit, Status};
use bosk_core::{Problem, ProblemCode};
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::process::Signal;
use bosk_tests::signal::Words;
use bosk_tests::{PATIENCE, Sandbox, processes, records, spec};

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

/// The service is overloaded at first, and until it answers the CLI acknowledges nothing, though
/// its own transcript has the message already.
#[tokio::test]
async fn a_conversation_that_was_begun_but_not_acknowledged_goes_on() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let spec = spec(&sandbox.repository("shop"), "@error 529 3\n@text Answered.");
    let session = sandbox.launch(&spec).await.unwrap();
    let keeper = session.keeper().unwrap();
    let prompt = session.prompt();
    records::remembered(&sandbox.path("claude"), &session, &prompt).await;
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

/// The CLI writes its transcript a moment after it has acknowledged, and removes old ones.
#[tokio::test]
async fn a_conversation_that_the_cli_has_forgotten_begins_anew() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let mut words = Words::at(sandbox.path("words"));
    let gate = sandbox.path("gate");
    let mut spec = spec(&sandbox.repository("shop"), "@text First.");
    spec.permission_mode = PermissionMode::AcceptEdits;
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    let broken_off = format!(
        "@tool Bash {{\"command\":\"echo $$ > {}; test -e {} || sleep 300\"}}\n@text Second.",
        words.path().display(),
        gate.display()
    );
    let broken_off = watched.send(&broken_off).await.unwrap();
    let _tool = words.next_process().await;
    let waiting = watched.send("@text Third.").await.unwrap();
    let keeper = session.keeper().unwrap();
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, PATIENCE).await;
    drop(watched);
    std::fs::remove_dir_all(sandbox.path("claude").join("projects")).unwrap();
    std::fs::write(gate, "").unwrap();

    sandbox.resume(&session).await.unwrap();
    session.follow().await.idle().await;
    let acknowledged = session.acknowledged();
    assert_eq!(acknowledged[1..], [&broken_off, &broken_off, &waiting].map(String::clone));
    let said = session.texts().concat();
    // The CLI may take both into one turn, and then answers the last.
    assert!(said.starts_with("First.") && said.ends_with("Third."), "{said:?}");
    let told = session.transcript().into_iter().filter_map(|entry| match entry.body {
        EntryBody::Notice { level: NoticeLevel::Warning, text } => Some(text),
        EntryBody::TurnEnd { is_error, .. } => (is_error).then(|| "a failed turn".to_owned()),
        _ => None,
    });
    let told: Vec<String> = told.collect();
    assert!(matches!(&told[..], [one] if one.contains("begins a new one")), "{told:?}");
    session.stop().await;
}

/// An empty transcript is no conversation to resume, and yet its name is taken: the CLI refuses both ways.
#[tokio::test]
async fn a_conversation_that_can_neither_go_on_nor_begin_anew_is_told() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "@text First.")).await.unwrap();
    session.follow().await.idle().await;
    session.stop().await;
    let projects = std::fs::read_dir(sandbox.path("claude").join("projects")).unwrap().flatten();
    let files = projects.map(|one| one.path().join(format!("{}.jsonl", session.id)));
    files.filter(|file| file.is_file()).for_each(|file| std::fs::write(file, "").unwrap());

    sandbox.resume(&session).await.unwrap();
    if let Ok(watched) = session.try_follow().await {
        watched.gone().await;
    }
    let State::Ended { outcome: Outcome::NotStarted { problem }, .. } =
        session.row().await.unwrap().state
    else {
        panic!("it did not end")
    };
    assert!(problem.message.contains("already in use"), "{}", problem.message);
    assert_eq!(session.texts(), ["First."], "the transcript is kept");
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
