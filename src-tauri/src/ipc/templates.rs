//! Templates: what is launched again and again.

use std::path::Path;

use bosk_core::template::{Template, Templates};
use bosk_runtime::fleet::Fleet;
use tauri::State;

use super::Answer;

#[tauri::command]
pub(crate) async fn templates(
    fleet: State<'_, Fleet>,
    repository: Option<String>,
) -> Answer<Templates> {
    bosk_runtime::templates::list(fleet.home(), repository.as_deref().map(Path::new)).await
}

#[tauri::command]
pub(crate) async fn save_template(fleet: State<'_, Fleet>, template: Template) -> Answer<()> {
    bosk_runtime::templates::save(fleet.home(), template).await
}

#[tauri::command]
pub(crate) async fn remove_template(
    fleet: State<'_, Fleet>,
    name: String,
    repository: Option<String>,
) -> Answer<()> {
    bosk_runtime::templates::remove(fleet.home(), &name, repository.as_deref()).await
}

#[tauri::command]
pub(crate) async fn export_template(template: Template, repository: String) -> Answer<String> {
    bosk_runtime::templates::export(template, Path::new(&repository)).await
}
