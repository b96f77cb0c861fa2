//! The windows: opening them where they were, raising and closing them. A page may go nowhere and open
//! nothing; links are handed to the system by a command, after the person has seen the address.

use std::sync::Arc;
use std::time::Duration;

use bosk_core::attention::Counts;
use bosk_core::settings::Quit;
use bosk_core::view::Event;
use bosk_core::{Problem, SessionId};
use bosk_runtime::client::all;
use bosk_runtime::files;
use bosk_runtime::fleet::{First, Fleet};
use bosk_runtime::home::Home;
use bosk_runtime::terminal::Terminals;
use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{
    AppHandle, Manager as _, RunEvent, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    Window, WindowEvent,
};
use tauri_plugin_window_state::StateFlags;

use crate::ipc::internal;
use crate::notify::{Notification, Notifier};
use crate::outside::InView;
use crate::store::Store;
use crate::{font, tray, words};

/// The main window's label.
pub(crate) const MAIN: &str = "main";

/// What the label of a session's own window begins with.
const SESSION: &str = "session-";

/// The file of the windows' places.
const PLACES: &str = "windows.json";

/// Remembers the window's size and place, which may be lost.
pub(crate) fn places<R: Runtime>(home: &Home) -> TauriPlugin<R> {
    let places = home.path().join(PLACES);
    let there = |id: &SessionId| home.session(id).is_dir();
    if let Some(rest) = std::fs::read(&places).ok().and_then(|text| without_gone(&text, there))
        && let Err(error) = files::write_atomically(&places, &rest)
    {
        tracing::warn!(%error, "places of windows that are gone are kept");
    }
    let flags =
        StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    tauri_plugin_window_state::Builder::new()
        .with_filename(places.to_string_lossy())
        .with_state_flags(flags)
        .build()
}

/// The places without those of sessions that are not there any more; none where there are no such.
fn without_gone(places: &[u8], there: impl Fn(&SessionId) -> bool) -> Option<Vec<u8>> {
    let mut places: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(places).ok()?;
    let before = places.len();
    places.retain(|label, _| {
        let session = label.strip_prefix(SESSION).and_then(|id| SessionId::parse(id).ok());
        session.is_none_or(|id| there(&id))
    });
    (places.len() < before).then(|| serde_json::to_vec(&places).ok()).flatten()
}

/// How long the window may wait for what its first picture shows. The sessions are read by then, unless
/// one of them does not answer; then the page asks for them itself.
const FIRST_PICTURE: Duration = Duration::from_millis(50);

/// What the first picture shows goes along with the page: to ask for it takes 30 to 70 ms (measured), most
/// of it on the way.
fn first_picture(fleet: &Fleet) -> Option<String> {
    let first = tauri::async_runtime::block_on(async {
        tokio::time::timeout(FIRST_PICTURE, fleet.snapshot(MAIN, First::Picture)).await
    });
    let text = serde_json::to_string(&first.ok()?.ok()?).ok()?;
    Some(format!("window.__bosk_first = {text};"))
}

/// A kind of window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The fleet and one session.
    Main,
    /// What sessions use.
    Monitor,
    /// The fleet's state in a line, above all other windows.
    Strip,
    /// One session alone.
    Session(SessionId),
}

impl Kind {
    /// The window's label, which is also its name among the fleet's listeners.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Main => MAIN.to_owned(),
            Self::Monitor => "monitor".to_owned(),
            Self::Strip => "strip".to_owned(),
            Self::Session(id) => format!("{SESSION}{id}"),
        }
    }

    fn page(&self) -> String {
        match self {
            Self::Main => "index.html".to_owned(),
            Self::Monitor => "index.html?window=monitor".to_owned(),
            Self::Strip => "index.html?window=strip".to_owned(),
            Self::Session(id) => format!("index.html?window=session&id={id}"),
        }
    }
}

/// Opens the main window.
pub(crate) fn open_main(app: &AppHandle, fleet: &Fleet, store: &Store) -> Result<(), Problem> {
    let first = first_picture(fleet).unwrap_or_default();
    build(app, &Kind::Main, store, |window| {
        window.initialization_script(first).inner_size(1280.0, 820.0).min_inner_size(420.0, 360.0)
    })
}

