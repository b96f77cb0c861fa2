//! Forking: a new session that knows another one's conversation up to before a message, in a worktree with the files
//! as they were then. The other session stays as it is, running or not. Not here: what the CLI is started with.

use std::path::Path;

use bosk_core::journal::Point;
use bosk_core::launch::{Backend, Fork, LaunchSpec};
use bosk_core::spend::Counted;
use bosk_core::{Problem, ProblemCode};

use super::points::{points, unknown};
use crate::git::{Git, Repository, checkpoint};
use crate::home::Home;
use crate::session_record::SessionRecord;
use crate::spend;

/// What a fork goes on from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Forked {
    /// Where in the other conversation; none where nothing was said before.
    pub(super) point: Option<Point>,
    /// The commit that holds the files, where they were kept.
    pub(super) files: Option<String>,
    /// What the CLI has counted for it, and counts on from.
    pub(super) counted: Counted,
}

/// Finds out, and makes the worktree begin where the other one's HEAD was.
///
/// # Errors
/// There is no such session or message, it belongs to another repository, or it would share the other's folder.
pub(super) async fn resolve(home: &Home, spec: &mut LaunchSpec) -> Result<Forked, Problem> {
    let Some(Fork { session, message }) = spec.fork.clone() else { return Ok(Forked::default()) };
    let record = SessionRecord::load(home, &session)?;
    if !spec.makes_worktree() || spec.existing {
        let text = "A fork needs a worktree and a branch of its own, so nothing was started.";
        return Err(Problem::new(ProblemCode::InvalidInput, text));
    }
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    if repository.root != Path::new(&record.repository_root) {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "The session belongs to another repository, so nothing was started.",
        )
        .hint("Fork it in its own repository."));
    }
    let points = points(home, &session).await?;
    let asked = points.of(&message).ok_or_else(unknown)?;
    // Its conversation is where its rehearsal keeps it.
    if record.spec.backend != Backend::Account {
        spec.backend = record.spec.backend;
    }
    let git = Git::find().await?;
    let root = Path::new(&record.repository_root);
    let files = checkpoint::find(&git, root, &session, &message).await?;
    if let (Some(files), None) = (&files, &spec.base) {
        spec.base = Some(checkpoint::head(&git, root, files).await?);
    }
    // Before the first message of a fork stands what it was forked from.
    let point = Some(asked.before.clone()).filter(|point| point.after.is_some()).or(record.forked);
    let counted = match &point {
        Some(_) => spend::counted(home, &session).await?,
        None => Counted::default(),
    };
    Ok(Forked { point, files, counted })
}
