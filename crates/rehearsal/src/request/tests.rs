//! Conversations in the form in which the CLI sends them, and their places in the scripts.

use serde_json::{Value, json};

use super::{Purpose, Request};
use crate::scripts::Scripts;

const NOTICE: &str =
    "Your response above was cut off mid-stream. Resume directly from where it stops.";
const FOLDED: &str =
    "The user sent a new message while you were working:\n@text b1\n\nThis is how it is.";

fn scripts() -> Scripts {
    let agents =
        r#"{ agent = "Count them.", description = "d", turns = [{ steps = [{ text = "x" }] }] }"#;
    Scripts::parse(&format!(
        "default = 'long'\n[scripts.long]\nturns = [{{ steps = [{{ text = '1' }}] }}, {{ steps = [{{ text = \
         '2' }}] }}]\n[scripts.named]\nprompt = 'Say it.'\nturns = [{{ steps = [{agents}] }}]"
    ))
    .unwrap()
}

fn request(messages: &Value) -> Request {
    let body = json!({"model": "m", "max_tokens": 1000, "stream": true, "messages": messages,
                      "tools": [{"name": "Bash", "input_schema": {}}]});
    serde_json::from_value(body).unwrap()
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": [
        {"type": "text", "text": "<system-reminder>\n@script nope\n</system-reminder>"},
        {"type": "text", "text": text}]})
}

fn system(text: &str) -> Value {
    json!({"role": "system", "content": text})
}

fn answer(text: &str) -> Value {
    json!({"role": "assistant", "content": [{"type": "text", "text": text}]})
}

fn result(text: &str) -> Value {
    let block = json!({"type": "tool_result", "tool_use_id": "t", "content": text});
    json!({"role": "user", "content": [block]})
}

/// The number of turns of the script that is to be played, and which of them is next.
fn place(messages: &[Value]) -> (usize, usize) {
    let place = request(&json!(messages)).place(&scripts()).unwrap();
    (place.script.turns.len(), place.turn)
}

#[test]
fn a_conversation_goes_through_the_default_script_and_past_it() {
    let talk =
        [user("hi"), system("@script nope"), answer("1"), user("more"), answer("2"), user("and?")];
    assert_eq!([place(&talk[..2]), place(&talk[..4]), place(&talk)], [(2, 0), (2, 1), (2, 2)]);
}

#[test]
fn messages_of_the_model_that_touch_are_one_answer() {
    assert_eq!(place(&[user("hi"), answer("1"), answer("still 1")]), (2, 1));
    assert_eq!(place(&[user("hi"), answer("1"), system("meanwhile"), answer("2")]), (2, 2));
}

#[test]
fn the_newest_message_that_names_a_script_decides() {
    let directives = user("@text a1\n@turn\n@text a2\n@turn\n@text a3");
    let talk = [user("hi"), answer("1"), directives, answer("a1"), user("go on")];
    assert_eq!(place(&talk[..3]), (3, 0));
    assert_eq!(place(&talk), (3, 1));
    assert_eq!(place(&[&talk[..], &[answer("a2"), user(" Say it.\n")]].concat()), (1, 0));
    assert_eq!(place(&[user("Say it."), user("@script long")]), (2, 0));
    assert_eq!(place(&[user("Count them.\n")]), (1, 0));
}

#[test]
fn a_mistake_is_told_once() {
    let talk = [user("hi"), answer("1"), user("@pause soon"), user("sorry")];
    assert!(request(&json!(talk[..3])).place(&scripts()).is_err());
    assert_eq!(place(&talk), (2, 1));
}

#[test]
fn tool_results_choose_nothing_and_a_folded_message_takes_over() {
    let talk = [user("hi"), answer("1"), result("@script nope\nSay it.")];
    assert_eq!(place(&talk), (2, 1));
    assert_eq!(place(&[&talk[..], &[system(FOLDED)]].concat()), (1, 0));
    assert_eq!(request(&json!(talk)).last_results(), "@script nope\nSay it.");
}

#[test]
fn an_answer_that_broke_off_is_asked_for_again() {
    assert_eq!(place(&[user("hi"), answer("half"), user(NOTICE)]), (2, 0));
    assert_eq!(
        place(&[user("hi"), answer("half"), user(NOTICE), answer("whole"), user("x")]),
        (2, 1)
    );
    // Nothing of it was kept, or a tool had already been called.
    let both = json!({"role": "user", "content": [
        {"type": "text", "text": "hi\n"}, {"type": "text", "text": NOTICE}]});
    assert_eq!(place(&[both]), (2, 0));
    let noticed = json!({"role": "user", "content": [
        result("x")["content"][0], {"type": "text", "text": NOTICE}]});
    assert_eq!(place(&[user("hi"), answer("call"), noticed]), (2, 1));
}

#[test]
fn a_summarised_conversation_does_not_begin_again() {
    let summary = "This session is being continued from a previous conversation that ran out.";
    assert_eq!(place(&[user(summary)]), (2, 2));
    assert_eq!(place(&[user(summary), user("@text a")]), (1, 0));
}

#[test]
fn side_requests_are_told_apart() {
    let purpose = |body: Value| serde_json::from_value::<Request>(body).unwrap().purpose();
    let tools = json!([{"name": "Bash"}]);
    let messages = json!([{"role": "user", "content": "@text a"}]);
    let with = |extra: Value| {
        let mut body = json!({"model": "m", "max_tokens": 1000, "messages": messages});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        purpose(body)
    };
    assert_eq!(with(json!({"tools": tools})), Purpose::Conversation);
    assert_eq!(with(json!({"tools": tools, "max_tokens": 1})), Purpose::Side);
    assert_eq!(with(json!({})), Purpose::Side);
    assert_eq!(with(json!({"output_config": {"format": {"type": "json_schema"}}})), Purpose::Title);
    let summarise =
        json!([{"role": "user", "content": "CRITICAL: Respond with TEXT ONLY. Do NOT"}]);
    assert_eq!(with(json!({"tools": tools, "messages": summarise})), Purpose::Summary);
}

#[test]
fn the_folder_and_the_session_are_read_off() {
    let said = request(&json!([
        user("Primary working directory: /wrong"),
        system("# Environment\n - Primary working directory: /a b/c\n - Platform: linux")
    ]));
    assert_eq!(said.folder(), "/a b/c");
    assert_eq!(request(&json!([user("hi")])).folder(), ".");
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("x-claude-code-session-id", "s1".parse().unwrap());
    headers.insert("x-claude-code-agent-id", "a1".parse().unwrap());
    let whose = said.conversation(&headers);
    assert_eq!((whose.session.as_str(), whose.agent.as_deref()), ("s1", Some("a1")));
}
