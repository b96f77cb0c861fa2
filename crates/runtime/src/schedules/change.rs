//! What a person does with schedules: making, turning on and off, running one now, removing. Each leaves somebody who
//! runs them.

use std::path::Path;

use bosk_core::queue::Addition;
use bosk_core::schedule::{MOST, Ran, Schedule, ScheduleDraft, When};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::file::{change, list, unknown};
use super::refs;
use super::run::finish;
use super::times::{Times, never};
use crate::client::{blocking, new_id};
use crate::git::Repository;
use crate::home::Home;
use crate::journal::writer::wall_clock;
use crate::queue;

/// Longest name: characters.
const LONGEST: usize = 100;

/// Most tasks of one run.
const MOST_TASKS: usize = 1000;

/// Keeps a schedule: a new one, or in the place of another. Returns its id.
///
/// # Errors
/// What it would add cannot be launched, or its time cannot be understood or is over; then nothing is kept.
pub async fn save(home: &Home, draft: ScheduleDraft) -> Result<String, Problem> {
    check(&draft)?;
    queue::check(home, &draft.addition.specs).await?;
    refuse_circle(&draft).await?;
    let now = wall_clock();
    let ScheduleDraft { id, name, when, addition, enabled } = draft;
    let id = match id {
        Some(id) => id,
        None => new_id()?.to_string(),
    };
    let mut schedule = Schedule {
        id: id.clone(),
        name: name.trim().to_owned(),
        when,
        addition,
        enabled,
        made_at: now,
        since: now,
        next_at: None,
        seen: None,
        begun: None,
        last: None,
        problem: None,
    };
    arm(&mut schedule).await?;
    let at = home.clone();
    blocking(move || {
        change(&at, |all| {
            if let Some(one) = all.iter_mut().find(|one| one.id == schedule.id) {
                let (made_at, begun, last) = (one.made_at, one.begun.take(), one.last.take());
                *one = Schedule { made_at, begun, last, ..schedule };
            } else if all.len() < MOST {
                all.push(schedule);
            } else {
                let text = format!("There can be {MOST} schedules, and so many there are.");
                return Err(invalid(text).hint("Remove one that is not needed any more."));
            }
            Ok(())
        })
    })
    .await?;
    queue::ensure(home).await?;
    Ok(id)
}

/// Turns one on or off. What passed while it was off does not count.
///
/// # Errors
/// There is no such schedule, or its time is over.
pub async fn enable(home: &Home, id: &str, enabled: bool) -> Result<(), Problem> {
    let mut schedule = find(home, id).await?;
    if schedule.enabled == enabled {
        return Ok(());
    }
    (schedule.enabled, schedule.since) = (enabled, wall_clock());
    arm(&mut schedule).await?;
    with(home, id, move |one| {
        (one.enabled, one.since) = (enabled, schedule.since);
        (one.next_at, one.seen, one.problem) = (schedule.next_at, schedule.seen, None);
    })
    .await?;
    queue::ensure(home).await
}

/// Removes one. Tasks that it has added stay.
///
/// # Errors
/// There is no such schedule.
pub async fn remove(home: &Home, id: &str) -> Result<(), Problem> {
    let (home, id) = (home.clone(), id.to_owned());
    blocking(move || {
        change(&home, |all| {
            let before = all.len();
            all.retain(|one| one.id != id);
            if all.len() == before { Err(unknown()) } else { Ok(()) }
        })
    })
    .await
}

/// Adds what it adds now, whatever its time. Returns the tasks.
///
/// # Errors
/// There is no such schedule, or what it adds is refused.
pub async fn run_now(home: &Home, id: &str) -> Result<Vec<SessionId>, Problem> {
    let schedule = find(home, id).await?;
    let tasks = ids(&schedule.addition)?;
    let now = wall_clock();
    let run = Ran { at: now, due_at: now, missed: 0, tasks: tasks.clone(), problem: None };
    let begun = with(home, id, move |one| {
        if one.begun.is_none() {
            one.begin_now(run);
        }
        one.clone()
    });
    match finish(home, &begun.await?, |_| false).await? {
        Some(problem) => Err(problem),
        None => Ok(tasks),
    }
}

/// Ids for the tasks of a run, made up before anything is done.
pub(super) fn ids(addition: &Addition) -> Result<Vec<SessionId>, Problem> {
    addition.specs.iter().map(|_| new_id()).collect()
}

async fn find(home: &Home, id: &str) -> Result<Schedule, Problem> {
    let (home, id) = (home.clone(), id.to_owned());
    blocking(move || list(&home)?.into_iter().find(|one| one.id == id).ok_or_else(unknown)).await
}

/// Changes one.
pub(super) async fn with<T: Send + 'static>(
    home: &Home,
    id: &str,
    work: impl FnOnce(&mut Schedule) -> T + Send + 'static,
) -> Result<T, Problem> {
    let (home, id) = (home.clone(), id.to_owned());
    blocking(move || {
        change(&home, |all| all.iter_mut().find(|one| one.id == id).ok_or_else(unknown).map(work))
    })
    .await
}

/// What it waits for from now on.
async fn arm(schedule: &mut Schedule) -> Result<(), Problem> {
    let times = Times::of(&schedule.when, schedule.since)?;
    (schedule.next_at, schedule.seen) = (None, None);
    if !schedule.enabled {
        return Ok(());
    }
    match &schedule.when {
        When::Reset => {}
        When::Commit { repository, branch } => {
            let repository = Repository::discover(Path::new(repository)).await?;
            let tip = repository.tip(branch).await?.ok_or_else(|| refs::gone(branch))?;
            schedule.seen = Some(tip);
        }
        _ => schedule.next_at = Some(times.after(schedule.since).ok_or_else(never)?),
    }
    Ok(())
}

fn check(draft: &ScheduleDraft) -> Result<(), Problem> {
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.contains(char::is_control) {
        return Err(invalid("The schedule needs a name.".to_owned())
            .hint(format!("Up to {LONGEST} characters on one line.")));
    }
    let addition = &draft.addition;
    if addition.specs.is_empty() || addition.specs.len() > MOST_TASKS {
        return Err(invalid(format!("A schedule adds between 1 and {MOST_TASKS} tasks.")));
    }
    if !addition.after.is_empty() || addition.builds_on.is_some() {
        let text =
            "A schedule cannot wait for a task of the queue: that would be over by the next time.";
        return Err(invalid(text.to_owned()));
    }
    Ok(())
}

/// A session that works in the repository itself would commit to the branch that it was started by, and so on for ever.
async fn refuse_circle(draft: &ScheduleDraft) -> Result<(), Problem> {
    let When::Commit { repository, .. } = &draft.when else { return Ok(()) };
    let watched = Repository::discover(Path::new(repository)).await?;
    for spec in draft.addition.specs.iter().filter(|spec| !spec.makes_worktree() || spec.existing) {
        let own = Repository::discover(Path::new(&spec.repository)).await?;
        if own.common_dir == watched.common_dir {
            let text = "What waits for commits cannot work in the repository itself or on a branch that is there: its own commits would start it again.";
            return Err(invalid(text.to_owned()).hint("Give it a worktree of its own."));
        }
    }
    Ok(())
}

fn invalid(text: String) -> Problem {
    Problem::new(ProblemCode::InvalidInput, text)
}
