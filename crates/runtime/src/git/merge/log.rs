//! A branch's newest commits and its base's. This module decides: libgit2 where it can open the repository, else the git
//! command line. Both walk by time and stop early, so that the length of the history does not matter; the order is
//! core's. Not here: what the base is.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::path::Path;

use bosk_core::review::commit::{BranchLog, LogCommit};
use bosk_core::review::graph::topological;
use bosk_core::{Problem, ProblemCode};

use crate::git::{Git, GitError};

/// The most commits that are read.
const MOST: u32 = 5000;

/// The most names that one commit is told with.
const NAMES: usize = 20;

/// What either way reads.
#[derive(Debug, Default, PartialEq, Eq)]
struct Walked {
    /// The newest by time: one more than wanted, where there are more.
    commits: Vec<LogCommit>,
    own: HashSet<String>,
    unpushed: HashSet<String>,
    /// Full names of branches and tags, by commit.
    names: HashMap<String, Vec<String>>,
}

/// Reads it. `base` is a commit's full id.
///
/// # Errors
/// There is no commit, or git failed.
pub async fn log(git: &Git, worktree: &Path, base: &str, count: u32) -> Result<BranchLog, Problem> {
    let count = count.clamp(1, MOST) as usize;
    let (folder, from) = (worktree.to_owned(), base.to_owned());
    let read = tokio::task::spawn_blocking(move || by_library(&folder, &from, count + 1)).await;
    let mut walked = match read {
        Ok(Ok(walked)) => walked,
        _ => by_command(git, worktree, base, count + 1).await?,
    };
    let more = walked.commits.len() > count;
    walked.commits.truncate(count);
    for commit in &mut walked.commits {
        commit.own = walked.own.contains(&commit.id);
        commit.unpushed = walked.unpushed.contains(&commit.id);
        if let Some(mut names) = walked.names.remove(&commit.id) {
            // Branches first, then remotes' branches, then tags.
            names.sort();
            commit.names = names.iter().take(NAMES).map(|name| called(name)).collect();
        }
    }
    Ok(BranchLog { commits: topological(walked.commits), more })
}

fn called(name: &str) -> String {
    let prefixes = ["refs/heads/", "refs/remotes/", "refs/tags/"];
    prefixes.iter().find_map(|one| name.strip_prefix(one)).unwrap_or(name).to_owned()
}

fn by_library(folder: &Path, base: &str, most: usize) -> Result<Walked, git2::Error> {
    let repository = git2::Repository::open(folder)?;
    let head = repository.head()?.peel_to_commit()?.id();
    let base = git2::Oid::from_str(base)?;
    let mut walked = Walked::default();
    let walk = || -> Result<git2::Revwalk<'_>, git2::Error> {
        let mut walk = repository.revwalk()?;
        walk.push(head)?;
        Ok(walk)
    };
    for commit in newest(&repository, &[head, base], most)? {
        walked.commits.push(LogCommit {
            id: commit.id().to_string(),
            parents: commit.parent_ids().map(|id| id.to_string()).collect(),
            subject: text(commit.summary_bytes().unwrap_or_default()),
            author: text(commit.author().name_bytes()),
            at: commit.time().seconds(),
            names: Vec::new(),
            own: false,
            unpushed: false,
        });
    }
    let mut own = walk()?;
    own.hide(base)?;
    walked.own = ids(own, most)?;
    let mut unpushed = walk()?;
    unpushed.push(base)?;
    unpushed.hide_glob("refs/remotes/*")?;
    walked.unpushed = ids(unpushed, most)?;
    let shown: HashSet<git2::Oid> =
        walked.commits.iter().filter_map(|one| git2::Oid::from_str(&one.id).ok()).collect();
    for reference in repository.references()? {
        let reference = reference?;
        let Ok(name) = reference.name() else { continue };
        let is_tag = name.starts_with("refs/tags/");
        if !is_tag && !name.starts_with("refs/heads/") && !name.starts_with("refs/remotes/") {
            continue;
        }
        let Some(target) = reference.target() else { continue };
        // Only a tag can name a commit through something else.
        let commit = if is_tag && !shown.contains(&target) {
            reference.peel_to_commit().map_or(target, |commit| commit.id())
        } else {
            target
        };
        if shown.contains(&commit) {
            walked.names.entry(commit.to_string()).or_default().push(name.to_owned());
        }
    }
    Ok(walked)
}

