//! Making the session's folder ready: the worktree, the files carried into it, and the repository's
//! set-up script. Not here: when that happens, and what follows (the state machine).

use std::path::{Path, PathBuf};

use bosk_core::journal::Place;
use bosk_core::trust::TrustState;
use bosk_core::{Problem, ProblemCode};

use crate::git::{Repository, checkpoint, include, listing, worktree};
use crate::home::Home;
use crate::project::{self, Project, Setup};
use crate::session_record::SessionRecord;
use crate::trust::{self, Trust};

/// A folder that is ready for the CLI, and the script to run in it first.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) place: Place,
    pub(super) setup: Option<Setup>,
    /// The main work tree of a repository whose settings the person has agreed to.
    pub(super) trusted: Option<String>,
    /// Things that the person should know.
    pub(super) warnings: Vec<String>,
}

/// Makes the folder, or finds it again when `before` says where it was.
pub(super) async fn prepare(
    home: &Home,
    record: &SessionRecord,
    before: Option<Place>,
    set_up: bool,
) -> Result<Prepared, Problem> {
    // A script that was broken off runs again: nothing of Claude's has touched the folder before its
    // end, so what is there to be run is still what the person agreed to.
    let script = |folder: &str| match record.spec.worktree && !set_up {
        true => Project::read(Path::new(folder)).map(|project| project.setup),
        false => Ok(None),
    };
    if let Some(place) = before {
        if !Path::new(&place.folder).is_dir() {
            return Err(Problem::new(
                ProblemCode::WorktreeFailed,
                format!("The session's folder `{}` is gone, so Claude cannot go on in it. The transcript is kept.", place.folder),
            )
            .hint("Launch a new session from the same branch."));
        }
        let setup = script(&place.folder)?;
        return Ok(Prepared { place, setup, trusted: None, warnings: Vec::new() });
    }
    let repository = Repository::discover(Path::new(&record.repository_root)).await?;
    let mut warnings = Vec::new();
    let mut agreed = false;
    let (mut place, is_new) = if record.spec.worktree {
        let spec = &record.spec;
        let plan = worktree::plan(
            &repository,
            Path::new(&record.worktrees),
            spec.base.as_deref(),
            spec.branch.as_deref(),
            &spec.prompt,
        );
        match tokio::join!(left_by_a_keeper(&repository, record), plan) {
            (Ok(Some(place)), _) => (place, false),
            (left, plan) => {
                left?;
                let plan = plan?;
                agreed = match &record.agreed {
                    Some(agreed) if agreed.commit == plan.base_commit => agreed.brings,
                    // The base has moved after the person was asked.
                    _ => {
                        let base = trust::Source::Commit(plan.base_commit.clone());
                        require_trust(home, &repository, &base).await?
                    }
                };
                (make_worktree(home, &repository, record, plan).await?, true)
            }
        }
    } else {
        let root = trust::Source::Folder(repository.root.clone());
        agreed = require_trust(home, &repository, &root).await?;
        (in_place(&repository).await?, false)
    };
    let folder = PathBuf::from(&place.folder);
    place.check = agreed_check(&repository, record, &place, is_new).await?;
    if is_new {
        match include::carry(&repository, &folder).await {
            Ok(carried) => warnings.extend(carried.left_out.into_iter().map(|one| {
                format!("`{}` was not carried into the worktree: {}.", one.path, one.why)
            })),
            Err(problem) => warnings.push(problem.message),
        }
    }
    // Also where a keeper was ended in the middle of it: done twice, it is the same.
    if let Some(files) = &record.files {
        checkpoint::bring(&repository.git, &folder, &record.id, files).await?;
        // What a session has written there, nobody has agreed to.
        agreed = false;
    }
    let setup = script(&place.folder)?;
    let trusted = agreed.then(|| repository.root.to_string_lossy().into_owned());
    Ok(Prepared { place, setup, trusted, warnings })
}

