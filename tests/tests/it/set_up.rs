//! The repository's set-up script: broken off, or leaving something behind that runs on.

use std::path::PathBuf;
use std::time::Duration;

use bosk_core::journal::Note;
use bosk_core::launch::LaunchSpec;
use bosk_core::session::Outcome;
use bosk_core::session::State;
use bosk_runtime::client::launch::{accept_trust, trust_report};
use bosk_runtime::process::Signal;
use bosk_tests::signal::Words;
use bosk_tests::{PATIENCE, Sandbox, Session, processes, spec};

/// A launch in a repository whose set-up script is this, which the person has agreed to.
async fn agreed(sandbox: &Sandbox, script: &str) -> LaunchSpec {
    let repository = sandbox.repository("shop");
    std::fs::write(repository.join("bosk.toml"), format!("[setup]\nrun = '{script}'\n")).unwrap();
    sandbox.git(&repository, ["add", "."]);
    sandbox.git(&repository, ["commit", "--quiet", "--message", "set-up"]);
    let spec = spec(&repository, "!say one");
    let report = trust_report(sandbox.home(), &spec).await.unwrap();
    accept_trust(sandbox.home(), &spec, &report.fingerprint).await.unwrap();
    spec
}

/// What the script said, and the exit codes of its runs.
fn script(session: &Session<'_>) -> (String, Vec<i32>) {
    let (mut said, mut exits) = (String::new(), Vec::new());
    for note in session.notes() {
        if let Note::Setup { output, exit } = note {
            said.push_str(&output);
            exits.extend(exit);
        }
    }
    (said, exits)
}

#[tokio::test]
async fn a_script_that_a_killed_keeper_broke_off_runs_again_and_only_then() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let may_end: PathBuf = sandbox.path("may-end");
    let (pipe, mark) = (words.path().display(), may_end.display());
    let run = format!("echo $$ > {pipe}; test -e {mark} || exec sleep 300");
    let session = sandbox.launch(&agreed(&sandbox, &run).await).await.unwrap();
    let first = words.next_process().await;
    let keeper = session.keeper().unwrap();
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, PATIENCE).await;
    let row = session.row().await.unwrap();
    assert!(matches!(row.state, State::Ended { outcome: Outcome::Lost, .. }), "{:?}", row.state);
    processes::ended(&first, PATIENCE).await;

    std::fs::write(&may_end, "").unwrap();
    sandbox.resume(&session).await.unwrap();
    words.next().await;
    session.follow().await.idle().await;
    assert_eq!(session.texts(), ["one"]);
    assert_eq!(script(&session).1, [0]);
    session.stop().await;

    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("!say two").await;
    assert_eq!(script(&session).1, [0], "what is set up stays so");
    session.stop().await;
}

#[tokio::test]
async fn what_a_script_leaves_running_does_not_hold_the_session_up() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let pipe = words.path().display();
    // It holds both pipes, as a development server does that was put into the background.
    let run = format!("sleep 300 & echo $! > {pipe}; echo ready");
    let session = sandbox.launch(&agreed(&sandbox, &run).await).await.unwrap();
    let left = words.next_process().await;
    session.follow().await.idle().await;
    assert_eq!(script(&session), ("ready\n".to_owned(), vec![0]));
    processes::ended(&left, Duration::from_secs(1)).await;
    session.stop().await;
}
