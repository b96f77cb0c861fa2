//! Limits that are held: what would use more is stopped, Claude and the person are told, and the session
//! goes on. Everything that eats here is bounded by itself as well.

use std::time::{Duration, Instant};

use bosk_core::journal::LimitNote;
use bosk_core::limits::{FROM_BOSK, Limit, Limits, Rung};
use bosk_core::session::{Glance, Outcome, PausedBy, State, StopReason, Turn};
use bosk_core::transcript::EntryBody;
use bosk_core::wire::Call;
use bosk_core::{ProblemCode, launch::LaunchSpec};
use bosk_tests::volume::Volume;
use bosk_tests::{Sandbox, Session, spec};

use super::tool;

pub(crate) const GIB: u64 = 1 << 30;

pub(crate) fn limited(sandbox: &Sandbox, prompt: &str, limits: Limits) -> LaunchSpec {
    LaunchSpec { limits: Some(limits), ..spec(&sandbox.repository("shop"), prompt) }
}

pub(crate) fn memory() -> Limits {
    Limits { memory: Some(GIB), ..Limits::default() }
}

pub(crate) fn notes(session: &Session<'_>) -> Vec<LimitNote> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let notes = bodies.filter_map(|body| match body {
        EntryBody::Limit(note) => Some(note),
        _ => None,
    });
    notes.collect()
}

pub(crate) fn results(session: &Session<'_>) -> Vec<String> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let results = bodies.filter_map(|body| match body {
        EntryBody::ToolUse { result, .. } => result.map(|result| result.text),
        _ => None,
    });
    results.collect()
}

/// What was said to Claude of it.
pub(crate) fn told(session: &Session<'_>) -> Vec<String> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let told = bodies.filter_map(|body| match body {
        EntryBody::Notice { text, .. } if text.starts_with(FROM_BOSK) => Some(text),
        _ => None,
    });
    told.collect()
}

#[tokio::test]
async fn a_tool_that_eats_slowly_is_told_of_then_stopped_and_claude_goes_on() {
    let sandbox = Sandbox::new();
    let prompt = format!("eat\n!tool {}\n!say I go on.", tool("eat 1600 220"));
    let session = sandbox.launch(&limited(&sandbox, &prompt, memory())).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    let notes = notes(&session);
    let [near, reached] = &notes[..] else { panic!("{notes:#?}") };
    assert!(!near.reached && near.limit == Limit::Memory && near.used >= near.of * 0.8);
    assert!(reached.reached && reached.rung == Some(Rung::StopTool), "{reached:?}");
    assert!(reached.stopped.iter().any(|one| one.name == "stand-in-claude"), "{reached:?}");
    assert_eq!(results(&session).len(), 1, "the tool has ended and the turn has not");
    assert_eq!(session.texts().last().map(String::as_str), Some("I go on."));
    let told = told(&session);
    assert!(told[0].contains("stand-in-claude") && told[0].contains("1.1 GB"), "{told:?}");
    let problem = watched.status().summary.problem.clone();
    assert!(
        problem.is_none(),
        "Claude was told in a turn of its own, and nothing is wrong any more"
    );
}

#[tokio::test]
async fn what_eats_quickly_and_in_many_processes_is_stopped_whole() {
    let sandbox = Sandbox::new();
    let eater = tool("eat 300 3000");
    let many = format!("{eater} & {eater} & {eater} & {eater} & {eater} & wait");
    let prompt = format!("eat\n!tool {many}\n!say Still here.");
    let session = sandbox.launch(&limited(&sandbox, &prompt, memory())).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("done", |_| session.texts().iter().any(|text| text == "Still here.")).await;
    assert_eq!(results(&session).len(), 1);
    let stopped: usize = notes(&session).iter().map(|note| note.stopped.len()).sum();
    assert_eq!(stopped, 6, "all five, and their shell: {:#?}", notes(&session));
    watched.look().await.unwrap();
    watched.until_usage("given back", |usage| usage.memory < 200 << 20).await;
}

