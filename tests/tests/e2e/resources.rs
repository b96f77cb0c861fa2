//! What sessions use and may use, as a person sees it: the panel, the transcript, limits, pausing, the
//! Monitor, a session's own window, and the strip.

use bosk_core::session::PausedBy;
use bosk_core::wire::Call;
use bosk_tests::{Session, sandbox, spec};

use super::desk::Desk;
use super::window::{Window, at};

/// The command of a tool that does something: see the stand-in's `tool`.
fn tool(what: &str) -> String {
    format!("{} tool {what}", sandbox::program("stand-in-claude").display())
}

fn row(session: &Session<'_>) -> String {
    format!("[data-session='{}']", session.id)
}

async fn open(window: &Window, kind: &str, session: Option<&Session<'_>>) {
    let id = session.map_or("null".to_owned(), |session| format!("'{}'", session.id));
    window
        .run(&format!(
            "window.__TAURI_INTERNALS__.invoke('open_window', {{ kind: '{kind}', id: {id} }})"
        ))
        .await;
}

#[tokio::test]
async fn the_panel_shows_what_a_session_uses_and_holds_it() {
    let desk = Desk::stand_in().await;
    let shop = desk.repository("shop");
    let prompt = format!(
        "Test everything\n!tool {}\n!say Half is done.\n!tool {}",
        tool("eat 120 400 & sleep 1; kill $!"),
        tool("spin 60000")
    );
    let session = desk.launch(&spec(&shop, &prompt)).await.unwrap();
    let window = Window::open(&desk).await;
    window.click(&row(&session)).await;
    // What the finished tool cost stands beside it, the running one is measured.
    window.until("one('tool-cost')?.textContent.includes('MB')").await;
    window.click(&at("panel-resources")).await;
    window.until("/1\\d\\d\\s*%|9\\d\\s*%/.test(one('used-now')?.textContent ?? '')").await;
    window.until("document.querySelectorAll('figure canvas').length >= 2").await;
    window.inspect("resources").await;

    // Paused, it says so and stands still; and goes on.
    window.click(&at("pause")).await;
    let mut watched = session.follow().await;
    watched.until("paused", |status| status.summary.paused.is_some()).await;
    window.until("one('go-on') && document.querySelector('[data-glance=paused]')").await;
    window.inspect("paused").await;
    window.click(&at("go-on")).await;
    watched.until("going on", |status| status.summary.paused.is_none()).await;

    // Limited too low, it is told why not; limited well, it is held.
    window.click(&at("change-limits")).await;
    window.write(&at("limit-memory"), "0.5").await;
    window.click(&at("limits-save")).await;
    window
        .until("document.querySelector('dialog[open] [role=alert]')?.textContent.includes('1 GB')")
        .await;
    window.inspect("limits-refused").await;
    window.clear(&at("limit-memory")).await;
    window.write(&at("limit-memory"), "2").await;
    window.click(&at("limits-save")).await;
    watched
        .until("limited", |status| {
            status.summary.limits.as_ref().and_then(|limits| limits.memory) == Some(2_000_000_000)
        })
        .await;
    window.until("one('limited')?.textContent.includes('2')").await;
    window.inspect("limited").await;

    // A forced end asks first, and says what it ended.
    window.click("//section/header//button[@aria-haspopup='menu']").await;
    window.click("//*[@role='menuitem' and contains(., 'Kill')]").await;
    window.until("one('kill-dialog')").await;
    window.inspect("kill").await;
    window.click(&at("kill-confirm")).await;
    let status = watched.gone().await;
    assert!(status.summary.state.is_ended());
    window.until("document.body.textContent.includes('stand-in-claude')").await;
    window.inspect("killed").await;
}

