//! A session's work from a terminal: staged and reverted by file, part and line, updated, resolved, merged, and each of
//! these taken back.

use bosk_tests::{Sandbox, Session};
use serde_json::Value;

use crate::bosk;
use crate::merging::{at_rest, commit_in, last_prompt, write};

async fn says(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, out, said) = bosk(sandbox, args).await;
    assert_eq!(code, 0, "{args:?}: {said}");
    out
}

async fn json(sandbox: &Sandbox, args: &[&str]) -> Value {
    serde_json::from_str(&says(sandbox, args).await).unwrap()
}

async fn refuses(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, _, said) = bosk(sandbox, args).await;
    assert_eq!(code, 2, "{args:?}: {said}");
    said
}

fn id(session: &Session<'_>) -> String {
    session.id.short().to_owned()
}

/// Thirty lines of which 2 and 15 are changed, and one is added at the end.
fn thirty(sandbox: &Sandbox, folder: &std::path::Path) -> (String, String) {
    let old: String = (1..=30).map(|line| format!("{line}\n")).collect();
    commit_in(sandbox, folder, "a.txt", &old);
    let new = format!("{}last\n", old.replace("\n2\n", "\ntwo\n").replace("\n15\n", "\nfifteen\n"));
    write(folder, "a.txt", &new);
    (old, new)
}

#[tokio::test]
async fn files_parts_and_lines_are_staged_and_reverted_and_taken_back() {
    let sandbox = Sandbox::new();
    let (session, _watched, folder) = at_rest(&sandbox, "Change").await;
    let id = id(&session);
    let (old, new) = thirty(&sandbox, &folder);
    let two = old.replace("\n2\n", "\ntwo\n");
    write(&folder, "b.txt", "b\n");
    let index = |path: &str| sandbox.git(&folder, ["show", &format!(":{path}")]) + "\n";
    let now = || std::fs::read_to_string(folder.join("a.txt")).unwrap();

    let done = json(&sandbox, &["stage", &id, "a.txt", "--hunk", "1", "--json"]).await;
    assert_eq!((&done["deed"], &done["paths"][0]), (&"stage".into(), &"a.txt".into()));
    assert_eq!(index("a.txt"), two);
    let told = says(&sandbox, &["stage", &id, "a.txt:31", "b.txt"]).await;
    assert_eq!(told, "Staged: a.txt, b.txt.\n");
    assert_eq!(index("a.txt"), format!("{two}last\n"));
    assert_eq!(index("b.txt"), "b\n");
    says(&sandbox, &["unstage", &id, "a.txt:2"]).await;
    assert_eq!(index("a.txt"), format!("{old}last\n"));
    assert_eq!(says(&sandbox, &["undo", &id]).await, "Taken back. Unstaged: a.txt.\n");
    assert_eq!(index("a.txt"), format!("{two}last\n"));
    assert_eq!(now(), new, "the folder stays as it is");

    says(&sandbox, &["revert", &id, "a.txt:15", "--against", "uncommitted"]).await;
    assert_eq!(now(), new.replace("fifteen\n", "15\n"));
    let listed = json(&sandbox, &["undo", &id, "--list", "--json"]).await;
    let deeds: Vec<_> = listed.as_array().unwrap().iter().map(|one| &one["deed"]).collect();
    assert_eq!(deeds, ["revert", "stage", "stage"]);
    says(&sandbox, &["revert", &id, "--all"]).await;
    assert!(!folder.join("b.txt").exists() && !folder.join("a.txt").exists(), "as the base has it");
    says(&sandbox, &["undo", &id]).await;
    says(&sandbox, &["undo", &id]).await;
    assert_eq!(now(), new);
    // What has changed since is not taken back, and nothing else is touched.
    write(&folder, "b.txt", "other\n");
    assert!(refuses(&sandbox, &["undo", &id]).await.contains("has changed"));
    for (args, words) in [
        (vec!["stage", id.as_str(), "a.txt:5"], "Nothing differs at `a.txt:5`"),
        (vec!["stage", id.as_str(), "c.txt"], "does not differ"),
        (vec!["revert", id.as_str(), "a.txt", "--hunk", "7"], "so nothing was done"),
    ] {
        assert!(refuses(&sandbox, &args).await.contains(words), "{args:?}");
    }
    assert_eq!(now(), new);
    session.stop().await;
}

