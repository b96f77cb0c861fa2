//! Starting a keeper: finding the `bosk` command, detaching it, and hearing that it is ready.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use bosk_core::wire::Ready;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::reconcile::{self, Standing};
use super::{Connection, back, hand_over};
use crate::catalog::{self, Index};
use crate::git::Repository;
use crate::home::Home;
use crate::keeper::prepare::require_trust;
use crate::process::{self, Detached};
use crate::session_record::SessionRecord;
use crate::spend::require_money;
use crate::trust;

/// How long a keeper has until its socket is open. It takes some milliseconds; a journal of a
/// gigabyte that must be read first, some seconds.
const READY: Duration = Duration::from_secs(60);

/// Starts the session's process again, in the same conversation. Messages that the CLI had not
/// taken are sent to it.
///
/// # Errors
/// There is no such session, it runs already, its folder is gone, or it cannot be started; or a message waits in it, and
/// the day has cost what it may.
pub async fn resume(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let record = SessionRecord::load(home, id)?;
    // One that is kept but does not answer is just ending: the new keeper waits for its lock.
    if reconcile::standing(home, id).await? == Standing::Kept
        && Connection::open(home, id).await.is_ok()
    {
        return Err(Problem::new(
            ProblemCode::SessionState,
            format!("Session `{}` is running already.", id.short()),
        ));
    }
    back::settle(home, id).await?;
    hand_over::settle(home, id).await?;
    // In its own worktree, whatever differs from what was agreed to is the session's own work, done under
    // its permissions. Any other folder is somebody else's too, so there the agreement must still hold.
    let at = home.clone();
    let index = reconcile::blocking(move || Ok(Index::open(&at))).await?;
    let row = catalog::summary(home, &index, id).await?;
    if !row.worktree || row.folder == record.repository_root {
        let root = Path::new(&record.repository_root);
        let begun = row.base_commit.is_some() || record.spec.folder.is_none();
        let folder = record.spec.folder.as_ref().filter(|_| !begun).unwrap_or(&row.folder);
        // A worktree of its own that was never made is asked about when it is.
        if !row.worktree || row.base_commit.is_some() {
            let repository = Repository::discover(root).await?;
            let there = trust::Source::Folder(folder.into());
            let there = there.below(record.spec.subfolder.as_deref());
            require_trust(home, &repository, &there).await?;
        }
    }
    // What waits in it would be a turn.
    if let Err(problem) = require_money(home, &record.spec.backend).await
        && !reconcile::past(home, &record).await?.mailbox.is_empty()
    {
        return Err(problem);
    }
    start(home, id).await
}

/// Starts a keeper for a session that has none.
///
/// # Errors
/// It cannot be started, or gives up at once.
pub(super) async fn start(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let mut keeper = detach(home, id, None, Stdio::null())?;
    match says(&mut keeper).await? {
        Ready::Listening => Ok(()),
        Ready::Problem(problem) => Err(problem),
        Ready::Parked => Err(failed("it waits for nothing")),
    }
}

/// Starts the keeper of this session; `flag` says how.
pub(super) fn detach(
    home: &Home,
    id: &SessionId,
    flag: Option<&str>,
    input: Stdio,
) -> Result<Detached, Problem> {
    let program = keeper()?;
    let mut args: Vec<OsString> = vec!["--home".into(), home.path().into()];
    args.push(id.as_str().into());
    args.extend(flag.map(Into::into));
    process::detach(&program, &args, home.path(), input)
        .map_err(|error| failed(&format!("`{}`: {error}", program.display())))
}

/// What a keeper says next.
pub(crate) async fn says(keeper: &mut Detached) -> Result<Ready, Problem> {
    let line = keeper.ready_line(READY).await.map_err(|error| failed(&error.to_string()))?;
    let line = line.ok_or_else(|| failed("it ended before it was ready"))?;
    serde_json::from_str(&line).map_err(|error| failed(&error.to_string()))
}

/// The `bosk` command: what `BOSK_BIN` names, this very program if it is that, or the one beside it.
pub(crate) fn command() -> Result<PathBuf, Problem> {
    if let Some(named) = std::env::var_os("BOSK_BIN").filter(|value| !value.is_empty()) {
        return Ok(named.into());
    }
    let own = std::env::current_exe().map_err(|error| failed(&error.to_string()))?;
    let beside = own.with_file_name(format!("bosk{}", std::env::consts::EXE_SUFFIX));
    if beside.is_file() {
        return Ok(beside);
    }
    Err(failed(&format!("`{}` is missing", beside.display())))
}

/// The keeper's program stands beside the command.
fn keeper() -> Result<PathBuf, Problem> {
    let keeper = command()?.with_file_name(format!("bosk-keep{}", std::env::consts::EXE_SUFFIX));
    if keeper.is_file() {
        return Ok(keeper);
    }
    Err(failed(&format!("`{}` is missing", keeper.display())))
}

pub(crate) fn failed(why: &str) -> Problem {
    Problem::new(
        ProblemCode::KeeperUnreachable,
        format!("The session's keeper could not be started, so nothing runs: {why}."),
    )
    .hint("Reinstall Bosk, or set BOSK_BIN to the `bosk` command.")
}
