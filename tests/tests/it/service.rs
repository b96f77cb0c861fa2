//! What the service does to a session, with the real CLI: it fails, breaks off, and ends at what the person has set;
//! and what a subagent asks.

use bosk_core::session::{Answer, AskKind, Glance, SessionSummary};
use bosk_core::transcript::EntryBody;
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode};
use bosk_rehearsal::{Scripts, Server};
use bosk_tests::{Sandbox, Session, spec};

async fn server() -> Server {
    Server::start(Scripts::builtin()).await.unwrap()
}

fn retries(session: &Session<'_>) -> Vec<u16> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let retries = bodies.filter_map(|body| match body {
        EntryBody::Retry { status, .. } => status,
        _ => None,
    });
    retries.collect()
}

#[tokio::test]
async fn what_the_service_fails_or_cuts_off_is_tried_again_and_the_turn_is_whole() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let prompt = "@error 529 2\n@text Through.";
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), prompt)).await.unwrap();
    let mut watched = session.follow().await;
    assert_eq!(watched.idle().await.summary.glance, Glance::Done);
    assert_eq!(retries(&session), [529, 529]);
    watched.turn("@text Half a sen\n@cut\n@text tence.").await;
    assert_eq!(session.texts(), ["Through.", "Half a sentence."]);
    session.stop().await;
}

#[tokio::test]
async fn a_lost_sign_in_is_told_and_the_session_goes_on_when_there_is_one_again() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "@error 401 0")).await.unwrap();
    let mut watched = session.follow().await;
    let row = watched.idle().await.summary.clone();
    assert_eq!(code(&row), Some(ProblemCode::SignedOut));
    assert_eq!(row.glance, Glance::Failed);
    watched.turn("@text Signed in again.").await;
    let row = watched.status().summary.clone();
    assert_eq!((row.glance, row.problem), (Glance::Done, None));
    session.stop().await;
}

fn code(row: &SessionSummary) -> Option<ProblemCode> {
    row.problem.as_ref().map(|problem: &Problem| problem.code)
}

#[tokio::test]
async fn turns_and_money_end_where_the_person_has_set_it() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let shop = sandbox.repository("shop");
    let tool = "@tool Bash {\"command\":\"echo one\"}\n@tool Bash {\"command\":\"echo two\"}";
    let mut few = spec(&shop, &format!("{tool}\n@turn\n{tool}\n@text Done."));
    few.allowed_tools = vec!["Bash".to_owned()];
    few.max_turns = Some(1);
    let mut poor = spec(&shop, &format!("{tool}\n@turn\n{tool}\n@text Done."));
    poor.allowed_tools = vec!["Bash".to_owned()];
    poor.max_budget_usd = Some(0.000_001);
    for (spec, subtype) in [(few, "error_max_turns"), (poor, "error_max_budget_usd")] {
        let session = sandbox.launch(&spec).await.unwrap();
        let mut watched = session.follow().await;
        let row = watched.until("ended", |status| status.summary.turns > 0).await;
        assert_eq!(row.summary.glance, Glance::Failed, "{subtype}");
        let ends: Vec<String> = session
            .transcript()
            .into_iter()
            .filter_map(|entry| match entry.body {
                EntryBody::TurnEnd { subtype, .. } => Some(subtype),
                _ => None,
            })
            .collect();
        assert_eq!(ends, [subtype]);
        session.stop().await;
    }
}

#[tokio::test]
async fn hooks_that_have_something_to_say_are_told() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let hook =
        |command: &str| serde_json::json!([{"hooks": [{"type": "command", "command": command}]}]);
    let hooks = serde_json::json!({"hooks": {
        "UserPromptSubmit": hook("echo hooked"), "SessionStart": hook("exit 3"), "Stop": hook("true"),
    }});
    // The person's own, so nobody has to be asked.
    let settings = sandbox.path("claude").join("settings.json");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(settings, hooks.to_string()).unwrap();
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "@text Hi.")).await.unwrap();
    session.follow().await.idle().await;
    let told: Vec<(String, String, Option<i32>)> = session
        .transcript()
        .into_iter()
        .filter_map(|entry| match entry.body {
            EntryBody::Hook { name, output, exit } => Some((name, output, exit)),
            _ => None,
        })
        .collect();
    let started = ("SessionStart:startup".to_owned(), String::new(), Some(3));
    let prompted = ("UserPromptSubmit".to_owned(), "hooked\n".to_owned(), Some(0));
    assert_eq!(told, [started, prompted]);
    session.stop().await;
}

#[tokio::test]
async fn a_subagent_that_asks_is_named_and_answered() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let prompt =
        "@agent @tool Bash {\"command\":\"touch made\"}\\n@text Made it.\n@text It is made.";
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), prompt)).await.unwrap();
    let mut watched = session.follow().await;
    let status = watched.until("asked", |status| !status.asks.is_empty()).await;
    let (request_id, kind) = (status.asks[0].request_id.clone(), status.asks[0].ask.clone());
    let AskKind::Permission { agent, tool, .. } = kind else { panic!("{kind:?}") };
    assert_eq!(tool, "Bash");
    assert!(agent.is_some(), "whose it is");
    watched.call(Call::Answer { request_id, answer: Answer::allow(vec![]) }).await.unwrap();
    let folder = watched.idle().await.summary.folder.clone();
    assert!(std::path::Path::new(&folder).join("made").exists());
    assert_eq!(session.texts().last().map(String::as_str), Some("It is made."));
    session.stop().await;
}
