//! Committing, merging and publishing what a session has done.

use bosk_core::SessionId;
use bosk_core::review::commit::{BranchLog, CommitPlan, CommitRequest};
use bosk_core::review::forge::{
    Feedback, ForgeView, PullRequest, PushPlan, PushRequest, RemoteHas,
};
use bosk_core::review::merge::{ConflictFile, Conflicts, MergeHow, MergePlan, Merged, Resolution};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::merging::{Pushes, Work};
use tauri::State;

use super::Answer;

async fn work(fleet: &Fleet, id: &SessionId) -> Answer<Work> {
    Work::open(fleet.home(), &fleet.summary(id.clone()).await?).await
}

#[tauri::command]
pub(crate) async fn commit_plan(fleet: State<'_, Fleet>, id: SessionId) -> Answer<CommitPlan> {
    work(&fleet, &id).await?.commit_plan().await
}

#[tauri::command]
pub(crate) async fn commit(
    fleet: State<'_, Fleet>,
    id: SessionId,
    request: CommitRequest,
) -> Answer<String> {
    work(&fleet, &id).await?.commit(&request).await
}

#[tauri::command]
pub(crate) async fn branch_log(
    fleet: State<'_, Fleet>,
    id: SessionId,
    count: u32,
) -> Answer<BranchLog> {
    work(&fleet, &id).await?.log(count).await
}

#[tauri::command]
pub(crate) async fn merge_plan(
    fleet: State<'_, Fleet>,
    id: SessionId,
    target: Option<String>,
    how: MergeHow,
) -> Answer<MergePlan> {
    work(&fleet, &id).await?.merge_plan(target.as_deref(), how).await
}

#[tauri::command]
pub(crate) async fn merge(
    fleet: State<'_, Fleet>,
    id: SessionId,
    how: MergeHow,
    target: String,
    head: String,
    target_head: String,
    message: String,
) -> Answer<Merged> {
    work(&fleet, &id).await?.merge(how, &target, (&head, &target_head), &message).await
}

#[tauri::command]
pub(crate) async fn undo_merge(
    fleet: State<'_, Fleet>,
    id: SessionId,
    target: String,
    merged: Merged,
) -> Answer<()> {
    work(&fleet, &id).await?.undo_merge(&target, &merged).await
}

#[tauri::command]
pub(crate) async fn update_branch(
    fleet: State<'_, Fleet>,
    id: SessionId,
    target: Option<String>,
    how: MergeHow,
) -> Answer<Conflicts> {
    work(&fleet, &id).await?.update_branch(target.as_deref(), how).await
}

#[tauri::command]
pub(crate) async fn conflicts(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Conflicts> {
    work(&fleet, &id).await?.conflicts().await
}

#[tauri::command]
pub(crate) async fn conflict_file(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
) -> Answer<ConflictFile> {
    work(&fleet, &id).await?.conflict_file(&path).await
}

#[tauri::command]
pub(crate) async fn resolve_conflict(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
    stamp: String,
    resolution: Resolution,
) -> Answer<Conflicts> {
    work(&fleet, &id).await?.resolve_conflict(&path, &stamp, &resolution).await
}

#[tauri::command]
pub(crate) async fn go_on_operation(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Conflicts> {
    work(&fleet, &id).await?.go_on_operation().await
}

#[tauri::command]
pub(crate) async fn abort_operation(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    work(&fleet, &id).await?.abort_operation().await
}

#[tauri::command]
pub(crate) async fn hand_over_conflicts(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    work(&fleet, &id).await?.hand_over_conflicts().await?;
    // A message may have started the session again.
    fleet.appeared(id).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn push_plan(fleet: State<'_, Fleet>, id: SessionId) -> Answer<PushPlan> {
    work(&fleet, &id).await?.push_plan().await
}

/// Whether it was pushed: not where it was given up meanwhile.
#[tauri::command]
pub(crate) async fn push(
    fleet: State<'_, Fleet>,
    pushes: State<'_, Pushes>,
    id: SessionId,
    request: PushRequest,
) -> Answer<bool> {
    pushes.push(&work(&fleet, &id).await?, &request).await
}

#[tauri::command]
pub(crate) fn cancel_push(pushes: State<'_, Pushes>, id: SessionId) {
    pushes.cancel(&id);
}

#[tauri::command]
pub(crate) async fn remote_has(
    fleet: State<'_, Fleet>,
    id: SessionId,
    request: PushRequest,
) -> Answer<RemoteHas> {
    work(&fleet, &id).await?.remote_has(&request).await
}

#[tauri::command]
pub(crate) async fn forge(fleet: State<'_, Fleet>, id: SessionId) -> Answer<ForgeView> {
    work(&fleet, &id).await?.forge().await
}

#[tauri::command]
pub(crate) async fn open_pull_request(
    fleet: State<'_, Fleet>,
    id: SessionId,
    title: String,
    body: String,
    draft: bool,
) -> Answer<PullRequest> {
    work(&fleet, &id).await?.open_pull_request(&title, &body, draft).await
}

#[tauri::command]
pub(crate) async fn send_feedback(
    fleet: State<'_, Fleet>,
    id: SessionId,
    feedback: Feedback,
) -> Answer<()> {
    work(&fleet, &id).await?.send_feedback(&feedback).await?;
    fleet.appeared(id).await;
    Ok(())
}
