//! A stand-in for the Claude CLI: it speaks as much of the stream-json protocol as a keeper needs,
//! and misbehaves as it is told. Like the real one it keeps a transcript in `CLAUDE_CONFIG_DIR`,
//! refuses a `--session-id` that it knows, and acknowledges each message when it takes it.
//!
//! The variable `STAND_IN` says how it behaves as a process, words apart by spaces:
//! `version=1.0.5`, `hang` (never answers), `exit=3` (at once, with words on standard error),
//! `stubborn` (ignores signals, interrupts and the end of its input), `deaf` (greets, then never
//! reads again). What a turn does stands in the message: see [`turn`].
//!
//! Whatever happens, it ends by itself after [`LIFE`].
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test program"
)]

mod inbox;
mod tool;
mod tree;
mod turn;

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use inbox::Inbox;

/// The longest that one process lives, and each of its children.
const LIFE: Duration = Duration::from_secs(100);

fn main() {
    std::thread::spawn(|| {
        std::thread::sleep(LIFE);
        std::process::exit(99);
    });
    let behaviour = std::env::var("STAND_IN").unwrap_or_default();
    let value = |name: &str| {
        let mut words = behaviour.split(' ');
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "tool") {
        return tool::act(&args[1..]);
    }
    if args.iter().any(|arg| arg == "--version") {
        let version = value("version").unwrap_or_else(|| "2.1.330".to_owned());
        say(format_args!("{version} (Claude Code)"));
        return;
    }
    if args.first().is_some_and(|arg| arg == "auth") {
        return say(format_args!(r#"{{"loggedIn":true,"authMethod":"claude.ai"}}"#));
    }
    let is = |name: &str| behaviour.split(' ').any(|word| word == name);
    if is("stubborn") {
        ignore_signals();
    }
    if let Some(code) = value("exit") {
        eprintln!("stand-in: something is missing");
        std::process::exit(code.parse().unwrap());
    }
    // As one that is too old for it; a launch then starts another.
    if args.iter().any(|arg| arg == "--await-claim") {
        eprintln!("error: unknown option '--await-claim'");
        std::process::exit(1);
    }
    if is("hang") {
        std::thread::sleep(LIFE);
    }
    let transcript = open_transcript(&args);
    let mut house =
        House { transcript, inbox: Inbox::open(is("stubborn")), deaf: is("deaf"), cost: 0.0 };
    house.serve();
}

fn say(words: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    // The keeper may be gone; then so is the reason to go on.
    if writeln!(out, "{words}").and_then(|()| out.flush()).is_err() {
        std::process::exit(98);
    }
}

/// The file in which each message that was taken gets a line: what the CLI itself remembers.
fn open_transcript(args: &[String]) -> File {
    let of = |flag: &str| args.iter().find_map(|arg| arg.strip_prefix(flag));
    let folder = PathBuf::from(std::env::var_os("CLAUDE_CONFIG_DIR").unwrap()).join("projects");
    let folder = folder.join("stand-in");
    std::fs::create_dir_all(&folder).unwrap();
    let (id, known) = match (of("--session-id="), of("--resume=")) {
        (Some(id), None) => (id, false),
        (None, Some(id)) => (id, true),
        _ => panic!("{args:?}"),
    };
    let path = folder.join(format!("{id}.jsonl"));
    match (path.exists(), known) {
        (true, false) => refuse(&format!("Error: Session ID {id} is already in use.")),
        (false, true) => refuse(&format!("No conversation found with session ID: {id}")),
        _ => File::options().create(true).append(true).open(path).unwrap(),
    }
}

fn refuse(words: &str) -> ! {
    eprintln!("{words}");
    std::process::exit(1);
}

#[cfg(unix)]
fn ignore_signals() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    for one in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        // SAFETY: ignoring a signal runs no code of ours.
        unsafe { signal(one, SigHandler::SigIgn) }.unwrap();
    }
}

#[cfg(not(unix))]
fn ignore_signals() {}

/// The running CLI.
struct House {
    transcript: File,
    inbox: Inbox,
    deaf: bool,
    /// What the process has cost, in US dollars.
    cost: f64,
}

impl House {
    fn serve(&mut self) {
        loop {
            if let Some(message) = self.inbox.take_message() {
                self.turn(&message);
                continue;
            }
            if self.inbox.greeted() && self.deaf {
                std::thread::sleep(LIFE);
            }
            if !self.inbox.wait(None) {
                return;
            }
        }
    }

    fn turn(&mut self, message: &Value) {
        let text = message["message"]["content"].as_str().unwrap_or_default().to_owned();
        let uuid = message["uuid"].as_str().unwrap_or_default();
        let kept = json!({"type": "user", "uuid": uuid, "text": text});
        writeln!(self.transcript, "{kept}").unwrap();
        if text.lines().any(|line| line == "!unacknowledged") {
            std::process::exit(1);
        }
        say(format_args!(
            "{}",
            json!({"type": "system", "subtype": "init", "model": "stand-in",
                   "permissionMode": "default", "claude_code_version": "2.1.330"})
        ));
        let mut replay = message.clone();
        replay["isReplay"] = json!(true);
        say(format_args!("{replay}"));
        let interrupted = turn::play(&text, &mut self.inbox);
        let failure = turn::failure(&text);
        let (subtype, reason) = match (interrupted, failure) {
            (true, _) => ("error_during_execution", "aborted_tools"),
            (false, None) => ("success", "completed"),
            (false, Some(_)) => ("success", "api_error"),
        };
        let cost = turn::cost(&text);
        self.cost += cost.unwrap_or_default();
        let models = cost.map_or(json!({}), |_| json!({"stand-in": {"costUSD": self.cost}}));
        say(format_args!(
            "{}",
            json!({"type": "result", "subtype": subtype, "terminal_reason": reason,
                   "is_error": interrupted || failure.is_some(), "api_error_status": failure,
                   "num_turns": 1, "duration_ms": 1,
                   "modelUsage": models,
                   "total_cost_usd": self.cost.max(0.01), "result": "done"})
        ));
    }
}