#[tokio::test]
async fn a_bomb_of_processes_is_put_out() {
    let sandbox = Sandbox::new();
    let limits = Limits { processes: Some(40), ..Limits::default() };
    let prompt = format!("fork\n!tool {}\n!say Put out.", tool("fork 300"));
    let session = sandbox.launch(&limited(&sandbox, &prompt, limits)).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("put out", |_| session.texts().iter().any(|text| text == "Put out.")).await;
    let notes = notes(&session);
    let reached = notes.iter().find(|note| note.reached).unwrap();
    assert!(reached.stopped.len() > 40, "{reached:?}");
    watched.look().await.unwrap();
    watched.until_usage("alone", |usage| usage.processes < 5).await;
}

#[tokio::test]
async fn the_ladder_is_the_persons_choice_and_a_pause_waits_for_the_person() {
    let sandbox = Sandbox::new();
    let limits = Limits { ladder: vec![Rung::Pause, Rung::Stop], ..memory() };
    let prompt = format!("eat\n!tool {}", tool("eat 1600 1000"));
    let session = sandbox.launch(&limited(&sandbox, &prompt, limits.clone())).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("paused", |status| status.summary.paused.is_some()).await;
    let summary = watched.status().summary.clone();
    assert_eq!(summary.paused.unwrap().by, PausedBy::Limit { limit: Limit::Memory });
    assert_eq!(summary.glance, Glance::NeedsYou);
    assert_eq!(summary.problem.map(|problem| problem.code), Some(ProblemCode::LimitReached));
    assert_eq!(results(&session).len(), 0, "nothing was stopped");
    // More is allowed, so it goes on to its end.
    let more = Limits { memory: Some(3 * GIB), ..limits };
    watched.call(Call::SetLimits { limits: more.clone() }).await.unwrap();
    watched.call(Call::GoOn).await.unwrap();
    watched.look().await.unwrap();
    watched.until_usage("all of it", |usage| usage.memory > 1600 << 20).await;
    let summary = watched.connection.status().await.unwrap().summary;
    assert_eq!(summary.limits, Some(more.clone()));
    let harmful = Limits { memory: Some(GIB / 2), ..more };
    let refused = watched.call(Call::SetLimits { limits: harmful }).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::InvalidInput);
    session.stop().await;
}

#[tokio::test]
async fn a_spent_budget_of_cpu_time_pauses_or_stops_as_the_person_chose() {
    let sandbox = Sandbox::new();
    let limits = Limits { cpu_time: Some(1), ..Limits::default() };
    let stops = Limits { ladder: vec![Rung::Stop], ..limits.clone() };
    let prompt = format!("spin\n!tool {}", tool("spin 60000"));
    let session = sandbox.launch(&limited(&sandbox, &prompt, limits)).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("paused", |status| status.summary.paused.is_some()).await;
    // It goes on for a while, however much it still uses.
    watched.call(Call::GoOn).await.unwrap();
    watched.until("going on", |status| status.summary.paused.is_none()).await;
    watched.call(Call::SetLimits { limits: stops }).await.unwrap();
    session.stop().await;

    let stops = Limits { cpu_time: Some(1), ladder: vec![Rung::Stop], ..Limits::default() };
    let session = sandbox.launch(&limited(&sandbox, &prompt, stops)).await.unwrap();
    let status = session.follow().await.gone().await;
    let State::Ended { outcome, .. } = status.summary.state else { panic!("{status:?}") };
    assert_eq!(outcome, Outcome::Stopped { reason: StopReason::Limit });
}

#[tokio::test]
async fn tools_get_no_more_of_the_processor_than_they_may() {
    let sandbox = Sandbox::new();
    let limits = Limits { cpu: Some(0.4), ..Limits::default() };
    let spin = tool("spin 5000");
    let prompt = format!("spin\n!tool {spin} & {spin} & wait\n!say Done.");
    let session = sandbox.launch(&limited(&sandbox, &prompt, limits)).await.unwrap();
    let mut watched = session.follow().await;
    watched.working().await;
    // The CLI answers while its tools are held.
    watched.until("done", |_| session.texts().iter().any(|text| text == "Done.")).await;
    let cost = session.transcript().into_iter().find_map(|entry| match entry.body {
        EntryBody::ToolUse { cost, .. } => cost,
        _ => None,
    });
    let used = cost.unwrap().cpu_seconds;
    // Freely they would use ten seconds of two cores, or five of one. It takes a second to notice.
    assert!((1.0..4.5).contains(&used), "{used} s of CPU time in 5 s");
}

