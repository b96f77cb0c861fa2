//! Schedules: keeping, running and removing them. What there is, the fleet tells.

use bosk_core::SessionId;
use bosk_core::schedule::{ScheduleDraft, When};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::schedules;
use tauri::State;

use super::Answer;

#[tauri::command]
pub(crate) async fn save_schedule(fleet: State<'_, Fleet>, draft: ScheduleDraft) -> Answer<String> {
    schedules::save(fleet.home(), draft).await
}

#[tauri::command]
pub(crate) async fn remove_schedule(fleet: State<'_, Fleet>, id: String) -> Answer<()> {
    schedules::remove(fleet.home(), &id).await
}

#[tauri::command]
pub(crate) async fn enable_schedule(
    fleet: State<'_, Fleet>,
    id: String,
    enabled: bool,
) -> Answer<()> {
    schedules::enable(fleet.home(), &id, enabled).await
}

#[tauri::command]
pub(crate) async fn run_schedule(fleet: State<'_, Fleet>, id: String) -> Answer<Vec<SessionId>> {
    schedules::run_now(fleet.home(), &id).await
}

#[tauri::command]
pub(crate) async fn schedule_times(when: When, count: usize) -> Answer<Vec<i64>> {
    schedules::times(&when, count)
}
