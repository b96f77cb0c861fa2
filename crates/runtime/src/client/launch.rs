//! Launching: what would happen, and making it happen. The launch is written down before anything
//! starts, so a session exists from the moment that its id is known.

use std::path::{Path, PathBuf};

use bosk_core::claude::args;
use bosk_core::git::LaunchPlan;
use bosk_core::journal::{Decision, Kind, Message, Note};
use bosk_core::launch::LaunchSpec;
use bosk_core::limits::Limits;
use bosk_core::spend::Counted;
use bosk_core::trust::{TrustReport, TrustState};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::fork::{self, Forked};
use super::{Spare, reconcile, start};
use crate::git::{Repository, worktree};
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

/// What a launch would make, without making it.
///
/// # Errors
/// The spec cannot be launched, and why.
pub async fn plan(home: &Home, spec: &LaunchSpec) -> Result<LaunchPlan, Problem> {
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    if spec.worktree {
        plan_worktree(home, &repository, spec).await?.view(&repository).await
    } else {
        in_place(&repository).await
    }
}

/// What the session would find in its folder that the person has to agree to.
///
/// # Errors
/// The spec cannot be launched, and why.
pub async fn source(
    home: &Home,
    repository: &Repository,
    spec: &LaunchSpec,
) -> Result<trust::Source, Problem> {
    if spec.worktree {
        let plan = plan_worktree(home, repository, spec).await?;
        Ok(trust::Source::Commit(plan.base_commit))
    } else {
        Ok(trust::Source::Folder(repository.root.clone()))
    }
}

/// All of that: what a fork goes on from has files of its own.
///
/// # Errors
/// The spec cannot be launched, and why.
pub async fn sources(
    home: &Home,
    repository: &Repository,
    spec: &LaunchSpec,
) -> Result<Vec<trust::Source>, Problem> {
    let mut spec = spec.clone();
    let files = fork::resolve(home, &mut spec).await?.files;
    let mut sources = vec![source(home, repository, &spec).await?];
    sources.extend(files.map(trust::Source::Commit));
    Ok(sources)
}

/// What the session would find there that the person has to agree to, and whether they have: where it is more than one
/// thing, the first that they have not agreed to.
///
/// # Errors
/// The spec cannot be launched, and why.
pub async fn trust_report(home: &Home, spec: &LaunchSpec) -> Result<TrustReport, Problem> {
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    let mut first = None;
    for source in sources(home, &repository, spec).await? {
        let report = trust::Trust::new(home).status(&repository, &source).await?;
        if report.state != TrustState::Trusted {
            return Ok(report);
        }
        first.get_or_insert(report);
    }
    first.ok_or_else(|| Problem::new(ProblemCode::Internal, "There is nothing to agree to."))
}

/// Keeps the person's agreement to what a report showed.
///
/// # Errors
/// The repository brings something else by now, or the agreement cannot be kept.
pub async fn accept_trust(
    home: &Home,
    spec: &LaunchSpec,
    fingerprint: &str,
) -> Result<(), Problem> {
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    let trust = trust::Trust::new(home);
    let mut sources = sources(home, &repository, spec).await?;
    let last = sources.pop();
    for source in sources {
        if trust.status(&repository, &source).await?.fingerprint == fingerprint {
            return trust.accept(&repository, &source, fingerprint).await;
        }
    }
    match last {
        Some(source) => trust.accept(&repository, &source, fingerprint).await,
        None => Ok(()),
    }
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
    let forked = fork::resolve(home, &mut spec).await?;
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    let source = source(home, &repository, &spec).await?;
    let brings = require_trust(home, &repository, &source).await?;
    if let Some(files) = &forked.files {
        // What the other session has written into its settings and scripts comes along.
        let brought = trust::Source::Commit(files.clone());
        require_trust(home, &repository, &brought).await?;
    }
    let agreed = match source {
        trust::Source::Commit(commit) => Some(Agreed { commit, brings }),
        trust::Source::Folder(_) => None,
    };
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

/// Where worktrees go.
///
/// # Errors
/// The settings could not be read. It is told once, before anything is done without them; they stand
/// aside from then on.
fn worktrees(home: &Home) -> Result<PathBuf, Problem> {
    match settings::load(home) {
        (settings, None) => Ok(settings.worktrees.map_or_else(|| home.worktrees(), PathBuf::from)),
        (_, Some(problem)) => Err(problem),
    }
}

async fn plan_worktree(
    home: &Home,
    repository: &Repository,
    spec: &LaunchSpec,
) -> Result<worktree::Plan, Problem> {
    let (base, branch) = (spec.base.as_deref(), spec.branch.as_deref());
    worktree::plan(repository, &worktrees(home)?, base, branch, &spec.prompt).await
}

async fn in_place(repository: &Repository) -> Result<LaunchPlan, Problem> {
    use bosk_core::git::Head;
    let view = repository.view().await?;
    let (branch, base_commit) = match &view.head {
        Head::Branch { name, commit } => (name.clone(), commit.clone()),
        Head::Detached { commit } => (String::new(), commit.clone()),
        Head::Unborn { name } => (name.clone(), String::new()),
    };
    let folder = view.root.clone();
    Ok(LaunchPlan { repository: view, folder, base_name: branch.clone(), branch, base_commit })
}
