//! Pull requests by `gh`, which a stand-in plays, and what of them goes to the session.

use std::path::PathBuf;

use bosk_core::ProblemCode;
use bosk_core::review::forge::{Feedback, ForgeState, PushRequest};
use bosk_tests::Sandbox;
use serde_json::{Value, json};

use crate::bosk;
use crate::merging::{all, at_rest, last_prompt, work, write};

/// A sandbox whose repository has its remote on GitHub.
fn sandbox() -> (Sandbox, PathBuf) {
    let mut sandbox = Sandbox::new();
    let state = sandbox.path("gh.json");
    sandbox.set("STAND_IN_GH", &state);
    let main = sandbox.repository("shop");
    sandbox.git(&main, ["remote", "add", "origin", "https://me:hunter2@github.com/o/shop.git"]);
    (sandbox, state)
}

fn install(sandbox: &mut Sandbox, state: &Value) {
    install_as(sandbox, "gh", state);
}

fn install_as(sandbox: &mut Sandbox, name: &str, state: &Value) {
    let bin = sandbox.path("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let program = bosk_tests::sandbox::program("stand-in-gh");
    let link = bin.join(name);
    if !link.exists() {
        std::os::unix::fs::symlink(program, link).unwrap();
        let path = sandbox.value("PATH");
        let all = std::iter::once(bin).chain(std::env::split_paths(&path));
        sandbox.set("PATH", std::env::join_paths(all).unwrap());
    }
    std::fs::write(sandbox.path("gh.json"), state.to_string()).unwrap();
}

fn calls(state: &std::path::Path) -> Vec<Value> {
    let state: Value = serde_json::from_slice(&std::fs::read(state).unwrap()).unwrap();
    state["calls"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn absent_and_signed_out_are_states_and_a_request_is_opened() {
    let (mut sandbox, state) = sandbox();
    install(&mut sandbox, &json!({"signed_in": false}));
    let sandbox = sandbox;
    let (session, _watched, folder) =
        at_rest(&sandbox, "Add a price list\n!say It has *prices* now.").await;
    write(&folder, "prices.txt", "1\n");
    let work = work(&sandbox, &session).await;
    work.commit(&all("Add prices")).await.unwrap();
    let view = work.forge().await.unwrap();
    assert_eq!(view.state, ForgeState::SignedOut);
    let compare = view.compare_url.unwrap();
    assert!(
        compare.starts_with("https://github.com/o/shop/compare/main...")
            && !compare.contains("hunter2"),
        "{compare}"
    );
    assert_eq!(
        (view.title.as_str(), view.body.as_str()),
        ("Add a price list", "It has *prices* now.")
    );
    let refused = work.open_pull_request("T", "B", false).await.unwrap_err();
    assert!(refused.message.contains("signed in"), "{refused:?}");

    std::fs::write(&state, json!({"signed_in": true}).to_string()).unwrap();
    let view = work.forge().await.unwrap();
    assert!(view.state == ForgeState::Ready && view.request.is_none());
    let refused = work.open_pull_request("T", "B", false).await.unwrap_err();
    assert!(refused.hint.unwrap().contains("Push"), "not pushed yet");
    let plan = work.push_plan().await.unwrap();
    assert!(!format!("{plan:?}").contains("hunter2"), "{plan:?}");
    sandbox
        .git(&folder, ["update-ref", &format!("refs/remotes/origin/{}", plan.branch), &plan.head]);
    let body = "The body\nwith `code`";
    let request = work.open_pull_request("--A title", body, true).await.unwrap();
    assert_eq!((request.number, request.state.as_str(), request.draft), (7, "open", true));
    let made = calls(&state).into_iter().find(|call| call["args"][1] == "create").unwrap();
    let args: Vec<&str> =
        made["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        args.contains(&"--title=--A title")
            && args.contains(&"--base=main")
            && args.contains(&"--repo=github.com/o/shop"),
        "{args:?}"
    );
    assert_eq!(made["input"], body);
    assert!(calls(&state).iter().all(|call| !call.to_string().contains("hunter2")));
    let (code, said, _) = bosk(&sandbox, &["pr", session.id.short(), "--json"]).await;
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["request"]["number"]), (0, &Value::from(7)));
    session.stop().await;
}

#[tokio::test]
async fn without_the_command_and_without_a_forge() {
    let (mut sandbox, _) = sandbox();
    // Only what git and the stand-in need.
    let bin = sandbox.path("bare-bin");
    std::fs::create_dir(&bin).unwrap();
    for name in ["git", "sh"] {
        let found = std::env::split_paths(&sandbox.value("PATH"))
            .map(|folder| folder.join(name))
            .find(|path| path.is_file())
            .unwrap();
        std::os::unix::fs::symlink(found, bin.join(name)).unwrap();
    }
    sandbox.set("PATH", &bin);
    let sandbox = sandbox;
    let (session, _watched, folder) = at_rest(&sandbox, "Work").await;
    let work = work(&sandbox, &session).await;
    let view = work.forge().await.unwrap();
    // The usual places are looked in too, where a machine may have one.
    if !["/usr/bin/gh", "/usr/local/bin/gh", "/bin/gh"]
        .iter()
        .any(|path| std::path::Path::new(path).exists())
    {
        assert_eq!(view.state, ForgeState::Missing);
    }
    assert!(view.compare_url.is_some());
    sandbox.git(&folder, ["remote", "set-url", "origin", "https://example.org/o/shop.git"]);
    let view = work.forge().await.unwrap();
    assert_eq!((view.state, view.compare_url), (ForgeState::None, None));
    session.stop().await;
}

#[tokio::test]
async fn failing_checks_and_comments_go_to_the_session() {
    let (mut sandbox, state) = sandbox();
    let request = json!({
        "number": 3, "title": "T", "url": "https://github.com/o/shop/pull/3", "state": "OPEN", "isDraft": false,
        "statusCheckRollup": [
            {"__typename": "CheckRun", "name": "build", "status": "COMPLETED", "conclusion": "SUCCESS"},
            {"__typename": "CheckRun", "name": "test", "status": "COMPLETED", "conclusion": "FAILURE",
             "detailsUrl": "https://github.com/o/shop/actions/runs/11/job/22"},
            {"__typename": "CheckRun", "name": "lint", "status": "IN_PROGRESS", "conclusion": ""},
            {"__typename": "StatusContext", "context": "deploy", "state": "ERROR", "targetUrl": "https://ci/1"},
        ],
        "comments": [{"id": "IC_1", "author": {"login": "ann"}, "body": "Nice"}],
        "reviews": [{"id": "R_1", "author": {"login": "bob"}, "body": ""}],
    });
    let comments = json!([{"id": 99, "user": {"login": "bob"}, "body": "Use a list", "path": "a.txt", "line": null, "original_line": 4}]);
    let log = format!("{}\u{1b}[31mtest\tassertion failed\u{1b}[0m\n", "noise\n".repeat(20_000));
    install(
        &mut sandbox,
        &json!({"signed_in": true, "requests": [request], "comments": comments, "log": log}),
    );
    let sandbox = sandbox;
    let (session, mut watched, _folder) = at_rest(&sandbox, "Work").await;
    let work = work(&sandbox, &session).await;
    let view = work.forge().await.unwrap();
    let request = view.request.unwrap();
    let checks: Vec<_> = request.checks.iter().map(|one| (one.name.as_str(), one.passed)).collect();
    assert_eq!(
        checks,
        [("build", Some(true)), ("test", Some(false)), ("lint", None), ("deploy", Some(false))]
    );
    let said: Vec<_> = request
        .comments
        .iter()
        .map(|one| (one.id.as_str(), one.path.as_deref(), one.line))
        .collect();
    assert_eq!(said, [("IC_1", None, None), ("99", Some("a.txt"), Some(4))]);

    let mut last = async |feedback: Feedback| {
        let before = session.acknowledged().len();
        work.send_feedback(&feedback).await.unwrap();
        watched.until("told", |_| session.acknowledged().len() > before).await;
        watched.idle().await;
        last_prompt(&session)
    };
    let told = last(Feedback::Check { name: "test".into() }).await;
    assert!(
        told.contains("`test` failed")
            && told.contains("test\tassertion failed\n```")
            && told.len() < 20_000,
        "{told}"
    );
    assert!(calls(&state).iter().any(|call| call["args"].to_string().contains("--job=22")));
    let told = last(Feedback::Check { name: "deploy".into() }).await;
    assert!(told.contains("https://ci/1") && told.contains("cannot be read"), "{told}");
    let told = last(Feedback::Comment { id: "99".into() }).await;
    assert!(
        told.contains("of bob") && told.contains("`a.txt`, line 4") && told.contains("Use a list"),
        "{told}"
    );
    let gone = work.send_feedback(&Feedback::Check { name: "build".into() }).await.unwrap_err();
    assert_eq!(gone.code, ProblemCode::RequestGone);

    std::fs::write(&state, json!({"signed_in": true, "fail": "HTTP 502: bad gateway"}).to_string())
        .unwrap();
    let failed = work.forge().await.unwrap_err();
    assert!(failed.message.contains("HTTP 502"), "{failed:?}");
    std::fs::write(&state, json!({"signed_in": true, "hang": true}).to_string()).unwrap();
    let patient = work.clone().forge_patience(std::time::Duration::from_secs(1));
    let hung = patient.forge().await.unwrap_err();
    assert_eq!(hung.code, ProblemCode::TimedOut);
    let wrong = PushRequest {
        remote: "--all".into(),
        head: work.push_plan().await.unwrap().head,
        set_upstream: false,
        force_with_lease: false,
        hooks: false,
    };
    assert_eq!(work.push(&wrong).await.unwrap_err().code, ProblemCode::InvalidInput);
    session.stop().await;
}

#[tokio::test]
async fn merge_requests_of_gitlab_by_its_own_command() {
    let (mut sandbox, state) = sandbox();
    let main = sandbox.repository("shop");
    sandbox.git(&main, ["remote", "set-url", "origin", "https://gitlab.com/g/sub/shop.git"]);
    let at = |path: &str| format!("projects/g%2Fsub%2Fshop/{path}");
    let listed = at("merge_requests?source_branch=work&state=all&per_page=10");
    install_as(
        &mut sandbox,
        "glab",
        &json!({"signed_in": true, "answers": {&listed: [], at("merge_requests"): {"iid": 5}}}),
    );
    let sandbox = sandbox;
    let (session, mut watched, folder) = at_rest(&sandbox, "Work").await;
    write(&folder, "a.txt", "1\n");
    let work = work(&sandbox, &session).await;
    work.commit(&all("Add a")).await.unwrap();
    let view = work.forge().await.unwrap();
    assert!(view.state == ForgeState::Ready && view.request.is_none(), "{view:?}");
    let plan = work.push_plan().await.unwrap();
    assert_eq!(plan.branch, "work");
    sandbox.git(&folder, ["update-ref", "refs/remotes/origin/work", &plan.head]);
    // It is asked for again, and is not there yet.
    let _ = work.open_pull_request("A title", "The body", true).await;
    let made = calls(&state).into_iter().find(|call| call["input"] != "").unwrap();
    assert!(made["args"].to_string().contains("--method=POST"), "{made}");
    let asked: Value = serde_json::from_str(made["input"].as_str().unwrap()).unwrap();
    assert_eq!(
        asked,
        json!({"source_branch": "work", "target_branch": "main", "title": "Draft: A title", "description": "The body"})
    );

    let job = "https://gitlab.com/g/sub/shop/-/jobs/22";
    let answers = json!({
        &listed: [
            {"iid": 4, "title": "Old", "web_url": "https://gitlab.com/4", "state": "closed"},
            {"iid": 5, "title": "T", "web_url": "https://gitlab.com/5", "state": "opened", "draft": true},
        ],
        at("merge_requests/5/pipelines?per_page=1"): [{"id": 11}],
        at("pipelines/11/jobs?per_page=100"): [
            {"name": "build", "status": "success", "web_url": job, "allow_failure": false},
            {"name": "test", "status": "failed", "web_url": job, "allow_failure": false},
            {"name": "style", "status": "failed", "web_url": job, "allow_failure": true},
            {"name": "deploy", "status": "running", "web_url": null},
        ],
        at("merge_requests/5/notes?sort=asc&per_page=100"): [
            {"id": 1, "author": {"username": "bot"}, "body": "added 1 commit", "system": true, "position": null},
            {"id": 2, "author": {"username": "ann"}, "body": "Use a list",
             "position": {"new_path": "a.txt", "old_path": "a.txt", "new_line": null, "old_line": 4}},
        ],
        at("jobs/22/trace"): "assertion failed",
    });
    std::fs::write(&state, json!({"signed_in": true, "answers": answers}).to_string()).unwrap();
    let request = work.forge().await.unwrap().request.unwrap();
    assert_eq!((request.number, request.state.as_str(), request.draft), (5, "open", true));
    let checks: Vec<_> = request.checks.iter().map(|one| (one.name.as_str(), one.passed)).collect();
    assert_eq!(
        checks,
        [("build", Some(true)), ("test", Some(false)), ("style", Some(true)), ("deploy", None)]
    );
    let [note] = request.comments.as_slice() else { panic!("{:?}", request.comments) };
    assert_eq!((note.path.as_deref(), note.line), (Some("a.txt"), Some(4)));
    let before = session.acknowledged().len();
    work.send_feedback(&Feedback::Check { name: "test".into() }).await.unwrap();
    watched.until("told", |_| session.acknowledged().len() > before).await;
    watched.idle().await;
    assert!(last_prompt(&session).contains("assertion failed"));
    session.stop().await;
}