/// The check that the repository proposes, from what the person has agreed to: the commit that the worktree is
/// made from, or the folder before Claude is in it. Of a worktree that is found again, only the commit is known
/// to be as it was.
async fn agreed_check(
    repository: &Repository,
    record: &SessionRecord,
    place: &Place,
    is_new: bool,
) -> Result<Option<String>, Problem> {
    // The person's own comes first.
    if record.spec.check.is_some() {
        return Ok(None);
    }
    let project = if record.spec.worktree {
        // As it was checked out just now.
        if is_new && !Path::new(&place.folder).join(project::FILE).exists() {
            return Ok(None);
        }
        let agreed = record.agreed.as_ref().map(|agreed| agreed.commit.as_str());
        match place.base_commit.as_deref() {
            Some(commit) if is_new || agreed == Some(commit) => {
                project::of_commit(repository, commit).await?
            }
            _ => return Ok(None),
        }
    } else {
        Project::read(&repository.root)?
    };
    Ok(project.check.map(|check| check.run))
}

async fn make_worktree(
    home: &Home,
    repository: &Repository,
    record: &SessionRecord,
    plan: worktree::Plan,
) -> Result<Place, Problem> {
    let made = worktree::add(repository, &home.locks(), &plan, &record.id).await?;
    Ok(Place {
        folder: made.folder.to_string_lossy().into_owned(),
        branch: Some(made.branch),
        base: Some(plan.base_name),
        base_commit: Some(made.base_commit),
        check: None,
    })
}

/// The session's own worktree, where a keeper made one and could not write that down, or what it
/// wrote is damaged. The lock's reason names the session.
async fn left_by_a_keeper(
    repository: &Repository,
    record: &SessionRecord,
) -> Result<Option<Place>, Problem> {
    let (git, root) = (&repository.git, &repository.root);
    let mut listed = listing::list(git, root).await?.into_iter();
    let found = listed.find(|one| one.session().as_ref() == Some(&record.id));
    let Some(found) = found.filter(|one| one.folder.is_dir()) else { return Ok(None) };
    let base = record.spec.base.as_deref().unwrap_or("HEAD");
    let base_commit = match (repository.resolve_base(base).await, &found.head) {
        (Ok(base), Some(head)) => {
            git.look(root).args(["merge-base", &base, head]).answer_or_nothing().await?
        }
        _ => String::new(),
    };
    let branch = found.branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    Ok(Some(Place {
        folder: found.folder.to_string_lossy().into_owned(),
        branch: branch.map(str::to_owned),
        base: record.spec.base.clone(),
        base_commit: Some(base_commit).filter(|commit| !commit.is_empty()),
        check: None,
    }))
}

/// Nothing of the repository runs before the person has agreed to what it brings. Whether it brings
/// anything.
///
/// # Errors
/// They have not, or not to this.
pub(crate) async fn require_trust(
    home: &Home,
    repository: &Repository,
    source: &trust::Source,
) -> Result<bool, Problem> {
    let report = Trust::new(home).status(repository, source).await?;
    if report.state == TrustState::Trusted {
        return Ok(!report.findings.is_empty());
    }
    Err(Problem::new(
        ProblemCode::NotTrusted,
        format!(
            "The repository `{}` brings settings that you have not agreed to, so nothing was started.",
            repository.name()
        ),
    )
    .hint("Look at what it brings in the launch window, or with `bosk run --trust`, and decide."))
}

/// The repository itself as the place to work.
async fn in_place(repository: &Repository) -> Result<Place, Problem> {
    use bosk_core::git::Head;
    let (branch, commit) = match repository.head().await? {
        Head::Branch { name, commit } => (Some(name), Some(commit)),
        Head::Detached { commit } => (None, Some(commit)),
        Head::Unborn { name } => (Some(name), None),
    };
    let folder = repository.root.to_string_lossy().into_owned();
    Ok(Place { folder, base: branch.clone(), branch, base_commit: commit, check: None })
}