/// Opens a window, or raises the one that is there.
pub(crate) fn open(app: &AppHandle, kind: &Kind) -> Result<(), Problem> {
    if let Some(window) = app.get_webview_window(&kind.label()) {
        show(&window);
        return Ok(());
    }
    let store = app.state::<Store>();
    match kind {
        Kind::Main => open_main(app, &app.state::<Fleet>(), &store),
        Kind::Monitor => build(app, kind, &store, |window| {
            window.title("Bosk monitor").inner_size(1160.0, 780.0).min_inner_size(560.0, 400.0)
        }),
        Kind::Session(_) => build(app, kind, &store, |window| {
            window.inner_size(960.0, 760.0).min_inner_size(420.0, 360.0)
        }),
        Kind::Strip => build(app, kind, &store, |window| {
            window
                .title("Bosk status")
                .inner_size(400.0, 44.0)
                .resizable(false)
                .decorations(false)
                .always_on_top(true)
                .skip_taskbar(true)
        }),
    }
}

type Builder<'a> = WebviewWindowBuilder<'a, tauri::Wry, AppHandle>;

fn build<'a>(
    app: &'a AppHandle,
    kind: &Kind,
    store: &Store,
    shaped: impl FnOnce(Builder<'a>) -> Builder<'a>,
) -> Result<(), Problem> {
    let window = WebviewWindowBuilder::new(app, kind.label(), WebviewUrl::App(kind.page().into()))
        .initialization_script(font::script(store).unwrap_or_default())
        .title("Bosk")
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        // The page names what it shows; the title bar and the list of windows say so too.
        .on_document_title_changed(|window, title| {
            let _ = window.set_title(&title);
        })
        .disable_drag_drop_handler();
    shaped(window).build().map(drop).map_err(|error| internal(&error))
}

/// Opens a window from where nobody waits for the answer.
pub(crate) async fn open_or_tell(app: &AppHandle, kind: Kind) {
    let opening = app.clone();
    let (done, opened) = tokio::sync::oneshot::channel();
    let open = move || drop(done.send(open(&opening, &kind)));
    if app.run_on_main_thread(open).is_ok()
        && let Ok(Err(problem)) = opened.await
    {
        app.state::<Fleet>().tell(Event::Problem { problem }).await;
    }
}

/// The app's own page, and no other, wherever Tauri serves it on this platform.
fn is_own(url: &tauri::Url) -> bool {
    let local = matches!(url.host_str(), Some("localhost" | "tauri.localhost"));
    let served = url.scheme() == "tauri" && local;
    let on_windows =
        matches!(url.scheme(), "http" | "https") && url.host_str() == Some("tauri.localhost");
    let developing = cfg!(debug_assertions) && url.scheme() == "http" && local;
    served || on_windows || developing
}

/// Shows the main window.
pub(crate) fn raise(app: &AppHandle) {
    let app = app.clone();
    let handle = app.clone();
    let shown = handle.run_on_main_thread(move || {
        if let Err(problem) = open(&app, &Kind::Main) {
            tracing::error!(%problem, "the window does not open");
        }
    });
    if let Err(error) = shown {
        tracing::debug!(%error, "the app is ending");
    }
}

