//! A transcript of 100,000 entries against one of 100: opening it, adding to it, and the memory of
//! the process that draws it.

use std::time::Duration;

use bosk_tests::Session;
use serde_json::Value;

use crate::desk::Desk;
use crate::report::Row;
use crate::room;
use crate::window::Window;

/// How often each is opened in one window.
const TIMES: usize = 9;

/// How many windows are opened for the memory of each.
const WINDOWS: usize = 3;

/// How many entries are added to each.
const ADDED: usize = 20;

pub(crate) async fn measure() -> Vec<Row> {
    let desk = room::desk().await;
    let sessions = room::sessions(&desk, 3).await;
    let [long, short, none] = sessions.as_slice() else { panic!("three sessions") };
    room::told(long, "entries 100000").await;
    room::told(short, "entries 100").await;
    let mut window = Window::open(&desk).await;
    // Nobody has looked at either yet: their entries are found now, and kept for the next time.
    let cold_short = open(&window, short).await;
    let cold = open(&window, long).await;
    let (mut opened, mut baseline) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        open(&window, none).await;
        baseline.push(open(&window, short).await);
        open(&window, none).await;
        opened.push(open(&window, long).await);
    }
    let added = added(&window, long).await;
    open(&window, short).await;
    let added_short = self::added(&window, short).await;
    let (mut memory, mut memory_short) = (Vec::new(), Vec::new());
    for _ in 0..WINDOWS {
        for (session, into) in [(short, &mut memory_short), (long, &mut memory)] {
            window.kill().await;
            window = Window::open(&desk).await;
            open(&window, session).await;
            into.push(settled(&desk).await);
        }
    }
    window.kill().await;
    for session in &sessions {
        session.stop().await;
    }
    vec![
        Row::against("100,000 entries, open", "ms", opened, baseline, 2.0),
        Row::against("100,000 entries, first open ever", "ms", vec![cold], vec![cold_short], 2.0),
        Row::against("100,000 entries, append one", "ms", added, added_short, 2.0),
        Row::against("100,000 entries, memory of the page", "MB", memory, memory_short, 1.1),
    ]
}

/// Selects a session and waits until its last entry is painted; how long that took, in milliseconds.
async fn open(window: &Window, session: &Session<'_>) -> f64 {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const row = document.querySelector(`{}`);
         const begun = performance.now();
         const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
         const is_there = () => {{
           const place = document.querySelector(`[data-testid='transcript']`);
           const entries = document.querySelectorAll(`[data-testid='entry']`);
           const last = entries[entries.length - 1];
           if (!place || row.getAttribute('aria-current') !== 'true' || !last) return false;
           return Number(last.dataset.index) === Number(place.dataset.total) - 1
             && (place.dataset.total !== before || place !== old);
         }};
         const old = document.querySelector(`[data-testid='transcript']`);
         const before = old?.dataset.total;
         const changes = new MutationObserver(() => {{
           if (is_there()) {{ changes.disconnect(); painted(); }}
         }});
         changes.observe(document, {{ subtree: true, childList: true, attributes: true }});
         row.click();",
        room::row(&session.id)
    );
    let took: Value = window.run_until_done(&script).await;
    took.as_f64().unwrap()
}

/// Has the session's CLI say something, again and again; how long each took to be painted.
async fn added(window: &Window, session: &Session<'_>) -> Vec<f64> {
    room::note_paints(window).await;
    let mut follower = session.follow().await;
    let mut delays = Vec::new();
    for _ in 0..ADDED {
        follower.turn("stamp").await;
        let count = delays.len() + 1;
        window.value::<bool>("window.paints.length > 0").await;
        delays.extend(room::delays(window).await);
        assert_eq!(delays.len(), count, "each is painted once");
    }
    delays
}

/// The memory of the page once it no longer changes much.
async fn settled(desk: &Desk) -> f64 {
    let mut before = f64::INFINITY;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = room::memory_of_page(desk);
        if (now - before).abs() < before * 0.01 {
            return now;
        }
        before = now;
    }
}
