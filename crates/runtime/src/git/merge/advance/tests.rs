use super::*;
use crate::git::testing::{self, Scratch};

/// `main` checked out with dirt of its own, and a commit `to` that changes, adds and removes files.
async fn ready() -> (Scratch, Advance, PathBuf) {
    let scratch = testing::repository().await;
    scratch.write("changed.txt", "before\n");
    scratch.write("gone.txt", "gone\n");
    scratch.write("folder", "a file\n");
    scratch.write("mine.txt", "committed\n");
    scratch.write(".gitignore", "*.log\n");
    let from = scratch.commit("from").await;
    scratch.run(&["checkout", "-q", "-b", "work"]).await;
    scratch.write("changed.txt", "after\n");
    std::fs::remove_file(scratch.path().join("gone.txt")).unwrap();
    std::fs::remove_file(scratch.path().join("folder")).unwrap();
    scratch.write("folder/new.txt", "new\n");
    scratch.write("out.log", "tracked all the same\n");
    scratch.run(&["add", "-f", "out.log"]).await;
    let to = scratch.commit("to").await;
    scratch.run(&["checkout", "-q", "main"]).await;
    scratch.write("mine.txt", "not committed\n");
    scratch.write("staged.txt", "staged\n");
    scratch.run(&["add", "staged.txt"]).await;
    scratch.write("untracked.txt", "u\n");
    let advance = Advance {
        session: testing::session(1),
        branch: "main".into(),
        from,
        to,
        checkout: Some(scratch.path().to_owned()),
        why: "merge work".into(),
        mark: testing::session(99),
    };
    let record = scratch.locks().join("r.merge");
    (scratch, advance, record)
}

/// All that a person can see of it.
async fn state(scratch: &Scratch) -> (String, String, Option<String>) {
    let status = scratch.run(&["status", "--porcelain=v1", "-uall"]).await;
    let changed = std::fs::read_to_string(scratch.path().join("changed.txt")).ok();
    (status, scratch.run(&["for-each-ref", "refs/heads"]).await, changed)
}

const DIRT: &str = " M mine.txt\nA  staged.txt\n?? untracked.txt";

#[tokio::test]
async fn files_follow_and_other_dirt_stays_there_and_back() {
    let (scratch, advance, record) = ready().await;
    let repository = scratch.open().await;
    let before = state(&scratch).await;
    assert_eq!(checkout_of(&repository, "main").await.unwrap().as_deref(), Some(scratch.path()));
    assert_eq!(checkout_of(&repository, "work").await.unwrap(), None);
    let seen = look(&scratch.git, scratch.path(), &advance.from, &advance.to).await.unwrap();
    assert_eq!((seen.in_the_way, seen.dirty), (vec![], true));
    advance.perform(&repository, &record).await.unwrap();
    assert!(!record.exists());
    let (status, _, changed) = state(&scratch).await;
    assert_eq!((status.as_str(), changed.as_deref()), (DIRT, Some("after\n")));
    assert!(
        scratch.path().join("folder/new.txt").exists() && !scratch.path().join("gone.txt").exists()
    );
    assert_eq!(scratch.run(&["rev-parse", "main"]).await, advance.to);
    assert_eq!(scratch.run(&["log", "-1", "-g", "--format=%gs", "main"]).await, "merge work");

    let back = Advance { from: advance.to.clone(), to: advance.from.clone(), ..advance.clone() };
    back.perform(&repository, &record).await.unwrap();
    assert_eq!(state(&scratch).await, before);
    let again = back.perform(&repository, &record).await.unwrap_err();
    assert_eq!(again.code, ProblemCode::SessionState, "it is not there any more");
}

