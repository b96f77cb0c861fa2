//! Repositories and names of every kind: what is listed is opened, staged, unstaged and reverted under the same name.

use bosk_core::git::ChangeKind;
use bosk_core::review::{Against, Deed, Picked};

use crate::git::testing::{self, Scratch};
use crate::review::testing::{Desk, of};

async fn list(desk: &Desk, against: Against) -> Vec<(String, ChangeKind)> {
    let review = desk.reviewed.review(against, false).await.unwrap();
    review.files.into_iter().map(|one| (one.file.path, one.file.kind)).collect()
}

async fn whole(desk: &Desk, against: Against, path: &str) -> Vec<Picked> {
    let review = desk.reviewed.review(against, false).await.unwrap();
    let file = review.files.into_iter().find(|one| one.file.path == path).unwrap();
    vec![Picked {
        path: path.to_owned(),
        old_path: file.file.old_path,
        lines: None,
        seen: file.stamp,
    }]
}

/// Everything that is done to a file, done to one that has changed and one that is new.
async fn everything(desk: &Desk, changed: &str, fresh: &str) {
    let mut names =
        vec![(changed.to_owned(), ChangeKind::Modified), (fresh.to_owned(), ChangeKind::Untracked)];
    names.sort_by(|one, other| {
        let bytes = |name: &str| bosk_core::review::path::from_text(name).unwrap();
        bytes(&one.0).cmp(&bytes(&other.0))
    });
    assert_eq!(list(desk, Against::Base).await, names);
    for name in [changed, fresh] {
        let lines = desk.reviewed.lines(Against::Base, name, None, false, 3).await.unwrap();
        assert!(lines.text.ends_with("+new\n"), "{name}: {}", lines.text);
        let picked = whole(desk, Against::Unstaged, name).await;
        desk.reviewed.do_picked(Deed::Stage, Against::Unstaged, picked).await.unwrap();
    }
    assert_eq!(list(desk, Against::Unstaged).await, []);
    assert_eq!(list(desk, Against::Staged).await.len(), 2);
    for name in [changed, fresh] {
        let picked = whole(desk, Against::Staged, name).await;
        desk.reviewed.do_picked(Deed::Unstage, Against::Staged, picked).await.unwrap();
    }
    assert_eq!(list(desk, Against::Staged).await, []);
    for name in [changed, fresh] {
        let picked = whole(desk, Against::Base, name).await;
        desk.reviewed.do_picked(Deed::Revert, Against::Base, picked).await.unwrap();
    }
    assert_eq!(list(desk, Against::Base).await, []);
    for undo in desk.reviewed.undos().await.unwrap().into_iter().take(2) {
        desk.reviewed.undo_deed(&undo.id).await.unwrap();
    }
    assert_eq!(list(desk, Against::Base).await, names);
}

async fn ordinary(scratch: Scratch) {
    let desk = of(scratch).await;
    desk.scratch.write("readme.md", "hello\nnew\n");
    desk.scratch.write("fresh.txt", "new\n");
    everything(&desk, "readme.md", "fresh.txt").await;
}

#[tokio::test]
async fn sha_256_and_reftable() {
    for option in ["--object-format=sha256", "--ref-format=reftable"] {
        ordinary(testing::repository_with("repo", &[option]).await).await;
    }
}

#[tokio::test]
async fn settings_of_its_own_split_index_and_sparse() {
    let scratch = testing::repository().await;
    scratch.run(&["config", "extensions.worktreeConfig", "true"]).await;
    scratch.run(&["config", "--worktree", "core.abbrev", "12"]).await;
    ordinary(scratch).await;

    let scratch = testing::repository().await;
    scratch.run(&["update-index", "--split-index"]).await;
    ordinary(scratch).await;

    for index in ["--no-sparse-index", "--sparse-index"] {
        let scratch = testing::repository().await;
        scratch.write("in/a.txt", "a\n");
        scratch.write("out/deep/b.txt", "b\n");
        scratch.commit("two folders").await;
        scratch.run(&["sparse-checkout", "set", "--cone", index, "in"]).await;
        assert!(!scratch.path().join("out").exists());
        ordinary(scratch).await;
    }
}

#[tokio::test]
async fn what_a_person_has_set_for_git_changes_nothing() {
    let scratch = testing::repository().await;
    for (key, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.relative", "true"),
        ("diff.context", "0"),
        ("diff.interHunkContext", "9"),
        ("diff.suppressBlankEmpty", "true"),
        ("diff.submodule", "log"),
        ("diff.renames", "copies"),
        ("diff.algorithm", "histogram"),
        ("apply.whitespace", "fix"),
        ("core.quotePath", "true"),
        ("status.showUntrackedFiles", "no"),
        ("core.autocrlf", "input"),
    ] {
        scratch.run(&["config", key, value]).await;
    }
    ordinary(scratch).await;
}

#[tokio::test]
async fn names_come_back_whatever_they_are() {
    let mut names = vec![
        "caf\u{e9}",
        "cafe\u{301}",
        "a\nb",
        "\"quoted\"",
        "tab\there",
        "-flag",
        ":(glob)*",
        "한글 .txt",
        "back\\slash",
    ];
    if cfg!(windows) {
        names = vec!["caf\u{e9}", "-flag", "한글 .txt"];
    }
    if cfg!(target_os = "macos") {
        // One name there.
        names.retain(|name| *name != "cafe\u{301}");
    }
    for name in names {
        let scratch = testing::repository().await;
        scratch.write(&format!("dir/{name}"), "x\n");
        scratch.commit("a name").await;
        let desk = of(scratch).await;
        desk.scratch.write(&format!("dir/{name}"), "x\nnew\n");
        desk.scratch.write(name, "new\n");
        let text = bosk_core::review::path::to_text(name.as_bytes());
        everything(&desk, &format!("dir/{name}"), &text).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_name_that_is_no_text_comes_back() {
    use std::os::unix::ffi::OsStrExt as _;
    let scratch = testing::repository().await;
    let name = |bytes: &[u8]| scratch.path().join(std::ffi::OsStr::from_bytes(bytes));
    std::fs::write(name(b"caf\xe9"), "x\n").unwrap();
    scratch.commit("a name").await;
    std::fs::write(name(b"caf\xe9"), "x\nnew\n").unwrap();
    std::fs::write(name(b"\xff\n\""), "new\n").unwrap();
    let desk = of(scratch).await;
    everything(&desk, "\"caf\\351\"", "\"\\377\\n\\\"\"").await;
    assert_eq!(
        desk.reviewed.read_file("\"caf\\351\"").await.unwrap().text.as_deref(),
        Some("x\nnew\n")
    );
}
