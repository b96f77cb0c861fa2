//! The promise, against whatever order of things: no message of the person's is lost, none is taken
//! twice, and none that was taken back is ever taken.

use std::collections::BTreeMap;

use bosk_core::session::{State, StopReason, Turn};
use bosk_core::wire::Call;
use bosk_runtime::process::{ProcessIdentity, Signal};
use bosk_tests::{PATIENCE, Sandbox, Session, processes, records, spec};
use proptest::prelude::*;

/// Something that a person or a mishap does.
#[derive(Debug, Clone)]
enum Step {
    /// Sends a message whose turn goes on until it is interrupted.
    Hold,
    /// Sends a message that is answered at once.
    Say,
    /// Takes back the message that was sent last.
    Remove,
    /// Waits until all is answered, ending a turn that would not end.
    Settle,
    KillKeeper,
    KillCli,
    Stop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Hold),
        4 => Just(Step::Say),
        2 => Just(Step::Remove),
        2 => Just(Step::Settle),
        2 => Just(Step::KillKeeper),
        2 => Just(Step::KillCli),
        1 => Just(Step::Stop),
    ]
}

/// What the test knows of the messages.
#[derive(Default)]
struct Known {
    /// Those that Bosk has taken, in order.
    sent: Vec<String>,
    removed: Vec<String>,
    deaths: usize,
}

async fn play(sandbox: &Sandbox, session: &Session<'_>, step: &Step, known: &mut Known) {
    let Ok(watched) = session.try_follow().await else {
        // It has ended; that only a resume changes.
        sandbox.resume(session).await.unwrap();
        return;
    };
    match step {
        Step::Hold | Step::Say => {
            let text = if matches!(step, Step::Hold) { "!hold" } else { "!say yes" };
            // Refused while the CLI is just dying: then it is not to be taken either.
            if let Ok(uuid) = watched.send(text).await {
                known.sent.push(uuid);
            }
        }
        Step::Remove => {
            let Some(uuid) = known.sent.last().cloned() else { return };
            if watched.call(Call::Remove { uuid: uuid.clone() }).await.is_ok() {
                known.removed.push(uuid);
            }
        }
        Step::Settle => {
            // A session that is ending settles nothing.
            let _ = watched.call(Call::Interrupt { drop_queued: false }).await;
        }
        Step::KillKeeper => {
            if let Some(keeper) = session.keeper() {
                let _ = keeper.signal(Signal::Kill);
                processes::ended(&keeper, PATIENCE).await;
                known.deaths += 1;
            }
        }
        Step::KillCli => {
            for (pid, _) in processes::with_cookie(&session.id) {
                let found = ProcessIdentity::of(pid);
                let _ = found.map(|found| found.signal(Signal::Kill));
            }
            known.deaths += 1;
        }
        Step::Stop => {
            if watched.call(Call::Stop { reason: StopReason::Person }).await.is_ok() {
                watched.gone().await;
                known.deaths += 1;
            }
        }
    }
}

/// Resumes it until every message is answered: one that holds is interrupted.
async fn settle(sandbox: &Sandbox, session: &Session<'_>, known: &mut Known) {
    loop {
        if let Ok(mut watched) = session.try_follow().await {
            loop {
                let status = watched.status();
                let resting = State::Running { turn: Turn::Idle };
                if status.summary.state == resting && status.queue.is_empty() {
                    return;
                }
                // Refused where nothing runs: then there will be news.
                let _ = watched.call(Call::Interrupt { drop_queued: false }).await;
                if !watched.changed().await {
                    break;
                }
            }
        }
        // Whatever was dying is dead, and goes on where it was.
        assert!(session.row().await.unwrap().state.is_ended());
        sandbox.resume(session).await.unwrap();
        known.deaths += 1;
    }
}

async fn promise(steps: &[Step]) {
    let sandbox = Sandbox::new();
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "!say first")).await.unwrap();
    let mut known = Known::default();
    for step in steps {
        play(&sandbox, &session, step, &mut known).await;
    }
    settle(&sandbox, &session, &mut known).await;

    let mut times = BTreeMap::new();
    for uuid in session.acknowledged() {
        *times.entry(uuid).or_insert(0) += 1;
    }
    let mut order = Vec::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for line in records::cli_transcript(&sandbox.path("claude"), &session) {
        let uuid = line["uuid"].as_str().unwrap().to_owned();
        let before = taken.entry(uuid.clone()).or_default();
        *before += 1;
        if *before == 1 {
            order.push(uuid);
        }
    }
    for uuid in &known.sent {
        if known.removed.contains(uuid) {
            assert!(!taken.contains_key(uuid), "{uuid} was taken back, and taken");
            continue;
        }
        assert_eq!(times.get(uuid), Some(&1), "{uuid} was not acknowledged once");
        let taken = taken.get(uuid).copied().unwrap_or(0);
        assert!((1..=1 + known.deaths).contains(&taken), "{uuid} was taken {taken} times");
    }
    let kept: Vec<&String> =
        known.sent.iter().filter(|uuid| !known.removed.contains(uuid)).collect();
    let order: Vec<&String> = order.iter().filter(|uuid| known.sent.contains(uuid)).collect();
    assert_eq!(order, kept, "in the order in which they were sent");
    let numbers: Vec<u64> = session.journal().iter().map(|record| record.seq).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    session.stop().await;
    assert_eq!(processes::with_cookie(&session.id), []);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn no_message_is_lost_or_taken_twice(steps in prop::collection::vec(step(), 1..10)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(promise(&steps));
    }
}
