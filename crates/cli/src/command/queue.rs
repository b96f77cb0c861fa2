//! `bosk queue`, `bosk hold`, `bosk release` and `bosk cancel`: what waits, and for what.

use bosk_core::queue::{Hold, Order, QueuedTask, Stage, Wait};
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::home::Home;
use bosk_runtime::queue::{self, Log, Peaks};
use bosk_runtime::spend::Today;
use bosk_runtime::{catalog, settings};
use serde_json::json;

use super::table::{self, Column};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, columns, note, paint, print, print_json};
use crate::words::{bytes, money, now, span};

/// How it is listed.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Which tasks.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// A task's id; its beginning will do
    #[arg(required_unless_present = "all")]
    ids: Vec<String>,
    /// All of them that wait
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

/// What is done with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// They wait until they are released.
    Hold,
    /// They need not.
    Release,
    /// They are not done at all.
    Cancel,
}

impl Deed {
    const fn order(self, id: SessionId) -> Order {
        match self {
            Self::Hold => Order::Held { id, hold: Hold::Person },
            Self::Release => Order::Released { id },
            Self::Cancel => Order::Cancelled { id },
        }
    }
}

const COLUMNS: [Column; 5] = [
    Column { title: "ID", flexible: false, right: false },
    Column { title: "TASK", flexible: true, right: false },
    Column { title: "REPOSITORY", flexible: true, right: false },
    Column { title: "WAITS FOR", flexible: true, right: false },
    Column { title: "SINCE", flexible: false, right: true },
];

/// Lists.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    // Whoever looks at it wants it to move on.
    queue::ensure(home).await?;
    let tasks = tasks(home).await?;
    if arguments.json {
        print_json(&json!(tasks))?;
        return Ok(Exit::Done);
    }
    if tasks.is_empty() {
        print("The queue is empty. `bosk batch FILE` adds tasks.\n")?;
        return Ok(Exit::Done);
    }
    let now = now();
    let rows: Vec<Vec<String>> = tasks
        .iter()
        .map(|one| {
            vec![
                one.task.id.short().to_owned(),
                one_line(one.task.spec.prompt.trim(), 120),
                one_line(&one.task.repository, 60),
                words(one, now),
                span(now - one.task.added_at),
            ]
        })
        .collect();
    let painted = |at: Option<usize>, column: usize, text: &str| match (at, column) {
        (None, _) | (_, 0) => paint(DIM, text),
        _ => text.to_owned(),
    };
    print(&(table::lines(&COLUMNS, &rows, columns(), painted).join("\n") + "\n"))?;
    Ok(Exit::Done)
}

async fn tasks(home: &Home) -> Result<Vec<QueuedTask>, Problem> {
    let mut log = Log::default();
    log.catch_up(home)?;
    let sessions: Vec<SessionSummary> = catalog::list(home).await?.into_iter().flatten().collect();
    let (settings, now) = (settings::peek(home), now());
    let mut peaks = Peaks::default();
    let mut load = queue::load(home, &settings, &mut peaks, log.queue(), sessions.iter(), 0, now);
    if settings.max_usd_a_day.is_some() {
        let mut today = Today::default();
        today.look(home, 0.0).await?;
        today.count(&mut load);
    }
    Ok(log.queue().shown(&queue::caps(&settings), &load, now))
}

/// Holds, releases or cancels.
pub(crate) async fn change(home: &Home, which: &Which, deed: Deed) -> Result<Exit, Failure> {
    let mut log = Log::default();
    log.catch_up(home)?;
    let ids: Vec<SessionId> = if which.all {
        let wanted = |stage: &Stage| match (deed, stage) {
            (Deed::Release, Stage::Waiting { hold }) => hold.is_some(),
            (Deed::Hold, Stage::Waiting { hold }) => hold.is_none(),
            (Deed::Cancel, Stage::Waiting { .. } | Stage::Retrying { .. }) => true,
            _ => false,
        };
        let tasks = log.queue().tasks().filter(|(_, stage)| wanted(stage));
        tasks.map(|(task, _)| task.id.clone()).collect()
    } else {
        which.ids.iter().map(|id| find(home, id)).collect::<Result<_, _>>()?
    };
    let orders: Vec<Order> = ids.into_iter().map(|id| deed.order(id)).collect();
    let count = orders.len();
    let changed = match queue::order(home, &mut log, orders.clone()) {
        Ok(()) => count,
        Err(problem) if !which.all => return Err(problem.into()),
        // One of them has just started, or was released with its batch: then one by one.
        Err(_) => {
            let done = |order| queue::order(home, &mut log, vec![order]).is_ok();
            orders.into_iter().map(done).filter(|done| *done).count()
        }
    };
    queue::ensure(home).await?;
    note(&format!("{changed} changed."));
    Ok(Exit::Done)
}

/// The task whose id begins like this.
pub(super) fn find(home: &Home, start: &str) -> Result<SessionId, Problem> {
    let mut log = Log::default();
    log.catch_up(home)?;
    let mut found = log.queue().tasks().filter(|(task, _)| task.id.as_str().starts_with(start));
    match (found.next(), found.next()) {
        (Some((task, _)), None) if !start.is_empty() => Ok(task.id.clone()),
        (None, _) => Err(unknown(format!("No task begins with `{start}`."))),
        _ => Err(unknown(format!("More than one task begins with `{start}`."))),
    }
}

fn unknown(text: String) -> Problem {
    Problem::new(ProblemCode::SessionUnknown, text).hint("`bosk queue` lists them.")
}

fn words(one: &QueuedTask, now: i64) -> String {
    let short = |id: &SessionId| id.short().to_owned();
    match (&one.stage, &one.wait) {
        (Stage::Starting, _) => "nothing: it is being started".to_owned(),
        (Stage::Running, _) => "nothing: it is at work".to_owned(),
        (_, None | Some(Wait::Nothing)) => "nothing: it is next".to_owned(),
        (_, Some(Wait::Turn)) => "its turn".to_owned(),
        (_, Some(Wait::Release { hold })) => match hold {
            Hold::Person => "you: it is held".to_owned(),
            Hold::Before { task } => format!("you: {} was not done", short(task)),
            Hold::Batch => "you: three of its batch have failed in a row".to_owned(),
            Hold::Budget { cap, spent } => {
                format!("you: its batch has cost {} of {}", money(*spent), money(*cap))
            }
            Hold::Refused { problem } => format!("you: {}", one_line(&problem.message, 200)),
        },
        (_, Some(Wait::Tasks { ids })) => ids.iter().map(short).collect::<Vec<_>>().join(", "),
        (_, Some(Wait::UsageLimit { resets_at })) => {
            format!("the usage limit, {}", span((resets_at - now).max(0)))
        }
        (_, Some(Wait::Day { cap, until })) => {
            let left = span((until - now).max(0));
            format!("midnight, {left}, or a higher cap: today has cost {}", money(*cap))
        }
        (_, Some(Wait::Retry { at })) => format!("its next attempt, {}", span((at - now).max(0))),
        (_, Some(Wait::Running { cap })) => format!("a place: {cap} at work"),
        (_, Some(Wait::Repository { cap })) => format!("a place in its repository: {cap} at work"),
        (_, Some(Wait::Memory { needs, free })) => {
            format!("memory: {} of {}", bytes(*free), bytes(*needs))
        }
    }
}
