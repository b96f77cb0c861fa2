use std::time::Duration;

use tokio::sync::mpsc;

use super::*;
use crate::git::testing::{self, Scratch};

/// Far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(20);

async fn watched(scratch: &Scratch) -> (Watch, mpsc::UnboundedReceiver<()>) {
    let (to, told) = mpsc::unbounded_channel();
    let tell = move || {
        let _ = to.send(());
        std::future::ready(())
    };
    let watch = Watch::start(&scratch.git, scratch.path(), tell).await.unwrap();
    assert!(!watch.is_blind());
    (watch, told)
}

async fn told(told: &mut mpsc::UnboundedReceiver<()>, what: &str) {
    tokio::time::timeout(PATIENCE, told.recv())
        .await
        .unwrap_or_else(|_| panic!("never: {what}"))
        .unwrap();
}

/// Nothing of what was done before `last` is told by itself: it would have come together with it, or before.
async fn told_once(receiver: &mut mpsc::UnboundedReceiver<()>, what: &str) {
    told(receiver, what).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(receiver.try_recv().is_err(), "told more than once: {what}");
}

#[tokio::test]
async fn changes_are_told_and_what_is_ignored_is_not() {
    let scratch = testing::repository().await;
    scratch.write(".gitignore", "target/\n*.log\n");
    std::fs::create_dir_all(scratch.path().join("target/deep")).unwrap();
    let (_watch, mut seen) = watched(&scratch).await;
    for at in 0..50 {
        scratch.write("readme.md", &format!("{at}\n"));
    }
    told_once(&mut seen, "one file, many times").await;
    // In a folder that is new, and in one that is new in that.
    scratch.write("new/deeper/a.txt", "a\n");
    told(&mut seen, "a new folder").await;
    scratch.write("new/deeper/b.txt", "b\n");
    told(&mut seen, "a file in a new folder").await;
    scratch.run(&["add", "-A"]).await;
    told(&mut seen, "staged").await;
    // Looking is no change, nor is what is ignored, nor what git keeps for itself.
    while seen.try_recv().is_ok() {}
    scratch.write("target/deep/x", "x\n");
    scratch.write("a.log", "x\n");
    scratch.git.look(scratch.path()).args(["status"]).run().await.unwrap();
    crate::git::snapshot::take(&scratch.git, scratch.path(), &testing::session(1)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert!(seen.try_recv().is_err(), "ignored, and told all the same");
    // What was ignored is not any more.
    scratch.write(".gitignore", "*.log\n");
    told(&mut seen, "the rules").await;
    scratch.write("target/deep/x", "y\n");
    told(&mut seen, "no longer ignored").await;
}

#[tokio::test]
async fn a_commit_in_a_linked_worktree_and_a_branch_that_moves_are_told() {
    let scratch = testing::repository().await;
    let other = scratch.worktrees();
    scratch.run(&["worktree", "add", "-q", "-b", "x/y", other.to_str().unwrap()]).await;
    let (to, mut seen) = mpsc::unbounded_channel();
    let tell = move || {
        let _ = to.send(());
        std::future::ready(())
    };
    let watch = Watch::start(&scratch.git, &other, tell).await.unwrap();
    testing::run(&scratch.git, &other, &["commit", "-q", "--allow-empty", "-m", "there"]).await;
    told(&mut seen, "a commit there").await;
    scratch.commit("its base has moved").await;
    told(&mut seen, "a commit of its base").await;
    watch.poke();
    told(&mut seen, "poked").await;
}
