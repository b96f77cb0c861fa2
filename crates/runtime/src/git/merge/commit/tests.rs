use super::*;
use crate::git::merge::status::unclean;
use crate::git::testing::{self, Scratch};

/// A hook, written by another process: see `testing::script`.
fn hook_file(scratch: &Scratch, name: &str, body: &str) {
    let folder = scratch.path().join(".git/hooks");
    std::fs::create_dir_all(&folder).unwrap();
    let made = testing::script(&folder, body);
    std::fs::rename(made, folder.join(name)).unwrap();
}

async fn make(scratch: &Scratch, wanted: &Wanted<'_>) -> Result<String, Problem> {
    commit(&scratch.git, scratch.path(), wanted).await
}

#[tokio::test]
async fn what_is_staged_or_all_and_amended_once() {
    let scratch = testing::repository().await;
    scratch.write("staged.txt", "s\n");
    scratch.run(&["add", "staged.txt"]).await;
    scratch.write("other.txt", "o\n");
    let first = make(&scratch, &Wanted::staged("  Add a file\n\n#1: body \n\n")).await.unwrap();
    assert_eq!(
        scratch.run(&["log", "-1", "--format=%B"]).await.trim_end(),
        "Add a file\n\n#1: body"
    );
    assert_eq!(
        scratch.run(&["log", "-1", "--format=%an <%ae>|%cn"]).await,
        "Tester <tester@example.org>|Tester"
    );
    assert_eq!(scratch.run(&["status", "--porcelain"]).await, "?? other.txt");
    let none = make(&scratch, &Wanted::staged("x")).await.unwrap_err();
    assert_eq!(none.code, ProblemCode::InvalidInput, "{none:?}");

    let all = Wanted { all: true, ..Wanted::staged("All of it") };
    let second = make(&scratch, &all).await.unwrap();
    assert_eq!(scratch.run(&["status", "--porcelain"]).await, "");
    scratch.write("late.txt", "l\n");
    let stale = make(&scratch, &Wanted { amend: Some(&first), ..all.clone() }).await.unwrap_err();
    assert_eq!(stale.code, ProblemCode::SessionState);
    assert_eq!(scratch.run(&["status", "--porcelain"]).await, "?? late.txt", "nothing was staged");
    let amended = make(&scratch, &Wanted { amend: Some(&second), ..all }).await.unwrap();
    assert_eq!(scratch.run(&["rev-parse", "HEAD"]).await, amended);
    assert_eq!(scratch.run(&["rev-parse", "HEAD^"]).await, first);
    assert_eq!(
        scratch.run(&["log", "-1", "--format=%gs", "-g"]).await,
        "commit (amend): All of it"
    );
}

#[tokio::test]
async fn the_first_commit_of_all() {
    let (git, folder) = testing::git().await;
    let root = folder.path().join("new");
    std::fs::create_dir(&root).unwrap();
    testing::run(&git, &root, &["init", "-q", "-b", "main"]).await;
    let wanted = Wanted { all: true, ..Wanted::staged("First") };
    let empty = commit(&git, &root, &wanted).await.unwrap_err();
    assert_eq!(empty.code, ProblemCode::InvalidInput, "{empty:?}");
    testing::write(&root, "a", "a\n");
    let made = commit(&git, &root, &wanted).await.unwrap();
    assert_eq!(testing::run(&git, &root, &["rev-parse", "main"]).await, made);
}

