//! Committing, merging, updating and pushing a session's work, with real git.

use std::path::{Path, PathBuf};

use bosk_core::ProblemCode;
use bosk_core::review::commit::CommitRequest;
use bosk_core::review::merge::{MergeHow, Merged, Operation, Resolution};
use bosk_core::transcript::EntryBody;
use bosk_core::wire::Call;
use bosk_runtime::git::{Git, Repository};
use bosk_runtime::merging::Work;
use bosk_runtime::trust::{Source, Trust};
use bosk_tests::{Sandbox, Session, Watched, spec};
use serde_json::Value;

use crate::bosk;
use crate::pushing::remote;

/// The work of a session, by a git that sees the sandbox's settings alone.
pub(crate) async fn work(sandbox: &Sandbox, session: &Session<'_>) -> Work {
    let owned = || sandbox.environment().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let row = session.row().await.unwrap();
    Work::open_with(sandbox.home(), &row, git(sandbox).await, owned().collect()).await.unwrap()
}

async fn git(sandbox: &Sandbox) -> Git {
    let owned = sandbox.environment().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Git::find().await.unwrap().with_environment(owned)
}

/// A session at rest in a worktree of its own.
pub(crate) async fn at_rest<'a>(
    sandbox: &'a Sandbox,
    prompt: &str,
) -> (Session<'a>, Watched, PathBuf) {
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), prompt)).await.unwrap();
    let mut watched = session.follow().await;
    let folder = PathBuf::from(watched.idle().await.summary.folder.clone());
    (session, watched, folder)
}

pub(crate) fn write(folder: &Path, file: &str, text: &str) {
    std::fs::write(folder.join(file), text).unwrap();
}

/// What the session was told last.
pub(crate) fn last_prompt(session: &Session<'_>) -> String {
    let mut prompts = session.transcript().into_iter().filter_map(|entry| match entry.body {
        EntryBody::Prompt { text, .. } => Some(text),
        _ => None,
    });
    prompts.next_back().unwrap()
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap()
}

pub(crate) fn all(message: &str) -> CommitRequest {
    CommitRequest { message: message.into(), all: true, amend: None, hooks: false, sign: true }
}

pub(crate) fn commit_in(sandbox: &Sandbox, folder: &Path, file: &str, text: &str) -> String {
    write(folder, file, text);
    sandbox.git(folder, ["add", "-A"]);
    sandbox.git(folder, ["commit", "-q", "-m", file]);
    sandbox.git(folder, ["rev-parse", "HEAD"])
}

#[tokio::test]
async fn a_session_is_committed_amended_and_told_with_its_history() {
    let sandbox = Sandbox::new();
    let prompt = "please add a price list.\n!say Added **prices** to the list.";
    let (session, _watched, folder) = at_rest(&sandbox, prompt).await;
    let work = work(&sandbox, &session).await;
    let plan = work.commit_plan().await.unwrap();
    assert_eq!(plan.message, "Add a price list\n\nAdded prices to the list.");
    assert_eq!((plan.staged, plan.unstaged, plan.last.is_none(), plan.signed), (0, 0, true, false));
    write(&folder, "prices.txt", "1\n");
    write(&folder, "readme.md", "hello again\n");
    sandbox.git(&folder, ["add", "readme.md"]);
    let plan = work.commit_plan().await.unwrap();
    assert_eq!((plan.staged, plan.unstaged), (1, 1));

    let staged = CommitRequest { all: false, ..all("Greet again") };
    let first = work.commit(&staged).await.unwrap();
    assert_eq!(sandbox.git(&folder, ["status", "--porcelain"]), "?? prices.txt");
    let last = work.commit_plan().await.unwrap().last.unwrap();
    assert_eq!((last.id.as_str(), last.message.as_str()), (first.as_str(), "Greet again"));
    let amend = CommitRequest { amend: Some(first.clone()), ..all("Greet and price") };
    let second = work.commit(&amend).await.unwrap();
    let stale = work.commit(&amend).await.unwrap_err();
    assert_eq!(stale.code, ProblemCode::SessionState);
    let log = work.log(10).await.unwrap();
    let told: Vec<_> = log.commits.iter().map(|one| (one.subject.as_str(), one.own)).collect();
    assert_eq!(told, [("Greet and price", true), ("first", false)]);
    assert_eq!(log.commits[0].id, second);

    // What another branch has is not amended, and hooks of a folder that nobody agreed to do not run.
    sandbox.git(&folder, ["branch", "other"]);
    assert!(work.commit_plan().await.unwrap().last.is_none());
    let refused =
        work.commit(&CommitRequest { amend: Some(second), ..all("x") }).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::SessionState);
    write(&folder, ".mcp.json", r#"{"mcpServers":{"x":{"command":"x"}}}"#);
    let refused = work.commit(&CommitRequest { hooks: true, ..all("x") }).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTrusted);

    // Nor hooks that the session has written itself.
    std::fs::remove_file(folder.join(".mcp.json")).unwrap();
    sandbox.git(&folder, ["config", "core.hooksPath", ".hooks"]);
    let repository = Repository::open(git(&sandbox).await, &folder).await.unwrap();
    let (trust, source) = (Trust::new(sandbox.home()), Source::Folder(folder.clone()));
    let report = trust.status(&repository, &source).await.unwrap();
    trust.accept(&repository, &source, &report.fingerprint).await.unwrap();
    std::fs::create_dir(folder.join(".hooks")).unwrap();
    write(&folder, ".hooks/pre-commit", "#!/bin/sh\ntouch ran\n");
    let refused = work.commit(&CommitRequest { hooks: true, ..all("x") }).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTrusted);
    assert!(refused.message.contains("pre-commit"), "{refused:?}");
    session.stop().await;
}

