//! A stand-in for the Claude CLI that says as much as a benchmark wants, whenever it wants. What a
//! turn does stands in the message: `feed FILE BYTES` prints the lines of a file, over and over,
//! until it has printed that much; anything else is answered with nothing. Its turns cost a dollar
//! each, so that the end of one can be told from the ends of turns in what it prints.

use std::fs;
use std::io::{BufRead as _, Write as _};

use serde_json::{Value, json};

/// The role in which this program only feeds.
pub(crate) const FEED: &str = "feed";

/// Speaks the CLI's protocol until its input ends.
pub(crate) fn serve(args: &[String]) {
    if args.iter().any(|arg| arg == "--version") {
        println!("2.1.330 (Claude Code)");
        return;
    }
    let mut dollars = 0;
    for line in std::io::stdin().lock().lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        match line["type"].as_str() {
            Some("control_request") => say(&json!({"type": "control_response", "response": {
                "subtype": "success", "request_id": line["request_id"],
                "response": {"commands": [], "models": []}}})),
            Some("user") => {
                dollars += 1;
                turn(line, dollars);
            }
            _ => {}
        }
    }
}

fn turn(mut message: Value, dollars: u32) {
    let text = message["message"]["content"].as_str().unwrap_or_default().to_owned();
    say(&json!({"type": "system", "subtype": "init", "model": "stand-in",
                "permissionMode": "default", "claude_code_version": "2.1.330"}));
    message["isReplay"] = json!(true);
    say(&message);
    match text.split(' ').collect::<Vec<_>>().as_slice() {
        [role, file, bytes] if *role == FEED => feed(file, bytes.parse().unwrap()),
        _ => {}
    }
    say(&json!({"type": "result", "subtype": "success", "is_error": false, "num_turns": 1,
                "duration_ms": 1, "total_cost_usd": dollars, "result": "done"}));
}

/// Prints the file's lines until it has printed so many bytes, each with a write of its own, as the
/// CLI does.
pub(crate) fn feed(file: &str, bytes: usize) {
    let lines = fs::read(file).unwrap();
    let mut printed = 0;
    let mut out = std::io::stdout().lock();
    for line in lines.split_inclusive(|byte| *byte == b'\n').cycle() {
        if printed >= bytes {
            return;
        }
        out.write_all(line).unwrap();
        printed += line.len();
    }
}

fn say(value: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}").unwrap();
    out.flush().unwrap();
}
