//! What is going on: the subscription, and the transcripts that are looked at.

use bosk_core::SessionId;
use bosk_core::view::{Batch, Found, Page, SessionView, Snapshot};
use bosk_runtime::fleet::{First, Fleet};
use tauri::State;
use tauri::ipc::Channel;

use super::Answer;

#[tauri::command]
pub(crate) async fn snapshot(fleet: State<'_, Fleet>, all: bool) -> Answer<Snapshot> {
    fleet.snapshot(if all { First::All } else { First::Picture }).await
}

#[tauri::command]
pub(crate) async fn listen(
    fleet: State<'_, Fleet>,
    seq: u64,
    channel: Channel<Batch>,
) -> Answer<bool> {
    fleet.listen(seq, Box::new(move |batch| channel.send(batch).is_ok())).await
}

#[tauri::command]
pub(crate) async fn acknowledge(fleet: State<'_, Fleet>) -> Answer<()> {
    fleet.acknowledge().await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn watch(fleet: State<'_, Fleet>, id: SessionId) -> Answer<SessionView> {
    fleet.watch(id).await
}

#[tauri::command]
pub(crate) async fn unwatch(fleet: State<'_, Fleet>, id: SessionId) -> Answer<()> {
    fleet.unwatch(id).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn transcript_page(
    fleet: State<'_, Fleet>,
    id: SessionId,
    from: u32,
    count: u32,
) -> Answer<Page> {
    fleet.page(id, from, count).await
}

#[tauri::command]
pub(crate) async fn find_in_transcript(
    fleet: State<'_, Fleet>,
    id: SessionId,
    text: String,
) -> Answer<Vec<Found>> {
    let found = fleet.find(id, text).await?;
    Ok(found.into_iter().map(|index| Found { index }).collect())
}
