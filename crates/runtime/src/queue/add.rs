//! Adding to the queue: what would be refused when its turn comes is refused now, as far as that can be known.

use std::collections::BTreeMap;
use std::path::Path;

use bosk_core::queue::{Addition, Order, Task};
use bosk_core::{Problem, ProblemCode, SessionId};

use super::log::{self, Log};
use crate::client::{blocking, check, new_id};
use crate::git::Repository;
use crate::home::Home;
use crate::journal::writer;
use crate::keeper::prepare::require_trust;

/// Most tasks that are added at once.
const MOST: usize = 10_000;

/// Adds tasks, and sees to it that somebody starts them. Returns the sessions that they become.
///
/// # Errors
/// One of them cannot be launched, or waits for what is not there; then none is added.
pub async fn add(home: &Home, addition: Addition) -> Result<Vec<SessionId>, Problem> {
    if addition.specs.is_empty() || addition.specs.len() > MOST {
        let text = format!("Between 1 and {MOST} tasks can be added at once.");
        return Err(Problem::new(ProblemCode::InvalidInput, text));
    }
    let mut known: BTreeMap<(String, Option<String>, bool), (String, String)> = BTreeMap::new();
    let now = writer::wall_clock();
    let mut tasks: Vec<Task> = Vec::with_capacity(addition.specs.len());
    for spec in addition.specs {
        check(&spec)?;
        let key = (spec.repository.clone(), spec.base.clone(), spec.worktree);
        let (name, path) = match known.get(&key) {
            Some(known) => known.clone(),
            None => {
                let repository = Repository::discover(Path::new(&spec.repository)).await?;
                let source = crate::client::source(home, &repository, &spec).await?;
                require_trust(home, &repository, &source).await?;
                let found = (repository.name(), repository.root.to_string_lossy().into_owned());
                known.insert(key, found.clone());
                found
            }
        };
        let before =
            tasks.last().filter(|_| addition.one_after_another).map(|task| task.id.clone());
        tasks.push(Task {
            id: new_id()?,
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
    let ids = tasks.iter().map(|task| task.id.clone()).collect();
    let at = home.clone();
    blocking(move || log::order(&at, &mut Log::default(), vec![Order::Added { tasks }])).await?;
    super::ensure(home).await?;
    Ok(ids)
}
