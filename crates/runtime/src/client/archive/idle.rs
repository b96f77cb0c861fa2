//! Seeing to it that no session runs in a folder, and that none is started there meanwhile; stopping those that do.

use std::fs::File;
use std::path::{Path, PathBuf};

use bosk_core::session::{SessionSummary, StopReason};
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::catalog;
use crate::client::{Standing, blocking, ended, forget, standing};
use crate::foreign::Elsewhere;
use crate::home::Home;

/// Stops the sessions of Bosk's that run in the folder or below it. Their ids.
///
/// # Errors
/// One does not end, or Bosk's folder cannot be read.
pub async fn stop_inside(home: &Home, folder: &Path) -> Result<Vec<SessionId>, Problem> {
    let mut stopped = Vec::new();
    for (id, row) in inside(home, folder).await? {
        if row.is_some() && standing(home, &id).await? == Standing::Kept {
            ended::stop(home, &id, StopReason::Person).await?;
            stopped.push(id);
        }
    }
    Ok(stopped)
}

fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn is_inside(path: &str, folder: &Path) -> bool {
    let path = Path::new(path);
    path.starts_with(folder) || real(path).starts_with(folder)
}

/// Holds the places of the sessions that have worked in the folder or below it, for as long as the value lives.
///
/// # Errors
/// One runs there: Bosk's, or one that was started elsewhere.
pub(crate) async fn idle(home: &Home, folder: &Path) -> Result<Vec<File>, Problem> {
    let inside = inside(home, folder).await?;
    let (home, folder) = (home.clone(), real(folder));
    blocking(move || {
        let mut held = Vec::new();
        for (id, _) in inside {
            held.extend(forget::hold(&home, &id).map_err(|_| runs(&id))?);
        }
        let is_there = |one: &bosk_core::view::ForeignSession| is_inside(&one.folder, &folder);
        match Elsewhere::new(&home).alive().into_iter().find(is_there) {
            Some(one) => Err(runs(&one.id)),
            None => Ok(held),
        }
    })
    .await
}

/// The sessions that have worked in the folder or below it, with their rows. Where nobody can tell where one works, it
/// is among them without one: it must not run.
///
/// # Errors
/// Bosk's folder cannot be read.
pub(super) async fn inside(
    home: &Home,
    folder: &Path,
) -> Result<Vec<(SessionId, Option<SessionSummary>)>, Problem> {
    let folder = real(folder);
    let listed = catalog::list(home).await?.into_iter().filter_map(|listed| match listed {
        Ok(row) => is_inside(&row.folder, &folder).then(|| (row.id.clone(), Some(row))),
        Err((id, _)) => Some((id, None)),
    });
    Ok(listed.collect())
}

pub(super) fn runs(id: &SessionId) -> Problem {
    Problem::new(
        ProblemCode::SessionState,
        format!("Session `{}` runs in the worktree, so it was left alone.", id.short()),
    )
    .hint("Stop it first: `bosk stop`, or --stop.")
}
