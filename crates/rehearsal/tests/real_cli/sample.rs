//! The three sample sessions, played by the real CLI on the sample repository: what they say is true.

use std::process::Command;

use crate::cli::{Cli, Turn};
use bosk_rehearsal::{Scripts, Server, try_sessions, write_sample_repository};
use serde_json::{Value, json};

const QUESTION: &str = "What should `larder due` do with things that are past their date?";

/// Plays a session; a question is answered with `choice`. Returns what was printed and the tests'
/// last line in the end.
async fn play(script: &str, choice: &str) -> (Turn, String, Cli) {
    let session = try_sessions().into_iter().find(|session| session.script == script).unwrap();
    let server = Server::start(Scripts::builtin().unpaced()).await.unwrap();
    let mut cli = Cli::start(&server, &[]);
    write_sample_repository(&cli.work("")).unwrap();
    git(&cli, &["init", "-q"]);
    git(&cli, &["add", "-A"]);
    git(&cli, &["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "larder"]);
    let allow = |request: &Value| {
        let mut input = request["input"].clone();
        if request["tool_name"] == "AskUserQuestion" {
            input["answers"] = json!({ QUESTION: choice });
        }
        Some(input)
    };
    let turn = cli.turn(&session.prompt, allow).await;
    let tests = Command::new("sh").arg(cli.work("tests/run.sh")).output().unwrap();
    let tests = String::from_utf8(tests.stdout).unwrap();
    (turn, tests.lines().last().unwrap().to_owned(), cli)
}

fn git(cli: &Cli, arguments: &[&str]) {
    let git = Command::new("git")
        .args(arguments)
        .current_dir(cli.work(""))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .status();
    assert!(git.unwrap().success());
}

fn last_text(turn: &Turn) -> &str {
    turn.texts().last().copied().unwrap_or_default()
}

#[tokio::test]
async fn the_failing_test_is_fixed() {
    let (turn, tests, _cli) = play("fix-test", "").await;
    assert_eq!(tests, "11 passed, 0 failed");
    assert!(last_text(&turn).starts_with("All 11 tests pass."), "{}", last_text(&turn));
}

#[tokio::test]
async fn the_feature_is_added() {
    let (turn, tests, cli) = play("add-export", "").await;
    assert_eq!(tests, "13 passed, 1 failed");
    assert!(last_text(&turn).starts_with("`larder export` works"), "{}", last_text(&turn));
    let export = Command::new("sh").arg(cli.work("larder")).arg("export").output().unwrap();
    assert!(last_text(&turn).contains(&String::from_utf8(export.stdout).unwrap()));
}

async fn ask(choice: &str, end: &str, due_lines: usize) {
    let (turn, tests, cli) = play("ask-first", choice).await;
    assert_eq!(tests, "8 passed, 1 failed");
    assert!(turn.asked.iter().any(|request| request["tool_name"] == "AskUserQuestion"));
    assert!(last_text(&turn).contains(end), "{}", last_text(&turn));
    let mut due = Command::new("sh");
    due.arg(cli.work("larder")).arg("due").env("LARDER_TODAY", "2026-03-20");
    let due = String::from_utf8(due.output().unwrap().stdout).unwrap();
    assert_eq!(due.lines().count(), due_lines, "{due}");
    assert_eq!(due.contains("past its date"), choice == "Mark them");
}

#[tokio::test]
async fn the_answer_to_mark_is_followed() {
    ask("Mark them", "-6   milk      2 l     past its date", 4).await;
}

#[tokio::test]
async fn the_answer_to_leave_out_is_followed() {
    ask("Leave them out", "today itself still counts", 2).await;
}

#[tokio::test]
async fn an_answer_that_no_script_knows_changes_nothing() {
    ask("Ask my mother", "I leave everything as it is for now", 4).await;
}
