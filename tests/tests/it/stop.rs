//! The stop ladder: which rungs are taken, from where, and that nothing is left at its end.

use bosk_core::journal::Note;
use bosk_core::session::{Outcome, SessionSummary, State, StopReason, StopStep};
use bosk_core::wire::Call;
use bosk_rehearsal::{Scripts, Server};
use bosk_tests::signal::Words;
use bosk_tests::{Sandbox, Session, processes, spec};

fn rungs(session: &Session<'_>) -> Vec<StopStep> {
    let step = |note| match note {
        Note::Stopping { reason: StopReason::Person, step } => Some(step),
        _ => None,
    };
    session.notes().into_iter().filter_map(step).collect()
}

fn assert_stopped(session: &Session<'_>, row: &SessionSummary) {
    let State::Ended { outcome, .. } = &row.state else { panic!("{:?}", row.state) };
    assert_eq!(outcome, &Outcome::Stopped { reason: StopReason::Person });
    assert_eq!(processes::with_cookie(&session.id), []);
}

#[tokio::test]
async fn an_idle_session_ends_when_its_input_is_closed() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let spec = spec(&sandbox.repository("shop"), "@text Done.");
    let session = sandbox.launch(&spec).await.unwrap();
    session.follow().await.idle().await;
    assert_stopped(&session, &session.stop().await);
    assert_eq!(rungs(&session), [StopStep::CloseInput]);
}

#[tokio::test]
async fn a_working_session_is_interrupted_first() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let spec = spec(&sandbox.repository("shop"), "@deltas 20 60 word");
    let session = sandbox.launch(&spec).await.unwrap();
    session.follow().await.working().await;
    assert_stopped(&session, &session.stop().await);
    assert_eq!(rungs(&session), [StopStep::Interrupt, StopStep::CloseInput]);
}

#[tokio::test]
async fn a_running_tool_ends_with_the_turn() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let mut words = Words::at(sandbox.path("words"));
    let prompt = format!(
        "@tool Bash {{\"command\":\"echo $$ > {}; sleep 300\"}}\n@text Done.",
        words.path().display()
    );
    let mut spec = spec(&sandbox.repository("shop"), &prompt);
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = sandbox.launch(&spec).await.unwrap();
    let tool = words.next_process().await;
    assert_stopped(&session, &session.stop().await);
    assert!(!tool.is_alive());
    assert_eq!(rungs(&session), [StopStep::Interrupt, StopStep::CloseInput]);
}

#[tokio::test]
async fn what_ignores_everything_is_killed_in_the_end() {
    let mut sandbox = Sandbox::new();
    sandbox.set("STAND_IN", "stubborn");
    let session =
        sandbox.launch(&spec(&sandbox.repository("shop"), "!say yes\n!hold")).await.unwrap();
    session.follow().await.working().await;
    assert_stopped(&session, &session.stop().await);
    let all = [StopStep::Interrupt, StopStep::CloseInput, StopStep::Terminate, StopStep::Kill];
    assert_eq!(rungs(&session), all);
}

#[tokio::test]
async fn stopping_again_takes_the_next_rung_at_once() {
    let mut sandbox = Sandbox::new();
    sandbox.set("STAND_IN", "stubborn");
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "!hold")).await.unwrap();
    let mut watched = session.follow().await;
    watched.working().await;
    let begun = std::time::Instant::now();
    for _ in 0..4 {
        watched.call(Call::Stop { reason: StopReason::Person }).await.unwrap();
    }
    watched.gone().await;
    assert!(begun.elapsed().as_secs() < 3, "no rung's time was waited for");
    assert_stopped(&session, &session.row().await.unwrap());
    assert_eq!(rungs(&session).last(), Some(&StopStep::Kill));
}

#[tokio::test]
async fn a_hostile_tree_ends_with_its_session() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let prompt = format!("!fork {}\n!hold", words.path().display());
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &prompt)).await.unwrap();
    let mut tree = Vec::new();
    for _ in 0..6 {
        tree.push(words.next_process().await);
    }
    let begun = std::time::Instant::now();
    let row = session.stop().await;
    assert!(begun.elapsed().as_secs() < 5, "it took {:?}", begun.elapsed());
    assert_stopped(&session, &row);
    assert!(tree.iter().all(|one| !one.is_alive()), "{tree:?}");
}
