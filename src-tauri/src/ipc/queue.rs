//! The queue: adding to it, and changing what waits.

use bosk_core::SessionId;
use bosk_core::queue::{Addition, BatchSource, Hold, Order, Priority};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::queue::{self, Log};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use super::{Answer, blocking};

#[tauri::command]
pub(crate) async fn queue_add(
    fleet: State<'_, Fleet>,
    addition: Addition,
) -> Answer<Vec<SessionId>> {
    queue::add(fleet.home(), addition).await
}

#[tauri::command]
pub(crate) async fn queue_cancel(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    order(&fleet, Order::Cancelled { id }).await
}

#[tauri::command]
pub(crate) async fn queue_hold(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    order(&fleet, Order::Held { id, hold: Hold::Person }).await
}

#[tauri::command]
pub(crate) async fn queue_release(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    order(&fleet, Order::Released { id }).await
}

#[tauri::command]
pub(crate) async fn queue_move(
    fleet: State<'_, Fleet>,
    id: SessionId,
    before: Option<SessionId>,
) -> Answer<()> {
    order(&fleet, Order::Moved { id, before }).await
}

#[tauri::command]
pub(crate) async fn queue_prioritise(
    fleet: State<'_, Fleet>,
    id: SessionId,
    priority: Priority,
) -> Answer<()> {
    order(&fleet, Order::Prioritised { id, priority }).await
}

#[tauri::command]
pub(crate) async fn batch_prompts(source: BatchSource) -> Answer<Vec<String>> {
    blocking(move || queue::prompts(&source)).await
}

#[tauri::command]
pub(crate) async fn batch_file(app: AppHandle) -> Answer<Option<String>> {
    let (to, chosen) = tokio::sync::oneshot::channel();
    let kinds = ["txt", "md", "csv", "tsv", "json"];
    let dialog = app.dialog().file().add_filter("Prompts", &kinds);
    dialog.pick_file(move |file| drop(to.send(file)));
    let chosen = chosen.await.ok().flatten().and_then(|file| file.into_path().ok());
    Ok(chosen.map(|path| path.to_string_lossy().into_owned()))
}

async fn order(fleet: &Fleet, order: Order) -> Answer<()> {
    let home = fleet.home().clone();
    blocking(move || queue::order(&home, &mut Log::default(), vec![order])).await?;
    queue::ensure(fleet.home()).await
}
