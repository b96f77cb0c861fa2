//! Other sessions that work in the same folder: files do not go back under them.

use std::path::{Path, PathBuf};

use bosk_core::session::{PrepareStep, SessionSummary, State};
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::catalog;
use crate::client::blocking;
use crate::home::Home;

/// Refuses where another session that runs has this one's folder.
pub(super) async fn refuse(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let folder = super::folder(home, id).await?;
    let running = catalog::list(home).await?.into_iter().flatten();
    let others: Vec<SessionSummary> =
        running.filter(|row| row.id != *id && is_in_its_folder(row)).collect();
    let other = blocking(move || {
        let folder = real(&folder);
        Ok(others.into_iter().find(|row| real(Path::new(&row.folder)) == folder))
    });
    let Some(other) = other.await? else { return Ok(()) };
    let text = format!(
        "Session `{}` (`{}`) works in the same folder, so the files did not go back, and nothing was changed.",
        other.id.short(),
        other.title
    );
    Err(Problem::new(ProblemCode::SessionState, text)
        .hint("Stop that session first. The conversation alone can go back while it runs."))
}

/// Whether it runs in the folder that its row names. Before its worktree is made, that is the repository's.
const fn is_in_its_folder(row: &SessionSummary) -> bool {
    match row.state {
        State::Ended { .. } => false,
        State::Queued | State::Preparing { step: PrepareStep::Worktree } => !row.worktree,
        _ => true,
    }
}

fn real(folder: &Path) -> PathBuf {
    std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}
