//! `bosk ls`: all sessions in a table, or as one JSON array.

use bosk_core::session::SessionSummary;
use bosk_runtime::catalog::{self, Listed};
use bosk_runtime::home::Home;
use serde_json::{Value, json};

use super::table::{self, Column};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, columns, paint, print, print_json};
use crate::words::{doing, glyph, money, now, span, word};

/// How it is listed.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

const COLUMNS: [Column; 8] = [
    Column { title: "STATE", flexible: false, right: false },
    Column { title: "ID", flexible: false, right: false },
    Column { title: "TITLE", flexible: true, right: false },
    Column { title: "REPOSITORY", flexible: true, right: false },
    Column { title: "BRANCH", flexible: true, right: false },
    Column { title: "DOING", flexible: true, right: false },
    Column { title: "AGE", flexible: false, right: true },
    Column { title: "COST", flexible: false, right: true },
];

/// Lists.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let listed = catalog::list(home).await?;
    if arguments.json {
        print_json(&Value::Array(listed.iter().map(as_json).collect()))?;
        return Ok(Exit::Done);
    }
    if listed.is_empty() {
        print(
            "There are no sessions yet. `bosk run PROMPT` launches one; `bosk run --rehearsal` needs no account.\n",
        )?;
        return Ok(Exit::Done);
    }
    let now = now();
    let rows: Vec<Vec<String>> = listed.iter().map(|one| row(one, now)).collect();
    let painted = |at: Option<usize>, column: usize, text: &str| {
        let Some(at) = at else { return paint(DIM, text) };
        match (&listed[at], column, text.split_once(' ')) {
            (Ok(summary), 0, Some((shape, word))) => {
                format!("{} {word}", paint(glyph(summary.glance).1, shape))
            }
            (_, 1, _) => paint(DIM, text),
            _ => text.to_owned(),
        }
    };
    let mut out = table::lines(&COLUMNS, &rows, columns(), painted).join("\n");
    out.push('\n');
    print(&out)?;
    Ok(Exit::Done)
}

fn as_json(listed: &Listed) -> Value {
    match listed {
        Ok(summary) => json!(summary),
        Err((id, problem)) => json!({"id": id, "problem": problem}),
    }
}

fn row(listed: &Listed, now: i64) -> Vec<String> {
    match listed {
        Ok(summary) => of(summary, now),
        Err((id, problem)) => {
            let problem = one_line(&problem.message, 200);
            vec!["✕ damaged".to_owned(), id.short().to_owned(), problem]
        }
    }
}

fn of(summary: &SessionSummary, now: i64) -> Vec<String> {
    vec![
        format!("{} {}", glyph(summary.glance).0, word(summary.glance)),
        summary.id.short().to_owned(),
        one_line(&summary.title, 120),
        one_line(&summary.repository, 60),
        one_line(summary.branch.as_deref().unwrap_or_default(), 80),
        doing(summary),
        span(now - summary.created_at),
        money(summary.cost_usd),
    ]
}
