//! `bosk commit`: commits what a session has done.

use bosk_core::review::commit::CommitRequest;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::home::Home;
use serde_json::json;

use super::work;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{print, print_json};

/// What is committed.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// The message; without it, one is made of what was asked for and what Claude said last
    #[arg(long, short)]
    message: Option<String>,
    /// Only what is staged
    #[arg(long)]
    staged: bool,
    /// Replace the branch's last commit, where it is not pushed and on no other branch
    #[arg(long)]
    amend: bool,
    /// Run the repository's hooks
    #[arg(long)]
    hooks: bool,
    /// Do not sign it, even where git is set up to
    #[arg(long)]
    no_sign: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Commits.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let work = work(home, &arguments.id).await?;
    let plan = work.commit_plan().await?;
    let last = if arguments.amend { Some(plan.last.ok_or_else(not_amended)?) } else { None };
    let proposed = last.as_ref().map_or(plan.message, |last| last.message.clone());
    let request = CommitRequest {
        message: arguments.message.unwrap_or(proposed),
        all: !arguments.staged,
        amend: last.map(|last| last.id),
        hooks: arguments.hooks,
        sign: !arguments.no_sign,
    };
    let commit = work.commit(&request).await?;
    if arguments.json {
        print_json(&json!({"commit": commit, "message": request.message}))?;
    } else {
        let subject = request.message.lines().next().unwrap_or_default();
        let short: String = commit.chars().take(10).collect();
        print(&format!("{short} {}\n", one_line(subject, 200)))?;
    }
    Ok(Exit::Done)
}

fn not_amended() -> Problem {
    Problem::new(
        ProblemCode::SessionState,
        "The branch has no last commit of its own that is not pushed, so nothing was amended.",
    )
    .hint("Leave --amend out to make a new commit.")
}
