//! The queue: tasks start as room allows, none is lost or started twice whoever is killed, and what has failed
//! is tried again or holds up what waits for it.

use std::collections::BTreeSet;
use std::path::Path;

use bosk_core::SessionId;
use bosk_core::queue::{Hold, Order, Priority, QueuedTask, Stage, Task, Wait};
use bosk_core::session::{Glance, SessionSummary, State, Turn};
use bosk_core::settings::Settings;
use bosk_core::transcript::EntryBody;
use bosk_core::view::{Batch, Event};
use bosk_core::wire::Call;
use bosk_runtime::fleet::{First, Fleet};
use bosk_runtime::process::{ProcessIdentity, Signal};
use bosk_runtime::queue::Log;
use bosk_tests::processes;
use bosk_tests::{PATIENCE, Sandbox, Session};
use tokio::sync::mpsc;

use super::bosk;

const WORKING: State = State::Running { turn: Turn::Working };

/// A sandbox whose queue lets so many work at once.
pub(crate) fn sandbox(parallel: u32) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("BOSK_PATIENCE_MS", "1500");
    let settings = Settings { parallel: Some(parallel), ..Settings::default() };
    bosk_runtime::settings::save(sandbox.home(), &settings).unwrap();
    sandbox
}

/// Adds a batch; returns its tasks.
pub(crate) async fn batch(
    sandbox: &Sandbox,
    prompts: &[String],
    options: &[&str],
) -> Vec<SessionId> {
    let file = sandbox.path("batch.txt");
    std::fs::write(&file, prompts.join("\n---\n") + "\n---\n").unwrap();
    let mut args = vec!["batch", "--json", file.to_str().unwrap()];
    args.extend(options);
    let (code, out, said) = bosk(sandbox, &args).await;
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(&out).unwrap()
}

pub(crate) async fn wait(sandbox: &Sandbox, ids: &[SessionId]) -> i32 {
    let mut args = vec!["wait"];
    args.extend(ids.iter().map(SessionId::as_str));
    let (code, _, said) = bosk(sandbox, &args).await;
    assert_ne!(code, 2, "{said}");
    code
}

pub(crate) async fn listed(sandbox: &Sandbox) -> Vec<QueuedTask> {
    serde_json::from_str(&bosk(sandbox, &["queue", "--json"]).await.1).unwrap()
}

fn prompts(session: &Session<'_>) -> Vec<String> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let prompts = bodies.filter_map(|body| match body {
        EntryBody::Prompt { text, .. } => Some(text),
        _ => None,
    });
    prompts.collect()
}

/// Follows all sessions, and remembers how many were at work at the same time.
struct Watch {
    fleet: Fleet,
    batches: mpsc::UnboundedReceiver<Batch>,
    working: BTreeSet<SessionId>,
    most: usize,
}

impl Watch {
    async fn begin(sandbox: &Sandbox) -> Self {
        let fleet = Fleet::open(sandbox.home().clone()).unwrap();
        let snapshot = fleet.snapshot("test", First::All).await.unwrap();
        let (to, batches) = mpsc::unbounded_channel();
        let sink = Box::new(move |one| to.send(one).is_ok());
        fleet.listen("test", snapshot.seq, sink).await.unwrap();
        Self { fleet, batches, working: BTreeSet::new(), most: 0 }
    }

    /// Until a row is as wanted.
    async fn until(&mut self, mut wanted: impl FnMut(&SessionSummary) -> bool) {
        let until = async {
            loop {
                let batch = self.batches.recv().await.unwrap();
                self.fleet.acknowledge("test").await;
                for event in batch.events {
                    let Event::Session { summary } = event else { continue };
                    if matches!(summary.state, State::Preparing { .. }) || summary.state == WORKING
                    {
                        self.working.insert(summary.id.clone());
                    } else {
                        self.working.remove(&summary.id);
                    }
                    self.most = self.most.max(self.working.len());
                    if wanted(&summary) {
                        return;
                    }
                }
            }
        };
        tokio::time::timeout(PATIENCE, until).await.expect("never");
    }
}

