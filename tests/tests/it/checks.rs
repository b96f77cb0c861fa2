//! The check: what it says, what breaks it off, and that nothing else runs than what was agreed to.

use bosk_core::launch::LaunchSpec;
use bosk_core::limits::Limits;
use bosk_core::queue::{Hold, QueuedTask, Stage, Wait};
use bosk_core::session::{Glance, Outcome, State, Verdict};
use bosk_core::transcript::EntryBody;
use bosk_core::trust::FindingKind;
use bosk_core::wire::{Call, Status};
use bosk_core::{ProblemCode, SessionId};
use bosk_runtime::client::launch::{accept_trust, trust_report};
use bosk_runtime::process::Signal;
use bosk_tests::signal::Words;
use bosk_tests::{PATIENCE, Sandbox, Session, Watched, processes, spec};

use super::limits::{notes, told};
use super::{bosk, tool};

fn checked(sandbox: &Sandbox, prompt: &str, check: &str) -> LaunchSpec {
    LaunchSpec { check: Some(check.to_owned()), ..spec(&sandbox.repository("shop"), prompt) }
}

async fn verdict(watched: &mut Watched) -> Verdict {
    let over = |status: &Status| status.summary.check.is_some() && !status.summary.is_checking();
    watched.until("checked", over).await.summary.check.clone().unwrap().verdict
}

async fn checking(watched: &mut Watched) {
    watched.until("checking", |status| status.summary.is_checking()).await;
}

/// What was printed by each check, and what came of it.
fn entries(session: &Session<'_>) -> Vec<(String, Option<Verdict>)> {
    let of_check = |body| match body {
        EntryBody::Check { output, verdict, .. } => Some((output, verdict)),
        _ => None,
    };
    session.transcript().into_iter().filter_map(|entry| of_check(entry.body)).collect()
}

#[tokio::test]
async fn its_exit_code_is_the_verdict_and_its_words_are_one_entry() {
    let sandbox = Sandbox::new();
    let check = "echo one; sleep 0.05; echo two; test -e right || exit 3";
    let session = sandbox.launch(&checked(&sandbox, "!say Done.", check)).await.unwrap();
    let mut watched = session.follow().await;
    assert_eq!(verdict(&mut watched).await, Verdict::Failed { code: Some(3) });
    assert_eq!(watched.status().summary.glance, Glance::Failed);
    watched.send("!tool touch right\n!say Now.").await.unwrap();
    let passed = |status: &Status| {
        status.summary.check.as_ref().is_some_and(|check| check.verdict == Verdict::Passed)
    };
    let row = watched.until("passed", passed).await.summary.clone();
    assert_eq!((row.glance, row.worked), (Glance::Done, 2));
    let said = || "one\ntwo\n".to_owned();
    let both = [(said(), Some(Verdict::Failed { code: Some(3) })), (said(), Some(Verdict::Passed))];
    assert_eq!(entries(&session), both);
    // A turn that is interrupted is not checked.
    watched.send("!hold").await.unwrap();
    watched.working().await;
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    watched.idle().await;
    assert_eq!(watched.status().summary.check, None);
    session.stop().await;
    assert_eq!(entries(&session).len(), 2);
}

#[tokio::test]
async fn a_message_and_a_stop_end_it_with_all_that_came_of_it() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let pipe = words.path().display();
    let check = format!("setsid sleep 300 & echo $! > {pipe}; echo $$ > {pipe}; exec sleep 300");
    let session = sandbox.launch(&checked(&sandbox, "!say One.", &check)).await.unwrap();
    let mut watched = session.follow().await;
    let left = words.next_process().await;
    let root = words.next_process().await;
    checking(&mut watched).await;
    assert_eq!(watched.status().summary.glance, Glance::Running);
    watched.send("!say Two.").await.unwrap();
    processes::ended(&root, PATIENCE).await;
    processes::ended(&left, PATIENCE).await;
    watched.until("answered", |status| status.summary.turns == 2).await;
    assert_eq!(session.texts(), ["One.", "Two."], "and the CLI is still the same");
    assert_eq!(entries(&session)[0], (String::new(), None));

    let (left, root) = (words.next_process().await, words.next_process().await);
    checking(&mut watched).await;
    let row = session.stop().await;
    assert!(matches!(row.state, State::Ended { outcome: Outcome::Stopped { .. }, left_behind: 0 }));
    assert_eq!(row.check, None, "that it was broken off says nothing of the work");
    assert!(!left.is_alive() && !root.is_alive());
    assert_eq!(processes::with_cookie(&session.id), []);
}

