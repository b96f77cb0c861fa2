//! Publishing a session's branch to a remote that takes it, refuses it, or is gone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bosk_core::review::forge::{PushPlan, PushRequest, RemoteHas};
use bosk_runtime::merging::Pushes;
use bosk_runtime::process::{ProcessIdentity, Signal};
use bosk_tests::{PATIENCE, Sandbox};

use crate::bosk;
use crate::merging::{at_rest, commit_in, work};

fn to(plan: &PushPlan) -> PushRequest {
    PushRequest {
        remote: "origin".into(),
        head: plan.head.clone(),
        set_upstream: false,
        force_with_lease: false,
        hooks: false,
    }
}

/// A bare remote called `origin`.
pub(crate) fn remote(sandbox: &Sandbox) -> PathBuf {
    let (main, bare) = (sandbox.repository("shop"), sandbox.path("remote.git"));
    sandbox.git(&main, ["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    sandbox.git(&main, ["remote", "add", "origin", bare.to_str().unwrap()]);
    sandbox.git(&main, ["fetch", "-q", "origin"]);
    bare
}

/// A hook of a repository.
fn hook(folder: &Path, name: &str, body: &str) {
    let write = r#"mkdir -p "$1" && printf '#!/bin/sh\n%s\n' "$3" > "$1/$2" && chmod 755 "$1/$2""#;
    let mut shell = Command::new("sh");
    shell.args(["-c", write, "sh"]).arg(folder).args([name, body]);
    assert!(shell.status().unwrap().success());
}

#[tokio::test]
async fn a_push_that_hangs_is_given_up_whole_and_the_remote_is_asked() {
    let sandbox = Sandbox::new();
    let bare = remote(&sandbox);
    let (session, _watched, folder) = at_rest(&sandbox, "Publish").await;
    let work = work(&sandbox, &session).await;
    commit_in(&sandbox, &folder, "a.txt", "a\n");
    let request = to(&work.push_plan().await.unwrap());
    let pipe = hanging(&sandbox, &bare, "pre-receive");
    let pushes = Pushes::default();
    let cancelled = async {
        let hung = pids(pipe).await;
        let second = pushes.push(&work, &request).await.unwrap_err();
        assert!(second.message.contains("goes on already"), "{second:?}");
        pushes.cancel(&session.id);
        hung
    };
    let (pushed, left) = tokio::join!(pushes.push(&work, &request), cancelled);
    assert!(!pushed.unwrap(), "it was given up");
    for left in left {
        left.wait_until_dead(PATIENCE);
        assert!(!left.is_alive(), "what it had started on the other side is ended with it");
    }
    assert_eq!(work.remote_has(&request).await.unwrap(), RemoteHas::AsBefore);

    std::fs::remove_file(bare.join("hooks/pre-receive")).unwrap();
    assert!(pushes.push(&work, &request).await.unwrap(), "another can begin");
    assert_eq!(work.remote_has(&request).await.unwrap(), RemoteHas::Pushed);
    commit_in(&sandbox, &folder, "b.txt", "b\n");
    let next = to(&work.push_plan().await.unwrap());
    let branch = work.push_plan().await.unwrap().branch;
    sandbox.git(&bare, ["update-ref", &format!("refs/heads/{branch}"), "main"]);
    assert_eq!(work.remote_has(&next).await.unwrap(), RemoteHas::Other);
    std::fs::rename(&bare, sandbox.path("moved.git")).unwrap();
    let gone = work.remote_has(&next).await.unwrap_err();
    assert!(gone.message.contains("not known"), "{gone:?}");
    session.stop().await;
}

#[tokio::test]
async fn a_branch_is_pushed_and_each_refusal_is_told() {
    let sandbox = Sandbox::new();
    let bare = remote(&sandbox);
    let (session, _watched, folder) = at_rest(&sandbox, "Publish").await;
    let work = work(&sandbox, &session).await;
    commit_in(&sandbox, &folder, "a.txt", "a\n");
    let plan = work.push_plan().await.unwrap();
    assert_eq!((plan.ahead, plan.behind, plan.upstream.clone()), (1, 0, None));
    assert_eq!(plan.remotes[0].name, "origin");
    let branch = plan.branch.clone();
    work.push(&PushRequest { set_upstream: true, ..to(&plan) }).await.unwrap();
    assert_eq!(sandbox.git(&bare, ["rev-parse", &branch]), plan.head);
    let plan = work.push_plan().await.unwrap();
    assert_eq!(
        (plan.ahead, plan.upstream.as_deref()),
        (0, Some(format!("origin/{branch}").as_str()))
    );
    assert!(work.commit_plan().await.unwrap().last.is_none(), "pushed, so not amended");

    // Somebody else has pushed there, and this one has another commit.
    let other = sandbox.path("other");
    sandbox.git(
        &sandbox.path(""),
        ["clone", "-q", "-b", &branch, bare.to_str().unwrap(), other.to_str().unwrap()],
    );
    commit_in(&sandbox, &other, "theirs.txt", "t\n");
    sandbox.git(&other, ["push", "-q"]);
    commit_in(&sandbox, &folder, "b.txt", "b\n");
    let moved = work.push(&to(&plan)).await.unwrap_err();
    assert!(moved.message.contains("has moved"), "{moved:?}");
    let plan = work.push_plan().await.unwrap();
    let rejected = work.push(&to(&plan)).await.unwrap_err();
    assert!(rejected.message.contains("has commits"), "{rejected:?}");
    let force = PushRequest { force_with_lease: true, ..to(&plan) };
    let stale = work.push(&force).await.unwrap_err();
    assert!(stale.message.contains("last fetched"), "{stale:?}");
    sandbox.git(&folder, ["fetch", "-q"]);
    assert_eq!(work.push_plan().await.unwrap().behind, 1);
    work.push(&force).await.unwrap();
    assert_eq!(sandbox.git(&bare, ["rev-parse", &branch]), plan.head);

    // A remote that refuses by a hook, a hook of this side, and one that is gone.
    commit_in(&sandbox, &folder, "c.txt", "c\n");
    let plan = work.push_plan().await.unwrap();
    let hooks = sandbox.repository("shop").join(".git/hooks");
    hook(&hooks, "pre-push", "echo tests fail >&2; exit 1");
    let refused = work.push(&PushRequest { hooks: true, ..to(&plan) }).await.unwrap_err();
    assert!(
        refused.message.contains("pre-push hook refused") && refused.message.contains("tests fail"),
        "{refused:?}"
    );
    hook(&bare.join("hooks"), "pre-receive", "echo no tabs here; exit 1");
    let refused = work.push(&to(&plan)).await.unwrap_err();
    assert!(
        refused.message.contains("refused the branch") && refused.message.contains("no tabs here"),
        "{refused:?}"
    );
    std::fs::rename(&bare, sandbox.path("moved.git")).unwrap();
    let gone = work.push(&to(&plan)).await.unwrap_err();
    assert!(gone.message.contains("no repository"), "{gone:?}");
    session.stop().await;
}

/// A hook of the remote's that hangs, in a group of its own too, once it has said who it is.
fn hanging(sandbox: &Sandbox, bare: &Path, name: &str) -> PathBuf {
    let pipe = sandbox.path(name);
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let body = format!("setsid sleep 600 & echo $$ $! > {}; sleep 600", pipe.display());
    hook(&bare.join("hooks"), name, &body);
    pipe
}

/// Who hangs.
async fn pids(pipe: PathBuf) -> Vec<ProcessIdentity> {
    let said = tokio::task::spawn_blocking(move || std::fs::read_to_string(pipe).unwrap()).await;
    let pids = said.unwrap();
    pids.split_whitespace().filter_map(|pid| ProcessIdentity::of(pid.parse().unwrap())).collect()
}

#[tokio::test]
async fn a_push_that_is_broken_off_ends_all_and_says_what_the_remote_has() {
    let sandbox = Sandbox::new();
    let bare = remote(&sandbox);
    let (session, _watched, folder) = at_rest(&sandbox, "Publish").await;
    let branch = sandbox.git(&folder, ["branch", "--show-current"]);
    for (name, words) in
        [("pre-receive", "does not have it as of now"), ("post-receive", "has it already")]
    {
        let head = commit_in(&sandbox, &folder, name, "x\n");
        let pipe = hanging(&sandbox, &bare, name);
        let mut push = tokio::process::Command::new(sandbox.value("BOSK_BIN"));
        push.args(["push", session.id.short(), "-u"]).env_clear().envs(sandbox.environment());
        push.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let push = push.spawn().unwrap();
        let hung = tokio::time::timeout(PATIENCE, pids(pipe)).await.expect("the hook begins");
        assert_eq!(hung.len(), 2);
        let own = ProcessIdentity::of(push.id().unwrap()).unwrap();
        own.signal(Signal::Interrupt).unwrap();
        let ended = tokio::time::timeout(PATIENCE, push.wait_with_output()).await.unwrap().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(130), "{said}");
        assert!(said.contains("Broken off") && said.contains(words), "{said}");
        assert!(hung.iter().all(|one| !one.is_alive()), "{name}");
        let there = sandbox.git(&bare, ["for-each-ref", "--format=%(objectname)", "refs/heads/"]);
        assert_eq!(there.contains(&head), name == "post-receive");
        std::fs::remove_file(bare.join("hooks").join(name)).unwrap();
    }
    // Nothing is locked by what was ended: the next one goes through.
    commit_in(&sandbox, &folder, "last", "x\n");
    let (code, _, said) = bosk(&sandbox, &["push", session.id.short()]).await;
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        sandbox.git(&bare, ["rev-parse", &branch]),
        sandbox.git(&folder, ["rev-parse", "HEAD"])
    );
    session.stop().await;
}

#[tokio::test]
async fn a_push_that_nobody_waits_for_any_more_is_ended() {
    let sandbox = Sandbox::new();
    let bare = remote(&sandbox);
    let (session, _watched, folder) = at_rest(&sandbox, "Publish").await;
    let work = work(&sandbox, &session).await;
    commit_in(&sandbox, &folder, "a.txt", "a\n");
    let plan = work.push_plan().await.unwrap();
    let pipe = hanging(&sandbox, &bare, "pre-receive");
    let request = to(&plan);
    let hung = tokio::select! {
        pushed = work.push(&request) => panic!("it ended: {pushed:?}"),
        hung = pids(pipe) => hung,
    };
    for one in &hung {
        one.wait_until_dead(PATIENCE);
        assert!(!one.is_alive());
    }
    session.stop().await;
}
