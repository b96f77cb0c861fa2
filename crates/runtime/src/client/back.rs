//! Going back to before one of the person's messages: files, conversation, or both, and taking that back. Done while
//! nothing of the session runs: its process ends first, and the next message starts one that goes on from there. Not
//! here: keeping the files before each message (`crate::keeper::checkpoint`), and what somebody was killed in
//! (`unfinished`).

mod shared;
mod unfinished;

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use bosk_core::git::{Changes, Rewind, RewindPlan};
use bosk_core::journal::{Decision, Kind, Note, Place, Point, WentBack};
use bosk_core::session::{Points, State, StopReason, Turn};
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::points::{points, unknown};
use super::reconcile::{self, Standing, blocking, standing};
use super::{Connection, ended};
use crate::git::{Git, checkpoint, snapshot};
use crate::home::{self, Home};
use crate::journal::{DECISIONS, JOURNAL, Writer};
use crate::keeper::{lock_file, take_lock};
use crate::session_record::SessionRecord;
use crate::trust::filters;

pub(super) use unfinished::settle;

/// How long its process may take to end.
const ENDING: Duration = Duration::from_secs(60);

/// How much of a message's text is repeated: characters.
const TEXT: usize = 200;

/// What going back to before that message would do. Changes nothing.
///
/// # Errors
/// There is no such message, or git fails.
pub async fn plan(home: &Home, id: &SessionId, message: &str) -> Result<RewindPlan, Problem> {
    settle(home, id).await?;
    let points = points(home, id).await?;
    let asked = points.of(message).ok_or_else(unknown)?;
    let conversation = asked.before != *points.now();
    let (git, folder) = place(home, id).await?;
    let Some(then) = checkpoint::find(&git, &folder, id, message).await? else {
        return Ok(RewindPlan { now: None, changes: Changes::default(), conversation });
    };
    let now = snapshot::take(&git, &folder, id).await?.commit;
    let changes = checkpoint::difference(&git, &folder, &now, &then).await?;
    Ok(RewindPlan { now: Some(now), changes, conversation })
}

/// Goes back. `now` is what the plan said, where files go back.
///
/// # Errors
/// A turn runs, messages wait, another session works in the folder, the files are not as the plan saw them, or they
/// cannot be changed. Then all is as it was.
pub async fn go(
    home: &Home,
    id: &SessionId,
    message: &str,
    what: Rewind,
    now: Option<String>,
) -> Result<(), Problem> {
    let (files, conversation) = match what {
        Rewind::Files => (true, false),
        Rewind::Conversation => (false, true),
        Rewind::Both => (true, true),
    };
    if files {
        shared::refuse(home, id).await?;
    }
    let _lock = rest(home, id).await?;
    let points = points(home, id).await?;
    let asked = points.of(message).ok_or_else(unknown)?;
    let waiting = match conversation {
        true => to_take_back(home, id, &points, message).await?,
        false => Vec::new(),
    };
    let files = if files { Some(now.ok_or_else(not_kept)?) } else { None };
    let mut to = asked.before.clone();
    if to.after.is_none() {
        // The CLI refuses the id of a conversation that it has, so this one begins under another.
        to = Point { conversation: super::new_id()?, after: None };
    }
    let back = WentBack {
        message: message.to_owned(),
        text: asked.text.chars().take(TEXT).collect(),
        files: files.clone(),
        conversation: conversation.then_some(to),
        until_now: points.now().clone(),
        undo: false,
    };
    let then = match &files {
        None => None,
        Some(now) => {
            let (git, folder) = place(home, id).await?;
            let then = checkpoint::find(&git, &folder, id, message).await?.ok_or_else(not_kept)?;
            Some((now.clone(), then))
        }
    };
    perform(home, id, back, then, waiting).await
}

/// Takes the last going back back, while no message has followed it.
///
/// # Errors
/// There is nothing to take back, or as for [`go`]; what was changed since then is kept in a snapshot.
pub async fn undo(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let _lock = rest(home, id).await?;
    let points = points(home, id).await?;
    let last = points.back().cloned().ok_or_else(|| {
        Problem::new(
            ProblemCode::SessionState,
            "Nothing can be taken back: a message has been sent since, or you did not go back.",
        )
    })?;
    let files = match &last.files {
        None => None,
        Some(before) => {
            let (git, folder) = place(home, id).await?;
            let now = snapshot::take(&git, &folder, id).await?.commit;
            shared::refuse(home, id).await?;
            // Nobody has looked at what came after.
            let left = checkpoint::find(&git, &folder, id, &last.message).await?;
            if !checkpoint::is_same(&git, &folder, &now, left.as_deref().unwrap_or(before)).await? {
                let text = format!(
                    "The files have changed since you went back, so nothing was changed. How they were before you \
                     went back is kept as commit {before}."
                );
                return Err(Problem::new(ProblemCode::SessionState, text)
                    .hint("Take back what was changed since, then try again; or take what you need from that commit."));
            }
            Some((now, before.clone()))
        }
    };
    let back = WentBack {
        conversation: last.conversation.is_some().then(|| last.until_now.clone()),
        files: files.as_ref().map(|(now, _)| now.clone()),
        until_now: points.now().clone(),
        undo: true,
        ..last
    };
    perform(home, id, back, files, Vec::new()).await
}

