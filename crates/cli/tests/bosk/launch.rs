//! `bosk run`: the main job, its output, and what its exit code says.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::stage::Stage;

const EDIT: &str = "@text I write a file.\n@tool Write {\"file_path\":\"{cwd}/made.txt\",\"content\":\"one\\ntwo\\n\"}\n@text All \\u001b[2J done.";

fn folder(text: &str) -> String {
    let line = text.lines().find(|line| line.starts_with("Folder")).unwrap();
    line.trim_start_matches("Folder").trim().to_owned()
}

#[test]
fn the_main_job_in_a_worktree_of_its_own() {
    let stage = Stage::new();
    let prompt = format!("Write a file.\n{}", EDIT.replace("\\u001b", "\u{1b}"));
    let ran = stage.run(&[
        "run",
        "--rehearsal",
        "--repo",
        ".",
        "--permission-mode",
        "acceptEdits",
        &prompt,
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let folder = folder(&ran.out);
    assert!(ran.out.contains("Branch      write-a-file from main ("), "{}", ran.out);
    assert!(Path::new(&folder).starts_with(stage.path("bosk/worktrees")), "{folder}");
    assert_eq!(fs::read_to_string(Path::new(&folder).join("made.txt")).unwrap(), "one\ntwo\n");
    assert!(!stage.path("repo/made.txt").exists());
    for words in [
        "I write a file.",
        "● Write made.txt",
        "✓ made.txt  +2 −0",
        "+two",
        "✓ Turn done",
        "✓ Ended with its work done.",
    ] {
        assert!(ran.out.contains(words), "{words} is not in:\n{}", ran.out);
    }
    // Streamed and finished words are one; what Claude says cannot steer the terminal.
    assert_eq!(
        ran.out.matches("All ␛[2J done.").count(),
        1 + 1,
        "once in the prompt:\n{}",
        ran.out
    );
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
}

#[test]
fn events_as_json_lines() {
    let stage = Stage::new();
    let ran = stage.run(&[
        "run",
        "--rehearsal",
        "--repo",
        ".",
        "--permission-mode",
        "acceptEdits",
        "--json",
        EDIT,
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let events = ran.events();
    assert_eq!(events[0]["event"], "plan");
    assert_eq!(events[0]["plan"]["base_name"], "main");
    let entries: Vec<_> = events.iter().filter(|event| event["event"] == "entry").collect();
    let of = |kind: &str| {
        entries.iter().filter(|event| event["entry"]["kind"] == kind).collect::<Vec<_>>()
    };
    let tool = of("tool_use");
    assert_eq!(tool.len(), 2, "the call, then the same with its result");
    assert_eq!(tool[0]["entry"]["index"], tool[1]["entry"]["index"]);
    assert!(
        tool[0]["entry"]["result"].is_null() && tool[1]["entry"]["result"]["is_error"] == false
    );
    assert_eq!(of("turn_end").len(), 1);
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["session"]["state"], &last["session"]["glance"]),
        (&"session".into(), &"ended".into(), &"done".into())
    );
    // The finished transcript is the same one.
    let logs = stage.run(&["logs", last["session"]["id"].as_str().unwrap(), "--json"]);
    let indices = |events: &[serde_json::Value]| {
        let entries = events.iter().filter(|event| event["event"] == "entry");
        entries.map(|event| event["entry"]["index"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(indices(&logs.events()), indices(&events));
}

#[test]
fn a_newcomer_needs_no_prompt_and_no_repository() {
    let stage = Stage::new();
    let mut command = stage.bosk(&["run", "--rehearsal=hello"]);
    // Nowhere near a repository.
    let ran = crate::stage::Ran::from(command.current_dir(stage.path("home")).output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("Hello! This is a rehearsal"), "{}", ran.out);
    assert!(stage.path("bosk/sample/larder/.git").is_dir());
}

#[test]
fn the_exit_code_tells_the_outcome() {
    let stage = Stage::new();
    let ran = stage.run(&["run", "--rehearsal", "--repo", ".", "@error 401 0"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.contains("✕ The turn failed") && ran.out.contains("not signed in"),
        "{}",
        ran.out
    );
}

#[test]
fn a_prompt_is_data() {
    let stage = Stage::new();
    for prompt in ["--dangerously $(touch pwned) `touch pwned`", "-p; touch pwned"] {
        let ran = stage.run(&["run", "--rehearsal", "--repo", ".", "--", prompt]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains(&format!("› {prompt}")), "{}", ran.out);
        assert!(!Path::new(&folder(&ran.out)).join("pwned").exists());
    }
    let mut command = stage.bosk(&["run", "--rehearsal", "--repo", ".", "--no-worktree", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("@text From input.\n".as_bytes()).unwrap();
    let ran = crate::stage::Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(folder(&ran.out), stage.path("repo").canonicalize().unwrap().to_string_lossy());
    assert!(ran.out.contains("\nFrom input.\n"), "{}", ran.out);
}

#[cfg(unix)]
#[test]
fn the_first_ctrl_c_interrupts_the_turn() {
    let stage = Stage::new();
    let mut running = stage.start(&[
        "run",
        "--rehearsal",
        "--repo",
        ".",
        "@text Begun.\n@pause 60000\n@text Never.",
    ]);
    running.until("Begun.");
    running.interrupt();
    running.until("Ctrl-C again stops the session");
    assert_eq!(running.end(), 130);
    assert!(running.read.contains("■ The turn was interrupted"), "{}", running.read);
}

#[cfg(unix)]
#[test]
fn the_third_ctrl_c_leaves_it() {
    let stage = Stage::new();
    // A tool that ignores every polite request, so that the session is still there.
    let prompt =
        "@tool Bash {\"command\":\"trap '' INT TERM; echo up; while :; do sleep 0.2; done\"}";
    let mut running =
        stage.start(&["run", "--rehearsal", "--repo", ".", "--allow", "Bash", prompt]);
    running.until("● Bash");
    running.interrupt();
    running.until("Interrupting");
    running.interrupt();
    running.until("leaves it to itself");
    running.interrupt();
    assert_eq!(running.end(), 130);
    let stopped = stage.run(&["stop", &stage.sessions()[0]]);
    assert_eq!(stopped.code, 0, "{stopped:?}");
}
