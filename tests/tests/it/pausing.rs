//! Pausing: nothing of a session moves, whatever it has started; and it goes on, or ends, whoever was
//! killed meanwhile.

use bosk_core::journal::KilledProcess;
use bosk_core::session::{Glance, Outcome, PausedBy, State, StopReason, Turn};
use bosk_core::transcript::EntryBody;
use bosk_core::usage::{ProcessState, ProcessUsage};
use bosk_core::wire::{Call, Killed};
use bosk_runtime::process::ProcessIdentity;
use bosk_tests::signal::Words;
use bosk_tests::{PATIENCE, Sandbox, Session, Watched, spec};

use super::tool;

const PERSON: Call = Call::Pause { by: PausedBy::Person };

/// The state of a process, by the letter in `/proc`.
fn state(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().and_then(|rest| rest.chars().next()).unwrap_or('-')
}

/// Waits until all of them stand still: a signal is sent before it takes effect, and nobody tells when.
async fn stopped(pids: &[u32]) {
    let wait = async {
        while !pids.iter().all(|pid| state(*pid) == 'T') {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, wait).await.is_ok();
    let states: Vec<_> = pids.iter().map(|pid| (pid, state(*pid))).collect();
    assert!(in_time, "{states:?}");
}

/// A session with a hostile tree and a tool that is busy: everything of it.
async fn busy<'a>(sandbox: &'a Sandbox) -> (Session<'a>, Watched, Vec<u32>) {
    let mut words = Words::at(sandbox.path("words"));
    let pipe = words.path().display();
    let prompt = format!("work\n!fork {pipe}\n!tool {}\n!say Done.", tool("spin 1500"));
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &prompt)).await.unwrap();
    let watched = session.follow().await;
    let mut pids = Vec::new();
    for _ in 0..6 {
        pids.push(words.next_process().await.pid);
    }
    (session, watched, pids)
}

async fn processes(watched: &mut Watched) -> Vec<ProcessUsage> {
    watched.look().await.unwrap();
    let at = watched.until_usage("measured", |_| true).await.at;
    watched.until_usage("measured again", |usage| usage.at > at).await;
    serde_json::from_value(watched.call(Call::Processes).await.unwrap()).unwrap()
}

#[tokio::test]
async fn nothing_of_a_paused_session_moves_until_it_is_let_go_on() {
    let sandbox = Sandbox::new();
    let (session, mut watched, hostile) = busy(&sandbox).await;
    watched.call(PERSON).await.unwrap();
    assert_eq!(watched.connection.status().await.unwrap().summary.glance, Glance::Paused);
    let all = processes(&mut watched).await;
    assert!(all.len() >= 8, "{all:#?}");
    assert!(all.iter().all(|one| one.state == ProcessState::Stopped), "{all:#?}");
    stopped(&hostile).await;
    // What is sent meanwhile waits.
    watched.send("and then\n!say Then.").await.unwrap();
    watched.call(PERSON).await.unwrap();
    watched.call(Call::GoOn).await.unwrap();
    watched.until("then", |_| session.texts().iter().any(|text| text == "Then.")).await;
    assert_eq!(session.texts(), ["Done.", "Then."]);
    let kinds: Vec<_> = session.transcript().into_iter().map(|entry| entry.body).collect();
    let paused = kinds.iter().filter(|body| matches!(body, EntryBody::Paused { .. })).count();
    let went_on = kinds.iter().filter(|body| matches!(body, EntryBody::WentOn)).count();
    assert_eq!((paused, went_on), (1, 1));
    session.stop().await;
}

#[tokio::test]
async fn a_paused_session_outlives_its_clients_and_goes_on_for_the_next() {
    let sandbox = Sandbox::new();
    let (session, watched, hostile) = busy(&sandbox).await;
    watched.call(PERSON).await.unwrap();
    // The window is gone, however that came.
    drop(watched);
    let mut watched = session.follow().await;
    assert!(watched.status().summary.paused.is_some());
    stopped(&hostile).await;
    watched.call(Call::GoOn).await.unwrap();
    watched.idle().await;
    assert_eq!(session.texts(), ["Done."]);
}

#[tokio::test]
async fn a_paused_session_is_stopped_as_any_other() {
    let sandbox = Sandbox::new();
    let (session, watched, hostile) = busy(&sandbox).await;
    watched.call(PERSON).await.unwrap();
    let summary = session.stop().await;
    let State::Ended { outcome, .. } = summary.state else { panic!("{summary:?}") };
    assert_eq!(outcome, Outcome::Stopped { reason: StopReason::Person });
    assert!(hostile.iter().all(|pid| ProcessIdentity::of(*pid).is_none_or(|one| !one.is_alive())));
}

#[tokio::test]
async fn a_forced_end_takes_everything_and_says_what_that_was() {
    let sandbox = Sandbox::new();
    let (session, watched, hostile) = busy(&sandbox).await;
    watched.call(PERSON).await.unwrap();
    let killed: Killed = serde_json::from_value(watched.call(Call::Kill).await.unwrap()).unwrap();
    assert_eq!(killed.left, []);
    let of = |list: &[KilledProcess], pid: u32| list.iter().any(|one| one.pid == pid);
    for pid in &hostile {
        assert!(of(&killed.processes, *pid), "{pid} is not in {killed:#?}");
        assert!(ProcessIdentity::of(*pid).is_none_or(|one| !one.is_alive()));
    }
    watched.gone().await;
    let told = session.transcript().into_iter().find_map(|entry| match entry.body {
        EntryBody::Killed { processes, .. } => Some(processes),
        _ => None,
    });
    assert_eq!(told, Some(killed.processes));
}

#[tokio::test]
async fn a_keeper_that_is_killed_takes_its_paused_session_with_it() {
    let sandbox = Sandbox::new();
    let (session, watched, hostile) = busy(&sandbox).await;
    watched.call(PERSON).await.unwrap();
    session.keeper().unwrap().signal(bosk_runtime::process::Signal::Kill).unwrap();
    watched.gone().await;
    let row = session.row().await.unwrap();
    assert!(row.state.is_ended() && row.paused.is_none(), "{row:?}");
    // All but the one with nothing in its environment carry the cookie, and go with the first look.
    let alive = |pid: &&u32| ProcessIdentity::of(**pid).is_some_and(|one| one.is_alive());
    let left: Vec<_> = hostile.iter().filter(alive).collect();
    assert!(left.len() <= 1, "{left:?}");
    for pid in left {
        let _ = ProcessIdentity::of(*pid).unwrap().signal(bosk_runtime::process::Signal::Kill);
    }
}

#[tokio::test]
async fn what_does_not_run_cannot_be_paused() {
    let sandbox = Sandbox::new();
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), "a\n!say A.")).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.call(PERSON).await.unwrap();
    assert_eq!(
        watched.connection.status().await.unwrap().summary.state,
        State::Running { turn: Turn::Idle }
    );
    // The process waits for its input while it cannot read: closing it would not end it.
    let summary = session.stop().await;
    assert!(summary.state.is_ended());
}
