//! `bosk delete`: a worktree with its branch, or for good what was put away. What exists nowhere else is said before.

use bosk_core::git::IgnoredFile;
use bosk_core::worktree::{DeletePlan, Loss};
use bosk_runtime::client::archive;
use bosk_runtime::git::Repository;
use bosk_runtime::home::Home;

use super::agreed;
use super::archive::{Found, Which, named, put_away, stop};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, paint, print};
use crate::words::{count, size};

/// Ignored files that are listed by name.
const LISTED: usize = 20;

/// What is deleted.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    which: Which,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Stop the sessions that run in a worktree first, as `bosk stop` does
    #[arg(long)]
    stop: bool,
    /// Also delete the branch of a worktree, if it is still where it was
    #[arg(long)]
    delete_branch: bool,
    /// Also delete the snapshots of what was put away: nothing of it is left
    #[arg(long)]
    snapshots: bool,
}

/// Deletes.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let text = arguments.which.text();
    let is_folder = std::path::Path::new(text).exists();
    if !is_folder && let Some(id) = named(home, text).await? {
        return for_good(home, &id, arguments).await;
    }
    let Found { repository, folder } = arguments.which.find(home).await?;
    let repository = Repository::discover(&repository).await?.root;
    let plan = archive::delete_plan(home, &repository, &folder).await?;
    print(&described(&plan))?;
    if !agreed(arguments.yes, "Delete it?", "nothing was deleted").await? {
        return Ok(Exit::Stopped);
    }
    if arguments.stop {
        stop(home, &folder).await?;
    }
    let branch = arguments.delete_branch;
    let away = archive::delete(home, &repository, &folder, plan.token, branch).await?;
    print(&put_away(&away))?;
    Ok(Exit::Done)
}

async fn for_good(home: &Home, id: &str, arguments: &Arguments) -> Result<Exit, Failure> {
    let plan = archive::archived_delete_plan(home, id).await?;
    print(&described(&plan))?;
    if !agreed(arguments.yes, "Delete it for good?", "nothing was deleted").await? {
        return Ok(Exit::Stopped);
    }
    archive::delete_archived(home, id, &plan.token, arguments.snapshots).await?;
    print(if arguments.snapshots {
        "It is gone, and its snapshots with it.\n"
    } else {
        "Its folder is gone. Its snapshots stay until they expire.\n"
    })?;
    Ok(Exit::Done)
}

fn described(plan: &DeletePlan) -> String {
    let mut text = format!("  Folder {}\n", one_line(&plan.folder, 1000));
    if let Some(branch) = &plan.branch {
        text.push_str(&format!("  Branch {}\n", one_line(branch, 200)));
    }
    if plan.losses.is_empty() {
        text.push_str("  Everything in it exists elsewhere, too.\n");
    }
    for loss in &plan.losses {
        text.push_str(&paint(AMBER, &format!("  {}\n", words(loss))));
        if let Loss::Ignored { .. } = loss {
            text.extend(plan.ignored.iter().take(LISTED).map(named_file));
        }
    }
    text
}

fn named_file(file: &IgnoredFile) -> String {
    format!("    {}  {}\n", one_line(&file.path, 400), paint(DIM, &size(file.bytes)))
}

fn words(loss: &Loss) -> String {
    let many = |number: u32, one: &str, more: &str| count(number as usize, one, more);
    match loss {
        Loss::Uncommitted { files } => {
            many(*files, "file is not committed", "files are not committed")
        }
        Loss::Untracked { files } => {
            many(*files, "file is not known to git", "files are not known to git")
        }
        Loss::Stashed { stashes } => {
            many(*stashes, "stash of this branch", "stashes of this branch")
        }
        Loss::Unpushed { commits } => {
            many(*commits, "commit is on no remote", "commits are on no remote")
        }
        Loss::Unmerged { commits } => {
            many(*commits, "commit is on no other branch", "commits are on no other branch")
        }
        Loss::Ignored { entries, bytes } => {
            let entries = many(*entries, "ignored entry", "ignored entries");
            format!("{entries} ({}), in no snapshot:", size(*bytes))
        }
        Loss::Nested { paths } => {
            format!("Repositories inside, in no snapshot: {}", one_line(&paths.join(", "), 1000))
        }
    }
}