#[tokio::test]
async fn who_writes_more_to_the_disk_than_allowed_is_paused() {
    let sandbox = Sandbox::new();
    let limits = Limits { disk_written: Some(100 << 20), ..Limits::default() };
    let prompt = format!("fill\n!tool {}", tool("fill large 300 150"));
    let session = sandbox.launch(&limited(&sandbox, &prompt, limits)).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("paused", |status| status.summary.paused.is_some()).await;
    let notes = notes(&session);
    let reached = notes.iter().find(|note| note.reached).unwrap();
    assert_eq!((reached.limit, reached.rung), (Limit::DiskWritten, Some(Rung::Pause)));
    let folder = std::path::PathBuf::from(&watched.status().summary.folder);
    let written = std::fs::metadata(folder.join("large")).unwrap().len();
    assert!(written < 300 << 20, "{written}");
    session.stop().await;
}

#[tokio::test]
async fn a_full_disk_costs_a_tool_its_file_and_the_session_nothing() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("small");
    let _volume = Volume::of(&folder, 48 << 20);
    let large = folder.join("large");
    let prompt = format!(
        "fill\n!tool {}\n!say And on.",
        tool(&format!("fill {} 200 2000", large.display()))
    );
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &prompt)).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    assert_eq!(results(&session), ["exit code 7"]);
    assert_eq!(session.texts(), ["And on."]);
}

#[tokio::test]
async fn a_turn_that_takes_too_long_is_interrupted() {
    let sandbox = Sandbox::new();
    let limits = Limits { turn_time: Some(2), ..Limits::default() };
    let session = sandbox.launch(&limited(&sandbox, "wait\n!hold", limits)).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("told", |_| !told(&session).is_empty()).await;
    assert!(notes(&session).iter().any(|note| note.limit == Limit::TurnTime && note.reached));
    watched.idle().await;
    session.stop().await;
}

#[tokio::test]
async fn a_file_that_grows_too_large_fails_its_tool_alone() {
    let sandbox = Sandbox::new();
    let limits = Limits { file_size: Some(64 << 20), ..Limits::default() };
    let small = tool("fill small 32 1000");
    let large = tool("fill large 100 1000");
    let prompt = format!("fill\n!tool {small}\n!tool {large}\n!say And on.");
    let session = sandbox.launch(&limited(&sandbox, &prompt, limits)).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    let results = results(&session);
    assert_eq!(results[0], "exit code 0");
    assert_ne!(results[1], "exit code 0");
    let folder = std::path::PathBuf::from(&watched.status().summary.folder);
    assert_eq!(std::fs::metadata(folder.join("large")).unwrap().len(), 64 << 20);
}

#[tokio::test]
async fn an_idle_process_is_put_away_and_comes_back_with_the_next_message() {
    let sandbox = Sandbox::new();
    let limits = Limits { idle: Some(2), ..Limits::default() };
    let session = sandbox.launch(&limited(&sandbox, "a\n!say One.", limits)).await.unwrap();
    let status = session.follow().await.gone().await;
    let State::Ended { outcome, .. } = status.summary.state else { panic!("{status:?}") };
    assert_eq!(outcome, Outcome::Finished);
    assert_eq!(status.summary.glance, Glance::Done);
    sandbox.resume(&session).await.unwrap();
    let mut watched = session.follow().await;
    watched.send("b\n!say Two.").await.unwrap();
    watched.until("answered", |_| session.texts().iter().any(|text| text == "Two.")).await;
}

/// From crossing the limit to the action: measured, not judged, save that it comes at all.
#[tokio::test]
async fn others_are_answered_while_one_eats() {
    let sandbox = Sandbox::new();
    let quiet = sandbox.launch(&spec(&sandbox.repository("shop"), "a\n!hold")).await.unwrap();
    let quiet = quiet.follow().await;
    let prompt = format!("eat\n!tool {}\n!say Done.", tool("eat 1500 3000"));
    let session = sandbox.launch(&limited(&sandbox, &prompt, memory())).await.unwrap();
    let mut watched = session.follow().await;
    let mut slowest = Duration::ZERO;
    while watched.status().summary.state != (State::Running { turn: Turn::Idle }) {
        let asked = Instant::now();
        quiet.connection.status().await.unwrap();
        slowest = slowest.max(asked.elapsed());
        assert!(watched.changed().await);
    }
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}