#[tokio::test]
async fn an_interrupt_ends_it_and_the_session_goes_on() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let check = format!("echo $$ > {}; exec sleep 300", words.path().display());
    let session = sandbox.launch(&checked(&sandbox, "!say One.", &check)).await.unwrap();
    let mut watched = session.follow().await;
    let root = words.next_process().await;
    checking(&mut watched).await;
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    processes::ended(&root, PATIENCE).await;
    watched.until("no check", |status| status.summary.check.is_none()).await;
    assert_eq!(watched.idle().await.summary.glance, Glance::Done);
    session.stop().await;
}

#[tokio::test]
async fn one_that_takes_too_long_has_failed() {
    let mut sandbox = Sandbox::new();
    sandbox.set("BOSK_PATIENCE_MS", "1000");
    let spec = checked(&sandbox, "!say One.", "echo begun; exec sleep 300");
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    assert_eq!(verdict(&mut watched).await, Verdict::Failed { code: None });
    session.stop().await;
    assert_eq!(entries(&session), [("begun\n".to_owned(), Some(Verdict::Failed { code: None }))]);
    assert_eq!(processes::with_cookie(&session.id), []);
}

#[tokio::test]
async fn limits_hold_it_and_claude_is_not_told_of_what_is_not_its_own() {
    let sandbox = Sandbox::new();
    let limits = Limits { processes: Some(40), ..Limits::default() };
    let check = format!("test -e good || {}", tool("fork 300"));
    let spec = checked(&sandbox, "!say One.", &check);
    let session = sandbox.launch(&LaunchSpec { limits: Some(limits), ..spec }).await.unwrap();
    let mut watched = session.follow().await;
    assert_eq!(verdict(&mut watched).await, Verdict::Failed { code: None });
    let reached = notes(&session).into_iter().find(|note| note.reached).unwrap();
    assert!(reached.stopped.len() > 40, "{reached:?}");
    assert!(watched.status().asks.is_empty() && told(&session).is_empty());
    watched.send("!tool touch good\n!say Two.").await.unwrap();
    watched.until("answered", |status| status.summary.turns == 2).await;
    assert_eq!(verdict(&mut watched).await, Verdict::Passed);
    assert_eq!(session.texts(), ["One.", "Two."]);
    session.stop().await;
}

#[tokio::test]
async fn with_its_keeper_dies_the_check_and_what_it_would_have_said() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let check = format!("echo $$ > {}; exec sleep 300", words.path().display());
    let session = sandbox.launch(&checked(&sandbox, "!say One.", &check)).await.unwrap();
    let root = words.next_process().await;
    checking(&mut session.follow().await).await;
    let keeper = session.keeper().unwrap();
    keeper.signal(Signal::Kill).unwrap();
    processes::ended(&keeper, PATIENCE).await;
    let row = session.row().await.unwrap();
    assert!(matches!(row.state, State::Ended { outcome: Outcome::Lost, .. }), "{:?}", row.state);
    assert_eq!(row.check, None);
    processes::ended(&root, PATIENCE).await;
    sandbox.resume(&session).await.unwrap();
    session.follow().await.idle().await;
    assert_eq!(entries(&session), [(String::new(), None)]);
    session.stop().await;
}

