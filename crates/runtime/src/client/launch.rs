//! Launching: the launch is written down before anything starts, so a session exists from the moment that its id is
//! known. Not here: what would happen ([`super::plan`]).

use std::path::Path;

use bosk_core::claude::args;
use bosk_core::journal::{Decision, Kind, Message, Note};
use bosk_core::launch::LaunchSpec;
use bosk_core::limits::Limits;
use bosk_core::spend::Counted;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::fork::{self, Forked};
use super::plan::worktrees;
pub use super::plan::{accept_trust, source, trust_report};
use super::{Spare, reconcile, start};
use crate::git::Repository;
use crate::home::{self, Home};
use crate::journal::{DECISIONS, JOURNAL, Writer, writer};
use crate::keeper::prepare::require_trust;
use crate::session_record::{Agreed, SessionRecord};
use crate::{files, settings, trust};

/// What must be free on the disk for a new session, in bytes: less, and even the repository's
/// checkout may not fit. On a small volume a twentieth of it.
const NEEDED: u64 = 2 << 30;

/// A session that was launched.
#[derive(Debug, Clone, PartialEq)]
pub struct Launched {
    /// Its id.
    pub id: SessionId,
}

/// Launches a session and returns as soon as its keeper is there; what follows is the keeper's to
/// tell.
///
/// # Errors
/// The spec cannot be launched, or the keeper cannot be started; then there is no session.
pub async fn launch(home: &Home, spec: LaunchSpec) -> Result<Launched, Problem> {
    launch_with(home, spec, &mut None).await
}

/// Launches a session in a spare process where that can be, and else as [`launch`] does. A launch that is
/// refused leaves the spare for the next.
///
/// # Errors
/// As for [`launch`].
pub async fn launch_with(
    home: &Home,
    spec: LaunchSpec,
    spare: &mut Option<Spare>,
) -> Result<Launched, Problem> {
    crate::spend::require_money(home, &spec.backend).await?;
    let accepted = accept(home, spec).await?;
    // Only Linux can limit the files of a process that runs already.
    let limits_files = accepted.spec.limits.as_ref().is_some_and(|one| one.file_size.is_some());
    let late = cfg!(target_os = "linux") || !limits_files;
    let spare = spare.take_if(|_| late && args::suits_spare(&accepted.spec));
    let id = spare.as_ref().map_or_else(new_id, |spare| Ok(spare.id().clone()))?;
    make(home, &id, accepted, spare).await?;
    Ok(Launched { id })
}

/// Launches the session of that id, which is not there yet.
///
/// # Errors
/// As for [`launch`].
pub(crate) async fn launch_as(
    home: &Home,
    id: &SessionId,
    spec: LaunchSpec,
) -> Result<(), Problem> {
    let accepted = accept(home, spec).await?;
    // Half of a launch that was broken off: a folder without its record is no session.
    if !is_made(home, id) {
        let _ = tokio::fs::remove_dir_all(home.session(id)).await;
    }
    make(home, id, accepted, None).await
}

/// Whether the session of that id was launched.
pub(crate) fn is_made(home: &Home, id: &SessionId) -> bool {
    home.session(id).join(crate::session_record::FILE).is_file()
}

/// A launch that nothing stands against.
struct Accepted {
    spec: LaunchSpec,
    repository: Repository,
    agreed: Option<Agreed>,
    forked: Forked,
}

async fn accept(home: &Home, spec: LaunchSpec) -> Result<Accepted, Problem> {
    check(&spec)?;
    check_room(home)?;
    let mut spec = with_limits(home, spec);
    spec.worktree = spec.makes_worktree();
    let forked = fork::resolve(home, &mut spec).await?;
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    let source = source(home, &repository, &spec).await?;
    let brings = require_trust(home, &repository, &source).await?;
    if let Some(files) = &forked.files {
        // What the other session has written into its settings and scripts comes along.
        let brought = trust::Source::Commit(files.clone()).below(spec.subfolder.as_deref());
        require_trust(home, &repository, &brought).await?;
    }
    let agreed = source.commit().map(|commit| Agreed { commit: commit.to_owned(), brings });
    Ok(Accepted { spec, repository, agreed, forked })
}

