//! A stand-in for the Claude CLI that says as much as a benchmark wants, whenever it wants. Its turns
//! cost a dollar each, so that the end of one can be told from the ends of turns in what it prints.
//! What a turn does stands in the message; one that says nothing of this is answered with nothing:
//!
//! | Message | What it does |
//! |---|---|
//! | `feed FILE BYTES` | prints the lines of a file, over and over, until it has printed that much |
//! | `entries COUNT` | prints messages that make so many entries of a transcript |
//! | `deltas RATE SECONDS` | streams words, each of them the time at which it was written |
//! | `stamp` | says one such word in a finished message |
//! | `children COUNT` | starts so many children, which stay |
//! | `short COUNT MS` | starts so many children one after the other, each of which is busy for so long |
//! | `eat FILE MS` | after a while starts a child that takes 1.6 GB and writes down when it has the first of them |

use std::fs;
use std::io::{BufRead as _, Write as _};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
        [FEED, file, bytes] => feed(file, bytes.parse().unwrap()),
        ["entries", count] => entries(count.parse().unwrap()),
        ["deltas", rate, seconds] => deltas(rate.parse().unwrap(), seconds.parse().unwrap()),
        ["children", count] => {
            let all = (0..count.parse::<u32>().unwrap()).map(|_| child(&["stay"]));
            // They are ended with the session.
            std::mem::forget(all.collect::<Vec<_>>());
        }
        ["short", count, each] => {
            for _ in 0..count.parse::<u32>().unwrap() {
                child(&["spin", each]).wait().unwrap();
            }
        }
        ["eat", file, delay] => {
            std::thread::sleep(Duration::from_millis(delay.parse().unwrap()));
            drop(child(&["eat", file]).wait());
        }
        ["stamp"] => say(&assistant(&json!({"type": "text", "text": stamp()}))),
        _ => {}
    }
    say(&json!({"type": "result", "subtype": "success", "is_error": false, "num_turns": 1,
                "duration_ms": 1, "total_cost_usd": dollars, "result": "done"}));
}

/// The role in which this program is a tool of a session.
pub(crate) const TOOL: &str = "tool";

fn child(args: &[&str]) -> std::process::Child {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.arg(TOOL).args(args).stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::null()).spawn().unwrap()
}

/// What a tool does. Each ends by itself.
pub(crate) fn tool(what: &str, rest: &[String]) {
    const LIFE: Duration = Duration::from_secs(300);
    match what {
        "stay" => std::thread::sleep(LIFE),
        "spin" => {
            let time = Duration::from_millis(rest[0].parse().unwrap());
            let begun = Instant::now();
            while begun.elapsed() < time {
                std::hint::black_box((0..10_000_u64).sum::<u64>());
            }
        }
        "eat" => {
            let begun = Instant::now();
            let mut kept = Vec::new();
            for megabyte in 1..=1600_u32 {
                kept.push(vec![u8::try_from(megabyte % 250).unwrap() + 1; 1_000_000]);
                if megabyte == 1000 {
                    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
                    fs::write(&rest[0], now.as_millis().to_string()).unwrap();
                }
                let due = Duration::from_millis(2) * megabyte;
                std::thread::sleep(due.saturating_sub(begun.elapsed()));
            }
            std::thread::sleep(LIFE / 10);
            std::hint::black_box(kept);
        }
        other => panic!("{other}"),
    }
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

/// Half text, half tool uses with their results, as long as such things are.
fn entries(count: u32) {
    for number in 0..count {
        if number % 2 == 0 {
            let text =
                format!("Entry **{number}**: {}", "what was found and what follows. ".repeat(8));
            say(&assistant(&json!({"type": "text", "text": text})));
            continue;
        }
        let id = format!("toolu_{number}");
        let input = json!({"command": format!("grep -rn word{number} src"), "description": "Look"});
        say(&assistant(&json!({"type": "tool_use", "id": id, "name": "Bash", "input": input})));
        let output = "src/main.rs:12: a line that was found\n".repeat(10);
        let result = json!({"type": "tool_result", "tool_use_id": id, "content": output});
        say(&json!({"type": "user", "parent_tool_use_id": null,
                    "message": {"role": "user", "content": [result]}}));
    }
}

/// Words of a model that answers in messages of ten seconds each.
fn deltas(rate: u32, seconds: u32) {
    let begun = Instant::now();
    let mut words = String::new();
    for number in 0..rate * seconds {
        if number % (10 * rate) == 0 {
            stream(&json!({"type": "message_start", "message": {}}));
            stream(&json!({"type": "content_block_start", "index": 0,
                           "content_block": {"type": "text", "text": ""}}));
        }
        let due = begun + Duration::from_secs(1) * number / rate;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let word = format!("{}{}", stamp(), if number % 40 == 39 { "\n\n" } else { " " });
        stream(&json!({"type": "content_block_delta", "index": 0,
                       "delta": {"type": "text_delta", "text": word}}));
        words.push_str(&word);
        if number % (10 * rate) == 10 * rate - 1 || number + 1 == rate * seconds {
            say(&assistant(&json!({"type": "text", "text": std::mem::take(&mut words)})));
            stream(&json!({"type": "content_block_stop", "index": 0}));
            stream(&json!({"type": "message_stop"}));
        }
    }
}

/// The time, as a word: `t` and microseconds since 1970.
fn stamp() -> String {
    format!("t{}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros())
}

fn assistant(block: &Value) -> Value {
    json!({"type": "assistant", "parent_tool_use_id": null, "message": {
        "role": "assistant", "content": [block],
        "usage": {"input_tokens": 10, "output_tokens": 10}}})
}

fn stream(event: &Value) {
    say(&json!({"type": "stream_event", "event": event, "parent_tool_use_id": null}));
}

/// Prints a message as the CLI does: its type stands first.
fn say(value: &Value) {
    let mut rest = value.clone();
    let kind = rest.as_object_mut().and_then(|fields| fields.remove("type"));
    let rest = rest.to_string();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{{\"type\":{},{}", kind.unwrap_or_default(), &rest[1..]).unwrap();
    out.flush().unwrap();
}
