//! Whether a branch's work is in its base: as its own commits, as one commit with the same changes or as one for each
//! (recognised by git's patch ids), or so that merging would add nothing. Where anything is in doubt, it is not. This is
//! the one rule, for the list of worktrees and for what is said before one goes.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use bosk_core::Problem;
use bosk_core::worktree::MergedAs;

use super::bases;
use super::graph::{self, Apart, Pair, Range, between};
use crate::git::Repository;

/// Most commits of the base, since both parted, that are looked at.
const OF_BASE: usize = 500;

/// Most own commits that are looked for one by one.
const OWN: u32 = 100;

/// How many commits one call is asked about.
const PIECE: usize = 100;

/// The most that is read of their differences at once, in bytes.
const LIMIT: usize = 32 << 20;

/// Most answers that are remembered: some 20 MB.
const REMEMBERED: usize = 100_000;

/// What was found out: commits never change, so it stays true. An id is a commit's, or of what a head has since a fork.
static IDS: Known<(String, Option<String>), Option<String>> = Known::new();
static ANSWERS: Known<Pair, Option<MergedAs>> = Known::new();

struct Known<K, V>(LazyLock<Mutex<HashMap<K, V>>>);

impl<K: Eq + std::hash::Hash, V: Clone> Known<K, V> {
    const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    fn get(&self, key: &K) -> Option<V> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: K, value: V) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, value);
    }
}

/// Whether the work of a head is in a main branch, and how: in what it was made from, in the repository's main branch, in
/// what its main work tree is on, or where the remote has one of them. `branch` is its own, which is none of them. Merge
/// drivers that the repository's configuration names can be started by that.
///
/// # Errors
/// Git failed.
pub(crate) async fn is_merged(
    repository: &Repository,
    head: &str,
    branch: Option<&str>,
    base: Option<&str>,
) -> Result<Option<MergedAs>, Problem> {
    if head.is_empty() {
        return Ok(None);
    }
    let tips = bases::tips_beside(repository, branch, base).await?;
    let pairs = tips.into_iter().map(|base| Pair { head: head.to_owned(), base });
    let pairs: Vec<Pair> = pairs.collect();
    let apart = graph::apart(repository, pairs.clone()).await?;
    let found = merged(repository, apart.into_iter().collect(), true).await;
    Ok(pairs.iter().find_map(|pair| found.get(pair).copied()))
}

/// Those that are in their base, and how. A git that fails leaves out what it was asked about. Without `drivers` nothing
/// is asked that could start a program which the repository's configuration names.
pub(super) async fn merged(
    repository: &Repository,
    questions: Vec<(Pair, Apart)>,
    drivers: bool,
) -> HashMap<Pair, MergedAs> {
    let mut found = HashMap::new();
    let mut open = Vec::new();
    for (pair, apart) in questions {
        match ANSWERS.get(&pair) {
            Some(answer) => found.extend(answer.map(|answer| (pair, answer))),
            None if apart.ahead == 0 => drop(found.insert(pair, MergedAs::Commits)),
            // Nothing can have come to the base, or nobody can tell since when.
            None if apart.behind == 0 => {}
            None => open.extend(apart.fork.clone().map(|fork| (pair, apart.ahead, fork))),
        }
    }
    match by_changes(repository, &open, drivers).await {
        Ok(answers) => {
            for (pair, answer) in answers {
                if drivers || answer.is_some() {
                    ANSWERS.keep(pair.clone(), answer);
                }
                found.extend(answer.map(|answer| (pair, answer)));
            }
        }
        Err(problem) => tracing::warn!(%problem, "cannot tell what is merged"),
    }
    found
}

type Open = (Pair, u32, String);

async fn by_changes(
    repository: &Repository,
    open: &[Open],
    drivers: bool,
) -> Result<Vec<(Pair, Option<MergedAs>)>, Problem> {
    let of_base = |(pair, _, fork): &Open| Range { from: fork.clone(), to: pair.base.clone() };
    let own = |(pair, _, fork): &Open| Range { from: fork.clone(), to: pair.head.clone() };
    let few = || open.iter().filter(|(_, ahead, _)| *ahead <= OWN);
    let bases = between(repository, open.iter().map(of_base).collect(), OF_BASE).await?;
    let owns = between(repository, few().map(own).collect(), OWN as usize).await?;
    let alone = bases.values().chain(owns.values()).flatten().map(|id| (id.clone(), None));
    let whole = open.iter().map(|(pair, _, fork)| (pair.head.clone(), Some(fork.clone())));
    let ids = ids(repository, alone.chain(whole).collect()).await?;
    let id = |commit: &str, fork: Option<&str>| {
        ids.get(&(commit.to_owned(), fork.map(str::to_owned))).and_then(Option::as_deref)
    };
    let by_patch = |one: &Open| {
        let (pair, ahead, fork) = one;
        let base = bases.get(&of_base(one))?;
        let there: HashSet<&str> = base.iter().filter_map(|commit| id(commit, None)).collect();
        if id(&pair.head, Some(fork)).is_some_and(|whole| there.contains(whole)) {
            return Some(MergedAs::Squash);
        }
        // A merge's own changes are in no list of patches, so a branch that has one is in doubt.
        let own =
            owns.get(&own(one)).filter(|own| !own.is_empty() && own.len() >= *ahead as usize)?;
        let is_there = |commit: &String| id(commit, None).is_some_and(|id| there.contains(id));
        own.iter().all(is_there).then_some(MergedAs::Rebase)
    };
    let mut answers: Vec<(Pair, Option<MergedAs>)> =
        open.iter().map(|one| (one.0.clone(), by_patch(one))).collect();
    if !drivers {
        return Ok(answers);
    }
    let left = answers.iter().zip(open).filter(|((_, answer), _)| answer.is_none());
    let left: Vec<Open> = left.map(|(_, one)| one.clone()).collect();
    let touched =
        graph::touched(repository, left.iter().map(|(pair, _, fork)| (pair, fork))).await?;
    for ((pair, answer), (_, _, fork)) in answers.iter_mut().zip(open) {
        if answer.is_none() && touched.contains(pair) {
            *answer = adds_nothing(repository, pair, fork).await?.then_some(MergedAs::Squash);
        }
    }
    Ok(answers)
}

