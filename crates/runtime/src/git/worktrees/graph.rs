//! How far heads are from their bases. This module decides: libgit2 where it can open the repository, else the git
//! command line. Not here: whether what differs is the same work.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::io::BufRead as _;
use std::path::Path;

use bosk_core::Problem;
use bosk_core::session::SessionSummary;

use super::bases::Bases;
use crate::client::blocking;
use crate::git::Repository;
use crate::git::listing::Listed;

/// A head and what it is compared with: full ids of commits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    pub(super) head: String,
    pub(super) base: String,
}

/// How they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Apart {
    pub(super) ahead: u32,
    pub(super) behind: u32,
    /// The commit that both have; none where they have nothing in common.
    pub(super) fork: Option<String>,
}

/// Of each pair. One whose commits cannot be read is left out.
pub(super) async fn apart(
    repository: &Repository,
    pairs: Vec<Pair>,
) -> Result<HashMap<Pair, Apart>, Problem> {
    let pairs: HashSet<Pair> = pairs.into_iter().collect();
    let (root, asked) = (repository.root.clone(), pairs.clone());
    let looked = blocking(move || Ok(by_library(&root, asked, one_apart)));
    if let Ok(found) = looked.await? {
        return Ok(found);
    }
    let mut found = HashMap::new();
    for pair in pairs {
        let look = || repository.git.look(&repository.root);
        let counts = look().args(["rev-list", "--left-right", "--count", "--end-of-options"]);
        let counts = counts.arg(format!("{}...{}", pair.head, pair.base)).answer_or_nothing();
        let fork = look().args(["merge-base", &pair.head, &pair.base]).answer_or_nothing();
        let (counts, fork) = tokio::try_join!(counts, fork)?;
        let Some((ahead, behind)) = counts.split_once('\t') else { continue };
        let (Ok(ahead), Ok(behind)) = (ahead.parse(), behind.parse()) else { continue };
        let fork = Some(fork).filter(|fork| !fork.is_empty());
        found.insert(pair, Apart { ahead, behind, fork });
    }
    Ok(found)
}

/// What the library tells of each that was asked about. One that it cannot tell of is left out.
fn by_library<K: Eq + Hash, V>(
    root: &Path,
    asked: HashSet<K>,
    tell: impl Fn(&git2::Repository, &K) -> Result<V, git2::Error>,
) -> Result<HashMap<K, V>, git2::Error> {
    let library = git2::Repository::open(root)?;
    let of = |one: K| tell(&library, &one).ok().map(|told| (one, told));
    Ok(asked.into_iter().filter_map(of).collect())
}

fn one_apart(library: &git2::Repository, pair: &Pair) -> Result<Apart, git2::Error> {
    let (head, base) = (git2::Oid::from_str(&pair.head)?, git2::Oid::from_str(&pair.base)?);
    let (ahead, behind) = library.graph_ahead_behind(head, base)?;
    let fork = match library.merge_base(head, base) {
        Ok(fork) => Some(fork.to_string()),
        Err(error) if error.code() == git2::ErrorCode::NotFound => None,
        Err(error) => return Err(error),
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Apart { ahead: count(ahead), behind: count(behind), fork })
}

/// Those whose base has since the fork changed every file that the head has, so that merging may add nothing; and all
/// that the library cannot tell of.
pub(super) async fn touched<'a>(
    repository: &Repository,
    pairs: impl Iterator<Item = (&'a Pair, &'a String)>,
) -> Result<HashSet<Pair>, Problem> {
    let asked: HashSet<(Pair, String)> =
        pairs.map(|(pair, fork)| (pair.clone(), fork.clone())).collect();
    let (root, all) = (repository.root.clone(), asked.clone());
    let looked = blocking(move || Ok(by_library(&root, asked, all_touched)));
    let found = looked.await?.unwrap_or_default();
    let is_open = |one: &(Pair, String)| found.get(one).copied().unwrap_or(true);
    Ok(all.into_iter().filter(is_open).map(|(pair, _)| pair).collect())
}

