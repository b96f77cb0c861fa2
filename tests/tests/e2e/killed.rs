//! `kill -9` of the window while ten sessions of the real CLI stream: all go on, and the next window
//! shows every message once and in order.

use bosk_core::launch::PermissionMode;
use bosk_tests::{records, spec};

use super::desk::Desk;
use super::transcript::of_kind;
use super::window::Window;

/// Seconds of streaming, with a tool and further answers between.
fn prompt(number: usize) -> String {
    format!(
        "Session {number}.\n@deltas 10 40 a{number}x\n@tool Bash {{\"command\":\"echo one\"}}\n\
         @deltas 20 3 b{number}x\n@text The end of {number}."
    )
}

#[tokio::test]
async fn ten_sessions_go_on_and_the_next_window_shows_every_message_once_and_in_order() {
    let desk = Desk::new().await;
    let repository = desk.repository("shop");
    let window = Window::open(&desk).await;
    let specs: Vec<_> = (0..10)
        .map(|number| {
            let mut spec = spec(&repository, &prompt(number));
            spec.permission_mode = PermissionMode::AcceptEdits;
            spec.allowed_tools = vec!["Bash".to_owned()];
            spec
        })
        .collect();
    let launched = desk.launch_all(&specs).await;
    let sessions: Vec<_> = launched.into_iter().map(|one| one.unwrap()).collect();
    window.until("all('fleet-row').length === 10").await;
    for session in &sessions {
        window.click(&format!("[data-session='{}']", session.id)).await;
        window.until("one('growing')?.innerText.includes('x9') || all('entry').some((e) => e.innerText.includes('x9'))").await;
    }
    window.inspect("ten-sessions").await;
    let keepers: Vec<_> = sessions.iter().map(|session| session.keeper().unwrap()).collect();
    let ended =
        sessions.iter().filter(|one| one.texts().iter().any(|text| text.contains("The end")));
    assert_eq!(ended.count(), 0, "all were at work");
    window.kill().await;

    for session in &sessions {
        session.follow().await.idle().await;
    }
    let again: Vec<_> = sessions.iter().map(|session| session.keeper().unwrap()).collect();
    assert_eq!(again, keepers, "nothing was started anew");

    let window = Window::open(&desk).await;
    window
        .until("all('fleet-row').filter((row) => row.dataset.glance === 'done').length === 10")
        .await;
    let sent = desk.server.sent();
    for (number, session) in sessions.iter().enumerate() {
        window.click(&format!("[data-session='{}']", session.id)).await;
        window.until_shown("text", &format!("The end of {number}.")).await;
        let shown = window.transcript().await;
        let said = sent.iter().filter(|(whose, _)| whose.session == session.id.as_str());
        let said: Vec<String> =
            said.flat_map(|(_, said)| said).map(|one| one.text.trim().to_owned()).collect();
        assert_eq!(of_kind(&shown, "text"), said, "what the server sent is what is shown");
        assert_eq!(session.texts().iter().map(|text| text.trim()).collect::<Vec<_>>(), said);
        let own = records::cli_texts(&desk.path("claude"), session);
        assert_eq!(own.iter().map(|text| text.trim()).collect::<Vec<_>>(), said);
        assert_eq!(of_kind(&shown, "prompt"), [prompt(number)]);
    }
    window.inspect("reopened").await;
}
