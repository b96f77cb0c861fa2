//! The queue under any order of events: nothing is started beyond the cap, nothing is lost or started twice,
//! what waits has a reason, and what it comes to can be made anew from fewer orders.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::launch::LaunchSpec;

const CAPS: Caps = Caps { running: 3, in_repository: Some(2), reserve: 1 << 30, usd_a_day: None };

fn id(number: usize) -> SessionId {
    SessionId::parse(&format!("{number:08x}-0000-4000-8000-000000000000")).unwrap()
}

fn task(number: usize) -> Task {
    Task {
        id: id(number),
        spec: LaunchSpec::of_prompt("do it"),
        repository: "shop".to_owned(),
        repository_path: format!("/r/{}", number % 3),
        batch: None,
        batch_max_usd: None,
        after: vec![],
        builds_on: None,
        priority: Priority::Normal,
        added_at: 0,
    }
}

fn load() -> Load {
    Load { free: 64 << 30, usual: 1 << 29, ..Load::default() }
}

fn queue(tasks: Vec<Task>) -> Queue {
    let mut queue = Queue::default();
    queue.take(Order::Added { tasks }).unwrap();
    queue
}

fn wait(queue: &Queue, load: &Load, number: usize) -> Wait {
    let waits = queue.waits(&CAPS, load, 0);
    waits.into_iter().find(|(one, _)| *one == id(number)).unwrap().1
}

fn start(queue: &mut Queue, number: usize) {
    queue.take(Order::Starting { id: id(number) }).unwrap();
    queue.take(Order::Started { id: id(number) }).unwrap();
}

#[test]
fn each_waits_for_what_it_is_told() {
    let mut queue = queue(vec![
        Task { priority: Priority::Low, ..task(0) },
        task(1),
        Task { after: vec![id(1)], ..task(2) },
        Task { priority: Priority::High, ..task(4) },
    ]);
    let load = load();
    assert_eq!(queue.next(&CAPS, &load, 0), Some(id(4)), "the most urgent goes first");
    assert_eq!(wait(&queue, &load, 1), Wait::Turn);
    assert_eq!(wait(&queue, &load, 2), Wait::Tasks { ids: vec![id(1)] });
    queue.take(Order::Held { id: id(4), hold: Hold::Person }).unwrap();
    assert_eq!(wait(&queue, &load, 4), Wait::Release { hold: Hold::Person });
    assert_eq!(queue.next(&CAPS, &load, 0), Some(id(1)));

    let running = |numbers: [u32; 3]| {
        let running = (0..3).map(|one| (format!("/r/{one}"), numbers[one])).collect();
        Load { running, ..load.clone() }
    };
    assert_eq!(wait(&queue, &running([1, 1, 1]), 1), Wait::Running { cap: 3 });
    assert_eq!(wait(&queue, &running([0, 2, 0]), 1), Wait::Repository { cap: 2 });
    assert_eq!(
        queue.next(&CAPS, &running([0, 2, 0]), 0),
        Some(id(0)),
        "another repository's goes on"
    );
    let little = Load { free: (1 << 30) + 5, ..running([1, 0, 0]) };
    assert_eq!(wait(&queue, &little, 1), Wait::Memory { needs: 1 << 29, free: 5 });
    assert_eq!(wait(&queue, &little, 0), Wait::Turn, "nobody takes what it waits for");
    let alone = Load { free: 0, ..load.clone() };
    assert_eq!(queue.next(&CAPS, &alone, 0), Some(id(1)), "nothing else would ever free any");
}

#[test]
fn the_accounts_limit_holds_all_and_then_lets_them_go_one_by_one() {
    let queue = queue(vec![task(0), task(1)]);
    let mut load = Load { used_up_until: Some(1000), ..load() };
    assert_eq!(wait(&queue, &load, 0), Wait::UsageLimit { resets_at: 1000 });
    assert_eq!(queue.next_time(&load, 0), Some(1000));
    load.started_at = -10_000;
    assert_eq!(queue.next(&CAPS, &load, 1000), Some(id(0)));
    load.start("/r/0", 1000);
    assert_eq!(queue.next(&CAPS, &load, 1001), None);
    assert_eq!(queue.next_time(&load, 1001), Some(6000));
    assert_eq!(queue.next(&CAPS, &load, 6000), Some(id(0)));
}