#[tokio::test]
async fn what_would_be_overwritten_is_in_the_way() {
    let (scratch, advance, record) = ready().await;
    let repository = scratch.open().await;
    scratch.write("changed.txt", "my own change\n");
    scratch.write("out.log", "ignored and precious\n");
    let before = state(&scratch).await;
    let seen = look(&scratch.git, scratch.path(), &advance.from, &advance.to).await.unwrap();
    assert_eq!(seen.in_the_way, ["changed.txt", "out.log"]);
    let refused = advance.perform(&repository, &record).await.unwrap_err();
    assert!(
        refused.message.contains("changed.txt") && refused.message.contains("1 more"),
        "{refused:?}"
    );
    assert_eq!(state(&scratch).await, before);
    assert_eq!(
        std::fs::read_to_string(scratch.path().join("out.log")).unwrap(),
        "ignored and precious\n"
    );
}

#[tokio::test]
async fn a_lock_that_stays_and_a_branch_that_moves_leave_all_as_it_was() {
    let (scratch, advance, record) = ready().await;
    let repository = scratch.open().await;
    let before = state(&scratch).await;
    std::fs::write(scratch.path().join(".git/index.lock"), "").unwrap();
    let refused = advance.perform(&repository, &record).await.unwrap_err();
    assert!(refused.message.contains("holds the index"), "{refused:?}");
    std::fs::remove_file(scratch.path().join(".git/index.lock")).unwrap();
    assert_eq!(state(&scratch).await, before);
    assert!(!record.exists());

    std::fs::write(scratch.path().join(".git/refs/heads/main.lock"), "").unwrap();
    assert!(advance.perform(&repository, &record).await.is_err());
    std::fs::remove_file(scratch.path().join(".git/refs/heads/main.lock")).unwrap();
    assert_eq!(state(&scratch).await, before);
    advance.perform(&repository, &record).await.unwrap();
}

/// A git that changes some of the files and is killed, as one is in the middle of a checkout.
#[cfg(unix)]
#[tokio::test]
async fn files_that_were_half_written_are_taken_back() {
    let (scratch, advance, record) = ready().await;
    let before = state(&scratch).await;
    let real = which::which("git").unwrap();
    let body = format!(
        "case \"$*\" in *read-tree*-u*) cd {}; printf 'aft' > changed.txt; rm gone.txt folder; mkdir folder; echo new > \
         folder/new.txt; printf trac > out.log; kill -9 $$;; *) exec {} \"$@\";; esac",
        scratch.path().display(),
        real.display()
    );
    let folder = scratch.path().with_file_name("bin");
    std::fs::create_dir(&folder).unwrap();
    let dying = Git { program: testing::script(&folder, &body), ..scratch.git.clone() };
    let repository = Repository { git: dying, ..scratch.open().await };
    assert!(advance.perform(&repository, &record).await.is_err());
    assert_eq!(state(&scratch).await, before);
    assert!(!scratch.path().join("out.log").exists(), "an ignored one, too");
    assert!(!record.exists());
}

#[tokio::test]
async fn whoever_comes_after_a_kill_finishes_it_or_takes_it_back() {
    let (scratch, advance, record) = ready().await;
    let repository = scratch.open().await;
    let before = state(&scratch).await;
    // Killed before anything was done.
    advance.note(&record).unwrap();
    recover(&repository, &record).await.unwrap();
    assert_eq!((state(&scratch).await, record.exists()), (before.clone(), false));
    // Killed between the files and the branch.
    advance.note(&record).unwrap();
    advance.follow(&scratch.git, scratch.path(), &advance.from, &advance.to).await.unwrap();
    recover(&repository, &record).await.unwrap();
    assert_eq!((state(&scratch).await, record.exists()), (before, false));
    // Killed after the branch.
    advance.note(&record).unwrap();
    advance.follow(&scratch.git, scratch.path(), &advance.from, &advance.to).await.unwrap();
    advance.move_reference(&repository).await.unwrap();
    recover(&repository, &record).await.unwrap();
    assert_eq!((state(&scratch).await.0.as_str(), record.exists()), (DIRT, false));
    assert_eq!(scratch.run(&["rev-parse", "main"]).await, advance.to);
}

