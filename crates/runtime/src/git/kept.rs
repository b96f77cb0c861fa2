//! The snapshots that a repository keeps, since when, and letting go of them: all in one transaction, and each only as
//! it was looked at. Not here: which may go ([`bosk_core::worktree::expiry`]).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bosk_core::worktree::expiry::Kept;
use bosk_core::{Problem, ProblemCode};

use super::Repository;
use crate::files;

/// Below the folder that all worktrees share: since when each is kept. A commit's own date is its base's, and git keeps
/// no other.
const SINCE: &str = "bosk/since.json";

/// All of them. What nobody has seen before is kept since its file was made, or since now.
///
/// # Errors
/// Git failed.
pub async fn list(repository: &Repository, now: i64) -> Result<Vec<Kept>, Problem> {
    let call = repository.git.look(&repository.root).args(["for-each-ref", "refs/bosk/"]);
    let listed = call.arg("--format=%(objectname) %(refname)").run().await?;
    if listed.truncated {
        return Err(Problem::new(
            ProblemCode::GitFailed,
            "There are too many snapshots to look at.",
        ));
    }
    let listed: Vec<(String, String)> = listed
        .text()
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(commit, name)| (commit.to_owned(), name.to_owned()))
        .collect();
    let common_dir = repository.common_dir.clone();
    crate::client::blocking(move || Ok(dated(&common_dir, listed, now))).await
}

fn dated(common_dir: &Path, listed: Vec<(String, String)>, now: i64) -> Vec<Kept> {
    let file = common_dir.join(SINCE);
    let known: BTreeMap<String, i64> = std::fs::read(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let since = |reference: &str| {
        known.get(reference).copied().or_else(|| made_at(&common_dir.join(reference)))
    };
    let all: Vec<Kept> = listed
        .into_iter()
        .map(|(commit, reference)| Kept {
            since: since(&reference).unwrap_or(now).min(now),
            commit,
            reference,
        })
        .collect();
    let seen: BTreeMap<&str, i64> =
        all.iter().map(|one| (one.reference.as_str(), one.since)).collect();
    let differs = seen.len() != known.len()
        || seen.iter().any(|(name, since)| known.get(*name) != Some(since));
    if differs && let Ok(bytes) = serde_json::to_vec(&seen) {
        // Without it, they are kept longer.
        let folder = file.parent().unwrap_or(common_dir);
        let _ = std::fs::create_dir_all(folder).and_then(|()| files::replace(&file, &bytes));
    }
    all
}

/// A reference that is not packed is a file.
fn made_at(file: &Path) -> Option<i64> {
    let changed = file.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(changed.as_millis()).ok()
}

/// Lets go of all of them or, where one has changed since, of none.
///
/// # Errors
/// One has changed, or git failed.
pub async fn let_go(repository: &Repository, which: &[&Kept]) -> Result<(), Problem> {
    if which.is_empty() {
        return Ok(());
    }
    // Source of the format: git-update-ref(1), `-z`: `delete SP <ref> NUL [<old-oid>] NUL`.
    let mut input = b"start\0".to_vec();
    for one in which {
        input.extend_from_slice(format!("delete {}\0{}\0", one.reference, one.commit).as_bytes());
    }
    input.extend_from_slice(b"prepare\0commit\0");
    let call = repository.git.change(&repository.root).args(["update-ref", "-z", "--stdin"]);
    call.input(input).run().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::{snapshot, testing};

    #[tokio::test]
    async fn they_are_dated_once_and_go_together() {
        let scratch = testing::repository().await;
        let repository = scratch.open().await;
        for n in 1..4 {
            scratch.write("readme.md", &format!("{n}\n"));
            snapshot::take(&scratch.git, scratch.path(), &testing::session(n)).await.unwrap();
        }
        let now = crate::journal::writer::wall_clock();
        let first = list(&repository, now).await.unwrap();
        assert_eq!(first.len(), 3);
        assert!(first.iter().all(|one| one.since <= now && one.since > now - 60_000), "{first:?}");
        // Packed, they have no files any more, and are as old as before.
        scratch.run(&["pack-refs", "--all", "--prune"]).await;
        assert_eq!(list(&repository, now + 9_000_000).await.unwrap(), first);

        let mut stale = first[2].clone();
        stale.commit = first[0].commit.clone();
        assert!(let_go(&repository, &[&first[0], &stale]).await.is_err());
        assert_eq!(list(&repository, now).await.unwrap(), first, "none went");
        let_go(&repository, &[&first[0], &first[2]]).await.unwrap();
        assert_eq!(list(&repository, now).await.unwrap(), [first[1].clone()]);
    }
}
