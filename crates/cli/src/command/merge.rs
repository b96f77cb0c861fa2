//! `bosk merge`: brings a session's branch into another one.

use bosk_core::review::merge::{MergeHow, MergePlan};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::home::Home;
use bosk_runtime::merging::Work;
use serde_json::json;

use super::{signing, work};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{note, print, print_json};
use crate::words::count;

/// The most files that are named.
const NAMED: usize = 20;

/// What is merged, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// The branch that it goes into; its base when absent
    #[arg(long)]
    into: Option<String>,
    /// As one commit
    #[arg(long, conflicts_with = "rebase")]
    squash: bool,
    /// Its own commits, one after the other
    #[arg(long)]
    rebase: bool,
    /// The message of the merge or the squashed commit
    #[arg(long, short, conflicts_with = "rebase")]
    message: Option<String>,
    /// Do not sign what is made, even where git is set up to
    #[arg(long)]
    no_sign: bool,
    /// Say what it would meet, and change nothing
    #[arg(long)]
    show: bool,
    /// Take the session's last merge back, where the target has not moved since
    #[arg(long, conflicts_with_all = ["squash", "rebase", "message", "show"])]
    undo: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Merges.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let how = match (arguments.squash, arguments.rebase) {
        (true, _) => MergeHow::Squash,
        (_, true) => MergeHow::Rebase,
        _ => MergeHow::Merge,
    };
    let work = signing(work(home, &arguments.id).await?, arguments.no_sign);
    if arguments.undo {
        return undo(&work, arguments.into.as_deref(), arguments.json).await;
    }
    let plan = work.merge_plan(arguments.into.as_deref(), how).await?;
    if !arguments.json {
        tell(&plan);
    }
    let in_the_way = plan.checkout.as_ref().is_some_and(|there| !there.in_the_way.is_empty());
    let cannot = in_the_way || !plan.conflicts.is_empty();
    let merged = if arguments.show || cannot {
        None
    } else {
        let message = arguments.message.as_ref().unwrap_or(&plan.message);
        Some(work.merge(how, &plan.target, (&plan.head, &plan.target_head), message).await?)
    };
    if arguments.json {
        print_json(&json!({"plan": plan, "merged": merged}))?;
    } else if let Some(merged) = &merged {
        let short: String = merged.commit.chars().take(10).collect();
        print(&format!("{} is at {short}.\n", one_line(&plan.target, 200)))?;
        note(&format!("`bosk merge {} --undo` takes it back.", arguments.id));
    } else if !plan.conflicts.is_empty() {
        note(&format!("`bosk update {}` brings them into the session's folder.", arguments.id));
    }
    Ok(if cannot { Exit::Failed } else { Exit::Done })
}

async fn undo(work: &Work, into: Option<&str>, json: bool) -> Result<Exit, Failure> {
    let mut merges = work.merges();
    merges.retain(|(target, _)| into.is_none_or(|into| into == target));
    let (target, merged) = merges.pop().ok_or_else(|| {
        let text = "Bosk has merged nothing of this session that could be taken back.";
        Problem::new(ProblemCode::InvalidInput, text)
    })?;
    work.undo_merge(&target, &merged).await?;
    if json {
        print_json(&json!({"target": target, "undone": merged}))?;
    } else {
        let short: String = merged.before.chars().take(10).collect();
        print(&format!("{} is at {short} again.\n", one_line(&target, 200)))?;
    }
    Ok(Exit::Done)
}

fn tell(plan: &MergePlan) {
    let commits = count(plan.ahead as usize, "commit", "commits");
    let (branch, target) = (one_line(&plan.branch, 200), one_line(&plan.target, 200));
    note(&format!(
        "{branch} into {target}: {commits}, and {target} has {} of its own.",
        plan.behind
    ));
    if plan.uncommitted {
        note("The session's folder has changes that are not committed; they are not merged.");
    }
    list("Both have changed the same lines, so it cannot be merged as it is:", &plan.conflicts);
    if let Some(there) = &plan.checkout {
        let folder = one_line(&there.folder, 400);
        list(&format!("Not committed in {folder}, and in the way:"), &there.in_the_way);
    }
}

fn list(title: &str, files: &[String]) {
    if files.is_empty() {
        return;
    }
    note(title);
    for file in files.iter().take(NAMED) {
        note(&format!("  {}", one_line(file, 200)));
    }
    if files.len() > NAMED {
        note(&format!("  and {} more", files.len() - NAMED));
    }
}
