//! The keeper or the CLI is killed while the real CLI's tools run: nothing is left behind, the truth
//! is told at once, and the conversation goes on after a resume.

use std::time::{Duration, Instant};

use bosk_core::journal::Note;
use bosk_core::launch::{LaunchSpec, PermissionMode};
use bosk_core::session::{Outcome, SessionSummary, State};
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::process::{ProcessIdentity, Signal};
use bosk_tests::signal::Words;
use bosk_tests::{Sandbox, Session, processes, records, spec};

/// How long the truth may take.
const TRUE_WITHIN: Duration = Duration::from_secs(2);

/// The script's next answer. It stands there twice: the CLI puts one of its own («No response
/// requested.») after a tool call that was broken off, if it had written that call down in time.
const HERE: &str = "@text We were here before.";

struct Scene {
    server: Server,
    sandbox: Sandbox,
    words: Words,
}

impl Scene {
    async fn new() -> Self {
        let server = Server::start(Scripts::builtin()).await.unwrap();
        let sandbox = Sandbox::real(&server);
        let words = Words::at(sandbox.path("words"));
        Self { server, sandbox, words }
    }

    /// A launch whose Bash tool writes its shell's id into the pipe and sleeps, and whose second
    /// answer comes when the conversation goes on.
    fn spec(&self, before: &str) -> LaunchSpec {
        let pipe = self.words.path().display();
        let command = format!("{before} echo $$ > {pipe}; sleep 300").replace('"', "\\\"");
        let prompt = format!(
            "Do it.\n@text I begin.\n@tool Bash {{\"command\":\"{command}\"}}\n@turn\n{HERE}\n@turn\n{HERE}"
        );
        let mut spec = spec(&self.sandbox.repository("shop"), &prompt);
        spec.permission_mode = PermissionMode::AcceptEdits;
        spec.allowed_tools = vec!["Bash".to_owned()];
        spec
    }

    /// Waits until the CLI has written down what it was asked: it acknowledges a moment before that, and one
    /// that is killed in between has forgotten it.
    async fn remembered(&self, session: &Session<'_>) {
        let prompt = session.prompt();
        records::remembered(&self.sandbox.path("claude"), session, &prompt).await;
    }

    /// Resumes, says something, and expects the answer that only the same conversation can have.
    async fn goes_on(&self, session: &Session<'_>) {
        let acknowledged = session.acknowledged();
        self.sandbox.resume(session).await.unwrap();
        let mut watched = session.follow().await;
        watched.idle().await;
        assert_eq!(session.acknowledged(), acknowledged, "nothing was sent twice");
        watched.turn("And then?").await;
        assert_eq!(session.texts().last().unwrap(), "We were here before.");
        let conversations: Vec<_> = self.server.sent().into_keys().collect();
        assert!(conversations.iter().all(|one| one.session == session.id.as_str()));
        session.stop().await;
        assert_eq!(processes::with_cookie(&session.id), []);
    }
}

/// The row, as soon as it says that the session has ended.
async fn ended(session: &Session<'_>, since: Instant) -> SessionSummary {
    let row = session.row().await.unwrap();
    assert!(since.elapsed() < TRUE_WITHIN, "the truth took {:?}", since.elapsed());
    assert!(row.state.is_ended(), "{:?}", row.state);
    row
}

fn outcome(row: &SessionSummary) -> &Outcome {
    match &row.state {
        State::Ended { outcome, .. } => outcome,
        other => panic!("{other:?}"),
    }
}

fn cli(session: &Session<'_>) -> ProcessIdentity {
    let started = |note| match note {
        Note::CliStarted { pid, .. } => ProcessIdentity::of(pid),
        _ => None,
    };
    session.notes().into_iter().rev().find_map(started).unwrap()
}

