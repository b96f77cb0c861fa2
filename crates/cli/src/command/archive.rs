//! `bosk archive`, `bosk restore` and `bosk archived`: putting worktrees away so that they can be had back.

use std::path::{Path, PathBuf};

use bosk_core::worktree::ArchivedWorktree;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::client::{archive, expire};
use bosk_runtime::git::Repository;
use bosk_runtime::home::Home;
use serde_json::json;

use super::{agreed, rm};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, note, paint, print, print_json};
use crate::words::{day_of, now, size, span};

/// Which worktree is put away.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    which: Which,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Stop the sessions that run in it first, as `bosk stop` does
    #[arg(long)]
    stop: bool,
}

/// A worktree, as a person names it.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// A folder in the worktree, or the beginning of its session's id [default: the current folder]
    #[arg(value_name = "WORKTREE")]
    worktree: Option<String>,
}

/// A worktree that was found.
pub(crate) struct Found {
    /// A folder that its repository can be found from.
    pub(crate) repository: PathBuf,
    /// Its own folder.
    pub(crate) folder: PathBuf,
}

impl Which {
    pub(crate) fn text(&self) -> &str {
        self.worktree.as_deref().unwrap_or(".")
    }

    /// Finds it.
    pub(crate) async fn find(&self, home: &Home) -> Result<Found, Problem> {
        let path = Path::new(self.text());
        let Ok(real) = std::fs::canonicalize(path) else {
            let id = bosk_runtime::catalog::find(home, self.text())?;
            let index = bosk_runtime::catalog::Index::open(home);
            let session = bosk_runtime::catalog::summary(home, &index, &id).await?;
            return Ok(Found {
                repository: session.repository_path.into(),
                folder: session.folder.into(),
            });
        };
        // The `.git` of a worktree is a file that stands at its root.
        let root = real.ancestors().find(|folder| folder.join(".git").exists());
        let folder = root.map(Path::to_owned).ok_or_else(|| {
            let text = format!("{} is in no worktree.", real.display());
            Problem::new(ProblemCode::NotARepository, text)
        })?;
        Ok(Found { repository: folder.clone(), folder })
    }
}

/// Puts it away.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let Found { repository, folder } = arguments.which.find(home).await?;
    // A folder that is about to go is no place to ask from.
    let repository = Repository::discover(&repository).await?.root;
    let plan = archive::plan(home, &repository, &folder).await?;
    print(&rm::moved(&plan))?;
    if !agreed(arguments.yes, "Put it away?", "nothing was put away").await? {
        return Ok(Exit::Stopped);
    }
    if arguments.stop {
        stop(home, &folder).await?;
    }
    let away = archive::archive(home, &repository, &folder, plan.token).await?;
    print(&put_away(&away))?;
    Ok(Exit::Done)
}

/// Stops what runs in it, and says so.
pub(super) async fn stop(home: &Home, folder: &Path) -> Result<(), Failure> {
    for id in archive::stop_inside(home, folder).await? {
        print(&format!("Session {} was stopped.\n", id.short()))?;
    }
    Ok(())
}

/// What became of it.
pub(super) fn put_away(away: &bosk_core::worktree::PutAway) -> String {
    let snapshot: String = away.snapshot.chars().take(12).collect();
    let mut text = format!("Its state is kept as commit {snapshot}.\n");
    if let Some(id) = &away.archive {
        text.push_str(&format!("Have it back with `bosk restore {id}`.\n"));
    }
    text
}

/// What is restored.
#[derive(Debug, clap::Args)]
pub(crate) struct Restoring {
    /// Its name in `bosk archived`, or the beginning of it; or the beginning of a snapshot's commit
    id: String,
    /// A folder in the repository whose snapshot it is [default: the current folder]
    #[arg(long, value_name = "FOLDER")]
    repo: Option<PathBuf>,
}