#[tokio::test]
async fn a_branch_is_merged_where_its_target_is_checked_out_and_taken_back() {
    let sandbox = Sandbox::new();
    let (session, _watched, folder) = at_rest(&sandbox, "Add a price list").await;
    let main = sandbox.repository("shop");
    let work = work(&sandbox, &session).await;
    write(&folder, "prices.txt", "1\n");
    work.commit(&all("Add prices")).await.unwrap();
    commit_in(&sandbox, &main, "other.txt", "o\n");
    write(&main, "readme.md", "the person's own\n");
    let before = sandbox.git(&main, ["rev-parse", "main"]);

    let plan = work.merge_plan(None, MergeHow::Squash).await.unwrap();
    assert!(!plan.targets.contains(&plan.target), "the others");
    assert_eq!((plan.target.as_str(), plan.ahead, plan.behind), ("main", 1, 1));
    assert_eq!(
        (plan.conflicts.len(), plan.uncommitted, plan.message.as_str()),
        (0, false, "Add a price list")
    );
    let checkout = plan.checkout.unwrap();
    assert_eq!((checkout.in_the_way.len(), checkout.dirty), (0, true));
    let sides = (plan.head.as_str(), plan.target_head.as_str());
    let merged = work.merge(MergeHow::Squash, "main", sides, &plan.message).await.unwrap();
    assert_eq!(read(&main, "prices.txt"), "1\n");
    assert_eq!(sandbox.git(&main, ["status", "--porcelain"]), " M readme.md");
    assert_eq!(sandbox.git(&main, ["log", "-1", "--format=%s %an"]), "Add a price list Tester");
    let again = work.merge(MergeHow::Squash, "main", sides, &plan.message).await.unwrap_err();
    assert!(again.message.contains("has moved"), "{again:?}");
    // Nothing but that merge: no commit that anybody names.
    let elsewhere =
        Merged { before: sandbox.git(&main, ["rev-parse", "main~2"]), ..merged.clone() };
    let zeros = Merged { before: "0".repeat(40), ..merged.clone() };
    for (target, other) in [("main", &elsewhere), ("main", &zeros), ("other", &merged)] {
        let refused = work.undo_merge(target, other).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidInput);
    }
    work.undo_merge("main", &merged).await.unwrap();
    assert_eq!(sandbox.git(&main, ["rev-parse", "main"]), before);
    assert!(!main.join("prices.txt").exists());
    assert_eq!(read(&main, "readme.md"), "the person's own\n");
    assert!(work.undo_merge("main", &merged).await.is_err(), "once");

    // A file of the person's in the way, and conflicts, are foreseen and stop it.
    write(&main, "prices.txt", "mine\n");
    let plan = work.merge_plan(Some("main"), MergeHow::Merge).await.unwrap();
    assert_eq!(plan.checkout.unwrap().in_the_way, ["prices.txt"]);
    let sides = (plan.head.as_str(), plan.target_head.as_str());
    let refused = work.merge(MergeHow::Merge, "main", sides, "m").await.unwrap_err();
    assert!(refused.message.contains("prices.txt"), "{refused:?}");
    commit_in(&sandbox, &main, "prices.txt", "mine\n");
    for how in [MergeHow::Merge, MergeHow::Squash, MergeHow::Rebase] {
        let plan = work.merge_plan(None, how).await.unwrap();
        assert_eq!(plan.conflicts, ["prices.txt"], "{how:?}");
    }
    let (code, said, _) = bosk(&sandbox, &["merge", session.id.short(), "--json"]).await;
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["plan"]["conflicts"][0]), (1, &Value::from("prices.txt")));
    session.stop().await;
}

