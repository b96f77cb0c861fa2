//! The main window: opening it where it was, and raising it. The page may go nowhere and open
//! nothing; links are handed to the system by a command, after the person has seen the address.

use bosk_core::Problem;
use bosk_runtime::home::Home;
use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, Runtime, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

use crate::ipc::internal;

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

/// Opens the main window.
pub(crate) fn open_main(app: &AppHandle) -> Result<(), Problem> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .initialization_script(crate::font::script().unwrap_or_default())
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
