//! Going back that somebody was killed in: it was decided and is not told. Whoever looks at the session next finishes
//! it, or says why that cannot be. Nothing is lost by either: the files before are kept in a snapshot.

use bosk_core::journal::{Decision, Note, WentBack};
use bosk_core::session::{Points, went_back_last};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::{decide, not_kept, note, place, shared, to_take_back, told};
use crate::client::blocking;
use crate::client::points::points;
use crate::git::{checkpoint, snapshot};
use crate::home::{self, Home};
use crate::journal::{DECISIONS, read_decisions};
use crate::keeper::{self, lock_file};

/// Finishes it where nobody has the session.
///
/// # Errors
/// The session's files cannot be used, or another session works in its folder.
pub(in crate::client) async fn settle(home: &Home, id: &SessionId) -> Result<(), Problem> {
    if went_back_last(&decisions(home, id).await?).is_none() {
        return Ok(());
    }
    let path = lock_file(home, id);
    let lock = blocking(move || {
        let file = keeper::open_lock(&path)?;
        // A keeper, or somebody who goes back at this moment, knows that it is done.
        Ok(keeper::take(&file)?.then_some(file))
    });
    match lock.await? {
        Some(_lock) => finish(home, id).await,
        None => Ok(()),
    }
}

/// Finishes it. The session's place is held.
pub(super) async fn finish(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let decisions = decisions(home, id).await?;
    if went_back_last(&decisions).is_none() {
        return Ok(());
    }
    let points = points(home, id).await?;
    let Some(back) = points.unfinished(&decisions).cloned() else { return Ok(()) };
    if let Some(before) = &back.files {
        shared::refuse(home, id).await?;
        if let Err(problem) = files(home, id, &points, &back, before).await {
            let text = format!(
                "You went back, but that was broken off and cannot be finished: {} The files as they were before are \
                 kept as commit {before}.",
                problem.message
            );
            note(home, id, &Note::Warning { text }).await?;
            return decide(home, id, &Decision::NotGoneBack).await;
        }
    }
    let waiting = match back.conversation.is_some() && !back.undo {
        // What had not had its turn stood in the way before.
        true => to_take_back(home, id, &points, &back.message).await.unwrap_or_default(),
        false => Vec::new(),
    };
    told(home, id, back, waiting).await
}

/// Puts the files where they were to go.
async fn files(
    home: &Home,
    id: &SessionId,
    points: &Points,
    back: &WentBack,
    before: &str,
) -> Result<(), Problem> {
    let (git, folder) = place(home, id).await?;
    let then = match back.undo {
        true => points.back().and_then(|last| last.files.clone()),
        false => checkpoint::find(&git, &folder, id, &back.message).await?,
    };
    let then = then.ok_or_else(not_kept)?;
    // Of what is there now, too, all is kept.
    let now = snapshot::take(&git, &folder, id).await?.commit;
    let restored = checkpoint::restore(&git, &folder, &now, &then);
    if checkpoint::is_same(&git, &folder, &now, &then).await? {
        // Only the index may be missing.
        let _ = restored.await;
        return Ok(());
    }
    if !checkpoint::is_on_the_way(&git, &folder, (before, &then), &now).await? {
        let text = "Files have changed since that it had not to do with.";
        return Err(Problem::new(ProblemCode::SessionState, text));
    }
    restored.await
}

async fn decisions(home: &Home, id: &SessionId) -> Result<Vec<Decision>, Problem> {
    let path = home.session(id).join(DECISIONS);
    blocking(move || read_decisions(&path).map_err(|error| home::unwritable(&error))).await
}