pub(crate) fn dispatcher(sandbox: &Sandbox) -> Option<ProcessIdentity> {
    let is = |pid: u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).nth(1) == Some(b"dispatch")
    };
    sandbox.processes().into_iter().find(|one| is(one.pid))
}

fn numbered(count: usize, milliseconds: u32) -> Vec<String> {
    let one = |number| format!("Number {number}\n!pause {milliseconds}\n!say Done {number}.");
    (0..count).map(one).collect()
}

#[tokio::test]
async fn no_more_than_so_many_work_at_once_and_all_are_done() {
    let sandbox = sandbox(2);
    let mut watch = Watch::begin(&sandbox).await;
    let all = numbered(8, 200);
    let ids = batch(&sandbox, &all, &["--name", "eight"]).await;
    let last = ids.last().unwrap().clone();
    watch.until(|row| row.state == WORKING).await;
    let waiting = listed(&sandbox).await;
    assert!(waiting.iter().all(|one| one.task.batch.as_deref() == Some("eight")));
    let full = waiting.iter().any(|one| one.wait == Some(Wait::Running { cap: 2 }));
    assert!(full, "{waiting:#?}");
    watch.until(|row| row.id == last && row.state == WORKING).await;
    assert_eq!(wait(&sandbox, &ids).await, 0);
    assert!(watch.most <= 2, "{} at once", watch.most);
    assert!(listed(&sandbox).await.is_empty());
    for (number, id) in ids.iter().enumerate() {
        let session = sandbox.session(id.clone());
        assert_eq!(prompts(&session), [all[number].clone()], "once, in its place");
        assert_eq!(session.texts(), [format!("Done {number}.")]);
    }
    if let Some(dispatcher) = dispatcher(&sandbox) {
        processes::ended(&dispatcher, PATIENCE).await;
    }
}

#[tokio::test]
async fn two_hundred_tasks_are_all_done_once() {
    let sandbox = sandbox(8);
    let mut watch = Watch::begin(&sandbox).await;
    let ids = batch(&sandbox, &numbered(200, 50), &[]).await;
    let mut done = BTreeSet::new();
    watch
        .until(|row| {
            if row.glance == Glance::Done {
                done.insert(row.id.clone());
            }
            done.len() == 200
        })
        .await;
    assert!(watch.most <= 8, "{} at once", watch.most);
    assert_eq!(wait(&sandbox, &ids).await, 0);
    for (number, id) in ids.iter().enumerate() {
        assert_eq!(sandbox.session(id.clone()).texts(), [format!("Done {number}.")]);
    }
}

#[tokio::test]
async fn whoever_is_killed_nothing_is_lost_and_nothing_done_twice() {
    let sandbox = sandbox(3);
    let mut watch = Watch::begin(&sandbox).await;
    let ids = batch(&sandbox, &numbered(9, 400), &[]).await;
    let mut seen = BTreeSet::new();
    watch
        .until(|row| {
            if row.state == WORKING {
                seen.insert(row.id.clone());
            }
            seen.len() == 2
        })
        .await;
    // The machine goes down: the dispatcher first, then everything else.
    let dispatcher = dispatcher(&sandbox).unwrap();
    dispatcher.signal(Signal::Kill).unwrap();
    processes::ended(&dispatcher, PATIENCE).await;
    for id in &seen {
        if let Some(keeper) = sandbox.session(id.clone()).keeper() {
            let _ = keeper.signal(Signal::Kill);
            processes::ended(&keeper, PATIENCE).await;
        }
    }
    assert!(!listed(&sandbox).await.is_empty(), "who looks has it go on");
    assert_eq!(wait(&sandbox, &ids).await, 0);
    for (number, id) in ids.iter().enumerate() {
        let session = sandbox.session(id.clone());
        let prompts: BTreeSet<String> = prompts(&session).into_iter().collect();
        assert_eq!(prompts.len(), 1, "{prompts:?}");
        // What was broken off was tried again, and what had ended was not.
        assert_eq!(session.texts(), [format!("Done {number}.")]);
    }
}

