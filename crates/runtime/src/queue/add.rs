//! Adding to the queue: what would be refused when its turn comes is refused now, as far as that can be known.

use std::collections::BTreeMap;
use std::path::Path;

use bosk_core::launch::LaunchSpec;
use bosk_core::queue::{Addition, Order, Task};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::log::{self, Log};
use crate::client::{blocking, new_id};
use crate::git::Repository;
use crate::home::Home;
use crate::journal::writer;
use crate::keeper::prepare::require_trust;

/// Most tasks that are added at once.
const MOST: usize = 10_000;

/// What is known of the repository that a spec names: its name and its main work tree.
type Known = BTreeMap<Place, (String, String)>;

type Place = (String, [Option<String>; 4], bool);

/// Adds tasks, and sees to it that somebody starts them. Returns the sessions that they become.
///
/// # Errors
/// One of them cannot be launched, or waits for what is not there; then none is added.
pub async fn add(home: &Home, addition: Addition) -> Result<Vec<SessionId>, Problem> {
    let ids = addition.specs.iter().map(|_| new_id()).collect::<Result<_, _>>()?;
    add_as(home, ids, addition).await
}

/// The same for sessions whose ids are known already. Added twice, they are there once: the second time is refused.
///
/// # Errors
/// As for [`add`].
pub(crate) async fn add_as(
    home: &Home,
    ids: Vec<SessionId>,
    addition: Addition,
) -> Result<Vec<SessionId>, Problem> {
    if addition.max_usd.is_some_and(|usd| !usd.is_finite() || usd <= 0.0) {
        let problem =
            Problem::new(ProblemCode::InvalidInput, "What a batch may cost must be more than 0.");
        return Err(problem.hint("Give an amount in US dollars, such as 2.50."));
    }
    let known = check_all(home, &addition.specs).await?;
    let now = writer::wall_clock();
    let mut tasks: Vec<Task> = Vec::with_capacity(addition.specs.len());
    for (id, spec) in ids.iter().zip(addition.specs) {
        let (name, path) = known.get(&key(&spec)).cloned().unwrap_or_default();
        let before =
            tasks.last().filter(|_| addition.one_after_another).map(|task| task.id.clone());
        tasks.push(Task {
            id: id.clone(),
            spec,
            repository: name,
            repository_path: path,
            batch: addition.batch.clone(),
            batch_max_usd: addition.max_usd,
            after: addition.after.clone(),
            builds_on: before.or_else(|| addition.builds_on.clone()),
            priority: addition.priority,
            added_at: now,
        });
    }
    let at = home.clone();
    blocking(move || log::order(&at, &mut Log::default(), vec![Order::Added { tasks }])).await?;
    super::ensure(home).await?;
    Ok(ids)
}

/// Refuses what would be refused if it was added now.
///
/// # Errors
/// One of them cannot be launched.
pub(crate) async fn check(home: &Home, specs: &[LaunchSpec]) -> Result<(), Problem> {
    check_all(home, specs).await.map(drop)
}

/// Whether one of them is in the queue, or over and not forgotten yet.
///
/// # Errors
/// The queue cannot be read.
pub(crate) async fn has(home: &Home, ids: &[SessionId]) -> Result<bool, Problem> {
    let (home, ids) = (home.clone(), ids.to_vec());
    blocking(move || {
        let mut log = Log::default();
        log.catch_up(&home)?;
        Ok(ids.iter().any(|id| log.queue().get(id).is_some()))
    })
    .await
}

async fn check_all(home: &Home, specs: &[LaunchSpec]) -> Result<Known, Problem> {
    if specs.is_empty() || specs.len() > MOST {
        let text = format!("Between 1 and {MOST} tasks can be added at once.");
        return Err(Problem::new(ProblemCode::InvalidInput, text));
    }
    let mut known = Known::new();
    for spec in specs {
        crate::client::check(spec)?;
        if known.contains_key(&key(spec)) {
            continue;
        }
        let repository = Repository::discover(Path::new(&spec.repository)).await?;
        let source = crate::client::source(home, &repository, spec).await?;
        require_trust(home, &repository, &source).await?;
        let path = repository.root.to_string_lossy().into_owned();
        known.insert(key(spec), (repository.name(), path));
    }
    Ok(known)
}

/// What decides where it would work, and so what has to be agreed to.
fn key(spec: &LaunchSpec) -> Place {
    let branch = spec.branch.clone().filter(|_| spec.existing);
    let names = [&spec.base, &branch, &spec.folder, &spec.subfolder].map(Clone::clone);
    (spec.repository.clone(), names, spec.worktree)
}
