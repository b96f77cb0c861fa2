use super::*;
use crate::git::testing::{self, Scratch};

/// A repository on `main`, and a worktree on `work` with a commit of its own and all kinds of changes.
async fn stage() -> (Scratch, PathBuf) {
    let scratch = testing::repository().await;
    scratch.write(".gitignore", "*.log\n");
    scratch.write("kept.txt", "kept\n");
    scratch.commit("base").await;
    scratch.run(&["worktree", "add", "-q", "-b", "work", "../work"]).await;
    let work = scratch.path().with_file_name("work");
    let run = async |arguments: &[&str]| testing::run(&scratch.git, &work, arguments).await;
    testing::write(&work, "own.txt", "own\n");
    run(&["add", "-A"]).await;
    run(&["commit", "-q", "-m", "own"]).await;
    testing::write(&work, "readme.md", "staged\n");
    run(&["add", "readme.md"]).await;
    testing::write(&work, "readme.md", "staged, then changed\n");
    testing::write(&work, "new/한글 \"q\".txt", "n\n");
    std::fs::remove_file(work.join("kept.txt")).unwrap();
    testing::write(&work, "ignored.log", "stays\n");
    (scratch, work)
}

async fn status(scratch: &Scratch, folder: &Path) -> String {
    let told = ["status", "--porcelain=v1", "--branch", "--untracked-files=all"];
    testing::run(&scratch.git, folder, &told).await
}

#[tokio::test]
async fn all_of_it_goes_there_and_back() {
    let (scratch, work) = stage().await;
    let (repository, session) = (scratch.open().await, testing::session(1));
    let (there, here) = (status(&scratch, &work).await, status(&scratch, scratch.path()).await);
    let go = plan(&repository, &session, &work, scratch.path(), None).await.unwrap();
    bring(&repository, &go).await.unwrap();
    leave(&repository, &go).await.unwrap();
    assert_eq!(status(&scratch, scratch.path()).await, there);
    assert_eq!(status(&scratch, &work).await, "## HEAD (no branch)");
    assert_eq!(std::fs::read_to_string(work.join("ignored.log")).unwrap(), "stays\n");
    // Done twice, after a kill, it is the same.
    leave(&repository, &go).await.unwrap();

    let back = Some("main".to_owned());
    let back = plan(&repository, &session, scratch.path(), &work, back).await.unwrap();
    bring(&repository, &back).await.unwrap();
    leave(&repository, &back).await.unwrap();
    assert_eq!(status(&scratch, &work).await, there);
    assert_eq!(status(&scratch, scratch.path()).await, here);
}

#[tokio::test]
async fn whatever_was_done_is_taken_back() {
    let (scratch, work) = stage().await;
    let (repository, session) = (scratch.open().await, testing::session(1));
    let both = async || (status(&scratch, &work).await, status(&scratch, scratch.path()).await);
    let before = both().await;
    let go = plan(&repository, &session, &work, scratch.path(), None).await.unwrap();
    // After each step, and in the middle of the one that writes files.
    undo(&repository, &go).await.unwrap();
    assert_eq!(both().await, before, "nothing was done");
    switch(&repository, &work, None, &go.head).await.unwrap();
    undo(&repository, &go).await.unwrap();
    assert_eq!(both().await, before, "the branch was let go");
    switch(&repository, &work, None, &go.head).await.unwrap();
    switch(&repository, scratch.path(), Some("work"), &go.head).await.unwrap();
    scratch.write("readme.md", "staged, then changed\n");
    scratch.write("new/한글 \"q\".txt", "n\n");
    undo(&repository, &go).await.unwrap();
    assert_eq!(both().await, before, "half of the files were there");
    bring(&repository, &go).await.unwrap();
    undo(&repository, &go).await.unwrap();
    undo(&repository, &go).await.unwrap();
    assert_eq!(both().await, before, "all of it was there");
    // What the person has done there since is never taken back.
    for mine in ["mine.txt", "readme.md"] {
        bring(&repository, &go).await.unwrap();
        scratch.write(mine, "mine\n");
        assert!(undo(&repository, &go).await.is_err(), "{mine}");
        assert_eq!(std::fs::read_to_string(scratch.path().join(mine)).unwrap(), "mine\n");
        scratch.run(&["checkout", "-q", "readme.md"]).await;
        scratch.write("readme.md", "staged, then changed\n");
        drop(std::fs::remove_file(scratch.path().join("mine.txt")));
        undo(&repository, &go).await.unwrap();
        assert_eq!(both().await, before);
    }
}

#[tokio::test]
async fn what_could_lose_something_is_refused() {
    let (scratch, work) = stage().await;
    let (repository, session) = (scratch.open().await, testing::session(1));
    let try_it = async || plan(&repository, &session, &work, scratch.path(), None).await;
    scratch.write("mine.txt", "the person's own\n");
    assert_eq!(try_it().await.unwrap_err().code, ProblemCode::SessionState);
    std::fs::remove_file(scratch.path().join("mine.txt")).unwrap();
    scratch.run(&["checkout", "-q", "--detach"]).await;
    scratch.run(&["commit", "-q", "--allow-empty", "-m", "nobody's"]).await;
    assert_eq!(try_it().await.unwrap_err().code, ProblemCode::SessionState);
    scratch.run(&["checkout", "-q", "main"]).await;
    // A file that git ignores is where one of the branch's is to come.
    testing::run(&scratch.git, &work, &["add", "-f", "ignored.log"]).await;
    testing::run(&scratch.git, &work, &["commit", "-q", "-m", "log"]).await;
    scratch.write("ignored.log", "precious\n");
    let before = (status(&scratch, &work).await, status(&scratch, scratch.path()).await);
    let go = try_it().await.unwrap();
    assert!(bring(&repository, &go).await.is_err());
    undo(&repository, &go).await.unwrap();
    let after = (status(&scratch, &work).await, status(&scratch, scratch.path()).await);
    assert_eq!(after, before);
    assert_eq!(std::fs::read_to_string(scratch.path().join("ignored.log")).unwrap(), "precious\n");
    // What has changed between plan and deed is never emptied.
    std::fs::remove_file(scratch.path().join("ignored.log")).unwrap();
    let go = try_it().await.unwrap();
    bring(&repository, &go).await.unwrap();
    testing::write(&work, "late.txt", "late\n");
    assert!(leave(&repository, &go).await.is_err());
    assert!(work.join("late.txt").exists());
}
