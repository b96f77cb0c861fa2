//! Permissions, questions, trust and set-up, answered without a terminal.

use std::fs;

use crate::stage::Stage;

#[test]
fn a_permission_is_allowed_from_elsewhere() {
    let stage = Stage::new();
    let prompt = "@tool Bash {\"command\":\"touch made\"}\n@text Made it.";
    let mut running = stage.start(&["run", "--rehearsal", "--repo", ".", prompt]);
    let line = running.until("Answer with `bosk answer ");
    assert!(
        running.read.contains("◆ Waiting for you: may Claude use Bash?\n    touch made\n"),
        "{}",
        running.read
    );
    let id = line.split("bosk answer ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(stage.run(&["show", id]).out.contains("touch made"));
    assert!(stage.run(&["ls"]).out.contains("◆ needs you"));
    let wrong = stage.run(&["answer", id, "answers", "1"]);
    assert!(wrong.code == 2 && wrong.err.contains("A permission waits"), "{wrong:?}");
    assert_eq!(stage.run(&["answer", id, "allow"]).code, 0);
    running.until("Made it.");
    assert_eq!(running.end(), 0, "{}", running.read);
    let id = stage.sessions().remove(0);
    let folder = stage.show(&id)["session"]["folder"].as_str().unwrap().to_owned();
    assert!(fs::exists(format!("{folder}/made")).unwrap());
}

#[test]
fn a_permission_is_denied_with_a_reason_and_a_question_answered() {
    let stage = Stage::new();
    let question = serde_json::json!({"questions": [{"question": "Which colour?", "header": "Colour",
        "multiSelect": false, "options": [{"label": "Red", "description": ""}, {"label": "Blue", "description": "cold"}]}]});
    let prompt = format!(
        "@tool Bash {{\"command\":\"touch made\"}}\n@turn\n@tool AskUserQuestion {question}\n@text Thanks."
    );
    let mut running = stage.start(&["run", "--rehearsal", "--repo", ".", &prompt]);
    running.until("Answer with");
    let id = stage.sessions().remove(0);
    assert_eq!(stage.run(&["answer", &id, "deny", "--message", "not in here"]).code, 0);
    running.until("■ Denied: not in here");
    running.until("answers ANSWER…");
    assert!(running.read.contains("2  Blue  cold"), "{}", running.read);
    assert_eq!(stage.run(&["answer", &id, "answers", "2"]).code, 0);
    running.until("✓ Answered: Blue");
    assert_eq!(running.end(), 0, "{}", running.read);
    let gone = stage.run(&["answer", &id, "allow"]);
    assert!(gone.code == 2 && gone.err.contains("not running"), "{gone:?}");
}

#[test]
fn nothing_of_a_repository_runs_before_it_is_trusted() {
    let stage = Stage::new();
    let mark = stage.path("hooked");
    let hook = format!("touch {}", mark.display());
    let settings = serde_json::json!({"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": hook}]}]}});
    fs::create_dir(stage.path("repo/.claude")).unwrap();
    fs::write(stage.path("repo/.claude/settings.json"), settings.to_string()).unwrap();
    stage.commit("Settings");
    let arguments = ["run", "--rehearsal", "--repo", ".", "@text Hello."];
    let refused = stage.run(&arguments);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    assert!(
        refused.err.contains(&format!("hook SessionStart: {hook}  .claude/settings.json")),
        "{refused:?}"
    );
    assert!(refused.err.contains("bosk run --trust"), "{refused:?}");
    assert!(!mark.exists() && stage.sessions().is_empty());
    let mut trusting = arguments.to_vec();
    trusting.insert(1, "--trust");
    assert_eq!(stage.run(&trusting).code, 0);
    assert!(mark.exists());
    assert_eq!(stage.run(&arguments).code, 0, "agreed to before");
}

#[test]
fn a_failed_set_up_is_an_offer() {
    let stage = Stage::new();
    fs::write(stage.path("repo/bosk.toml"), "[setup]\nrun = \"echo trying; exit 3\"\n").unwrap();
    stage.commit("Set-up");
    let mut running =
        stage.start(&["run", "--trust", "--rehearsal", "--repo", ".", "@text Went on."]);
    let line = running.until("bosk setup ");
    assert!(running.read.contains("setup │ trying"), "{}", running.read);
    let id = line.split("bosk setup ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(stage.run(&["setup", &id, "retry"]).code, 0);
    running.until("bosk setup ");
    assert_eq!(stage.run(&["setup", &id, "go-on"]).code, 0);
    running.until("Went on.");
    assert_eq!(running.end(), 0, "{}", running.read);

    let mut dropped = stage.start(&["run", "--rehearsal", "--repo", ".", "@text Never."]);
    let line = dropped.until("bosk setup ");
    let id = line.split("bosk setup ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(stage.run(&["setup", &id, "drop"]).code, 0);
    assert_eq!(dropped.end(), 2, "{}", dropped.read);
}