/// Decided first, then done, then told. The files go from the first commit to the second, and these messages are taken
/// back.
async fn perform(
    home: &Home,
    id: &SessionId,
    back: WentBack,
    files: Option<(String, String)>,
    waiting: Vec<String>,
) -> Result<(), Problem> {
    let ready = match &files {
        None => None,
        Some((now, then)) => {
            let (git, folder) = place(home, id).await?;
            let ready = checkpoint::ready(&git, &folder, now, then).await?;
            Some((ready, git, folder, now))
        }
    };
    decide(home, id, &Decision::GoBack(back.clone())).await?;
    if let Some((ready, git, folder, now)) = ready
        && let Err(problem) = ready.restore(&git, &folder).await
    {
        // What is done by half is finished by whoever looks next.
        let is = snapshot::take(&git, &folder, id).await?.commit;
        if checkpoint::is_same(&git, &folder, &is, now).await? {
            decide(home, id, &Decision::NotGoneBack).await?;
        }
        return Err(problem);
    }
    told(home, id, back, waiting).await
}

/// It is done but for what is said of it.
async fn told(
    home: &Home,
    id: &SessionId,
    back: WentBack,
    waiting: Vec<String>,
) -> Result<(), Problem> {
    for uuid in waiting {
        decide(home, id, &Decision::Removed { uuid }).await?;
    }
    note(home, id, &Note::WentBack(back)).await
}

async fn decide(home: &Home, id: &SessionId, decision: &Decision) -> Result<(), Problem> {
    append(home, id, DECISIONS, Kind::Decision, serde_json::to_vec(decision)).await
}

async fn note(home: &Home, id: &SessionId, note: &Note) -> Result<(), Problem> {
    append(home, id, JOURNAL, Kind::Note, serde_json::to_vec(note)).await
}

pub(super) async fn append(
    home: &Home,
    id: &SessionId,
    file: &str,
    kind: Kind,
    payload: serde_json::Result<Vec<u8>>,
) -> Result<(), Problem> {
    let payload =
        payload.map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    let path = home.session(id).join(file);
    blocking(move || {
        let (mut writer, _) = Writer::open(&path).map_err(|error| home::unwritable(&error))?;
        writer.append(kind, &payload);
        writer.sync().map_err(|error| home::unwritable(&error))
    })
    .await
}

/// Has the session's process end, where nothing is lost by that, and holds its place so that nobody starts one.
pub(super) async fn rest(home: &Home, id: &SessionId) -> Result<File, Problem> {
    if standing(home, id).await? == Standing::Kept
        && let Ok(connection) = Connection::open(home, id).await
    {
        let status = connection.status().await?;
        if status.summary.background > 0 || status.summary.is_checking() {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "A check or a task in the background runs in the session, so nothing was changed.",
            )
            .hint("End it, or wait until it is over."));
        }
        if !status.queue.is_empty() {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "Messages wait for Claude in this session, so nothing was changed.",
            )
            .hint("Remove them, or wait until they are answered."));
        }
        if status.summary.state != (State::Running { turn: Turn::Idle }) {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "The session is at work, so nothing was changed.",
            )
            .hint("Interrupt it, or wait until its turn is over."));
        }
        connection.call(Call::Stop { reason: StopReason::Finished }).await?;
    }
    let ended = tokio::time::timeout(ENDING, ended::ended(home, id)).await;
    ended.unwrap_or_else(|_| {
        let text = "The session's process does not end, so nothing was changed.";
        Err(Problem::new(ProblemCode::TimedOut, text).hint("Stop the session, then try again."))
    })?;
    let (at, of) = (home.clone(), id.clone());
    let lock = blocking(move || take_lock(&lock_file(&at, &of), &of)).await?;
    unfinished::finish(home, id).await?;
    Ok(lock)
}

/// Messages that the CLI has not taken would be sent when it starts again: what is gone back from is taken back, and
/// what never had its turn stands in the way.
async fn to_take_back(
    home: &Home,
    id: &SessionId,
    points: &Points,
    message: &str,
) -> Result<Vec<String>, Problem> {
    let record = SessionRecord::load(home, id)?;
    let past = reconcile::past(home, &record).await?;
    let place = |uuid: &str| points.all().iter().position(|asked| asked.uuid == uuid);
    let from = place(message);
    let mut back = Vec::new();
    for waiting in past.mailbox.view() {
        let at = place(&waiting.uuid);
        if at.is_none() || at < from {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "A message of yours has not had its turn yet, so nothing was changed.",
            )
            .hint("Resume the session: it is answered first."));
        }
        back.push(waiting.uuid);
    }
    Ok(back)
}

/// The session's folder, and the git that may keep its files and put them back.
async fn place(home: &Home, id: &SessionId) -> Result<(Git, PathBuf), Problem> {
    let folder = folder(home, id).await?;
    filters::require_in(home, &folder).await?;
    Ok((Git::find().await?, folder))
}

async fn folder(home: &Home, id: &SessionId) -> Result<PathBuf, Problem> {
    let record = SessionRecord::load(home, id)?;
    let place = reconcile::past(home, &record).await?.place;
    let folder = place.map(|Place { folder, .. }| PathBuf::from(folder));
    folder.filter(|folder| folder.is_dir()).ok_or_else(|| {
        Problem::new(
            ProblemCode::WorktreeFailed,
            "The session's folder is not there, so its files cannot go back.",
        )
    })
}

fn not_kept() -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        "The files were not kept as they were before that message, so nothing was changed.",
    )
    .hint("The conversation alone can go back.")
}
