//! Worktrees that are put away, restored and deleted, and what is used of the disk.

use std::path::Path;
use std::sync::Arc;

use bosk_core::git::{RemovalPlan, RemovalToken};
use bosk_core::worktree::disk::{DiskUse, WorktreeSize};
use bosk_core::worktree::{DeletePlan, Ending, PutAway};
use bosk_runtime::client::{archive as client, disk};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::terminal::Terminals;
use tauri::State;

use super::Answer;
use super::terminal::folder_gone;

#[tauri::command]
pub(crate) async fn archive_plan(
    fleet: State<'_, Fleet>,
    repository: String,
    folder: String,
) -> Answer<RemovalPlan> {
    client::plan(fleet.home(), Path::new(&repository), Path::new(&folder)).await
}

#[tauri::command]
pub(crate) async fn archive(
    fleet: State<'_, Fleet>,
    terminals: State<'_, Arc<Terminals>>,
    repository: String,
    folder: String,
    token: RemovalToken,
    ending: Ending,
) -> Answer<PutAway> {
    let (repository, folder) = (Path::new(&repository), Path::new(&folder));
    client::end(fleet.home(), repository, folder, &token, &ending).await?;
    let away = client::archive(fleet.home(), repository, folder, token).await?;
    folder_gone(&terminals, folder.to_owned()).await?;
    Ok(away)
}

/// Puts it back; its session appears again, where its record was put away, too.
#[tauri::command]
pub(crate) async fn restore(fleet: State<'_, Fleet>, archive: String) -> Answer<String> {
    let restored = client::restore(fleet.home(), &archive).await?;
    if !restored.record.adopted {
        fleet.appeared(restored.record.session).await;
    }
    Ok(restored.record.folder)
}

#[tauri::command]
pub(crate) async fn delete_plan(
    fleet: State<'_, Fleet>,
    repository: String,
    folder: String,
) -> Answer<DeletePlan> {
    client::delete_plan(fleet.home(), Path::new(&repository), Path::new(&folder)).await
}

#[tauri::command]
pub(crate) async fn delete_worktree(
    fleet: State<'_, Fleet>,
    terminals: State<'_, Arc<Terminals>>,
    repository: String,
    folder: String,
    token: RemovalToken,
    branch: bool,
    ending: Ending,
) -> Answer<PutAway> {
    let (repository, folder) = (Path::new(&repository), Path::new(&folder));
    client::end(fleet.home(), repository, folder, &token, &ending).await?;
    let away = client::delete(fleet.home(), repository, folder, token, branch).await?;
    folder_gone(&terminals, folder.to_owned()).await?;
    Ok(away)
}

#[tauri::command]
pub(crate) async fn archived_delete_plan(
    fleet: State<'_, Fleet>,
    archive: String,
) -> Answer<DeletePlan> {
    client::archived_delete_plan(fleet.home(), &archive).await
}

#[tauri::command]
pub(crate) async fn delete_archived(
    fleet: State<'_, Fleet>,
    archive: String,
    token: RemovalToken,
    snapshots: bool,
) -> Answer<()> {
    client::delete_archived(fleet.home(), &archive, &token, snapshots).await
}

#[tauri::command]
pub(crate) async fn worktree_size(fleet: State<'_, Fleet>, folder: String) -> Answer<WorktreeSize> {
    disk::worktree_size(fleet.home(), Path::new(&folder)).await
}

#[tauri::command]
pub(crate) async fn disk_use(fleet: State<'_, Fleet>) -> Answer<DiskUse> {
    disk::disk_use(fleet.home()).await
}

#[tauri::command]
pub(crate) async fn clean_builds(
    fleet: State<'_, Fleet>,
    repository: String,
    folder: String,
    folders: Vec<String>,
) -> Answer<u64> {
    let (repository, folder) = (Path::new(&repository), Path::new(&folder));
    disk::clean_builds(fleet.home(), repository, folder, &folders).await
}
