//! Moving a session, with what it has not committed, from its worktree to the repository itself or the other way. Done
//! while nothing of it runs. What is to be done is written down first, so that whoever comes after a kill takes it back,
//! or brings it to its end once everything is in the other place. Not here: how git moves it ([`crate::git::moving`]).

use std::fs::File;
use std::path::{Path, PathBuf};

use bosk_core::git::Head;
use bosk_core::journal::{Kind, Note, Place};
use bosk_core::{Problem, ProblemCode, SessionId};
use serde::{Deserialize, Serialize};

use super::back::{append, rest};
use super::plan::worktrees;
use super::reconcile::{self, blocking};
use super::worktrees::require_alone;
use crate::files;
use crate::git::moving::{self, Move};
use crate::git::{Repository, furnish, include, listing, remove, worktree};
use crate::home::{self, Home};
use crate::journal::JOURNAL;
use crate::session_record::SessionRecord;
use crate::trust::filters;

/// The file in the session's folder, while a move goes on.
const FILE: &str = "hand-over.json";

/// The file in the session's folder that names the branch that the repository was on before the session came.
const CAME_FROM: &str = "came-from";

/// Where a session can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// The repository itself.
    Repository,
    /// Its own worktree, which is made if there is none.
    Worktree,
}

/// A move that goes on.
#[derive(Debug, Serialize, Deserialize)]
struct Going {
    #[serde(flatten)]
    plan: Move,
    place: Place,
    /// Everything is in the other place: from here on it is brought to its end.
    there: bool,
}

/// Moves it; the folder that it is in now.
///
/// # Errors
/// It is at work, it is there already, or the other place has changes or commits that would have to be merged. Then both
/// are as they were.
pub async fn hand_over(home: &Home, id: &SessionId, to: To) -> Result<String, Problem> {
    let lock = rest(home, id).await?;
    let (home, id) = (home.clone(), id.clone());
    // Goes on to its end also where the caller is dropped.
    let moving = tokio::spawn(async move { perform(&home, &id, to, lock).await });
    moving.await.unwrap_or_else(|stopped| {
        Err(Problem::new(ProblemCode::Internal, format!("The move was broken off: {stopped}.")))
    })
}

/// Finishes or takes back a move that a kill has broken off. Nothing where there is none.
///
/// # Errors
/// Neither can be done; then it can be tried again.
pub async fn settle(home: &Home, id: &SessionId) -> Result<(), Problem> {
    if !home.session(id).join(FILE).exists() {
        return Ok(());
    }
    let _lock = rest(home, id).await?;
    finish_old(home, id).await
}

async fn finish_old(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let file = home.session(id).join(FILE);
    let Ok(bytes) = std::fs::read(&file) else { return Ok(()) };
    let going: Going = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(
            ProblemCode::FileDamaged,
            format!(
                "A move of the session was broken off, and what it was cannot be read: {error}."
            ),
        )
        .hint(format!(
            "Look into both folders; the snapshots are kept. Then delete {}.",
            file.display()
        ))
    })?;
    let record = SessionRecord::load(home, id)?;
    let repository = Repository::discover(Path::new(&record.repository_root)).await?;
    filters::require(home, &repository).await?;
    let _lock = repository.lock(&home.locks()).await?;
    match going.there {
        true => complete(home, &repository, going).await.map(drop),
        false => take_back(home, &repository, &going.plan).await,
    }
}

async fn perform(home: &Home, id: &SessionId, to: To, _lock: File) -> Result<String, Problem> {
    finish_old(home, id).await?;
    let record = SessionRecord::load(home, id)?;
    let place = reconcile::past(home, &record).await?.place.ok_or_else(|| {
        Problem::new(
            ProblemCode::SessionState,
            "The session has no folder yet, so it cannot be moved.",
        )
    })?;
    let repository = Repository::discover(Path::new(&record.repository_root)).await?;
    filters::require(home, &repository).await?;
    let from = std::fs::canonicalize(&place.folder).map_err(|error| {
        Problem::new(
            ProblemCode::WorktreeFailed,
            format!("The session's folder cannot be used: {error}."),
        )
    })?;
    let listed = listing::list(&repository.git, &repository.root).await?;
    let is_own = |one: &&listing::Listed| one.session().as_ref() == Some(id) && one.folder.is_dir();
    let own = listed.iter().find(is_own);
    require_alone(home, &from, id, false).await?;
    match to {
        To::Repository if from == repository.root => Err(there("in the repository itself")),
        To::Worktree if from != repository.root => Err(there("in a worktree")),
        To::Repository => {
            require_alone(home, &repository.root, id, false).await?;
            let _lock = repository.lock(&home.locks()).await?;
            let plan = moving::plan(&repository, id, &from, &repository.root, None).await?;
            remember(home, id, &plan.before).await?;
            go(home, &repository, plan, place).await
        }
        To::Worktree => match own {
            // The branch of a session that began in the repository stays there: what could not be told from that,
            // since a kill left it or the person has used it, is not moved into.
            Some(own) if !record.spec.makes_worktree() && own.branch.is_some() => {
                let text = format!(
                    "There is a worktree of the session's already, on a branch of its own: {}. Nothing was moved.",
                    own.folder.display()
                );
                Err(Problem::new(ProblemCode::SessionState, text)
                    .hint("Put that worktree away, then try again."))
            }
            Some(own) => {
                let own = &own.folder;
                require_alone(home, own, id, false).await?;
                let _lock = repository.lock(&home.locks()).await?;
                let leaves = came_from(home, id);
                let plan = moving::plan(&repository, id, &from, own, leaves).await?;
                go(home, &repository, plan, place).await
            }
            None => to_new(home, &repository, &record, place).await,
        },
    }
}

