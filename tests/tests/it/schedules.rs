//! Schedules: what is due runs once, whoever is killed; what was missed is run once and said; what is off does not run.

use bosk_core::SessionId;
use bosk_core::queue::Addition;
use bosk_core::schedule::{Ran, Schedule, ScheduleDraft, When};
use bosk_core::settings::Settings;
use bosk_core::view::{Batch, Event};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::fleet::{First, Fleet};
use bosk_runtime::process::Signal;
use bosk_runtime::schedules;
use bosk_tests::{PATIENCE, Sandbox, processes, spec};
use tokio::sync::mpsc;

use crate::bosk;
use crate::queue::{dispatcher, listed, sandbox, wait};

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}

fn addition(sandbox: &Sandbox, prompt: &str) -> Addition {
    Addition {
        specs: vec![spec(&sandbox.repository("shop"), prompt)],
        batch: None,
        max_usd: None,
        priority: Default::default(),
        after: vec![],
        builds_on: None,
        one_after_another: false,
    }
}

fn draft(sandbox: &Sandbox, when: When, prompt: &str) -> ScheduleDraft {
    let addition = addition(sandbox, prompt);
    ScheduleDraft { id: None, name: "Nightly".to_owned(), when, addition, enabled: true }
}

/// A schedule as it lies in the file.
fn kept(sandbox: &Sandbox, when: When, prompt: &str, next_at: Option<i64>) -> Schedule {
    Schedule {
        id: "11111111-0000-4000-8000-000000000000".to_owned(),
        name: "Nightly".to_owned(),
        when,
        addition: addition(sandbox, prompt),
        enabled: true,
        made_at: 0,
        since: 0,
        next_at,
        seen: None,
        begun: None,
        last: None,
        problem: None,
    }
}

fn put(sandbox: &Sandbox, all: &[Schedule]) {
    let file = sandbox.home().queue().join("schedules");
    std::fs::write(file, serde_json::to_vec(all).unwrap()).unwrap();
}

/// Keeps one as a person does: with a program that a dispatcher can be started from.
async fn save(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, out, said) = bosk(sandbox, &[&["schedule", "add"], args].concat()).await;
    assert_eq!(code, 0, "{said}");
    out.trim().to_owned()
}

/// Somebody looks, so there is a dispatcher.
async fn look(sandbox: &Sandbox) {
    let (code, _, said) = bosk(sandbox, &["schedule", "ls"]).await;
    assert_eq!(code, 0, "{said}");
}

/// Follows the schedules as the window does.
struct Watch {
    fleet: Fleet,
    batches: mpsc::UnboundedReceiver<Batch>,
    all: Vec<Schedule>,
}

impl Watch {
    async fn begin(sandbox: &Sandbox) -> Self {
        let fleet = Fleet::open(sandbox.home().clone()).unwrap();
        let snapshot = fleet.snapshot("test", First::All).await.unwrap();
        let (to, batches) = mpsc::unbounded_channel();
        fleet
            .listen("test", snapshot.seq, Box::new(move |one| to.send(one).is_ok()))
            .await
            .unwrap();
        Self { fleet, batches, all: snapshot.schedules }
    }