async fn make(
    home: &Home,
    id: &SessionId,
    Accepted { spec, repository, agreed, forked }: Accepted,
    spare: Option<Spare>,
) -> Result<(), Problem> {
    let record = SessionRecord {
        id: id.clone(),
        created_at: writer::wall_clock(),
        repository_name: repository.name(),
        repository_root: repository.root.to_string_lossy().into_owned(),
        worktrees: worktrees(home)?.to_string_lossy().into_owned(),
        agreed,
        forked: forked.point,
        files: forked.files,
        spec,
    };
    let folder = home.session(id);
    let written = {
        let (home, folder, counted) = (home.clone(), folder.clone(), forked.counted);
        reconcile::blocking(move || write(&home, &folder, &record, counted)).await
    };
    let started = match written {
        Ok(()) => keep(home, id, spare).await,
        Err(problem) => Err(problem),
    };
    if started.is_err() {
        // Nothing has run, so nothing is lost with it.
        let _ = tokio::fs::remove_dir_all(&folder).await;
    }
    started
}

async fn keep(home: &Home, id: &SessionId, spare: Option<Spare>) -> Result<(), Problem> {
    if let Some(spare) = spare {
        match spare.keep().await {
            Ok(()) => return Ok(()),
            Err(problem) => tracing::warn!(%problem, "the spare process is of no use"),
        }
    }
    start::start(home, id).await
}

pub(crate) fn new_id() -> Result<SessionId, Problem> {
    SessionId::parse(&uuid::Uuid::new_v4().to_string())
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
}

fn write(
    home: &Home,
    folder: &Path,
    record: &SessionRecord,
    counted: Counted,
) -> Result<(), Problem> {
    let unwritable = |error: std::io::Error| home::unwritable(&error);
    files::create_private_folder(folder).map_err(unwritable)?;
    let message = Message {
        uuid: uuid::Uuid::new_v4().to_string(),
        text: record.spec.prompt.clone(),
        images: record.spec.images.clone(),
    };
    let payload = serde_json::to_vec(&Decision::Sent(message))
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    let (mut decisions, _) = Writer::open(&folder.join(DECISIONS)).map_err(unwritable)?;
    decisions.append(Kind::Decision, &payload);
    decisions.sync().map_err(unwritable)?;
    if record.forked.is_some() {
        let payload = serde_json::to_vec(&Note::Forked { counted })
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        let (mut journal, _) = Writer::open(&folder.join(JOURNAL)).map_err(unwritable)?;
        journal.append(Kind::Note, &payload);
        journal.sync().map_err(unwritable)?;
    }
    // Last: a folder without its record is no session.
    record.save(home)?;
    files::sync_folder(&home.sessions()).map_err(unwritable)
}

pub(crate) fn check(spec: &LaunchSpec) -> Result<(), Problem> {
    let invalid = |message: &str, hint: &str| {
        Err(Problem::new(ProblemCode::InvalidInput, message).hint(hint))
    };
    if spec.prompt.trim().is_empty() && spec.images.is_empty() {
        return invalid("There is nothing to do yet.", "Write what Claude is to do.");
    }
    if spec.max_budget_usd.is_some_and(|usd| !usd.is_finite() || usd <= 0.0) {
        return invalid(
            "The spend cap must be more than 0.",
            "Give an amount in US dollars, such as 2.50.",
        );
    }
    if spec.max_turns == Some(0) {
        return invalid("The number of turns must be at least 1.", "Leave it empty for no limit.");
    }
    if spec.folder.is_some() && spec.existing {
        return invalid(
            "A session works in a folder that is there, or on a branch that is there, not both.",
            "In a folder, it works on the branch that is checked out there.",
        );
    }
    spec.limits.as_ref().map_or(Ok(()), Limits::check)
}

/// Without limits of its own, a session has those of the settings.
fn with_limits(home: &Home, mut spec: LaunchSpec) -> LaunchSpec {
    if spec.limits.is_none() {
        let limits = settings::peek(home).limits;
        spec.limits = (!limits.is_empty()).then_some(limits);
    }
    spec
}

fn check_room(home: &Home) -> Result<(), Problem> {
    let Some((free, total)) = crate::keeper::disk::room(home) else { return Ok(()) };
    if free >= NEEDED.min(total / 20) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemCode::DiskFull,
        format!("Only {} MB are free on the disk, so no session was started.", free >> 20),
    )
    .hint("Free some space; running sessions go on."))
}