#[tokio::test]
async fn an_update_in_conflict_is_shown_resolved_gone_on_with_and_aborted() {
    let sandbox = Sandbox::new();
    let (session, mut watched, folder) = at_rest(&sandbox, "Greet").await;
    let (id, main) = (id(&session), sandbox.repository("shop"));
    let now = || std::fs::read_to_string(folder.join("readme.md")).unwrap();
    commit_in(&sandbox, &main, "other.txt", "o\n");
    assert!(says(&sandbox, &["update", &id]).await.contains("has all of its base"));
    assert!(folder.join("other.txt").exists());
    assert_eq!(says(&sandbox, &["conflicts", &id]).await, "Nothing stands half-way.\n");

    commit_in(&sandbox, &folder, "readme.md", "from the session\n");
    commit_in(&sandbox, &main, "readme.md", "from main\n");
    let (code, _, said) = bosk(&sandbox, &["merge", &id]).await;
    assert!(code == 1 && said.contains("bosk update"), "{said}");
    for rebase in [false, true] {
        let update = ["update", &id, if rebase { "--rebase" } else { "--from=main" }];
        let (code, out, said) = bosk(&sandbox, &update).await;
        assert!(code == 1 && out.contains("conflict  readme.md"), "{out}{said}");
        assert!(said.contains(if rebase { "A rebase" } else { "A merge" }), "{said}");
        assert!(says(&sandbox, &["conflicts", &id, "readme.md"]).await.contains("<<<<<<<"));
        assert!(refuses(&sandbox, &["conflicts", &id, "--continue"]).await.contains("in conflict"));
        let marked = refuses(&sandbox, &["conflicts", &id, "readme.md", "--take", "file"]).await;
        assert!(marked.contains("still has git's marks"), "{marked}");
        says(&sandbox, &["conflicts", &id, "--abort"]).await;
        assert_eq!(now(), "from the session\n");
        for (take, text) in [
            ("theirs", "from main\n"),
            ("ours", "from the session\n"),
            (
                "both",
                if rebase {
                    "from main\nfrom the session\n"
                } else {
                    "from the session\nfrom main\n"
                },
            ),
        ] {
            bosk(&sandbox, &update).await;
            let left =
                json(&sandbox, &["conflicts", &id, "readme.md", "--take", take, "--json"]).await;
            assert_eq!(
                (&left["files"], &left["resolved"][0]),
                (&Value::Array(vec![]), &"readme.md".into())
            );
            assert_eq!(now(), text, "{take}, {rebase}");
            says(&sandbox, &["conflicts", &id, "--abort"]).await;
        }
    }
    bosk(&sandbox, &["update", &id]).await;
    write(&folder, "readme.md", "by hand\n");
    says(&sandbox, &["conflicts", &id, "readme.md", "--take", "file"]).await;
    assert_eq!(says(&sandbox, &["conflicts", &id, "--continue"]).await, "It is done.\n");
    assert_eq!(
        (now().as_str(), sandbox.git(&folder, ["status", "--porcelain"]).as_str()),
        ("by hand\n", "")
    );

    // And Claude is asked to.
    commit_in(&sandbox, &main, "readme.md", "main again\n");
    bosk(&sandbox, &["update", &id]).await;
    let before = watched.status().summary.turns;
    says(&sandbox, &["conflicts", &id, "--hand-over"]).await;
    watched.until("answered", |status| status.summary.turns > before).await;
    assert!(last_prompt(&session).contains("readme.md"));
    session.stop().await;
}

#[tokio::test]
async fn a_merge_is_taken_back_from_the_terminal() {
    let sandbox = Sandbox::new();
    let (session, _watched, folder) = at_rest(&sandbox, "Add").await;
    let (id, main) = (id(&session), sandbox.repository("shop"));
    commit_in(&sandbox, &folder, "a.txt", "a\n");
    commit_in(&sandbox, &main, "o.txt", "o\n");
    let before = sandbox.git(&main, ["rev-parse", "main"]);
    assert!(refuses(&sandbox, &["merge", &id, "--undo"]).await.contains("nothing of this session"));
    for how in [&[][..], &["--squash"], &["--rebase"]] {
        let (code, _, said) = bosk(&sandbox, &[&["merge", &id], how].concat()).await;
        assert!(code == 0 && said.contains("--undo` takes it back"), "{said}");
        assert!(main.join("a.txt").exists());
        let told = says(&sandbox, &["merge", &id, "--undo"]).await;
        assert_eq!(told, format!("main is at {} again.\n", &before[..10]));
        assert_eq!(sandbox.git(&main, ["rev-parse", "main"]), before, "{how:?}");
        assert!(!main.join("a.txt").exists());
    }
    says(&sandbox, &["merge", &id, "--squash"]).await;
    let moved = commit_in(&sandbox, &main, "later.txt", "l\n");
    assert!(refuses(&sandbox, &["merge", &id, "--undo"]).await.contains("has moved"));
    assert_eq!(sandbox.git(&main, ["rev-parse", "main"]), moved);
    session.stop().await;
}
