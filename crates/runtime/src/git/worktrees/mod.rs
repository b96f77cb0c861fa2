//! All worktrees of a repository as a person is shown them: what each has that its base does not, what is not
//! committed, and whether its work is in the base. Only looks; a worktree that git cannot read is told as such and hides
//! no other. Not here: which git calls and walks answer that (the files beside this one), sizes, and what was put away.

mod bases;
mod dirty;
mod graph;
mod merged;
mod unpushed;

use std::collections::HashMap;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bosk_core::git::Head;
use bosk_core::session::SessionSummary;
use bosk_core::worktree::{MergedAs, Origin, WorktreeView, Worktrees};
use bosk_core::{Problem, SessionId};

use super::listing::{self, Listed};
use super::{Git, Repository, paths};

use bases::Bases;
pub(crate) use bases::default_base;
use graph::{Apart, Pair};
pub(crate) use merged::is_merged;

/// How many calls of git run at once.
const AT_ONCE: usize = 4;

/// Most branches that are listed.
const BRANCHES: usize = 200;

/// All of a repository. `filters` says whether the programs that its own configuration names for reading and merging files
/// may run, which a look at changed files can need; without that such a repository is listed, but its files are not
/// looked at.
///
/// # Errors
/// Git cannot list them.
pub async fn worktrees(
    repository: &Repository,
    sessions: &[SessionSummary],
    filters: bool,
) -> Result<Worktrees, Problem> {
    let (git, root) = (&repository.git, &repository.root);
    let mut listed = listing::list(git, root).await?;
    let main = listed.first().filter(|one| !one.bare).map(|one| one.folder.clone());
    listed.retain(|one| !one.bare);
    let mut views: Vec<WorktreeView> =
        listed.iter().map(|one| view(one, main.as_deref())).collect();
    let mut of_folder: HashMap<&str, Vec<&SessionSummary>> = HashMap::new();
    for session in sessions.iter().filter(|one| works_there(one)) {
        of_folder.entry(&session.folder).or_default().push(session);
    }
    let there = |one: &Listed| of_folder.get(&*paths::shown(&one.folder)).cloned();
    let working: Vec<Vec<&SessionSummary>> =
        listed.iter().map(|one| there(one).unwrap_or_default()).collect();
    for (view, working) in views.iter_mut().zip(&working) {
        view.sessions = working.iter().map(|one| one.id.clone()).collect();
    }

    let heads: Vec<&str> = listed.iter().filter_map(|one| one.head.as_deref()).collect();
    let (times, unpushed, branches) = tokio::try_join!(
        times(git, root, &heads),
        unpushed::counts(repository, &heads),
        free_branches(git, root, &listed),
    )?;
    let own = async {
        let bases = Bases::find(repository, &listed, &working, main.as_deref()).await?;
        let commits = commits(repository, &listed, &working, &bases, filters).await?;
        Ok::<_, Problem>((bases, commits))
    };
    let (own, dirty) = tokio::join!(own, dirty::look(git, &listed, filters));
    let (bases, commits) = own?;
    for (at, view) in views.iter_mut().enumerate() {
        let (base, one) = (bases.of(at), &commits[at]);
        view.base = base.map(|base| base.name.clone());
        (view.ahead, view.behind, view.merged) = (one.ahead, one.behind, one.merged);
        let head = view.head.as_deref();
        view.committed_at = head.and_then(|head| times.get(head)).copied();
        view.unpushed = unpushed.as_ref().and_then(|counts| counts.get(head?).copied());
        match &dirty[at] {
            Ok(counts) => {
                view.modified = counts.modified;
                view.untracked = counts.untracked;
                view.conflicted = counts.conflicted;
            }
            Err(problem) => view.problem = Some(problem.message.clone()),
        }
    }
    Ok(Worktrees {
        repository: paths::shown(root),
        name: repository.name(),
        items: views,
        archived: Vec::new(),
        branches,
    })
}

/// Before its own folder is there, the repository stands in its place.
pub(crate) fn works_there(session: &SessionSummary) -> bool {
    let waits = session.worktree && session.base_commit.is_none();
    !(waits && session.folder == session.repository_path)
}

