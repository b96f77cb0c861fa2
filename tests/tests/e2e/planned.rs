//! Launches that are kept and launches that come by themselves, as a person makes them: templates, schedules.

use super::desk::Desk;
use super::window::{Window, at};

/// Control and Enter, as WebDriver names them (W3C WebDriver, 17.4.2).
const CONTROL: &str = "\u{e009}";
const ENTER: &str = "\u{e007}";

/// Chooses an action of the palette by its words.
async fn act(window: &Window, words: &str) {
    window.press(&[CONTROL, "k"]).await;
    window.write("[data-testid='palette'] input", words).await;
    window.press(&[ENTER]).await;
}

async fn launch_sheet(window: &Window, repository: &std::path::Path) {
    window.press(&[CONTROL, "n"]).await;
    window.until("one('launch-prompt')").await;
    window.clear(&at("launch-repository")).await;
    window.write(&at("launch-repository"), repository.to_str().unwrap()).await;
}

#[tokio::test]
async fn a_template_is_kept_with_a_blank_to_fill_and_launched_again() {
    let desk = Desk::stand_in().await;
    let shop = desk.repository("shop");
    let window = Window::open(&desk).await;
    launch_sheet(&window, &shop).await;
    window.write(&at("launch-prompt"), "Look after {what}\n!say {what} is well.").await;
    window.click(&at("template-save")).await;
    window.write(&at("template-name"), "Look after").await;
    window.inspect("template-save").await;
    window.click(&at("template-keep")).await;
    window.until("one('template') && !one('template-form')").await;
    window.inspect("template-used").await;
    window.press_escape().await;
    window.until("!one('launch-prompt')").await;

    launch_sheet(&window, &shop).await;
    window.click("//*[@data-testid='template']//option[normalize-space()='Look after']").await;
    window.until("one('launch-prompt').value.includes('Look after {what}')").await;
    window.write(&at("template-value"), "the till").await;
    window.inspect("template-filled").await;
    window.click(&at("launch-submit")).await;
    window.until("document.querySelector('main').textContent.includes('the till is well.')").await;
    window.until("all('fleet-row')[0].textContent.includes('Look after the till')").await;

    // In the list it is looked at, and goes.
    act(&window, "Templates").await;
    window.until("all('template-row').length === 1").await;
    window.inspect("templates").await;
    window.resize(560, 800).await;
    window.inspect("templates-narrow").await;
}

#[tokio::test]
async fn a_schedule_runs_when_a_commit_comes_and_is_switched_off() {
    let desk = Desk::stand_in().await;
    let shop = desk.repository("shop");
    let window = Window::open(&desk).await;
    act(&window, "Schedules").await;
    window.until("one('schedules-none')").await;
    window.inspect("schedules-empty").await;
    window.click(&at("schedule-new")).await;
    window.write(&at("when-name"), "After each commit").await;
    window.clear(&at("launch-repository")).await;
    window.write(&at("launch-repository"), shop.to_str().unwrap()).await;
    window.click("[data-testid='when-way'] option[value='commit']").await;
    window.write(&at("when-branch"), "main").await;
    window.write(&at("schedule-prompt"), "Look at what came\n!say Looked.").await;
    window.until("!one('schedule-save').disabled").await;
    window.inspect("schedule-new").await;
    window.click(&at("schedule-save")).await;
    window.until("all('schedule').length === 1").await;
    window.inspect("schedules").await;

    std::fs::write(shop.join("came.txt"), "new\n").unwrap();
    desk.git(&shop, ["add", "-A"]);
    desk.git(&shop, ["commit", "-qm", "more"]);
    window.until("all('fleet-row').some((row) => row.dataset.glance === 'done' && row.textContent.includes('Look at what came'))").await;
    window.until("one('schedule-last') && all('schedule-task').length === 1").await;
    window.inspect("schedule-ran").await;

    // Switched off, it says so; by hand it still runs.
    window.click(&at("schedule-switch")).await;
    window.until("!one('schedule-switch').checked && !one('schedule-switch').disabled").await;
    window.click(&at("schedule-run")).await;
    window
        .until("all('fleet-row').filter((row) => row.dataset.glance === 'done').length === 2")
        .await;
    window.click(&at("schedule-task")).await;
    window.until("document.querySelector('main').textContent.includes('Looked.')").await;

    // The next commit brings none: the one by hand was the last.
    let sessions = desk.home().sessions();
    std::fs::write(shop.join("came.txt"), "newer\n").unwrap();
    desk.git(&shop, ["commit", "-qam", "and more"]);
    act(&window, "Schedules").await;
    window.until("all('schedule').length === 1").await;
    window.resize(560, 800).await;
    window.inspect("schedules-narrow").await;
    window.click(&at("schedule-remove")).await;
    window.click(&at("schedule-remove-confirm")).await;
    window.until("one('schedules-none')").await;
    assert_eq!(std::fs::read_dir(sessions).unwrap().count(), 2);
}
