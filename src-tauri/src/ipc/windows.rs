//! Windows of their own, and the end of the app.

use bosk_core::settings::Quit;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::settings;
use tauri::{AppHandle, State};

use super::Answer;
use crate::window::{self, Kind};

/// Opens a window of its own, or raises the one that is there; the main one at a session.
#[tauri::command]
pub(crate) async fn open_window(app: AppHandle, kind: String, id: Option<SessionId>) -> Answer<()> {
    let kind = match (kind.as_str(), id) {
        ("main", Some(id)) => {
            window::raise_at(&app, &id).await;
            return Ok(());
        }
        ("main", None) => Kind::Main,
        ("monitor", _) => Kind::Monitor,
        ("strip", _) => Kind::Strip,
        ("session", Some(id)) => Kind::Session(id),
        _ => {
            return Err(Problem::new(ProblemCode::InvalidInput, "There is no such window."));
        }
    };
    window::open_or_tell(&app, kind).await;
    Ok(())
}

/// Ends the app: sessions go on, or are stopped.
#[tauri::command]
pub(crate) async fn quit(
    app: AppHandle,
    fleet: State<'_, Fleet>,
    choice: Quit,
    remember: bool,
) -> Answer<()> {
    if remember {
        let (mut kept, problem) = settings::load(fleet.home());
        if let Some(problem) = problem {
            return Err(problem);
        }
        kept.quit = Some(choice);
        settings::save(fleet.home(), &kept)?;
    }
    window::leave(&app, choice).await;
    Ok(())
}