#[tokio::test]
async fn a_session_at_work_where_the_target_is_checked_out_holds_it_up() {
    let sandbox = Sandbox::new();
    let (session, _watched, folder) = at_rest(&sandbox, "Work").await;
    let main = sandbox.repository("shop");
    let mut there = spec(&main, "!hold");
    there.worktree = false;
    let busy = sandbox.launch(&there).await.unwrap();
    let mut at_work = busy.follow().await;
    at_work.working().await;
    let work = work(&sandbox, &session).await;
    write(&folder, "a.txt", "a\n");
    work.commit(&all("a")).await.unwrap();
    let plan = work.merge_plan(None, MergeHow::Merge).await.unwrap();
    let sides = (plan.head.as_str(), plan.target_head.as_str());
    let refused = work.merge(MergeHow::Merge, "main", sides, "m").await.unwrap_err();
    assert!(refused.message.contains("at work"), "{refused:?}");
    at_work.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    at_work.idle().await;
    let merged = work.merge(MergeHow::Merge, "main", sides, "m").await.unwrap();
    assert_eq!(merged.commit, plan.head, "it moves along");
    assert_eq!(read(&main, "a.txt"), "a\n");
    busy.stop().await;
    session.stop().await;
}

/// Both sides have changed `readme.md`, and one of them a binary file; the session's folder has an untracked one.
async fn in_conflict<'a>(sandbox: &'a Sandbox) -> (Session<'a>, Watched, PathBuf, Work) {
    let (session, watched, folder) = at_rest(sandbox, "Greet").await;
    let main = sandbox.repository("shop");
    commit_in(sandbox, &folder, "readme.md", "hello from the session\n");
    std::fs::write(folder.join("logo.bin"), b"\0ours").unwrap();
    std::fs::remove_file(folder.join("readme.md")).unwrap();
    write(&folder, "readme.md", "hello from the session\n");
    commit_in(sandbox, &folder, "second.txt", "s\n");
    std::fs::write(main.join("logo.bin"), b"\0theirs").unwrap();
    commit_in(sandbox, &main, "readme.md", "hello from main\n");
    write(&folder, "notes.txt", "untracked\n");
    let work = work(sandbox, &session).await;
    (session, watched, folder, work)
}

