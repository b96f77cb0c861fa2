//! The repository's tear-down script: run in a worktree before it is put away, so that what its set-up has made outside
//! of it (containers, databases) goes too. Not here: putting it away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::git::RemovalToken;
use bosk_core::script::Timed;
use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};

use super::launch::new_id;
use super::reconcile;
use crate::git::{Repository, listing, remove};
use crate::home::{self, Home};
use crate::keeper::prepare::require_trust;
use crate::keeper::script::command;
use crate::process::{self, Environment};
use crate::project::Project;
use crate::session_record::SessionRecord;
use crate::{claude, files, trust};

/// The most that its log holds, in bytes: what is said beyond is dropped.
const LOG: u64 = 1 << 20;

/// How long the pipes of a script that has ended are read when something that it left running holds them.
const DRAIN: Duration = Duration::from_millis(250);

/// How long ending it may take.
const KILL: Duration = Duration::from_secs(5);

/// Runs the script that belongs to the worktree at `folder`, and waits for it: the one that its session's person has
/// agreed to, or the one that stands in the folder now, if that is agreed to. Where there is none, nothing happens.
///
/// # Errors
/// It is not agreed to, cannot be started, fails, or takes too long: then the worktree must stay. What it printed
/// stands in the log that the problem names.
pub async fn teardown(home: &Home, repository: &Repository, folder: &Path) -> Result<(), Problem> {
    match planned(home, repository, folder).await? {
        Some(planned) => perform(home, repository, planned).await,
        None => Ok(()),
    }
}

/// The same before a removal, in exactly the state that the person saw: the token that the removal needs afterwards,
/// since the script may have changed something.
///
/// # Errors
/// As for [`teardown`], or the state is another one by now.
pub(super) async fn before_removal(
    home: &Home,
    repository: &Repository,
    (folder, session): (&Path, Option<&SessionId>),
    token: RemovalToken,
) -> Result<RemovalToken, Problem> {
    let Some(planned) = planned(home, repository, folder).await? else { return Ok(token) };
    let look = || async { remove::plan(repository, &home.trash(), folder, session).await };
    if look().await?.token != token {
        return Err(remove::changed());
    }
    perform(home, repository, planned).await?;
    Ok(look().await?.token)
}

/// A script that is to run, where, and with which ports.
type Planned = (PathBuf, Timed, Option<u16>);

async fn planned(
    home: &Home,
    repository: &Repository,
    folder: &Path,
) -> Result<Option<Planned>, Problem> {
    let listed = listing::list(&repository.git, &repository.root).await?;
    let Some(worktree) = listing::at(&listed, folder).filter(|one| one.folder.is_dir()) else {
        return Ok(None);
    };
    let found = script(home, repository, worktree).await?;
    Ok(found.map(|(script, port)| (worktree.folder.clone(), script, port)))
}

async fn perform(
    home: &Home,
    repository: &Repository,
    (folder, script, port): Planned,
) -> Result<(), Problem> {
    let log = log_file(home, &folder).map_err(|error| home::unwritable(&error))?;
    run(repository, &folder, &script, port, &log).await.map_err(|why| {
        Problem::new(
            ProblemCode::SetupFailed,
            format!("The repository's tear-down script {why}, so the worktree was not put away."),
        )
        .hint(format!("What it printed is in {}.", log.display()))
    })
}

async fn script(
    home: &Home,
    repository: &Repository,
    worktree: &listing::Listed,
) -> Result<Option<(Timed, Option<u16>)>, Problem> {
    if let Some(id) = worktree.session()
        && let Ok(record) = SessionRecord::load(home, &id)
    {
        let place = reconcile::past(home, &record).await?.place;
        let place = place.filter(|place| Path::new(&place.folder) == worktree.folder);
        if let Some(place) = place {
            return Ok(place.teardown.map(|script| (script, place.port)));
        }
    }
    // Nobody's record tells what was agreed to.
    let Some(script) = Project::read(&worktree.folder)?.teardown else { return Ok(None) };
    require_trust(home, repository, &trust::Source::Folder(worktree.folder.clone())).await?;
    Ok(Some((script, None)))
}

/// One for each worktree; a new run replaces it.
fn log_file(home: &Home, folder: &Path) -> std::io::Result<PathBuf> {
    let logs = home.path().join("logs");
    files::create_private_folder(&logs)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let key = crate::git::lock::file_for(&logs, folder);
    let key = key.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(logs.join(format!("teardown-{name}-{key}.log")))
}

/// Why it has not torn everything down, as the end of a sentence.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("could not be run ({0})")]
    Begun(String),
    #[error("left something running that could not be ended")]
    Left,
    #[error("failed ({0})")]
    Code(std::process::ExitStatus),
    #[error("was lost ({0})")]
    Lost(std::io::Error),
    /// Seconds.
    #[error("took longer than {0} s")]
    Late(u64),
}

async fn run(
    repository: &Repository,
    folder: &Path,
    script: &Timed,
    port: Option<u16>,
    log: &Path,
) -> Result<(), Failed> {
    let (program, args) = command(&script.run);
    let env = claude::environment::beside(&Environment::own(), &repository.root, folder, port);
    // Of its own: what carries it is ended, and nothing of the session's.
    let cookie: SessionId = new_id().map_err(|problem| Failed::Begun(problem.message))?;
    let failed = |error: std::io::Error| Failed::Begun(error.to_string());
    let mut file = tokio::fs::File::create(log).await.map_err(failed)?;
    let spec =
        process::Spec { program, args, cwd: folder.to_owned(), env, file_size: None, cookie };
    let mut child = process::spawn(&spec).map_err(failed)?;
    drop(child.stdin.take());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (to, mut said) = tokio::sync::mpsc::channel::<Vec<u8>>(16);
    let reading = tokio::spawn(async move {
        tokio::join!(pass_on(out, &to), pass_on(err, &to));
    });
    let writing = async {
        let mut room = LOG;
        while let Some(bytes) = said.recv().await {
            let fits = bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            room -= fits as u64;
            // A log that cannot be written keeps nothing from being torn down.
            let _ = file.write_all(&bytes[..fits]).await;
        }
        let _ = file.flush().await;
    };
    tokio::pin!(writing);
    let mut all_said = false;
    let waited = tokio::time::timeout(script.timeout(), async {
        loop {
            tokio::select! {
                status = child.wait() => return status,
                () = &mut writing, if !all_said => all_said = true,
            }
        }
    })
    .await;
    let tree = child.tree().clone();
    // What it left running would hold the folder.
    let killed = tokio::task::spawn_blocking(move || tree.kill(KILL)).await;
    if !all_said {
        let _ = tokio::time::timeout(DRAIN, &mut writing).await;
    }
    reading.abort();
    if let Ok(killed) = killed
        && !killed.left.is_empty()
    {
        return Err(Failed::Left);
    }
    match waited {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(Failed::Code(status)),
        Ok(Err(error)) => Err(Failed::Lost(error)),
        Err(_) => Err(Failed::Late(script.timeout_s)),
    }
}

async fn pass_on(from: Option<impl AsyncRead + Unpin>, to: &tokio::sync::mpsc::Sender<Vec<u8>>) {
    let Some(mut from) = from else { return };
    let mut piece = vec![0; 8 << 10];
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        if to.send(piece[..read].to_vec()).await.is_err() {
            return;
        }
    }
}
