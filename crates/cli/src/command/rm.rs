//! `bosk rm`: takes a session away, so that it can be had back. Its worktree's state stays in a
//! snapshot, its folders go to the trash, and what no snapshot holds is said before.

use bosk_core::git::RemovalPlan;
use bosk_core::session::{SessionSummary, StopReason};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::client::{Standing, ended, standing, worktree};
use bosk_runtime::home::Home;

use super::{agreed, wrong_state};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, paint, print};
use crate::words::{count, size};

/// Ignored files that are listed by name.
const LISTED: usize = 20;

/// What is removed.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Stop it first where it runs, as `bosk stop` does
    #[arg(long)]
    stop: bool,
    /// Also delete the branch; its commits stay in the snapshot
    #[arg(long)]
    delete_branch: bool,
}

/// Removes.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let runs = standing(home, &id).await? == Standing::Kept;
    if runs && !arguments.stop {
        let problem =
            wrong_state(format!("Session `{}` is running, so it was not removed.", id.short()));
        return Err(problem
            .hint(format!("Stop it first: `bosk stop {}`, or --stop.", id.short()))
            .into());
    }
    let mut summary = catalog::summary(home, &Index::open(home), &id).await?;
    let plan = worktree::removal(home, &summary).await?;
    print(&described(&summary, &plan))?;
    if !agreed(arguments.yes, "Remove it?", "nothing was removed").await? {
        return Ok(Exit::Stopped);
    }
    if runs {
        ended::stop(home, &id, StopReason::Person).await?;
        summary = catalog::summary(home, &Index::open(home), &id).await?;
    }
    let token = plan.token;
    let snapshot: String = token.snapshot.chars().take(12).collect();
    let removed = worktree::remove(home, &summary, token, arguments.delete_branch).await?;
    let mut text = String::new();
    if let Some(removal) = removed.worktree {
        if removal.whole {
            let tree = removal.entry.tree();
            text.push_str(&format!("The worktree is in the trash: {}\n", tree.display()));
        }
        if !snapshot.is_empty() {
            text.push_str(&format!("Its state is kept as commit {snapshot}.\n"));
        }
        if removal.branch_deleted {
            text.push_str("The branch was deleted.\n");
        }
        text.push_str(&format!("Have it back with `bosk restore {}`.\n", removal.entry.id));
    }
    text.push_str(&format!("The transcript is in the trash: {}\n", removed.record.display()));
    print(&text)?;
    Ok(Exit::Done)
}

fn described(summary: &SessionSummary, plan: &RemovalPlan) -> String {
    let text = format!("{}\n", one_line(&summary.title, 200));
    if plan.token.worktree.is_empty() {
        return text + "  Only its transcript goes to the trash; no worktree of it is left.\n";
    }
    text + &moved(plan)
}

/// What a removal moves, and what of it is in the trash only.
pub(super) fn moved(plan: &RemovalPlan) -> String {
    let mut text = String::new();
    text.push_str(&format!("  Folder {}\n", one_line(&plan.folder, 1000)));
    if let Some(branch) = &plan.branch {
        let own = match plan.own_commits {
            0 => "no commits of its own".to_owned(),
            own => count(own as usize, "commit of its own", "commits of its own"),
        };
        let merged = if plan.merged.is_some() { ", and all of its work is merged" } else { "" };
        text.push_str(&format!("  Branch {}, with {own}{merged}\n", one_line(branch, 200)));
    }
    if plan.uncommitted {
        text.push_str("  There are uncommitted changes; the snapshot keeps them.\n");
    }
    if plan.ignored_total > 0 {
        let files = count(plan.ignored_total as usize, "ignored entry", "ignored entries");
        text.push_str(&paint(AMBER, &format!("  {files}, in the trash only:")));
        text.push('\n');
        for file in plan.ignored.iter().take(LISTED) {
            let bytes = paint(DIM, &size(file.bytes));
            text.push_str(&format!("    {}  {bytes}\n", one_line(&file.path, 400)));
        }
        let more = (plan.ignored_total as usize).saturating_sub(LISTED);
        if more > 0 {
            text.push_str(&format!("    and {more} more\n"));
        }
    }
    for nested in &plan.nested {
        text.push_str(&format!(
            "  A repository inside, in the trash only: {}\n",
            one_line(nested, 400)
        ));
    }
    text
}
