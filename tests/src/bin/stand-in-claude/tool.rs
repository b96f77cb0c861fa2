//! A tool that runs as a process of its own, as the real CLI's Bash does; and what such tools do here to
//! be measured and limited: `stand-in-claude tool WHAT …`. Each ends by itself.

use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::inbox::Inbox;
use super::{LIFE, say};

/// Most memory that one process takes, in megabytes.
const MOST_MEMORY: usize = 3 << 10;

/// Most processes that are started at once.
const MOST_PROCESSES: usize = 400;

/// Runs a command in a shell as a tool use of that name. Whether it was interrupted.
pub(crate) fn run(id: &str, command: &str, inbox: &mut Inbox) -> bool {
    say(format_args!(
        "{}",
        json!({"type": "assistant", "parent_tool_use_id": null, "uuid": "", "message": {"content": [
            {"type": "tool_use", "id": id, "name": "Bash", "input": {"command": command}}]}})
    ));
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = shell.spawn().unwrap();
    let (done, ended) = std::sync::mpsc::channel();
    let pid = child.id();
    std::thread::spawn(move || done.send(child.wait().unwrap()));
    let status = loop {
        if let Ok(status) = ended.try_recv() {
            break status;
        }
        inbox.wait(Some(Duration::from_millis(10)));
        if inbox.take_interrupt() {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
            return true;
        }
    };
    say(format_args!(
        "{}",
        json!({"type": "user", "parent_tool_use_id": null, "uuid": "", "message": {"role": "user",
            "content": [{"type": "tool_result", "tool_use_id": id, "is_error": !status.success(),
                         "content": how(status)}]}})
    ));
    false
}

fn how(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "killed".to_owned(),
    }
}

/// What a tool does: the words after `tool`.
pub(crate) fn act(words: &[String]) {
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<usize>().ok()).unwrap_or(0);
    match words.first().map(String::as_str) {
        Some("eat") => eat(number(1), number(2)),
        Some("spin") => spin(Duration::from_millis(number(1) as u64)),
        Some("spawn") => spawn(number(1), number(2)),
        Some("fork") => fork(number(1)),
        Some("fill") => fill(&words[1], number(2), number(3)),
        other => panic!("{other:?}"),
    }
}

/// Takes so many megabytes, so many a second, and keeps them.
fn eat(megabytes: usize, rate: usize) {
    let begun = Instant::now();
    let mut kept = Vec::new();
    for megabyte in 1..=megabytes.min(MOST_MEMORY) {
        // Not zeros, which the kernel would share.
        kept.push(vec![u8::try_from(megabyte % 251).unwrap() + 1; 1 << 20]);
        let due = Duration::from_secs_f64(megabyte as f64 / rate as f64);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    println!("ate");
    std::thread::sleep(LIFE);
    black_box(kept);
}

/// Keeps one core busy for so long, in CPU time or not.
fn spin(time: Duration) {
    let begun = Instant::now();
    let mut number = 1_u64;
    while begun.elapsed() < time {
        for _ in 0..10_000 {
            number = black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
}

/// Starts so many children one after the other, each of which is busy for so many milliseconds.
fn spawn(children: usize, milliseconds: usize) {
    let own = std::env::current_exe().unwrap();
    for _ in 0..children {
        let mut child = Command::new(&own);
        child.args(["tool", "spin", &milliseconds.to_string()]).status().unwrap();
    }
}

/// Starts so many children at once, which stay.
fn fork(children: usize) {
    let all: Vec<_> = (0..children.min(MOST_PROCESSES))
        .filter_map(|_| Command::new("sleep").arg("60").spawn().ok())
        .collect();
    std::thread::sleep(LIFE);
    drop(all);
}

/// Writes so many megabytes into a file, so many a second.
fn fill(path: &str, megabytes: usize, rate: usize) {
    let mut file = std::fs::File::create(path).unwrap();
    let begun = Instant::now();
    for megabyte in 1..=megabytes.min(MOST_MEMORY) {
        if file.write_all(&[b'x'; 1 << 20]).is_err() {
            std::process::exit(7);
        }
        let due = Duration::from_secs_f64(megabyte as f64 / rate as f64);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    let _ = file.sync_all();
}