/// The newest commits that these have, by time and without going further back; libgit2's own walk does not sort what it
/// starts from, and one that is told to sort reads all of the history. Equally new ones come as git gives them.
fn newest<'r>(
    repository: &'r git2::Repository,
    from: &[git2::Oid],
    most: usize,
) -> Result<Vec<git2::Commit<'r>>, git2::Error> {
    let mut seen = HashSet::new();
    let mut open = BinaryHeap::new();
    let mut found = Vec::new();
    let mut add = |ids: &mut dyn Iterator<Item = git2::Oid>, open: &mut BinaryHeap<_>| {
        for id in ids {
            if seen.insert(id) {
                let time = repository.find_commit(id)?.time().seconds();
                open.push((time, std::cmp::Reverse(seen.len()), id));
            }
        }
        Ok::<_, git2::Error>(())
    };
    add(&mut from.iter().copied(), &mut open)?;
    while let Some((.., id)) = open.pop().filter(|_| found.len() < most) {
        let commit = repository.find_commit(id)?;
        add(&mut commit.parent_ids(), &mut open)?;
        found.push(commit);
    }
    Ok(found)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn ids(walk: git2::Revwalk<'_>, most: usize) -> Result<HashSet<String>, git2::Error> {
    walk.take(most).map(|id| Ok(id?.to_string())).collect()
}

