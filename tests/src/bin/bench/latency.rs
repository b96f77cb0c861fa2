//! From the CLI's line to the text painted in the real window, while twenty sessions stream fifty
//! deltas a second each and one of them is looked at. The page tells when the frame with the text is
//! through, so the figure holds the wait for that frame.

use bosk_tests::processes;

use crate::report::{Row, quantile};
use crate::room;
use crate::window::Window;

const SESSIONS: usize = 20;

/// How long they stream, in seconds.
const SECONDS: u32 = 30;

pub(crate) async fn measure() -> Vec<Row> {
    let desk = room::desk().await;
    let sessions = room::sessions(&desk, SESSIONS).await;
    let window = Window::open(&desk).await;
    let watched = &sessions[SESSIONS / 2];
    window.click(&room::row(&watched.id)).await;
    window.until("document.querySelector(`[data-testid='transcript']`)").await;
    room::note_paints(&window).await;
    let mut streams = Vec::new();
    for session in &sessions {
        let follower = session.follow().await;
        follower.send(&format!("deltas 50 {SECONDS}")).await.unwrap();
        streams.push(follower);
    }
    for follower in &mut streams {
        follower.until("streamed", |status| status.summary.cost_usd >= 2.0).await;
    }
    let delays = room::delays(&window).await;
    let note = format!("{} words of {}", delays.len(), 50 * SECONDS);
    let (half, most) = (quantile(&delays, 0.5), quantile(&delays, 0.99));
    drop((window, streams));
    drop(processes::end_all(|| sessions.iter().filter_map(bosk_tests::Session::keeper).collect()));
    vec![
        Row::below("line to painted text, p50", "ms", vec![half], 20.0).note(note.clone()),
        Row::below("line to painted text, p99", "ms", vec![most], 50.0).note(note),
    ]
}