#[tokio::test]
async fn what_the_repository_proposes_runs_as_it_was_agreed_to() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    std::fs::write(repository.join("bosk.toml"), "[check]\nrun = 'echo agreed'\n").unwrap();
    sandbox.git(&repository, ["add", "."]);
    sandbox.git(&repository, ["commit", "--quiet", "--message", "check"]);
    let rewritten = "!tool echo '[check]' > bosk.toml; echo 'run = \"exit 9\"' >> bosk.toml; git commit -qam evil\n!say Done.";
    let spec = spec(&repository, rewritten);
    let refused = sandbox.launch(&spec).await.map(|session| session.id);
    assert_eq!(refused.unwrap_err().code, ProblemCode::NotTrusted);
    let report = trust_report(sandbox.home(), &spec).await.unwrap();
    let found = report.findings.iter().find(|one| one.kind == FindingKind::Check).unwrap();
    assert_eq!(found.detail.as_deref(), Some("echo agreed"));
    accept_trust(sandbox.home(), &spec, &report.fingerprint).await.unwrap();

    let session = sandbox.launch(&spec).await.unwrap();
    assert_eq!(verdict(&mut session.follow().await).await, Verdict::Passed);
    session.stop().await;
    sandbox.resume(&session).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.send("!say Again.").await.unwrap();
    watched.until("answered", |status| status.summary.turns == 2).await;
    assert_eq!(verdict(&mut watched).await, Verdict::Passed);
    session.stop().await;
    let said = ("agreed\n".to_owned(), Some(Verdict::Passed));
    assert_eq!(entries(&session), [said.clone(), said]);

    // In the repository itself, too, what it said before counts.
    let in_place = LaunchSpec { worktree: false, ..spec.clone() };
    let session = sandbox.launch(&in_place).await.unwrap();
    assert_eq!(verdict(&mut session.follow().await).await, Verdict::Passed);
    session.stop().await;
    sandbox.git(&repository, ["reset", "-q", "--hard", "HEAD~1"]);

    // The person's own comes first, and none is one, too.
    let own = LaunchSpec { check: Some("exit 4".to_owned()), ..spec.clone() };
    let session = sandbox.launch(&own).await.unwrap();
    assert_eq!(verdict(&mut session.follow().await).await, Verdict::Failed { code: Some(4) });
    session.stop().await;
    let none = LaunchSpec { check: Some(String::new()), ..spec };
    let session = sandbox.launch(&none).await.unwrap();
    session.follow().await.until("done", |status| status.summary.turns == 1).await;
    session.stop().await;
    assert_eq!(entries(&session), []);
}

#[tokio::test]
async fn what_waits_for_work_that_fails_its_check_is_held() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let may_end = Words::at(sandbox.path("may-end"));
    let (pipe, end) = (words.path().display(), may_end.path().display());
    let check = format!("echo checking > {pipe}; read line < {end}; exit 1");
    let file = sandbox.path("batch.txt");
    std::fs::write(&file, "!say One.\n---\n!say Two.\n---\n").unwrap();
    let args =
        ["batch", "--json", "--one-after-another", "--check", &check, file.to_str().unwrap()];
    let (code, out, said) = bosk(&sandbox, &args).await;
    assert_eq!(code, 0, "{said}");
    let ids: Vec<SessionId> = serde_json::from_str(&out).unwrap();
    assert_eq!(words.next().await, "checking");
    let listed = async || -> Vec<QueuedTask> {
        serde_json::from_str(&bosk(&sandbox, &["queue", "--json"]).await.1).unwrap()
    };
    let session = sandbox.session(ids[0].clone());
    checking(&mut session.follow().await).await;
    let stages: Vec<Stage> = listed().await.into_iter().map(|one| one.stage).collect();
    assert_eq!(stages, [Stage::Running, Stage::Waiting { hold: None }], "its turn alone is not it");
    std::fs::write(may_end.path(), "go\n").unwrap();
    let (code, _, _) = bosk(&sandbox, &["wait", ids[0].as_str()]).await;
    assert_eq!(code, 1);
    let waiting = listed().await;
    let held = Wait::Release { hold: Hold::Before { task: ids[0].clone() } };
    assert_eq!((waiting.len(), &waiting[0].wait), (1, &Some(held)), "and it was not tried again");
}

#[tokio::test]
async fn the_command_line_waits_for_the_verdict_and_tells_it() {
    let sandbox = Sandbox::new();
    let (code, out, said) =
        bosk(&sandbox, &["run", "--check", "echo no; exit 7", "!say One."]).await;
    assert_eq!(code, 1, "{said}");
    assert!(
        out.contains("check │ no") && out.contains("The check failed with exit code 7"),
        "{out}"
    );
    let (code, out, _) =
        bosk(&sandbox, &["run", "--json", "--check", "echo yes", "!say One."]).await;
    assert_eq!(code, 0);
    let mut lines =
        out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let entry = lines.rfind(|line| line["entry"]["kind"] == "check").unwrap();
    assert_eq!(
        (&entry["entry"]["output"], &entry["entry"]["verdict"]["verdict"]),
        (&"yes\n".into(), &"passed".into())
    );
    let (_, out, _) = bosk(&sandbox, &["ls"]).await;
    assert!(out.contains("the check failed with exit code 7"), "{out}");
}
