//! Going back to before a message, taking that back, and forking, with the real CLI and real git.

use std::path::{Path, PathBuf};

use crate::bosk;
use bosk_core::git::Rewind;
use bosk_core::journal::Decision;
use bosk_core::launch::{Fork, Image, LaunchSpec, PermissionMode};
use bosk_core::transcript::EntryBody;
use bosk_core::wire::Call;
use bosk_core::{ProblemCode, SessionId};
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::client::back;
use bosk_tests::session::PATIENCE;
use bosk_tests::{Sandbox, Session, Watched, processes, records, spec};

pub(crate) async fn server() -> Server {
    Server::start(Scripts::builtin()).await.unwrap()
}

/// A message that has a file written.
pub(crate) fn write(file: &str, words: &str) -> String {
    format!("@tool Bash {{\"command\":\"echo {words} > {file}\"}}\n@text Wrote {words}.")
}

pub(crate) fn trusting(sandbox: &Sandbox, prompt: &str) -> LaunchSpec {
    let mut spec = spec(&sandbox.repository("shop"), prompt);
    spec.permission_mode = PermissionMode::AcceptEdits;
    spec.allowed_tools = vec!["Bash".to_owned()];
    spec
}

/// A session whose first turn has written a file and is over.
pub(crate) async fn first_written(sandbox: &Sandbox) -> (Session<'_>, Watched) {
    let spec = trusting(sandbox, &write("a.txt", "one"));
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    (session, watched)
}

pub(crate) async fn folder(session: &Session<'_>) -> PathBuf {
    session.row().await.unwrap().folder.into()
}

/// Starts it again and says something in it.
pub(crate) async fn go_on(sandbox: &Sandbox, session: &Session<'_>, text: &str) {
    sandbox.resume(session).await.unwrap();
    session.follow().await.turn(text).await;
}

pub(crate) fn read(folder: &Path, file: &str) -> Option<String> {
    std::fs::read_to_string(folder.join(file)).ok()
}

/// The names of the person's messages that the CLI knew when it took that one, itself last.
pub(crate) async fn known(sandbox: &Sandbox, session: &Session<'_>, message: &str) -> Vec<String> {
    let config = sandbox.path("claude");
    records::remembered(&config, session, message).await;
    let own = records::cli_transcript(&config, session);
    let line = |uuid: &str| own.iter().find(|line| line["uuid"] == uuid);
    let mut known = Vec::new();
    let mut next = line(message);
    while let Some(at) = next {
        let is_prompt =
            at["message"]["content"].is_string() || at["message"]["content"][0]["type"] == "text";
        if at["type"] == "user" && is_prompt && at["isMeta"] != true {
            known.insert(0, at["uuid"].as_str().unwrap().to_owned());
        }
        next = at["parentUuid"].as_str().and_then(line);
    }
    known
}

#[tokio::test]
async fn files_and_conversation_go_back_and_forth_and_nothing_is_lost() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let home = sandbox.home();
    let (session, mut watched) = first_written(&sandbox).await;
    let first = session.acknowledged()[0].clone();
    let second = watched.turn(&write("a.txt", "two")).await;
    let third = watched.turn(&write("b.txt", "three")).await;
    let at = folder(&session).await;
    std::fs::write(at.join("own.txt"), "the person's own\n").unwrap();

    let plan = back::plan(home, &session.id, &second).await.unwrap();
    let paths: Vec<&str> = plan.changes.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((paths, plan.conversation), (vec!["a.txt", "b.txt", "own.txt"], true));
    assert_eq!(read(&at, "a.txt").as_deref(), Some("two\n"), "looking changes nothing");
    back::go(home, &session.id, &second, Rewind::Both, plan.now.clone()).await.unwrap();
    watched.gone().await;
    assert_eq!(read(&at, "a.txt").as_deref(), Some("one\n"));
    assert_eq!((read(&at, "b.txt"), read(&at, "own.txt")), (None, None));
    let row = session.row().await.unwrap();
    assert_eq!(row.rewound.map(|back| (back.message, back.files)), Some((second.clone(), true)));

    back::undo(home, &session.id).await.unwrap();
    assert_eq!(read(&at, "a.txt").as_deref(), Some("two\n"));
    assert_eq!(read(&at, "own.txt").as_deref(), Some("the person's own\n"));
    assert_eq!(session.row().await.unwrap().rewound, None);
    assert!(back::undo(home, &session.id).await.is_err(), "once");

    back::go(home, &session.id, &second, Rewind::Both, plan.now).await.unwrap();
    // What is started before anything is said, and is killed, does not forget it.
    sandbox.resume(&session).await.unwrap();
    let keeper = session.keeper().unwrap();
    session.follow().await.idle().await;
    keeper.signal(bosk_runtime::process::Signal::Kill).unwrap();
    processes::ended(&keeper, PATIENCE).await;
    go_on(&sandbox, &session, "@text From there.").await;
    let fourth = session.acknowledged().last().unwrap().clone();
    assert_eq!(known(&sandbox, &session, &fourth).await, [first, fourth.clone()]);
    assert_eq!(session.row().await.unwrap().rewound, None, "it has gone on");
    let told = session.transcript().into_iter().filter_map(|entry| match entry.body {
        EntryBody::WentBack { undo, .. } => Some(undo),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [false, true, false]);
    // It goes on at its end, also after another resume.
    session.stop().await;
    go_on(&sandbox, &session, "@text And on.").await;
    let fifth = session.acknowledged().last().unwrap().clone();
    assert_eq!(known(&sandbox, &session, &fifth).await.len(), 3);
    assert!(!known(&sandbox, &session, &fifth).await.contains(&third));
    session.stop().await;
}

