//! `bosk schedule`: tasks that are added to the queue by themselves.

mod when;

use bosk_core::queue::Addition;
use bosk_core::schedule::{Schedule, ScheduleDraft};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::home::Home;
use bosk_runtime::{queue, schedules};
use clap::Subcommand;
use serde_json::json;

use super::chosen::Chosen;
use super::table::{self, Column};
use super::trust;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, columns, note, paint, print, print_json};
use crate::typed::{Typed, text_or_input};
use crate::words::{now, span};

/// What is done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add tasks to the queue at a time, every so often, on a commit, or when the usage limit starts anew
    Add(Box<Add>),
    /// List the schedules
    Ls {
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Remove one; tasks that it has added stay
    Rm(Which),
    /// Let one run by itself
    On(Which),
    /// Let one not run by itself
    Off(Which),
    /// Add what one adds now
    Run(Which),
}

/// What is made.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    #[command(flatten)]
    when: when::Words,
    /// Its name [default: the beginning of the prompt]
    #[arg(long)]
    name: Option<String>,
    /// Most that the tasks of one run may cost together, in US dollars; then the rest of them is held
    #[arg(long, value_name = "USD")]
    max_usd: Option<f64>,
    /// Each waits for the one before, starts from its branch and is told its last words
    #[arg(long)]
    one_after_another: bool,
    /// Agree to the hooks, servers, rules and scripts that the repository brings now
    #[arg(long)]
    trust: bool,
    #[command(flatten)]
    chosen: Chosen,
    /// What is to be done, one prompt for each task; `-` reads them from standard input, as `bosk batch` does
    #[arg(required = true)]
    prompts: Vec<String>,
}

/// Which one.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Its name, or its id, whose beginning will do
    schedule: String,
}

/// Does it.
pub(crate) async fn run(home: &Home, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Add(arguments) => return add(home, *arguments).await,
        Command::Ls { json } => {
            // Whoever looks wants them to run.
            queue::ensure(home).await?;
            let all = schedules::list(home)?;
            return if json { print_json(&json!(all)).map(|()| Exit::Done) } else { shown(&all) };
        }
        Command::Rm(which) => schedules::remove(home, &find(home, &which)?.id).await?,
        Command::On(which) => schedules::enable(home, &find(home, &which)?.id, true).await?,
        Command::Off(which) => schedules::enable(home, &find(home, &which)?.id, false).await?,
        Command::Run(which) => {
            let added = schedules::run_now(home, &find(home, &which)?.id).await?;
            print(&added.iter().map(|id| format!("{id}\n")).collect::<String>())?;
        }
    }
    Ok(Exit::Done)
}

async fn add(home: &Home, arguments: Add) -> Result<Exit, Failure> {
    let mut prompts = Vec::new();
    for prompt in &arguments.prompts {
        match prompt.as_str() {
            "-" => prompts.extend(bosk_core::queue::prompts(&text_or_input(prompt)?)),
            prompt => prompts.push(prompt.to_owned()),
        }
    }
    let first = arguments.chosen.spec(String::new(), ".".into())?;
    let when = arguments.when.when(&first.repository)?;
    let specs: Vec<_> = prompts
        .into_iter()
        .map(|prompt| bosk_core::launch::LaunchSpec { prompt, ..first.clone() })
        .collect();
    if let Some(one) = specs.first() {
        trust::settle(home, one, arguments.trust, &mut Typed::default()).await?;
    }
    let beginning = specs.first().map(|one| one_line(one.prompt.trim(), 40)).unwrap_or_default();
    let addition = Addition {
        specs,
        batch: None,
        max_usd: arguments.max_usd,
        priority: Default::default(),
        after: Vec::new(),
        builds_on: None,
        one_after_another: arguments.one_after_another,
    };
    let name = arguments.name.unwrap_or(beginning);
    let draft = ScheduleDraft { id: None, name, when, addition, enabled: true };
    let id = schedules::save(home, draft).await?;
    if let Some(one) = schedules::list(home)?.into_iter().find(|one| one.id == id) {
        note(&format!("It runs {}.", next(&one)));
    }
    note(
        "Something of Bosk has to run by then: after a restart of the machine, the window, `bosk serve` or any look at the queue sees to that.",
    );
    print(&format!("{id}\n"))?;
    Ok(Exit::Done)
}

fn find(home: &Home, which: &Which) -> Result<Schedule, Problem> {
    let all = schedules::list(home)?;
    let wanted = &which.schedule;
    let named = |one: &&Schedule| one.name == *wanted;
    let begins = |one: &&Schedule| !wanted.is_empty() && one.id.starts_with(wanted.as_str());
    let mut found: Vec<&Schedule> = all.iter().filter(named).collect();
    if found.is_empty() {
        found = all.iter().filter(begins).collect();
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(unknown("There is no such schedule.")),
        _ => Err(unknown("More than one schedule is called so.")),
    }
}

fn unknown(text: &str) -> Problem {
    Problem::new(ProblemCode::InvalidInput, text).hint("`bosk schedule ls` lists them.")
}

const COLUMNS: [Column; 5] = [
    Column { title: "ID", flexible: false, right: false },
    Column { title: "SCHEDULE", flexible: true, right: false },
    Column { title: "WHEN", flexible: true, right: false },
    Column { title: "NEXT", flexible: true, right: false },
    Column { title: "LAST", flexible: true, right: false },
];

fn shown(all: &[Schedule]) -> Result<Exit, Failure> {
    if all.is_empty() {
        print("There is no schedule. `bosk schedule add` makes one.\n")?;
        return Ok(Exit::Done);
    }
    let row = |one: &Schedule| {
        let id = one.id.chars().take(8).collect();
        vec![id, one_line(&one.name, 60), when::words(&one.when), next(one), last(one)]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let painted = |at: Option<usize>, column: usize, text: &str| match (at, column) {
        (None, _) | (_, 0) => paint(DIM, text),
        _ => text.to_owned(),
    };
    print(&(table::lines(&COLUMNS, &rows, columns(), painted).join("\n") + "\n"))?;
    Ok(Exit::Done)
}

fn next(one: &Schedule) -> String {
    if !one.enabled {
        return "never: it is off".to_owned();
    }
    if let Some(problem) = &one.problem {
        return one_line(&problem.message, 200);
    }
    let now = now();
    match one.next_at {
        Some(at) if at > now => format!("in {}", span(at - now)),
        Some(_) => "when its last run is over".to_owned(),
        None => when::words(&one.when),
    }
}

fn last(one: &Schedule) -> String {
    let Some(last) = &one.last else { return String::new() };
    let ago = format!("{} ago", span(now() - last.at));
    let missed = match last.missed {
        0 => String::new(),
        1 => ", late: 1 time was missed".to_owned(),
        more => format!(", for {more} times that were missed"),
    };
    match &last.problem {
        Some(problem) => format!("{ago}: refused: {}", one_line(&problem.message, 200)),
        None => ago + &missed,
    }
}
