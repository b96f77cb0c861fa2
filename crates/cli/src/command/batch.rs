//! `bosk batch`: many tasks at once, from a file.

use std::path::PathBuf;

use bosk_core::queue::{Addition, BatchSource, Priority};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::home::Home;
use bosk_runtime::queue;
use serde_json::json;

use super::chosen::{Chosen, absolute};
use super::{priorities, queue as listed, trust};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{note, print, print_json};
use crate::typed::{Typed, text_or_input};

/// What is added.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A file with one prompt a line, or blocks between lines of `---`; a JSON list; or a table (CSV, TSV, JSON)
    /// for --prompt. `-` reads prompts from standard input
    file: PathBuf,
    /// The prompt for each row of a table, with the names of columns in braces: `Fix {file}`
    #[arg(long, value_name = "TEMPLATE")]
    prompt: Option<String>,
    /// What to call them together [default: the file's name]
    #[arg(long)]
    name: Option<String>,
    /// Most that they may cost together, in US dollars; then the rest of them is held
    #[arg(long, value_name = "USD")]
    max_usd: Option<f64>,
    /// How urgent they are
    #[arg(long, default_value = "normal", value_parser = priorities())]
    priority: Priority,
    /// A task of the queue that has to be done before all of them; may be repeated
    #[arg(long, value_name = "ID")]
    after: Vec<String>,
    /// Each waits for the one before, starts from its branch and is told its last words
    #[arg(long)]
    one_after_another: bool,
    /// Only show what would be added
    #[arg(long)]
    dry_run: bool,
    /// Agree to the hooks, servers, rules and scripts that the repository brings now
    #[arg(long)]
    trust: bool,
    /// Print the tasks' ids as one JSON array
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    chosen: Chosen,
}

/// Adds them.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let prompts = prompts(&arguments)?;
    if prompts.is_empty() {
        let problem = Problem::new(ProblemCode::InvalidInput, "There is no prompt in it.");
        return Err(problem.hint("Write one a line, or blocks between lines of `---`.").into());
    }
    if arguments.dry_run {
        return shown(&prompts, arguments.json);
    }
    let after = arguments.after.iter().map(|id| listed::find(home, id));
    let after = after.collect::<Result<Vec<_>, Problem>>()?;
    let first = arguments.chosen.spec(String::new(), ".".into())?;
    let specs = prompts.into_iter().map(|prompt| {
        let mut spec = first.clone();
        spec.prompt = prompt;
        spec
    });
    let specs: Vec<_> = specs.collect();
    if let Some(one) = specs.first() {
        trust::settle(home, one, arguments.trust, &mut Typed::default()).await?;
    }
    let name = arguments.file.file_stem().map(|name| name.to_string_lossy().into_owned());
    let added = queue::add(
        home,
        Addition {
            batch: arguments.name.or(name).filter(|_| specs.len() > 1),
            specs,
            max_usd: arguments.max_usd,
            priority: arguments.priority,
            after,
            builds_on: None,
            one_after_another: arguments.one_after_another,
        },
    )
    .await?;
    if arguments.json {
        print_json(&json!(added))?;
    } else {
        note(&format!("{} tasks are in the queue; `bosk queue` shows them.", added.len()));
        print(&added.iter().map(|id| format!("{id}\n")).collect::<String>())?;
    }
    Ok(Exit::Done)
}

fn prompts(arguments: &Arguments) -> Result<Vec<String>, Problem> {
    let template = arguments.prompt.clone();
    let source = if arguments.file.as_os_str() == "-" {
        let text = text_or_input("-")?;
        match template {
            Some(template) => BatchSource::Table { text, template },
            None => BatchSource::Prompts { text },
        }
    } else {
        BatchSource::File { path: absolute(arguments.file.clone())?, template }
    };
    queue::prompts(&source)
}

fn shown(prompts: &[String], json: bool) -> Result<Exit, Failure> {
    if json {
        print_json(&json!(prompts))?;
    } else {
        let lines =
            (1..).zip(prompts).map(|(at, prompt)| format!("{at:4}  {}\n", one_line(prompt, 200)));
        print(&lines.collect::<String>())?;
    }
    Ok(Exit::Done)
}
