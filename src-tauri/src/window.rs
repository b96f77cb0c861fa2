//! The main window: opening it where it was, and raising it. The page may go nowhere and open
//! nothing; links are handed to the system by a command, after the person has seen the address.

use std::time::Duration;

use bosk_core::Problem;
use bosk_runtime::fleet::{First, Fleet};
use bosk_runtime::home::Home;
use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, Runtime, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

use crate::font;
use crate::ipc::internal;
use crate::store::Store;

/// The main window's label.
pub(crate) const MAIN: &str = "main";

/// Remembers the window's size and place, which may be lost.
pub(crate) fn places<R: Runtime>(home: &Home) -> TauriPlugin<R> {
    let flags =
        StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    tauri_plugin_window_state::Builder::new()
        .with_filename(home.path().join("windows.json").to_string_lossy())
        .with_state_flags(flags)
        .build()
}

/// How long the window may wait for what its first picture shows. The sessions are read by then, unless
/// one of them does not answer; then the page asks for them itself.
const FIRST_PICTURE: Duration = Duration::from_millis(50);

/// What the first picture shows goes along with the page: to ask for it takes 30 to 70 ms (measured), most
/// of it on the way.
fn first_picture(fleet: &Fleet) -> Option<String> {
    let first = tauri::async_runtime::block_on(async {
        tokio::time::timeout(FIRST_PICTURE, fleet.snapshot(First::Picture)).await
    });
    let text = serde_json::to_string(&first.ok()?.ok()?).ok()?;
    Some(format!("window.__bosk_first = {text};"))
}

/// Opens the main window.
pub(crate) fn open_main(app: &AppHandle, fleet: &Fleet, store: &Store) -> Result<(), Problem> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .initialization_script(font::script(store).unwrap_or_default())
        .initialization_script(first_picture(fleet).unwrap_or_default())
        .title("Bosk")
        .inner_size(1280.0, 820.0)
        .min_inner_size(420.0, 360.0)
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .disable_drag_drop_handler()
        .build()
        .map_err(|error| internal(&error))?;
    Ok(())
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

/// Shows the window that is there already.
pub(crate) fn raise(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        // Each may be refused by the window manager, and then the person clicks.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