fn view(listed: &Listed, main: Option<&Path>) -> WorktreeView {
    let is_main = main == Some(&listed.folder);
    let origin = match (is_main, listed.session(), listed.adopted()) {
        (true, ..) => Origin::Main,
        (_, Some(_), _) => Origin::Bosk,
        (_, _, Some(_)) => Origin::Adopted,
        _ => Origin::Other,
    };
    let locked = match origin {
        Origin::Bosk => None,
        Origin::Adopted => listed.adopted().flatten().map(str::to_owned),
        _ => listed.locked.clone(),
    };
    let metadata = listed.folder.metadata();
    let made = metadata.as_ref().ok().and_then(|one| one.created().ok());
    let made = made.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    WorktreeView {
        folder: paths::shown(&listed.folder),
        origin,
        branch: listed.branch_name().map(str::to_owned),
        head: listed.head.clone(),
        base: None,
        ahead: 0,
        behind: 0,
        modified: 0,
        untracked: 0,
        conflicted: 0,
        unpushed: None,
        merged: None,
        committed_at: None,
        made_at: made.and_then(|at| i64::try_from(at.as_secs()).ok()),
        sessions: Vec::<SessionId>::new(),
        locked,
        missing: !metadata.is_ok_and(|one| one.is_dir()),
        problem: None,
    }
}

/// What a worktree's commits are, next to its base's.
#[derive(Debug, Clone, Copy, Default)]
struct Commits {
    ahead: u32,
    behind: u32,
    merged: Option<MergedAs>,
}

async fn commits(
    repository: &Repository,
    listed: &[Listed],
    working: &[Vec<&SessionSummary>],
    bases: &Bases,
    filters: bool,
) -> Result<Vec<Commits>, Problem> {
    let pairs_of = |at: usize| {
        let head = listed[at].head.as_deref();
        let base = bases.of(at);
        let tips = base.into_iter().flat_map(|base| base.tips());
        head.into_iter().flat_map(move |head| {
            tips.clone().map(move |base| Pair { head: head.to_owned(), base: base.to_owned() })
        })
    };
    let pairs: Vec<Pair> = (0..listed.len()).flat_map(pairs_of).collect();
    let apart = graph::apart(repository, pairs).await?;
    // Nothing of its own is no work that was merged.
    let untouched = graph::untouched(repository, listed, working, bases).await?;
    let questions = (0..listed.len()).filter(|at| !bases.is_main(*at)).flat_map(pairs_of);
    let questions = questions.filter_map(|pair| {
        let apart: &Apart = apart.get(&pair)?;
        Some((pair, apart.clone()))
    });
    let merged = merged::merged(repository, questions.collect(), filters).await;
    Ok((0..listed.len())
        .map(|at| {
            let Some(first) = pairs_of(at).next() else { return Commits::default() };
            let Some(one) = apart.get(&first) else { return Commits::default() };
            let merged = pairs_of(at).find_map(|pair| merged.get(&pair).copied());
            let merged = merged.filter(|_| !untouched[at]);
            Commits { ahead: one.ahead, behind: one.behind, merged }
        })
        .collect())
}

/// When each of these was committed, in seconds since 1970.
async fn times(git: &Git, root: &Path, heads: &[&str]) -> Result<HashMap<String, i64>, Problem> {
    if heads.is_empty() {
        return Ok(HashMap::new());
    }
    let call = git.look(root).args(["log", "--no-walk=unsorted", "--format=%H %ct", "--stdin"]);
    // A worktree that is damaged names a commit that is gone; the others still have their times.
    let call = call.arg("--ignore-missing").input(heads.join("\n").into_bytes());
    let text = call.answer_or_nothing().await?;
    let pair = |line: &str| {
        let (id, time) = line.split_once(' ')?;
        Some((id.to_owned(), time.parse().ok()?))
    };
    Ok(text.lines().filter_map(pair).collect())
}

/// The branches that no worktree has, the newest first.
async fn free_branches(git: &Git, root: &Path, listed: &[Listed]) -> Result<Vec<String>, Problem> {
    let taken: Vec<&str> = listed.iter().filter_map(Listed::branch_name).collect();
    let most = format!("--count={}", BRANCHES + taken.len());
    let call = git.look(root).args(["for-each-ref", "--sort=-committerdate", &most]);
    let output = call.args(["--format=%(refname:lstrip=2)", "refs/heads"]).run().await?.text();
    let free = output.lines().filter(|name| !taken.contains(name));
    Ok(free.take(BRANCHES).map(str::to_owned).collect())
}

/// The branch that HEAD names.
fn branch_of(head: &Head) -> Option<&str> {
    match head {
        Head::Branch { name, .. } => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