/// The branch stays with the repository; what is not committed goes to a branch of its own.
async fn to_new(
    home: &Home,
    repository: &Repository,
    record: &SessionRecord,
    place: Place,
) -> Result<String, Problem> {
    let (id, from) = (&record.id, repository.root.clone());
    let snapshot = moving::taken(repository, id, &from).await?;
    let folders = worktrees(home)?;
    let planned = worktree::plan(repository, &folders, None, None, &record.spec.prompt).await?;
    let made = worktree::add(repository, &home.locks(), &planned, id).await?;
    if let Err(problem) = include::carry(repository, &made.folder).await {
        tracing::warn!(%problem, "ignored files were not carried");
    }
    for warning in furnish::furnish(repository, &made.folder).await {
        tracing::warn!(warning, "the new worktree");
    }
    let _lock = repository.lock(&home.locks()).await?;
    let plan = Move {
        session: id.clone(),
        from,
        to: made.folder,
        snapshot,
        head: planned.start.clone(),
        branch: None,
        before: Head::Branch { name: made.branch, commit: planned.start },
        new: true,
        leaves: None,
    };
    go(home, repository, plan, place).await
}

async fn go(
    home: &Home,
    repository: &Repository,
    plan: Move,
    place: Place,
) -> Result<String, Problem> {
    let place = moved(place, &plan);
    let mut going = Going { plan, place, there: false };
    let begun = match write(home, &going).await {
        Ok(()) => moving::bring(repository, &going.plan).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = begun {
        return match take_back(home, repository, &going.plan).await {
            Ok(()) => Err(problem),
            Err(also) => Err(Problem {
                message: format!(
                    "{} It could not be taken back either: {}",
                    problem.message, also.message
                ),
                hint: Some("Nothing is lost. Resume or move the session to try again.".to_owned()),
                ..problem
            }),
        };
    }
    going.there = true;
    write(home, &going).await?;
    complete(home, repository, going).await
}

async fn complete(home: &Home, repository: &Repository, going: Going) -> Result<String, Problem> {
    moving::leave(repository, &going.plan).await?;
    let (id, folder) = (going.plan.session.clone(), going.place.folder.clone());
    // Told twice after a kill, it is the same.
    append(home, &id, JOURNAL, Kind::Note, serde_json::to_vec(&Note::Prepared(going.place)))
        .await?;
    forget(home, &id).await?;
    Ok(folder)
}

async fn take_back(home: &Home, repository: &Repository, plan: &Move) -> Result<(), Problem> {
    if plan.new {
        // Whatever is in it is a copy, and goes to the trash.
        let gone = remove::plan(repository, &home.trash(), &plan.to, Some(&plan.session)).await?;
        let request = remove::Request {
            folder: plan.to.clone(),
            session: Some(plan.session.clone()),
            token: gone.token,
            delete_branch: true,
        };
        remove::perform(repository, &home.trash(), request).await?;
    } else {
        moving::undo(repository, plan).await?;
    }
    forget(home, &plan.session).await
}

/// The session's place after the move: changes are counted from where they were.
fn moved(place: Place, plan: &Move) -> Place {
    let branch = match (plan.new, &plan.before, &plan.branch) {
        (true, Head::Branch { name, .. }, _) => Some(name.clone()),
        (_, _, branch) => branch.clone(),
    };
    Place { folder: plan.to.to_string_lossy().into_owned(), branch, ..place }
}

async fn write(home: &Home, going: &Going) -> Result<(), Problem> {
    let file = home.session(&going.plan.session).join(FILE);
    let bytes = serde_json::to_vec_pretty(going)
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    blocking(move || {
        files::write_atomically(&file, &bytes).map_err(|error| home::unwritable(&error))
    })
    .await
}

async fn forget(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let file: PathBuf = home.session(id).join(FILE);
    blocking(move || match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(home::unwritable(&error)),
        _ => Ok(()),
    })
    .await
}

/// So that the repository is on its branch again when the session leaves it.
async fn remember(home: &Home, id: &SessionId, before: &Head) -> Result<(), Problem> {
    let file = home.session(id).join(CAME_FROM);
    let name = match before {
        Head::Branch { name, .. } => name.clone(),
        _ => String::new(),
    };
    blocking(move || {
        files::write_atomically(&file, name.as_bytes()).map_err(|error| home::unwritable(&error))
    })
    .await
}

fn came_from(home: &Home, id: &SessionId) -> Option<String> {
    let name = std::fs::read_to_string(home.session(id).join(CAME_FROM)).ok()?;
    Some(name).filter(|name| !name.is_empty())
}

fn there(place: &str) -> Problem {
    Problem::new(ProblemCode::SessionState, format!("The session works {place} already."))
}
