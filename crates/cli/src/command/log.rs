//! `bosk log`: the newest commits of a session's branch, its base's among them.

use bosk_core::review::commit::LogCommit;
use bosk_runtime::home::Home;
use serde_json::json;

use super::work;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, GREEN, paint, print, print_json};

/// Whose, and how many.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// How many commits
    #[arg(long, short = 'n', default_value_t = 20)]
    count: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists them.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let log = work(home, &arguments.id).await?.log(arguments.count).await?;
    if arguments.json {
        print_json(&json!(log))?;
        return Ok(Exit::Done);
    }
    let lines: String = log.commits.iter().map(line).collect();
    print(&lines)?;
    if log.more {
        print(&paint(DIM, "There are more: -n COUNT.\n"))?;
    }
    Ok(Exit::Done)
}

/// `●` is the branch's own, `○` is its base's; what no remote has is told.
fn line(commit: &LogCommit) -> String {
    let mark = if commit.own { paint(GREEN, "●") } else { paint(DIM, "○") };
    let short: String = commit.id.chars().take(10).collect();
    let names = match commit.names.as_slice() {
        [] => String::new(),
        names => format!(" {}", paint(AMBER, &format!("({})", one_line(&names.join(", "), 120)))),
    };
    let unpushed = if commit.unpushed { paint(DIM, " not pushed") } else { String::new() };
    format!("{mark} {}{names} {}{unpushed}\n", paint(DIM, &short), one_line(&commit.subject, 100))
}
