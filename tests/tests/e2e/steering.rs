//! Steering one session as a person does: a plan is read and approved, and a message is gone back to.

use bosk_core::launch::PermissionMode;
use bosk_tests::spec;

use super::desk::Desk;
use super::window::{Window, at};

#[tokio::test]
async fn a_plan_is_sent_back_and_then_approved_into_a_mode() {
    let desk = Desk::new().await;
    let plan = |words: &str| {
        let input = serde_json::json!({ "plan": format!("# Plan\n\n1. {words}\n2. Test it") });
        format!("Plan it\n@tool ExitPlanMode {input}\n@text Planned.")
    };
    let mut spec = spec(&desk.repository("shop"), &plan("Rewrite everything"));
    spec.permission_mode = PermissionMode::Plan;
    let session = desk.launch(&spec).await.unwrap();
    session.follow().await.until("asked", |status| !status.asks.is_empty()).await;
    let window = Window::open(&desk).await;
    window.click("//*[@data-testid='fleet-row' and contains(., 'Plan it')]").await;
    window.until("one('ask')?.textContent.includes('Rewrite everything')").await;
    window.inspect("plan").await;
    window.click(&at("ask-deny")).await;
    window.until("document.activeElement?.matches('textarea')").await;
    for letter in ["S", "m", "a", "l", "l", "e", "r"] {
        window.press(&[letter]).await;
    }
    // W3C WebDriver, 17.4.2: E007 is Enter.
    window.press(&["\u{e007}"]).await;
    window.until("!one('ask')").await;
    session.follow().await.idle().await;
    session.follow().await.send(&plan("Change one line")).await.unwrap();
    window.until("one('ask')?.textContent.includes('Change one line')").await;
    window.click(&at("ask-allow")).await;
    window.until("!one('ask')").await;
    let summary = session.follow().await.idle().await.summary.clone();
    assert_eq!(summary.permission_mode, PermissionMode::Manual, "out of plan mode, and asking");
}

#[tokio::test]
async fn files_and_conversation_go_back_to_before_a_message_and_forth_again() {
    let desk = Desk::new().await;
    let write = |words: &str| {
        format!(
            "Write {words}\n@tool Bash {{\"command\":\"echo {words} > a.txt\"}}\n@text Wrote {words}."
        )
    };
    let mut spec = spec(&desk.repository("shop"), &write("one"));
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = desk.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.turn(&write("two")).await;
    let file = std::path::Path::new(&watched.status().summary.folder).join("a.txt");
    drop(watched);
    let window = Window::open(&desk).await;
    window.click("//*[@data-testid='fleet-row' and contains(., 'Write one')]").await;
    window.until("one('transcript')?.textContent.includes('Wrote two.')").await;
    let message = "//div[contains(@class, 'prompt') and contains(., 'Write two')]";
    window.click(&format!("{message}//button[@aria-haspopup='menu']")).await;
    window.click(&at("menu-rewind")).await;
    window.until("one('rewind-files')?.textContent.includes('a.txt')").await;
    window.inspect("rewind").await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "two\n", "looking changes nothing");
    window.click(&at("rewind-confirm")).await;
    window.until("one('rewound')").await;
    window.inspect("rewound").await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\n");
    window.click(&at("rewound-undo")).await;
    window.until("!one('rewound')").await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "two\n");
}
