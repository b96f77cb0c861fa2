//! What a launch would do, and what has to be agreed to for it. Not here: doing it ([`super::launch`]).

use std::path::{Path, PathBuf};

use bosk_core::git::{Head, LaunchPlan};
use bosk_core::launch::LaunchSpec;
use bosk_core::trust::{TrustReport, TrustState};
use bosk_core::{Problem, ProblemCode};

use super::fork;
use super::worktrees::sharing;
use crate::git::{Repository, worktree};
use crate::home::Home;
use crate::{settings, trust};

/// What a launch would make, without making it.
///
/// # Errors
/// The spec cannot be launched, and why.
pub async fn plan(home: &Home, spec: &LaunchSpec) -> Result<LaunchPlan, Problem> {
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    if spec.makes_worktree() {
        return plan_worktree(home, &repository, spec).await?.view(&repository).await;
    }
    in_folder(home, &repository, folder(&repository, spec).await?).await
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
    let subfolder = spec.subfolder.as_deref();
    let source = if spec.makes_worktree() {
        let plan = plan_worktree(home, repository, spec).await?;
        if let Some(path) = subfolder {
            worktree::check_subfolder_of(repository, &plan.start, path).await?;
        }
        trust::Source::Commit(plan.start)
    } else {
        let folder = folder(repository, spec).await?;
        if let Some(path) = subfolder {
            worktree::subfolder_in(&folder, path)?;
        }
        trust::Source::Folder(folder)
    };
    Ok(source.below(subfolder))
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

/// Where worktrees go.
///
/// # Errors
/// The settings could not be read. It is told once, before anything is done without them; they stand
/// aside from then on.
pub(super) fn worktrees(home: &Home) -> Result<PathBuf, Problem> {
    match settings::load(home) {
        (settings, None) => Ok(settings.worktrees.map_or_else(|| home.worktrees(), PathBuf::from)),
        (_, Some(problem)) => Err(problem),
    }
}

/// The worktree that is there, in which the session would work.
async fn folder(repository: &Repository, spec: &LaunchSpec) -> Result<PathBuf, Problem> {
    match &spec.folder {
        Some(folder) => Ok(worktree::to_work_in(repository, Path::new(folder)).await?.folder),
        None => Ok(repository.root.clone()),
    }
}

async fn plan_worktree(
    home: &Home,
    repository: &Repository,
    spec: &LaunchSpec,
) -> Result<worktree::Plan, Problem> {
    worktree::plan_of(repository, &worktrees(home)?, spec).await
}

async fn in_folder(
    home: &Home,
    repository: &Repository,
    folder: PathBuf,
) -> Result<LaunchPlan, Problem> {
    let view = repository.view().await?;
    let head = match folder == repository.root {
        true => view.head.clone(),
        false => worktree::seen_from(repository, &folder).head().await?,
    };
    let (branch, base_commit) = match head {
        Head::Branch { name, commit } => (name, commit),
        Head::Detached { commit } => (String::new(), commit),
        Head::Unborn { name } => (name, String::new()),
    };
    let others = sharing(home, &folder, None).await?.into_iter();
    let at_work = others.filter(|session| !session.state.is_ended());
    Ok(LaunchPlan {
        repository: view,
        folder: folder.to_string_lossy().into_owned(),
        base_name: branch.clone(),
        branch,
        base_commit,
        shared_with: at_work.map(|session| session.id).collect(),
    })
}
