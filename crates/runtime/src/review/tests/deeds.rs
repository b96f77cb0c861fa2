use bosk_core::review::{Against, Deed, LineAt, Picked, Side, Undo};
use bosk_core::{Problem, ProblemCode};

use crate::git::{Git, testing};
use crate::review::Reviewed;
use crate::review::testing::{Desk, desk};

const OLD: Side = Side::Old;
const NEW: Side = Side::New;

async fn lines(desk: &Desk, against: Against, path: &str, lines: &[(Side, u32)]) -> Vec<Picked> {
    let seen = desk.reviewed.lines(against, path, None, false, 3).await.unwrap().seen;
    let lines = lines.iter().map(|(side, line)| LineAt { side: *side, line: *line }).collect();
    vec![Picked { path: path.to_owned(), old_path: None, lines: Some(lines), seen }]
}

async fn whole(desk: &Desk, against: Against, paths: &[&str]) -> Vec<Picked> {
    let review = desk.reviewed.review(against, false).await.unwrap();
    let listed = paths.iter().map(|path| {
        let file = review.files.iter().find(|one| one.file.path == *path);
        let file = file.unwrap_or_else(|| panic!("no {path}: {review:#?}"));
        let (old_path, seen) = (file.file.old_path.clone(), file.stamp.clone());
        Picked { path: (*path).to_owned(), old_path, lines: None, seen }
    });
    listed.collect()
}

async fn act(desk: &Desk, deed: Deed, against: Against, picked: Vec<Picked>) -> Undo {
    desk.reviewed.do_picked(deed, against, picked).await.unwrap()
}

async fn refused(desk: &Desk, deed: Deed, against: Against, picked: Vec<Picked>) -> Problem {
    desk.reviewed.do_picked(deed, against, picked).await.unwrap_err()
}

async fn index(desk: &Desk, path: &str) -> String {
    desk.scratch.run(&["cat-file", "blob", &format!(":{path}")]).await
}

async fn status(desk: &Desk) -> String {
    desk.scratch.run(&["status", "--porcelain", "-uall"]).await
}

/// Ten lines of which 2 and 9 have changed, with a line added at the end.
async fn changed() -> (Desk, String) {
    let desk = desk().await;
    let text: String = (1..=10).map(|at| format!("{at}\n")).collect();
    desk.scratch.write("a.txt", &text);
    desk.scratch.commit("ten").await;
    let now = text.replace("2\n", "two\n").replace("9\n", "nine\n") + "eleven\n";
    desk.scratch.write("a.txt", &now);
    (desk, now)
}