#[tokio::test]
async fn a_killed_keeper_takes_everything_with_it_and_is_told() {
    let mut scene = Scene::new().await;
    let daemon = format!(
        "setsid sh -c 'echo $$ > {}; exec sleep 300' >/dev/null 2>&1 &",
        scene.words.path().display()
    );
    let spec = scene.spec(&daemon);
    let session = scene.sandbox.launch(&spec).await.unwrap();
    let tool = [scene.words.next_process().await, scene.words.next_process().await];
    scene.remembered(&session).await;
    let (keeper, cli) = (session.keeper().unwrap(), cli(&session));
    let killed = Instant::now();
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, TRUE_WITHIN).await;
    let row = ended(&session, killed).await;
    assert_eq!(outcome(&row), &Outcome::Lost);
    assert_eq!(processes::with_cookie(&session.id), []);
    // One that is just being taken apart carries no cookie any more, and may need its time.
    for process in [&cli, &tool[0], &tool[1]] {
        processes::ended(process, TRUE_WITHIN.saturating_sub(killed.elapsed())).await;
    }
    scene.goes_on(&session).await;
}

#[tokio::test]
async fn a_cli_killed_while_a_tool_sleeps_leaves_nothing() {
    let mut scene = Scene::new().await;
    let session = scene.sandbox.launch(&scene.spec("")).await.unwrap();
    let tool = scene.words.next_process().await;
    killed_cli(&scene, &session, &[tool]).await;
    scene.goes_on(&session).await;
}

#[tokio::test]
async fn a_cli_killed_after_a_tool_made_daemons_leaves_nothing() {
    let mut scene = Scene::new().await;
    let pipe = scene.words.path().display();
    let daemons = format!(
        "setsid sh -c 'echo $$ > {pipe}; exec sleep 300' >/dev/null 2>&1 & \
         env -i setsid /bin/sh -c 'cd /; echo $$ > {pipe}; exec sleep 300' >/dev/null 2>&1 & "
    );
    let session = scene.sandbox.launch(&scene.spec(&daemons)).await.unwrap();
    let mut tree = Vec::new();
    for _ in 0..3 {
        tree.push(scene.words.next_process().await);
    }
    killed_cli(&scene, &session, &tree).await;
    scene.goes_on(&session).await;
}

async fn killed_cli(scene: &Scene, session: &Session<'_>, tree: &[ProcessIdentity]) {
    scene.remembered(session).await;
    let watched = session.follow().await;
    let keeper = session.keeper().unwrap();
    let killed = Instant::now();
    cli(session).signal(Signal::Kill).unwrap();
    let last = watched.gone().await;
    assert!(killed.elapsed() < TRUE_WITHIN, "the keeper took {:?}", killed.elapsed());
    assert_eq!(outcome(&last.summary), &Outcome::Killed { signal: Some(9) });
    let row = ended(session, killed).await;
    assert_eq!(outcome(&row), &Outcome::Killed { signal: Some(9) });
    assert_eq!(processes::with_cookie(&session.id), []);
    assert!(tree.iter().all(|one| !one.is_alive()), "{tree:?}");
    let told = session.notes().into_iter().find_map(|note| match note {
        Note::Ended { left_behind, .. } => Some(left_behind),
        _ => None,
    });
    assert!(told.unwrap().len() >= tree.len(), "what was left behind is named");
    processes::ended(&keeper, TRUE_WITHIN).await;
    assert_eq!(scene.sandbox.processes(), [], "nothing of it runs");
}

#[tokio::test]
async fn what_was_not_acknowledged_is_sent_again_and_what_was_is_not() {
    let mut scene = Scene::new().await;
    let session = scene.sandbox.launch(&scene.spec("")).await.unwrap();
    let tool = scene.words.next_process().await;
    let watched = session.follow().await;
    let uuid = watched.send("@text Taken at last.").await.unwrap();
    assert!(!session.acknowledged().contains(&uuid), "a tool runs, so the CLI has not taken it");
    scene.remembered(&session).await;
    let keeper = session.keeper().unwrap();
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, TRUE_WITHIN).await;
    drop(watched);
    scene.sandbox.resume(&session).await.unwrap();
    session.follow().await.idle().await;
    assert!(!tool.is_alive());
    assert_eq!(session.texts().last().unwrap(), "Taken at last.");
    let acknowledged = session.acknowledged();
    assert_eq!(acknowledged.len(), 2, "each once: {acknowledged:?}");
    assert_eq!(acknowledged[1], uuid);
    session.stop().await;
}
