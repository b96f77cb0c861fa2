//! Going back that was broken off is finished by whoever looks next, and what stands in its way is told.

use std::path::Path;

use bosk_core::git::Rewind;
use bosk_core::journal::{Decision, Kind, Note, Point, WentBack};
use bosk_core::transcript::EntryBody;
use bosk_core::{ProblemCode, SessionId};
use bosk_rehearsal::Server;
use bosk_runtime::client::back;
use bosk_runtime::client::points::points;
use bosk_runtime::journal::{DECISIONS, Writer};
use bosk_tests::{Sandbox, Session, spec};

use crate::back::{first_written, folder, go_on, known, read, server, trusting, write};
use crate::bosk;

/// What `bosk back` writes down before it does anything: there it was killed.
fn decided(session: &Session<'_>, back: WentBack) {
    let (mut decisions, _) = Writer::open(&session.folder().join(DECISIONS)).unwrap();
    let decision = serde_json::to_vec(&Decision::GoBack(back)).unwrap();
    decisions.append(Kind::Decision, &decision);
    decisions.sync().unwrap();
}

/// A session of three messages that has ended; the last two each write a file.
async fn written<'a>(sandbox: &'a Sandbox) -> (Session<'a>, String, String) {
    let (session, mut watched) = first_written(sandbox).await;
    let first = session.acknowledged()[0].clone();
    let second = watched.turn(&write("a.txt", "two")).await;
    watched.turn(&write("b.txt", "three")).await;
    drop(watched);
    session.stop().await;
    (session, first, second)
}

async fn going(sandbox: &Sandbox, session: &Session<'_>, to: &str) -> WentBack {
    let plan = back::plan(sandbox.home(), &session.id, to).await.unwrap();
    let points = points(sandbox.home(), &session.id).await.unwrap();
    WentBack {
        message: to.to_owned(),
        text: "two".to_owned(),
        files: plan.now,
        conversation: Some(points.of(to).unwrap().before.clone()),
        until_now: points.now().clone(),
        undo: false,
    }
}

fn undos(session: &Session<'_>) -> Vec<bool> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let told = bodies.filter_map(|body| match body {
        EntryBody::WentBack { undo, .. } => Some(undo),
        _ => None,
    });
    told.collect()
}

#[tokio::test]
async fn what_was_broken_off_is_finished_when_the_session_is_looked_at_next() {
    let server: Server = server().await;
    let sandbox = Sandbox::real(&server);
    let home = sandbox.home();
    let (session, first, second) = written(&sandbox).await;
    let at = folder(&session).await;

    // Nothing of it was done yet, half of it was, and all of it but the word.
    let nothing: fn(&Path) = |_| {};
    let half: fn(&Path) = |at| std::fs::remove_file(at.join("b.txt")).unwrap();
    let all: fn(&Path) = |at| {
        std::fs::remove_file(at.join("b.txt")).unwrap();
        std::fs::write(at.join("a.txt"), "one\n").unwrap();
    };
    for (turn, done) in [nothing, half, all].into_iter().enumerate() {
        decided(&session, going(&sandbox, &session, &second).await);
        done(&at);
        // Who takes it back needs it done first.
        back::undo(home, &session.id).await.unwrap();
        assert_eq!(read(&at, "a.txt").as_deref(), Some("two\n"));
        assert_eq!(read(&at, "b.txt").as_deref(), Some("three\n"));
        assert_eq!(undos(&session).len(), 2 * (turn + 1));
    }

    // Who was to take it back and was killed: then it is taken back by whoever starts it.
    let plan = back::plan(home, &session.id, &second).await.unwrap();
    let then = points(home, &session.id).await.unwrap().now().clone();
    back::go(home, &session.id, &second, Rewind::Both, plan.now).await.unwrap();
    let mut undo = going(&sandbox, &session, &second).await;
    (undo.undo, undo.conversation) = (true, Some(then));
    decided(&session, undo);
    sandbox.resume(&session).await.unwrap();
    assert_eq!(read(&at, "b.txt").as_deref(), Some("three\n"));
    assert_eq!(undos(&session).last(), Some(&true));
    session.stop().await;

    decided(&session, going(&sandbox, &session, &second).await);
    go_on(&sandbox, &session, "@text From there.").await;
    assert_eq!(read(&at, "a.txt").as_deref(), Some("one\n"));
    assert_eq!(read(&at, "b.txt"), None);
    let last = session.acknowledged().last().unwrap().clone();
    assert_eq!(known(&sandbox, &session, &last).await, [first, last.clone()]);
    session.stop().await;
    go_on(&sandbox, &session, "@text And on.").await;
    assert_eq!(undos(&session).len(), 9, "once, and never again");
    session.stop().await;
}

