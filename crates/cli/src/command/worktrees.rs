//! `bosk worktrees`, `bosk adopt-worktree` and `bosk hand-over`: what worktrees a repository has, whose they are, and
//! where a session works.

use std::path::{Path, PathBuf};

use bosk_core::worktree::{MergedAs, Origin, WorktreeView, Worktrees};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog;
use bosk_runtime::client::hand_over::{To, hand_over};
use bosk_runtime::client::worktrees::{adopt_worktree, release_worktree, worktrees};
use bosk_runtime::home::Home;

use super::chosen::absolute;
use super::table::{self, Column};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, columns, note, paint, print, print_json};
use crate::words::{count, now, span};

/// Of which repository.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder inside the repository [default: the current folder]
    #[arg(long, value_name = "FOLDER")]
    repo: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Which worktree.
#[derive(Debug, clap::Args)]
pub(crate) struct Adopting {
    /// Its folder
    folder: PathBuf,
    /// Give it back: Bosk only looks at it again
    #[arg(long)]
    release: bool,
}

/// Which session goes where.
#[derive(Debug, clap::Args)]
pub(crate) struct Handing {
    /// The session's id; its beginning will do
    id: String,
    /// Where it goes: `repository` or `worktree`
    #[arg(value_parser = ["repository", "worktree"])]
    to: String,
}

const COLUMNS: [Column; 6] = [
    Column { title: "WHOSE", flexible: false, right: false },
    Column { title: "BRANCH", flexible: true, right: false },
    Column { title: "BASE", flexible: true, right: false },
    Column { title: "STATE", flexible: true, right: false },
    Column { title: "AGE", flexible: false, right: true },
    Column { title: "FOLDER", flexible: true, right: false },
];

/// Lists.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let folder = absolute(arguments.repo.unwrap_or_else(|| ".".into()))?;
    let found = worktrees(home, Path::new(&folder)).await?;
    if arguments.json {
        print_json(&serde_json::json!(found))?;
        return Ok(Exit::Done);
    }
    print(&listed(&found))?;
    Ok(Exit::Done)
}

/// Adopts, or gives back.
pub(crate) async fn adopt(home: &Home, arguments: Adopting) -> Result<Exit, Failure> {
    let folder = absolute(arguments.folder)?;
    let folder = Path::new(&folder);
    if arguments.release {
        release_worktree(home, folder, folder).await?;
        note("Bosk only looks at it from now on.");
    } else {
        adopt_worktree(home, folder, folder).await?;
        note("It is Bosk's now: sessions can work in it, and it can be put away.");
    }
    Ok(Exit::Done)
}

/// Hands over, and says where the session works now.
pub(crate) async fn hand(home: &Home, arguments: &Handing) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let to = match arguments.to.as_str() {
        "repository" => To::Repository,
        "worktree" => To::Worktree,
        _ => return Err(Problem::new(ProblemCode::InvalidInput, "There is no such place.").into()),
    };
    let folder = hand_over(home, &id, to).await?;
    print(&format!("{folder}\n"))?;
    Ok(Exit::Done)
}

fn listed(found: &Worktrees) -> String {
    let rows: Vec<Vec<String>> = found.items.iter().map(row).collect();
    let painted = |at: Option<usize>, column: usize, text: &str| match (at, column) {
        (None, _) | (_, 4) => paint(DIM, text),
        (Some(at), 3) if needs_care(&found.items[at]) => paint(AMBER, text),
        _ => text.to_owned(),
    };
    let mut lines = table::lines(&COLUMNS, &rows, columns(), painted);
    if !found.branches.is_empty() {
        let branches = count(found.branches.len(), "branch has", "branches have");
        lines.push(paint(
            DIM,
            &format!("{branches} no worktree: `bosk run --existing --branch NAME PROMPT`"),
        ));
    }
    lines.join("\n") + "\n"
}

fn needs_care(view: &WorktreeView) -> bool {
    view.missing || view.problem.is_some() || view.conflicted > 0
}

fn row(view: &WorktreeView) -> Vec<String> {
    let whose = match view.origin {
        Origin::Main => "repository",
        Origin::Bosk => "bosk",
        Origin::Adopted => "adopted",
        Origin::Other => "other",
    };
    let commit = || view.head.as_deref().unwrap_or_default().chars().take(8).collect();
    let age = view.committed_at.map(|at| span(now() - at * 1000)).unwrap_or_default();
    vec![
        whose.to_owned(),
        view.branch.as_deref().map_or_else(commit, |name| one_line(name, 200)),
        one_line(view.base.as_deref().unwrap_or_default(), 200),
        state(view),
        age,
        one_line(&view.folder, 1000),
    ]
}

fn state(view: &WorktreeView) -> String {
    let mut parts = Vec::new();
    let mut some = |number: u32, word: &str| {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    };
    some(view.ahead, "ahead");
    some(view.behind, "behind");
    some(view.conflicted, "conflicted");
    some(view.modified, "changed");
    some(view.untracked, "untracked");
    some(view.unpushed.unwrap_or(0), "unpushed");
    parts.extend(view.merged.map(|how| match how {
        MergedAs::Commits => "merged".to_owned(),
        MergedAs::Squash => "merged (squashed)".to_owned(),
        MergedAs::Rebase => "merged (rebased)".to_owned(),
    }));
    if !view.sessions.is_empty() {
        parts.push(count(view.sessions.len(), "session", "sessions"));
    }
    parts.extend(view.locked.as_deref().map(|why| match why {
        "" => "locked".to_owned(),
        why => format!("locked: {}", one_line(why, 60)),
    }));
    if view.missing {
        parts.push("its folder is gone".to_owned());
    }
    parts.extend(view.problem.as_deref().map(|text| one_line(text, 200)));
    if parts.is_empty() { "clean".to_owned() } else { parts.join(", ") }
}