#[test]
fn what_waits_for_a_failure_is_held_and_released_does_without_it() {
    let mut queue = queue(vec![task(1), Task { builds_on: Some(id(1)), ..task(2) }]);
    start(&mut queue, 1);
    queue.take(Order::Ended { id: id(1), how: Ended::Failed }).unwrap();
    let held = Wait::Release { hold: Hold::Before { task: id(1) } };
    assert_eq!(wait(&queue, &load(), 2), held);
    // So is what is added later.
    queue.take(Order::Added { tasks: vec![Task { after: vec![id(1)], ..task(5) }] }).unwrap();
    assert_eq!(wait(&queue, &load(), 5), held);
    queue.take(Order::Released { id: id(2) }).unwrap();
    assert_eq!(wait(&queue, &load(), 2), Wait::Nothing);
    assert_eq!(queue.get(&id(2)).unwrap().0.builds_on, None);
    let again = queue.take(Order::Released { id: id(2) });
    assert!(again.is_err(), "nothing holds it");
}

#[test]
fn three_failures_in_a_row_hold_the_rest_of_a_batch() {
    let of_batch = |number| Task { batch: Some("b".to_owned()), ..task(number) };
    let mut queue = queue((1..=7).map(of_batch).chain([task(8)]).collect());
    let ends = [Ended::Failed, Ended::Failed, Ended::Done, Ended::Failed, Ended::Failed];
    for (number, how) in (1..).zip(ends) {
        start(&mut queue, number);
        queue.take(Order::Ended { id: id(number), how }).unwrap();
    }
    assert_eq!(queue.next(&CAPS, &load(), 0), Some(id(6)), "not in a row");
    start(&mut queue, 6);
    queue.take(Order::Ended { id: id(6), how: Ended::Failed }).unwrap();
    assert_eq!(wait(&queue, &load(), 7), Wait::Release { hold: Hold::Batch });
    assert_eq!(queue.next(&CAPS, &load(), 0), Some(id(8)), "others go on");
    queue.take(Order::Released { id: id(7) }).unwrap();
    assert_eq!(queue.next(&CAPS, &load(), 0), Some(id(7)));
}

#[test]
fn attempts_at_the_same_do_not_hold_each_other() {
    let attempt = |number| {
        let mut task = Task { batch: Some("b".to_owned()), ..task(number) };
        let variant = crate::launch::Variant { group: "g".into(), number: 1, label: "opus".into() };
        task.spec.variant = Some(variant);
        task
    };
    let mut queue = queue((1..=4).map(attempt).collect());
    for number in 1..=3 {
        start(&mut queue, number);
        queue.take(Order::Ended { id: id(number), how: Ended::Failed }).unwrap();
    }
    assert_eq!(queue.next(&CAPS, &load(), 0), Some(id(4)));
}