async fn by_command(git: &Git, folder: &Path, base: &str, most: usize) -> Result<Walked, Problem> {
    let most = format!("--max-count={most}");
    let list = async |what: &[&str]| {
        let call = git.look(folder).args(["log", &most]).args(what);
        call.run().await.map_err(unborn)
    };
    let format = "--format=%H%x00%P%x00%s%x00%an%x00%ct";
    let log = list(&[format, "HEAD", base, "--"]).await?.text();
    let commit = |line: &str| {
        let mut fields = line.split('\0').map(str::to_owned);
        Some(LogCommit {
            id: fields.next()?,
            parents: fields.next()?.split_whitespace().map(str::to_owned).collect(),
            subject: fields.next()?,
            author: fields.next()?,
            at: fields.next()?.parse().ok()?,
            names: Vec::new(),
            own: false,
            unpushed: false,
        })
    };
    let commits: Vec<LogCommit> = log.lines().filter_map(commit).collect();
    let ids = |text: String| text.lines().map(str::to_owned).collect::<HashSet<String>>();
    let own = ids(list(&["--format=%H", "HEAD", "--not", base, "--"]).await?.text());
    let unpushed =
        ids(list(&["--format=%H", "HEAD", base, "--not", "--remotes", "--"]).await?.text());
    let format = "--format=%(refname) %(objectname) %(*objectname) %(symref)";
    let call = git.look(folder).args(["for-each-ref", format]);
    let listed = call.args(["refs/heads", "refs/remotes", "refs/tags"]).run().await?.text();
    let shown: HashSet<&str> = commits.iter().map(|one| one.id.as_str()).collect();
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for line in listed.lines() {
        let mut words = line.split(' ');
        let (Some(name), Some(object), Some(tagged)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let commit = [object, tagged].into_iter().find(|id| shown.contains(id));
        if let Some(commit) = commit.filter(|_| words.next().is_none_or(str::is_empty)) {
            names.entry(commit.to_owned()).or_default().push(name.to_owned());
        }
    }
    Ok(Walked { commits, own, unpushed, names })
}

fn unborn(error: GitError) -> Problem {
    if !error.stderr().contains("bad revision 'HEAD'") {
        return error.into();
    }
    Problem::new(ProblemCode::UnbornBranch, "The branch has no commit yet.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::{self, Scratch};

    async fn commit_at(scratch: &Scratch, message: &str, at: u32) -> String {
        let date = format!("@{at} +0000");
        let call = scratch.git.change(scratch.path()).env("GIT_COMMITTER_DATE", date);
        call.args(["commit", "-q", "--allow-empty", "-m", message]).run().await.unwrap();
        scratch.run(&["rev-parse", "HEAD"]).await
    }

    /// A base with two commits since, and a branch with a merge.
    async fn history() -> (Scratch, String) {
        let scratch = testing::repository().await;
        let root = commit_at(&scratch, "pushed", 2_000_000_000).await;
        scratch.run(&["update-ref", "refs/remotes/origin/main", &root]).await;
        scratch
            .run(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"])
            .await;
        scratch.run(&["checkout", "-q", "-b", "side"]).await;
        commit_at(&scratch, "side: 한글", 2_000_000_100).await;
        scratch.run(&["checkout", "-q", "-b", "work", "main"]).await;
        // A clock that was wrong: older than its parent.
        commit_at(&scratch, "one", 1_900_000_000).await;
        scratch
            .git
            .change(scratch.path())
            .args(["merge", "-q", "--no-ff", "-m", "merge", "side"])
            .env("GIT_COMMITTER_DATE", "@2000000300 +0000")
            .run()
            .await
            .unwrap();
        scratch.run(&["tag", "-a", "-m", "x", "v1"]).await;
        scratch.run(&["tag", "light", "side"]).await;
        scratch.run(&["checkout", "-q", "main"]).await;
        let base = commit_at(&scratch, "base goes on", 2_000_000_200).await;
        scratch.run(&["checkout", "-q", "work"]).await;
        (scratch, base)
    }

    #[tokio::test]
    async fn library_and_command_agree() {
        let (scratch, base) = history().await;
        for most in [2, 4, 50] {
            let library = by_library(scratch.path(), &base, most).unwrap();
            let mut command = by_command(&scratch.git, scratch.path(), &base, most).await.unwrap();
            let mut sorted = library;
            sorted.names.values_mut().for_each(|names| names.sort());
            command.names.values_mut().for_each(|names| names.sort());
            assert_eq!(sorted, command, "{most}");
        }
        let log = log(&scratch.git, scratch.path(), &base, 50).await.unwrap();
        let told: Vec<_> = log
            .commits
            .iter()
            .map(|one| (one.subject.as_str(), one.own, one.unpushed, one.names.join(" ")))
            .collect();
        assert_eq!(
            told,
            [
                ("merge", true, true, "work v1".to_owned()),
                ("base goes on", false, true, "main".to_owned()),
                ("side: 한글", true, true, "side light".to_owned()),
                ("one", true, true, String::new()),
                ("pushed", false, false, "origin/main".to_owned()),
                ("first", false, false, String::new()),
            ]
        );
        assert!(!log.more);
        let few = super::log(&scratch.git, scratch.path(), &base, 3).await.unwrap();
        assert!(few.more && few.commits.len() == 3 && few.commits[0].subject == "merge");
    }

    #[tokio::test]
    async fn a_repository_that_the_library_cannot_open_is_read_all_the_same() {
        let (git, folder) = testing::git().await;
        let root = folder.path();
        testing::run(&git, root, &["init", "-q", "-b", "main", "--ref-format=reftable"]).await;
        testing::run(&git, root, &["commit", "-q", "--allow-empty", "-m", "first"]).await;
        let base = testing::run(&git, root, &["rev-parse", "HEAD"]).await;
        let read = log(&git, root, &base, 10).await.unwrap();
        assert_eq!(read.commits[0].names, ["main"]);
    }

    /// What must not grow with the history and the branches: both are read by a few processes at most.
    #[tokio::test]
    async fn a_long_history_with_many_branches_is_read_at_once() {
        let scratch = testing::repository().await;
        let mut stream = String::new();
        for n in 1..=20_000_u32 {
            stream.push_str(&format!(
                "commit refs/heads/main\nmark :{n}\ncommitter T <t@e> {} +0000\ndata 2\nc\n\n",
                1_000_000_000 + n
            ));
            if n % 4 == 0 {
                stream.push_str(&format!("reset refs/heads/b/{n}\nfrom :{n}\n\n"));
            }
        }
        let import = scratch.git.change(scratch.path()).args(["fast-import", "--quiet", "--force"]);
        import.input(stream.into_bytes()).run().await.unwrap();
        let base = scratch.run(&["rev-parse", "main~10"]).await;
        for (way, read) in [("library", true), ("command", false)] {
            let begun = std::time::Instant::now();
            let walked = if read {
                by_library(scratch.path(), &base, 200).unwrap()
            } else {
                by_command(&scratch.git, scratch.path(), &base, 200).await.unwrap()
            };
            let took = begun.elapsed();
            println!("{way}: {took:?}");
            assert_eq!((walked.commits.len(), walked.own.len()), (200, 10));
            assert!(took < std::time::Duration::from_secs(3), "{way}: {took:?}");
        }
    }
}
