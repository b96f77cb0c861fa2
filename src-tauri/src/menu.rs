//! The system's menu. Its own items act in the page, which is told the action's name; the standard
//! ones are the platform's. Not here: the shortcuts inside the page.

use tauri::AppHandle;
use tauri::menu::{AboutMetadata, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};

use crate::{tray, window};

/// Actions of the page that the menu offers: name, words, shortcut.
const ACTIONS: [(&str, &str, &str); 8] = [
    ("launch", "New Session…", "CmdOrCtrl+N"),
    ("palette", "Command Palette…", "CmdOrCtrl+K"),
    ("find", "Find in Transcript…", "CmdOrCtrl+F"),
    ("settings", "Settings…", "CmdOrCtrl+,"),
    ("shortcuts", "Keyboard Shortcuts", ""),
    ("monitor", "Monitor", "CmdOrCtrl+Shift+M"),
    ("strip", "Small Status Window", ""),
    ("quit", "Quit Bosk…", "CmdOrCtrl+Q"),
];

/// Builds the menu.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<Menu<tauri::Wry>> {
    let item = |name: &str| {
        let (name, words, keys) =
            ACTIONS.iter().find(|action| action.0 == name).copied().unwrap_or(ACTIONS[0]);
        MenuItem::with_id(app, name, words, true, (!keys.is_empty()).then_some(keys))
    };
    let line = || PredefinedMenuItem::separator(app);
    let about = AboutMetadata {
        name: Some("Bosk".to_owned()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        ..AboutMetadata::default()
    };
    let about = PredefinedMenuItem::about(app, None, Some(about))?;
    let session = Submenu::with_items(
        app,
        "Session",
        true,
        &[&item("launch")?, &line()?, &item("settings")?, &line()?, &item("quit")?],
    )?;
    let edit = Submenu::with_items(
        app,
        "Edit",
        true,
        &[
            &PredefinedMenuItem::undo(app, None)?,
            &PredefinedMenuItem::redo(app, None)?,
            &line()?,
            &PredefinedMenuItem::cut(app, None)?,
            &PredefinedMenuItem::copy(app, None)?,
            &PredefinedMenuItem::paste(app, None)?,
            &PredefinedMenuItem::select_all(app, None)?,
            &line()?,
            &item("find")?,
        ],
    )?;
    let view = Submenu::with_items(
        app,
        "View",
        true,
        &[
            &item("palette")?,
            &line()?,
            &item("monitor")?,
            &item("strip")?,
            &line()?,
            &PredefinedMenuItem::fullscreen(app, None)?,
        ],
    )?;
    let help = Submenu::with_items(app, "Help", true, &[&item("shortcuts")?, &about])?;
    if cfg!(target_os = "macos") {
        let own = [&about as &dyn tauri::menu::IsMenuItem<_>, &item("quit")?];
        let app_menu = Submenu::with_items(app, "Bosk", true, &own)?;
        Menu::with_items(app, &[&app_menu, &session, &edit, &view, &help])
    } else {
        Menu::with_items(app, &[&session, &edit, &view, &help])
    }
}

/// Does what was chosen, or tells the page that is looked at.
#[expect(clippy::needless_pass_by_value, reason = "the signature is Tauri's")]
pub(crate) fn chosen(app: &AppHandle, event: MenuEvent) {
    if tray::chosen(app, &event) {
        return;
    }
    let action = event.id().as_ref().to_owned();
    if !ACTIONS.iter().any(|one| one.0 == action) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match action.as_str() {
            "monitor" => window::open_or_tell(&app, window::Kind::Monitor).await,
            "strip" => window::open_or_tell(&app, window::Kind::Strip).await,
            "quit" => window::quit(&app).await,
            // Where another window is looked at, the main one comes forward.
            _ => window::raise_with(&app, &action).await,
        }
    });
}