#[tokio::test]
async fn what_was_done_while_nobody_dispatched_is_not_done_again() {
    let sandbox = sandbox(1);
    let spec = bosk_tests::spec(&sandbox.repository("shop"), "Once\n!say Once.");
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("done", |_| session.texts().len() == 1).await;
    watched.idle().await;
    let row = session.row().await.unwrap();
    // A dispatcher had launched it, and was killed before it could say so.
    let task = Task {
        id: session.id.clone(),
        spec,
        repository: row.repository,
        repository_path: row.repository_path,
        batch: None,
        batch_max_usd: None,
        after: vec![],
        builds_on: None,
        priority: Priority::Normal,
        added_at: row.created_at,
    };
    let id = session.id.clone();
    let orders = vec![Order::Added { tasks: vec![task] }, Order::Starting { id: id.clone() }];
    bosk_runtime::queue::order(sandbox.home(), &mut Log::default(), orders).unwrap();
    assert_eq!(wait(&sandbox, &[id]).await, 0);
    assert_eq!(session.texts(), ["Once."]);
}

#[tokio::test]
async fn what_the_person_goes_on_with_or_removes_is_left_alone_when_its_time_comes() {
    let mut sandbox = sandbox(2);
    sandbox.set("BOSK_PATIENCE_MS", "4000");
    let once = |name: &str| sandbox.path(name);
    let prompts = ["mended", "removed"]
        .map(|name| format!("Try {name}\n!fail 529 {}\n!say {name}.", once(name).display()));
    let mut watch = Watch::begin(&sandbox).await;
    let ids = batch(&sandbox, &prompts, &[]).await;
    let mut failed = BTreeSet::new();
    watch
        .until(|row| {
            if row.glance == Glance::Failed {
                failed.insert(row.id.clone());
            }
            failed.len() == 2
        })
        .await;
    let mended = sandbox.session(ids[0].clone());
    let (code, _, said) = bosk(&sandbox, &["send", ids[0].as_str(), "!say By hand."]).await;
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = bosk(&sandbox, &["stop", ids[1].as_str()]).await;
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = bosk(&sandbox, &["rm", "--yes", ids[1].as_str()]).await;
    assert_eq!(code, 0, "{said}");
    let code = wait(&sandbox, &ids).await;
    assert_ne!(code, 1, "neither has failed");
    assert_eq!(mended.texts(), ["mended.", "By hand."], "and not once more");
    assert!(!sandbox.session(ids[1].clone()).folder().exists());
}

#[tokio::test]
async fn one_after_another_starts_from_the_branch_and_knows_the_words_before() {
    let sandbox = sandbox(4);
    let first = "Make it\n!tool echo made > made.txt && git add . && git commit --quiet -m made\n!say It is made.";
    let second = "Go on\n!tool cp made.txt copied.txt\n!say And copied.";
    let both = [first.to_owned(), second.to_owned()];
    let ids = batch(&sandbox, &both, &["--one-after-another"]).await;
    assert_eq!(wait(&sandbox, &ids).await, 0);
    let (one, two) = (sandbox.session(ids[0].clone()), sandbox.session(ids[1].clone()));
    let (row, next) = (one.row().await.unwrap(), two.row().await.unwrap());
    assert_eq!(next.base, row.branch);
    assert_eq!(next.branch.as_deref(), Some("go-on"));
    assert!(Path::new(&next.folder).join("copied.txt").exists());
    let prompt = &prompts(&two)[0];
    assert!(prompt.contains("It is made.") && prompt.ends_with("And copied."), "{prompt}");
}

#[tokio::test]
async fn a_failure_of_the_service_is_tried_again_and_one_that_stays_holds_what_waits() {
    let sandbox = sandbox(4);
    let once = sandbox.path("once");
    let luck = format!("Luck\n!fail 529 {}\n!say Now.", once.display());
    let lucky = batch(&sandbox, &[luck], &[]).await;
    assert_eq!(wait(&sandbox, &lucky).await, 0);
    let said = sandbox.session(lucky[0].clone()).texts();
    assert_eq!(said, ["Now.", "Now."], "once more after the failure");

    let prompts = ["Fails\n!fail 529".to_owned(), "Waits\n!say Without it.".to_owned()];
    let ids = batch(&sandbox, &prompts, &["--one-after-another"]).await;
    assert_eq!(wait(&sandbox, &ids[..1]).await, 1, "it has failed for good");
    let waiting = listed(&sandbox).await;
    let [held] = &waiting[..] else { panic!("{waiting:#?}") };
    assert_eq!(held.stage, Stage::Waiting { hold: Some(Hold::Before { task: ids[0].clone() }) });
    bosk(&sandbox, &["release", ids[1].as_str()]).await;
    assert_eq!(wait(&sandbox, &ids[1..]).await, 0);
    assert_eq!(sandbox.session(ids[1].clone()).texts(), ["Without it."]);
}

