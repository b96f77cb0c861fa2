//! CLIs that misbehave (the stand-in), seen from the window: it answers a click within a second, tells
//! what came, and shows the other sessions as they go on.

use std::time::Duration;

use bosk_core::SessionId;
use bosk_tests::signal::Words;
use bosk_tests::{processes, spec};

use super::desk::Desk;
use super::window::{Window, at};

/// The longest that an answer to a click may take.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Clicks, and sees the answer painted at once: a JavaScript expression that becomes true. The page
/// measures from when the press reached the window: the driver has its own pace.
async fn answered(window: &Window, selector: &str, answer: &str) {
    let listen = format!(
        "const page = document.documentElement.dataset;
         delete page.answered;
         const one = (name) => document.querySelector(`[data-testid='${{name}}']`);
         document.addEventListener('pointerdown', ({{ timeStamp }}) => {{
           const look = () => requestAnimationFrame(() => setTimeout(() => {{
             if ({answer}) page.answered = performance.now() - timeStamp;
             else look();
           }}));
           look();
         }}, {{ capture: true, once: true }});"
    );
    window.run(&listen).await;
    window.click(selector).await;
    let took: String = window.value("document.documentElement.dataset.answered").await;
    let took = Duration::from_secs_f64(took.parse::<f64>().unwrap() / 1000.0);
    assert!(took < AT_ONCE, "a click on {selector} is answered after {took:?}");
}

/// Clicks a session's row, and sees it marked and its head shown at once, however long its transcript
/// takes to be read.
async fn select(window: &Window, id: &SessionId, title: &str) {
    let row = format!("[data-session='{id}']");
    let head = format!("document.querySelector('main h1')?.innerText === '{title}'");
    let marked = format!("document.querySelector(`{row}[aria-current=true]`)");
    answered(window, &row, &format!("{marked} && {head}")).await;
}

/// Opens the settings at once, and closes them.
async fn look_at_settings(window: &Window) {
    answered(window, "[aria-label=Settings]", "one('settings')").await;
    window.press_escape().await;
    window.until("!one('settings')").await;
}

#[tokio::test]
async fn while_one_session_floods_the_window_answers_and_another_streams() {
    let desk = Desk::stand_in().await;
    let repository = desk.repository("shop");
    let window = Window::open(&desk).await;
    let calm = desk.launch(&spec(&repository, "Calm.\n!chatter 150 100")).await.unwrap();
    let flood = desk.launch(&spec(&repository, "Flood.\n!flood 100 6000")).await.unwrap();
    // Before that, rows change their places.
    window
        .until("all('fleet-row').filter((row) => row.dataset.glance === 'running').length === 2")
        .await;
    for _ in 0..4 {
        for (id, title) in [(&flood.id, "Flood."), (&calm.id, "Calm.")] {
            select(&window, id, title).await;
        }
    }
    let total = "Number(one('transcript').dataset.total)";
    let before: u32 = window.value(total).await;
    window.until(&format!("{total} > {before} + 5")).await;
    window.inspect("flood").await;
}

#[tokio::test]
async fn lines_that_are_no_messages_are_shown_plainly() {
    let desk = Desk::stand_in().await;
    let repository = desk.repository("shop");
    let window = Window::open(&desk).await;
    let prompt = "Odd lines.\n!garbage\n!latin\n!line 64000000\n!stderr 4096\n!say All is well.";
    let session = desk.launch(&spec(&repository, prompt)).await.unwrap();
    window.click(&format!("[data-session='{}']", session.id)).await;
    window.until_shown("text", "All is well.").await;
    let shown = window.transcript().await;
    let raw: Vec<_> = shown.iter().filter(|one| one.kind == "raw").map(|one| &*one.text).collect();
    let says = |words: &str| raw.iter().filter(|text| text.contains(words)).count();
    assert_eq!((says("not a message"), says("not text"), says("very long")), (3, 1, 1), "{raw:?}");
    window.inspect("odd-lines").await;
}

#[tokio::test]
async fn what_hangs_is_silent_deaf_or_forks_is_told_and_ended_while_the_window_answers() {
    let mut desk = Desk::stand_in().await;
    let repository = desk.repository("shop");
    let mut words = Words::at(desk.path("words"));
    let forking = format!("Forks.\n!fork {}\n!hold", words.path().display());
    let mut sessions = Vec::new();
    for (behaviour, patience, prompt) in [
        ("", "60000", &*forking),
        ("stubborn", "60000", "Ignores every signal.\n!hold"),
        ("", "300", "Says nothing.\n!hold"),
        ("hang", "300", "Hangs at the start."),
    ] {
        desk.set("STAND_IN", behaviour);
        desk.set("BOSK_PATIENCE_MS", patience);
        sessions.push(desk.launch(&spec(&repository, prompt)).await.unwrap().id);
    }
    let [forks, stubborn, silent, hangs] = &sessions[..] else { panic!("{sessions:?}") };
    desk.set("STAND_IN", "");
    let mut tree = Vec::new();
    for _ in 0..6 {
        tree.push(words.next_process().await);
    }
    let window = Window::open(&desk).await;

    // All that follows happens while this one lives through each rung of the ladder.
    select(&window, stubborn, "Ignores every signal.").await;
    window.until("one('transcript')").await;
    window.click(&at("panel-info")).await;
    window.click(&at("stop")).await;
    window.until_shown("stopping", "asked Claude to interrupt").await;
    window.inspect("stopping").await;

    // A turn that gives no sign of life.
    select(&window, silent, "Says nothing.").await;
    window.until("one('stalled')").await;
    look_at_settings(&window).await;
    window.inspect("silent").await;
    window.click(&at("stop")).await;
    window.until_shown("ended", "The session was stopped").await;
    assert_eq!(processes::with_cookie(silent), []);

    select(&window, hangs, "Hangs at the start.").await;
    window.until("one('problem')?.dataset.code === 'cli_silent'").await;
    let row = format!("document.querySelector(`[data-session='{hangs}']`)");
    window.until(&format!("{row}.innerText.includes('has gone quiet')")).await;
    look_at_settings(&window).await;
    window.inspect("hangs").await;
    window.click("//*[@data-testid='problem']//button[normalize-space()='Stop']").await;
    window.until_shown("ended", "The session was stopped").await;
    assert_eq!(processes::with_cookie(hangs), []);

    select(&window, forks, "Forks.").await;
    assert!(processes::with_cookie(forks).len() >= tree.len(), "the tree lives until it is ended");
    window.click(&at("stop")).await;
    window.until_shown("ended", "The session was stopped").await;
    assert_eq!(processes::with_cookie(forks), []);
    assert!(tree.iter().all(|one| !one.is_alive()), "{tree:?}");
    window.inspect("forks").await;

    select(&window, stubborn, "Ignores every signal.").await;
    look_at_settings(&window).await;
    window.until_shown("stopping", "ended all its processes by force").await;
    window.until_shown("ended", "The session was stopped").await;
    assert_eq!(processes::with_cookie(stubborn), []);
    window.inspect("stubborn").await;
}
