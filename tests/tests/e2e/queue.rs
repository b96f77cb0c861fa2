//! Many tasks at once, as a person meets them: a batch, what waits and for what, and what waits for the person in
//! any session, answered by keyboard alone.

use bosk_core::settings::Settings;
use bosk_tests::spec;

use super::desk::Desk;
use super::window::{Window, at};

/// Control, as WebDriver names it (W3C WebDriver, 17.4.2).
const CONTROL: &str = "\u{e009}";

fn parallel(desk: &Desk, most: u32) {
    let settings = Settings { parallel: Some(most), ..Settings::default() };
    bosk_runtime::settings::save(desk.home(), &settings).unwrap();
}

#[tokio::test]
async fn a_batch_of_ten_waits_its_turn_and_is_done() {
    let desk = Desk::stand_in().await;
    parallel(&desk, 2);
    let shop = desk.repository("shop");
    // One that holds a place until it is told to end, so that there is time to look.
    let first = desk.launch(&spec(&shop, "Keep the shop open\n!hold")).await.unwrap();
    let window = Window::open(&desk).await;
    window.press(&[CONTROL, "b"]).await;
    window.until("one('batch-text')").await;
    window.clear(&at("launch-repository")).await;
    window.write(&at("launch-repository"), shop.to_str().unwrap()).await;
    let prompts: String =
        (1..=10).map(|number| format!("Task {number}\n!pause 400\n!say Done.\n---\n")).collect();
    window.write(&at("batch-text"), &prompts).await;
    window
        .until("all('batch-item').length === 10 && one('batch-count').textContent.includes('10')")
        .await;
    window.inspect("batch").await;
    window.click(&at("batch-submit")).await;
    window.until("!one('batch-text') && all('task-row').length >= 8").await;
    window.inspect("queue").await;

    // The last one is held, moved to the top, and let go.
    window.click("//*[@data-testid='task-row' and contains(., 'Task 10')]").await;
    window.until("one('task-prompt')?.textContent.includes('Task 10')").await;
    window.until("one('task-wait')?.textContent.length > 3").await;
    window.click(&at("task-hold")).await;
    window.until("one('task-wait')?.textContent.includes('Held')").await;
    window.inspect("task-held").await;
    window.click(&at("task-hold")).await;
    window.until("!one('task-wait')?.textContent.includes('Held')").await;
    window
        .until("all('fleet-row').filter((row) => row.dataset.glance === 'done').length === 10")
        .await;
    window.until("all('task-row').length === 0").await;
    // The task that was looked at is a session now.
    window.until("document.querySelector('main')?.textContent.includes('Done.')").await;
    first.stop().await;
}

#[tokio::test]
async fn what_waits_in_any_session_is_answered_by_keyboard_alone() {
    let desk = Desk::new().await;
    let shop = desk.repository("shop");
    let touch = |name: &str| {
        format!("Touch {name}\n@tool Bash {{\"command\":\"touch {name}\"}}\n@text Touched {name}.")
    };
    let specs = ["one", "two"].map(|name| spec(&shop, &touch(name)));
    let mut sessions = Vec::new();
    for spec in &specs {
        let session = desk.launch(spec).await.unwrap();
        session.follow().await.until("asked", |status| !status.asks.is_empty()).await;
        sessions.push(session);
    }
    let window = Window::open(&desk).await;
    window.press(&[CONTROL, "i"]).await;
    window.until("one('inbox') && one('inbox').textContent.includes('touch one')").await;
    window.inspect("inbox").await;
    // The first is allowed; the next is there by itself, and is denied.
    window.press(&["a"]).await;
    window.until("one('inbox').textContent.includes('touch two') && !one('inbox').textContent.includes('touch one')").await;
    let folder = sessions[0].follow().await.idle().await.summary.folder.clone();
    assert!(std::path::Path::new(&folder).join("one").exists());
    window.press(&["d"]).await;
    window.until("document.activeElement?.matches('input, textarea')").await;
    window.inspect("inbox-denying").await;
    let focused = "document.activeElement";
    window.until(&format!("{focused}?.isConnected")).await;
    for letter in ["N", "o", "."] {
        window.press(&[letter]).await;
    }
    // W3C WebDriver, 17.4.2: E007 is Enter.
    window.press(&["\u{e007}"]).await;
    window.until("one('inbox-empty')").await;
    window.inspect("inbox-empty").await;
    let folder = sessions[1].follow().await.idle().await.summary.folder.clone();
    assert!(!std::path::Path::new(&folder).join("two").exists());
}
