//! A disk that is full for a while: sessions wait and go on by themselves, what was acknowledged is
//! there, and what cannot be kept is refused.

use std::time::{Duration, Instant};

use bosk_core::ProblemCode;
use bosk_core::journal::Decision;
use bosk_core::wire::Status;
use bosk_runtime::process::Signal;
use bosk_tests::volume::Volume;
use bosk_tests::{PATIENCE, Sandbox, Session, processes, spec};

/// How soon a session goes on once there is room.
const GOES_ON_WITHIN: Duration = Duration::from_secs(2);

fn waits(status: &Status) -> bool {
    status.summary.problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::DiskFull)
}

/// What `!chatter` says, without its padding.
fn chatter(session: &Session<'_>) -> Vec<usize> {
    let number = |text: String| text.strip_prefix("line ")?.split(' ').next()?.parse().ok();
    session.texts().into_iter().filter_map(number).collect()
}

fn sent(session: &Session<'_>) -> Vec<String> {
    let text = |decision| match decision {
        Decision::Sent(message) => Some(message.text),
        _ => None,
    };
    session.decisions().into_iter().filter_map(text).collect()
}

#[tokio::test]
async fn sessions_wait_for_room_and_lose_nothing() {
    let sandbox = Sandbox::new();
    let volume = Volume::of(&sandbox.home().sessions(), 8 << 20);
    let repository = sandbox.repository("shop");
    let specs = vec![spec(&repository, "!chatter 300 5\n!say done"); 4];
    let launched = sandbox.launch_all(&specs).await;
    let sessions: Vec<_> = launched.into_iter().map(|one| one.unwrap()).collect();
    let mut watched = Vec::new();
    for session in &sessions {
        let mut one = session.follow().await;
        one.working().await;
        watched.push(one);
    }
    let filling = volume.fill();
    for one in &mut watched {
        one.until("told that the disk is full", waits).await;
        // Longer than the room that is left in the last page of the file.
        let long = format!("!say refused\n{}", "x".repeat(16 << 10));
        let refused = one.send(&long).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::DiskFull);
        assert!(refused.hint.is_some());
    }
    std::fs::remove_file(filling).unwrap();
    let freed = Instant::now();
    for one in &mut watched {
        one.until("told that it goes on", |status| !waits(status)).await;
    }
    assert!(freed.elapsed() < GOES_ON_WITHIN, "it took {:?}", freed.elapsed());
    for (session, one) in sessions.iter().zip(&mut watched) {
        one.idle().await;
        one.turn("!say after").await;
        assert_eq!(chatter(session), (0..300).collect::<Vec<_>>(), "every line once, in order");
        let records = session.journal();
        assert!(records.iter().zip(0..).all(|(record, seq)| record.seq == seq));
        assert_eq!(sent(session), ["!chatter 300 5\n!say done", "!say after"]);
    }
    // What was refused stays refused, also for the next keeper.
    for (session, one) in sessions.iter().zip(watched) {
        drop(one);
        let keeper = session.keeper().unwrap();
        keeper.signal(Signal::Kill).unwrap();
        processes::ended(&keeper, PATIENCE).await;
        sandbox.resume(session).await.unwrap();
        session.follow().await.turn("!say resumed").await;
        assert!(!session.texts().contains(&"refused".to_owned()), "it was not to be acted on");
        assert_eq!(session.texts().last().unwrap(), "resumed");
        session.stop().await;
    }
}

#[tokio::test]
async fn the_ballast_keeps_decisions_possible() {
    let sandbox = Sandbox::new();
    // The whole of Bosk's folder; there must be room for the ballast many times over.
    let home = sandbox.home().path().to_owned();
    let volume = Volume::of(&home, 80 << 20);
    let _made_again = bosk_runtime::home::Home::at(home.clone()).unwrap();
    let repository = sandbox.repository("shop");
    let session = sandbox.launch(&spec(&repository, "!say one")).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    let filling = volume.fill();
    let refused = sandbox.launch(&spec(&repository, "!say never")).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::DiskFull, "no new session is begun");
    // The room that was kept back is for this.
    watched.turn("!say two").await;
    assert_eq!(session.texts(), ["one", "two"]);
    let row = session.stop().await;
    assert!(row.state.is_ended());
    std::fs::remove_file(filling).unwrap();
    assert_eq!(sent(&session), ["!say one", "!say two"]);
}