#[tokio::test]
async fn what_was_edited_after_a_kill_stays() {
    let (scratch, advance, record) = ready().await;
    let repository = scratch.open().await;
    let read = |path: &str| std::fs::read_to_string(scratch.path().join(path)).ok();
    // Killed in the middle of the files; then a person goes on with one that is done and one that is not.
    advance.note(&record).unwrap();
    std::fs::remove_file(scratch.path().join("gone.txt")).unwrap();
    scratch.write("out.log", "my own\n");
    scratch.write("changed.txt", "newer\n");
    recover(&repository, &record).await.unwrap();
    assert!(!record.exists());
    assert_eq!(read("changed.txt").as_deref(), Some("newer\n"));
    assert_eq!(read("out.log").as_deref(), Some("my own\n"), "git ignores it");
    assert_eq!(read("gone.txt").as_deref(), Some("gone\n"));
    scratch.run(&["checkout", "changed.txt"]).await;
    std::fs::remove_file(scratch.path().join("out.log")).unwrap();

    // After the index had moved as well: told once, and nobody is held up.
    advance.note(&record).unwrap();
    advance.follow(&scratch.git, scratch.path(), &advance.from, &advance.to).await.unwrap();
    scratch.write("changed.txt", "newer\n");
    let told = recover(&repository, &record).await.unwrap_err();
    assert!(told.message.contains("broken off"), "{told:?}");
    assert_eq!((read("changed.txt").as_deref(), record.exists()), (Some("newer\n"), false));
    recover(&repository, &record).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_is_on_another_branch_by_now_is_left_alone() {
    let (scratch, advance, record) = ready().await;
    let repository = scratch.open().await;
    advance.note(&record).unwrap();
    scratch.run(&["checkout", "-q", "-b", "elsewhere"]).await;
    scratch.write("changed.txt", "after\n");
    let told = recover(&repository, &record).await.unwrap_err();
    assert!(told.message.contains("not checked out"), "{told:?}");
    assert_eq!(state(&scratch).await.2.as_deref(), Some("after\n"));
    recover(&repository, &record).await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn names_that_are_no_utf8_follow_and_are_in_the_way() {
    use std::os::unix::ffi::OsStrExt as _;
    let (scratch, advance, record) = ready().await;
    let repository = scratch.open().await;
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.log");
    scratch.run(&["stash", "-q", "-u"]).await;
    scratch.run(&["checkout", "-q", "work"]).await;
    std::fs::write(scratch.path().join(name), "tracked\n").unwrap();
    scratch.run(&["add", "-f", "."]).await;
    scratch.run(&["commit", "-qm", "latin"]).await;
    let to = scratch.run(&["rev-parse", "HEAD"]).await;
    scratch.run(&["checkout", "-q", "main"]).await;
    std::fs::write(scratch.path().join(name), "precious\n").unwrap();
    let advance = Advance { to, ..advance };
    advance.perform(&repository, &record).await.unwrap_err();
    assert_eq!(std::fs::read(scratch.path().join(name)).unwrap(), b"precious\n");
}

#[tokio::test]
async fn a_branch_that_is_being_rebased_is_left_alone() {
    let (scratch, ..) = ready().await;
    let linked = scratch.path().with_file_name("linked");
    scratch.run(&["worktree", "add", "-q", linked.to_str().unwrap(), "work"]).await;
    testing::write(&linked, "changed.txt", "x\n");
    testing::run(&scratch.git, &linked, &["commit", "-qam", "x"]).await;
    scratch.run(&["stash", "-q"]).await;
    scratch.write("changed.txt", "y\n");
    scratch.commit("y").await;
    let rebase = scratch.git.change(&linked).args(["rebase", "-q", "main"]).run().await;
    assert!(rebase.is_err());
    let refused = checkout_of(&scratch.open().await, "work").await.unwrap_err();
    assert!(refused.message.contains("being rebased"), "{refused:?}");
}
