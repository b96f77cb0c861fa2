//! What cannot be done is said with what to do about it, before anything is started.

use std::io::Write as _;
use std::process::Stdio;

use crate::stage::{Ran, Stage};

fn refused(stage: &Stage, arguments: &[&str], message: &str) -> Ran {
    let ran = stage.run(arguments);
    assert_eq!((ran.code, ran.out.contains("Session")), (2, false), "{arguments:?}: {ran:?}");
    assert!(ran.err.contains(message), "{arguments:?}: {ran:?}");
    ran
}

#[test]
fn a_launch_that_cannot_be() {
    let stage = Stage::new();
    stage.git(&["branch", "taken"]);
    let run = |more: &[&'static str]| [&["run", "--rehearsal"], more].concat();
    for (arguments, message) in [
        (run(&["--repo", "../home", "x"]), "not inside a git repository"),
        (run(&["--repo", "../nowhere", "x"]), "There is no folder"),
        (
            run(&["--repo", ".", "--base", "nowhere", "x"]),
            "no branch, tag or commit called \"nowhere\"",
        ),
        (run(&["--repo", ".", "--base=--all", "x"]), "no branch, tag or commit called"),
        (run(&["--repo", ".", "--branch", "taken", "x"]), "taken"),
        (run(&["--repo", ".", "--branch=-f", "x"]), "-f"),
        (run(&["--repo", ".", "--max-turns", "0", "x"]), "at least 1"),
        (run(&["--repo", ".", "--max-budget-usd=-1", "x"]), "more than 0"),
        (run(&["--repo", ".", " "]), "nothing to do"),
        (vec!["run", "--repo", ".", "--rehearsal=none", "x"], "no script named `none`"),
        (vec!["run", "--repo", "."], "PROMPT"),
        (vec!["run", "--repo", ".", "--permission-mode", "yolo", "x"], "acceptEdits"),
        (vec!["show", "abc"], "no session whose id begins with `abc`"),
        (vec!["send", "", "x"], "no session"),
    ] {
        refused(&stage, &arguments, message);
    }
    assert!(stage.sessions().is_empty());
    assert_eq!(stage.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn an_id_that_several_sessions_share() {
    let stage = Stage::new();
    let one = stage.launch(&[], "@text One.");
    stage.run(&["stop", &one]);
    // A twin whose id differs in the last digit only.
    let last = if one.ends_with('0') { '1' } else { '0' };
    let twin = format!("{}{last}", &one[..35]);
    let folder = |id: &str| stage.path(&format!("bosk/sessions/{id}"));
    std::fs::create_dir(folder(&twin)).unwrap();
    let record = std::fs::read_to_string(folder(&one).join("session.json")).unwrap();
    std::fs::write(folder(&twin).join("session.json"), record.replace(&one, &twin)).unwrap();
    refused(&stage, &["show", &one[..8]], "More than one");
    assert_eq!(stage.show(&one)["session"]["id"], one.as_str());
}

#[test]
fn nobody_reads_the_output() {
    let stage = Stage::new();
    for arguments in [vec!["ls"], vec!["ls", "--json"], vec!["completions", "bash"]] {
        let (read, write) = std::io::pipe().unwrap();
        drop(read);
        let ran = Ran::from(stage.bosk(&arguments).stdout(write).output().unwrap());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn the_doctor_says_what_is_missing() {
    let stage = Stage::new();
    let ran = stage.run(&["doctor", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let check = |name: &str| {
        told["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!((ran.code, &told["ok"]), (1, &false.into()), "{told}");
    assert_eq!(check("Sign-in")["code"], "signed_out");
    assert_eq!(
        (&check("Git")["ok"], &check("Claude Code")["ok"]),
        (&true.into(), &true.into()),
        "{told}"
    );
    let ran =
        Ran::from(stage.bosk(&["doctor"]).env("BOSK_CLAUDE", "/nowhere/claude").output().unwrap());
    assert!(
        ran.code == 1 && ran.out.contains("✕ Claude Code") && ran.out.contains("BOSK_CLAUDE"),
        "{ran:?}"
    );
}

#[test]
fn a_token_comes_by_standard_input_and_is_never_repeated() {
    let stage = Stage::new();
    let token = |arguments: &[&str], input: &str| {
        let mut command = stage.bosk(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may have ended without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::from(child.wait_with_output().unwrap())
    };
    let bad = token(&["token"], "my-canary-secret\n");
    assert!(bad.code == 2 && !bad.err.contains("canary"), "{bad:?}");
    let good = token(&["token"], "sk-ant-oat01-made-up-canary\n");
    assert!(good.code == 0 && !good.err.contains("canary") && good.out.is_empty(), "{good:?}");
    assert!(stage.path("bosk/token").exists());
    assert!(stage.run(&["doctor"]).out.contains("in a private file"));
    assert_eq!(token(&["token", "--forget"], "").code, 0);
    assert!(!stage.path("bosk/token").exists());
}