#[test]
fn a_batch_that_has_cost_what_it_may_is_held_and_released_goes_on_regardless() {
    let of_batch = |number| Task { batch_max_usd: Some(1.0), added_at: 7, ..task(number) };
    let other = |number| Task { batch_max_usd: Some(1.0), added_at: 8, ..task(number) };
    let mut queue = queue((1..=4).map(of_batch).chain([other(5), task(6)]).collect());
    let mut load = load();
    load.costs = BTreeMap::from([(id(1), 0.6), (id(6), 100.0)]);
    start(&mut queue, 1);
    start(&mut queue, 2);
    assert!(queue.over_budget(&load).is_empty());
    assert_eq!(wait(&queue, &load, 3), Wait::Nothing);
    load.costs.insert(id(2), 0.4);
    let hold = Hold::Budget { cap: 1.0, spent: 1.0 };
    assert_eq!(wait(&queue, &load, 3), Wait::Release { hold: hold.clone() }, "at once");
    queue.take(Order::Retrying { id: id(2), at: 0, counts: true }).unwrap();
    let orders = queue.over_budget(&load);
    assert_eq!(orders.len(), 1, "one for all of it");
    orders.into_iter().for_each(|order| queue.take(order).unwrap());
    assert!(queue.over_budget(&load).is_empty(), "it is held");
    let unknown = Load { costs: BTreeMap::new(), ..load.clone() };
    for number in 2..=4 {
        assert_eq!(wait(&queue, &unknown, number), Wait::Release { hold: hold.clone() });
    }
    assert_eq!(queue.next(&CAPS, &load, 0), Some(id(5)), "others go on");
    queue.take(Order::Released { id: id(4) }).unwrap();
    assert!(queue.over_budget(&load).is_empty());
    assert_eq!(queue.next(&CAPS, &load, 0), Some(id(2)), "all of it");
    assert!(queue.take(Order::Spent { id: id(2), spent: 2.0 }).is_err(), "no cap any more");
}

#[test]
fn what_a_batch_has_cost_is_not_forgotten_while_some_of_it_is_to_come() {
    let of_batch = |number| Task { batch_max_usd: Some(1.0), ..task(number) };
    let mut queue = queue(vec![of_batch(1), of_batch(2), task(4)]);
    for number in [1, 4] {
        start(&mut queue, number);
        queue.take(Order::Ended { id: id(number), how: Ended::Done }).unwrap();
    }
    let mut anew = Queue::default();
    queue.condensed().into_iter().for_each(|order| anew.take(order).unwrap());
    assert_eq!(anew.tasks().count(), 2);
    let load = Load { costs: BTreeMap::from([(id(1), 1.5)]), ..load() };
    assert_eq!(anew.over_budget(&load).len(), 1);
}

#[test]
fn a_day_that_has_cost_what_it_may_holds_all_but_rehearsals_until_midnight() {
    let mut rehearsal = task(4);
    rehearsal.spec.backend = crate::launch::Backend::Rehearsal { script: None };
    let queue = queue(vec![task(1), rehearsal]);
    let caps = |usd| Caps { usd_a_day: Some(usd), ..CAPS };
    let load = Load { usd_today: 5.0, midnight: 1000, ..load() };
    let waits = queue.waits(&caps(5.0), &load, 0);
    assert_eq!(waits[0].1, Wait::Day { cap: 5.0, until: 1000 });
    assert_eq!(waits[1].1, Wait::Nothing);
    assert_eq!(queue.next_time(&load, 0), Some(1000));
    assert_eq!(queue.next(&caps(5.0), &load, 1000), Some(id(1)), "another day");
    assert_eq!(queue.next(&caps(5.1), &load, 0), Some(id(1)), "a higher cap");
}

#[test]
fn a_ring_and_a_stranger_are_refused_and_nothing_is_added() {
    let mut queue = Queue::default();
    let ring = vec![
        Task { after: vec![id(3)], ..task(1) },
        Task { after: vec![id(1)], ..task(2) },
        Task { after: vec![id(2)], ..task(3) },
        task(4),
    ];
    let stranger = vec![Task { after: vec![id(9)], ..task(1) }];
    for tasks in [ring, stranger, vec![task(1), task(1)]] {
        assert!(queue.take(Order::Added { tasks }).is_err());
        assert!(!queue.is_open());
    }
}

