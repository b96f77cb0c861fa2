//! `bosk diff`: what a session has changed, as a list or line by line.

use bosk_core::git::ChangeKind;
use bosk_core::review::{Against, Closed, FileLines, Review, ReviewFile};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::home::Home;
use bosk_runtime::review::Reviewed;
use clap::ValueEnum;
use serde_json::json;

use crate::clean::{exposed, one_line};
use crate::failure::{Exit, Failure};
use crate::screen::{ACCENT, DIM, GREEN, RED, paint, print, print_json};
use crate::words::count;

/// Unchanged lines around each change, as git has them.
pub(super) const CONTEXT: u32 = 3;

/// What is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Only this file, by its path from the worktree's root
    path: Option<String>,
    /// What its folder is compared with
    #[arg(long, value_enum, default_value_t = With::Base)]
    against: With,
    /// Only list the files
    #[arg(long)]
    stat: bool,
    /// Leave differences in white space out
    #[arg(short = 'w', long)]
    ignore_space: bool,
    /// Print the list as one JSON object
    #[arg(long, conflicts_with_all = ["path", "stat"])]
    json: bool,
}

/// What a folder can be compared with.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum With {
    /// What the session started from, without what its base has got since
    Base,
    /// The folder before your last message
    LastTurn,
    /// The last commit
    Uncommitted,
    /// What is staged
    Unstaged,
    /// What is staged, with the last commit
    Staged,
}

impl From<With> for Against {
    fn from(with: With) -> Self {
        match with {
            With::Base => Self::Base,
            With::LastTurn => Self::LastTurn,
            With::Uncommitted => Self::Uncommitted,
            With::Unstaged => Self::Unstaged,
            With::Staged => Self::Staged,
        }
    }
}

/// Shows.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let session = catalog::summary(home, &Index::open(home), &id).await?;
    let reviewed = Reviewed::open(home, &session).await?;
    let (against, space) = (arguments.against.into(), arguments.ignore_space);
    let mut review = reviewed.review(against, space).await?;
    if arguments.json {
        print_json(&json!(review))?;
        return Ok(Exit::Done);
    }
    if let Some(path) = &arguments.path {
        review.files.retain(|one| one.file.path == *path);
        if review.files.is_empty() {
            let text = format!("`{}` does not differ.", one_line(path, 200));
            return Err(Problem::new(ProblemCode::InvalidInput, text).into());
        }
    }
    if arguments.stat {
        print(&listed(&review, arguments.path.is_none()))?;
        return Ok(Exit::Done);
    }
    for one in &review.files {
        let (path, old_path) = (&one.file.path, one.file.old_path.as_deref());
        let lines = reviewed.lines(against, path, old_path, space, CONTEXT).await?;
        print(&shown(one, &lines))?;
    }
    Ok(Exit::Done)
}

fn listed(review: &Review, all: bool) -> String {
    let mut text = String::new();
    for one in &review.files {
        let count = |lines: Option<u32>| lines.map_or("-".to_owned(), |lines| lines.to_string());
        let added = paint(GREEN, &format!("{:>6}", format!("+{}", count(one.file.added))));
        let removed = paint(RED, &format!("{:>6}", format!("-{}", count(one.file.removed))));
        text.push_str(&format!("{added} {removed}  {}\n", named(one)));
    }
    if all {
        let files = count(review.total as usize, "file changes", "files change");
        let from = review.from.as_deref().map(|from| format!(" from {}", one_line(from, 100)));
        let line =
            format!("{files}{}, +{} -{}", from.unwrap_or_default(), review.added, review.removed);
        text.push_str(&paint(DIM, &line));
        text.push('\n');
    }
    text
}

fn named(one: &ReviewFile) -> String {
    let path = one_line(&one.file.path, 200);
    match (&one.file.old_path, one.file.kind) {
        (Some(old), _) => format!("{} → {path}", one_line(old, 200)),
        (None, ChangeKind::Conflicted) => format!("{path} (in conflict)"),
        _ => path,
    }
}

fn shown(one: &ReviewFile, lines: &FileLines) -> String {
    if let Some(closed) = lines.closed {
        let why = match closed {
            Closed::Binary => "is no text",
            Closed::Huge => "is too long to be shown",
            Closed::Repository => "is another repository",
        };
        return paint(DIM, &format!("{} {why}", named(one))) + "\n";
    }
    let mut text = String::with_capacity(lines.text.len() + 256);
    let mut in_hunk = false;
    for line in lines.text.lines() {
        in_hunk = line.starts_with("@@") || (in_hunk && !line.starts_with("diff --git"));
        let line = exposed(line);
        text.push_str(&match line.chars().next() {
            Some('@') if in_hunk => paint(ACCENT, &line),
            Some('+') if in_hunk => paint(GREEN, &line),
            Some('-') if in_hunk => paint(RED, &line),
            _ if !in_hunk => paint(DIM, &line),
            _ => line,
        });
        text.push('\n');
    }
    if lines.truncated {
        text.push_str(&paint(DIM, "… it goes on"));
        text.push('\n');
    }
    text
}