#[tokio::test]
async fn conflicts_are_resolved_from_both_sides_and_gone_on_with() {
    let sandbox = Sandbox::new();
    for (how, operation) in
        [(MergeHow::Merge, Operation::Merge), (MergeHow::Rebase, Operation::Rebase)]
    {
        let sandbox = if how == MergeHow::Merge { &sandbox } else { &Sandbox::new() };
        let (session, _watched, folder, work) = in_conflict(sandbox).await;
        let main = sandbox.git(&folder, ["rev-parse", "main"]);
        let left = work.update_branch(None, how).await.unwrap();
        assert_eq!(left.operation, Some(operation));
        assert!(left.files.contains(&"readme.md".to_owned()), "{left:?}");
        let file = work.conflict_file("readme.md").await.unwrap();
        assert_eq!(file.base.as_deref(), Some("hello\n"));
        assert_eq!(file.ours.as_deref(), Some("hello from the session\n"), "{how:?}");
        assert_eq!(file.theirs.as_deref(), Some("hello from main\n"));
        assert!(file.now.unwrap().contains("<<<<<<<") && !file.binary);
        let early = work.go_on_operation().await.unwrap_err();
        assert!(early.message.contains("in conflict"), "{early:?}");
        let half = work.commit(&all("x")).await.unwrap_err();
        assert_eq!(half.code, ProblemCode::SessionState);

        let text = Resolution::Text { text: "hello from both\n".into() };
        let stale = work.resolve_conflict("readme.md", "old", &text).await.unwrap_err();
        assert!(stale.message.contains("has changed"), "{stale:?}");
        let left = work.resolve_conflict("readme.md", &file.stamp, &text).await.unwrap();
        assert!(left.resolved.contains(&"readme.md".to_owned()), "{left:?}");
        assert_eq!(read(&folder, "readme.md"), "hello from both\n");
        let mut rounds = 0;
        let mut left = left;
        while left.operation.is_some() {
            for path in left.files.clone() {
                let file = work.conflict_file(&path).await.unwrap();
                assert!(file.binary && file.ours.is_none(), "{file:?}");
                work.resolve_conflict(&path, &file.stamp, &Resolution::Ours).await.unwrap();
            }
            left = work.go_on_operation().await.unwrap();
            rounds += 1;
            assert!(rounds < 5, "{left:?}");
        }
        assert_eq!(read(&folder, "readme.md"), "hello from both\n");
        assert_eq!(std::fs::read(folder.join("logo.bin")).unwrap(), b"\0ours");
        assert_eq!(sandbox.git(&folder, ["status", "--porcelain"]), "?? notes.txt");
        sandbox.git(&folder, ["merge-base", "--is-ancestor", &main, "HEAD"]);
        assert!(work.conflicts().await.unwrap().resolved.is_empty());
        session.stop().await;
    }
}

#[tokio::test]
async fn an_abort_brings_back_exactly_what_was_before() {
    let sandbox = Sandbox::new();
    let (session, _watched, folder, work) = in_conflict(&sandbox).await;
    let seen = || {
        (
            sandbox.git(&folder, ["status", "--porcelain", "-uall"]),
            sandbox.git(&folder, ["rev-parse", "HEAD"]),
            read(&folder, "readme.md"),
        )
    };
    let before = seen();
    for how in [MergeHow::Merge, MergeHow::Rebase] {
        work.update_branch(None, how).await.unwrap();
        let file = work.conflict_file("readme.md").await.unwrap();
        work.resolve_conflict("readme.md", &file.stamp, &Resolution::Removed).await.unwrap();
        write(&folder, "made-meanwhile.txt", "m\n");
        write(&folder, "notes.txt", "changed meanwhile\n");
        work.abort_operation().await.unwrap();
        assert_eq!(seen(), before, "{how:?}");
        assert_eq!(read(&folder, "notes.txt"), "untracked\n");
        assert_eq!(
            sandbox.git(&folder, ["symbolic-ref", "--short", "HEAD"]),
            work.push_plan().await.unwrap().branch
        );
        assert!(work.abort_operation().await.is_err(), "once");
    }
    // What was made meanwhile is in a snapshot.
    let kept = sandbox.git(
        &folder,
        ["for-each-ref", "--format=%(refname)", &format!("refs/bosk/{}/snap/", session.id)],
    );
    let has = |name: &&str| {
        sandbox.git(&folder, ["ls-tree", "--name-only", name]).contains("made-meanwhile.txt")
    };
    assert!(kept.lines().any(|name| has(&name)), "{kept}");

    write(&folder, "readme.md", "not committed\n");
    let refused = work.update_branch(None, MergeHow::Merge).await.unwrap_err();
    assert!(refused.message.contains("not committed"), "{refused:?}");
    assert_eq!(read(&folder, "readme.md"), "not committed\n");
    session.stop().await;
}