/// Restores it.
pub(crate) async fn restore(home: &Home, arguments: &Restoring) -> Result<Exit, Failure> {
    let restored = match named(home, &arguments.id).await? {
        Some(id) => archive::restore(home, &id).await?,
        None => {
            let path = arguments.repo.clone().unwrap_or_else(|| ".".into());
            archive::restore_snapshot(home, &path, &arguments.id).await?
        }
    };
    print(&format!("It is in {} again.\n", restored.folder.display()))?;
    if let Some(why) = restored.note {
        note(&format!("Its HEAD is detached: {}.", one_line(&why, 400)));
    }
    Ok(Exit::Done)
}

/// The one that was put away whose name begins so; none where there is none.
pub(super) async fn named(home: &Home, start: &str) -> Result<Option<String>, Problem> {
    let mut found: Vec<String> =
        archive::list(home, None).await?.into_iter().map(|one| one.id).collect();
    found.retain(|id| id.starts_with(start));
    match found.as_slice() {
        [] => Ok(None),
        [id] => Ok(Some(id.clone())),
        all if all.iter().any(|id| id == start) => Ok(Some(start.to_owned())),
        _ => Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("More than one that was put away begins with `{start}`."),
        )
        .hint("Give more of it.")),
    }
}

/// What is listed.
#[derive(Debug, clap::Args)]
pub(crate) struct Listing {
    /// Of this repository only: a folder in it
    #[arg(long, value_name = "FOLDER")]
    repo: Option<PathBuf>,
    /// The snapshots of the repository instead: how files were before something was removed, went back, or changed
    #[arg(long)]
    snapshots: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Lists it.
pub(crate) async fn list(home: &Home, arguments: &Listing) -> Result<Exit, Failure> {
    if arguments.snapshots {
        return snapshots(arguments).await;
    }
    let repository = match &arguments.repo {
        Some(path) => Some(Repository::discover(path).await?),
        None => None,
    };
    let all = archive::list(home, repository.as_ref()).await?;
    if arguments.json {
        print_json(&json!(all))?;
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        note("Nothing was put away.");
    }
    for one in &all {
        print(&described(one))?;
    }
    Ok(Exit::Done)
}

fn described(one: &ArchivedWorktree) -> String {
    let mut text = format!("{}\n  Folder {}", one.id, one_line(&one.folder, 1000));
    if let Some(branch) = &one.branch {
        let gone = if one.branch_stays { "" } else { ", which is deleted" };
        text.push_str(&format!("\n  Branch {}{gone}", one_line(branch, 200)));
    }
    let ago = span(now().saturating_sub(one.at));
    text.push_str(&format!("\n  Put away {ago} ago, {}", size(one.bytes)));
    if one.with_session {
        text.push_str(", with its session");
    }
    if !one.whole {
        text.push_str(&paint(AMBER, "\n  Only its snapshot is left"));
    }
    if let Some(at) = one.expires_at {
        let day = day_of(at / 1000);
        text.push_str(&paint(DIM, &format!("\n  Goes for good on {day}")));
    }
    text + "\n"
}

async fn snapshots(arguments: &Listing) -> Result<Exit, Failure> {
    let path = arguments.repo.clone().unwrap_or_else(|| ".".into());
    let repository = Repository::discover(&path).await?;
    let all = expire::snapshots(&repository).await?;
    if arguments.json {
        let rows = all.iter().map(
            |one| json!({"commit": one.commit, "reference": one.reference, "since": one.since}),
        );
        print_json(&rows.collect())?;
        return Ok(Exit::Done);
    }
    for one in &all {
        let short: String = one.commit.chars().take(12).collect();
        let ago = span(now().saturating_sub(one.since));
        print(&format!("{short}  {ago:>10}  {}\n", paint(DIM, &one_line(&one.reference, 200))))?;
    }
    if all.is_empty() {
        note("There are no snapshots.");
    }
    Ok(Exit::Done)
}
