//! CLIs that misbehave (the stand-in), seen from the window: it answers a click within a second, tells
//! what came, and shows the other sessions as they go on.

use std::time::Duration;

use bosk_core::SessionId;
use bosk_tests::spec;

use super::desk::Desk;
use super::window::Window;

/// The longest that an answer to a click may take.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Clicks a session's row, and sees it marked and painted at once, however long its transcript takes
/// to be read. The page measures from when the press reached the window: the driver has its own pace.
async fn select(window: &Window, id: &SessionId) {
    window
        .run(
            "const page = document.documentElement.dataset;
             delete page.answered;
             document.addEventListener('pointerdown', ({ timeStamp, target }) => {
               requestAnimationFrame(() => setTimeout(() => {
                 const row = target.closest('[data-session]');
                 page.answered = row.ariaCurrent === 'true' ? performance.now() - timeStamp : 'not';
               }));
             }, { capture: true, once: true });",
        )
        .await;
    window.click(&format!("[data-session='{id}']")).await;
    let took: String = window.value("document.documentElement.dataset.answered").await;
    let took = Duration::from_secs_f64(took.parse::<f64>().unwrap() / 1000.0);
    assert!(took < AT_ONCE, "a click is answered after {took:?}");
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
            select(&window, id).await;
            window
                .until(&format!("document.querySelector('main h1')?.innerText === '{title}'"))
                .await;
        }
    }
    let total = "Number(one('transcript').dataset.total)";
    let before: u32 = window.read(total).await;
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