#[tokio::test]
async fn to_before_the_first_message_and_one_of_the_two_alone() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let home = sandbox.home();
    let (session, mut watched) = first_written(&sandbox).await;
    let first = session.acknowledged()[0].clone();
    let second = watched.turn(&write("a.txt", "two")).await;
    drop(watched);
    let at = folder(&session).await;

    let plan = back::plan(home, &session.id, &second).await.unwrap();
    back::go(home, &session.id, &second, Rewind::Files, plan.now).await.unwrap();
    assert_eq!(read(&at, "a.txt").as_deref(), Some("one\n"));
    go_on(&sandbox, &session, "@text Third.").await;
    let third = session.acknowledged().last().unwrap().clone();
    let all = [&first, &second, &third].map(String::clone);
    assert_eq!(known(&sandbox, &session, &third).await, all, "the conversation stays");

    back::go(home, &session.id, &first, Rewind::Conversation, None).await.unwrap();
    assert_eq!(read(&at, "a.txt").as_deref(), Some("one\n"), "the files stay");
    go_on(&sandbox, &session, "@text Anew.").await;
    assert_eq!(session.texts().last().map(String::as_str), Some("Anew."));
    let fourth = session.acknowledged().last().unwrap().clone();
    let own = records::cli_transcript(&sandbox.path("claude"), &session);
    assert!(!own.iter().any(|line| line["uuid"] == *fourth), "under another name");
    let plan = back::plan(home, &session.id, &first).await.unwrap();
    back::go(home, &session.id, &first, Rewind::Files, plan.now).await.unwrap();
    assert_eq!(read(&at, "a.txt"), None);
    // The new conversation goes on after a resume.
    go_on(&sandbox, &session, "@text Still anew.").await;
    assert_eq!(session.texts().last().map(String::as_str), Some("Still anew."));
    session.stop().await;
}

#[tokio::test]
async fn what_is_at_work_or_has_changed_does_not_go_back() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let home = sandbox.home();
    let (session, mut watched) = first_written(&sandbox).await;
    let second = watched.turn(&write("a.txt", "two")).await;
    let plan = back::plan(home, &session.id, &second).await.unwrap();
    let hang = "@tool Bash {\"command\":\"python3 -c 'import time; time.sleep(60)'\"}\n@text x";
    watched.send(hang).await.unwrap();
    watched.working().await;
    let refused = back::go(home, &session.id, &second, Rewind::Both, plan.now.clone()).await;
    assert_eq!(refused.unwrap_err().code, ProblemCode::SessionState);
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    watched.idle().await;
    drop(watched);
    let at = folder(&session).await;
    std::fs::write(at.join("a.txt"), "by hand\n").unwrap();
    let refused = back::go(home, &session.id, &second, Rewind::Both, plan.now).await;
    assert_eq!(refused.unwrap_err().code, ProblemCode::SessionState);
    assert_eq!(read(&at, "a.txt").as_deref(), Some("by hand\n"));
    assert_eq!(session.row().await.unwrap().rewound, None);
    let unknown = back::plan(home, &session.id, "nobody").await;
    assert_eq!(unknown.unwrap_err().code, ProblemCode::InvalidInput);
}

/// What a session has cost, and what its fork has.
async fn own_costs(sandbox: &Sandbox, session: &Session<'_>, fork: &Session<'_>) -> (f64, f64) {
    let spent = bosk_runtime::spend::spent(sandbox.home(), 0).await.unwrap();
    let of = |session: &Session<'_>| {
        let own = spent.iter().filter(|one| one.session == session.id);
        own.map(|one| one.cost_usd).sum::<f64>()
    };
    let row = fork.row().await.unwrap().cost_usd;
    assert!(row > 0.0 && (of(fork) - row).abs() < 1e-9, "{row} and {}", of(fork));
    (of(session), row)
}

