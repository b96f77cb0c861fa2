//! The window as it looks: light and dark, narrow to wide, English and Korean, twenty sessions in every
//! state, and each sheet. What is photographed here is what a person judges; axe-core judges the rest.

use bosk_tests::spec;

use super::desk::Desk;
use super::main_job::fill;
use super::window::{Window, at, button};

/// What the sessions do, so that each state is there.
const TASKS: [&str; 5] = [
    "Sort the list of suppliers\n!hold",
    "May I delete the old exports?\n!ask",
    "Rename the columns of the stock table\n!say Renamed, in three files.",
    "Find the slow query\n!exit 3",
    "Write the release notes\n!say # Notes\\n\\n- faster\n!hold",
];

/// Nothing lies over the button that lets a session go on.
const REACHABLE: &str = "(() => {
    const button = one('ask-allow');
    const { x, y, width, height } = button.getBoundingClientRect();
    return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
})()";

#[tokio::test]
async fn every_look_of_the_window() {
    let desk = Desk::stand_in().await;
    let shop = desk.repository("shop");
    let specs: Vec<_> = (0..20).map(|at| spec(&shop, TASKS[at % TASKS.len()])).collect();
    for launched in desk.launch_all(&specs).await {
        launched.unwrap();
    }
    let window = Window::open(&desk).await;
    let count = |glance: &str| {
        format!("all('fleet-row').filter((row) => row.dataset.glance === '{glance}').length")
    };
    for (glance, sessions) in [("needs_you", 4), ("failed", 4), ("done", 4), ("running", 8)] {
        window.until(&format!("{} === {sessions}", count(glance))).await;
    }
    window.click("[data-glance=needs_you]").await;
    window.until("one('ask')").await;

    for (theme, option) in [("light", "Light"), ("dark", "Dark")] {
        settings(&window, "Colours", option).await;
        for (size, width, height) in
            [("wide", 1600, 1000), ("usual", 1280, 820), ("middle", 880, 700), ("narrow", 600, 720)]
        {
            window.resize(width, height).await;
            window.until(&format!("innerWidth === {width}")).await;
            window.until(REACHABLE).await;
            window.inspect(&format!("twenty-{theme}-{size}")).await;
        }
        window.click("[aria-label='Show sessions']").await;
        window.inspect(&format!("drawer-{theme}")).await;
        window.press_escape().await;
        window.resize(1280, 820).await;
        window.until("innerWidth === 1280").await;
        window.click("[data-glance=failed]").await;
        window.until("one('problem') || one('resume')").await;
        window.inspect(&format!("failed-{theme}")).await;
        window.click("[data-glance=needs_you]").await;
        window.until("one('ask')").await;
    }

    window.click("[aria-label='Show details']").await;
    window.click(&at("panel-info")).await;
    window.inspect("info").await;
    fill(&window, &shop, "Something else").await;
    window.click(&at("launch-options")).await;
    window.inspect("launch-options").await;
    window.click(&button("Cancel")).await;

    window.click("[aria-label=Settings]").await;
    window.inspect("settings").await;
    window.choose("Language", "한국어").await;
    window.until("document.documentElement.lang === 'ko'").await;
    window.inspect("settings-korean").await;
    window.press_escape().await;
    window.until("!one('settings')").await;
    window.inspect("korean").await;
}

/// Changes one setting.
pub(crate) async fn settings(window: &Window, label: &str, option: &str) {
    window.click("[aria-label=Settings]").await;
    window.choose(label, option).await;
    window.press_escape().await;
    window.until("!one('settings')").await;
}