    /// Until the only one is as wanted.
    async fn until(&mut self, wanted: impl Fn(&Schedule) -> bool) -> Schedule {
        let until = async {
            loop {
                if let [one] = &self.all[..]
                    && wanted(one)
                {
                    return one.clone();
                }
                let batch = self.batches.recv().await.unwrap();
                self.fleet.acknowledge("test").await;
                for event in batch.events {
                    if let Event::Schedules { schedules } = event {
                        self.all = schedules;
                    }
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, until).await;
        found.unwrap_or_else(|_| panic!("never: {:#?}", self.all))
    }

    async fn ran(&mut self, times: usize) -> Ran {
        let mut last = None;
        for _ in 0..times {
            let before: Option<Ran> = last.clone();
            let one =
                self.until(|one| one.begun.is_none() && one.last.is_some() && one.last != before);
            last = one.await.last;
        }
        last.unwrap()
    }
}

async fn done(sandbox: &Sandbox, ids: &[SessionId], says: &str) {
    assert_eq!(wait(sandbox, ids).await, 0);
    for id in ids {
        assert_eq!(sandbox.session(id.clone()).texts(), [says], "once");
    }
}

fn sessions(sandbox: &Sandbox) -> usize {
    std::fs::read_dir(sandbox.home().sessions()).unwrap().count()
}

#[tokio::test]
async fn what_is_due_runs_once_and_then_nobody_waits_any_more() {
    let sandbox = sandbox(2);
    let mut watch = Watch::begin(&sandbox).await;
    let at = now() + 2_500;
    let time = format!("{}", jiff::Timestamp::from_millisecond(at).unwrap());
    save(&sandbox, &["--at", &time, "--name", "Soon", "Do it\n!say Done."]).await;
    let waiting = dispatcher(&sandbox).expect("somebody waits for it");
    let ran = watch.ran(1).await;
    assert!(ran.at >= at && ran.missed == 0 && ran.problem.is_none(), "{ran:#?}");
    let batch = listed(&sandbox).await.first().and_then(|one| one.task.batch.clone());
    assert!(batch.is_none_or(|batch| batch.starts_with("Schedule Soon, 2")));
    done(&sandbox, &ran.tasks, "Done.").await;
    let over = watch.until(|one| !one.enabled).await;
    assert_eq!((over.next_at, over.begun), (None, None));
    processes::ended(&waiting, PATIENCE).await;
    assert_eq!(sessions(&sandbox), 1);
}

#[tokio::test]
async fn what_was_missed_while_nobody_ran_is_run_once_and_said() {
    let sandbox = sandbox(2);
    let first = now() - 3 * 3_600_000 - 600_000;
    let hourly = When::Minutes { minutes: 60 };
    let mut one = kept(&sandbox, hourly, "Do it\n!say Done.", Some(first));
    one.since = first - 3_600_000;
    put(&sandbox, &[one]);
    let mut watch = Watch::begin(&sandbox).await;
    look(&sandbox).await;
    let ran = watch.ran(1).await;
    assert_eq!((ran.missed, ran.due_at), (4, first + 3 * 3_600_000));
    done(&sandbox, &ran.tasks, "Done.").await;
    let (_, out, _) = bosk(&sandbox, &["schedule", "ls"]).await;
    assert!(out.contains("4 times that were missed"), "{out}");
    let next = watch.until(|one| one.next_at == Some(first + 4 * 3_600_000)).await;
    assert_eq!(next.last.unwrap().tasks, ran.tasks);
    assert_eq!(sessions(&sandbox), 1);
}

#[tokio::test]
async fn a_dispatcher_that_is_killed_between_word_and_deed_is_followed_by_one_that_does_it_once() {
    let sandbox = sandbox(2);
    let id = |number: u32| {
        SessionId::parse(&format!("{number:08x}-0000-4000-8000-000000000000")).unwrap()
    };
    // It was written down, and nothing was done.
    let mut one = kept(&sandbox, When::At { at: 5 }, "Do it\n!say Done.", None);
    let run = Ran { at: 6, due_at: 5, missed: 0, tasks: vec![id(7)], problem: None };
    one.begin(run.clone(), None, None);
    put(&sandbox, std::slice::from_ref(&one));
    let mut watch = Watch::begin(&sandbox).await;
    look(&sandbox).await;
    assert_eq!(watch.ran(1).await, run);
    done(&sandbox, &run.tasks, "Done.").await;
    // The deed was done, and that it was is lost: nothing is done again.
    put(&sandbox, &[one]);
    look(&sandbox).await;
    watch.until(|one| one.begun.is_none() && one.last.as_ref() == Some(&run)).await;
    assert_eq!(wait(&sandbox, &run.tasks).await, 0);
    assert_eq!(sandbox.session(id(7)).texts(), ["Done."]);
    assert_eq!(sessions(&sandbox), 1);
}

#[tokio::test]
async fn whoever_is_killed_when_it_is_due_each_time_is_run_once() {
    let sandbox = sandbox(2);
    let mut watch = Watch::begin(&sandbox).await;
    let at = now() + 2_000;
    let time = format!("{}", jiff::Timestamp::from_millisecond(at).unwrap());
    save(&sandbox, &["--at", &time, "Do it\n!pause 300\n!say Done."]).await;
    // At the first sign of the run, wherever that is in it.
    let waiting = dispatcher(&sandbox).unwrap();
    watch.until(|one| one.begun.is_some() || one.last.is_some()).await;
    let _ = waiting.signal(Signal::Kill);
    processes::ended(&waiting, PATIENCE).await;
    look(&sandbox).await;
    let ran = watch.ran(1).await;
    done(&sandbox, &ran.tasks, "Done.").await;
    assert_eq!(sessions(&sandbox), 1);
}

#[tokio::test]
async fn a_commit_on_the_branch_runs_it_and_one_elsewhere_does_not() {
    let sandbox = sandbox(2);
    let shop = sandbox.repository("shop");
    sandbox.git(&shop, ["branch", "feature/deep"]);
    sandbox.git(&shop, ["pack-refs", "--all"]);
    let mut watch = Watch::begin(&sandbox).await;
    save(&sandbox, &["--on-commit", "feature/deep", "Check\n!say Checked."]).await;
    let commit = |branch: &str| {
        let tree = sandbox.git(&shop, ["rev-parse", "HEAD^{tree}"]);
        let reference = format!("refs/heads/{branch}");
        let made = sandbox.git(&shop, ["commit-tree", &tree, "-p", &reference, "-m", "more"]);
        sandbox.git(&shop, ["update-ref", &reference, &made]);
        made
    };
    commit("main");
    let tip = commit("feature/deep");
    let ran = watch.ran(1).await;
    assert_eq!(watch.all[0].seen.as_deref(), Some(tip.as_str()));
    done(&sandbox, &ran.tasks, "Checked.").await;
    // Several while nobody is there are one.
    let waiting = dispatcher(&sandbox).unwrap();
    waiting.signal(Signal::Kill).unwrap();
    processes::ended(&waiting, PATIENCE).await;
    commit("feature/deep");
    let tip = commit("feature/deep");
    look(&sandbox).await;
    let last = watch.until(|one| one.begun.is_none() && one.seen.as_deref() == Some(&tip)).await;
    done(&sandbox, &last.last.unwrap().tasks, "Checked.").await;
    assert_eq!(sessions(&sandbox), 2);
    sandbox.git(&shop, ["update-ref", "-d", "refs/heads/feature/deep"]);
    let gone = watch.until(|one| one.problem.is_some()).await;
    assert_eq!(gone.problem.unwrap().code, ProblemCode::BaseUnknown);
}

#[tokio::test]
async fn when_the_usage_limit_starts_anew_it_runs() {
    let sandbox = sandbox(1);
    let settings =
        Settings { wait_for_usage_limit: false, ..bosk_runtime::settings::peek(sandbox.home()) };
    bosk_runtime::settings::save(sandbox.home(), &settings).unwrap();
    let mut watch = Watch::begin(&sandbox).await;
    save(&sandbox, &["--on-reset", "Go on\n!say Going on."]).await;
    let used_up = format!("Uses up\n!used-up 3 {}\n!say No.", sandbox.path("once").display());
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &used_up)).await.unwrap();
    let expected = watch.until(|one| one.next_at.is_some()).await.next_at.unwrap();
    assert_eq!(session.row().await.unwrap().usage_resets_at, Some(expected / 1000));
    let ran = watch.ran(1).await;
    assert!(ran.at >= expected && ran.due_at == expected, "{ran:#?}");
    done(&sandbox, &ran.tasks, "Going on.").await;
}

