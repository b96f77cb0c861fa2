//! What a turn does, one directive a line of the message; other lines are not looked at.
//!
//! | Line | What it does |
//! |---|---|
//! | `!say WORDS` | says them |
//! | `!chatter LINES MS` | says `line 0`, `line 1`, … of 2 KB each, that far apart |
//! | `!pause MS` | says nothing for so long |
//! | `!hold` | works until it is interrupted |
//! | `!ask` | asks for a permission and waits for the answer |
//! | `!fork PIPE` | leaves a hostile tree behind: each process writes its id into the pipe |
//! | `!flood MB MS` | prints so many megabytes a second for so long, in lines of 1 KB |
//! | `!line BYTES` | prints one line of that length |
//! | `!garbage` | prints lines that are no messages |
//! | `!latin` | prints a line that is no UTF-8 |
//! | `!stderr BYTES` | prints that much on standard error |
//! | `!tool COMMAND` | runs it in a shell, as a tool use `tool-1`, `tool-2`, …, and says its exit code |
//! | `!exit CODE` | ends in the middle of the turn |
//! | `!fail STATUS [FILE]` | the service answers with that status; only where that file is not there yet, which it makes |
//! | `!cost USD` | the turn costs so much; without it, a cent that no model is named for |
//! | `!used-up SECONDS FILE` | the account's limit is reached, as above, and starts anew in so many seconds |

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;

use super::inbox::Inbox;
use super::{LIFE, say, tool, tree};

/// The most that is printed in one go, in bytes.
const MOST: usize = 256 << 20;

/// Plays a message's directives. Whether it was interrupted.
pub(crate) fn play(text: &str, inbox: &mut Inbox) -> bool {
    let mut tools = 0;
    for line in text.lines() {
        let mut words = line.split(' ');
        let word = words.next().unwrap_or_default();
        let rest = line[word.len()..].trim();
        let mut number = || words.next().and_then(|word| word.parse::<usize>().ok()).unwrap();
        let interrupted = match word {
            "!chatter" => chatter(number(), Duration::from_millis(number() as u64), inbox),
            "!pause" => hold(inbox, Duration::from_millis(number() as u64)),
            "!hold" => hold(inbox, LIFE),
            "!ask" => ask(inbox),
            "!tool" => {
                tools += 1;
                tool::run(&format!("tool-{tools}"), rest, inbox)
            }
            "!flood" => flood(number(), Duration::from_millis(number() as u64), inbox),
            _ => {
                utter(word, rest);
                false
            }
        };
        if interrupted {
            return true;
        }
    }
    false
}

/// The status that the service ends the turn with, if it does.
pub(crate) fn failure(text: &str) -> Option<u16> {
    let is_first = |file: Option<&str>| {
        let made =
            file.map(|file| std::fs::File::options().write(true).create_new(true).open(file));
        made.is_none_or(|made| made.is_ok())
    };
    text.lines().find_map(|line| {
        let mut words = line.split(' ');
        let (word, number) = (words.next()?, words.next()?.parse::<u16>().ok()?);
        match word {
            "!fail" if is_first(words.next()) => Some(number),
            "!used-up" if is_first(words.next()) => {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let resets = now.unwrap().as_secs() + u64::from(number);
                let info = json!({"status": "rejected", "resetsAt": resets});
                say(format_args!(
                    "{}",
                    json!({"type": "rate_limit_event", "rate_limit_info": info})
                ));
                Some(429)
            }
            _ => None,
        }
    })
}

/// What the turn costs, in US dollars.
pub(crate) fn cost(text: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix("!cost ")?.parse().ok())
}

/// The directives that take no time.
fn utter(word: &str, rest: &str) {
    let number = || rest.parse::<usize>().unwrap();
    match word {
        "!say" => speak(rest),
        "!fork" => tree::leave_behind(rest),
        "!line" => long_line(number()),
        "!garbage" => {
            for bytes in [&b"this is no message\n"[..], b"{\"type\":\n", b"\n", b"[1,2]\n"] {
                print(bytes);
            }
        }
        "!latin" => print(b"{\"type\":\"caf\xe9\"}\n"),
        "!stderr" => {
            let line = [&[b'e'; 1023][..], b"\n"].concat();
            for _ in 0..number().min(MOST) / line.len() {
                let _ = std::io::stderr().write_all(&line);
            }
        }
        "!exit" => {
            eprintln!("stand-in: out of the middle");
            std::process::exit(i32::try_from(number()).unwrap());
        }
        _ => {}
    }
}

fn print(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        std::process::exit(98);
    }
}

fn speak(words: &str) {
    say(format_args!(
        "{}",
        json!({"type": "assistant", "parent_tool_use_id": null, "uuid": "",
               "message": {"content": [{"type": "text", "text": words}]}})
    ));
}

fn chatter(lines: usize, pause: Duration, inbox: &mut Inbox) -> bool {
    (0..lines).any(|line| {
        speak(&format!("line {line} {}", ".".repeat(2000)));
        hold(inbox, pause)
    })
}

/// Whether it was interrupted before the time was over.
fn hold(inbox: &mut Inbox, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    while Instant::now() < until {
        if !inbox.wait(Some(until.saturating_duration_since(Instant::now()))) {
            std::process::exit(0);
        }
        if inbox.take_interrupt() {
            return true;
        }
    }
    false
}

fn ask(inbox: &mut Inbox) -> bool {
    let name = "stand-in-asks";
    say(format_args!(
        "{}",
        json!({"type": "control_request", "request_id": name, "request": {
            "subtype": "can_use_tool", "tool_name": "Bash", "tool_use_id": "t1",
            "input": {"command": "make"}}})
    ));
    while !inbox.answered(name) {
        if !inbox.wait(None) {
            std::process::exit(0);
        }
        if inbox.take_interrupt() {
            return true;
        }
    }
    false
}

fn flood(megabytes: usize, time: Duration, inbox: &mut Inbox) -> bool {
    // What a session prints most: results of tools, and a little of everything else.
    let mut piece = Vec::new();
    for kind in ["user", "user", "assistant", "user", "surprise"].iter().cycle().take(1000) {
        let text = "x".repeat(900);
        let line = json!({"type": kind, "parent_tool_use_id": null,
                          "message": {"content": [{"type": "text", "text": text}]}});
        piece.extend_from_slice(line.to_string().as_bytes());
        piece.push(b'\n');
    }
    let begun = Instant::now();
    let mut printed = 0;
    while begun.elapsed() < time && printed < MOST {
        print(&piece);
        printed += piece.len();
        let due = Duration::from_secs_f64(printed as f64 / (megabytes << 20) as f64);
        let pause = due.saturating_sub(begun.elapsed());
        if hold(inbox, pause.max(Duration::from_millis(1))) {
            return true;
        }
    }
    false
}

fn long_line(bytes: usize) {
    let start = b"{\"type\":\"assistant\",\"long\":\"";
    let end = b"\"}\n";
    print(start);
    let mut left = bytes.min(MOST) - (start.len() + end.len() - 1);
    let piece = vec![b'x'; 1 << 20];
    while left > 0 {
        let now = left.min(piece.len());
        print(&piece[..now]);
        left -= now;
    }
    print(end);
}
