use super::*;
use crate::claude::message::parse;

fn tally() -> Tally {
    let spec = serde_json::from_str(r#"{"repository":"/r","prompt":"\n Fix login \nnow"}"#);
    let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
    Tally::new(id, &spec.unwrap(), "r", "/r", 5)
}

fn say(tally: &mut Tally, line: &str) {
    tally.message(&parse(line.as_bytes()).unwrap(), 9);
}

#[test]
fn tells_what_it_does_and_costs() {
    let mut tally = tally();
    assert_eq!(tally.summary().title, "Fix login");
    tally.note(&Note::State { state: State::Running { turn: Turn::Working } }, 6);
    say(
        &mut tally,
        r#"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"cargo\n  test"}}],"usage":{"input_tokens":10,"cache_read_input_tokens":90}}}"#,
    );
    let expected = Doing::Tool { name: "Bash".into(), detail: "cargo test".into() };
    assert_eq!(tally.summary().doing, Some(expected));
    say(
        &mut tally,
        r#"{"type":"result","subtype":"success","total_cost_usd":0.5,"num_turns":2,"modelUsage":{"m":{"inputTokens":7,"outputTokens":3,"contextWindow":1000}}}"#,
    );
    tally.note(&Note::State { state: State::Running { turn: Turn::Idle } }, 9);
    let row = tally.summary();
    assert_eq!((row.cost_usd, row.turns, row.tokens.output), (0.5, 2, 3));
    assert_eq!(row.context, Some(ContextUse { used: 100, window: 1000 }));
    assert_eq!((row.doing.clone(), row.glance), (None, Glance::Done));
}

#[test]
fn cost_is_the_latest_and_never_goes_back() {
    let mut tally = tally();
    for cost in ["0.5", "0.7", "0"] {
        say(&mut tally, &format!(r#"{{"type":"result","total_cost_usd":{cost}}}"#));
    }
    assert!((tally.summary().cost_usd - 0.7).abs() < 1e-9);
}

#[test]
fn a_conversation_that_is_begun_anew_costs_anew() {
    use crate::journal::{Point, WentBack};
    let mut tally = tally();
    let go = |tally: &mut Tally, id: &str| {
        let point = Point { conversation: SessionId::parse(id).unwrap(), after: None };
        let back = WentBack {
            message: "m".into(),
            text: String::new(),
            files: None,
            conversation: Some(point.clone()),
            until_now: point,
            undo: false,
        };
        tally.note(&Note::WentBack(back), 7);
    };
    let cost = |tally: &mut Tally, usd: &str| {
        say(tally, &format!(r#"{{"type":"result","total_cost_usd":{usd}}}"#));
        tally.summary().cost_usd
    };
    assert!((cost(&mut tally, "5.0") - 5.0).abs() < 1e-9);
    go(&mut tally, "00000000-0000-4000-8000-000000000002");
    assert!((cost(&mut tally, "0.5") - 5.5).abs() < 1e-9);
    go(&mut tally, "b1d42286-cc30-4c1e-a2f9-fc320fe98405");
    assert!((cost(&mut tally, "5.25") - 5.75).abs() < 1e-9);
}

#[test]
fn the_accounts_limits_are_kept_as_they_were_told() {
    let mut tally = tally();
    say(
        &mut tally,
        r#"{"type":"rate_limit_event","rate_limit_info":{"status":"allowed","unifiedWindows":{"five_hour":{"utilization":0.42,"resetsAt":1795371301,"status":"allowed"},"seven_day":{"utilization":0.1}}}}"#,
    );
    let told: Vec<_> =
        tally.summary().usage_windows.iter().map(|one| (one.name.as_str(), one.used)).collect();
    assert_eq!(told, [("five_hour", Some(0.42)), ("seven_day", Some(0.1))]);
    assert_eq!(tally.summary().usage_windows[0].resets_at, Some(1_795_371_301));
    assert_eq!(tally.summary().usage_resets_at, None);
}

#[test]
fn what_is_paused_says_so_whatever_it_was_doing() {
    let mut tally = tally();
    let working = Note::State { state: State::Running { turn: Turn::Working } };
    tally.note(&working, 6);
    tally.note(&Note::Paused { by: PausedBy::Person }, 7);
    assert_eq!(tally.summary().glance, Glance::Paused);
    assert_eq!(tally.summary().paused.map(|paused| paused.since), Some(7));
    tally.note(&Note::WentOn, 8);
    assert_eq!((tally.summary().glance, tally.summary().paused), (Glance::Running, None));
    let by = PausedBy::Limit { limit: crate::limits::Limit::Memory };
    tally.note(&Note::Paused { by }, 9);
    assert_eq!(tally.summary().glance, Glance::NeedsYou, "the person has to decide");
    let ended = State::Ended { outcome: Outcome::Lost, left_behind: 0 };
    tally.note(&Note::State { state: ended }, 10);
    assert_eq!((tally.summary().glance, tally.summary().paused), (Glance::Stopped, None));
}

#[test]
fn a_stall_is_shown_until_the_turn_is_over() {
    let mut tally = tally();
    tally.note(&Note::State { state: State::Running { turn: Turn::Working } }, 6);
    tally.set_stalled(Some(Stalled { since: 6 }));
    assert_eq!(tally.summary().glance, Glance::NeedsYou);
    tally.set_stalled(None);
    assert_eq!(tally.summary().glance, Glance::Running);
    tally.set_stalled(Some(Stalled { since: 6 }));
    tally.note(&Note::State { state: State::Running { turn: Turn::Idle } }, 7);
    assert_eq!((tally.summary().glance, tally.summary().stalled), (Glance::Done, None));
}

#[test]
fn a_failed_turn_shows_until_the_next() {
    let mut tally = tally();
    tally.note(&Note::State { state: State::Running { turn: Turn::Working } }, 6);
    say(
        &mut tally,
        r#"{"type":"result","subtype":"success","is_error":true,"api_error_status":401,"result":"x"}"#,
    );
    tally.note(&Note::State { state: State::Running { turn: Turn::Idle } }, 7);
    assert_eq!(tally.summary().glance, Glance::Failed);
    assert!(tally.summary().problem.is_some());
    tally.note(&Note::State { state: State::Running { turn: Turn::Working } }, 8);
    assert_eq!(tally.summary().glance, Glance::Running);
    assert!(tally.summary().problem.is_none());
}
