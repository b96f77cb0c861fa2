//! What can be wrong before and while a session runs, and the way on that the window offers.

use std::path::Path;

use super::desk::Desk;
use super::main_job::{fill, launch};
use super::window::{Window, at, button};

const DONE: &str = "one('fleet-row')?.dataset.glance === 'done'";

fn problem(code: &str) -> String {
    format!("all('problem').some((problem) => problem.dataset.code === '{code}')")
}

/// Writes a file into a repository and commits it.
fn commit(desk: &Desk, repository: &Path, file: &str, content: &str) {
    let path = repository.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
    desk.git(repository, ["add", "."]);
    desk.git(repository, ["commit", "--quiet", "--message", "more"]);
}

#[tokio::test]
async fn a_folder_that_is_no_repository_can_be_made_one() {
    let desk = Desk::new().await;
    let folder = desk.path("repositories").join("plain folder");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("notes.md"), "milk\n").unwrap();
    let window = Window::open(&desk).await;
    fill(&window, &folder, "Say something.\n@text Here I am.").await;
    window.until(&problem("not_a_repository")).await;
    window.inspect("not-a-repository").await;
    window.click(&button("Make it a repository")).await;
    window.until("one('launch-plan').querySelectorAll('code').length === 3").await;
    window.click(&at("launch-submit")).await;
    window.until_shown("text", "Here I am.").await;
    assert_eq!(desk.git(&folder, ["ls-files"]), "notes.md");
}

#[tokio::test]
async fn without_the_cli_the_window_says_how_to_get_it() {
    let mut desk = Desk::new().await;
    let nowhere = desk.path("nowhere/claude");
    desk.set("BOSK_CLAUDE", nowhere);
    let window = Window::open(&desk).await;
    window.until(&problem("cli_missing")).await;
    window
        .until("document.body.innerText.includes('npm install -g @anthropic-ai/claude-code')")
        .await;
    window.inspect("no-cli").await;
}

#[tokio::test]
async fn an_expired_sign_in_is_recognised() {
    let desk = Desk::new().await;
    let repository = desk.repository("shop");
    let window = Window::open(&desk).await;
    launch(&window, &repository, "Say something.\n@error 401 0").await;
    window.until(&problem("signed_out")).await;
    window.inspect("signed-out").await;
}

#[tokio::test]
async fn what_a_repository_brings_runs_only_once_it_is_trusted() {
    let desk = Desk::new().await;
    let repository = desk.repository("brings hooks");
    let ran = desk.path("the-hook-ran");
    let command = format!("touch '{}'", ran.display());
    let hook = serde_json::json!([{"hooks": [{"type": "command", "command": command}]}]);
    let settings = serde_json::json!({"hooks": {"UserPromptSubmit": hook}});
    commit(&desk, &repository, ".claude/settings.json", &settings.to_string());
    let window = Window::open(&desk).await;

    fill(&window, &repository, "Say something.\n@text Trusted now.").await;
    window.click(&at("launch-submit")).await;
    let command = serde_json::Value::from(command);
    window.until(&format!("one('trust')?.innerText.includes({command})")).await;
    window.inspect("trust").await;
    window.click(&button("Don’t launch")).await;
    window.until("!one('trust') && one('launch-submit')").await;
    assert!(!ran.exists());
    assert_eq!(std::fs::read_dir(desk.home().sessions()).unwrap().count(), 0);
    assert_eq!(desk.git(&repository, ["worktree", "list"]).lines().count(), 1);

    window.click(&at("launch-submit")).await;
    window.click(&at("trust-accept")).await;
    window.until_shown("text", "Trusted now.").await;
    window.until(DONE).await;
    assert!(ran.exists(), "what was agreed to runs");
}

#[tokio::test]
async fn a_failed_set_up_script_is_an_offer() {
    let desk = Desk::new().await;
    let repository = desk.repository("shop");
    let script = "[setup]\nrun = \"echo no such package >&2; exit 7\"\n";
    commit(&desk, &repository, "bosk.toml", script);
    let window = Window::open(&desk).await;
    fill(&window, &repository, "Say something.\n@text Without it, then.").await;
    window.click(&at("launch-submit")).await;
    window.until("one('trust')?.innerText.includes('no such package')").await;
    window.click(&at("trust-accept")).await;
    window.until("one('ask')?.dataset.kind === 'setup'").await;
    window.until(&problem("setup_failed")).await;
    window.until_shown("setup", "no such package").await;
    window.inspect("setup-failed").await;
    window.click(&button("Go on without it")).await;
    window.until_shown("text", "Without it, then.").await;
    window.until(DONE).await;
}
