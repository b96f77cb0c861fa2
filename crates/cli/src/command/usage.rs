//! `bosk usage`: what sessions have cost, by day, repository, model or session.

use std::collections::BTreeMap;

use bosk_core::session::Tokens;
use bosk_core::spend::Spent;
use bosk_runtime::home::Home;
use bosk_runtime::spend;
use serde_json::json;

use super::table::{self, Column};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{BOLD, DIM, columns, paint, print, print_json};
use crate::words::{day_of, money, now};

/// What is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What is put together
    #[arg(long, value_enum, default_value_t = By::Day)]
    by: By,
    /// How many days back
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u32,
    /// Print one JSON array: by hour, session and model
    #[arg(long)]
    json: bool,
    /// Print the same as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Day,
    Repository,
    Model,
    Session,
}

impl By {
    const fn title(self) -> &'static str {
        match self {
            Self::Day => "DAY",
            Self::Repository => "REPOSITORY",
            Self::Model => "MODEL",
            Self::Session => "SESSION",
        }
    }

    fn key(self, spent: &Spent) -> String {
        match self {
            Self::Day => day_of(spent.hour),
            Self::Repository => one_line(&spent.repository, 80),
            Self::Model => one_line(&spent.model, 80),
            Self::Session => spent.session.short().to_owned(),
        }
    }
}

/// Tells.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let since = now() / 1000 - i64::from(arguments.days) * 86_400;
    let all = spend::spent(home, since).await?;
    if arguments.json {
        print_json(&json!(all))?;
    } else if arguments.csv {
        print(&csv(&all))?;
    } else if all.is_empty() {
        print("Nothing was spent in that time.\n")?;
    } else {
        print(&shown(&all, arguments.by))?;
    }
    Ok(Exit::Done)
}

fn shown(all: &[Spent], by: By) -> String {
    let mut sums: BTreeMap<String, (f64, Tokens)> = BTreeMap::new();
    let mut total = (0.0, Tokens::default());
    for one in all {
        for sum in [sums.entry(by.key(one)).or_default(), &mut total] {
            sum.0 += one.cost_usd;
            sum.1.input += one.tokens.input;
            sum.1.output += one.tokens.output;
            sum.1.cache_read += one.tokens.cache_read;
            sum.1.cache_creation += one.tokens.cache_creation;
        }
    }
    let mut sums: Vec<(String, (f64, Tokens))> = sums.into_iter().collect();
    if by != By::Day {
        sums.sort_by(|one, other| other.1.0.total_cmp(&one.1.0));
    }
    sums.push(("Total".to_owned(), total));
    let right = |title| Column { title, flexible: false, right: true };
    let titles = [
        Column { title: by.title(), flexible: true, right: false },
        right("COST"),
        right("INPUT"),
        right("OUTPUT"),
        right("CACHE READ"),
        right("CACHE WRITTEN"),
    ];
    let rows: Vec<Vec<String>> = sums
        .into_iter()
        .map(|(key, (cost, tokens))| {
            let Tokens { input, output, cache_read, cache_creation } = tokens;
            let figures = [input, output, cache_read, cache_creation].map(|one| one.to_string());
            [key, money(cost)].into_iter().chain(figures).collect()
        })
        .collect();
    let last = rows.len() - 1;
    let painted = |at: Option<usize>, _: usize, text: &str| match at {
        None => paint(DIM, text),
        Some(at) if at == last => paint(BOLD, text),
        Some(_) => text.to_owned(),
    };
    table::lines(&titles, &rows, columns(), painted).join("\n") + "\n"
}

/// RFC 4180. A name that a table would take for a formula gets a quote before it.
fn csv(all: &[Spent]) -> String {
    let word = |text: &str| {
        let formula = text.starts_with(['=', '+', '-', '@']);
        format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
    };
    let mut out = "hour,repository,session,model,cost_usd,input,output,cache_read,cache_creation\n"
        .to_owned();
    for Spent { session, repository, model, hour, cost_usd, tokens } in all {
        let Tokens { input, output, cache_read, cache_creation } = tokens;
        out.push_str(&format!(
            "{hour},{},{session},{},{cost_usd},{input},{output},{cache_read},{cache_creation}\n",
            word(repository),
            word(model)
        ));
    }
    out
}
