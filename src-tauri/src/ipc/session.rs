//! Steering a session: each is one call to its keeper.

use bosk_core::SessionId;
use bosk_core::journal::{Message, SetupChoice};
use bosk_core::launch::{Effort, Image, PermissionMode};
use bosk_core::session::{Answer as Given, StopReason};
use bosk_core::wire::{Call, Edit, Subject};
use bosk_runtime::client::{self, Connection};
use bosk_runtime::fleet::Fleet;
use serde_json::Value;
use tauri::State;

use super::Answer;

pub(crate) async fn call(fleet: &Fleet, id: &SessionId, call: Call) -> Answer<Value> {
    Connection::open(fleet.home(), id).await?.call(call).await
}

#[tauri::command]
pub(crate) async fn send(
    fleet: State<'_, Fleet>,
    id: SessionId,
    uuid: String,
    text: String,
    images: Vec<Image>,
) -> Answer<()> {
    let message = Message { uuid, text, images };
    client::send::send_message(fleet.home(), &id, message).await.map(drop)
}

#[tauri::command]
pub(crate) async fn edit_queued(
    fleet: State<'_, Fleet>,
    id: SessionId,
    uuid: String,
    text: String,
) -> Answer<()> {
    let message = Message { uuid: client::send::new_name(), text, images: Vec::new() };
    call(&fleet, &id, Call::Edit(Edit { replaces: uuid, message })).await.map(drop)
}

#[tauri::command]
pub(crate) async fn remove_queued(
    fleet: State<'_, Fleet>,
    id: SessionId,
    uuid: String,
) -> Answer<()> {
    call(&fleet, &id, Call::Remove { uuid }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn answer(
    fleet: State<'_, Fleet>,
    id: SessionId,
    request_id: String,
    answer: Given,
) -> Answer<()> {
    call(&fleet, &id, Call::Answer { request_id, answer }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn interrupt(
    fleet: State<'_, Fleet>,
    id: SessionId,
    drop_queued: Option<bool>,
) -> Answer<()> {
    let drop_queued = drop_queued.unwrap_or(false);
    call(&fleet, &id, Call::Interrupt { drop_queued }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn set_effort(
    fleet: State<'_, Fleet>,
    id: SessionId,
    effort: Effort,
) -> Answer<()> {
    call(&fleet, &id, Call::SetEffort { effort }).await.map(drop)
}

/// What the CLI says of itself, as it says it.
#[tauri::command]
pub(crate) async fn ask_about(
    fleet: State<'_, Fleet>,
    id: SessionId,
    subject: Subject,
) -> Answer<Value> {
    call(&fleet, &id, Call::About { subject }).await
}

#[tauri::command]
pub(crate) async fn stop_task(fleet: State<'_, Fleet>, id: SessionId, task: String) -> Answer<()> {
    call(&fleet, &id, Call::StopTask { task }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn reconnect_server(
    fleet: State<'_, Fleet>,
    id: SessionId,
    server: String,
) -> Answer<()> {
    call(&fleet, &id, Call::Reconnect { server }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn stop(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    call(&fleet, &id, Call::Stop { reason: StopReason::Person }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn resume(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    client::resume(fleet.home(), &id).await
}

/// Takes over a conversation that was begun elsewhere and has ended.
#[tauri::command]
pub(crate) async fn adopt(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    client::adopt::adopt(fleet.home(), &id).await?;
    fleet.appeared(id).await;
    Ok(())
}

/// Sends the last message once more, in a process that is started anew.
#[tauri::command]
pub(crate) async fn try_again(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    client::again::again(fleet.home(), &id).await
}

#[tauri::command]
pub(crate) async fn answer_setup(
    fleet: State<'_, Fleet>,
    id: SessionId,
    choice: SetupChoice,
) -> Answer<()> {
    call(&fleet, &id, Call::Setup { choice }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn set_permission_mode(
    fleet: State<'_, Fleet>,
    id: SessionId,
    mode: PermissionMode,
) -> Answer<()> {
    call(&fleet, &id, Call::SetMode { mode }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn set_model(fleet: State<'_, Fleet>, id: SessionId, model: String) -> Answer<()> {
    call(&fleet, &id, Call::SetModel { model }).await.map(drop)
}

/// Files whose name is like what was typed after `@`.
#[tauri::command]
pub(crate) async fn suggest_files(
    fleet: State<'_, Fleet>,
    id: SessionId,
    query: String,
) -> Answer<Vec<String>> {
    let found = call(&fleet, &id, Call::SuggestFiles { query }).await?;
    Ok(client::suggestions::paths(&found))
}
