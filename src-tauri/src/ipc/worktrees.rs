//! The worktrees of a repository, where a session works, and the repository's command beside it.

use std::path::Path;

use bosk_core::SessionId;
use bosk_core::wire::RunOutput;
use bosk_core::worktree::Worktrees;
use bosk_runtime::client::hand_over::{self, To};
use bosk_runtime::client::{run, worktrees as runtime};
use bosk_runtime::fleet::Fleet;
use tauri::State;

use super::Answer;

#[tauri::command]
pub(crate) async fn worktrees(fleet: State<'_, Fleet>, repository: String) -> Answer<Worktrees> {
    runtime::worktrees(fleet.home(), Path::new(&repository)).await
}

#[tauri::command]
pub(crate) async fn adopt_worktree(
    fleet: State<'_, Fleet>,
    repository: String,
    folder: String,
) -> Answer<()> {
    runtime::adopt_worktree(fleet.home(), Path::new(&repository), Path::new(&folder)).await
}

#[tauri::command]
pub(crate) async fn release_worktree(
    fleet: State<'_, Fleet>,
    repository: String,
    folder: String,
) -> Answer<()> {
    runtime::release_worktree(fleet.home(), Path::new(&repository), Path::new(&folder)).await
}

#[tauri::command]
pub(crate) async fn hand_over(fleet: State<'_, Fleet>, id: SessionId, to: To) -> Answer<String> {
    let folder = hand_over::hand_over(fleet.home(), &id, to).await?;
    fleet.appeared(id).await;
    Ok(folder)
}

#[tauri::command]
pub(crate) async fn start_run(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    run::start_run(fleet.home(), &id).await
}

#[tauri::command]
pub(crate) async fn stop_run(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    run::stop_run(fleet.home(), &id).await
}

#[tauri::command]
pub(crate) async fn run_log(
    fleet: State<'_, Fleet>,
    id: SessionId,
    from: u64,
) -> Answer<RunOutput> {
    run::run_log(fleet.home(), &id, from).await
}
