//! Several attempts at the same: launching them through the queue, looking at them side by side, and putting away
//! all but one. Nothing is put away that could not be had back. Not here: what each is launched with, and how they
//! are ranked (`bosk_core::variants`).

use bosk_core::launch::Variant;
use bosk_core::queue::{Addition, Order, Priority, Stage, Task};
use bosk_core::session::{Glance, SessionSummary, StopReason};
use bosk_core::variants::{
    Archived, ChangeCounts, Chosen, LeftAlone, VariantGroup, VariantRow, VariantView, Variants,
    rank,
};
use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::task::JoinSet;

use crate::catalog;
use crate::client::{blocking, ended, worktree};
use crate::home::Home;
use crate::queue::{self, Log};

/// How many are looked at, or put away, at the same time: each is some calls of git.
const AT_ONCE: usize = 4;

/// Most characters of the prompt that name the batch.
const NAME: usize = 60;

/// Adds them to the queue.
///
/// # Errors
/// They cannot be launched, and why; then none is added.
pub async fn launch(home: &Home, variants: Variants) -> Result<VariantGroup, Problem> {
    let group = uuid::Uuid::new_v4().simple().to_string();
    let group: String = group.chars().take(8).collect();
    let line = variants.spec.prompt.lines().map(str::trim).find(|line| !line.is_empty());
    let name: String = line.unwrap_or(&group).chars().take(NAME).collect();
    let addition = Addition {
        max_usd: None,
        specs: variants.specs(&group)?,
        batch: Some(name),
        priority: Priority::Normal,
        after: Vec::new(),
        builds_on: None,
        one_after_another: false,
    };
    let sessions = queue::add(home, addition).await?;
    Ok(VariantGroup { group, sessions })
}

/// All of a group, by their numbers.
///
/// # Errors
/// There is no such group, or Bosk's folder cannot be read. What a single one has changed may be missing.
pub async fn compare(home: &Home, group: &str) -> Result<Vec<VariantView>, Problem> {
    let (sessions, tasks) = members(home, group).await?;
    let ranks = rank(&sessions.iter().map(VariantRow::from).collect::<Vec<_>>());
    let counted = each(sessions.clone(), |session| counts(home.clone(), session)).await;
    let mut views: Vec<VariantView> = Vec::new();
    for ((session, changes), rank) in sessions.into_iter().zip(counted).zip(ranks) {
        views.push(VariantView {
            id: session.id,
            variant: session.variant.unwrap_or_else(nameless),
            glance: session.glance,
            changes: changes.flatten(),
            check: session.check,
            cost_usd: session.cost_usd,
            worked: session.worked,
            rank,
        });
    }
    for (task, _) in tasks {
        if !views.iter().any(|view| view.id == task.id) {
            views.push(VariantView {
                id: task.id,
                variant: task.spec.variant.unwrap_or_else(nameless),
                glance: Glance::Queued,
                changes: None,
                check: None,
                cost_usd: 0.0,
                worked: 0,
                rank: None,
            });
        }
    }
    views.sort_by_key(|view| view.variant.number);
    Ok(views)
}

async fn counts(home: Home, session: SessionSummary) -> Option<ChangeCounts> {
    let changes = worktree::changed(&home, &session).await;
    changes.ok().map(|changes| ChangeCounts::from(&changes))
}

/// Keeps one of a group, and puts the others away: what runs is stopped, and what it worked in goes to the trash
/// after a snapshot. Whatever is in doubt stays as it is.
///
/// # Errors
/// The one that is kept is not of that group, or Bosk's folder cannot be read; then nothing was done.
pub async fn choose(home: &Home, group: &str, winner: &SessionId) -> Result<Chosen, Problem> {
    let (sessions, tasks) = members(home, group).await?;
    if !sessions.iter().any(|session| session.id == *winner) {
        let text = format!("Session `{}` is none of these variants.", winner.short());
        return Err(Problem::new(ProblemCode::SessionUnknown, text)
            .hint("Choose one that has been started."));
    }
    let mut chosen = Chosen::default();
    let mut take = |id: SessionId, done: Result<Option<String>, Problem>| match done {
        Ok(snapshot) => chosen.archived.push(Archived { id, snapshot }),
        Err(problem) => chosen.left.push(LeftAlone { id, problem }),
    };
    // First what would still start: it would come after the choice.
    let mut late = Vec::new();
    for (task, stage) in tasks.into_iter().filter(|(task, _)| task.id != *winner) {
        let id = task.id;
        let is_session = sessions.iter().any(|session| session.id == id);
        let cancelled = match stage {
            Stage::Waiting { .. } | Stage::Retrying { .. } => cancel(home, id.clone()).await,
            Stage::Starting => Err(starting()),
            Stage::Running | Stage::Ended { .. } => continue,
        };
        match cancelled {
            // Its session is put away with the others.
            Ok(()) if is_session => {}
            cancelled => {
                late.push(id.clone());
                take(id, cancelled.map(|()| None));
            }
        }
    }
    let is_other = |session: &SessionSummary| session.id != *winner && !late.contains(&session.id);
    let others: Vec<SessionSummary> = sessions.into_iter().filter(is_other).collect();
    let ids: Vec<SessionId> = others.iter().map(|session| session.id.clone()).collect();
    let away = each(others, |session| put_away(home.clone(), session)).await;
    for (id, done) in ids.into_iter().zip(away) {
        take(id, done.unwrap_or_else(|| Err(broken_off())).map(Some));
    }
    Ok(chosen)
}

