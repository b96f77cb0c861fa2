//! `bosk stage`, `bosk unstage`, `bosk revert` and `bosk undo`: what of a session's changes is to be committed, and what
//! is to go; as whole files, parts or lines.

use std::collections::BTreeSet;

use bosk_core::review::patch::hunks;
use bosk_core::review::{Against, Deed, LineAt, Picked, Review, Undo, pick};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::home::Home;
use bosk_runtime::review::Reviewed;
use serde_json::json;

use super::comment::placed;
use super::diff::{CONTEXT, With};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, note, paint, print, print_json};
use crate::words::{count, now, span};

/// What is picked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Files, by their paths from the worktree's root, or lines as they are now: `src/a.rs`, `src/a.rs:12-20`. What was
    /// removed right before a line goes with it
    #[arg(required_unless_present = "all")]
    places: Vec<String>,
    /// The part of that number, in the order in which `bosk diff` shows them; may be repeated
    #[arg(long, value_name = "N", conflicts_with = "all")]
    hunk: Vec<usize>,
    /// All files
    #[arg(long, conflicts_with = "places")]
    all: bool,
    /// The comparison in which parts and lines are counted, as of `bosk diff` [default: `unstaged` to stage, `staged`
    /// to unstage, `base` to revert]
    #[arg(long, value_enum)]
    against: Option<With>,
    /// Print what was done, as it can be undone, as one JSON object
    #[arg(long)]
    json: bool,
}

/// Does it to what is picked.
pub(crate) async fn run(home: &Home, deed: Deed, arguments: &Arguments) -> Result<Exit, Failure> {
    let reviewed = reviewed(home, &arguments.id).await?;
    let against = arguments.against.map_or_else(|| usual(deed), Against::from);
    let review = reviewed.review(against, false).await?;
    let mut picked: Vec<Picked> = Vec::new();
    if arguments.all {
        if review.more {
            let text = "Too many files differ for all of them to be taken, so nothing was done.";
            return Err(Problem::new(ProblemCode::InvalidInput, text).into());
        }
        picked.extend(review.files.iter().map(|one| Picked {
            path: one.file.path.clone(),
            old_path: one.file.old_path.clone(),
            lines: None,
            seen: one.stamp.clone(),
        }));
    }
    for place in &arguments.places {
        let one = choice(&reviewed, &review, place, &arguments.hunk).await?;
        // Lines of the same file are one choice.
        match picked.iter_mut().find(|other| other.path == one.path) {
            None => picked.push(one),
            Some(other) if other.seen != one.seen => return Err(changed(&one.path).into()),
            Some(other) => match (&mut other.lines, one.lines) {
                (Some(lines), Some(more)) => {
                    let all: BTreeSet<LineAt> = lines.drain(..).chain(more).collect();
                    lines.extend(all);
                }
                _ => other.lines = None,
            },
        }
    }
    let done = reviewed.do_picked(deed, against, picked).await?;
    if arguments.json {
        print_json(&json!(done))?;
    } else {
        print(&format!("{}.\n", described(&done)))?;
        note(&format!("`bosk undo {}` takes it back.", arguments.id));
    }
    Ok(Exit::Done)
}

const fn usual(deed: Deed) -> Against {
    match deed {
        Deed::Stage => Against::Unstaged,
        Deed::Unstage => Against::Staged,
        Deed::Revert => Against::Base,
    }
}

async fn reviewed(home: &Home, id: &str) -> Result<Reviewed, Problem> {
    let id = catalog::find(home, id)?;
    Reviewed::open(home, &catalog::summary(home, &Index::open(home), &id).await?).await
}

