//! Making the session's folder ready: the worktree, the files carried into it, and the repository's
//! set-up script. Not here: when that happens, and what follows (the state machine).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use bosk_core::journal::Place;
use bosk_core::trust::TrustState;
use bosk_core::{Problem, ProblemCode};
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;

use crate::git::{Repository, checkpoint, include, listing, worktree};
use crate::home::Home;
use crate::process::{self, Environment};
use crate::project::{Project, Run, Setup};
use crate::session_record::SessionRecord;
use crate::trust::{self, Trust};

/// How long the pipes of a script that has ended are read when something that it left running holds
/// them. What the script itself has written is there to be read at once.
const DRAIN: Duration = Duration::from_millis(250);

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
    let (place, is_new) = if record.spec.worktree {
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
    if is_new {
        match include::carry(&repository, &folder).await {
            Ok(carried) => warnings.extend(carried.left_out.into_iter().map(|one| {
                format!("`{}` was not carried into the worktree: {}.", one.path, one.why)
            })),
            Err(problem) => warnings.push(problem.message),
        }
    }
    if let (true, Some(files)) = (is_new, &record.files) {
        checkpoint::bring(&repository.git, &folder, &record.id, files).await?;
        // What a session has written there, nobody has agreed to.
        agreed = false;
    }
    let setup = script(&place.folder)?;
    let trusted = agreed.then(|| repository.root.to_string_lossy().into_owned());
    Ok(Prepared { place, setup, trusted, warnings })
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
    Ok(Place { folder, base: branch.clone(), branch, base_commit: commit })
}

/// What a running script says.
#[derive(Debug)]
pub(super) enum SetupSaid {
    Output(String),
    Ended(Option<Problem>, Option<i32>),
}

/// Starts the script; its words come through the channel, its end last.
pub(super) fn start_setup(
    setup: &Setup,
    folder: &Path,
    env: Environment,
    record: &SessionRecord,
) -> Result<(process::Tree, mpsc::Receiver<SetupSaid>), Problem> {
    let (program, args) = command(&setup.run);
    let mut env = env;
    env.set("BOSK_REPOSITORY", &record.repository_root);
    env.set("BOSK_WORKTREE", folder);
    let spec = process::Spec {
        program,
        args,
        cwd: folder.to_owned(),
        env,
        file_size: None,
        cookie: record.id.clone(),
    };
    let mut child = process::spawn(&spec)
        .map_err(|error| failed(format!("The set-up script could not be started: {error}.")))?;
    let tree = child.tree().clone();
    let (to, from) = mpsc::channel(16);
    let limit = setup.timeout();
    tokio::task::spawn_local(async move {
        drop(child.stdin.take());
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let words = async {
            tokio::join!(pass_on(out, &to), pass_on(err, &to));
        };
        tokio::pin!(words);
        let mut all_said = false;
        let ended = tokio::time::timeout(limit, async {
            loop {
                tokio::select! {
                    status = child.wait() => return status,
                    () = &mut words, if !all_said => all_said = true,
                }
            }
        })
        .await;
        // The end of the script counts, not that of its pipes: what it left running may hold them.
        if !all_said {
            let _ = tokio::time::timeout(DRAIN, &mut words).await;
        }
        let (problem, code) = match ended {
            Ok(Ok(status)) => (verdict(status), status.code()),
            Ok(Err(error)) => (Some(failed(format!("The set-up script was lost: {error}."))), None),
            Err(_) => {
                let _ = child.kill_tree(Duration::from_secs(2));
                (
                    Some(failed(format!(
                        "The set-up script took longer than {} s.",
                        limit.as_secs()
                    ))),
                    None,
                )
            }
        };
        let _ = to.send(SetupSaid::Ended(problem, code)).await;
    });
    Ok((tree, from))
}

/// A script runs in the platform's shell as it stands in the file; nothing is put into it.
fn command(run: &Run) -> (PathBuf, Vec<OsString>) {
    match run {
        Run::Script(script) if cfg!(windows) => {
            let args = ["-NoProfile", "-NonInteractive", "-Command", script];
            ("powershell.exe".into(), args.map(OsString::from).to_vec())
        }
        Run::Script(script) => ("/bin/sh".into(), vec!["-c".into(), script.into()]),
        Run::Program(words) => {
            let mut words = words.iter();
            let program = words.next().map(PathBuf::from).unwrap_or_default();
            (program, words.map(OsString::from).collect())
        }
    }
}

async fn pass_on(from: Option<impl tokio::io::AsyncRead + Unpin>, to: &mpsc::Sender<SetupSaid>) {
    let Some(mut from) = from else { return };
    let mut piece = vec![0; 8 << 10];
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        let text = String::from_utf8_lossy(&piece[..read]).into_owned();
        if to.send(SetupSaid::Output(text)).await.is_err() {
            return;
        }
    }
}

fn verdict(status: ExitStatus) -> Option<Problem> {
    (!status.success()).then(|| failed(format!("The set-up script failed ({status}).")))
}

fn failed(message: String) -> Problem {
    Problem::new(ProblemCode::SetupFailed, message + " Claude has not been started.")
        .hint("Try again, go on without it, or drop the session.")
}
