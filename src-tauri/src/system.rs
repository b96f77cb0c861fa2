//! What the settings ask of the system: starting with the desktop, and the keys that raise the launcher.

use std::sync::{Mutex, PoisonError};

use bosk_core::settings::Settings;
use bosk_core::{Problem, ProblemCode};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, Shortcut, ShortcutState};

use crate::{links, tray, window};

/// What was asked of the system last.
#[derive(Default)]
pub(crate) struct Asked(Mutex<Option<(bool, Option<String>)>>);

/// Makes ready what the system is asked by. What is not there is not asked.
pub(crate) fn open(app: &AppHandle) {
    app.state::<tray::Present>().watch();
    let autostart = tauri_plugin_autostart::Builder::new().arg("--hidden").build();
    let plugins = app
        .plugin(tauri_plugin_deep_link::init())
        .and_then(|()| app.plugin(autostart))
        .and_then(|()| app.plugin(tauri_plugin_global_shortcut::Builder::new().build()));
    match plugins {
        Ok(()) => links::listen(app),
        Err(error) => tracing::warn!(%error, "links, autostart or keys are missing"),
    }
}

/// Whether the keys can be understood.
pub(crate) fn check(settings: &Settings) -> Result<(), Problem> {
    let Some(keys) = &settings.shortcut else { return Ok(()) };
    keys.parse::<Shortcut>().map(drop).map_err(|_| {
        Problem::new(
            ProblemCode::InvalidInput,
            format!("`{keys}` names no keys, so nothing was changed."),
        )
        .hint("Write it as `CmdOrCtrl+Shift+B`.")
    })
}

/// Asks the system for what has changed. What it refuses is no reason to refuse the settings.
pub(crate) fn apply(app: &AppHandle, settings: &Settings) {
    // Where the system cannot be asked, nothing is.
    if app.try_state::<tauri_plugin_autostart::AutoLaunchManager>().is_none() {
        return;
    }
    let asked = app.state::<Asked>();
    let mut asked = asked.0.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = (settings.autostart, settings.shortcut.clone());
    let before = asked.replace(wanted.clone());
    let launcher = app.autolaunch();
    // At the first time, the system is asked how it stands.
    let (autostart, shortcut) =
        before.unwrap_or_else(|| (launcher.is_enabled().unwrap_or(false), None));
    if autostart != wanted.0 {
        let done = if wanted.0 { launcher.enable() } else { launcher.disable() };
        if let Err(error) = done {
            tracing::warn!(%error, "starting with the desktop was not changed");
        }
    }
    if shortcut == wanted.1 {
        return;
    }
    let keys = app.global_shortcut();
    if let Err(error) = keys.unregister_all() {
        tracing::debug!(%error, "keys are not let go of");
    }
    let Some(wanted) = wanted.1.as_deref().and_then(|keys| keys.parse::<Shortcut>().ok()) else {
        return;
    };
    let registered = keys.on_shortcut(wanted, |app, _, event| {
        if event.state() == ShortcutState::Pressed {
            let app = app.clone();
            tauri::async_runtime::spawn(async move { window::raise_with(&app, "launch").await });
        }
    });
    if let Err(error) = registered {
        tracing::warn!(%error, "the keys are taken by another program");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_there_are_not_are_refused_before_they_are_kept() {
        let with = |keys: &str| Settings { shortcut: Some(keys.into()), ..Settings::default() };
        assert!(check(&Settings::default()).is_ok());
        assert!(check(&with("CmdOrCtrl+Shift+B")).is_ok());
        for bad in ["", "Hello", "Ctrl+", "Ctrl+Shift+Umlaut"] {
            assert_eq!(check(&with(bad)).unwrap_err().code, ProblemCode::InvalidInput, "{bad}");
        }
    }
}