fn show(window: &WebviewWindow) {
    // Each may be refused by the window manager, and then the person clicks.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// Shows the main window and has its page do something: an action's name, as the menu has it.
pub(crate) async fn raise_with(app: &AppHandle, action: &str) {
    raise(app);
    let action = action.to_owned();
    app.state::<Fleet>().tell_one(MAIN, Event::Menu { action }).await;
}

/// Shows the main window at a session.
pub(crate) async fn raise_at(app: &AppHandle, id: &SessionId) {
    raise_with(app, &format!("open:{id}")).await;
}

/// The person wants to quit: as they have decided before, or they are asked.
pub(crate) async fn quit(app: &AppHandle) {
    let fleet = app.state::<Fleet>();
    let settings = bosk_runtime::settings::peek(fleet.home());
    let sessions = fleet.sessions().await.unwrap_or_default();
    match settings.quit {
        Some(choice) => leave(app, choice).await,
        None if sessions.iter().all(|one| one.state.is_ended()) => app.exit(0),
        None => raise_with(app, "quit").await,
    }
}

/// Ends the app.
pub(crate) async fn leave(app: &AppHandle, choice: Quit) {
    if choice == Quit::Stop {
        let fleet = app.state::<Fleet>();
        // Their keepers see to the end, also when nobody waits for it.
        all::stop(fleet.home(), &fleet.sessions().await.unwrap_or_default()).await;
    }
    app.exit(0);
}

/// A window is to close, or has.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    let app = window.app_handle();
    match event {
        WindowEvent::CloseRequested { api, .. }
            if window.label() == MAIN && app.state::<tray::Present>().is_there() =>
        {
            api.prevent_close();
            let _ = window.hide();
            say_once(app);
        }
        WindowEvent::Destroyed => {
            app.state::<InView>().shows(window.label(), None);
            let (fleet, label) = (app.state::<Fleet>().inner().clone(), window.label().to_owned());
            tauri::async_runtime::spawn(async move { fleet.leave(&label).await });
        }
        _ => {}
    }
}

/// The app is about to end, or is called back.
pub(crate) fn on_run(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window is gone, and nobody has asked for the end: the tray goes on.
        RunEvent::ExitRequested { code: None, api, .. }
            if app.state::<tray::Present>().is_there() =>
        {
            api.prevent_exit();
        }
        // The process ends without dropping what it holds.
        RunEvent::Exit => app.state::<Arc<Terminals>>().close_all(),
        // A click on the dock's icon.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => raise(app),
        _ => {}
    }
}

/// That Bosk goes on in the tray is said once, and never again.
fn say_once(app: &AppHandle) {
    const SAID: &str = "told_tray";
    let store = app.state::<Store>();
    if store.get(SAID) == true {
        return;
    }
    store.set(SAID.to_owned(), true.into());
    let settings = bosk_runtime::settings::peek(app.state::<Fleet>().home());
    let words = words::of(words::language(&settings));
    if let Some(notifier) = app.try_state::<Notifier>() {
        notifier.show(Notification {
            title: words.in_tray.to_owned(),
            text: words.in_tray_more.to_owned(),
            session: None,
            sound: false,
            stays: false,
        });
    }
}

/// The number on the app's icon in the dock or the task bar, and how far those have got that work at the same
/// time, where there is a place for it.
pub(crate) fn badge(app: &AppHandle, counts: Counts, progress: Option<u64>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let number = i64::from(counts.needs_you + counts.failed);
        let _ = window.set_badge_count((number > 0).then_some(number));
        let status = progress.map_or(ProgressBarStatus::None, |_| ProgressBarStatus::Normal);
        let state = ProgressBarState { status: Some(status), progress };
        let _ = window.set_progress_bar(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_sessions_that_are_gone_are_forgotten_and_no_others() {
        let id = |digit: char| digit.to_string().repeat(8) + "-0000-4000-8000-000000000000";
        let places = format!(
            r#"{{"main":{{"x":1}},"session-{}":{{}},"session-{}":{{}},"session-":{{}}}}"#,
            id('1'),
            id('2')
        );
        let there = |one: &SessionId| one.as_str() == id('1');
        let rest = without_gone(places.as_bytes(), there).unwrap();
        let rest = String::from_utf8(rest).unwrap();
        assert!(rest.contains(&id('1')) && !rest.contains(&id('2')), "{rest}");
        assert!(rest.contains("main") && rest.contains("\"session-\""), "{rest}");
        assert_eq!(without_gone(rest.as_bytes(), there), None, "nothing to be written");
        assert_eq!(without_gone(b"{", there), None);
    }

    #[test]
    fn the_page_goes_nowhere_else() {
        let goes = |text: &str| is_own(&text.parse().unwrap());
        assert!(goes("tauri://localhost/index.html"));
        assert!(goes("http://tauri.localhost/"));
        for elsewhere in [
            "https://example.com/",
            "tauri://example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "http://localhost.example.com/",
        ] {
            assert!(!goes(elsewhere), "{elsewhere}");
        }
    }
}
