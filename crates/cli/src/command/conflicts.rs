//! `bosk conflicts`: what stands half-way in a session's folder, and what becomes of it.

use bosk_core::review::marks;
use bosk_core::review::merge::{ConflictFile, Conflicts, Operation, Resolution};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::home::Home;
use bosk_runtime::merging::Work;
use clap::ValueEnum;
use serde_json::json;

use super::{signing, work};
use crate::clean::{exposed, one_line};
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, note, paint, print, print_json};

/// What is done about them.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Files in conflict, by their paths from the worktree's root; each is shown, unless `--take` says what it becomes
    paths: Vec<String>,
    /// What the files become
    #[arg(long, value_enum, requires = "paths")]
    take: Option<Take>,
    /// Go on with the merge or rebase, all being resolved
    #[arg(long = "continue", conflicts_with_all = ["paths", "abort", "hand_over"])]
    go_on: bool,
    /// Do not sign the merge that is gone on with; a rebase goes on as it was begun
    #[arg(long, requires = "go_on")]
    no_sign: bool,
    /// Have all as it was before it began; what is there now is kept in a snapshot
    #[arg(long, conflicts_with_all = ["paths", "hand_over"])]
    abort: bool,
    /// Ask Claude to resolve them
    #[arg(long, conflicts_with = "paths")]
    hand_over: bool,
    /// Print JSON: what stands half-way, or one object for each file that is shown
    #[arg(long)]
    json: bool,
}

/// What a file in conflict can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Take {
    /// As the session has it
    Ours,
    /// As the other side has it
    Theirs,
    /// Both sides of each place, the session's first
    Both,
    /// As it lies in the folder: you have resolved it there
    File,
    /// Gone
    Removed,
}

/// Does it.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let work = signing(work(home, &arguments.id).await?, arguments.no_sign);
    if arguments.abort {
        work.abort_operation().await?;
        if arguments.json {
            print_json(&json!(work.conflicts().await?))?;
        } else {
            print("All is as it was before it began.\n")?;
        }
        return Ok(Exit::Done);
    }
    if arguments.hand_over {
        work.hand_over_conflicts().await?;
        note(&format!("Sent. `bosk logs {} --follow` shows what comes of it.", arguments.id));
        return Ok(Exit::Done);
    }
    let left = match arguments.take {
        _ if arguments.go_on => work.go_on_operation().await?,
        Some(take) => {
            for path in &arguments.paths {
                resolve(&work, path, take).await?;
            }
            work.conflicts().await?
        }
        None if !arguments.paths.is_empty() => {
            for path in &arguments.paths {
                show(&work.conflict_file(path).await?, arguments.json)?;
            }
            return Ok(Exit::Done);
        }
        None => work.conflicts().await?,
    };
    if arguments.json {
        print_json(&json!(left))?;
    } else if left.operation.is_none() && left.files.is_empty() {
        let done = if arguments.go_on { "It is done" } else { "Nothing stands half-way" };
        print(&format!("{done}.\n"))?;
    } else {
        tell(&arguments.id, &left)?;
    }
    Ok(if arguments.go_on && left.operation.is_some() { Exit::Failed } else { Exit::Done })
}

async fn resolve(work: &Work, path: &str, take: Take) -> Result<(), Problem> {
    let file = work.conflict_file(path).await?;
    let resolution = match take {
        Take::Ours => Resolution::Ours,
        Take::Theirs => Resolution::Theirs,
        Take::Removed => Resolution::Removed,
        Take::Both => Resolution::Text {
            text: file.now.as_deref().and_then(marks::both).ok_or_else(|| unmarked(path))?,
        },
        Take::File => match &file.now {
            Some(text) if marks::has_marks(text) => return Err(marked(path)),
            Some(text) => Resolution::Text { text: text.clone() },
            None if file.binary => return Err(unmarked(path)),
            None => Resolution::Removed,
        },
    };
    work.resolve_conflict(path, &file.stamp, &resolution).await.map(drop)
}

fn unmarked(path: &str) -> Problem {
    let text = format!(
        "`{}` has no places with git's marks, so it was left as it is.",
        one_line(path, 200)
    );
    Problem::new(ProblemCode::InvalidInput, text)
        .hint("Take one side: `--take ours` or `--take theirs`. What you have made of it yourself, `git add` takes.")
}

fn marked(path: &str) -> Problem {
    let text = format!("`{}` still has git's marks, so it is not resolved.", one_line(path, 200));
    Problem::new(ProblemCode::InvalidInput, text)
        .hint("Decide at each of them and take the marks out, then say so again.")
}

fn show(file: &ConflictFile, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&json!(file));
    }
    let path = one_line(&file.path, 200);
    if file.binary {
        return print(&format!("{path} is no text: take one side of it.\n"));
    }
    if file.ours.is_none() {
        note(&format!("{path}: the session has removed it."));
    }
    if file.theirs.is_none() {
        note(&format!("{path}: the other side has removed it."));
    }
    let text = file.now.as_deref().unwrap_or_default();
    print(&text.lines().map(|line| exposed(line) + "\n").collect::<String>())
}

/// Says what stands half-way, and what can be done about it.
pub(super) fn tell(id: &str, left: &Conflicts) -> Result<(), Failure> {
    let what = match left.operation {
        Some(Operation::Merge) => "A merge",
        Some(Operation::Rebase) => "A rebase",
        Some(Operation::CherryPick) => "A cherry-pick",
        Some(Operation::Revert) => "The revert of a commit",
        None => "Something",
    };
    note(&format!("{what} stands half-way in the session's folder."));
    let row = |state: &str, path: &String| format!("{state}  {}\n", one_line(path, 400));
    let in_conflict = left.files.iter().map(|path| row(&paint(AMBER, "conflict"), path));
    let resolved = left.resolved.iter().map(|path| row(&paint(DIM, "resolved"), path));
    print(&in_conflict.chain(resolved).collect::<String>())?;
    note(&match left.files.is_empty() {
        true => format!(
            "`bosk conflicts {id} --continue` goes on with it, `--abort` has all as it was."
        ),
        false => format!(
            "`bosk conflicts {id} PATH --take ours|theirs|both|file` resolves one, `--hand-over` asks Claude to, and \
             `--abort` has all as it was."
        ),
    });
    Ok(())
}