#[tokio::test]
async fn lines_are_staged_unstaged_and_reverted_and_taken_back() {
    let (desk, now) = changed().await;
    let picked = lines(&desk, Against::Unstaged, "a.txt", &[(OLD, 9), (NEW, 9)]).await;
    act(&desk, Deed::Stage, Against::Unstaged, picked).await;
    assert_eq!(index(&desk, "a.txt").await, "1\n2\n3\n4\n5\n6\n7\n8\nnine\n10");
    assert_eq!(desk.read("a.txt").unwrap(), now, "the folder stays as it is");
    // The rest, and then some of it out again.
    let picked = lines(&desk, Against::Unstaged, "a.txt", &[(OLD, 2), (NEW, 2), (NEW, 11)]).await;
    act(&desk, Deed::Stage, Against::Unstaged, picked).await;
    assert_eq!(format!("{}\n", index(&desk, "a.txt").await), now);
    let picked = lines(&desk, Against::Staged, "a.txt", &[(NEW, 11)]).await;
    act(&desk, Deed::Unstage, Against::Staged, picked).await;
    assert_eq!(format!("{}\neleven\n", index(&desk, "a.txt").await), now);
    assert_eq!(desk.read("a.txt").unwrap(), now);

    let picked = lines(&desk, Against::Uncommitted, "a.txt", &[(NEW, 2)]).await;
    let undo = act(&desk, Deed::Revert, Against::Uncommitted, picked).await;
    let without = now.replace("two\n", "");
    assert_eq!(desk.read("a.txt").unwrap(), without);
    assert!(!index(&desk, "a.txt").await.contains("two"), "what was staged of it goes as well");
    assert_eq!(undo.paths, ["a.txt"]);
    let undos = desk.reviewed.undos().await.unwrap();
    assert_eq!((undos.len(), &undos[0]), (4, &undo));
    desk.reviewed.undo_deed(&undo.id).await.unwrap();
    assert_eq!(desk.read("a.txt").unwrap(), now);
    assert!(index(&desk, "a.txt").await.contains("two"));
    assert!(desk.reviewed.undo_deed(&undo.id).await.is_err(), "once");
    // One after the other, back to the beginning; each is refused where something came between.
    let oldest = &undos[3];
    let early = desk.reviewed.undo_deed(&oldest.id).await.unwrap_err();
    assert_eq!(early.code, ProblemCode::SessionState);
    for undo in desk.reviewed.undos().await.unwrap() {
        desk.reviewed.undo_deed(&undo.id).await.unwrap();
    }
    assert_eq!(index(&desk, "a.txt").await, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10");
    assert_eq!(desk.read("a.txt").unwrap(), now);
}

#[tokio::test]
async fn what_has_changed_since_is_refused_and_nothing_is_done() {
    let (desk, now) = changed().await;
    let some = lines(&desk, Against::Unstaged, "a.txt", &[(NEW, 11)]).await;
    let all = whole(&desk, Against::Unstaged, &["a.txt"]).await;
    desk.scratch.write("a.txt", &format!("0\n{now}"));
    for deed in [Deed::Stage, Deed::Revert] {
        let first = refused(&desk, deed, Against::Unstaged, some.clone()).await;
        assert_eq!(first.code, ProblemCode::SessionState);
        refused(&desk, deed, Against::Unstaged, all.clone()).await;
    }
    assert_eq!(status(&desk).await, " M a.txt");
    assert_eq!(desk.read("a.txt").unwrap(), format!("0\n{now}"));
    assert_eq!(desk.reviewed.undos().await.unwrap(), []);
    let none = lines(&desk, Against::Unstaged, "a.txt", &[(NEW, 5)]).await;
    assert_eq!(
        refused(&desk, Deed::Stage, Against::Unstaged, none).await.code,
        ProblemCode::InvalidInput
    );
    // An undo, where the file went on.
    let picked = lines(&desk, Against::Unstaged, "a.txt", &[(NEW, 1)]).await;
    let undo = act(&desk, Deed::Revert, Against::Unstaged, picked).await;
    desk.scratch.write("a.txt", "more\n");
    assert!(desk.reviewed.undo_deed(&undo.id).await.is_err());
    assert_eq!(desk.read("a.txt").unwrap(), "more\n");
}

#[tokio::test]
async fn lines_picked_from_another_comparison_hold_where_the_sides_are_the_same() {
    let (desk, _) = changed().await;
    let picked = lines(&desk, Against::Base, "a.txt", &[(NEW, 11)]).await;
    let far = refused(&desk, Deed::Stage, Against::Base, picked).await;
    assert_eq!(far.code, ProblemCode::SessionState, "the base did not have the file");
    let picked = lines(&desk, Against::Uncommitted, "a.txt", &[(NEW, 11)]).await;
    act(&desk, Deed::Stage, Against::Uncommitted, picked).await;
    assert!(index(&desk, "a.txt").await.ends_with("10\neleven"));
    let picked = lines(&desk, Against::Uncommitted, "a.txt", &[(OLD, 2)]).await;
    refused(&desk, Deed::Stage, Against::Uncommitted, picked).await;
    // White space that was left out of account is nothing that was picked.
    desk.scratch.write("a.txt", "1 \n2\n3\n4\n5\n6\n7\n8\n9\nten\neleven\n");
    let seen = desk.reviewed.lines(Against::Unstaged, "a.txt", None, true, 3).await.unwrap();
    assert!(!seen.text.contains("+1 \n"), "{}", seen.text);
    let lines = Some(vec![LineAt { side: OLD, line: 10 }, LineAt { side: NEW, line: 10 }]);
    let picked = Picked { path: "a.txt".to_owned(), old_path: None, lines, seen: seen.seen };
    act(&desk, Deed::Stage, Against::Unstaged, vec![picked]).await;
    assert_eq!(index(&desk, "a.txt").await, "1\n2\n3\n4\n5\n6\n7\n8\n9\nten\neleven");
}

#[tokio::test]
async fn some_lines_of_a_new_a_gone_and_an_unended_file() {
    let desk = desk().await;
    desk.scratch.write("gone.txt", "a\nb\nc\n");
    desk.scratch.write("open.txt", "a\nb");
    desk.scratch.commit("files").await;
    std::fs::remove_file(desk.path().join("gone.txt")).unwrap();
    desk.scratch.write("new.sh", "1\n2\n3");
    desk.scratch.write("open.txt", "a\nb\nc");
    let picked = lines(&desk, Against::Unstaged, "new.sh", &[(NEW, 1), (NEW, 3)]).await;
    act(&desk, Deed::Stage, Against::Unstaged, picked).await;
    assert_eq!(index(&desk, "new.sh").await, "1\n3");
    let picked = lines(&desk, Against::Unstaged, "gone.txt", &[(OLD, 2)]).await;
    act(&desk, Deed::Stage, Against::Unstaged, picked).await;
    assert_eq!(index(&desk, "gone.txt").await, "a\nc");
    let picked = lines(&desk, Against::Uncommitted, "gone.txt", &[(OLD, 2)]).await;
    act(&desk, Deed::Revert, Against::Uncommitted, picked).await;
    assert_eq!(desk.read("gone.txt").as_deref(), Some("b\n"), "that line is there again");
    let picked = lines(&desk, Against::Unstaged, "open.txt", &[(NEW, 3)]).await;
    act(&desk, Deed::Stage, Against::Unstaged, picked).await;
    assert_eq!(index(&desk, "open.txt").await, "a\nb\nc");
    let picked = lines(&desk, Against::Uncommitted, "open.txt", &[(NEW, 3)]).await;
    act(&desk, Deed::Revert, Against::Uncommitted, picked).await;
    assert_eq!(desk.read("open.txt").as_deref(), Some("a\nb\n"));
    let undo = desk.reviewed.undos().await.unwrap().remove(0);
    desk.reviewed.undo_deed(&undo.id).await.unwrap();
    assert_eq!(desk.read("open.txt").as_deref(), Some("a\nb\nc"));
}

#[tokio::test]
async fn line_ends_that_git_converts_stay_as_they_are() {
    let desk = desk().await;
    desk.scratch.run(&["config", "core.autocrlf", "true"]).await;
    desk.scratch.write("a.txt", "1\r\n2\r\n3\r\n");
    desk.scratch.commit("converted").await;
    desk.scratch.write("a.txt", "one\r\n2\r\nthree\r\n");
    let picked = lines(&desk, Against::Unstaged, "a.txt", &[(OLD, 1), (NEW, 1)]).await;
    act(&desk, Deed::Stage, Against::Unstaged, picked).await;
    assert_eq!(index(&desk, "a.txt").await, "one\n2\n3");
    let picked = lines(&desk, Against::Unstaged, "a.txt", &[(OLD, 3), (NEW, 3)]).await;
    act(&desk, Deed::Revert, Against::Unstaged, picked).await;
    assert_eq!(desk.read("a.txt").as_deref(), Some("one\r\n2\r\n3\r\n"));
    // And those that git has as they are.
    desk.scratch.run(&["config", "core.autocrlf", "false"]).await;
    desk.scratch.write("b.txt", "1\r\n2\r\n3");
    desk.scratch.commit("as it is").await;
    desk.scratch.write("b.txt", "one\r\n2\r\nthree\r\n");
    let picked = lines(&desk, Against::Uncommitted, "b.txt", &[(OLD, 3), (NEW, 3)]).await;
    act(&desk, Deed::Revert, Against::Uncommitted, picked).await;
    assert_eq!(desk.read("b.txt").as_deref(), Some("one\r\n2\r\n3"));
}

#[tokio::test]
async fn whole_files_of_every_kind_are_reverted_and_come_back() {
    let desk = desk().await;
    desk.scratch.write("moved.txt", "1\n2\n3\n4\n5\n6\n");
    desk.scratch.write("gone/deep.txt", "g\n");
    desk.scratch.write("run.sh", "r\n");
    let base = desk.scratch.commit("files").await;
    desk.scratch.run(&["mv", "moved.txt", "there.txt"]).await;
    std::fs::remove_dir_all(desk.path().join("gone")).unwrap();
    desk.scratch.write("readme.md", "changed\n");
    desk.scratch.write("new/untracked.txt", "only here\n");
    desk.scratch.write("added.txt", "added\n");
    desk.scratch.run(&["add", "added.txt"]).await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(desk.path().join("run.sh"), mode).unwrap();
    }
    let before = status(&desk).await;
    let review = desk.reviewed.review(Against::Uncommitted, false).await.unwrap();
    let paths: Vec<&str> = review.files.iter().map(|one| one.file.path.as_str()).collect();
    let expected =
        ["added.txt", "gone/deep.txt", "new/untracked.txt", "readme.md", "run.sh", "there.txt"];
    let expected: Vec<_> =
        expected.into_iter().filter(|path| cfg!(unix) || *path != "run.sh").collect();
    assert_eq!(paths, expected);
    let picked = whole(&desk, Against::Uncommitted, &paths).await;
    let undo = act(&desk, Deed::Revert, Against::Uncommitted, picked).await;
    assert_eq!(status(&desk).await, "");
    assert_eq!(desk.scratch.run(&["rev-parse", "HEAD"]).await, base);
    assert!(!desk.path().join("new").exists(), "an empty folder goes");
    assert_eq!(desk.read("gone/deep.txt").as_deref(), Some("g\n"));
    desk.reviewed.undo_deed(&undo.id).await.unwrap();
    assert_eq!(status(&desk).await, before);
    assert_eq!(desk.read("new/untracked.txt").as_deref(), Some("only here\n"));
    // Into the index and out of it.
    let picked = whole(&desk, Against::Unstaged, &["gone/deep.txt", "new/untracked.txt"]).await;
    act(&desk, Deed::Stage, Against::Unstaged, picked).await;
    let picked = whole(
        &desk,
        Against::Staged,
        &["there.txt", "gone/deep.txt", "new/untracked.txt", "added.txt"],
    )
    .await;
    act(&desk, Deed::Unstage, Against::Staged, picked).await;
    assert_eq!(desk.scratch.run(&["diff", "--cached", "--name-only"]).await, "");
    assert_eq!(desk.read("there.txt").as_deref(), Some("1\n2\n3\n4\n5\n6\n"));
}

