//! `bosk rm`: takes a session away, so that it can be had back. Its worktree's state stays in a
//! snapshot, its folders go to the trash, and what no snapshot holds is said before.

use std::path::Path;

use bosk_core::git::RemovalPlan;
use bosk_core::session::SessionSummary;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::client::forget::forget;
use bosk_runtime::client::worktree::takes_folder;
use bosk_runtime::client::{Standing, standing};
use bosk_runtime::git::{Repository, remove};
use bosk_runtime::home::Home;

use super::wrong_state;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, is_interactive, paint, print};
use crate::typed::Typed;
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
    /// Also delete the branch; its commits stay in the snapshot
    #[arg(long)]
    delete_branch: bool,
}

/// Removes.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    if standing(home, &id).await? == Standing::Kept {
        let problem =
            wrong_state(format!("Session `{}` is running, so it was not removed.", id.short()));
        return Err(problem.hint(format!("Stop it first: `bosk stop {}`.", id.short())).into());
    }
    let summary = catalog::summary(home, &Index::open(home), &id).await?;
    let worktree = worktree(home, &summary).await?;
    print(&described(&summary, worktree.as_ref().map(|(_, plan)| plan)))?;
    if !arguments.yes {
        if !is_interactive() {
            let problem = Problem::new(
                ProblemCode::InvalidInput,
                "Nobody can be asked here, so nothing was removed.",
            );
            return Err(problem.hint("Add --yes if that is what you want.").into());
        }
        print("Remove it? [y/N] ")?;
        if !Typed::default().agrees().await {
            print("Nothing was removed.\n")?;
            return Ok(Exit::Stopped);
        }
    }
    let mut text = String::new();
    if let Some((repository, plan)) = worktree {
        let snapshot: String = plan.token.snapshot.chars().take(12).collect();
        let request = remove::Request {
            folder: plan.folder.into(),
            session: id.clone(),
            token: plan.token,
            delete_branch: arguments.delete_branch,
        };
        let removal = remove::remove(&repository, &home.locks(), &home.trash(), request).await?;
        if let Some(trash) = removal.trash {
            text.push_str(&format!("The worktree is in the trash: {}\n", trash.display()));
        }
        if !snapshot.is_empty() {
            text.push_str(&format!("Its state is kept as commit {snapshot}.\n"));
        }
        if removal.branch_deleted {
            text.push_str("The branch was deleted.\n");
        }
    }
    let trash = forget(home, &id).await?;
    text.push_str(&format!("The transcript is in the trash: {}\n", trash.display()));
    print(&text)?;
    Ok(Exit::Done)
}

/// The worktree that would go, with a fresh snapshot; none where there is none of Bosk's.
async fn worktree(
    home: &Home,
    summary: &SessionSummary,
) -> Result<Option<(Repository, RemovalPlan)>, Problem> {
    let root = Path::new(&summary.repository_path);
    if !takes_folder(home, summary).await? || !root.is_dir() {
        return Ok(None);
    }
    let repository = Repository::discover(root).await?;
    let folder = Path::new(&summary.folder);
    match remove::plan(&repository, folder, &summary.id).await {
        Ok(plan) => Ok(Some((repository, plan))),
        // Removed by other means already: only the transcript is left.
        Err(problem) if problem.code == ProblemCode::InvalidInput && !folder.exists() => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn described(summary: &SessionSummary, plan: Option<&RemovalPlan>) -> String {
    let mut text = format!("{}\n", one_line(&summary.title, 200));
    let Some(plan) = plan else {
        return text + "  Only its transcript goes to the trash; no worktree of it is left.\n";
    };
    text.push_str(&format!("  Folder {}\n", one_line(&plan.folder, 1000)));
    if let Some(branch) = &plan.branch {
        let own = match plan.own_commits {
            0 => "no commits of its own".to_owned(),
            own => count(own as usize, "commit of its own", "commits of its own"),
        };
        text.push_str(&format!("  Branch {}, with {own}\n", one_line(branch, 200)));
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