#[tokio::test]
async fn a_fork_knows_what_was_said_before_and_has_the_files_of_then() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let (session, mut watched) = first_written(&sandbox).await;
    let first = session.acknowledged()[0].clone();
    let second = watched.turn(&write("a.txt", "two")).await;
    let mut forked = trusting(&sandbox, "@text Forked.");
    forked.fork = Some(Fork { session: session.id.clone(), message: second.clone() });
    let fork = sandbox.launch(&forked).await.unwrap();
    let mut there = fork.follow().await;
    there.idle().await;
    let asked = fork.acknowledged()[0].clone();
    assert_eq!(known(&sandbox, &fork, &asked).await.len(), 2, "{first} is known");
    assert_eq!(fork.texts(), ["Forked."], "only what is new is told again");
    let costs = own_costs(&sandbox, &session, &fork).await;
    assert!(costs.1 < costs.0, "what the other has cost is not its own: {costs:?}");
    let (ours, theirs) = (folder(&session).await, folder(&fork).await);
    assert_ne!(ours, theirs);
    assert_eq!(read(&theirs, "a.txt").as_deref(), Some("one\n"));
    there.turn(&write("a.txt", "forked")).await;
    assert_eq!(read(&ours, "a.txt").as_deref(), Some("two\n"), "the other stays as it is");
    // It is a session like any other.
    fork.stop().await;
    sandbox.resume(&fork).await.unwrap();
    fork.follow().await.turn("@text Again.").await;
    fork.stop().await;
    // Before the first message nothing was said.
    forked.fork = Some(Fork { session: session.id.clone(), message: first });
    let empty = sandbox.launch(&forked).await.unwrap();
    empty.follow().await.idle().await;
    assert_eq!(read(&folder(&empty).await, "a.txt"), None);
    empty.stop().await;
    // The CLI puts away what it has counted when it ends, and counts on from there in a fork.
    session.stop().await;
    forked.fork = Some(Fork { session: session.id.clone(), message: second });
    let late = sandbox.launch(&forked).await.unwrap();
    late.follow().await.idle().await;
    let costs = own_costs(&sandbox, &session, &late).await;
    assert!(costs.1 < costs.0, "{costs:?}");
    let told = late.transcript().into_iter().find_map(|entry| match entry.body {
        EntryBody::TurnEnd { cost_usd, .. } => Some(cost_usd),
        _ => None,
    });
    assert!((told.unwrap() - costs.1).abs() < 1e-9, "{told:?} and {costs:?}");
    late.stop().await;
}

#[tokio::test]
async fn a_fork_from_the_terminal_has_the_pictures_and_asks_for_what_its_files_bring() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let mut with_picture = trusting(&sandbox, "@text One.");
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    with_picture.images = vec![Image { media_type: "image/png".to_owned(), data: png.to_owned() }];
    let session = sandbox.launch(&with_picture).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    let brought = folder(&session).await.join(".claude");
    std::fs::create_dir_all(&brought).unwrap();
    let settings = "{\"permissions\":{\"allow\":[\"Bash(touch:*)\"]}}";
    std::fs::write(brought.join("settings.json"), settings).unwrap();
    watched.turn("@text Two.").await;

    let (code, out, said) = bosk(&sandbox, &["fork", session.id.as_str(), "1"]).await;
    assert_eq!(code, 0, "{said}");
    let fork = sandbox.session(SessionId::parse(out.trim()).unwrap());
    fork.follow().await.idle().await;
    let sent = fork.decisions().into_iter().find_map(|decision| match decision {
        Decision::Sent(message) => Some(message),
        _ => None,
    });
    let sent = sent.unwrap();
    assert_eq!((sent.text.as_str(), sent.images.len()), ("@text One.", 1));
    fork.stop().await;

    let (code, _, said) = bosk(&sandbox, &["fork", session.id.as_str(), "2"]).await;
    assert!(code != 0 && said.contains("Bash(touch:*)") && said.contains("--trust"), "{said}");
    let (code, out, said) =
        bosk(&sandbox, &["fork", "--trust", session.id.as_str(), "2", "@text Other."]).await;
    assert_eq!(code, 0, "{said}");
    let fork = sandbox.session(SessionId::parse(out.trim()).unwrap());
    fork.follow().await.idle().await;
    assert_eq!(fork.texts(), ["Other."]);
    fork.stop().await;
    session.stop().await;
}