#[tokio::test]
async fn nothing_that_git_does_not_know_is_overwritten() {
    let desk = desk().await;
    desk.scratch.write(".gitignore", "a.txt/\n");
    desk.scratch.write("a.txt", "a\n");
    desk.scratch.run(&["add", "-f", "."]).await;
    desk.scratch.run(&["commit", "-qm", "a"]).await;
    std::fs::remove_file(desk.path().join("a.txt")).unwrap();
    desk.scratch.write("a.txt/ignored", "precious\n");
    let picked = whole(&desk, Against::Uncommitted, &["a.txt"]).await;
    let problem = refused(&desk, Deed::Revert, Against::Uncommitted, picked).await;
    assert!(problem.message.contains("Something else is where"), "{problem:?}");
    assert_eq!(desk.read("a.txt/ignored").as_deref(), Some("precious\n"));
}

#[cfg(unix)]
#[tokio::test]
async fn an_index_that_somebody_holds_is_waited_for_and_then_told() {
    let (desk, _) = changed().await;
    let picked = whole(&desk, Against::Unstaged, &["a.txt"]).await;
    let lock = desk.path().join(".git/index.lock");
    std::fs::write(&lock, "").unwrap();
    // A git that says when it has met the lock: once.
    let place = desk.path().with_file_name("watched");
    std::fs::create_dir(&place).unwrap();
    let met = place.join("met");
    assert!(std::process::Command::new("mkfifo").arg(&met).status().unwrap().success());
    let body = format!(
        "said='{0}'/said.$$\n\
         git \"$@\" 2> \"$said\"; code=$?; cat \"$said\" >&2\n\
         if grep -q 'index.lock' \"$said\" && mkdir '{0}/told' 2> /dev/null; then echo > '{0}/met'; fi\n\
         exit $code",
        place.display()
    );
    let git = Git::at(testing::script(&place, &body)).await.unwrap();
    let git = testing::hermetic(git, &desk.path().with_file_name("home"));
    let watched = Reviewed { git, ..desk.reviewed.clone() };
    let freed = async {
        tokio::task::spawn_blocking(move || std::fs::read(met).unwrap()).await.unwrap();
        std::fs::remove_file(&lock).unwrap();
    };
    let (done, ()) = tokio::join!(watched.do_picked(Deed::Stage, Against::Unstaged, picked), freed);
    done.unwrap();
    let picked = whole(&desk, Against::Staged, &["a.txt"]).await;
    std::fs::write(&lock, "").unwrap();
    let held = refused(&desk, Deed::Unstage, Against::Staged, picked).await;
    assert!(held.message.contains("another git"), "{held:?}");
    std::fs::remove_file(&lock).unwrap();
    assert_eq!(status(&desk).await, "M  a.txt");
}

