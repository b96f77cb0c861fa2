//! What is told outside of the window, on a bus whose tray and notifications are the test's own; and the
//! windows beside the main one.

use bosk_core::session::State;
use bosk_tests::spec;

use super::desk::{Desk, artifacts};
use super::services::Services;
use super::window::Window;

async fn services(desk: &Desk) -> Services {
    let address = desk.value("DBUS_SESSION_BUS_ADDRESS");
    Services::offer(address.to_str().unwrap()).await
}

/// Keeps the tray's icon where a person may look at it.
fn keep_icon(path: &str, name: &str) {
    let folder = artifacts().join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    let path =
        if std::path::Path::new(path).exists() { path.to_owned() } else { format!("{path}.png") };
    std::fs::copy(path, folder.join(format!("tray-{name}.png"))).unwrap();
}

#[tokio::test]
async fn the_tray_tells_the_state_and_answers_and_notifications_open_the_place() {
    let desk = Desk::stand_in().await;
    let mut services = services(&desk).await;
    let shop = desk.repository("shop");
    let window = Window::open(&desk).await;
    let tray = services.tray().await;
    let idle = tray
        .until("there", |menu| menu.labels().iter().any(|one| one == "Nothing is running"))
        .await;
    for wanted in ["Show Bosk", "New session…", "Pause all", "Let all go on", "Monitor", "Quit…"]
    {
        assert!(idle.labels().iter().any(|label| label == wanted), "{:#?}", idle.labels());
    }
    let idle_icon = tray.text("IconName").await;
    keep_icon(&idle_icon, "idle");

    let asks = desk.launch(&spec(&shop, "Ask me & tell\n!ask\n!say Thanks.")).await.unwrap();
    let works = desk.launch(&spec(&shop, "Work on\n!hold")).await.unwrap();
    let menu = tray
        .until("asked", |menu| {
            let labels = menu.labels();
            labels.iter().any(|one| one.starts_with("◆ Ask me"))
                && labels.iter().any(|one| one.starts_with("● Work on"))
        })
        .await;
    assert!(
        menu.labels()[0].contains("1 need you") && menu.labels()[0].contains("1 running"),
        "{:#?}",
        menu.labels()
    );
    assert!(menu.labels().iter().any(|label| label.contains("make")), "{:#?}", menu.labels());
    assert_eq!(tray.text("XAyatanaLabel").await, "1");
    let asking_icon = tray.text("IconName").await;
    assert_ne!(asking_icon, idle_icon);
    keep_icon(&asking_icon, "needs-you");

    let told = services.notification().await;
    assert_eq!(
        (told.title.as_str(), told.text.as_str()),
        ("A session needs you", "Ask me &amp; tell")
    );
    assert_eq!(told.actions, ["default", "Open"]);
    services.click(&told).await;
    window.until(&format!("one('ask') && document.querySelector('[aria-current=true]')?.textContent.includes('{}')", "Ask me")).await;

    tray.click("Allow").await;
    let mut watched = asks.follow().await;
    watched.until("thanked", |_| asks.texts().iter().any(|text| text == "Thanks.")).await;
    tray.until("answered", |menu| !menu.labels().iter().any(|one| one.starts_with("◆"))).await;
    keep_icon(&tray.text("IconName").await, "running");

    tray.click("Pause all").await;
    let mut watched = works.follow().await;
    watched.until("paused", |status| status.summary.paused.is_some()).await;
    tray.until("all paused", |menu| menu.labels()[0].contains("paused")).await;
    keep_icon(&tray.text("IconName").await, "paused");
    tray.click("Let all go on").await;
    watched.until("going on", |status| status.summary.paused.is_none()).await;

    // Closed, it goes on in the tray, says so once, and comes back.
    window.run("window.__TAURI_INTERNALS__.invoke('plugin:window|close', { label: 'main' })").await;
    let said = loop {
        let told = services.notification().await;
        if told.title.contains("tray") {
            break told;
        }
    };
    assert!(said.text.contains("Click its icon"), "{said:?}");
    window.until("document.hidden").await;
    tray.click("Show Bosk").await;
    window.until("!document.hidden").await;
    let _ = services.others();

    // Whoever quits is asked, since one runs; and it can go on.
    tray.click("Quit").await;
    window.until("document.querySelector('dialog[open]')?.textContent.includes('running')").await;
    window.inspect("quit").await;
    assert!(!works.follow().await.status().summary.state.is_ended());
    let row = works.stop().await;
    assert!(matches!(row.state, State::Ended { .. }));
}

#[tokio::test]
async fn many_are_told_as_one_and_what_is_switched_off_is_not() {
    let desk = Desk::stand_in().await;
    let mut services = services(&desk).await;
    let shop = desk.repository("shop");
    let off = r#"{"notifications":{"done":false}}"#;
    std::fs::write(desk.home().settings(), off).unwrap();
    let window = Window::open(&desk).await;
    let tray = services.tray().await;
    tray.until("there", |menu| !menu.labels().is_empty()).await;
    let done = desk.launch(&spec(&shop, "Be done\n!say Done.")).await.unwrap();
    done.follow().await.idle().await;
    let specs: Vec<_> = (0..4).map(|at| spec(&shop, &format!("Ask {at}\n!ask"))).collect();
    for launched in desk.launch_all(&specs).await {
        launched.unwrap();
    }
    let mut asked = 0;
    while asked < 4 {
        let told = services.notification().await;
        assert!(!told.title.contains("done"), "{told:?}");
        asked += told.text.lines().count();
    }
    assert_eq!(tray.text("XAyatanaLabel").await, "4");
    window.until("all('fleet-row').length === 5").await;
}

/// Saves settings as the page does; what is not named is as by default.
async fn save(window: &Window, settings: &str) -> serde_json::Value {
    let script = format!(
        "const end = arguments[arguments.length - 1];
         window.__TAURI_INTERNALS__.invoke('save_settings', {{ settings: {settings} }})
           .then(() => end('saved'), (problem) => end(problem.code));"
    );
    window.run_until_done(&script).await
}

#[tokio::test]
async fn the_system_is_asked_to_start_bosk_and_a_link_opens_its_session() {
    let desk = Desk::stand_in().await;
    let session = desk.launch(&spec(&desk.repository("shop"), "Wait for me\n!hold")).await.unwrap();
    let window = Window::open(&desk).await;
    let folder = desk.path("person/.config/autostart");
    let started = || std::fs::read_dir(&folder).into_iter().flatten().count();
    assert_eq!(save(&window, "{ shortcut: 'Hello' }").await, "invalid_input");
    // Nobody tells when the file is there.
    for (settings, files) in [("{ autostart: true }", 1), ("{}", 0)] {
        assert_eq!(save(&window, settings).await, "saved");
        let wait = async {
            while started() != files {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(bosk_tests::PATIENCE, wait).await.expect("the system is asked");
    }
    // A second start hands its link over, and ends.
    let app = std::env::var("BOSK_DESKTOP").unwrap();
    for (link, shown) in
        [(format!("bosk://session/{}", session.id), true), ("bosk://launch?prompt=x".into(), false)]
    {
        let second = desk.command(&app).arg(&link).status().await.unwrap();
        assert!(second.success(), "{link}");
        if shown {
            window.until("one('transcript')?.textContent.includes('Wait for me')").await;
        }
    }
    // Links only open: nothing else was launched.
    assert_eq!(bosk_runtime::catalog::ids(desk.home()).unwrap(), [session.id.clone()]);
    session.stop().await;
}
