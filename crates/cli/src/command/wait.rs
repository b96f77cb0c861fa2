//! `bosk wait`: until tasks and sessions are done, for scripts.

use std::collections::{BTreeMap, BTreeSet};

use bosk_core::queue::{Came, Ended, Stage, came_to};
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::catalog;
use bosk_runtime::fleet::Rows;
use bosk_runtime::home::Home;
use bosk_runtime::queue::{self, Log};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::screen::{print, print_json};

/// Its name among the fleet's listeners.
const NAME: &str = "wait";

/// What is waited for.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A task's or session's id; its beginning will do
    #[arg(required = true)]
    ids: Vec<String>,
    /// Print what has become of each as one JSON object
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// All of these.
    pub(super) fn of(ids: &[SessionId], json: bool) -> Self {
        Self { ids: ids.iter().map(|id| id.as_str().to_owned()).collect(), json }
    }
}

/// Waits. Done when all are done; failed when one of them was not.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let find = |id: &String| super::queue::find(home, id).or_else(|_| catalog::find(home, id));
    let ids = arguments.ids.iter().map(find).collect::<Result<Vec<SessionId>, Problem>>()?;
    let mut log = Log::default();
    log.catch_up(home)?;
    let mut queued: BTreeSet<SessionId> =
        ids.iter().filter(|id| log.queue().get(id).is_some()).cloned().collect();
    queue::ensure(home).await?;
    let mut rows = Rows::follow(home, NAME).await?;
    let mut ended: BTreeMap<SessionId, Ended> = BTreeMap::new();
    loop {
        log.catch_up(home)?;
        queued.extend(ids.iter().filter(|id| log.queue().get(id).is_some()).cloned());
        for id in ids.iter() {
            if !ended.contains_key(id)
                && let Some(how) = become_of(&log, rows.sessions.get(id), id).or_else(|| {
                    // What is over is forgotten when nothing else is left to do.
                    let gone = queued.contains(id) && log.queue().get(id).is_none();
                    (gone && !rows.sessions.contains_key(id)).then_some(Ended::Cancelled)
                })
            {
                ended.insert(id.clone(), how);
                if !arguments.json {
                    print(&format!("{} {}\n", id.short(), word(how)))?;
                }
            }
        }
        if ended.len() == ids.iter().collect::<BTreeSet<_>>().len() {
            break;
        }
        if !rows.changed().await {
            let text = "The sessions cannot be followed any more. They go on.";
            return Err(Problem::new(ProblemCode::Internal, text).into());
        }
    }
    if arguments.json {
        print_json(&json!(ended))?;
    }
    let worst = ended.values().copied();
    Ok(if worst.clone().any(|how| how == Ended::Failed) {
        Exit::Failed
    } else if worst.into_iter().any(|how| how != Ended::Done) {
        Exit::Stopped
    } else {
        Exit::Done
    })
}

/// What has become of one. A task that waits to be tried again is not over, whatever its session says.
fn become_of(log: &Log, session: Option<&SessionSummary>, id: &SessionId) -> Option<Ended> {
    match log.queue().get(id) {
        Some((_, Stage::Ended { how }, _)) => Some(*how),
        Some(_) => None,
        None => match came_to(session?)? {
            Came::Ended(how) => Some(how),
            Came::Broke | Came::UsedUp(_) => Some(Ended::Failed),
        },
    }
}

const fn word(how: Ended) -> &'static str {
    match how {
        Ended::Done => "done",
        Ended::Failed => "failed",
        Ended::Interrupted => "interrupted",
        Ended::Stopped => "stopped",
        Ended::Cancelled => "cancelled",
    }
}
