//! Seeing to it that no session runs in a folder, and that none is started there meanwhile.

use std::fs::File;
use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode, SessionId};

use crate::catalog;
use crate::client::{blocking, forget};
use crate::foreign::Elsewhere;
use crate::home::Home;

/// Holds the places of the sessions that have worked in the folder or below it, for as long as the value lives.
///
/// # Errors
/// One runs there: Bosk's, or one that was started elsewhere.
pub(crate) async fn idle(home: &Home, folder: &Path) -> Result<Vec<File>, Problem> {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = real(folder);
    let is_inside = |path: &str| {
        let path = Path::new(path);
        path.starts_with(&folder) || real(path).starts_with(&folder)
    };
    let mut inside = Vec::new();
    for listed in catalog::list(home).await? {
        match listed {
            Ok(session) if is_inside(&session.folder) => inside.push(session.id),
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
        let is_there = |one: &bosk_core::view::ForeignSession| {
            let path = PathBuf::from(&one.folder);
            path.starts_with(&folder) || real(&path).starts_with(&folder)
        };
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
    .hint("Stop it first.")
}
