//! Several attempts at the same: launching them, comparing them, and choosing one.

use bosk_core::SessionId;
use bosk_core::variants::{Chosen, VariantGroup, VariantView, Variants};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::variants;
use tauri::State;

use super::Answer;

#[tauri::command]
pub(crate) async fn launch_variants(
    fleet: State<'_, Fleet>,
    variants: Variants,
) -> Answer<VariantGroup> {
    variants::launch(fleet.home(), variants).await
}

#[tauri::command]
pub(crate) async fn compare_variants(
    fleet: State<'_, Fleet>,
    group: String,
) -> Answer<Vec<VariantView>> {
    variants::compare(fleet.home(), &group).await
}

#[tauri::command]
pub(crate) async fn choose_variant(
    fleet: State<'_, Fleet>,
    group: String,
    id: SessionId,
) -> Answer<Chosen> {
    variants::choose(fleet.home(), &group, &id).await
}
