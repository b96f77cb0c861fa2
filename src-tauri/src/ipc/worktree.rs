//! A session's folder: what has changed in it, and removing it.

use std::path::Path;
use std::sync::Arc;

use bosk_core::SessionId;
use bosk_core::git::{Changes, FileDiff, RemovalPlan, RemovalToken, Rewind, RewindPlan};
use bosk_core::worktree::Ending;
use bosk_runtime::client::{archive, back, worktree};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::terminal::Terminals;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt as _;

use super::terminal::folder_gone;
use super::{Answer, internal};

#[tauri::command]
pub(crate) async fn changed_files(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Changes> {
    worktree::changed(fleet.home(), &fleet.summary(id).await?).await
}

#[tauri::command]
pub(crate) async fn file_diff(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
) -> Answer<FileDiff> {
    worktree::diff(fleet.home(), &fleet.summary(id).await?, &path).await
}

#[tauri::command]
pub(crate) async fn removal_plan(fleet: State<'_, Fleet>, id: SessionId) -> Answer<RemovalPlan> {
    worktree::removal(fleet.home(), &fleet.summary(id).await?).await
}

#[tauri::command]
pub(crate) async fn remove_session(
    fleet: State<'_, Fleet>,
    terminals: State<'_, Arc<Terminals>>,
    id: SessionId,
    token: RemovalToken,
    ending: Ending,
) -> Answer<()> {
    let session = fleet.summary(id).await?;
    let (repository, folder) = (Path::new(&session.repository_path), Path::new(&session.folder));
    archive::end(fleet.home(), repository, folder, &token, &ending).await?;
    worktree::remove(fleet.home(), &session, token, false).await?;
    folder_gone(&terminals, session.folder.into()).await
}

/// What going back to before a message would do. Changes nothing.
#[tauri::command]
pub(crate) async fn rewind_plan(
    fleet: State<'_, Fleet>,
    id: SessionId,
    message: String,
) -> Answer<RewindPlan> {
    back::plan(fleet.home(), &id, &message).await
}

#[tauri::command]
pub(crate) async fn rewind(
    fleet: State<'_, Fleet>,
    id: SessionId,
    message: String,
    what: Rewind,
    now: Option<String>,
) -> Answer<()> {
    back::go(fleet.home(), &id, &message, what, now).await?;
    fleet.appeared(id).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn undo_rewind(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    back::undo(fleet.home(), &id).await?;
    fleet.appeared(id).await;
    Ok(())
}

/// Shows the session's folder in the system's file manager. The page names the session, not a path.
#[tauri::command]
pub(crate) async fn reveal(app: AppHandle, fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    let folder = fleet.summary(id).await?.folder;
    app.opener().open_path(folder, None::<&str>).map_err(|error| internal(&error))
}