#[tokio::test]
async fn what_is_off_does_not_run_and_on_again_what_passed_does_not_count() {
    let sandbox = sandbox(1);
    let past = now() - 3_600_000;
    let mut off = kept(&sandbox, When::Minutes { minutes: 30 }, "Do it\n!say No.", Some(past));
    off.enabled = false;
    put(&sandbox, &[off]);
    look(&sandbox).await;
    assert!(dispatcher(&sandbox).is_none(), "nobody is needed for it");
    let (code, _, said) = bosk(&sandbox, &["schedule", "on", "Nightly"]).await;
    assert_eq!(code, 0, "{said}");
    let waiting = dispatcher(&sandbox).expect("somebody waits for it");
    let [one] = &schedules::list(sandbox.home()).unwrap()[..] else { panic!("one") };
    assert!(one.next_at.unwrap() > now() && one.last.is_none());
    let (code, _, said) = bosk(&sandbox, &["schedule", "off", "11111111"]).await;
    assert_eq!(code, 0, "{said}");
    processes::ended(&waiting, PATIENCE).await;
    let (_, out, _) = bosk(&sandbox, &["schedule", "run", "Nightly"]).await;
    let ids = [SessionId::parse(out.trim()).unwrap()];
    done(&sandbox, &ids, "No.").await;
    let [one] = &schedules::list(sandbox.home()).unwrap()[..] else { panic!("one") };
    assert!(!one.enabled && one.tasks() == ids);
    let (code, _, _) = bosk(&sandbox, &["schedule", "rm", "Nightly"]).await;
    assert!(code == 0 && schedules::list(sandbox.home()).unwrap().is_empty());
}

