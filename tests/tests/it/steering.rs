//! Steering one session as fully as the CLI's own terminal does, with the real CLI.

use bosk_core::launch::{Effort, PermissionMode};
use bosk_core::session::{Answer, AskKind, Glance, State, Turn};
use bosk_core::transcript::EntryBody;
use bosk_core::wire::{Call, Subject};
use bosk_rehearsal::{Scripts, Server};
use bosk_tests::{Sandbox, Session, Watched, spec};
use serde_json::{Value, json};

async fn server() -> Server {
    Server::start(Scripts::builtin()).await.unwrap()
}

/// What is asked first.
async fn asked(watched: &mut Watched) -> (String, AskKind) {
    let status = watched.until("asked", |status| !status.asks.is_empty()).await;
    (status.asks[0].request_id.clone(), status.asks[0].ask.clone())
}

async fn answer(watched: &Watched, request_id: String, answer: Answer) {
    watched.call(Call::Answer { request_id, answer }).await.unwrap();
}

fn results(session: &Session<'_>) -> Vec<String> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let results = bodies.filter_map(|body| match body {
        EntryBody::ToolUse { result, .. } => result.map(|result| result.text),
        _ => None,
    });
    results.collect()
}

const MARK: &str = "@tool Bash {\"command\":\"echo asked > mark\"}\n@text Done.";

const TOUCH: &str = "@tool Bash {\"command\":\"touch q1\"}\n@text Done.";

#[tokio::test]
async fn what_is_allowed_can_be_changed_first_and_a_denial_has_its_reason() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), MARK)).await.unwrap();
    let mut watched = session.follow().await;
    let (request, _) = asked(&mut watched).await;
    let input = Some(Box::new(json!({"command": "echo changed > mark"})));
    answer(&watched, request.clone(), Answer::Allow { suggestions: vec![], input }).await;
    let again = Call::Answer { request_id: request, answer: Answer::allow(vec![]) };
    assert!(watched.call(again).await.is_err(), "once");
    let folder = watched.idle().await.summary.folder.clone();
    let mark = std::path::Path::new(&folder).join("mark");
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "changed\n");

    watched.send(MARK).await.unwrap();
    let (request, _) = asked(&mut watched).await;
    let message = "Not today.".to_owned();
    answer(&watched, request, Answer::Deny { message, interrupt: false }).await;
    watched.until("denied", |_| results(&session).len() == 2).await;
    assert!(results(&session)[1].contains("Not today."), "{:?}", results(&session));
    assert_eq!(std::fs::read_to_string(mark).unwrap(), "changed\n");
    watched.idle().await;
    session.stop().await;
}

#[tokio::test]
async fn a_rule_that_is_kept_takes_effect_at_once() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), TOUCH)).await.unwrap();
    let mut watched = session.follow().await;
    let (request, kind) = asked(&mut watched).await;
    let AskKind::Permission { suggestions, interactive, .. } = kind else { panic!("{kind:?}") };
    assert!(!suggestions.is_empty() && !interactive, "{suggestions:?}");
    answer(&watched, request, Answer::allow(vec![0])).await;
    watched.idle().await;
    // What is like it is not asked any more.
    watched.turn(TOUCH).await;
    assert_eq!(results(&session).len(), 2);
    session.stop().await;
}

#[tokio::test]
async fn an_interrupt_keeps_what_is_queued_or_takes_it_along() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    // The CLI itself refuses to only sleep.
    let command = json!({"command": "python3 -c 'import time; time.sleep(30)'"});
    let prompt = format!("@tool Bash {command}\n@text One.");
    let mut spec = spec(&sandbox.repository("shop"), &prompt);
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    let running = |session: &Session<'_>| {
        let bodies = session.transcript().into_iter().map(|entry| entry.body);
        bodies.filter(|body| matches!(body, EntryBody::ToolUse { result: None, .. })).count() == 1
    };
    watched.until("running", |_| running(&session)).await;
    let texts = || session.texts().join(" ");
    watched.send("@text Kept.").await.unwrap();
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    watched.until("kept", |_| texts().contains("Kept.")).await;
    watched.idle().await;

    watched.send(&spec.prompt).await.unwrap();
    watched.until("running again", |_| running(&session)).await;
    watched.send("@text Dropped.").await.unwrap();
    watched.until("queued", |status| !status.queue.is_empty()).await;
    watched.call(Call::Interrupt { drop_queued: true }).await.unwrap();
    watched.idle().await;
    watched.turn("@text After it.").await;
    assert!(!texts().contains("Dropped."), "{}", texts());
    session.stop().await;
}