#[tokio::test]
async fn what_cannot_be_finished_is_told_and_the_session_goes_on_as_it_is() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let (session, _, second) = written(&sandbox).await;
    let at = folder(&session).await;
    let going = going(&sandbox, &session, &second).await;
    let before = going.files.clone().unwrap();
    decided(&session, going);
    std::fs::write(at.join("own.txt"), "since then\n").unwrap();
    go_on(&sandbox, &session, "@text On.").await;
    assert_eq!(read(&at, "b.txt").as_deref(), Some("three\n"));
    assert_eq!(read(&at, "own.txt").as_deref(), Some("since then\n"));
    let last = session.acknowledged().last().unwrap().clone();
    assert_eq!(known(&sandbox, &session, &last).await.len(), 4, "the whole conversation");
    let told = session.notes().into_iter().any(
        |note| matches!(note, Note::Warning { text } if text.contains("You went back") && text.contains(&before)),
    );
    assert!(told);
    assert!(undos(&session).is_empty());
    session.stop().await;
}

#[tokio::test]
async fn files_do_not_go_back_under_another_session_that_works_there() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let home = sandbox.home();
    let mut in_place = trusting(&sandbox, &write("a.txt", "one"));
    in_place.worktree = false;
    let session = sandbox.launch(&in_place).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    let second = watched.turn(&write("a.txt", "two")).await;
    drop(watched);
    let mut other = spec(&sandbox.repository("shop"), "@text The other one.");
    other.worktree = false;
    let other = sandbox.launch(&other).await.unwrap();
    other.follow().await.idle().await;

    let plan = back::plan(home, &session.id, &second).await.unwrap();
    let refused = back::go(home, &session.id, &second, Rewind::Both, plan.now.clone()).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, ProblemCode::SessionState);
    assert!(refused.message.contains(other.id.short()), "{refused:?}");
    assert!(session.keeper().is_some(), "its process did not end for that");
    back::go(home, &session.id, &second, Rewind::Conversation, None).await.unwrap();
    back::undo(home, &session.id).await.unwrap();

    other.stop().await;
    back::go(home, &session.id, &second, Rewind::Both, plan.now).await.unwrap();
    let at = folder(&session).await;
    assert_eq!(read(&at, "a.txt").as_deref(), Some("one\n"));
    sandbox.resume(&other).await.unwrap();
    let refused = back::undo(home, &session.id).await.unwrap_err();
    assert!(refused.message.contains(other.id.short()), "{refused:?}");
    other.stop().await;
    back::undo(home, &session.id).await.unwrap();
    assert_eq!(read(&at, "a.txt").as_deref(), Some("two\n"));
}

/// The CLI may have lost the message that the conversation is to go on after.
#[tokio::test]
async fn a_point_that_the_cli_does_not_have_is_told_and_can_be_taken_back() {
    let server = server().await;
    let sandbox = Sandbox::real(&server);
    let (session, _, second) = written(&sandbox).await;
    let mut going = going(&sandbox, &session, &second).await;
    going.files = None;
    let conversation: SessionId = session.id.clone();
    let nowhere = "00000000-0000-4000-8000-000000000000".to_owned();
    going.conversation = Some(Point { conversation, after: Some(nowhere) });
    decided(&session, going);
    sandbox.resume(&session).await.unwrap();
    session.try_follow().await.ok();
    bosk_runtime::client::ended::ended(sandbox.home(), &session.id).await.unwrap();
    let problem = session.row().await.unwrap().problem.unwrap();
    assert_eq!(problem.code, ProblemCode::SessionState, "{problem:?}");
    assert!(problem.hint.unwrap().contains("bosk back"));
    let (code, _, said) = bosk(&sandbox, &["back", session.id.as_str(), "--undo"]).await;
    assert_eq!(code, 0, "{said}");
    go_on(&sandbox, &session, "@text On.").await;
    let last = session.acknowledged().last().unwrap().clone();
    assert_eq!(known(&sandbox, &session, &last).await.len(), 4, "the whole conversation");
    session.stop().await;
}