#[test]
fn places_can_be_changed_and_what_runs_cannot_be_cancelled() {
    let mut queue = queue(vec![task(1), task(2), task(4)]);
    queue.take(Order::Moved { id: id(4), before: Some(id(1)) }).unwrap();
    assert_eq!(queue.next(&CAPS, &load(), 0), Some(id(4)));
    queue.take(Order::Moved { id: id(4), before: None }).unwrap();
    queue.take(Order::Moved { id: id(1), before: Some(id(1)) }).unwrap();
    let order: Vec<&SessionId> = queue.tasks().map(|(task, _)| &task.id).collect();
    assert_eq!(order, [&id(1), &id(2), &id(4)]);
    assert!(queue.take(Order::Moved { id: id(1), before: Some(id(9)) }).is_err());
    assert_eq!(queue.tasks().count(), 3, "a place that is not there loses nothing");
    start(&mut queue, 1);
    assert!(queue.take(Order::Cancelled { id: id(1) }).is_err());
    queue.take(Order::Cancelled { id: id(2) }).unwrap();
    assert!(queue.take(Order::Starting { id: id(2) }).is_err());
}

#[test]
fn what_is_being_launched_is_not_held_by_the_person_and_what_waits_to_be_tried_again_can_be() {
    let mut queue = queue(vec![task(1), task(2)]);
    queue.take(Order::Starting { id: id(1) }).unwrap();
    assert!(queue.take(Order::Held { id: id(1), hold: Hold::Person }).is_err());
    queue.take(Order::PutBack { id: id(1) }).unwrap();
    assert_eq!(queue.next(&CAPS, &load(), 0), Some(id(1)), "as before");
    start(&mut queue, 1);
    assert!(queue.take(Order::PutBack { id: id(1) }).is_err());
    queue.take(Order::Retrying { id: id(1), at: 9, counts: true }).unwrap();
    queue.take(Order::Held { id: id(1), hold: Hold::Person }).unwrap();
    assert_eq!(wait(&queue, &load(), 1), Wait::Release { hold: Hold::Person });
    start(&mut queue, 2);
    queue.take(Order::Retrying { id: id(2), at: 9, counts: true }).unwrap();
    queue.take(Order::Cancelled { id: id(2) }).unwrap();
}

#[test]
fn a_long_chain_is_added_at_once_and_a_ring_in_it_is_found() {
    let chain = |count: usize| -> Vec<Task> {
        let one = |number: usize| Task { builds_on: number.checked_sub(1).map(id), ..task(number) };
        (0..count).map(one).collect()
    };
    let long = queue(chain(10_000));
    assert_eq!(long.waits(&CAPS, &load(), 0).len(), 10_000);
    let mut ring = chain(50);
    ring[0].builds_on = Some(id(49));
    assert!(Queue::default().take(Order::Added { tasks: ring }).is_err());
}

/// Something that happens: what the dispatcher does by itself, or one of the person's orders.
#[derive(Debug, Clone)]
enum Happens {
    Admitted,
    Ends(usize, Ended),
    Breaks(usize),
    Person(Order),
    Crash,
}

fn happenings() -> impl Strategy<Value = Happens> {
    let one = || (0..12_usize).prop_map(id);
    let all = vec![Ended::Done, Ended::Failed, Ended::Interrupted, Ended::Stopped];
    let how = prop::sample::select(all);
    let priority = prop_oneof![Just(Priority::Low), Just(Priority::High)];
    prop_oneof![
        4 => Just(Happens::Admitted),
        3 => (0..12_usize, how).prop_map(|(at, how)| Happens::Ends(at, how)),
        1 => (0..12_usize).prop_map(Happens::Breaks),
        1 => one().prop_map(|id| Happens::Person(Order::Cancelled { id })),
        1 => one().prop_map(|id| Happens::Person(Order::Held { id, hold: Hold::Person })),
        2 => one().prop_map(|id| Happens::Person(Order::Released { id })),
        1 => (one(), priority)
            .prop_map(|(id, priority)| Happens::Person(Order::Prioritised { id, priority })),
        1 => (one(), one())
            .prop_map(|(id, before)| Happens::Person(Order::Moved { id, before: Some(before) })),
        1 => Just(Happens::Crash),
    ]
}

