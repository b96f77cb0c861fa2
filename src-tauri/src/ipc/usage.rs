//! What is used, and holding it: figures, histories, pausing, limits, and a forced end.

use bosk_core::limits::Limits;
use bosk_core::session::PausedBy;
use bosk_core::spend::Spent;
use bosk_core::usage::ProcessUsage;
use bosk_core::view::{History, ToolMark};
use bosk_core::wire::{Call, Killed};
use bosk_core::{Problem, SessionId};
use bosk_runtime::client::all;
use bosk_runtime::fleet::Fleet;
use bosk_runtime::spend;
use serde::de::DeserializeOwned;
use tauri::ipc::{InvokeBody, Request};
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;

use super::session::call;
use super::{Answer, internal};

#[tauri::command]
pub(crate) async fn look(
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    wanted: bool,
) -> Answer<()> {
    fleet.look(window.label(), wanted).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn usage_history(
    fleet: State<'_, Fleet>,
    ids: Vec<SessionId>,
    from: i64,
    to: i64,
    points: u32,
) -> Answer<History> {
    fleet.history(ids, (from, to), points).await
}

#[tauri::command]
pub(crate) async fn tool_marks(
    fleet: State<'_, Fleet>,
    id: SessionId,
    since: i64,
) -> Answer<Vec<ToolMark>> {
    fleet.marks(id, since).await
}

/// What all sessions have cost since then (seconds since 1970), by hour and model.
#[tauri::command]
pub(crate) async fn spent(fleet: State<'_, Fleet>, since: i64) -> Answer<Vec<Spent>> {
    spend::spent(fleet.home(), since).await
}

async fn told<T: DeserializeOwned>(fleet: &Fleet, id: &SessionId, asked: Call) -> Answer<T> {
    let answer = call(fleet, id, asked).await?;
    serde_json::from_value(answer).map_err(|error| internal(&error))
}

#[tauri::command]
pub(crate) async fn processes(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Vec<ProcessUsage>> {
    told(&fleet, &id, Call::Processes).await
}

#[tauri::command]
pub(crate) async fn pause(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    call(&fleet, &id, Call::Pause { by: PausedBy::Person }).await.map(drop)
}

#[tauri::command]
pub(crate) async fn go_on(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    call(&fleet, &id, Call::GoOn).await.map(drop)
}

#[tauri::command]
pub(crate) async fn pause_all(fleet: State<'_, Fleet>) -> Answer<()> {
    all::pause(fleet.home(), &fleet.sessions().await?, PausedBy::Person).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn go_on_all(fleet: State<'_, Fleet>) -> Answer<()> {
    all::go_on(fleet.home(), &fleet.sessions().await?, None).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn kill(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Killed> {
    told(&fleet, &id, Call::Kill).await
}

#[tauri::command]
pub(crate) async fn set_limits(
    fleet: State<'_, Fleet>,
    id: SessionId,
    limits: Limits,
) -> Answer<()> {
    call(&fleet, &id, Call::SetLimits { limits }).await.map(drop)
}

/// Asks where to, and writes what the page has drawn or listed. The path's last part; none where the person
/// thought better of it.
#[tauri::command]
pub(crate) async fn save_file(app: AppHandle, request: Request<'_>) -> Answer<Option<String>> {
    let named = request.headers().get("name").and_then(|name| name.to_str().ok());
    // Letters that a file's name can have everywhere, whatever the page says.
    let allowed = |one: char| one.is_alphanumeric() || matches!(one, '.' | '-' | '_' | ' ');
    let name: String = named.unwrap_or("bosk").chars().filter(|one| allowed(*one)).collect();
    let InvokeBody::Raw(content) = request.body() else {
        return Err(Problem::new(
            bosk_core::ProblemCode::InvalidInput,
            "There is nothing to be saved.",
        ));
    };
    let content = content.clone();
    let (chosen, path) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name).save_file(move |path| drop(chosen.send(path)));
    let Some(path) = path.await.ok().flatten() else { return Ok(None) };
    let path = path.into_path().map_err(|error| internal(&error))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let written = tokio::task::spawn_blocking(move || std::fs::write(path, content)).await;
    written.map_err(|error| internal(&error))?.map_err(|error| {
        Problem::new(
            bosk_core::ProblemCode::DiskFull,
            format!("The file could not be written: {error}."),
        )
        .hint("Choose another place.")
    })?;
    Ok(name)
}
