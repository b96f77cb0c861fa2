//! Terminals in sessions' folders, and opening those folders in the person's own programs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bosk_core::terminal::{OpenWith, TerminalSaid, TerminalView};
use bosk_core::{Problem, SessionId};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::review::Reviewed;
use bosk_runtime::terminal::{self, Terminals};
use bosk_runtime::{process, programs, settings};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt as _;

use super::{Answer, blocking, internal};

/// What is asked of terminals may wait for a process.
async fn ask<T: Send + 'static>(
    terminals: &State<'_, Arc<Terminals>>,
    work: impl FnOnce(&Terminals) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let terminals = Arc::clone(terminals);
    blocking(move || work(&terminals)).await
}

/// Ends those in a folder that has gone: what is written there goes with it.
pub(super) async fn folder_gone(
    terminals: &State<'_, Arc<Terminals>>,
    folder: PathBuf,
) -> Answer<()> {
    if folder.exists() {
        return Ok(());
    }
    ask(terminals, move |terminals| {
        terminals.close_in(&folder);
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) fn terminals(terminals: State<'_, Arc<Terminals>>, id: SessionId) -> Vec<TerminalView> {
    terminals.of(&id)
}

#[tauri::command]
pub(crate) async fn open_terminal(
    fleet: State<'_, Fleet>,
    terminals: State<'_, Arc<Terminals>>,
    id: SessionId,
    columns: u16,
    rows: u16,
) -> Answer<TerminalView> {
    let session = fleet.summary(id.clone()).await?;
    ask(&terminals, move |terminals| {
        let environment = terminal::environment(&session, &process::Environment::own());
        terminals.open(&id, Path::new(&session.folder), &environment, (columns, rows))
    })
    .await
}

#[tauri::command]
pub(crate) fn listen_terminal(
    terminals: State<'_, Arc<Terminals>>,
    terminal: u32,
    channel: Channel<TerminalSaid>,
) -> Answer<()> {
    terminals.listen(terminal, Box::new(move |said| channel.send(said).is_ok()))
}

#[tauri::command]
pub(crate) fn shown_terminal(
    terminals: State<'_, Arc<Terminals>>,
    terminal: u32,
    bytes: usize,
) -> Answer<()> {
    terminals.shown(terminal, bytes)
}

#[tauri::command]
pub(crate) fn write_terminal(
    terminals: State<'_, Arc<Terminals>>,
    terminal: u32,
    text: String,
) -> Answer<()> {
    terminals.write(terminal, &text)
}

#[tauri::command]
pub(crate) fn resize_terminal(
    terminals: State<'_, Arc<Terminals>>,
    terminal: u32,
    columns: u16,
    rows: u16,
) -> Answer<()> {
    terminals.resize(terminal, (columns, rows))
}

#[tauri::command]
pub(crate) async fn close_terminal(
    terminals: State<'_, Arc<Terminals>>,
    terminal: u32,
) -> Answer<()> {
    ask(&terminals, move |terminals| terminals.close(terminal)).await
}

/// Opens the session's folder, or a file in it. The page names the session and a path below its folder.
#[tauri::command]
pub(crate) async fn open_with(
    app: AppHandle,
    fleet: State<'_, Fleet>,
    id: SessionId,
    what: OpenWith,
    path: Option<String>,
    line: Option<u32>,
) -> Answer<()> {
    let session = fleet.summary(id).await?;
    let file = match path {
        Some(path) => Some(Reviewed::open(fleet.home(), &session).await?.file_at(&path).await?),
        None => None,
    };
    let folder = PathBuf::from(session.folder);
    match what {
        OpenWith::Editor => {
            let chosen = settings::peek(fleet.home()).editor;
            let spot = file.map(|file| programs::Spot { file, line });
            programs::edit(chosen.as_deref(), &folder, spot.as_ref())
        }
        OpenWith::Terminal => programs::terminal(&folder),
        OpenWith::Files => {
            let opened = match file {
                Some(file) => app.opener().reveal_item_in_dir(file),
                None => app.opener().open_path(folder.to_string_lossy(), None::<&str>),
            };
            opened.map_err(|error| -> Problem { internal(&error) })
        }
    }
}
