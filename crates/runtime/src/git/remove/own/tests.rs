use super::super::tests::{launch, look};
use super::super::{Request, plan, remove};
use super::*;
use crate::git::testing;

#[tokio::test]
async fn what_is_not_what_it_seems_is_left_alone() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    let folder = &made.folder;
    let refused = async |words: &str| {
        let problem = look(&scratch, &repository, folder, 1).await.unwrap_err();
        assert!(problem.message.contains(words), "{problem:?}");
        assert!(!scratch.trash().exists());
    };
    // Git holds its index.
    let lock = repository.common_dir.join("worktrees/work/index.lock");
    std::fs::write(&lock, "").unwrap();
    let begun = Instant::now();
    refused("Git is at work").await;
    assert!(begun.elapsed() > Duration::from_secs(4), "it is waited for");
    std::fs::remove_file(lock).unwrap();
    // Another worktree in it would lose its place.
    let inside = folder.join("inside");
    scratch.run(&["worktree", "add", "-q", inside.to_str().unwrap()]).await;
    refused("holds the worktree").await;
    scratch.run(&["worktree", "remove", inside.to_str().unwrap()]).await;
    // Another repository has taken its place, or a link.
    let away = scratch.path().with_file_name("away");
    std::fs::rename(folder, &away).unwrap();
    scratch.run(&["clone", "-q", ".", folder.to_str().unwrap()]).await;
    refused("something else").await;
    std::fs::remove_dir_all(folder).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&away, folder).unwrap();
        refused("left alone").await;
        std::fs::remove_file(folder).unwrap();
    }
    std::fs::rename(&away, folder).unwrap();
    look(&scratch, &repository, folder, 1).await.unwrap();
}

#[tokio::test]
async fn what_was_adopted_is_put_away_under_a_name_of_its_own() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let folder = scratch.path().with_file_name("theirs");
    let text = folder.to_str().unwrap();
    scratch.run(&["worktree", "add", "-q", text]).await;
    let (trash, locks) = (scratch.trash(), scratch.locks());
    assert!(plan(&repository, &trash, &folder, None).await.is_err(), "it is nobody's yet");
    scratch.run(&["worktree", "lock", "--reason", listing::ADOPTED, text]).await;
    testing::write(&folder, "new.txt", "x");
    let token = plan(&repository, &trash, &folder, None).await.unwrap().token;
    let request = Request { folder: folder.clone(), session: None, token, delete_branch: true };
    let done = remove(&repository, &locks, &trash, request).await.unwrap();
    assert!(done.entry.record.adopted && done.branch_deleted);
    let restored = crate::git::restore::restore(&repository, &locks, &trash, &done.entry.id);
    assert_eq!(restored.await.unwrap().folder, folder);
    let own = own(&repository, &folder, None).await.unwrap();
    assert!(own.adopted && own.branch() == Some("theirs"));
    assert_eq!(own.owner, done.entry.record.session);
}
