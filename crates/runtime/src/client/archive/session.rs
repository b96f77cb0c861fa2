//! The session that a worktree was made for, when the worktree comes back: its record comes out of the trash, and it is
//! told where its folder is now.

use std::fs;
use std::path::{Path, PathBuf};

use bosk_core::journal::{Kind, Note, Place};
use bosk_core::{Problem, SessionId};

use crate::client::{blocking, reconcile};
use crate::git::restore::Restored;
use crate::home::{self, Home};
use crate::journal::{JOURNAL, Writer};
use crate::session_record::SessionRecord;
use crate::{catalog, files};

/// Whether its record was put away.
pub(super) fn lies_in_trash(home: &Home, id: &SessionId) -> bool {
    !home.session(id).exists() && put_away(home, id).is_some()
}

/// Its record in the trash, the last one.
fn put_away(home: &Home, id: &SessionId) -> Option<PathBuf> {
    let begin = format!("session-{id}-");
    let found = fs::read_dir(home.trash()).ok()?.flatten();
    let numbered = found.filter_map(|entry| {
        let number = entry.file_name().to_str()?.strip_prefix(&begin)?.parse::<u32>().ok()?;
        Some((number, entry.path()))
    });
    numbered.max_by_key(|(number, _)| *number).map(|(_, path)| path)
}

/// Brings it back, if it is in the trash, and tells it where its folder is, if that is another one.
pub(super) async fn bring_back(home: &Home, restored: &Restored) -> Result<(), Problem> {
    if restored.record.adopted {
        return Ok(());
    }
    let id = &restored.record.session;
    let (at, session) = (home.clone(), id.clone());
    blocking(move || {
        let Some(lies) = put_away(&at, &session).filter(|_| !at.session(&session).exists()) else {
            return Ok(());
        };
        fs::rename(lies, at.session(&session))
            .and_then(|()| files::sync_folder(&at.sessions()))
            .map_err(|error| home::unwritable(&error))
    })
    .await?;
    let Some(before) = &restored.record.before else { return Ok(()) };
    if !catalog::ids(home)?.contains(id) {
        return Ok(());
    }
    let record = SessionRecord::load(home, id)?;
    let Some(place) = reconcile::past(home, &record).await?.place else { return Ok(()) };
    let Ok(below) = Path::new(&place.folder).strip_prefix(before) else { return Ok(()) };
    let folder: PathBuf = Path::new(&restored.record.folder).join(below).components().collect();
    let folder = folder.to_string_lossy().into_owned();
    let note = Note::Prepared(Place { folder, ..place });
    let payload = serde_json::to_vec(&note)
        .map_err(|error| Problem::new(bosk_core::ProblemCode::Internal, error.to_string()))?;
    let path = home.session(id).join(JOURNAL);
    blocking(move || {
        let (mut writer, _) = Writer::open(&path).map_err(|error| home::unwritable(&error))?;
        writer.append(Kind::Note, &payload);
        writer.sync().map_err(|error| home::unwritable(&error))
    })
    .await
}