/// Whether the head has changed something, and merging it would leave the base's files as they are.
async fn adds_nothing(
    repository: &Repository,
    Pair { head, base }: &Pair,
    fork: &str,
) -> Result<bool, Problem> {
    let trees = [base, head, fork].map(|commit| format!("{commit}^{{tree}}"));
    let told = repository.git.look(&repository.root).arg("rev-parse").args(trees).run().await?;
    let told = told.text();
    let mut trees = told.lines();
    let (Some(base_tree), Some(own), Some(before)) = (trees.next(), trees.next(), trees.next())
    else {
        return Ok(false);
    };
    if own == before {
        return Ok(false);
    }
    let call = repository.git.change(&repository.root).args(["merge-tree", "--write-tree"]);
    let call = call.args(["--no-messages", "--end-of-options", base, head]);
    // Where there are conflicts, or a partial clone lacks a file, that tells nothing.
    let merged = call.env("GIT_NO_LAZY_FETCH", "1").run().await;
    Ok(merged.is_ok_and(|merged| merged.text() == base_tree))
}

type Ids = HashMap<(String, Option<String>), Option<String>>;

/// The patch ids of commits, or of all that a commit has since another one.
async fn ids(
    repository: &Repository,
    asked: HashSet<(String, Option<String>)>,
) -> Result<Ids, Problem> {
    let mut found = Ids::new();
    let (mut alone, mut whole) = (Vec::new(), Vec::new());
    for key in asked {
        match IDS.get(&key) {
            Some(known) => drop(found.insert(key, known)),
            None if key.1.is_none() => alone.push(key),
            None => whole.push(key),
        }
    }
    let mut pieces: Vec<Vec<(String, Option<String>)>> =
        alone.chunks(PIECE).map(<[_]>::to_vec).collect();
    // An answer names the commit alone, so one call has each commit once.
    while !whole.is_empty() {
        let mut seen = HashSet::new();
        let (now, later): (Vec<_>, Vec<_>) =
            whole.into_iter().partition(|(commit, _)| seen.insert(commit.clone()));
        pieces.extend(now.chunks(PIECE).map(<[_]>::to_vec));
        whole = later;
    }
    while let Some(piece) = pieces.pop() {
        let Some(answers) = patch_ids(repository, &piece).await? else {
            let half = piece.len() / 2;
            if half == 0 {
                // Too large to be told from anything.
                found.extend(piece.into_iter().map(|key| (key, None)));
            } else {
                pieces.push(piece[..half].to_vec());
                pieces.push(piece[half..].to_vec());
            }
            continue;
        };
        for key in piece {
            let answer = answers.get(&key.0).cloned();
            IDS.keep(key.clone(), answer.clone());
            found.insert(key, answer);
        }
    }
    Ok(found)
}

/// By commit; a commit that changes nothing has none. None at all where there is too much to read.
async fn patch_ids(
    repository: &Repository,
    piece: &[(String, Option<String>)],
) -> Result<Option<HashMap<String, String>>, Problem> {
    let lines = piece.iter().map(|(commit, fork)| match fork {
        // Source of the format: git-diff-tree(1), `--stdin`; a commit is followed by what takes its parents' place.
        Some(fork) => format!("{commit} {fork}\n"),
        None => format!("{commit}\n"),
    });
    let call = repository.git.look(&repository.root).args(["diff-tree", "--stdin", "-p", "--root"]);
    let call = call.args(["--no-renames", "--full-index", "--no-ext-diff", "--no-textconv"]);
    // A partial clone would fetch each file that it lacks.
    let call = call.env("GIT_NO_LAZY_FETCH", "1").limit(LIMIT);
    let patches = call.input(lines.collect::<String>().into_bytes()).run().await?;
    if patches.truncated {
        return Ok(None);
    }
    if patches.stdout.is_empty() {
        return Ok(Some(HashMap::new()));
    }
    let call = repository.git.look(&repository.root).args(["patch-id", "--stable"]);
    let text = call.input(patches.stdout).run().await?.text();
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    Ok(Some(pairs.map(|(id, commit)| (commit.to_owned(), id.to_owned())).collect()))
}
