//! `bosk back` and `bosk fork`: returning to before one of the person's messages, in the same session or in a new one.

use bosk_core::git::Rewind;
use bosk_core::launch::Fork;
use bosk_core::session::{Asked, Points};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog;
use bosk_runtime::client::points::{message, points};
use bosk_runtime::client::{self, back};
use bosk_runtime::home::Home;
use bosk_runtime::session_record::SessionRecord;

use super::trust;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, note, paint, print};
use crate::typed::Typed;
use crate::words::count;

/// Where to go back to.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// The message, by its number; without it, your messages are listed
    message: Option<usize>,
    /// Only the files
    #[arg(long, conflicts_with = "conversation")]
    files: bool,
    /// Only the conversation
    #[arg(long)]
    conversation: bool,
    /// Say what would change, and change nothing
    #[arg(long, requires = "message")]
    show: bool,
    /// Take the last going back back; possible until the next message
    #[arg(long, conflicts_with_all = ["message", "files", "conversation"])]
    undo: bool,
}

/// Goes back.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    if arguments.undo {
        back::undo(home, &id).await?;
        print("All is as it was before you went back.\n")?;
        return Ok(Exit::Done);
    }
    let points = points(home, &id).await?;
    let Some(number) = arguments.message else { return list(&points) };
    let asked = numbered(&points, number)?;
    let plan = back::plan(home, &id, &asked.uuid).await?;
    let what = match (arguments.files, arguments.conversation, &plan.now) {
        (true, _, _) => Rewind::Files,
        (_, true, _) | (_, _, None) => Rewind::Conversation,
        _ => Rewind::Both,
    };
    if what != Rewind::Conversation {
        for file in &plan.changes.files {
            let (added, removed) = (file.added.unwrap_or(0), file.removed.unwrap_or(0));
            note(&format!("  +{added} -{removed}  {}", one_line(&file.path, 200)));
        }
        note(&count(plan.changes.total as usize, "file changes", "files change"));
    } else if plan.now.is_none() {
        note(
            "The files were not kept as they were before this message; only the conversation goes back.",
        );
    }
    if arguments.show {
        return Ok(Exit::Done);
    }
    back::go(home, &id, &asked.uuid, what, plan.now).await?;
    print(&format!(
        "The next message goes on from there: `bosk send {0} TEXT`. `bosk back {0} --undo` takes it back.\n",
        id.short()
    ))?;
    Ok(Exit::Done)
}

/// Where to go on from.
#[derive(Debug, clap::Args)]
pub(crate) struct Forking {
    /// The session's id; its beginning will do
    id: String,
    /// The message that the new session begins before, by its number in `bosk back ID`
    message: usize,
    /// Agree to the hooks, servers, rules and scripts that its files bring, as they were then
    #[arg(long)]
    trust: bool,
    /// What Claude is to do; the message itself, with its pictures, when absent
    prompt: Option<String>,
}

/// Launches the fork, and leaves it running.
pub(crate) async fn fork(home: &Home, arguments: Forking) -> Result<Exit, Failure> {
    let session = catalog::find(home, &arguments.id)?;
    let asked = numbered(&points(home, &session).await?, arguments.message)?.clone();
    let mut spec = SessionRecord::load(home, &session)?.spec;
    spec.images.clear();
    spec.prompt = match arguments.prompt {
        Some(prompt) => prompt,
        None => {
            let sent = message(home, &session, &asked.uuid).await?;
            spec.images = sent.map(|message| message.images).unwrap_or_default();
            asked.text
        }
    };
    (spec.base, spec.branch, spec.variant, spec.folder) = (None, None, None, None);
    (spec.worktree, spec.existing) = (true, false);
    spec.fork = Some(Fork { session, message: asked.uuid });
    trust::settle(home, &spec, arguments.trust, &mut Typed::default()).await?;
    let launched = client::launch(home, spec).await?;
    print(&format!("{}\n", launched.id))?;
    Ok(Exit::Done)
}

fn numbered(points: &Points, number: usize) -> Result<&Asked, Problem> {
    number.checked_sub(1).and_then(|at| points.all().get(at)).ok_or_else(|| {
        let text = format!("The session has no message {number}, so nothing was changed.");
        Problem::new(ProblemCode::InvalidInput, text).hint("`bosk back ID` lists them.")
    })
}

fn list(points: &Points) -> Result<Exit, Failure> {
    if points.all().is_empty() {
        print("Nothing was sent in this session yet.\n")?;
    }
    for (at, asked) in points.all().iter().enumerate() {
        let number = paint(DIM, &format!("{:>3}", at + 1));
        print(&format!("{number}  {}\n", one_line(&asked.text, 100)))?;
    }
    Ok(Exit::Done)
}
