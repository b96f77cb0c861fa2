//! A newcomer without an account: the empty window, then three sessions on a sample repository, each
//! permission given and the question answered where it is asked, until all have done their work.

use super::desk::Desk;
use super::window::{Window, at};

#[tokio::test]
async fn three_rehearsed_sessions_are_watched_and_answered_until_they_are_done() {
    let desk = Desk::new().await;
    let window = Window::open(&desk).await;
    window.until("one('try-rehearsal')").await;
    window.inspect("first-run").await;

    window.click(&at("try-rehearsal")).await;
    window.until("all('fleet-row').length === 3 && one('transcript')").await;
    let length = "all('growing').map((e) => e.innerText.length).reduce((a, b) => a + b, 0)";
    let first: usize = window.value(length).await;
    window.until(&format!("({length}) > {first}")).await;
    window.inspect("rehearsal-streams").await;

    let (mut permissions, mut questions) = (0, 0);
    loop {
        let next: String = window
            .value(
                "all('fleet-row').every((row) => row.dataset.glance === 'done') ? 'all done'
                 : all('fleet-row').find((row) => row.dataset.glance === 'needs_you')?.dataset.session",
            )
            .await;
        if next == "all done" {
            break;
        }
        window.click(&format!("[data-session='{next}']")).await;
        let here = format!("document.querySelector(`[data-session='{next}'][aria-current=true]`)");
        let waits =
            format!("document.querySelector(`[data-session='{next}'][data-glance=needs_you]`)");
        let kind: String =
            window.value(&format!("!{waits} ? 'over' : {here} && one('ask')?.dataset.kind")).await;
        let asked: String = match kind.as_str() {
            "over" => continue,
            "question" => {
                questions += 1;
                window.inspect("question").await;
                window.click("//label[contains(., 'Mark them')]/input").await;
                let asked = window.read("one('ask').innerText").await;
                window.click(&at("ask-answer")).await;
                asked
            }
            _ => {
                permissions += 1;
                if permissions == 1 {
                    window.inspect("rehearsal-permission").await;
                }
                let asked = window.read("one('ask').innerText").await;
                window.click(&at("ask-allow")).await;
                asked
            }
        };
        let asked = serde_json::Value::from(asked);
        window.until(&format!("one('ask')?.innerText !== {asked}")).await;
    }
    assert_eq!(questions, 1, "one session asks");
    assert!(permissions > 0, "what changes files asks first");
    for row in
        window.read::<Vec<String>>("all('fleet-row').map((row) => row.dataset.session)").await
    {
        window.click(&format!("[data-session='{row}']")).await;
        let here = format!("document.querySelector(`[data-session='{row}'][aria-current=true]`)");
        window.until(&format!("{here} && one('changed-file')")).await;
    }
    window.inspect("rehearsal-done").await;
}
