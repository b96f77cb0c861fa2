//! Every client is killed while ten sessions stream from the real CLI.

use std::collections::BTreeMap;

use bosk_core::launch::PermissionMode;
use bosk_rehearsal::{Scripts, Server};
use bosk_tests::{PATIENCE, Sandbox, records, spec};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Some seconds of streaming, with tools and further answers between.
fn prompt(number: usize) -> String {
    format!(
        "Session {number}.\n@deltas 40 5 a{number}-\n@tool Bash {{\"command\":\"echo one\"}}\n\
         @deltas 40 3 b{number}-\n@tool Bash {{\"command\":\"echo two\"}}\n@text The end of {number}."
    )
}

#[tokio::test]
async fn ten_sessions_go_on_and_every_message_is_there_once_and_in_order() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let repository = sandbox.repository("shop");
    let specs: Vec<_> = (0..10)
        .map(|number| {
            let mut spec = spec(&repository, &prompt(number));
            spec.permission_mode = PermissionMode::AcceptEdits;
            spec.allowed_tools = vec!["Bash".to_owned()];
            spec
        })
        .collect();
    let launched = sandbox.launch_all(&specs).await;
    let sessions: Vec<_> = launched.into_iter().map(|one| one.unwrap()).collect();
    let all: Vec<_> = sessions.iter().collect();
    let mut followers: Vec<_> = (0..2).map(|_| sandbox.follower(&all)).collect();
    for follower in &mut followers {
        let mut said = BufReader::new(follower.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, said.next_line()).await;
        assert_eq!(line.expect("not all stream").unwrap().as_deref(), Some("all"));
    }
    let keepers: Vec<_> = sessions.iter().map(|session| session.keeper().unwrap()).collect();
    for follower in &mut followers {
        follower.kill().await.unwrap();
    }
    let unfinished = sessions.iter().filter(|one| !one.texts().iter().any(|t| t.contains("end")));
    assert_eq!(unfinished.count(), 10, "they were killed while all were at work");

    for session in &sessions {
        session.follow().await.idle().await;
    }
    let again: Vec<_> = sessions.iter().map(|session| session.keeper().unwrap()).collect();
    assert_eq!(again, keepers, "nothing was started anew");
    let sent = server.sent();
    let sent: BTreeMap<_, Vec<_>> = sent
        .iter()
        .map(|(whose, said)| (whose.session.clone(), said.iter().map(|one| &one.text).collect()))
        .collect();
    for (number, session) in sessions.iter().enumerate() {
        let texts = session.texts();
        let said: Vec<String> =
            sent[session.id.as_str()].iter().map(|&text| text.clone()).collect();
        assert_eq!(texts.len(), 3);
        assert_eq!(texts[2], format!("The end of {number}."));
        assert_eq!(texts, said, "the journal holds what the server sent");
        let own = records::cli_texts(&sandbox.path("claude"), session);
        assert_eq!(texts, own, "the journal holds what the CLI remembers");
        let records = session.journal();
        assert!(records.iter().zip(0..).all(|(record, seq)| record.seq == seq));
        assert_eq!(session.acknowledged().len(), 1);
    }
    for session in &sessions {
        session.stop().await;
        assert_eq!(bosk_tests::processes::with_cookie(&session.id), []);
    }
}