#[tokio::test]
async fn nothing_is_updated_under_a_turn_and_conflicts_can_be_handed_over() {
    let sandbox = Sandbox::new();
    let (session, mut watched, folder, work) = in_conflict(&sandbox).await;
    watched.send("!hold").await.unwrap();
    watched.working().await;
    let refused = work.update_branch(None, MergeHow::Merge).await.unwrap_err();
    assert!(refused.message.contains("at work"), "{refused:?}");
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    watched.idle().await;
    let none = work.hand_over_conflicts().await.unwrap_err();
    assert_eq!(none.code, ProblemCode::SessionState);
    work.update_branch(None, MergeHow::Merge).await.unwrap();
    let before = session.acknowledged().len();
    work.hand_over_conflicts().await.unwrap();
    watched.until("told", |_| session.acknowledged().len() > before).await;
    watched.idle().await;
    let told = last_prompt(&session);
    let branch = sandbox.git(&folder, ["symbolic-ref", "--short", "HEAD"]);
    assert!(told.contains(&format!("`main` is being merged into `{branch}`")), "{told}");
    assert!(told.contains("- `readme.md`") && told.contains("```\nreadme.md\n```"), "{told}");
    // The model has resolved it; the person goes on.
    write(&folder, "readme.md", "by the model\n");
    sandbox.git(&folder, ["checkout", "-q", "--ours", "logo.bin"]);
    sandbox.git(&folder, ["add", "readme.md", "logo.bin"]);
    let left = work.conflicts().await.unwrap();
    assert_eq!((left.files.len(), left.resolved.len()), (0, 2), "{left:?}");
    assert_eq!(work.go_on_operation().await.unwrap().operation, None);
    let parents = sandbox.git(&folder, ["log", "-1", "--format=%P"]);
    assert_eq!(parents.split(' ').count(), 2);
    session.stop().await;
}

#[tokio::test]
async fn the_same_from_a_terminal() {
    let sandbox = Sandbox::new();
    let bare = remote(&sandbox);
    let (session, _watched, folder) = at_rest(&sandbox, "Add a price list").await;
    let id = session.id.short().to_owned();
    let (code, _, said) = bosk(&sandbox, &["commit", &id]).await;
    assert!(code == 2 && said.contains("nothing to commit"), "{said}");
    write(&folder, "prices.txt", "1\n");
    let (code, said, _) = bosk(&sandbox, &["commit", &id, "--json"]).await;
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, told["commit"].as_str()),
        (0, Some(sandbox.git(&folder, ["rev-parse", "HEAD"]).as_str()))
    );
    let (code, said, _) = bosk(&sandbox, &["log", &id]).await;
    assert!(code == 0 && said.contains("Add a price list") && said.contains("first"), "{said}");
    let (code, said, _) = bosk(&sandbox, &["push", &id, "-u"]).await;
    assert!(code == 0 && said.contains("origin"), "{said}");
    let (code, _, said) = bosk(&sandbox, &["merge", &id, "--show"]).await;
    assert!(code == 0 && said.contains("into main: 1 commit"), "{said}");
    assert!(!sandbox.repository("shop").join("prices.txt").exists());
    let (code, said, _) = bosk(&sandbox, &["merge", &id, "--rebase"]).await;
    assert!(code == 0, "{said}");
    assert_eq!(read(&sandbox.repository("shop"), "prices.txt"), "1\n");
    let (code, _, said) = bosk(&sandbox, &["merge", &id]).await;
    assert!(code == 2 && said.contains("nothing to merge"), "{said}");
    let (code, said, _) = bosk(&sandbox, &["log", &id, "--json", "-n", "1"]).await;
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["more"]), (0, &Value::Bool(true)), "{said}");
    assert!(bare.is_dir());
    session.stop().await;

    // One that started from no branch goes into what is checked out in the repository.
    let main = sandbox.repository("shop");
    let mut from_commit = spec(&main, "From a commit");
    from_commit.base = Some(sandbox.git(&main, ["rev-parse", "HEAD"]));
    let session = sandbox.launch(&from_commit).await.unwrap();
    let folder = session.follow().await.idle().await.summary.folder.clone();
    commit_in(&sandbox, Path::new(&folder), "more.txt", "m\n");
    let (code, said, _) = bosk(&sandbox, &["merge", session.id.short(), "--json"]).await;
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, told["plan"]["target"].as_str()), (0, Some("main")), "{said}");
    assert_eq!(read(&main, "more.txt"), "m\n");
    session.stop().await;
}
