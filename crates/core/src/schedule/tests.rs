//! Whatever happens, a time is run once at most, and what was missed is said.

use proptest::prelude::*;

use super::*;
use crate::launch::LaunchSpec;
use crate::queue::Priority;

const MINUTE: i64 = 60_000;

fn schedule(when: When, next_at: Option<i64>) -> Schedule {
    let addition = Addition {
        specs: vec![LaunchSpec::of_prompt("do it")],
        batch: None,
        max_usd: None,
        priority: Priority::Normal,
        after: vec![],
        builds_on: None,
        one_after_another: false,
    };
    Schedule {
        id: "a".to_owned(),
        name: "Nightly".to_owned(),
        when,
        addition,
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

fn every(step: i64) -> impl Fn(i64) -> Option<i64> {
    move |at| Some((at.div_euclid(step) + 1) * step)
}

fn world(now: i64) -> World<'static> {
    World { now, ..World::default() }
}

fn ran(at: i64, due_at: i64, missed: u32) -> Ran {
    Ran { at, due_at, missed, tasks: vec![], problem: None }
}

#[test]
fn what_was_missed_is_run_once_and_counted() {
    let hour = 60 * MINUTE;
    let one = schedule(When::Minutes { minutes: 60 }, Some(hour));
    let due = |now| one.due(&world(now), every(hour));
    assert_eq!(due(hour - 1), Due::Nothing);
    assert_eq!(due(hour), Due::Run { at: hour, missed: 0 });
    assert_eq!(due(hour + MINUTE), Due::Run { at: hour, missed: 0 }, "looked at once a minute");
    assert_eq!(due(hour + 30 * MINUTE), Due::Run { at: hour, missed: 1 }, "it was slept over");
    assert_eq!(due(5 * hour + 1), Due::Run { at: 5 * hour, missed: 4 }, "the last is in time");
    let far = due(1_000_000 * hour);
    assert!(matches!(far, Due::Run { missed: 9_999..=10_000, .. }), "{far:?}");
}

#[test]
fn nothing_runs_that_is_off_or_whose_last_run_is_not_over() {
    let mut one = schedule(When::At { at: 5 }, Some(5));
    let at = Due::Run { at: 5, missed: 0 };
    assert_eq!(one.due(&world(6), |_| None), at);
    assert_eq!(one.due(&World { busy: true, ..world(6) }, |_| None), Due::Nothing);
    one.begin(ran(6, 5, 0), None, None);
    assert_eq!(one.due(&world(7), |_| None), Due::Nothing, "it is written down");
    assert!(one.is_open(), "somebody has to do it");
    one.done(None);
    assert!(!one.is_open() && one.last.is_some(), "once is once");
    one.enabled = false;
    one.next_at = Some(5);
    assert_eq!(one.due(&world(8), |_| None), Due::Nothing);
}

#[test]
fn a_commit_is_run_for_once_and_a_branch_that_is_gone_is_none() {
    let when = When::Commit { repository: "/r".to_owned(), branch: "main".to_owned() };
    let mut one = schedule(when, None);
    one.seen = Some("a".to_owned());
    let due = |one: &Schedule, tip| one.due(&World { tip, ..world(9) }, |_| None);
    assert_eq!(due(&one, Some("a")), Due::Nothing);
    assert_eq!(due(&one, None), Due::Nothing);
    assert_eq!(due(&one, Some("b")), Due::Run { at: 9, missed: 0 });
    one.begin(ran(9, 9, 0), None, Some("b"));
    one.done(None);
    assert_eq!(due(&one, Some("b")), Due::Nothing);
}

#[test]
fn a_reset_is_waited_for_once() {
    let mut one = schedule(When::Reset, None);
    one.since = 100;
    assert!(!one.expect_reset(100), "that was before");
    assert!(one.expect_reset(200) && !one.expect_reset(200));
    assert_eq!(one.due(&world(199), |_| None), Due::Nothing);
    assert_eq!(one.due(&world(200), |_| None), Due::Run { at: 200, missed: 0 });
    one.begin(ran(201, 200, 0), None, None);
    one.done(None);
    assert!(!one.expect_reset(200), "it was run for");
    assert!(one.expect_reset(900));
}

#[test]
fn a_refused_run_adds_nothing_and_is_said() {
    let mut one = schedule(When::Minutes { minutes: 1 }, Some(MINUTE));
    one.begin(ran(MINUTE, MINUTE, 0), Some(2 * MINUTE), None);
    let id = SessionId::parse("00000000-0000-4000-8000-000000000000").unwrap();
    one.begun.as_mut().unwrap().tasks = vec![id];
    one.done(Some(Problem::new(crate::ProblemCode::NotTrusted, "No.")));
    assert!(one.tasks().is_empty() && one.last.as_ref().unwrap().problem.is_some());
    assert_eq!(one.due(&world(MINUTE + 1), every(MINUTE)), Due::Nothing, "not again at once");
}

/// What happens to whoever runs schedules.
#[derive(Debug, Clone)]
enum Happens {
    /// So much time passes, in minutes, and it looks.
    Looks(i64),
    /// The same, and it is killed between the word and the deed; the next does it.
    Killed(i64),
    /// The same while the last run is not over.
    Busy(i64),
    Off(i64),
}

fn happenings() -> impl Strategy<Value = Happens> {
    let minutes = || prop_oneof![5 => 0..3_i64, 1 => 0..500_i64];
    prop_oneof![
        6 => minutes().prop_map(Happens::Looks),
        2 => minutes().prop_map(Happens::Killed),
        2 => minutes().prop_map(Happens::Busy),
        1 => minutes().prop_map(Happens::Off),
    ]
}

proptest! {
    #[test]
    fn each_time_is_run_once_at_most_and_none_is_lost(
        step in 1..90_i64,
        all in prop::collection::vec(happenings(), 0..60),
    ) {
        let after = every(step * MINUTE);
        let mut one = schedule(When::Minutes { minutes: 1 }, after(0));
        let (mut now, mut done) = (0, 0_i64);
        // Up to where each time was run or said to be missed.
        let (mut counted, mut off) = (0_i64, 0_i64);
        for happens in all {
            let (Happens::Looks(minutes) | Happens::Killed(minutes) | Happens::Busy(minutes) | Happens::Off(minutes)) = happens;
            now += minutes * MINUTE;
            if let Happens::Off(_) = happens {
                // Off and on again: what passed does not count.
                off += now.div_euclid(step * MINUTE) - counted - off;
                (one.since, one.next_at) = (now, after(now));
                continue;
            }
            let busy = matches!(happens, Happens::Busy(_));
            match one.due(&World { busy, ..world(now) }, &after) {
                Due::Nothing => {}
                Due::Run { at, missed } => {
                    prop_assert!(at <= now && at > done, "never twice, nor before its time");
                    prop_assert!(!busy);
                    let in_time = u32::from(now - at < ON_TIME);
                    counted += i64::from(missed + in_time);
                    done = at;
                    one.begin(ran(now, at, missed), after(now), None);
                    if matches!(happens, Happens::Killed(_)) {
                        prop_assert_eq!(one.due(&world(now + 1), &after), Due::Nothing);
                        let kept = serde_json::to_string(&one).unwrap();
                        one = serde_json::from_str(&kept).unwrap();
                    }
                    one.done(None);
                    prop_assert_eq!(counted + off, now.div_euclid(step * MINUTE), "none is lost");
                    prop_assert_eq!(one.due(&world(now), &after), Due::Nothing);
                }
            }
        }
    }
}