#[tokio::test]
async fn an_ignored_file_that_no_snapshot_holds_is_not_overwritten() {
    let desk = desk().await;
    desk.scratch.write("env", "old\n");
    desk.scratch.write("before.txt", "a\nb\nc\nd\n");
    desk.scratch.commit("both").await;
    desk.scratch.run(&["rm", "-q", "--cached", "env"]).await;
    desk.scratch.run(&["mv", "before.txt", "after.txt"]).await;
    desk.scratch.write(".gitignore", "env\nbefore.txt\n");
    desk.scratch.write("env", "secret\n");
    desk.scratch.write("before.txt", "precious\n");
    let before = status(&desk).await;
    let review = desk.reviewed.review(Against::Uncommitted, false).await.unwrap();
    for path in ["env", "after.txt"] {
        assert!(review.files.iter().any(|one| one.file.path == path), "{path}");
        let picked = whole(&desk, Against::Uncommitted, &[path]).await;
        let problem = refused(&desk, Deed::Revert, Against::Uncommitted, picked).await;
        assert!(problem.message.contains("Something else is where"), "{problem:?}");
    }
    assert_eq!(desk.read("env").as_deref(), Some("secret\n"));
    assert_eq!(desk.read("before.txt").as_deref(), Some("precious\n"));
    assert_eq!(status(&desk).await, before);
}

