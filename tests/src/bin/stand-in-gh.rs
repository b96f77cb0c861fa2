//! A stand-in for `gh`, and under the name `glab` for that: it answers from the file that `STAND_IN_GH` names, and writes down what it was called with. The
//! file's fields: `signed_in`; `requests` as `gh pr list` prints them; `comments` as the API does; `log`; `hang` and
//! `fail`, which hold for all but the sign-in; `calls`, which it adds to. As `glab`: `answers`, by the path that is asked.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test program"
)]

use std::io::Read as _;

use serde_json::{Value, json};

fn main() {
    let file = std::env::var_os("STAND_IN_GH").unwrap();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut state: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut input = String::new();
    if words.contains(&"--body-file=-") || words.contains(&"--input=-") {
        std::io::stdin().read_to_string(&mut input).unwrap();
    }
    let call = json!({"args": args, "input": input});
    match state["calls"].as_array_mut() {
        Some(calls) => calls.push(call),
        None => state["calls"] = json!([call]),
    }
    let value = |name: &str| {
        let prefix = format!("--{name}=");
        words.iter().find_map(|word| word.strip_prefix(&prefix)).map(str::to_owned)
    };
    if words.starts_with(&["pr", "create"]) {
        let made = json!({
            "number": 7, "title": value("title"), "url": "https://github.com/o/shop/pull/7", "state": "OPEN",
            "isDraft": words.contains(&"--draft"), "statusCheckRollup": [], "comments": [], "reviews": [],
            "head": value("head"), "base": value("base"), "body": input,
        });
        state["requests"] = json!([made]);
    }
    std::fs::write(&file, state.to_string()).unwrap();
    if words.starts_with(&["auth", "status"]) {
        std::process::exit(i32::from(state["signed_in"] != true));
    }
    if state["hang"] == true {
        std::thread::sleep(std::time::Duration::from_secs(100));
    }
    if let Some(words) = state["fail"].as_str() {
        eprintln!("{words}");
        std::process::exit(1);
    }
    let or_none = |name: &str| state[name].as_array().cloned().unwrap_or_default();
    let called = std::env::args_os().next().unwrap();
    if std::path::Path::new(&called).ends_with("glab") {
        match &state["answers"][*words.last().unwrap()] {
            Value::String(text) => println!("{text}"),
            Value::Null => std::process::exit(1),
            answer => println!("{answer}"),
        }
        return;
    }
    match words.as_slice() {
        ["pr", "list", ..] => println!("{}", Value::Array(or_none("requests"))),
        ["pr", "create", ..] => println!("https://github.com/o/shop/pull/7"),
        ["api", ..] => println!("{}", Value::Array(or_none("comments"))),
        ["run", "view", ..] => println!("{}", state["log"].as_str().unwrap_or_default()),
        other => {
            eprintln!("unknown command {other:?}");
            std::process::exit(1);
        }
    }
}