/// Stops it if it runs, and moves it to the trash. Returns the commit that holds its folder as it was.
async fn put_away(home: Home, session: SessionSummary) -> Result<String, Problem> {
    let (home, id) = (&home, &session.id);
    if !session.state.is_ended() {
        let stopped = ended::stop(home, id, StopReason::Finished).await;
        stopped.map_err(|_| kept(&format!("session `{}` does not end", id.short())))?;
    }
    // As it is now: it may have got its folder, or written something, meanwhile.
    let at = home.clone();
    let index = blocking(move || Ok(catalog::Index::open(&at))).await?;
    let session = catalog::summary(home, &index, id).await?;
    let plan = worktree::removal(home, &session).await?;
    if plan.token.snapshot.is_empty() {
        return Err(kept("it has no worktree of its own, so there is no snapshot of it"));
    }
    if let Some(inside) = plan.nested.first() {
        let inside = inside.trim_end_matches('/');
        return Err(kept(&format!("`{inside}` in it is a repository that no snapshot holds")));
    }
    let snapshot = plan.token.snapshot.clone();
    worktree::remove(home, &session, plan.token, false).await?;
    Ok(snapshot)
}

/// The sessions of a group, and its tasks in the queue: by their numbers.
async fn members(
    home: &Home,
    group: &str,
) -> Result<(Vec<SessionSummary>, Vec<(Task, Stage)>), Problem> {
    let is_of_it =
        |variant: &Option<Variant>| variant.as_ref().is_some_and(|variant| variant.group == group);
    let listed = catalog::list(home).await?.into_iter().flatten();
    let mut sessions: Vec<SessionSummary> =
        listed.filter(|session| is_of_it(&session.variant)).collect();
    sessions.sort_by_key(|session| session.variant.as_ref().map(|variant| variant.number));
    let at = home.clone();
    let log = blocking(move || {
        let mut log = Log::default();
        log.catch_up(&at).map(|_| log)
    });
    let log = log.await?;
    let tasks = log.queue().tasks().filter(|(task, _)| is_of_it(&task.spec.variant));
    let tasks: Vec<_> = tasks.map(|(task, stage)| (task.clone(), stage.clone())).collect();
    if sessions.is_empty() && tasks.is_empty() {
        let text = format!("There are no variants `{group}`.");
        return Err(Problem::new(ProblemCode::SessionUnknown, text)
            .hint("`bosk show` tells which variants a session belongs to."));
    }
    Ok((sessions, tasks))
}

async fn cancel(home: &Home, id: SessionId) -> Result<(), Problem> {
    let home = home.clone();
    blocking(move || queue::order(&home, &mut Log::default(), vec![Order::Cancelled { id }])).await
}

/// Does it for each, a few at the same time. What came of each, in their order; none where it was broken off.
async fn each<T, R, W>(items: Vec<T>, work: impl Fn(T) -> W) -> Vec<Option<R>>
where
    R: Send + 'static,
    W: Future<Output = R> + Send + 'static,
{
    let mut came: Vec<Option<R>> = items.iter().map(|_| None).collect();
    let mut running = JoinSet::new();
    let mut waiting = items.into_iter().enumerate();
    loop {
        while running.len() < AT_ONCE
            && let Some((at, item)) = waiting.next()
        {
            let work = work(item);
            running.spawn(async move { (at, work.await) });
        }
        match running.join_next().await {
            Some(Ok((at, result))) => came[at] = Some(result),
            Some(Err(_)) => {}
            None => return came,
        }
    }
}

fn nameless() -> Variant {
    Variant { group: String::new(), number: 0, label: String::new() }
}

fn kept(why: &str) -> Problem {
    Problem::new(ProblemCode::SessionState, format!("The variant was left as it is: {why}."))
        .hint("Remove the session by hand if you want it gone.")
}

fn starting() -> Problem {
    kept("it is being launched at this moment")
}

fn broken_off() -> Problem {
    kept("putting it away was broken off")
}
