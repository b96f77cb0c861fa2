//! Reviewing a session that runs: what the fleet tells of its folder and of others that change the same, comparing with
//! the last turn, and comments that reach it.

use std::path::PathBuf;

use bosk_core::SessionId;
use bosk_core::review::comment::CommentState;
use bosk_core::review::{Against, Deed, Overlap, Picked, Unsaved};
use bosk_core::transcript::EntryBody;
use bosk_core::view::{Batch, Event};
use bosk_core::wire::Call;
use bosk_runtime::fleet::{First, Fleet};
use bosk_runtime::review::{Reviewed, comments, unsaved};
use bosk_tests::session::PATIENCE;
use bosk_tests::{Sandbox, Session, spec};
use tokio::sync::mpsc;

use crate::bosk;

/// A window of a test's own.
struct Window {
    fleet: Fleet,
    batches: mpsc::UnboundedReceiver<Batch>,
}

impl Window {
    async fn open(sandbox: &Sandbox) -> Self {
        let fleet = Fleet::open(sandbox.home().clone()).unwrap();
        let snapshot = fleet.snapshot("test", First::Picture).await.unwrap();
        assert_eq!(snapshot.overlaps, []);
        let (to, batches) = mpsc::unbounded_channel();
        let sink = Box::new(move |one| to.send(one).is_ok());
        fleet.listen("test", snapshot.seq, sink).await.unwrap();
        Self { fleet, batches }
    }

    /// Waits for something that is told.
    async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        let until = async {
            loop {
                let batch = self.batches.recv().await.unwrap();
                self.fleet.acknowledge("test").await;
                if let Some(found) = batch.events.iter().find_map(&mut wanted) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, until).await.unwrap_or_else(|_| panic!("never: {what}"))
    }

    async fn overlaps(&mut self, what: &str, wanted: impl Fn(&[Overlap]) -> bool) -> Vec<Overlap> {
        self.until(what, |event| match event {
            Event::Overlaps { overlaps } if wanted(overlaps) => Some(overlaps.clone()),
            _ => None,
        })
        .await
    }
}

async fn launch<'a>(sandbox: &'a Sandbox, prompt: &str) -> Session<'a> {
    sandbox.launch(&spec(&sandbox.repository("shop"), prompt)).await.unwrap()
}