fn all_touched(
    library: &git2::Repository,
    (pair, fork): &(Pair, String),
) -> Result<bool, git2::Error> {
    let tree = |commit: &str| library.find_commit(git2::Oid::from_str(commit)?)?.tree();
    let (fork, head, base) = (tree(fork)?, tree(&pair.head)?, tree(&pair.base)?);
    let diff = library.diff_tree_to_tree(Some(&fork), Some(&head), None)?;
    let entry = |tree: &git2::Tree<'_>, path: &Path| {
        tree.get_path(path).ok().map(|entry| (entry.id(), entry.filemode()))
    };
    let is_touched = |delta: git2::DiffDelta<'_>| {
        let path = delta.new_file().path().or_else(|| delta.old_file().path());
        path.is_some_and(|path| entry(&fork, path) != entry(&base, path))
    };
    Ok(diff.deltas().len() > 0 && diff.deltas().all(is_touched))
}

/// The commits that `to` has and `from` has not, without merges, the newest first: at most so many.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Range {
    pub(super) from: String,
    pub(super) to: String,
}

/// Of each range. One that cannot be walked is left out.
pub(super) async fn between(
    repository: &Repository,
    ranges: Vec<Range>,
    most: usize,
) -> Result<HashMap<Range, Vec<String>>, Problem> {
    let ranges: HashSet<Range> = ranges.into_iter().collect();
    let (root, asked) = (repository.root.clone(), ranges.clone());
    let walk = move |library: &git2::Repository, range: &Range| walk(library, range, most);
    let looked = blocking(move || Ok(by_library(&root, asked, walk)));
    if let Ok(found) = looked.await? {
        return Ok(found);
    }
    let mut found = HashMap::new();
    for range in ranges {
        let call = repository.git.look(&repository.root).args(["rev-list", "--no-merges"]);
        let call = call.arg(format!("--max-count={most}")).arg("--end-of-options");
        let text = call.arg(format!("{}..{}", range.from, range.to)).answer_or_nothing().await?;
        found.insert(range, text.lines().map(str::to_owned).collect());
    }
    Ok(found)
}

fn walk(
    library: &git2::Repository,
    range: &Range,
    most: usize,
) -> Result<Vec<String>, git2::Error> {
    let mut walk = library.revwalk()?;
    walk.push(git2::Oid::from_str(&range.to)?)?;
    walk.hide(git2::Oid::from_str(&range.from)?)?;
    let mut found = Vec::new();
    for id in walk {
        let id = id?;
        if library.find_commit(id)?.parent_count() < 2 {
            found.push(id.to_string());
        }
        if found.len() >= most {
            break;
        }
    }
    Ok(found)
}

/// Which of them have no commit of their own yet: HEAD is where it began. Where nothing tells how it began, one that is
/// where its base is has none.
pub(super) async fn untouched(
    repository: &Repository,
    listed: &[Listed],
    working: &[Vec<&SessionSummary>],
    bases: &Bases,
) -> Result<Vec<bool>, Problem> {
    let mut found = Vec::with_capacity(listed.len());
    for (at, (one, working)) in listed.iter().zip(working).enumerate() {
        let Some(head) = one.head.as_deref() else {
            found.push(true);
            continue;
        };
        let begun = working.iter().filter(|session| session.worktree);
        let mut begun = begun.filter_map(|session| session.base_commit.as_deref());
        let is_base = bases.of(at).is_some_and(|base| base.commit == head);
        found.push(match one.branch.as_deref() {
            _ if begun.any(|commit| commit == head) => true,
            Some(branch) => match began_at(repository, branch).await? {
                Some(commit) => commit == head,
                None => is_base,
            },
            None => is_base,
        });
    }
    Ok(found)
}

/// The commit that a branch was made at, as far as git remembers.
async fn began_at(repository: &Repository, branch: &str) -> Result<Option<String>, Problem> {
    let file = repository.common_dir.join("logs").join(branch);
    blocking(move || Ok(made_at(&file))).await
}

/// What a reference was made at, by its log.
fn made_at(log: &Path) -> Option<String> {
    // Source of the format: gitrepository-layout(5), `<old> <new> <who> <when>\t<message>`; the oldest is first.
    let mut line = Vec::new();
    let file = std::fs::File::open(log).ok()?;
    std::io::BufReader::new(file).read_until(b'\n', &mut line).ok()?;
    let text = String::from_utf8_lossy(&line);
    let mut words = text.split(' ');
    let (old, new) = (words.next()?, words.next()?);
    old.bytes().all(|digit| digit == b'0').then(|| new.to_owned())
}
