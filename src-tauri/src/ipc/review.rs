//! Reviewing what a session has changed: its files, their lines, picking, editing in place, and comments.

use bosk_core::SessionId;
use bosk_core::review::comment::Comment;
use bosk_core::review::{
    Against, Deed, EditedFile, FileLines, Picked, PictureSide, Review, Side, Undo, Unsaved,
    UnsavedFile,
};
use bosk_runtime::fleet::Fleet;
use bosk_runtime::review::{Reviewed, comments as kept, kept as marks, unsaved as edits};
use tauri::{State, WebviewWindow};

use super::Answer;

async fn open(fleet: &Fleet, id: SessionId) -> Answer<Reviewed> {
    Reviewed::open(fleet.home(), &fleet.summary(id).await?).await
}

#[tauri::command]
pub(crate) async fn review(
    fleet: State<'_, Fleet>,
    id: SessionId,
    against: Against,
    ignore_space: bool,
) -> Answer<Review> {
    open(&fleet, id).await?.review(against, ignore_space).await
}

#[tauri::command]
pub(crate) async fn file_lines(
    fleet: State<'_, Fleet>,
    id: SessionId,
    against: Against,
    path: String,
    old_path: Option<String>,
    ignore_space: bool,
    context: u32,
) -> Answer<FileLines> {
    let reviewed = open(&fleet, id).await?;
    reviewed.lines(against, &path, old_path.as_deref(), ignore_space, context).await
}

#[tauri::command]
pub(crate) async fn picture_side(
    fleet: State<'_, Fleet>,
    id: SessionId,
    against: Against,
    path: String,
    side: Side,
) -> Answer<Option<PictureSide>> {
    open(&fleet, id).await?.picture(against, &path, side).await
}

#[tauri::command]
pub(crate) async fn watch_folder(
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    id: SessionId,
) -> Answer<()> {
    fleet.watch_folder(window.label(), id).await
}

#[tauri::command]
pub(crate) async fn unwatch_folder(
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    id: SessionId,
) -> Answer<()> {
    fleet.unwatch_folder(window.label(), id).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn mark_viewed(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
    stamp: Option<String>,
) -> Answer<()> {
    marks::mark_viewed(fleet.home(), &id, &path, stamp).await
}

#[tauri::command]
pub(crate) async fn do_picked(
    fleet: State<'_, Fleet>,
    id: SessionId,
    deed: Deed,
    against: Against,
    picked: Vec<Picked>,
) -> Answer<Undo> {
    open(&fleet, id).await?.do_picked(deed, against, picked).await
}

#[tauri::command]
pub(crate) async fn undos(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Vec<Undo>> {
    open(&fleet, id).await?.undos().await
}

#[tauri::command]
pub(crate) async fn undo_deed(fleet: State<'_, Fleet>, id: SessionId, undo: String) -> Answer<()> {
    open(&fleet, id).await?.undo_deed(&undo).await
}

#[tauri::command]
pub(crate) async fn find_files(
    fleet: State<'_, Fleet>,
    id: SessionId,
    query: String,
) -> Answer<Vec<String>> {
    open(&fleet, id).await?.find_files(query).await
}

#[tauri::command]
pub(crate) async fn read_file(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
) -> Answer<EditedFile> {
    open(&fleet, id).await?.read_file(&path).await
}

#[tauri::command]
pub(crate) async fn write_file(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
    text: String,
    stamp: String,
) -> Answer<EditedFile> {
    open(&fleet, id).await?.write_file(&path, text, stamp).await
}

#[tauri::command]
pub(crate) async fn unsaved(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Vec<UnsavedFile>> {
    edits::unsaved(fleet.home(), &id).await
}

#[tauri::command]
pub(crate) async fn unsaved_text(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
) -> Answer<Option<Unsaved>> {
    edits::unsaved_text(fleet.home(), &id, &path).await
}

#[tauri::command]
pub(crate) async fn keep_unsaved(
    fleet: State<'_, Fleet>,
    id: SessionId,
    unsaved: Unsaved,
) -> Answer<()> {
    edits::keep_unsaved(fleet.home(), &id, unsaved).await
}

#[tauri::command]
pub(crate) async fn drop_unsaved(
    fleet: State<'_, Fleet>,
    id: SessionId,
    path: String,
) -> Answer<()> {
    edits::drop_unsaved(fleet.home(), &id, &path).await
}

#[tauri::command]
pub(crate) async fn comments(fleet: State<'_, Fleet>, id: SessionId) -> Answer<Vec<Comment>> {
    kept::comments(fleet.home(), &id).await
}

#[tauri::command]
pub(crate) async fn save_comment(
    fleet: State<'_, Fleet>,
    id: SessionId,
    comment: Comment,
) -> Answer<()> {
    kept::save_comment(fleet.home(), &id, comment).await
}

#[tauri::command]
pub(crate) async fn remove_comment(
    fleet: State<'_, Fleet>,
    id: SessionId,
    comment: String,
) -> Answer<()> {
    kept::remove_comment(fleet.home(), &id, &comment).await
}

#[tauri::command]
pub(crate) async fn send_comments(
    fleet: State<'_, Fleet>,
    id: SessionId,
    comments: Vec<String>,
    note: String,
) -> Answer<()> {
    kept::send_comments(fleet.home(), &id, &comments, &note).await
}
