//! Repositories that lack something: a commit, or a work tree.

use bosk_core::ProblemCode;
use bosk_core::review::Review;
use bosk_core::worktree::Worktrees;
use bosk_tests::{Sandbox, spec};

use super::{put_away, says, told, worked};

#[tokio::test]
async fn a_repository_without_a_commit_says_what_it_needs_and_is_worked_in() {
    let sandbox = Sandbox::new();
    let root = sandbox.path("repositories/empty");
    std::fs::create_dir(&root).unwrap();
    sandbox.git(&root, ["init", "--quiet"]);
    let repo = root.to_str().unwrap();
    let refused = sandbox.launch(&spec(&root, "!say no")).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::UnbornBranch);
    assert!(refused.hint.is_some(), "{refused:?}");
    let listed: Worktrees = told(&sandbox, &["worktrees", "--json", "--repo", repo]).await;
    assert_eq!((listed.items.len(), &listed.items[0].problem), (1, &None), "{listed:?}");

    // In the repository itself.
    let mut here = spec(&root, "!tool echo new > new.txt");
    here.worktree = false;
    let session = sandbox.launch(&here).await.unwrap();
    session.follow().await.idle().await;
    session.stop().await;
    let id = session.id.as_str();
    let review: Review = told(&sandbox, &["diff", id, "--json"]).await;
    let names: Vec<&str> = review.files.iter().map(|one| one.file.path.as_str()).collect();
    assert_eq!(names, ["new.txt"]);
    assert!(says(&sandbox, &["diff", id]).await.ends_with("+new\n"));
    says(&sandbox, &["commit", id, "--message", "The first"]).await;
    assert_eq!(sandbox.git(&root, ["log", "--format=%s"]), "The first");
    says(&sandbox, &["rm", "--yes", id]).await;
    assert!(root.join("new.txt").exists());
    // And from then on like any other.
    let (_, folder) = worked(&sandbox, &root, "echo more > more.txt").await;
    assert!(folder.join("new.txt").exists() && folder.join("more.txt").exists());
}

/// A bare one is known by one of its worktrees; that may go.
#[tokio::test]
async fn a_bare_repository_without_a_worktree_gives_back_what_was_put_away() {
    let sandbox = Sandbox::new();
    let root = (super::kinds::bare().repository)(&sandbox).unwrap();
    let (_, folder) = worked(&sandbox, &root, "echo new > new.txt").await;
    let away = put_away(&sandbox, &folder).await;
    let bare = sandbox.path("repositories/outside/shop.git");
    sandbox.git(&bare, ["worktree", "remove", "--force", root.to_str().unwrap()]);
    says(&sandbox, &["restore", &away.id]).await;
    assert_eq!(std::fs::read_to_string(folder.join("new.txt")).unwrap(), "new\n");
    assert_eq!(sandbox.git(&folder, ["branch", "--show-current"]), "work");
}
