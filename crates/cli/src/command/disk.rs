//! `bosk disk` and `bosk clean`: what is used of the disk, and letting go of what is of no use any more.

use std::path::{Path, PathBuf};

use bosk_core::worktree::disk::{CanGo, DiskUse, Suggestion};
use bosk_runtime::client::{disk, expire};
use bosk_runtime::git::Repository;
use bosk_runtime::home::Home;
use serde_json::json;

use super::agreed;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, note, paint, print, print_json};
use crate::words::{count, size};

/// How it is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let used = disk::disk_use(home).await?;
    if arguments.json {
        print_json(&json!(used))?;
    } else {
        print(&described(&used))?;
    }
    Ok(Exit::Done)
}

fn described(used: &DiskUse) -> String {
    let mut text = String::new();
    for one in &used.repositories {
        text.push_str(&format!(
            "{}  {}\n  Worktrees {}, builds in them {}, put away {}, {}\n",
            one_line(&one.name, 60),
            paint(DIM, &one_line(&one.repository, 400)),
            size(one.worktrees),
            size(one.builds),
            size(one.archived),
            count(one.snapshots as usize, "snapshot", "snapshots"),
        ));
        text.extend(one.suggestions.iter().map(suggested));
        if one.unknown_snapshots > 0 {
            let snapshots = count(one.unknown_snapshots as usize, "snapshot is", "snapshots are");
            text.push_str(&format!(
                "  {snapshots} of sessions that this Bosk does not know, and stay until you remove them. If no other \
                 Bosk works here, they are left of sessions that were deleted: {}\n",
                paint(DIM, "git for-each-ref refs/bosk, then git update-ref -d NAME")
            ));
        }
    }
    text.push_str(&format!("Journals {}, free {}\n", size(used.journals), size(used.free)));
    text
}

fn suggested(one: &Suggestion) -> String {
    let place = one_line(&one.place, 400);
    let (why, how) = match &one.what {
        CanGo::Merged => ("its work is merged", format!("bosk archive {place}")),
        CanGo::Builds { .. } => ("builds made it", format!("bosk clean --builds {place}")),
        CanGo::Old => ("put away long ago", "bosk clean".to_owned()),
    };
    format!("  {} can go, {why}: {}\n", size(one.bytes), paint(DIM, &how))
}

/// What is let go of.
#[derive(Debug, clap::Args)]
pub(crate) struct Cleaning {
    /// Remove what builds made in this worktree instead: it can be built again
    #[arg(long, value_name = "WORKTREE")]
    builds: Option<PathBuf>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Lets go of it.
pub(crate) async fn clean(home: &Home, arguments: &Cleaning) -> Result<Exit, Failure> {
    if let Some(folder) = &arguments.builds {
        return builds(home, folder, arguments.yes).await;
    }
    let went = expire::expire_all(home).await?;
    for folder in &went.folders {
        note(&format!("  {}", one_line(folder, 1000)));
    }
    let folders = count(went.folders.len(), "folder in the trash", "folders in the trash");
    let snapshots = count(went.snapshots as usize, "snapshot", "snapshots");
    print(&format!("Expired: {folders} ({}), {snapshots}.\n", size(went.bytes)))?;
    Ok(Exit::Done)
}

async fn builds(home: &Home, folder: &Path, yes: bool) -> Result<Exit, Failure> {
    let folder = std::fs::canonicalize(folder)?;
    let found = disk::worktree_size(home, &folder).await?;
    for one in &found.folders {
        print(&format!("  {}\n", one_line(one, 400)))?;
    }
    if found.folders.is_empty() {
        note("Builds have left nothing there.");
        return Ok(Exit::Done);
    }
    let question = format!("Remove them ({})?", size(found.builds));
    if !agreed(yes, &question, "nothing was removed").await? {
        return Ok(Exit::Stopped);
    }
    let root = Repository::discover(&folder).await?.root;
    let free = disk::clean_builds(home, &root, &folder, &found.folders).await?;
    print(&format!("{} are free.\n", size(free)))?;
    Ok(Exit::Done)
}
