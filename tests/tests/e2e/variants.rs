//! One prompt tried three times, compared side by side, and one of them chosen.

use bosk_core::session::Glance;
use bosk_core::settings::Settings;

use super::desk::Desk;
use super::window::{Window, at};

/// Control, as WebDriver names it (W3C WebDriver, 17.4.2).
const CONTROL: &str = "\u{e009}";

#[tokio::test]
async fn three_attempts_are_compared_and_one_is_chosen() {
    let desk = Desk::stand_in().await;
    let settings = Settings { parallel: Some(3), ..Settings::default() };
    bosk_runtime::settings::save(desk.home(), &settings).unwrap();
    let shop = desk.repository("shop");
    // Each draws a number of its own, and one of them is wrong.
    let tickets = desk.path("tickets");
    std::fs::create_dir(&tickets).unwrap();
    let draw = format!(
        "n=1; until mkdir {}/$n 2>/dev/null; do n=$((n+1)); done; echo $n > ticket.txt",
        tickets.display()
    );
    let window = Window::open(&desk).await;
    window.press(&[CONTROL, "n"]).await;
    window.until("one('launch-prompt')").await;
    window.clear(&at("launch-repository")).await;
    window.write(&at("launch-repository"), shop.to_str().unwrap()).await;
    window.write(&at("launch-prompt"), &format!("Draw a ticket\n!tool {draw}\n!say Drawn.")).await;
    window.click(&at("variants-open")).await;
    window.clear(&at("variants-each")).await;
    window.write(&at("variants-each"), "3").await;
    window.write(&at("variants-check"), "! grep -q 2 ticket.txt").await;
    window.until("all('variants-planned').length === 3").await;
    window.inspect("variants-launch").await;
    window.click(&at("launch-submit")).await;
    window
        .until("all('fleet-row').filter((row) => ['done', 'failed'].includes(row.dataset.glance)).length === 3")
        .await;
    window.click("//*[@data-testid='fleet-row' and @data-glance='done']").await;
    window.press(&["v"]).await;
    window.until("all('variants-row').length === 3").await;
    window.until("one('variants-table').textContent.includes('ticket.txt') || all('variants-rank').some((one) => one.textContent.trim() === '1')").await;
    window.inspect("variants").await;
    // The best is the first, and the one whose check failed the last.
    let best: String = window
        .value("all('variants-row').find((row) => row.querySelector('[data-testid=variants-rank]').textContent.trim() === '1').dataset.session")
        .await;
    window
        .click(&format!("//*[@data-testid='variants-row' and @data-session='{best}']//*[@data-testid='variants-choose']"))
        .await;
    window.until("one('variants-confirm')").await;
    window.inspect("variants-choose").await;
    window.click(&at("variants-confirm")).await;
    window.until("one('variants-outcome')").await;
    window.inspect("variants-chosen").await;
    window.press_escape().await;
    window.until("all('fleet-row').length === 1").await;
    let left = std::fs::read_dir(desk.home().sessions()).unwrap().count();
    assert_eq!(left, 1, "the others are in the trash");
    let id = bosk_core::SessionId::parse(&best).unwrap();
    assert_eq!(desk.session(id).row().await.unwrap().glance, Glance::Done);
    let refs = desk.git(&shop, ["for-each-ref", "--format=%(refname)", "refs/bosk"]);
    assert_eq!(refs.lines().filter(|name| name.contains("/snap/")).count(), 2, "{refs}");
}
