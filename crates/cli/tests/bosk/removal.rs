//! `bosk rm`: nothing is lost, and nothing goes unasked.

use std::fs;

use crate::stage::Stage;

#[test]
fn a_removed_session_leaves_a_snapshot() {
    let stage = Stage::new();
    fs::write(stage.path("repo/.gitignore"), "*.cache\n").unwrap();
    stage.commit("Ignore");
    let id = stage.launch(&["--branch", "gone", "--permission-mode", "acceptEdits"],
        "@tool Write {\"file_path\":\"{cwd}/new.txt\",\"content\":\"kept\\n\"}\n@tool Write {\"file_path\":\"{cwd}/big.cache\",\"content\":\"x\"}\n@text Written.");
    stage.start(&["logs", &id, "--follow"]).until("Turn done");
    let running = stage.run(&["rm", &id, "--yes"]);
    assert!(running.code == 2 && running.err.contains("is running"), "{running:?}");
    stage.run(&["stop", &id]);
    let unasked = stage.run(&["rm", &id]);
    assert!(unasked.code == 2 && unasked.err.contains("--yes"), "{unasked:?}");
    for words in
        ["Branch gone, with no commits", "uncommitted changes", "1 ignored entry", "big.cache  1 B"]
    {
        assert!(unasked.out.contains(words), "{unasked:?}");
    }
    let folder = stage.show(&id)["session"]["folder"].as_str().unwrap().to_owned();
    assert!(fs::exists(&folder).unwrap());

    let removed = stage.run(&["rm", &id[..8], "--yes", "--delete-branch"]);
    assert_eq!(removed.code, 0, "{removed:?}");
    assert!(!fs::exists(&folder).unwrap() && stage.sessions().is_empty());
    assert!(stage.run(&["ls"]).out.contains("There are no sessions"));
    assert_eq!(stage.git(&["branch", "--list", "gone"]), "");
    let kept = stage.git(&["for-each-ref", "--format=%(refname)", &format!("refs/bosk/{id}/")]);
    let last = kept.lines().last().unwrap();
    assert_eq!(stage.git(&["show", &format!("{last}:new.txt")]), "kept");
    // The transcript and the ignored file can be had back.
    let trash = stage.path("bosk/trash");
    assert!(trash.join(format!("session-{id}-1/journal")).exists());
    assert!(trash.join(format!("{id}-1/tree/big.cache")).exists());
}

#[test]
fn a_session_in_the_repository_itself_leaves_it_alone() {
    let stage = Stage::new();
    let ran = stage.run(&["run", "--rehearsal", "--repo", ".", "--no-worktree", "@text Hello."]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("Claude works in the repository itself"), "{ran:?}");
    let removed = stage.run(&["rm", &stage.sessions()[0], "--yes"]);
    assert_eq!(removed.code, 0, "{removed:?}");
    assert!(stage.path("repo/README.md").exists() && stage.sessions().is_empty());
}
