//! What may be spent: a batch that has cost what it may is held, a day that has begins no turn, and nothing is lost.

use bosk_core::queue::{Hold, QueuedTask, Wait};
use bosk_core::settings::Settings;
use bosk_core::{ProblemCode, SessionId};
use bosk_runtime::{client, settings, spend};
use bosk_tests::{PATIENCE, Sandbox, spec};

use crate::bosk;
use crate::queue::{batch, listed, sandbox, wait};

fn cap(sandbox: &Sandbox, usd: Option<f64>) {
    let settings = Settings { max_usd_a_day: usd, ..settings::peek(sandbox.home()) };
    settings::save(sandbox.home(), &settings).unwrap();
}

/// What waits, once all of it waits for that.
async fn until(sandbox: &Sandbox, wanted: impl Fn(&Wait) -> bool) -> Vec<QueuedTask> {
    let until = async {
        loop {
            let waiting = listed(sandbox).await;
            if waiting.iter().all(|one| one.wait.as_ref().is_some_and(&wanted)) {
                return waiting;
            }
        }
    };
    tokio::time::timeout(PATIENCE, until).await.expect("never")
}

fn costly(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Number {number}\n!cost 0.5\n!say Done.")).collect()
}

fn has_run(sandbox: &Sandbox, id: &SessionId) -> bool {
    sandbox.session(id.clone()).folder().exists()
}

#[tokio::test]
async fn a_batch_stops_at_its_cap_and_goes_on_when_it_is_released() {
    let sandbox = sandbox(1);
    let ids = batch(&sandbox, &costly(4), &["--max-usd", "1"]).await;
    assert_eq!(wait(&sandbox, &ids[..2]).await, 0);
    let held = until(&sandbox, |wait| matches!(wait, Wait::Release { .. })).await;
    let Some(Wait::Release { hold: Hold::Budget { cap, spent } }) = &held[0].wait else {
        panic!("{held:#?}")
    };
    assert_eq!((held.len(), *cap, *spent), (2, 1.0, 1.0));
    assert!(!has_run(&sandbox, &ids[2]) && !has_run(&sandbox, &ids[3]));
    let (_, out, _) = bosk(&sandbox, &["queue"]).await;
    assert!(out.contains("its batch has cost $1.00 of $1.00"), "{out}");
    bosk(&sandbox, &["release", ids[3].as_str()]).await;
    assert_eq!(wait(&sandbox, &ids).await, 0);
}

#[tokio::test]
async fn a_day_that_has_cost_what_it_may_begins_no_turn_until_the_cap_is_raised() {
    let sandbox = sandbox(1);
    cap(&sandbox, Some(1.0));
    let ids = batch(&sandbox, &costly(3), &[]).await;
    assert_eq!(wait(&sandbox, &ids[..2]).await, 0);
    let waiting = until(&sandbox, |wait| matches!(wait, Wait::Day { .. })).await;
    let Some(Wait::Day { cap: told, until }) = waiting[0].wait else { panic!("{waiting:#?}") };
    assert!((told - 1.0).abs() < 1e-9 && until > waiting[0].task.added_at);
    assert!(!has_run(&sandbox, &ids[2]));

    // By hand it is refused as well, and nothing of it is there.
    let refused = sandbox.launch(&spec(&sandbox.repository("shop"), "More")).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::LimitReached);
    let first = sandbox.session(ids[0].clone());
    let decisions = || std::fs::read(first.folder().join("decisions")).unwrap();
    let before = decisions();
    for refused in [
        client::send::send(sandbox.home(), &ids[0], "Go on").await.unwrap_err(),
        client::again::again(sandbox.home(), &ids[0]).await.unwrap_err(),
    ] {
        assert_eq!(refused.code, ProblemCode::LimitReached);
        assert!(refused.message.contains("$1.00 a day"), "{}", refused.message);
        assert!(refused.hint.unwrap().contains("settings"));
    }
    assert_eq!(decisions(), before);
    // Who only looks into it is not kept from that.
    let (code, _, said) = bosk(&sandbox, &["resume", "--detach", ids[0].as_str()]).await;
    assert_eq!(code, 0, "{said}");

    // A session that is removed has cost it all the same.
    let (code, _, said) = bosk(&sandbox, &["rm", "--yes", ids[1].as_str()]).await;
    assert_eq!(code, 0, "{said}");
    let refused = client::send::send(sandbox.home(), &ids[0], "Go on").await;
    assert_eq!(refused.unwrap_err().code, ProblemCode::LimitReached);

    cap(&sandbox, Some(2.0));
    assert_eq!(wait(&sandbox, &ids[2..]).await, 0, "the dispatcher notices");
    let (code, _, said) = bosk(&sandbox, &["send", ids[0].as_str(), "Go on\n!cost 0.1"]).await;
    assert_eq!(code, 0, "{said}");
    let spent = spend::spent(sandbox.home(), 0).await.unwrap();
    assert!(spent.iter().all(|one| one.model == "stand-in"), "{spent:#?}");
}
