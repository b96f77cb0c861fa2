//! What a session has changed, from reading it to putting it away: comments that Claude gets, a hunk that is taken
//! back, a squash onto the base, the archive and back again. With the real CLI on the rehearsal server.

use std::path::{Path, PathBuf};

use bosk_tests::spec;

use super::desk::Desk;
use super::window::{Window, at};

/// Control and Enter, as WebDriver names them (W3C WebDriver, 17.4.2).
const CONTROL: &str = "\u{e009}";
const ENTER: &str = "\u{e007}";

/// A file of thirty lines, and a session that has changed two places of it.
async fn changed(desk: &Desk) -> (PathBuf, PathBuf) {
    let shop = desk.repository("shop");
    let lines: String = (1..=30).map(|number| format!("line {number}\n")).collect();
    std::fs::write(shop.join("numbers.txt"), lines).unwrap();
    desk.git(&shop, ["add", "-A"]);
    desk.git(&shop, ["commit", "-qm", "numbers"]);
    let edit = "sed -i 's/line 3$/line three/; s/line 25$/line twenty-five/' numbers.txt";
    let prompt = format!(
        "Spell the numbers out\n@tool Bash {}\n@text Spelled two of them.",
        serde_json::json!({ "command": edit })
    );
    let mut spec = spec(&shop, &prompt);
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = desk.launch(&spec).await.unwrap();
    let folder = session.follow().await.idle().await.summary.folder.clone();
    (shop, folder.into())
}

fn line(folder: &Path, number: usize) -> String {
    let text = std::fs::read_to_string(folder.join("numbers.txt")).unwrap();
    text.lines().nth(number - 1).unwrap().to_owned()
}

/// Comments on an added line.
async fn comment(window: &Window, on: &str, words: &str) {
    let row =
        format!("//*[@data-testid='review-line' and @data-kind='add' and contains(., '{on}')]");
    window.click(&format!("{row}//*[@data-side='new']")).await;
    window.press(&["c"]).await;
    let area = format!("{} textarea", at("comment-editor"));
    window.write(&area, words).await;
    window.press(&[CONTROL, ENTER]).await;
    window.until("!one('comment-editor')").await;
}

#[tokio::test]
async fn a_change_is_read_commented_on_merged_and_put_away() {
    let desk = Desk::new().await;
    let (shop, folder) = changed(&desk).await;
    let window = Window::open(&desk).await;
    window.click("//*[@data-testid='fleet-row' and contains(., 'Spell')]").await;
    window.until("one('transcript')?.textContent.includes('Spelled two')").await;
    window.press(&["r"]).await;
    window
        .until("all('review-line').filter((one) => one.dataset.kind === 'add').length === 2")
        .await;
    window.inspect("review").await;

    // Two comments go to Claude as one message, and what it changes then is seen as it comes.
    comment(&window, "three", "In capitals, please.").await;
    comment(&window, "twenty-five", "This one too.").await;
    window.until("all('review-comment').length >= 2").await;
    window.inspect("review-comments").await;
    let edit =
        "sed -i 's/line three/line THREE/; s/line twenty-five/line TWENTY-FIVE/' numbers.txt";
    let note = format!(
        "See to these\n@tool Bash {}\n@text In capitals now.",
        serde_json::json!({ "command": edit })
    );
    window.click("//button[contains(., '2 comments to send')]").await;
    window.write(&at("review-note"), &note).await;
    window.click(&at("review-send")).await;
    window
        .until("all('review-line').filter((one) => /line (THREE|TWENTY-FIVE)/.test(one.textContent)).length === 2")
        .await;
    window.inspect("review-answered").await;
    assert_eq!(
        (line(&folder, 3), line(&folder, 25)),
        ("line THREE".into(), "line TWENTY-FIVE".into())
    );

    // One hunk goes back to what it was; the other stays.
    let last = "//*[@data-testid='hunk-revert'][not(following::*[@data-testid='hunk-revert'])]";
    window.click(last).await;
    window.until("one('review-done')").await;
    window
        .until("all('review-line').filter((one) => one.dataset.kind === 'add').length === 1")
        .await;
    assert_eq!((line(&folder, 3), line(&folder, 25)), ("line THREE".into(), "line 25".into()));
    window.inspect("review-reverted").await;

    // The conversation has both comments, with file and line.
    window.press(&["r"]).await;
    window.until("one('transcript')?.textContent.includes('In capitals, please.')").await;
    window.until("one('transcript')?.textContent.includes('numbers.txt')").await;
    window.until("one('transcript')?.textContent.includes('In capitals now.')").await;

    // Committed, and brought onto the base as one commit.
    window.press(&["f"]).await;
    window.until("one('commit-message')?.value").await;
    window.inspect("finish").await;
    window.click(&at("commit-do")).await;
    window.until("one('merge-do')").await;
    window.click("//*[@data-testid='finish-next']//button[normalize-space()='Squash'] | //*[@data-testid='finish-next']//label[normalize-space()='Squash']").await;
    window.until("one('merge-do') && !one('merge-do').disabled").await;
    window.inspect("finish-merge").await;
    window.click(&at("merge-do")).await;
    window.until("one('merge-undo')").await;
    window.inspect("finish-merged").await;
    let main = desk.git(&shop, ["log", "--format=%P", "-1", "main"]);
    assert_eq!(main.trim().split(' ').count(), 1, "a squash has one parent: {main}");
    assert_eq!(line(&shop, 3), "line THREE", "the repository's own folder has followed");
    assert_eq!(line(&shop, 25), "line 25");
    assert_eq!(desk.git(&shop, ["status", "--porcelain"]).trim(), "");

    // Put away, and back where it was.
    window.click(&at("merge-archive")).await;
    // Its process is at rest, and ends with it.
    window.until("one('remove-confirm') && !one('remove-confirm').disabled").await;
    window.inspect("archive").await;
    window.click(&at("remove-confirm")).await;
    window.until("all('fleet-row').length === 0").await;
    assert!(!folder.exists());
    window.click(&at("undo")).await;
    window.until("all('fleet-row').length === 1").await;
    assert_eq!(line(&folder, 3), "line THREE");
}