#[tokio::test]
async fn model_effort_and_mode_change_while_it_lives_and_it_tells_of_itself() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "@text One.")).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.call(Call::SetModel { model: "opus".to_owned() }).await.unwrap();
    watched.call(Call::SetEffort { effort: Effort::High }).await.unwrap();
    watched.call(Call::SetMode { mode: PermissionMode::AcceptEdits }).await.unwrap();
    watched.turn("@text Two.").await;
    let summary = watched.connection.status().await.unwrap().summary;
    assert!(summary.model.is_some_and(|model| model.contains("opus")));
    assert_eq!(summary.permission_mode, PermissionMode::AcceptEdits);
    let about = async |subject| watched.call(Call::About { subject }).await.unwrap();
    let context = about(Subject::Context).await;
    assert!(context["categories"].as_array().is_some_and(|all| !all.is_empty()), "{context}");
    assert!(about(Subject::Servers).await["mcpServers"].is_array());
    assert_eq!(about(Subject::Tasks).await, json!({"tasks": []}));
    assert_ne!(about(Subject::Rules).await, Value::Null);
    watched.call(Call::StopTask { task: "none".to_owned() }).await.unwrap();
    session.stop().await;
}

#[tokio::test]
async fn a_plan_is_sent_back_with_remarks_and_then_approved_into_a_mode() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let prompt = "@tool ExitPlanMode {\"plan\":\"Do it all.\"}\n@text Planned.";
    let mut spec = spec(&sandbox.repository("shop"), prompt);
    spec.permission_mode = PermissionMode::Plan;
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    let (request, kind) = asked(&mut watched).await;
    assert!(matches!(&kind, AskKind::Plan { plan } if plan == "Do it all."), "{kind:?}");
    assert_eq!(watched.status().summary.glance, Glance::NeedsYou);
    let message = "Smaller steps, please.".to_owned();
    answer(&watched, request, Answer::Deny { message, interrupt: false }).await;
    watched.until("sent back", |_| !results(&session).is_empty()).await;
    assert!(results(&session)[0].contains("Smaller steps"));
    watched.idle().await;
    watched.send(prompt).await.unwrap();
    let (request, _) = asked(&mut watched).await;
    answer(&watched, request, Answer::ApprovePlan { mode: Some(PermissionMode::AcceptEdits) })
        .await;
    watched
        .until("approved", |status| {
            status.summary.permission_mode == PermissionMode::AcceptEdits
                && status.summary.state == State::Running { turn: Turn::Idle }
        })
        .await;
    session.stop().await;
}

#[tokio::test]
async fn what_was_spent_is_counted_once_over_turns_and_resumes() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "@text One.")).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.turn("@text Two.").await;
    session.stop().await;
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("@text Three.").await;
    let cost = session.stop().await.cost_usd;
    let spent = bosk_runtime::spend::spent(sandbox.home(), 0).await.unwrap();
    let sum: f64 = spent.iter().map(|one| one.cost_usd).sum();
    assert!(cost > 0.0 && (sum - cost).abs() < 1e-9, "{sum} of {cost}: {spent:#?}");
    assert!(spent.iter().all(|one| one.repository == "shop" && one.session == session.id));
    assert!(spent.iter().map(|one| one.tokens.output).sum::<u64>() > 0);
    let future = spent[0].hour + 7_200;
    assert!(bosk_runtime::spend::spent(sandbox.home(), future).await.unwrap().is_empty());
}