async fn reviewed(sandbox: &Sandbox, session: &Session<'_>) -> Reviewed {
    Reviewed::open(sandbox.home(), &session.row().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn two_sessions_that_change_the_same_file_are_told_while_they_work() {
    let sandbox = Sandbox::new();
    let mut window = Window::open(&sandbox).await;
    let one = launch(&sandbox, "!tool echo one >> readme.md\n!hold").await;
    let other = launch(&sandbox, "!tool echo two >> readme.md; echo x > own.txt\n!hold").await;
    let elsewhere = spec(&sandbox.repository("elsewhere"), "!tool echo x >> readme.md\n!hold");
    let far = sandbox.launch(&elsewhere).await.unwrap();
    let told = window.overlaps("two change one file", |overlaps| !overlaps.is_empty()).await;
    assert_eq!((told.len(), told[0].total, &told[0].paths), (1, 1, &vec!["readme.md".to_owned()]));
    let mut both = [&told[0].one, &told[0].other];
    let mut ids: [&SessionId; 2] = [&one.id, &other.id];
    both.sort();
    ids.sort();
    assert_eq!(both, ids);
    let snapshot = window.fleet.snapshot("another", First::Picture).await.unwrap();
    assert_eq!(snapshot.overlaps, told);
    far.stop().await;
    other.stop().await;
    window.overlaps("one is left", <[Overlap]>::is_empty).await;
    one.stop().await;
}

#[tokio::test]
async fn a_folder_that_is_reviewed_tells_of_its_changes() {
    let sandbox = Sandbox::new();
    let session = launch(&sandbox, "!say ready").await;
    session.follow().await.idle().await;
    let folder = PathBuf::from(session.row().await.unwrap().folder);
    let mut window = Window::open(&sandbox).await;
    window.fleet.watch_folder("test", session.id.clone()).await.unwrap();
    let changed = |event: &Event| match event {
        Event::Folder { id } if *id == session.id => Some(()),
        _ => None,
    };
    std::fs::write(folder.join("readme.md"), "by hand\n").unwrap();
    window.until("a change by hand", changed).await;
    session.follow().await.turn("!tool mkdir new && echo x > new/a.txt").await;
    window.until("a change by a tool", changed).await;
    window.fleet.unwatch_folder("test", session.id.clone()).await;
    let unknown = SessionId::parse("00000000-0000-4000-8000-000000000001").unwrap();
    assert!(window.fleet.watch_folder("test", unknown).await.is_err());
    session.stop().await;
}

#[tokio::test]
async fn comments_of_others_are_told_to_whoever_reviews() {
    let sandbox = Sandbox::new();
    let session = launch(&sandbox, "!tool echo x > code.txt").await;
    session.follow().await.idle().await;
    let mut window = Window::open(&sandbox).await;
    window.fleet.watch_folder("test", session.id.clone()).await.unwrap();
    let told = |event: &Event| match event {
        Event::Comments { id } if *id == session.id => Some(()),
        _ => None,
    };
    let (code, _, said) =
        bosk(&sandbox, &["comment", session.id.as_str(), "code.txt:1", "Why?"]).await;
    assert_eq!(code, 0, "{said}");
    window.until("a comment from the command line", told).await;
    let kept = comments::comments(sandbox.home(), &session.id).await.unwrap();
    assert_eq!(kept.len(), 1);
    comments::remove_comment(sandbox.home(), &session.id, &kept[0].id).await.unwrap();
    window.until("that it was taken away", told).await;
    // What else is written beside it says nothing.
    session.follow().await.turn("!say more").await;
    window.fleet.tell(Event::Menu { action: "done".into() }).await;
    let until = |event: &Event| match event {
        Event::Comments { .. } => Some(false),
        Event::Menu { .. } => Some(true),
        _ => None,
    };
    assert!(window.until("the end", until).await, "the journal is no comment");
    session.stop().await;
}

#[tokio::test]
async fn what_is_not_saved_is_kept_beside_the_session_and_goes_with_it() {
    let sandbox = Sandbox::new();
    let session = launch(&sandbox, "!say ready").await;
    session.follow().await.idle().await;
    session.stop().await;
    let (home, id) = (sandbox.home(), &session.id);
    let edit = |path: &str, at| Unsaved {
        path: path.to_owned(),
        text: format!("what was written in {path}\n"),
        stamp: "s".into(),
        at,
    };
    assert_eq!(unsaved::unsaved(home, id).await.unwrap(), []);
    // A path that leads elsewhere is only a name here.
    for (path, at) in [("readme.md", 1), ("../../../etc/x", 2), ("src/a.rs", 3)] {
        unsaved::keep_unsaved(home, id, edit(path, at)).await.unwrap();
    }
    unsaved::keep_unsaved(home, id, edit("readme.md", 9)).await.unwrap();
    let listed = unsaved::unsaved(home, id).await.unwrap();
    let paths: Vec<&str> = listed.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["readme.md", "src/a.rs", "../../../etc/x"]);
    let kept = unsaved::unsaved_text(home, id, "readme.md").await.unwrap();
    assert_eq!(kept, Some(edit("readme.md", 9)));
    assert_eq!(std::fs::read_dir(session.folder().join("unsaved")).unwrap().count(), 3);

    // Bounded in size and number; what was kept before stays.
    let huge = Unsaved { text: "x".repeat((2 << 20) + 1), ..edit("readme.md", 10) };
    let refused = unsaved::keep_unsaved(home, id, huge).await.unwrap_err();
    assert!(refused.message.contains("too large"), "{refused}");
    assert_eq!(unsaved::unsaved_text(home, id, "readme.md").await.unwrap(), kept);
    for number in 3..20 {
        unsaved::keep_unsaved(home, id, edit(&number.to_string(), 1)).await.unwrap();
    }
    let refused = unsaved::keep_unsaved(home, id, edit("one more", 1)).await.unwrap_err();
    assert!(refused.message.contains("Too many files"), "{refused}");
    unsaved::keep_unsaved(home, id, edit("src/a.rs", 11)).await.unwrap();
    unsaved::drop_unsaved(home, id, "src/a.rs").await.unwrap();
    unsaved::drop_unsaved(home, id, "src/a.rs").await.unwrap();
    assert_eq!(unsaved::unsaved_text(home, id, "src/a.rs").await.unwrap(), None);
    // A damaged one is none.
    let folder = session.folder().join("unsaved");
    for entry in std::fs::read_dir(&folder).unwrap().flatten() {
        std::fs::write(entry.path(), "{").unwrap();
    }
    assert_eq!(unsaved::unsaved(home, id).await.unwrap(), []);

    let (code, _, said) = bosk(&sandbox, &["rm", "--yes", id.as_str()]).await;
    assert_eq!(code, 0, "{said}");
    let refused = unsaved::keep_unsaved(home, id, edit("readme.md", 12)).await;
    assert!(refused.is_err() && !session.folder().exists(), "nothing is made of one that is gone");
}

#[tokio::test]
async fn the_last_turn_alone_and_a_deed_while_a_turn_runs() {
    let sandbox = Sandbox::new();
    let session = launch(&sandbox, "!tool echo one > first.txt").await;
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.turn("!tool echo two > second.txt; echo more >> first.txt").await;
    let reviewed = reviewed(&sandbox, &session).await;
    let paths = async |against| {
        let review = reviewed.review(against, false).await.unwrap();
        review.files.into_iter().map(|one| (one.file.path, one.file.added)).collect::<Vec<_>>()
    };
    let file = |name: &str, lines| (name.to_owned(), Some(lines));
    assert_eq!(paths(Against::Base).await, [file("first.txt", 2), file("second.txt", 1)]);
    assert_eq!(paths(Against::LastTurn).await, [file("first.txt", 1), file("second.txt", 1)]);
    let lines = reviewed.lines(Against::LastTurn, "first.txt", None, false, 3).await.unwrap();
    assert!(lines.text.ends_with(" one\n+more\n"), "{}", lines.text);

    watched.send("!hold").await.unwrap();
    watched.working().await;
    let pick = |seen| Picked { path: "first.txt".to_owned(), old_path: None, lines: None, seen };
    let last = reviewed.do_picked(Deed::Revert, Against::LastTurn, vec![pick(lines.stamp)]).await;
    assert!(last.is_err(), "another message is the last one now");
    let seen = reviewed.lines(Against::Base, "first.txt", None, false, 3).await.unwrap().stamp;
    let undo = reviewed.do_picked(Deed::Revert, Against::Base, vec![pick(seen)]).await.unwrap();
    let read = || std::fs::read_to_string(reviewed.root().join("first.txt")).unwrap_or_default();
    assert_eq!(read(), "");
    reviewed.undo_deed(&undo.id).await.unwrap();
    assert_eq!(read(), "one\nmore\n");
    watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    session.stop().await;
}

#[tokio::test]
async fn comments_reach_the_session_once() {
    let sandbox = Sandbox::new();
    let session = launch(&sandbox, "!tool printf 'a\\n```\\nb\\n' > code.txt").await;
    session.follow().await.idle().await;
    let id = session.id.as_str().to_owned();
    let (code, stat, _) = bosk(&sandbox, &["diff", &id, "--stat"]).await;
    assert!(code == 0 && stat.contains("+3") && stat.contains("code.txt"), "{stat}");
    let (_, text, _) = bosk(&sandbox, &["diff", &id, "code.txt", "--against", "uncommitted"]).await;
    assert!(text.ends_with("+a\n+```\n+b\n"), "{text}");
    let (code, _, _) = bosk(&sandbox, &["comment", &id, "code.txt:2-3", "Why the ticks?"]).await;
    assert_eq!(code, 0);
    let (code, _, said) = bosk(&sandbox, &["comment", &id, "code.txt:9", "x"]).await;
    assert!(code != 0 && said.contains("3 lines"), "{said}");
    let kept = comments::comments(sandbox.home(), &session.id).await.unwrap();
    assert_eq!((kept.len(), kept[0].state), (1, CommentState::Draft));
    let before = session.row().await.unwrap().turns;
    let (code, _, said) =
        bosk(&sandbox, &["comment", &id, "code.txt:1", "And this?", "--send"]).await;
    assert_eq!(code, 0, "{said}");
    let mut watched = session.follow().await;
    watched.until("answered", |status| status.summary.turns > before).await;
    watched.idle().await;
    // Once more: both are sent, so nothing is.
    let all = comments::comments(sandbox.home(), &session.id).await.unwrap();
    assert!(all.iter().all(|comment| comment.state == CommentState::Sent));
    let ids: Vec<String> = all.iter().map(|comment| comment.id.clone()).collect();
    comments::send_comments(sandbox.home(), &session.id, &ids, "again").await.unwrap();
    session.stop().await;
    let prompts: Vec<String> = (session.transcript().into_iter())
        .filter_map(|entry| match entry.body {
            EntryBody::Prompt { text, .. } => Some(text),
            _ => None,
        })
        .collect();
    let told = "`code.txt`, lines 2-3:\n````\n```\nb\n````\nWhy the ticks?\n\n\
                `code.txt`, line 1:\n```\na\n```\nAnd this?";
    assert_eq!(prompts[1..], [told.to_owned()]);
}
