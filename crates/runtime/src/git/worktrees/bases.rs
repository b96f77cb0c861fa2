//! What each worktree is compared with. Not here: how they differ.

use std::collections::HashMap;
use std::path::Path;

use bosk_core::Problem;
use bosk_core::session::SessionSummary;

use super::branch_of;
use crate::git::listing::Listed;
use crate::git::{Repository, read};

/// A named commit that worktrees are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    /// As people say it.
    pub(super) name: String,
    /// The commit that this names now: its full id.
    pub(super) commit: String,
    /// Where the remote has the branch of that name: what is merged there is merged, too.
    remote: Option<String>,
}

impl Base {
    /// The commits that work may be in, its own first.
    pub(super) fn tips(&self) -> impl Iterator<Item = &str> + Clone {
        let remote = self.remote.as_deref().filter(|remote| *remote != self.commit);
        std::iter::once(self.commit.as_str()).chain(remote)
    }
}

/// The bases of worktrees, by their place in the list.
#[derive(Debug)]
pub(super) struct Bases {
    found: HashMap<String, Option<Base>>,
    names: Vec<Option<String>>,
    main: Vec<bool>,
}

impl Bases {
    /// What its session started from where that still names a commit, else the repository's main branch; for that
    /// branch itself, what the remote has of it.
    pub(super) async fn find(
        repository: &Repository,
        listed: &[Listed],
        working: &[Vec<&SessionSummary>],
        main: Option<&Path>,
    ) -> Result<Self, Problem> {
        let default = default_base(repository).await?;
        let mut bases = Self { found: HashMap::new(), names: Vec::new(), main: Vec::new() };
        for (one, working) in listed.iter().zip(working) {
            let is_main = main == Some(&one.folder);
            let branch = one.branch_name();
            // The one that the folder was made for.
            let first = working.iter().filter(|one| one.worktree).min_by_key(|one| one.created_at);
            let started = first.and_then(|session| session.base.clone()).filter(|_| !is_main);
            let mut name = None;
            for candidate in [started, default.clone()].into_iter().flatten() {
                let candidate = beside(branch, candidate);
                if name.is_none() && bases.look(repository, &candidate).await? {
                    name = Some(candidate);
                }
            }
            bases.names.push(name);
            bases.main.push(is_main);
        }
        Ok(bases)
    }

    /// Whether it names a commit.
    async fn look(&mut self, repository: &Repository, name: &str) -> Result<bool, Problem> {
        if let Some(known) = self.found.get(name) {
            return Ok(known.is_some());
        }
        let branch = read::tip(repository, name).await?;
        let remote = match &branch {
            Some(_) => read::at(repository, &format!("refs/remotes/origin/{name}")).await?,
            None => None,
        };
        let commit = match branch {
            Some(commit) => Some(commit),
            None => commit(repository, name).await?,
        };
        let found = commit.map(|commit| Base { name: name.to_owned(), commit, remote });
        let is_there = found.is_some();
        self.found.insert(name.to_owned(), found);
        Ok(is_there)
    }

    pub(super) fn of(&self, at: usize) -> Option<&Base> {
        self.found.get(self.names.get(at)?.as_deref()?)?.as_ref()
    }

    /// Whether that is the main work tree, whose branch is nobody's work to be merged.
    pub(super) fn is_main(&self, at: usize) -> bool {
        self.main.get(at).copied().unwrap_or_default()
    }
}

/// The commits of all main branches that a branch's work may be in: what it was made from, the repository's main branch,
/// what its main work tree is on, and what the remote has of them; not the branch itself.
pub(super) async fn tips_beside(
    repository: &Repository,
    branch: Option<&str>,
    base: Option<&str>,
) -> Result<Vec<String>, Problem> {
    let head = repository.head().await.ok();
    let default = default_base(repository).await?;
    let names = [base, default.as_deref(), head.as_ref().and_then(branch_of)];
    let mut bases = Bases { found: HashMap::new(), names: Vec::new(), main: Vec::new() };
    let mut tips = Vec::new();
    for name in names.into_iter().flatten() {
        let name = beside(branch, name.to_owned());
        bases.look(repository, &name).await?;
        let found = bases.found.get(&name).and_then(Option::as_ref);
        tips.extend(found.iter().flat_map(|base| base.tips()).map(str::to_owned));
    }
    tips.sort();
    tips.dedup();
    Ok(tips)
}

/// A base's name; of the branch itself, what the remote has of it.
fn beside(branch: Option<&str>, name: String) -> String {
    if branch == Some(name.as_str()) { format!("origin/{name}") } else { name }
}

async fn commit(repository: &Repository, name: &str) -> Result<Option<String>, Problem> {
    let call = repository.git.look(&repository.root);
    let call = call.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    let found = call.arg(format!("{name}^{{commit}}")).answer_or_nothing().await?;
    Ok(Some(found).filter(|found| !found.is_empty()))
}

/// The repository's main branch: what the remote takes for it, `main`, `master`, or else what the main work tree is on.
///
/// # Errors
/// Git failed.
pub(crate) async fn default_base(repository: &Repository) -> Result<Option<String>, Problem> {
    let call = repository.git.look(&repository.root);
    let named = call.args(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
    let named = named.answer_or_nothing().await?;
    let local = named.strip_prefix("origin/").unwrap_or_default();
    for name in [local, "main", "master"].into_iter().filter(|name| !name.is_empty()) {
        if read::tip(repository, name).await?.is_some() {
            return Ok(Some(name.to_owned()));
        }
    }
    if !named.is_empty() {
        return Ok(Some(named));
    }
    // A HEAD that cannot be read is told with its worktree.
    Ok(repository.head().await.ok().as_ref().and_then(branch_of).map(str::to_owned))
}