#[tokio::test]
async fn the_monitor_shows_all_of_them_and_acts() {
    let desk = Desk::stand_in().await;
    let shop = desk.repository("shop");
    let other = desk.repository("garden");
    let spin = tool("spin 60000");
    let eat = tool("eat 150 500");
    let mut specs = vec![
        spec(&shop, &format!("Count the stock\n!tool {spin}")),
        spec(&shop, &format!("Load the catalogue\n!tool {eat}")),
        spec(&other, "Plan the beds\n!ask"),
    ];
    specs.extend((0..5).map(|at| spec(&other, &format!("Water row {at}\n!hold"))));
    let sessions: Vec<_> = desk.launch_all(&specs).await.into_iter().map(Result::unwrap).collect();
    let window = Window::open(&desk).await;
    open(&window, "monitor", None).await;
    let monitor = window.other().await;
    monitor.until("all('monitor-row').length === 8").await;
    monitor.until("/1\\d\\d\\s*%|9\\d\\s*%/.test(document.body.textContent)").await;
    monitor.until("document.querySelectorAll('figure canvas').length >= 3").await;
    // Sorted by CPU, what spins comes first.
    monitor.click(&at("sort-cpu")).await;
    monitor.until("all('monitor-row')[0].textContent.includes('Count the stock')").await;
    for (theme, name) in [("light", "monitor-light"), ("dark", "monitor-dark")] {
        monitor.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        monitor.inspect(name).await;
    }
    // Its processes open below it.
    monitor.click(&format!("{} button[aria-expanded]", row(&sessions[0]))).await;
    monitor.until("all('monitor-process').some((one) => one.textContent.includes('sh'))").await;
    monitor.inspect("monitor-processes").await;
    monitor.click(&format!("{} button[aria-label='Pause']", row(&sessions[0]))).await;
    let mut watched = sessions[0].follow().await;
    watched
        .until("paused", |status| {
            status.summary.paused.is_some_and(|paused| paused.by == PausedBy::Person)
        })
        .await;
    monitor.until("document.querySelector('[data-glance=paused]')").await;
    monitor.click(&at("go-on-all")).await;
    watched.until("going on", |status| status.summary.paused.is_none()).await;
    for session in &sessions {
        session.follow().await.call(Call::Kill).await.unwrap();
    }
    monitor.until("!document.querySelector('[data-glance=running]')").await;
}

#[tokio::test]
async fn a_session_has_a_window_of_its_own_and_the_strip_counts() {
    let desk = Desk::stand_in().await;
    let shop = desk.repository("shop");
    let asks = desk.launch(&spec(&shop, "Ask me\n!ask\n!say Thanks.")).await.unwrap();
    let works = desk.launch(&spec(&shop, "Work on\n!hold")).await.unwrap();
    let window = Window::open(&desk).await;
    open(&window, "session", Some(&asks)).await;
    let own = window.other().await;
    own.until("one('ask')").await;
    own.inspect("own-window").await;
    own.click(&at("ask-allow")).await;
    own.until("document.body.textContent.includes('Thanks.')").await;
    // The main window heard of it too, though it shows another.
    window.until("document.querySelector('[data-glance=done]')").await;
    own.close_window().await;

    open(&window, "strip", None).await;
    let strip = window.other().await;
    strip.until("one('strip-running')?.textContent.includes('1')").await;
    strip.inspect("strip").await;
    strip.click(&at("strip-running")).await;
    window
        .until(&format!(
            "document.querySelector(\"{}[aria-current=true], {} [aria-current=true]\")",
            row(&works),
            row(&works)
        ))
        .await;
    works.stop().await;
}

#[tokio::test]
async fn a_session_that_was_paused_is_found_so_by_the_next_window_and_goes_on() {
    let desk = Desk::stand_in().await;
    let prompt = format!("Spin\n!tool {}\n!say Done.", tool("spin 1500"));
    let session = desk.launch(&spec(&desk.repository("shop"), &prompt)).await.unwrap();
    let window = Window::open(&desk).await;
    window.click(&row(&session)).await;
    window.click(&at("pause")).await;
    window.until("document.querySelector('[data-glance=paused]')").await;
    window.kill().await;
    let window = Window::open(&desk).await;
    window.until("document.querySelector('[data-glance=paused]')").await;
    window.click(&row(&session)).await;
    window.click(&at("paused-go-on")).await;
    window.until("document.querySelector('[data-glance=done]')").await;
    assert_eq!(session.texts(), ["Done."]);
}
