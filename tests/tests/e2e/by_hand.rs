//! What a person does in a session's folder by hand: reads its log, edits a file, works in a terminal, resolves
//! conflicts with the base from three sides, and merges.

use std::path::{Path, PathBuf};

use bosk_tests::spec;

use super::desk::Desk;
use super::looks::settings;
use super::window::{Window, at};

/// Control and Enter, as WebDriver names them (W3C WebDriver, 17.4.2).
const CONTROL: &str = "\u{e009}";
const ENTER: &str = "\u{e007}";

/// A session that has committed one thing, where the base has got another at the same place since.
async fn in_conflict(desk: &Desk) -> (PathBuf, PathBuf) {
    let shop = desk.repository("shop");
    let prices: String = (1..=40).map(|one| format!("item {one}: {one} won\n")).collect();
    put(desk, &shop, &prices, "Prices");
    let session = desk.launch(&spec(&shop, "Raise the prices\n!say Raised.")).await.unwrap();
    session.follow().await.idle().await;
    let folder = PathBuf::from(session.row().await.unwrap().folder);
    put(
        desk,
        &folder,
        &prices.replace("item 7: 7", "item 7: 70").replace("item 30: 30", "item 30: 300"),
        "Raise two",
    );
    put(desk, &shop, &prices.replace("item 7: 7", "item 7: 77"), "Another price");
    (shop, folder)
}

fn put(desk: &Desk, folder: &Path, prices: &str, message: &str) {
    std::fs::write(folder.join("prices.txt"), prices).unwrap();
    desk.git(folder, ["add", "-A"]);
    desk.git(folder, ["commit", "-qm", message]);
}

fn line(folder: &Path, number: usize) -> String {
    let text = std::fs::read_to_string(folder.join("prices.txt")).unwrap();
    text.lines().nth(number - 1).unwrap().to_owned()
}

/// Types into what has the focus.
async fn type_keys(window: &Window, text: &str) {
    for key in text.chars() {
        window.press(&[key.to_string().as_str()]).await;
    }
}

#[tokio::test]
async fn a_folder_is_worked_in_by_hand() {
    let desk = Desk::stand_in().await;
    let (shop, folder) = in_conflict(&desk).await;
    let window = Window::open(&desk).await;
    window.click("//*[@data-testid='fleet-row' and contains(., 'Raise')]").await;
    window.until("one('transcript')?.textContent.includes('Raised.')").await;

    // The log, as a graph and by keys.
    window.press(&["l"]).await;
    window.until("one('log-list')?.textContent.includes('Another price')").await;
    window.inspect("log").await;
    window.press_escape().await;
    window.until("!one('log')").await;

    // A file is edited and saved.
    window.press(&[CONTROL, "k"]).await;
    window.until("document.querySelector('dialog input')").await;
    type_keys(&window, "Edit a file").await;
    window.press(&[ENTER]).await;
    window.until("one('find-file')").await;
    type_keys(&window, "prices").await;
    window.until("one('find-file').querySelectorAll('[role=option]').length === 1").await;
    window.press(&[ENTER]).await;
    window.until("one('edit-text')?.contains(document.activeElement)").await;
    window.inspect("edit").await;
    type_keys(&window, "first").await;
    window.press(&[ENTER]).await;
    window.until("one('edit-state').textContent.includes('Not saved')").await;
    window.press(&[CONTROL, "s"]).await;
    window.until("one('edit-state').textContent.includes('Saved')").await;
    assert_eq!(line(&folder, 1), "first");
    window.press_escape().await;
    window.press_escape().await;
    window.until("!one('file-editor')").await;

    settings(&window, "Colours", "Dark").await;
    // A terminal in the folder takes it back, and ends with all that it has started.
    window.press(&[CONTROL, "`"]).await;
    window.until("one('terminal-screen')?.contains(document.activeElement)").await;
    type_keys(&window, "git checkout -q . && echo $((6*7)) files").await;
    window.press(&[ENTER]).await;
    window.until("one('terminal-screen').textContent.includes('42 files')").await;
    window.inspect("terminal").await;
    assert_eq!(line(&folder, 1), "item 1: 1 won");
    window.click(&at("terminal-close")).await;
    window.until("all('terminal-tab').length === 0 || !one('terminals')").await;
    if window.read::<bool>("Boolean(one('terminals'))").await {
        window.press(&[CONTROL, "`"]).await;
    }

    // The base is brought in: what is in conflict is foreseen, and resolved here.
    window.click(&at("transcript")).await;
    window.press(&["f"]).await;
    window.until("one('merge-conflicts')?.textContent.includes('prices.txt')").await;
    window.inspect("conflicts-foreseen").await;
    assert_eq!(desk.git(&folder, ["status", "--porcelain"]).trim(), "");
    window.click(&at("merge-update")).await;
    window.until("one('conflicts') && one('conflict-result')").await;
    window.until("one('conflict-places').textContent.includes('1 place')").await;
    window.inspect("conflicts").await;
    for (size, width) in [("narrow", 700), ("wide", 1600)] {
        window.resize(width, 820).await;
        window.until(&format!("innerWidth === {width}")).await;
        window.inspect(&format!("conflicts-{size}")).await;
    }
    window.resize(1280, 820).await;
    window.click(&at("conflict-take-both")).await;
    window.until("!one('conflict-mark').disabled").await;
    window.inspect("conflicts-taken").await;
    window.click(&at("conflict-mark")).await;
    window.until("!one('conflicts-go-on').disabled").await;
    window.inspect("conflicts-resolved").await;
    window.click(&at("conflicts-go-on")).await;
    window.until("!one('conflicts')").await;
    assert_eq!(
        (line(&folder, 7), line(&folder, 8)),
        ("item 7: 70 won".into(), "item 7: 77 won".into())
    );
    assert_eq!(desk.git(&folder, ["status", "--porcelain"]).trim(), "");

    // And from there onto the base.
    if !window.read::<bool>("Boolean(one('finish'))").await {
        window.press(&["f"]).await;
    }
    window.until("one('merge-do') && !one('merge-do').disabled").await;
    window.click(&at("merge-do")).await;
    window.until("one('merge-undo')").await;
    assert_eq!(
        (line(&shop, 7), line(&shop, 31)),
        ("item 7: 70 won".into(), "item 30: 300 won".into())
    );
}