fn tasks() -> impl Strategy<Value = Vec<Task>> {
    let one = (any::<bool>(), prop::collection::vec(0..12_usize, 0..3));
    prop::collection::vec(one, 12).prop_map(|all| {
        let tasks = all.into_iter().enumerate().map(|(number, (batch, after))| Task {
            batch: batch.then(|| "b".to_owned()),
            after: after.into_iter().filter(|one| *one < number).map(id).collect(),
            ..task(number)
        });
        tasks.collect()
    })
}

proptest! {
    #[test]
    fn whatever_happens_the_rules_hold(tasks in tasks(), all in prop::collection::vec(happenings(), 0..120)) {
        let before: BTreeMap<SessionId, Vec<SessionId>> =
            tasks.iter().map(|task| (task.id.clone(), task.after.clone())).collect();
        let mut queue = queue(tasks);
        let (mut released, mut broken) = (BTreeSet::new(), BTreeSet::new());
        let (mut started, mut running): (BTreeSet<SessionId>, BTreeMap<SessionId, String>) =
            Default::default();
        for (now, happens) in (0_i64..).zip(all) {
            let mut load = load();
            for repository in running.values() {
                load.start(repository, now);
            }
            match happens {
                Happens::Admitted => {
                    if let Some(id) = queue.next(&CAPS, &load, now) {
                        let (task, stage, _) = queue.get(&id).unwrap();
                        let ended = matches!(stage, Stage::Running | Stage::Ended { .. });
                        prop_assert!(!ended, "{stage:?}");
                        prop_assert!(started.insert(id.clone()) || broken.remove(&id), "twice");
                        for one in before[&id].iter().filter(|_| !released.contains(&id)) {
                            let done = Stage::Ended { how: Ended::Done };
                            prop_assert_eq!(queue.get(one).unwrap().1, &done);
                        }
                        running.insert(id.clone(), task.repository_path.clone());
                        queue.take(Order::Starting { id: id.clone() }).unwrap();
                        queue.take(Order::Started { id }).unwrap();
                    }
                }
                Happens::Ends(number, how) if running.remove(&id(number)).is_some() => {
                    queue.take(Order::Ended { id: id(number), how }).unwrap();
                }
                Happens::Breaks(number) if running.remove(&id(number)).is_some() => {
                    broken.insert(id(number));
                    let order = Order::Retrying { id: id(number), at: now, counts: true };
                    queue.take(order).unwrap();
                }
                Happens::Person(order) => {
                    if let Order::Released { id } = &order {
                        released.insert(id.clone());
                    }
                    let _ = queue.take(order);
                }
                Happens::Crash => {
                    let mut anew = Queue::default();
                    for order in queue.condensed() {
                        anew.take(order).unwrap();
                    }
                    let open = |queue: &Queue| {
                        let tasks = queue.tasks().filter(|(_, stage)| !matches!(stage, Stage::Ended { .. }));
                        tasks.map(|(task, stage)| (task.id.clone(), task.priority, stage.clone())).collect::<Vec<_>>()
                    };
                    prop_assert_eq!(open(&anew), open(&queue));
                    prop_assert_eq!(anew.waits(&CAPS, &load, now), queue.waits(&CAPS, &load, now));
                }
                _ => {}
            }
            prop_assert!(running.len() <= CAPS.running as usize);
            prop_assert_eq!(queue.tasks().count(), 12, "none is lost");
            let waiting = queue.tasks().filter(|(_, stage)| {
                matches!(stage, Stage::Waiting { .. } | Stage::Retrying { .. })
            });
            let waits = queue.waits(&CAPS, &load, now);
            prop_assert_eq!(waits.len(), waiting.count(), "each has a reason");
            // What waits only for others to end finds some that can.
            let stuck = running.is_empty()
                && waits.iter().any(|(_, wait)| matches!(wait, Wait::Turn | Wait::Running { .. }))
                && !waits.iter().any(|(_, wait)| *wait == Wait::Nothing);
            prop_assert!(!stuck || !load.running.is_empty(), "{waits:?}");
        }
    }
}
