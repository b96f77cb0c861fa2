//! Giving Bosk a worktree that somebody else made, and giving it back. Git itself holds that, as the reason for which
//! the worktree is locked; what it was locked for before stays in it. Not here: what Bosk then does with it.

use std::path::Path;

use bosk_core::{Problem, ProblemCode};

use super::Repository;
use super::listing::{self, ADOPTED, Listed};

/// From now on Bosk may put the worktree away. One that is Bosk's already stays as it is.
///
/// # Errors
/// It is no worktree of this repository, it is the repository itself, its folder is gone, or git failed. Then it is as
/// it was.
pub async fn adopt(repository: &Repository, locks: &Path, folder: &Path) -> Result<(), Problem> {
    let _lock = repository.lock(locks).await?;
    let listed = find(repository, folder).await?;
    if listed.is_ours() {
        return Ok(());
    }
    if !listed.folder.is_dir() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("The folder {} is gone, so there is nothing to adopt.", folder.display()),
        )
        .hint("Run git worktree prune in the repository to have git forget it."));
    }
    let reason = match listed.locked.as_deref() {
        None => ADOPTED.to_owned(),
        Some(before) => format!("{ADOPTED}: {before}"),
    };
    relock(repository, &listed, Some(&reason)).await
}

/// Bosk only looks at it from now on; it is locked as it was before.
///
/// # Errors
/// It was not adopted, or git failed. Then it is as it was.
pub async fn release(repository: &Repository, locks: &Path, folder: &Path) -> Result<(), Problem> {
    let _lock = repository.lock(locks).await?;
    let listed = find(repository, folder).await?;
    let Some(before) = listed.adopted() else {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("{} was not adopted, so it cannot be given back.", folder.display()),
        ));
    };
    relock(repository, &listed, before).await
}

async fn find(repository: &Repository, folder: &Path) -> Result<Listed, Problem> {
    let listed = listing::list(&repository.git, &repository.root).await?;
    // The main one is first, and cannot be locked.
    let (main, others) = listed.split_first().ok_or_else(|| unknown(folder))?;
    if listing::at(std::slice::from_ref(main), folder).is_some() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "This is the repository itself, which is nobody's to put away.",
        ));
    }
    listing::at(others, folder).cloned().ok_or_else(|| unknown(folder))
}

/// Git has no call that changes a reason. Where the second half fails, the first is taken back.
async fn relock(
    repository: &Repository,
    listed: &Listed,
    reason: Option<&str>,
) -> Result<(), Problem> {
    let lock = async |reason: &str| {
        let call = repository.git.change(&repository.root).args(["worktree", "lock", "--reason"]);
        call.arg(reason).arg("--").arg(&listed.folder).run().await
    };
    if listed.locked.is_some() {
        let unlock = repository.git.change(&repository.root).args(["worktree", "unlock", "--"]);
        unlock.arg(&listed.folder).run().await?;
    }
    let Some(reason) = reason else { return Ok(()) };
    if let Err(error) = lock(reason).await {
        if let Some(before) = &listed.locked {
            lock(before).await?;
        }
        return Err(error.into());
    }
    Ok(())
}

fn unknown(folder: &Path) -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        format!("{} is no worktree of this repository.", folder.display()),
    )
    .hint("Run git worktree list to see which there are.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;

    async fn listed(repository: &Repository, folder: &Path) -> Listed {
        let all = listing::list(&repository.git, &repository.root).await.unwrap();
        listing::at(&all, folder).unwrap().clone()
    }

    #[tokio::test]
    async fn what_was_adopted_is_ours_and_what_it_was_locked_for_is_kept() {
        let scratch = testing::repository().await;
        let (repository, locks) = (scratch.open().await, scratch.locks());
        for (name, before) in
            [("plain", None), ("why", Some("on a stick:\nsee me")), ("mute", Some(""))]
        {
            let folder = scratch.path().with_file_name(name);
            scratch.run(&["worktree", "add", "-q", "--detach", &format!("../{name}")]).await;
            match before {
                None => {}
                Some("") => drop(scratch.run(&["worktree", "lock", &format!("../{name}")]).await),
                Some(reason) => {
                    let path = format!("../{name}");
                    scratch.run(&["worktree", "lock", "--reason", reason, &path]).await;
                }
            }
            assert!(!listed(&repository, &folder).await.is_ours());
            adopt(&repository, &locks, &folder).await.unwrap();
            adopt(&repository, &locks, &folder).await.unwrap();
            let now = listed(&repository, &folder).await;
            assert!(now.is_ours() && now.session().is_none(), "{now:?}");
            assert_eq!(now.adopted(), Some(before), "{name}");
            release(&repository, &locks, &folder).await.unwrap();
            assert_eq!(listed(&repository, &folder).await.locked.as_deref(), before, "{name}");
            assert!(release(&repository, &locks, &folder).await.is_err(), "once");
        }
    }

    #[tokio::test]
    async fn the_repository_itself_and_strangers_stay_as_they_are() {
        let scratch = testing::repository().await;
        let (repository, locks) = (scratch.open().await, scratch.locks());
        scratch.run(&["worktree", "add", "-q", "--detach", "../gone"]).await;
        std::fs::remove_dir_all(scratch.path().with_file_name("gone")).unwrap();
        for folder in [
            scratch.path().to_owned(),
            scratch.path().with_file_name("gone"),
            scratch.path().with_file_name("nowhere"),
            scratch.path().join(".git"),
        ] {
            let refused = adopt(&repository, &locks, &folder).await.unwrap_err();
            assert_eq!(refused.code, ProblemCode::InvalidInput, "{}", folder.display());
        }
        let session = testing::session(1);
        let reason = format!("bosk:{session}");
        scratch.run(&["worktree", "add", "-q", "--lock", "--reason", &reason, "../own"]).await;
        let own = scratch.path().with_file_name("own");
        adopt(&repository, &locks, &own).await.unwrap();
        assert_eq!(listed(&repository, &own).await.session(), Some(session));
        assert!(release(&repository, &locks, &own).await.is_err());
    }
}
