//! Launching: what a folder is, what a launch would do, and doing it.

use std::path::Path;

use bosk_core::git::{LaunchPlan, RepositoryInfo};
use bosk_core::launch::LaunchSpec;
use bosk_core::trust::TrustReport;
use bosk_core::{Problem, SessionId};
use bosk_runtime::client::{self, rehearsal, worktree};
use bosk_runtime::fleet::{Expected, Fleet};
use bosk_runtime::settings;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use super::Answer;

#[tauri::command]
pub(crate) async fn describe_repository(path: String) -> Answer<RepositoryInfo> {
    worktree::describe(Path::new(&path)).await
}

#[tauri::command]
pub(crate) async fn init_repository(path: String) -> Answer<()> {
    worktree::init(Path::new(&path)).await
}

#[tauri::command]
pub(crate) async fn plan_launch(fleet: State<'_, Fleet>, spec: LaunchSpec) -> Answer<LaunchPlan> {
    client::plan(fleet.home(), &spec).await
}

#[tauri::command]
pub(crate) async fn trust_report(fleet: State<'_, Fleet>, spec: LaunchSpec) -> Answer<TrustReport> {
    client::launch::trust_report(fleet.home(), &spec).await
}

#[tauri::command]
pub(crate) async fn accept_trust(
    fleet: State<'_, Fleet>,
    spec: LaunchSpec,
    fingerprint: String,
) -> Answer<()> {
    client::launch::accept_trust(fleet.home(), &spec, &fingerprint).await
}

/// A person is about to launch, or is not any more.
#[tauri::command]
pub(crate) async fn expect_launch(
    fleet: State<'_, Fleet>,
    expected: State<'_, Expected>,
    soon: bool,
) -> Answer<()> {
    if soon {
        expected.expect(&fleet, false).await;
    } else if !settings::peek(fleet.home()).keep_spare {
        expected.forget(&fleet).await;
    }
    Ok(())
}

#[tauri::command]
pub(crate) async fn launch(
    fleet: State<'_, Fleet>,
    expected: State<'_, Expected>,
    spec: LaunchSpec,
) -> Answer<SessionId> {
    let mut spare = expected.take(&fleet).await;
    match client::launch_with(fleet.home(), spec, &mut spare).await {
        Ok(launched) => {
            fleet.appeared(launched.id.clone()).await;
            Ok(launched.id)
        }
        Err(problem) => {
            // The sheet stays open, and the person tries again.
            if let Some(spare) = spare {
                expected.put_back(&fleet, spare).await;
            }
            Err(problem)
        }
    }
}

/// Three believable sessions on a sample repository, without an account.
#[tauri::command]
pub(crate) async fn try_rehearsal(fleet: State<'_, Fleet>) -> Answer<Vec<SessionId>> {
    let make = |folder: &Path| {
        bosk_rehearsal::write_sample_repository(folder).map(drop).map_err(Problem::from)
    };
    let repository = rehearsal::sample_repository(fleet.home(), make).await?;
    let mut launched = Vec::new();
    for session in bosk_rehearsal::try_sessions() {
        let spec = rehearsal::spec(&repository, &session.prompt, &session.script);
        let id = client::launch(fleet.home(), spec).await?.id;
        fleet.appeared(id.clone()).await;
        launched.push(id);
    }
    Ok(launched)
}

#[tauri::command]
pub(crate) async fn pick_folder(app: AppHandle) -> Answer<Option<String>> {
    let (to, chosen) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(move |folder| drop(to.send(folder)));
    let chosen = chosen.await.ok().flatten().and_then(|folder| folder.into_path().ok());
    Ok(chosen.map(|path| path.to_string_lossy().into_owned()))
}
