//! What is going on: the subscription, and the transcripts that are looked at.

use bosk_core::SessionId;
use bosk_core::view::{Batch, Found, Page, SessionView, Snapshot};
use bosk_runtime::fleet::{First, Fleet};
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

use super::Answer;
use crate::outside::InView;

#[tauri::command]
pub(crate) async fn snapshot(
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    all: bool,
) -> Answer<Snapshot> {
    fleet.snapshot(window.label(), if all { First::All } else { First::Picture }).await
}

#[tauri::command]
pub(crate) async fn listen(
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    seq: u64,
    channel: Channel<Batch>,
) -> Answer<bool> {
    fleet.listen(window.label(), seq, Box::new(move |batch| channel.send(batch).is_ok())).await
}

#[tauri::command]
pub(crate) async fn acknowledge(window: WebviewWindow, fleet: State<'_, Fleet>) -> Answer<()> {
    fleet.acknowledge(window.label()).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn watch(
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    shown: State<'_, InView>,
    id: SessionId,
) -> Answer<SessionView> {
    shown.shows(window.label(), Some(&id));
    fleet.watch(window.label(), id).await
}

#[tauri::command]
pub(crate) async fn unwatch(
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    shown: State<'_, InView>,
    id: SessionId,
) -> Answer<()> {
    shown.no_longer(window.label(), &id);
    fleet.unwatch(window.label(), id).await;
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
