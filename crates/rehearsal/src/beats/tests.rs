//! The events of an answer, and that cutting a text into deltas loses nothing.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Beat, Beats, Stage};
use crate::script::{Agent, Failure, How, Pace, Script, Step, Turn};

fn stage() -> Stage {
    Stage {
        model: "claude-test".to_owned(),
        folder: "/here".to_owned(),
        agent_tool: "Task",
        input_tokens: 400,
        cached: true,
    }
}

fn play(steps: Vec<Step>) -> Vec<Beat> {
    Beats::new(steps, stage()).collect()
}

fn events(beats: &[Beat]) -> Vec<&Value> {
    let mut events = Vec::new();
    for beat in beats {
        if let Beat::Event(event) = beat {
            events.push(event);
        }
    }
    events
}

fn kinds(beats: &[Beat]) -> Vec<&str> {
    events(beats).into_iter().filter_map(|event| event["type"].as_str()).collect()
}

fn deltas<'beats>(beats: &'beats [Beat], field: &str) -> Vec<&'beats str> {
    events(beats).into_iter().filter_map(|event| event["delta"][field].as_str()).collect()
}

#[test]
fn text_around_a_pause_is_one_block_and_a_call_is_another() {
    let pause = Duration::from_millis(7);
    let beats = play(vec![
        Step::say("a", Pace::BRISK),
        Step::Pause(pause),
        Step::say("b", Pace::BRISK),
        Step::Tool { name: "Read".to_owned(), input: json!({"files": ["{cwd}/x", 3]}) },
    ]);
    assert_eq!(
        kinds(&beats),
        [
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]
    );
    assert!(beats.contains(&Beat::Wait(pause)));
    assert_eq!(deltas(&beats, "partial_json"), [r#"{"files":["/here/x",3]}"#]);
    assert_eq!(deltas(&beats, "stop_reason"), ["tool_use"]);
    let indexes: Vec<_> =
        events(&beats).iter().filter_map(|event| event["index"].as_u64()).collect();
    assert_eq!(indexes, [0, 0, 0, 0, 1, 1, 1]);
}

#[test]
fn thinking_is_signed_and_an_agent_is_called_by_the_offered_name() {
    let agent = Agent {
        prompt: "Look.".to_owned(),
        description: "Look around".to_owned(),
        kind: "Explore".to_owned(),
        background: false,
        turns: Vec::new(),
    };
    let thinking = Step::Thinking { text: "hm".to_owned(), pace: Pace::BRISK };
    let beats = play(vec![thinking, Step::Agent(agent)]);
    assert_eq!(deltas(&beats, "thinking"), ["hm"]);
    assert_eq!(deltas(&beats, "signature").len(), 1);
    let named = |event: &&Value| event["content_block"]["name"] == "Task";
    assert!(events(&beats).iter().any(named));
}

#[test]
fn a_cut_leaves_the_block_open_and_a_late_error_is_an_event() {
    let fail = |how| Step::Fail(Failure { times: None, how });
    let beats = play(vec![Step::say("half", Pace::BRISK), fail(How::Cut)]);
    assert_eq!(beats.last(), Some(&Beat::Break));
    assert!(!kinds(&beats).contains(&"content_block_stop"));
    let beats = play(vec![Step::say("half", Pace::BRISK), fail(How::status(529))]);
    assert_eq!(events(&beats).last().unwrap()["error"]["type"], "overloaded_error");
}

#[test]
fn numbered_words_come_at_an_even_rate() {
    let beats = play(vec![Step::Deltas { word: "w".to_owned(), per_second: 50, count: 3 }]);
    assert_eq!(deltas(&beats, "text"), ["w1 ", "w2 ", "w3 "]);
    let waits = beats.iter().filter(|beat| **beat == Beat::Wait(Duration::from_millis(20)));
    assert_eq!(waits.count(), 3);
}

#[test]
fn a_gigabyte_is_begun_at_once() {
    let text = Step::Text { text: "word ".to_owned(), bytes: 1 << 30, pace: Pace::FLOOD };
    let some: Vec<_> = Beats::new(vec![text], stage()).take(10).collect();
    assert_eq!(deltas(&some, "text").len(), 8);
}

#[test]
fn faults_strike_as_often_as_they_say() {
    let fail = |times, how| Step::Fail(Failure { times, how });
    let steps = vec![
        fail(Some(2), How::status(429)),
        Step::say("half", Pace::BRISK),
        fail(Some(1), How::Cut),
        Step::say("whole", Pace::BRISK),
    ];
    let script = Script::new(vec![Turn { when: None, steps }]);
    let length = |nth| script.attempt(&script.turns[0], nth, "").len();
    assert_eq!([0, 1, 2, 3, 4].map(length), [1, 1, 2, 2, 2]);
    let attempt = script.attempt(&script.turns[0], 3, "");
    assert_eq!(deltas(&play(attempt), "text"), ["half", "whole"]);
    let for_ever = Turn { when: None, steps: vec![fail(None, How::status(401))] };
    assert!(matches!(script.attempt(&for_ever, 1000, "")[..], [Step::Fail(_)]));
}

#[test]
fn a_turn_that_does_not_fit_or_has_nothing_left_gives_the_fallback() {
    let mut script = Script::new(Vec::new());
    script.fallback.steps = vec![Step::say("fallback", Pace::BRISK)];
    let hello = || vec![Step::say("hello", Pace::BRISK)];
    let turn = Turn { when: Some("passed".to_owned()), steps: hello() };
    assert_eq!(script.attempt(&turn, 0, "3 passed"), hello());
    assert_eq!(script.attempt(&turn, 0, "denied"), script.fallback.steps);
    let cut = Step::Fail(Failure { times: Some(1), how: How::Cut });
    let turn = Turn { when: None, steps: vec![cut] };
    assert_eq!(script.attempt(&turn, 1, ""), script.fallback.steps);
}

proptest! {
    #[test]
    fn chunking_loses_nothing(
        texts in prop::collection::vec("\\PC{1,40}|[a-zä한\\n\"\\\\ ]{1,200}", 1..5),
        chunk in 0_usize..30,
    ) {
        let pace = Pace { chunk, every: Duration::from_millis(1) };
        let beats = play(texts.iter().map(|text| Step::say(text, pace)).collect());
        let pieces = deltas(&beats, "text");
        prop_assert_eq!(pieces.concat(), texts.concat());
        prop_assert!(pieces.iter().all(|piece| (1..=chunk.max(1)).contains(&piece.chars().count())));
    }

    #[test]
    fn repeating_says_so_many_bytes_and_no_others(
        text in "[a-z한]{1,12}", chunk in 1_usize..40, bytes in 0_u64..500,
    ) {
        let pace = Pace { chunk, every: Duration::ZERO };
        let beats = play(vec![Step::Text { text: text.clone(), bytes, pace }]);
        let said = deltas(&beats, "text").concat();
        prop_assert!(text.repeat(500).starts_with(&said));
        prop_assert!(said.len() as u64 <= bytes && said.len() as u64 + 3 > bytes);
    }
}