#[tokio::test]
async fn the_accounts_limit_holds_the_queue_until_it_starts_anew() {
    let sandbox = sandbox(1);
    let once = sandbox.path("once");
    let mut watch = Watch::begin(&sandbox).await;
    let first = format!("Uses up\n!used-up 4 {}\n!say First.", once.display());
    let ids = batch(&sandbox, &[first, "Then\n!say Second.".to_owned()], &[]).await;
    watch.until(|row| row.usage_resets_at.is_some()).await;
    let waiting = listed(&sandbox).await;
    let held = |one: &QueuedTask| matches!(one.wait, Some(Wait::UsageLimit { .. }));
    assert!(waiting.iter().any(held), "{waiting:#?}");
    assert_eq!(wait(&sandbox, &ids).await, 0);
    let began = sandbox.session(ids[0].clone()).row().await.unwrap().created_at;
    let second = sandbox.session(ids[1].clone()).row().await.unwrap().created_at;
    assert!(second > began + 3_000, "{}", second - began);
}

#[tokio::test]
async fn what_is_held_waits_what_is_cancelled_is_gone_and_bad_input_adds_nothing() {
    let sandbox = sandbox(1);
    let mut watch = Watch::begin(&sandbox).await;
    let prompts = ["!hold", "!say Two.", "!say Three."].map(|line| format!("Do\n{line}"));
    let ids = batch(&sandbox, &prompts, &[]).await;
    bosk(&sandbox, &["hold", ids[1].as_str()]).await;
    bosk(&sandbox, &["cancel", ids[2].as_str()]).await;
    let waiting = listed(&sandbox).await;
    let held = waiting.iter().find(|one| one.task.id == ids[1]).unwrap();
    assert_eq!(held.wait, Some(Wait::Release { hold: Hold::Person }));
    assert!(!waiting.iter().any(|one| one.task.id == ids[2]));
    watch.until(|row| row.id == ids[0] && row.state == WORKING).await;
    sandbox.session(ids[0].clone()).stop().await;
    bosk(&sandbox, &["release", "--all"]).await;
    assert_eq!(wait(&sandbox, &ids[1..2]).await, 0);
    assert!(!sandbox.session(ids[2].clone()).folder().exists());

    let table = sandbox.path("table.csv");
    std::fs::write(&table, "file\na.rs\n").unwrap();
    let args = ["batch", table.to_str().unwrap(), "--prompt", "Fix {line}"];
    let (code, _, said) = bosk(&sandbox, &args).await;
    assert!(code == 2 && said.contains("no column `line`"), "{said}");
    assert!(listed(&sandbox).await.is_empty());
}

#[tokio::test]
async fn what_was_interrupted_is_not_done_and_what_waits_for_it_is_held() {
    let sandbox = sandbox(2);
    let mut watch = Watch::begin(&sandbox).await;
    let prompts = ["First\n!hold".to_owned(), "Second\n!say Done.".to_owned()];
    let ids = batch(&sandbox, &prompts, &["--one-after-another"]).await;
    watch.until(|row| row.id == ids[0] && row.state == WORKING).await;
    let first = sandbox.session(ids[0].clone());
    first.follow().await.call(Call::Interrupt { drop_queued: false }).await.unwrap();
    assert_eq!(wait(&sandbox, &ids[..1]).await, 130);
    let held = listed(&sandbox).await;
    let hold = Hold::Before { task: ids[0].clone() };
    assert_eq!(held[0].wait, Some(Wait::Release { hold }), "{held:#?}");
    assert!(!sandbox.session(ids[1].clone()).folder().exists());
    bosk(&sandbox, &["release", ids[1].as_str()]).await;
    assert_eq!(wait(&sandbox, &ids[1..]).await, 0);
}
