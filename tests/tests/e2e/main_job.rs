//! The main job, with the real CLI: a repository, a task, Launch; streamed words, a question answered,
//! the edited file's diff, a message meanwhile, Stop; and all of it again after the app was closed.

use super::desk::Desk;
use super::transcript::of_kind;
use super::window::{Window, at};

const TASK: &str = "Make the readme friendlier.\n\
    @text I read the readme first.\n\
    @tool Read {\"file_path\":\"{cwd}/readme.md\"}\n\
    @text It only says hello. I change that.\n\
    @tool Edit {\"file_path\":\"{cwd}/readme.md\",\"old_string\":\"hello\",\"new_string\":\"good morning\"}\n\
    @deltas 20 6 word\n";

/// Fills in the launch sheet and starts the session.
pub(crate) async fn launch(window: &Window, repository: &std::path::Path, prompt: &str) {
    fill(window, repository, prompt).await;
    window.click(&at("launch-submit")).await;
    window.until("!one('launch') && one('transcript')").await;
}

/// Fills in the launch sheet.
pub(crate) async fn fill(window: &Window, repository: &std::path::Path, prompt: &str) {
    window.click(&at("launch-open")).await;
    let field = at("launch-repository");
    window.clear(&field).await;
    window.write(&field, &repository.display().to_string()).await;
    window.write(&at("launch-prompt"), prompt).await;
}

#[tokio::test]
async fn a_session_is_launched_watched_steered_stopped_and_found_again() {
    let desk = Desk::new().await;
    let repository = desk.repository("shop");
    let window = Window::open(&desk).await;

    fill(&window, &repository, TASK).await;
    window.until("one('launch-plan').querySelectorAll('code').length === 3").await;
    let plan: Vec<String> = window
        .read("[...one('launch-plan').querySelectorAll('code')].map((c) => c.innerText)")
        .await;
    assert!(plan[0].starts_with(&*desk.home().worktrees().to_string_lossy()), "{plan:?}");
    assert_eq!(plan[2], "main");
    window.inspect("launch").await;
    window.click(&at("launch-submit")).await;

    window.until("one('ask')").await;
    window.until_shown("text", "It only says hello.").await;
    window.inspect("permission").await;
    let folder = std::path::PathBuf::from(&plan[0]);
    assert_eq!(std::fs::read_to_string(folder.join("readme.md")).unwrap(), "hello\n");
    assert_eq!(desk.git(&folder, ["branch", "--show-current"]), plan[1]);
    window.click(&at("ask-allow")).await;

    // Words grow as they come.
    let length = "all('growing').map((e) => e.innerText.length).reduce((a, b) => a + b, 0)";
    let first: usize = window.value(length).await;
    let second: usize = window.value(&format!("({length}) > {first} && ({length})")).await;
    assert!(second > first);
    assert_eq!(std::fs::read_to_string(folder.join("readme.md")).unwrap(), "good morning\n");

    // A message meanwhile waits, shown as such, and is taken up.
    window.write(&at("composer-input"), "@text Your second message is answered.").await;
    window.click(&at("composer-send")).await;
    window.until("one('queued')?.innerText.includes('second message')").await;
    window.inspect("queued").await;
    window.until("!one('queued')").await;
    window.until_shown("text", "Your second message is answered.").await;

    // The diff of the edited file: in the conversation, and among the changes.
    let edit = "all('entry').find((e) => e.innerText.includes('Edited'))";
    window.until(&format!("{edit}?.querySelector('button[aria-expanded=false]')")).await;
    window.click("//*[@data-testid='entry']//button[contains(., 'Edited')]").await;
    let shows_both =
        format!("(t => t?.includes('hello') && t.includes('good morning'))({edit}?.innerText)");
    window.until(&shows_both).await;
    window.until("one('changed-file')?.innerText.includes('readme.md')").await;
    window.inspect("diff").await;
    window.click("//*[@data-testid='entry']//button[contains(., 'Edited')]").await;

    window.click("[aria-label='Find in transcript']").await;
    window.write("input[type=search]", "readme").await;
    window.until("[...CSS.highlights.get('found') ?? []].length > 1").await;
    let marked: Vec<String> =
        window.read("[...CSS.highlights.get('found')].map((range) => range.toString())").await;
    assert!(marked.iter().all(|word| word.eq_ignore_ascii_case("readme")), "{marked:?}");
    window.inspect("find").await;
    window.click("[role=search] [aria-label=Close]").await;
    window.until("!CSS.highlights.has('found')").await;

    window.until("one('fleet-row').dataset.glance === 'done'").await;
    window.click(&at("panel-info")).await;
    window.click(&at("stop")).await;
    window.until("one('resume')").await;
    window.inspect("stopped").await;
    let before = window.transcript().await;
    assert_eq!(of_kind(&before, "prompt").len(), 2);
    assert_eq!(of_kind(&before, "ended").len(), 1);
    window.quit().await;

    let window = Window::open(&desk).await;
    window.click(&at("fleet-row")).await;
    window.until("one('resume') && one('entry')").await;
    let after = window.transcript().await;
    assert_eq!(after, before);

    window.write(&at("composer-input"), "@text We went on after the restart.").await;
    window.click(&at("composer-send")).await;
    window.until_shown("text", "We went on after the restart.").await;
    window.until("one('fleet-row').dataset.glance === 'done'").await;
    let resumed = window.transcript().await;
    assert_eq!(resumed[..before.len()], before);
    let texts = of_kind(&resumed, "text");
    assert_eq!(texts.len(), of_kind(&before, "text").len() + 1);
    window.inspect("resumed").await;
}