#[cfg(unix)]
#[tokio::test]
async fn hooks_run_only_on_demand_and_their_refusal_leaves_all_as_it_was() {
    let scratch = testing::repository().await;
    hook_file(
        &scratch,
        "pre-commit",
        "echo checked: $(git diff --cached --name-only -- '*.txt') >&2; git add late.txt; exit 1",
    );
    scratch.write("a.txt", "a\n");
    scratch.write("late.txt", "l\n");
    let head = scratch.run(&["rev-parse", "HEAD"]).await;
    assert_eq!(hook::of_commit(&scratch.git, scratch.path()).await.unwrap(), ["pre-commit"]);
    let wanted = Wanted { all: true, hooks: true, ..Wanted::staged("With hooks") };
    let refused = make(&scratch, &wanted).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::GitFailed);
    assert!(
        refused.message.contains("pre-commit hook refused")
            && refused.message.contains("checked: a.txt late.txt"),
        "{refused:?}"
    );
    assert_eq!(scratch.run(&["rev-parse", "HEAD"]).await, head);
    let left = unclean(&scratch.git, scratch.path()).await.unwrap();
    assert!(left.len() == 2 && left.iter().all(|one| one.untracked), "{left:?}");
    let without = Wanted { hooks: false, ..wanted.clone() };
    make(&scratch, &without).await.unwrap();

    hook_file(&scratch, "pre-commit", "echo formatted > a.txt; git add a.txt");
    hook_file(&scratch, "commit-msg", "echo 'Signed-off-by: x' >> \"$1\"");
    hook_file(&scratch, "post-commit", "echo done > .git/post; exit 1");
    scratch.write("a.txt", "changed\n");
    make(&scratch, &wanted).await.unwrap();
    assert_eq!(scratch.run(&["show", "HEAD:a.txt"]).await, "formatted");
    assert_eq!(scratch.run(&["log", "-1", "--format=%b"]).await.trim(), "");
    assert!(scratch.run(&["log", "-1", "--format=%B"]).await.contains("Signed-off-by: x"));
    assert!(scratch.path().join(".git/post").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_hook_that_hangs_is_ended_with_what_it_started() {
    let scratch = testing::repository().await;
    hook_file(
        &scratch,
        "pre-commit",
        "setsid sleep 600 & echo $! > .git/hung; echo waiting; sleep 600",
    );
    scratch.write("a.txt", "a\n");
    let patience = Duration::from_secs(1);
    let wanted = Wanted { all: true, hooks: true, patience, ..Wanted::staged("Hang") };
    let hung = make(&scratch, &wanted).await.unwrap_err();
    assert_eq!(hung.code, ProblemCode::TimedOut);
    assert!(hung.message.contains("waiting"), "{hung:?}");
    let pid = std::fs::read_to_string(scratch.path().join(".git/hung")).unwrap();
    let left = crate::process::ProcessIdentity::of(pid.trim().parse().unwrap());
    assert!(left.is_none_or(|one| !one.is_alive()));
    assert_eq!(scratch.run(&["status", "--porcelain"]).await, "?? a.txt");
}

#[cfg(unix)]
#[tokio::test]
async fn a_signature_that_cannot_be_given_holds_nobody_up() {
    let scratch = testing::repository().await;
    let signer = scratch.path().with_file_name("signer");
    std::fs::create_dir(&signer).unwrap();
    let gpg = testing::script(
        &signer,
        "exec 3</dev/tty || { echo 'gpg: no terminal' >&2; exit 2; }; sleep 600",
    );
    scratch.run(&["config", "gpg.program", gpg.to_str().unwrap()]).await;
    scratch.write("a.txt", "a\n");
    let wanted = Wanted { all: true, sign: true, ..Wanted::staged("Signed") };
    let unsigned = make(&scratch, &wanted).await.unwrap_err();
    assert!(unsigned.message.contains("could not be signed"), "{unsigned:?}");
    let slow = testing::script(&signer, "sleep 600");
    assert_eq!(slow, gpg);
    let patience = Duration::from_secs(1);
    let unsigned = make(&scratch, &Wanted { patience, ..wanted.clone() }).await.unwrap_err();
    assert!(unsigned.message.contains("within 1 s"), "{unsigned:?}");
    assert_eq!(scratch.run(&["status", "--porcelain"]).await, "?? a.txt");
    make(&scratch, &Wanted { sign: false, ..wanted }).await.unwrap();
}

#[tokio::test]
async fn nobody_is_made_up_and_nothing_half_way_is_committed() {
    let scratch = testing::repository().await;
    let nobody = scratch.path().with_file_name("nobody");
    std::fs::write(&nobody, "").unwrap();
    let git = scratch
        .git
        .clone()
        .with_environment([("GIT_CONFIG_GLOBAL".into(), nobody.into_os_string())]);
    scratch.write("a.txt", "a\n");
    let all = Wanted { all: true, ..Wanted::staged("x") };
    let nameless = commit(&git, scratch.path(), &all).await.unwrap_err();
    assert!(nameless.message.contains("your name"), "{nameless:?}");
    assert_eq!(scratch.run(&["status", "--porcelain"]).await, "?? a.txt");

    scratch.commit("ours").await;
    scratch.run(&["checkout", "-q", "-b", "other", "HEAD^"]).await;
    scratch.write("a.txt", "b\n");
    scratch.commit("theirs").await;
    assert!(scratch.git.change(scratch.path()).args(["merge", "-q", "main"]).run().await.is_err());
    let half = make(&scratch, &all).await.unwrap_err();
    assert_eq!(half.code, ProblemCode::SessionState);
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_staged_or_committed_while_a_hook_runs_stays() {
    let scratch = testing::repository().await;
    scratch.write("a.txt", "a\n");
    scratch.write("late.txt", "l\n");
    hook_file(&scratch, "pre-commit", "echo newer > late.txt; git add late.txt; exit 1");
    let wanted = Wanted { all: true, hooks: true, ..Wanted::staged("With hooks") };
    make(&scratch, &wanted).await.unwrap_err();
    assert_eq!(scratch.run(&["show", ":late.txt"]).await, "newer");
    hook_file(&scratch, "pre-commit", "git commit -qnm theirs; exit 1");
    make(&scratch, &wanted).await.unwrap_err();
    assert_eq!(scratch.run(&["log", "-1", "--format=%s"]).await, "theirs");
    assert_eq!(scratch.run(&["status", "--porcelain"]).await, "");
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_signal_has_ended_did_not_take_too_long() {
    let scratch = testing::repository().await;
    hook_file(&scratch, "pre-commit", "kill -9 $PPID");
    scratch.write("a.txt", "a\n");
    let wanted = Wanted { all: true, hooks: true, ..Wanted::staged("x") };
    let ended = make(&scratch, &wanted).await.unwrap_err();
    assert_eq!(ended.code, ProblemCode::GitFailed);
    assert!(ended.message.contains("was ended by a signal"), "{ended:?}");
}
