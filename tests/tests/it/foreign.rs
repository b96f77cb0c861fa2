//! Sessions of the real CLI that somebody started elsewhere: they are seen and measured, and taken over once
//! they have ended.

use std::path::Path;
use std::process::Stdio;

use bosk_core::SessionId;
use bosk_core::transcript::EntryBody;
use bosk_rehearsal::{Scripts, Server};
use bosk_tests::records::cli_texts;
use bosk_tests::signal::Words;
use bosk_tests::{PATIENCE, Sandbox};
use tokio::process::Command;

fn command(sandbox: &Sandbox, program: &str, folder: &Path) -> Command {
    let mut command = Command::new(sandbox.value(program));
    command.env_clear().envs(sandbox.environment()).current_dir(folder).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn bosk(sandbox: &Sandbox, args: &[&str]) -> (bool, String) {
    let output =
        command(sandbox, "BOSK_BIN", sandbox.home().path()).args(args).output().await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test]
async fn a_session_of_a_terminal_is_seen_then_taken_over_and_goes_on() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let shop = sandbox.repository("shop");
    let mut words = Words::at(sandbox.path("words"));
    let pipe = words.path().display();
    let prompt = format!(
        "@tool Bash {{\"command\":\"echo $$ > {pipe}; sleep 2\"}}\n@text From the terminal."
    );
    let id = uuid::Uuid::new_v4().to_string();
    let mut claude = command(&sandbox, "BOSK_CLAUDE", &shop);
    claude.args(["-p", "--allowedTools", "Bash", "--session-id", &id, &prompt]);
    let running = claude.spawn().unwrap();
    words.next_process().await;
    let (_, listed) = bosk(&sandbox, &["adopt"]).await;
    assert!(listed.contains(&id), "{listed}");
    let (taken, refused) = bosk(&sandbox, &["adopt", &id]).await;
    assert!(!taken && refused.contains("still runs elsewhere"), "{refused}");
    let ended = tokio::time::timeout(PATIENCE, running.wait_with_output()).await.unwrap().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));

    let (taken, said) = bosk(&sandbox, &["adopt", &id]).await;
    assert!(taken, "{said}");
    let (again, refused) = bosk(&sandbox, &["adopt", &id]).await;
    assert!(!again && refused.contains("here already"), "{refused}");
    let session = sandbox.session(SessionId::parse(&id).unwrap());
    let row = session.row().await.unwrap();
    assert!(row.state.is_ended() && !row.worktree && row.folder.ends_with("shop"), "{row:?}");
    let before: Vec<EntryBody> = session.transcript().into_iter().map(|entry| entry.body).collect();
    assert!(
        before.iter().any(|body| matches!(body, EntryBody::Prompt { text, .. } if *text == prompt)),
        "{before:#?}"
    );
    assert!(
        before.iter().any(|body| matches!(body, EntryBody::ToolUse { result: Some(_), .. })),
        "{before:#?}"
    );
    assert_eq!(session.texts(), ["From the terminal."]);

    sandbox.resume(&session).await.unwrap();
    let mut watched = session.follow().await;
    watched.turn("@text And on in Bosk.").await;
    assert_eq!(session.texts(), ["From the terminal.", "And on in Bosk."]);
    // The same conversation, as the CLI's own transcript has it.
    let remembered = cli_texts(&sandbox.path("claude"), &session);
    assert_eq!(remembered, ["From the terminal.", "And on in Bosk."]);
    session.stop().await;
}