#[tokio::test]
async fn what_lies_there_is_kept_before_a_deed_is_taken_back() {
    let (desk, now) = changed().await;
    let picked = whole(&desk, Against::Unstaged, &["a.txt"]).await;
    let undo = act(&desk, Deed::Revert, Against::Unstaged, picked).await;
    desk.scratch.write("other.txt", "other\n");
    desk.reviewed.undo_deed(&undo.id).await.unwrap();
    assert_eq!(desk.read("a.txt").unwrap(), now);
    let kept =
        desk.scratch.run(&["for-each-ref", "--format=%(refname)", "refs/bosk/*/snap/*"]).await;
    let kept = kept.lines().last().expect("a snapshot").to_owned();
    assert_eq!(desk.scratch.run(&["show", &format!("{kept}:other.txt")]).await, "other");
    assert!(!desk.scratch.run(&["show", &format!("{kept}:a.txt")]).await.contains("eleven"));
}

/// Has git do something else first where it is called so, once.
#[cfg(unix)]
fn once(desk: &mut Desk, called: &str, then: &str) {
    let real = which::which("git").unwrap();
    let (root, folder) = (desk.path().to_owned(), desk.path().with_file_name("bin"));
    std::fs::create_dir(&folder).unwrap();
    let body = format!(
        "case \"$*\" in *{called}*) if [ ! -e {mark} ]; then touch {mark}; cd {root}; {then}; fi;; esac; exec {real} \"$@\"",
        mark = folder.join("mark").display(),
        root = root.display(),
        real = real.display(),
    );
    desk.reviewed.git.program = testing::script(&folder, &body);
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_written_meanwhile_is_neither_overwritten_nor_taken_back() {
    let (mut desk, _) = changed().await;
    let picked = whole(&desk, Against::Unstaged, &["a.txt"]).await;
    // While the state before is kept.
    once(&mut desk, "commit-tree", "echo newer > a.txt");
    let late = refused(&desk, Deed::Revert, Against::Unstaged, picked).await;
    assert!(late.message.contains("has changed since"), "{late:?}");
    assert_eq!(desk.read("a.txt").as_deref(), Some("newer\n"));

    let (mut desk, _) = changed().await;
    desk.scratch.write("new.txt", "new\n");
    let picked = whole(&desk, Against::Uncommitted, &["a.txt", "new.txt"]).await;
    once(&mut desk, "checkout-index", "echo newer > a.txt; exit 1");
    refused(&desk, Deed::Revert, Against::Uncommitted, picked).await;
    assert_eq!(desk.read("a.txt").as_deref(), Some("newer\n"));
    assert_eq!(desk.read("new.txt").as_deref(), Some("new\n"), "what it has removed itself");
}