/// What a person names, as it is picked.
async fn choice(
    reviewed: &Reviewed,
    review: &Review,
    place: &str,
    parts: &[usize],
) -> Result<Picked, Problem> {
    // A colon may be a part of a name.
    let named = |path: &str| review.files.iter().find(|one| one.file.path == path);
    let (file, lines) = match (named(place), placed(place)) {
        (Some(file), _) => (file, None),
        (None, Ok((path, from, to))) => match named(path) {
            Some(file) if parts.is_empty() => (file, Some(from..=to)),
            Some(_) => {
                let text = "Parts and lines cannot be picked of one file at the same time.";
                return Err(Problem::new(ProblemCode::InvalidInput, text));
            }
            None => return Err(same(path)),
        },
        (None, Err(_)) => return Err(same(place)),
    };
    let (path, old_path) = (file.file.path.clone(), file.file.old_path.clone());
    if lines.is_none() && parts.is_empty() {
        return Ok(Picked { path, old_path, lines: None, seen: file.stamp.clone() });
    }
    let read = reviewed.lines(review.against, &path, old_path.as_deref(), false, CONTEXT).await?;
    let whole = read.closed.is_none() && !read.truncated;
    let hunks = hunks(read.text.as_bytes()).filter(|_| whole).ok_or_else(|| {
        let text =
            format!("`{}` cannot be taken apart, so nothing was done.", one_line(&path, 200));
        Problem::new(ProblemCode::InvalidInput, text).hint("Take the whole file.")
    })?;
    let mut picked = BTreeSet::new();
    if let Some(lines) = lines {
        picked = pick::between(&hunks, &lines);
    }
    for number in parts {
        picked.extend(pick::part(&hunks, *number).ok_or_else(|| {
            let path = one_line(&path, 200);
            let text = format!(
                "`{path}` has {} there, so nothing was done.",
                count(hunks.len(), "part", "parts")
            );
            Problem::new(ProblemCode::InvalidInput, text)
        })?);
    }
    if picked.is_empty() {
        let text = format!("Nothing differs at `{}`, so nothing was done.", one_line(place, 200));
        return Err(Problem::new(ProblemCode::InvalidInput, text)
            .hint("`bosk diff` shows the lines, with the same --against."));
    }
    Ok(Picked { path, old_path, lines: Some(picked.into_iter().collect()), seen: read.seen })
}

fn same(path: &str) -> Problem {
    let text = format!("`{}` does not differ there, so nothing was done.", one_line(path, 200));
    Problem::new(ProblemCode::InvalidInput, text)
        .hint("`bosk diff --stat` lists what differs; --against says from what.")
}

fn changed(path: &str) -> Problem {
    let text = format!("`{}` has just changed, so nothing was done.", one_line(path, 200));
    Problem::new(ProblemCode::SessionState, text).hint("Try again.")
}

fn described(undo: &Undo) -> String {
    let deed = match undo.deed {
        Deed::Stage => "Staged",
        Deed::Unstage => "Unstaged",
        Deed::Revert => "Reverted",
    };
    let names: Vec<String> = undo.paths.iter().take(3).map(|path| one_line(path, 100)).collect();
    let more = match undo.paths.len() - names.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{deed}: {}{more}", names.join(", "))
}

/// What is taken back.
#[derive(Debug, clap::Args)]
pub(crate) struct Undoing {
    /// The session's id; its beginning will do
    id: String,
    /// List what can be taken back, and change nothing
    #[arg(long)]
    list: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Takes the last one back.
pub(crate) async fn undo(home: &Home, arguments: &Undoing) -> Result<Exit, Failure> {
    let reviewed = reviewed(home, &arguments.id).await?;
    let undos = reviewed.undos().await?;
    if arguments.list && arguments.json {
        print_json(&json!(undos))?;
        return Ok(Exit::Done);
    }
    if arguments.list {
        for one in &undos {
            let ago = paint(DIM, &format!("{:>10} ago", span(now().saturating_sub(one.at))));
            print(&format!("{ago}  {}\n", described(one)))?;
        }
        return Ok(Exit::Done);
    }
    let last = undos.first().ok_or_else(|| {
        let text = "Nothing was staged, unstaged or reverted that could be taken back.";
        Problem::new(ProblemCode::InvalidInput, text)
    })?;
    reviewed.undo_deed(&last.id).await?;
    if arguments.json {
        print_json(&json!(last))?;
    } else {
        print(&format!("Taken back. {}.\n", described(last)))?;
    }
    Ok(Exit::Done)
}
