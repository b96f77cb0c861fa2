//! Seeing to it that no session runs in a folder, and that none is started there meanwhile; stopping those that do.

use std::fs::File;
use std::path::{Path, PathBuf};

use bosk_core::session::StopReason;
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
    for session in catalog::list(home).await?.into_iter().flatten() {
        if is_inside(&session.folder, &real(folder))
            && standing(home, &session.id).await? == Standing::Kept
        {
            ended::stop(home, &session.id, StopReason::Person).await?;
            stopped.push(session.id);
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
    let folder = real(folder);
    let mut inside = Vec::new();
    for listed in catalog::list(home).await? {
        match listed {
            Ok(session) if is_inside(&session.folder, &folder) => inside.push(session.id),
            Ok(_) => {}
            // Nobody can tell where it works: it must not run.
            Err((id, _)) => inside.push(id),
        }
    }
    let (home, folder) = (home.clone(), folder.clone());
    blocking(move || {
        let mut held = Vec::new();
        for id in inside {
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

fn runs(id: &SessionId) -> Problem {
    Problem::new(
        ProblemCode::SessionState,
        format!("Session `{}` runs in the worktree, so it was left alone.", id.short()),
    )
    .hint("Stop it first: `bosk stop`, or --stop.")
}
