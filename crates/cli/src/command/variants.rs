//! `bosk variants`: one prompt tried several times, or several ways; then compared, and one of them chosen.

use bosk_core::launch::Effort;
use bosk_core::variants::{Chosen, VariantKind, VariantView, Variants};
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::home::Home;
use bosk_runtime::{catalog, variants};
use serde_json::json;

use super::chosen::Rest;
use super::table::{self, Column};
use super::{efforts, trust, wait};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, columns, is_interactive, note, paint, print, print_json};
use crate::typed::{Typed, text_or_input};
use crate::words::{glyph, money, span, verdict, word};

/// What is tried, or what is done with what was tried.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    deed: Option<Deed>,
    /// How many sessions; models, efforts and instructions are tried in turn
    #[arg(required = true, value_name = "N")]
    count: Option<u32>,
    /// Models to try, with commas between them
    #[arg(long, value_delimiter = ',')]
    model: Vec<String>,
    /// Efforts to try, with commas between them
    #[arg(long, value_delimiter = ',', value_parser = efforts())]
    effort: Vec<Effort>,
    /// Instructions to try, each added to the system prompt; may be repeated
    #[arg(long, value_name = "TEXT")]
    instruction: Vec<String>,
    #[command(flatten)]
    rest: Rest,
    /// Agree to the hooks, servers, rules and scripts that the repository brings now
    #[arg(long)]
    trust: bool,
    /// Do not wait for them
    #[arg(long)]
    detach: bool,
    /// Print the group and its sessions as one JSON object, and then what has become of each as another
    #[arg(long)]
    json: bool,
    /// What is to be done; `-` reads it from standard input
    #[arg(required = true)]
    prompt: Vec<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Deed {
    /// Show them side by side, with their ranks
    Compare {
        /// Their group, as it was printed at the launch
        group: String,
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Keep one; the others are stopped and go to the trash, each after a snapshot
    Choose {
        /// Their group
        group: String,
        /// The session that is kept; the beginning of its id will do
        id: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        /// Print what was put away and what was not as one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    match arguments.deed {
        None => launch(home, arguments).await,
        Some(Deed::Compare { group, json }) => compare(home, &group, json).await,
        Some(Deed::Choose { group, id, yes, json }) => {
            choose(home, &group, &catalog::find(home, &id)?, yes, json).await
        }
    }
}

async fn launch(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let kinds = kinds(&arguments)?;
    let prompt = text_or_input(&arguments.prompt.join(" "))?;
    let spec = arguments.rest.spec(prompt, ".".into())?;
    trust::settle(home, &spec, arguments.trust, &mut Typed::default()).await?;
    let launched = variants::launch(home, Variants { spec, kinds }).await?;
    if arguments.json {
        print_json(&json!(launched))?;
    } else {
        let group = &launched.group;
        note(&format!("`bosk variants compare {group}` shows them side by side."));
        let ids = launched.sessions.iter().map(|id| format!("{id}\n"));
        print(&format!("{group}\n{}", ids.collect::<String>()))?;
    }
    if arguments.detach {
        return Ok(Exit::Done);
    }
    wait::run(home, &wait::Arguments::of(&launched.sessions, arguments.json)).await
}

/// Every model with every effort and every instruction, in turn, until there are so many.
fn kinds(arguments: &Arguments) -> Result<Vec<VariantKind>, Problem> {
    let models = or_none(&arguments.model);
    let efforts = or_none(&arguments.effort);
    let instructions = or_none(&arguments.instruction);
    let mut kinds = Vec::new();
    for model in &models {
        for effort in &efforts {
            for instructions in &instructions {
                let (model, instructions) = (model.clone(), instructions.clone());
                kinds.push(VariantKind { model, effort: *effort, instructions, count: 0 });
            }
        }
    }
    let (count, ways) =
        (arguments.count.unwrap_or(0), u32::try_from(kinds.len()).unwrap_or(u32::MAX));
    if count < ways {
        let text = format!("{count} sessions cannot try {ways} ways.");
        return Err(Problem::new(ProblemCode::InvalidInput, text)
            .hint(format!("Ask for {ways}, or for fewer models, efforts or instructions.")));
    }
    for (at, kind) in (0..).zip(&mut kinds) {
        kind.count = count / ways + u32::from(at < count % ways);
    }
    Ok(kinds)
}

fn or_none<T: Clone>(given: &[T]) -> Vec<Option<T>> {
    if given.is_empty() { vec![None] } else { given.iter().cloned().map(Some).collect() }
}

const COLUMNS: [Column; 9] = [
    Column { title: "RANK", flexible: false, right: true },
    Column { title: "STATE", flexible: false, right: false },
    Column { title: "ID", flexible: false, right: false },
    Column { title: "VARIANT", flexible: true, right: false },
    Column { title: "CHECK", flexible: true, right: false },
    Column { title: "FILES", flexible: false, right: true },
    Column { title: "LINES", flexible: false, right: true },
    Column { title: "COST", flexible: false, right: true },
    Column { title: "TIME", flexible: false, right: true },
];

async fn compare(home: &Home, group: &str, json: bool) -> Result<Exit, Failure> {
    let views = variants::compare(home, group).await?;
    if json {
        print_json(&json!(views))?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = views.iter().map(row).collect();
    let painted = |at: Option<usize>, column: usize, text: &str| match (at, text.split_once(' ')) {
        (Some(at), Some((shape, word))) if column == 1 => {
            format!("{} {word}", paint(glyph(views[at].glance).1, shape))
        }
        (Some(_), _) if column != 2 => text.to_owned(),
        _ => paint(DIM, text),
    };
    print(&(table::lines(&COLUMNS, &rows, columns(), painted).join("\n") + "\n"))?;
    Ok(Exit::Done)
}

fn row(view: &VariantView) -> Vec<String> {
    let changes = view.changes;
    vec![
        view.rank.map_or_else(String::new, |rank| rank.to_string()),
        format!("{} {}", glyph(view.glance).0, word(view.glance)),
        view.id.short().to_owned(),
        one_line(&view.variant.label, 120),
        view.check.as_ref().map_or_else(String::new, |check| verdict(&check.verdict)),
        changes.map_or_else(String::new, |changes| changes.files.to_string()),
        changes
            .map_or_else(String::new, |changes| format!("+{} -{}", changes.added, changes.removed)),
        money(view.cost_usd),
        span(i64::try_from(view.worked).unwrap_or(i64::MAX)),
    ]
}

async fn choose(
    home: &Home,
    group: &str,
    id: &SessionId,
    yes: bool,
    json: bool,
) -> Result<Exit, Failure> {
    if !yes {
        if !is_interactive() {
            let text = "Nobody can be asked here, so nothing was put away.";
            let problem = Problem::new(ProblemCode::InvalidInput, text);
            return Err(problem.hint("Add --yes if that is what you want.").into());
        }
        let others = variants::compare(home, group).await?.len().saturating_sub(1);
        print(&format!("Keep {} and put {others} others away? [y/N] ", id.short()))?;
        if !Typed::default().agrees().await {
            print("Nothing was put away.\n")?;
            return Ok(Exit::Stopped);
        }
    }
    let chosen = variants::choose(home, group, id).await?;
    if json {
        print_json(&json!(chosen))?;
    } else {
        print(&told(&chosen))?;
    }
    Ok(if chosen.left.is_empty() { Exit::Done } else { Exit::Failed })
}

fn told(chosen: &Chosen) -> String {
    let archived = chosen.archived.iter().map(|one| match &one.snapshot {
        Some(snapshot) => {
            let snapshot: String = snapshot.chars().take(12).collect();
            format!("{} is in the trash; its state is kept as commit {snapshot}.\n", one.id.short())
        }
        None => format!("{} had not begun, and was taken out of the queue.\n", one.id.short()),
    });
    let left = chosen.left.iter().map(|one| {
        format!("{} is still there. {}\n", one.id.short(), one_line(&one.problem.message, 1000))
    });
    archived.chain(left).collect()
}
