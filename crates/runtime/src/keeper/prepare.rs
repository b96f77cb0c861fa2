//! Making the session's folder ready: the worktree, the files carried into it, and the repository's
//! set-up script. Not here: when that happens, and what follows (the state machine).

use std::path::{Path, PathBuf};

use bosk_core::journal::Place;
use bosk_core::trust::TrustState;
use bosk_core::{Problem, ProblemCode};

use crate::git::{Repository, checkpoint, furnish, include, listing, worktree};
use crate::home::Home;
use crate::ports::Held;
use crate::project::{self, Project, Timed};
use crate::session_record::SessionRecord;
use crate::trust::{self, Trust};

/// A folder that is ready for the CLI, and the script to run in it first.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) place: Place,
    pub(super) setup: Option<Timed>,
    /// The main work tree of a repository whose settings the person has agreed to.
    pub(super) trusted: Option<String>,
    /// Its ports, where they were looked for.
    pub(super) ports: Option<Held>,
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
    let spec = &record.spec;
    let script = |folder: &str| match spec.makes_worktree() && !set_up {
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
        return Ok(Prepared { place, setup, trusted: None, ports: None, warnings: Vec::new() });
    }
    let repository = Repository::discover(Path::new(&record.repository_root)).await?;
    let mut warnings = Vec::new();
    let mut trusts = false;
    let mut start = None;
    let (mut place, is_new) = if spec.makes_worktree() {
        let plan = worktree::plan_of(&repository, Path::new(&record.worktrees), spec);
        match tokio::join!(left_by_a_keeper(&repository, record), plan) {
            (Ok(Some(place)), _) => (place, false),
            (left, plan) => {
                left?;
                let plan = plan?;
                trusts = match &record.agreed {
                    Some(agreed) if agreed.commit == plan.start => agreed.brings,
                    // The base has moved after the person was asked.
                    _ => {
                        if let Some(path) = &spec.subfolder {
                            worktree::check_subfolder_of(&repository, &plan.start, path).await?;
                        }
                        let base = trust::Source::Commit(plan.start.clone());
                        let base = base.below(spec.subfolder.as_deref());
                        require_trust(home, &repository, &base).await?
                    }
                };
                start = Some(plan.start.clone());
                (make_worktree(home, &repository, record, plan).await?, true)
            }
        }
    } else {
        let folder = match &spec.folder {
            Some(folder) => worktree::to_work_in(&repository, Path::new(folder)).await?.folder,
            None => repository.root.clone(),
        };
        let there = trust::Source::Folder(folder.clone()).below(spec.subfolder.as_deref());
        trusts = require_trust(home, &repository, &there).await?;
        (in_folder(&repository, &folder).await?, false)
    };
    let folder = PathBuf::from(&place.folder);
    let project = agreed(&repository, record, &place, start.as_deref()).await?;
    // The person's own comes first.
    let proposed = project.check.filter(|_| spec.check.is_none());
    place.check = proposed.map(|check| check.run);
    place.run = project.run.map(|server| server.run);
    place.teardown = project.teardown;
    if is_new {
        match include::carry(&repository, &folder).await {
            Ok(carried) => warnings.extend(carried.left_out.into_iter().map(|one| {
                format!("`{}` was not carried into the worktree: {}.", one.path, one.why)
            })),
            Err(problem) => warnings.push(problem.message),
        }
        warnings.extend(furnish::furnish(&repository, &folder).await);
    }
    // Also where a keeper was ended in the middle of it: done twice, it is the same.
    if let Some(files) = &record.files {
        checkpoint::bring(&repository.git, &folder, &record.id, files).await?;
        // What a session has written there, nobody has agreed to.
        trusts = false;
    }
    let setup = script(&place.folder)?;
    let trusted = trusts.then(|| repository.root.to_string_lossy().into_owned());
    Ok(Prepared { place, setup, trusted, ports: None, warnings })
}

/// What the repository would have run besides its set-up, from what the person has agreed to: the commit that the worktree is
/// made from, `start`, or the folder before Claude is in it. Of a worktree that is found again, only the commit is known
/// to be as it was.
async fn agreed(
    repository: &Repository,
    record: &SessionRecord,
    place: &Place,
    start: Option<&str>,
) -> Result<Project, Problem> {
    let folder = Path::new(&place.folder);
    if record.spec.makes_worktree() {
        // As it was checked out just now.
        if start.is_some() && !folder.join(project::FILE).exists() {
            return Ok(Project::default());
        }
        let agreed = record.agreed.as_ref().map(|agreed| agreed.commit.as_str());
        let agreed = agreed.filter(|commit| place.base_commit.as_deref() == Some(commit));
        match start.or(agreed) {
            Some(commit) => project::of_commit(repository, commit).await,
            None => Ok(Project::default()),
        }
    } else {
        Project::read(folder)
    }
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
        run: None,
        teardown: None,
        port: None,
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
        run: None,
        teardown: None,
        port: None,
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

/// A worktree that is there as the place to work.
pub(crate) async fn in_folder(repository: &Repository, folder: &Path) -> Result<Place, Problem> {
    use bosk_core::git::Head;
    let (branch, commit) = match worktree::seen_from(repository, folder).head().await? {
        Head::Branch { name, commit } => (Some(name), Some(commit)),
        Head::Detached { commit } => (None, Some(commit)),
        Head::Unborn { name } => (Some(name), None),
    };
    let folder = folder.to_string_lossy().into_owned();
    Ok(Place {
        folder,
        base: branch.clone(),
        branch,
        base_commit: commit,
        check: None,
        run: None,
        teardown: None,
        port: None,
    })
}
