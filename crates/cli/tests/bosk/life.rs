//! A session's life from several commands: launched in one, watched, sent to, stopped and resumed
//! from others.

use crate::stage::Stage;

#[test]
fn detached_followed_sent_to_stopped_and_resumed() {
    let stage = Stage::new();
    let id = stage.launch(&["--branch", "work"], "@text First words.");
    let short = &id[..6];
    let mut follow = stage.start(&["logs", short, "--follow"]);
    follow.until("First words.");
    let sent = stage.run(&["send", short, "@text Second words."]);
    assert_eq!((sent.code, sent.err.starts_with("Sent.")), (0, true), "{sent:?}");
    follow.until("Second words.");

    let shown = stage.show(short);
    assert_eq!(
        (&shown["session"]["id"], &shown["session"]["state"]),
        (&id.as_str().into(), &"running".into())
    );
    let table = stage.run(&["ls"]);
    let row = table.out.lines().find(|line| line.contains(&id[..8])).unwrap();
    assert!(row.starts_with('✓') || row.starts_with('●'), "{row}");
    assert!(row.contains("work") && row.contains("repo"), "{row}");
    let all = stage.run(&["ls", "--json"]);
    let all: Vec<serde_json::Value> = serde_json::from_str(&all.out).unwrap();
    assert_eq!((all.len(), &all[0]["branch"]), (1, &"work".into()));

    let stopped = stage.run(&["stop", short]);
    assert_eq!(stopped.code, 0, "{stopped:?}");
    assert!(stopped.out.contains("Stopped on request."), "{stopped:?}");
    assert_eq!(follow.end(), 0, "{}", follow.read);
    assert!(follow.read.contains("Stopped on request."), "{}", follow.read);
    assert!(stage.run(&["stop", short]).out.contains("ended already"));
    assert_eq!(stage.show(short)["session"]["state"], "ended");

    let sent = stage.run(&["send", short, "@text Third words."]);
    assert!(sent.code == 0 && sent.err.starts_with("Resumed, and sent."), "{sent:?}");
    let mut follow = stage.start(&["logs", short, "--follow"]);
    follow.until("Third words.");
    follow.until("✓ Turn done");
    for (first, then) in [("First", "Second"), ("Second", "Resumed"), ("Resumed", "Third")] {
        let place =
            |word| follow.read.find(word).unwrap_or_else(|| panic!("{word}: {}", follow.read));
        assert!(place(first) < place(then), "{}", follow.read);
    }
    stage.run(&["stop", short]);
    assert_eq!(stage.run(&["resume", short, "--detach"]).out, format!("{id}\n"));
    let again = stage.run(&["resume", short, "--detach"]);
    assert!(again.code == 2 && again.err.contains("running already"), "{again:?}");
}

#[test]
fn what_is_resumed_is_shown_from_there() {
    let stage = Stage::new();
    let ran = stage.run(&["run", "--rehearsal", "--repo", ".", "@text Before."]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let id = stage.sessions().remove(0);
    let mut resumed = stage.start(&["resume", &id[..8]]);
    resumed.until("Resumed");
    stage.run(&["send", &id, "@text After."]);
    resumed.until("After.");
    assert!(!resumed.read.contains("Before."), "{}", resumed.read);
    stage.run(&["stop", &id]);
    resumed.end();
    assert!(resumed.read.contains("Stopped on request."), "{}", resumed.read);
}

#[test]
fn the_keeper_says_in_its_log_what_it_did() {
    let stage = Stage::new();
    let mut command = stage.bosk(&["run", "--rehearsal", "--repo", ".", "@text canary-words"]);
    assert!(command.env("BOSK_LOG", "debug").output().unwrap().status.success());
    let id = stage.sessions().remove(0);
    let log =
        std::fs::read_to_string(stage.path(&format!("bosk/sessions/{id}/keeper.log"))).unwrap();
    assert!(!log.is_empty() && !log.contains("sk-ant-"), "{log}");
}