#[tokio::test]
async fn a_refused_run_is_said_and_does_not_loop() {
    let sandbox = sandbox(1);
    let shop = sandbox.repository("shop");
    let soon = now() + 1_500;
    let mut one = kept(&sandbox, When::Minutes { minutes: 60 }, "Do it\n!say No.", Some(soon));
    one.since = now();
    put(&sandbox, &[one]);
    std::fs::rename(&shop, sandbox.path("repositories/moved")).unwrap();
    std::fs::create_dir(&shop).unwrap();
    let mut watch = Watch::begin(&sandbox).await;
    look(&sandbox).await;
    let ran = watch.ran(1).await;
    assert_eq!(ran.problem.as_ref().unwrap().code, ProblemCode::NotARepository);
    assert!(ran.tasks.is_empty());
    let one = watch.until(|one| one.next_at.unwrap() > now()).await;
    assert_eq!(one.last, Some(ran), "once");
    let (_, out, _) = bosk(&sandbox, &["schedule", "ls"]).await;
    assert!(out.contains("refused"), "{out}");
}

#[tokio::test]
async fn a_run_waits_for_the_last_one_to_be_over() {
    let sandbox = sandbox(1);
    let first = now() - 90_000;
    let mut one = kept(&sandbox, When::Minutes { minutes: 1 }, "Do it\n!hold", Some(first));
    one.since = first - 60_000;
    put(&sandbox, &[one]);
    let mut watch = Watch::begin(&sandbox).await;
    look(&sandbox).await;
    let ran = watch.ran(1).await;
    // Its next time comes while it is at work.
    let mut one = watch.all[0].clone();
    one.next_at = Some(now() - 1);
    put(&sandbox, &[one]);
    watch.until(|one| one.next_at.is_some_and(|at| at < now())).await;
    look(&sandbox).await;
    let session = sandbox.session(ran.tasks[0].clone());
    let mut watched = loop {
        if let Ok(watched) = session.try_follow().await {
            break watched;
        }
    };
    watched.working().await;
    assert_eq!(sessions(&sandbox), 1);
    session.stop().await;
    let next = watch.until(|one| one.begun.is_none() && one.tasks() != ran.tasks).await;
    assert_eq!(next.tasks().len(), 1);
    let (code, _, said) = bosk(&sandbox, &["schedule", "off", "Nightly"]).await;
    assert_eq!(code, 0, "{said}");
}

#[tokio::test]
async fn what_could_never_run_or_would_run_in_a_circle_is_not_kept() {
    let sandbox = sandbox(1);
    let shop = sandbox.repository("shop").to_string_lossy().into_owned();
    let commit =
        |branch: &str| When::Commit { repository: shop.clone(), branch: branch.to_owned() };
    let save = async |draft: ScheduleDraft| -> Problem {
        schedules::save(sandbox.home(), draft).await.unwrap_err()
    };
    let cron = When::Cron { expression: "0 0 31 2 *".to_owned() };
    for when in [When::At { at: 5 }, cron, When::Minutes { minutes: 0 }] {
        assert_eq!(save(draft(&sandbox, when, "x")).await.code, ProblemCode::InvalidInput);
    }
    assert_eq!(save(draft(&sandbox, commit("none"), "x")).await.code, ProblemCode::BaseUnknown);
    let mut circle = draft(&sandbox, commit("main"), "x");
    circle.addition.specs[0].worktree = false;
    assert!(save(circle).await.message.contains("start it again"));
    let mut nameless = draft(&sandbox, When::Reset, "x");
    nameless.name = " ".to_owned();
    assert_eq!(save(nameless).await.code, ProblemCode::InvalidInput);
    assert!(schedules::list(sandbox.home()).unwrap().is_empty());
    // A damaged file is kept aside before anything is written in its place.
    std::fs::write(sandbox.home().queue().join("schedules"), "[{").unwrap();
    let (code, _, said) = bosk(&sandbox, &["schedule", "add", "--daily", "02:00", "x"]).await;
    assert!(code == 2 && said.contains("schedules.damaged-1"), "{said}");
    let (code, _, said) = bosk(&sandbox, &["schedule", "add", "--daily", "02:00", "x"]).await;
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = bosk(&sandbox, &["schedule", "off", "x"]).await;
    assert_eq!(code, 0, "{said}");
}
