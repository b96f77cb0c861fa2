//! A process that was started before its session was known becomes it, or is of no consequence.

use bosk_core::ProblemCode;
use bosk_core::journal::Note;
use bosk_core::launch::{Effort, PermissionMode};
use bosk_core::session::{Answer, State, Turn};
use bosk_core::wire::Call;
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::process::{ProcessIdentity, Signal};
use bosk_tests::{PATIENCE, Sandbox, processes, records, spec};
use tokio::io::{BufReader, Lines};
use tokio::process::ChildStdout;

/// The processes of the CLI that run in the sandbox.
fn clis(sandbox: &Sandbox) -> Vec<ProcessIdentity> {
    let mut found = processes::of_folder(&sandbox.path(""));
    found.retain(|one| {
        let words = std::fs::read(format!("/proc/{}/cmdline", one.pid)).unwrap_or_default();
        words.split(|byte| *byte == 0).any(|word| word == b"--await-claim")
    });
    found
}

fn started(notes: &[Note]) -> Vec<u32> {
    let pids = notes.iter().filter_map(|note| match note {
        Note::CliStarted { pid, .. } => Some(*pid),
        _ => None,
    });
    pids.collect()
}

#[tokio::test]
async fn a_launch_that_is_refused_leaves_the_process_for_the_next() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let mut launcher = sandbox.launcher(true).await;
    let waiting: Vec<u32> = clis(&sandbox).into_iter().map(|one| one.pid).collect();
    let mut spec = spec(&sandbox.repository("shop"), "  ");
    let refused = launcher.launch(&spec).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::InvalidInput);
    spec.prompt = "@text Done.".to_owned();
    let session = launcher.launch(&spec).await.unwrap();
    session.follow().await.idle().await;
    assert_eq!(started(&session.notes()), waiting, "the process that waited, and no other");
    session.stop().await;
}

#[tokio::test]
async fn a_launch_goes_on_in_the_process_that_waits() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let mut launcher = sandbox.launcher(true).await;
    let waiting: Vec<u32> = clis(&sandbox).into_iter().map(|one| one.pid).collect();
    let prompt =
        "@tool Bash {\"command\":\"pwd > where; git branch --show-current > branch\"}\n@text Done.";
    let mut spec = spec(&sandbox.repository("shop"), prompt);
    spec.branch = Some("fix/it".to_owned());
    spec.model = Some("opus".to_owned());
    spec.effort = Some(Effort::Max);
    let session = launcher.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    // Its mode is the one that asks.
    let asks = watched.until("asked", |status| !status.asks.is_empty()).await.asks.clone();
    let answer = Answer::allow(vec![]);
    let request_id = asks[0].request_id.clone();
    watched.call(Call::Answer { request_id, answer }).await.unwrap();
    let summary = watched.idle().await.summary.clone();

    assert_eq!(started(&session.notes()), waiting, "the process that waited, and no other");
    let folder = std::path::PathBuf::from(&summary.folder);
    assert!(folder.ends_with("shop/fix/it"), "{folder:?}");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("where").trim_end(), folder.to_str().unwrap());
    assert_eq!(read("branch"), "fix/it\n");
    assert!(summary.model.unwrap().contains("opus"));
    assert_eq!(session.texts(), ["Done."]);

    // It is a session like any other: it goes on in the same conversation.
    session.stop().await;
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("@text Again.").await;
    assert_eq!(records::cli_texts(&sandbox.path("claude"), &session), ["Done.", "Again."]);
    session.stop().await;
}

#[tokio::test]
async fn a_process_that_nobody_needs_ends_with_whoever_expected_the_launch() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let launcher = sandbox.launcher(true).await;
    let waiting = clis(&sandbox);
    assert_eq!(waiting.len(), 1);
    launcher.kill().await;
    processes::ended(&waiting[0], PATIENCE).await;
    let sessions = std::fs::read_dir(sandbox.home().sessions()).into_iter().flatten();
    assert_eq!(sessions.count(), 0, "nothing is left on the disk");
}

#[tokio::test]
async fn a_process_that_died_while_it_waited_is_replaced() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let mut launcher = sandbox.launcher(true).await;
    let waiting = clis(&sandbox);
    waiting[0].signal(Signal::Kill).unwrap();
    processes::ended(&waiting[0], PATIENCE).await;
    let spec = spec(&sandbox.repository("shop"), "@text Here.");
    let session = launcher.launch(&spec).await.unwrap();
    session.follow().await.idle().await;
    assert_eq!(session.texts(), ["Here."]);
    session.stop().await;
}

/// What is listed next.
async fn next(listed: &mut Lines<BufReader<ChildStdout>>) -> u32 {
    let line = tokio::time::timeout(PATIENCE, listed.next_line()).await.expect("nothing is said");
    line.unwrap().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_process_that_has_ended_is_listed_no_longer() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let (_client, mut listed) = sandbox.expecting();
    let keeper = next(&mut listed).await;
    assert!(sandbox.processes().iter().any(|one| one.pid == keeper));
    while clis(&sandbox).is_empty() {
        tokio::task::yield_now().await;
    }
    clis(&sandbox)[0].signal(Signal::Kill).unwrap();
    assert_eq!(next(&mut listed).await, 0);
    assert!(!sandbox.processes().iter().any(|one| one.pid == keeper), "nor is its keeper there");
}

#[tokio::test]
async fn a_process_that_has_grown_old_is_replaced() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut sandbox = Sandbox::real(&server);
    sandbox.set("BOSK_PATIENCE_MS", "1500");
    let (_client, mut listed) = sandbox.expecting();
    let first = next(&mut listed).await;
    let second = next(&mut listed).await;
    assert!(second != 0 && second != first, "{first}, then {second}");
    assert!(!sandbox.processes().iter().any(|one| one.pid == first));
}

/// The stand-in is as a CLI that is too old to wait.
#[tokio::test]
async fn a_cli_that_cannot_wait_is_started_when_it_is_needed() {
    let sandbox = Sandbox::new();
    let mut launcher = sandbox.launcher(true).await;
    let session = launcher.launch(&spec(&sandbox.repository("shop"), "say hello")).await.unwrap();
    session.follow().await.idle().await;
    assert_eq!(session.row().await.unwrap().turns, 1);
    session.stop().await;
}

/// What a repository allows counts once the person has agreed to it, in either kind of process.
#[tokio::test]
async fn what_a_trusted_repository_allows_is_not_asked_for() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    for (name, spare) in [("shop", false), ("site", true)] {
        let repository = sandbox.repository(name);
        std::fs::create_dir(repository.join(".claude")).unwrap();
        let settings = "{\"permissions\":{\"allow\":[\"Bash(touch:*)\"]}}";
        std::fs::write(repository.join(".claude/settings.json"), settings).unwrap();
        sandbox.git(&repository, ["add", "."]);
        sandbox.git(&repository, ["commit", "--quiet", "--message", "settings"]);
        let prompt = "@tool Bash {\"command\":\"touch allowed\"}\n@text Done.";
        let mut spec = spec(&repository, prompt);
        spec.permission_mode = PermissionMode::Manual;
        sandbox.trust(&spec).await.unwrap();
        let session = sandbox.launcher(spare).await.launch(&spec).await.unwrap();
        let mut watched = session.follow().await;
        let status = watched
            .until("done or asked", |status| {
                !status.asks.is_empty()
                    || status.summary.state == State::Running { turn: Turn::Idle }
            })
            .await
            .clone();
        assert!(status.asks.is_empty(), "{name}: {:?}", status.asks);
        watched.idle().await;
        assert_eq!(session.texts(), ["Done."], "{name}");
        session.stop().await;
    }
}
