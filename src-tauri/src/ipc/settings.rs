//! Settings, last choices, and addresses that are opened outside.

use bosk_core::settings::Settings;
use bosk_core::view::Event;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::fleet::{Expected, Fleet};
use bosk_runtime::settings;
use serde_json::Value;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt as _;

use super::{Answer, internal};
use crate::store::Store;
use crate::system;

#[tauri::command]
pub(crate) async fn save_settings(
    fleet: State<'_, Fleet>,
    expected: State<'_, Expected>,
    settings: Settings,
) -> Answer<()> {
    settings.check()?;
    system::check(&settings)?;
    settings::save(fleet.home(), &settings)?;
    expected.forget(&fleet).await;
    fleet.tell(Event::Settings { settings }).await;
    Ok(())
}

/// Opens an address that the person has seen whole and agreed to.
#[tauri::command]
pub(crate) async fn open_external(app: AppHandle, url: String) -> Answer<()> {
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https" | "mailto") {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "Only web and mail addresses are opened, so this one was not.",
        ));
    }
    app.opener().open_url(url, None::<&str>).map_err(|error| internal(&error))
}

#[tauri::command]
pub(crate) async fn remember(store: State<'_, Store>, key: String, value: Value) -> Answer<()> {
    store.set(key, value);
    Ok(())
}

#[tauri::command]
pub(crate) async fn recall(store: State<'_, Store>, key: String) -> Answer<Value> {
    Ok(store.get(&key))
}
