use super::*;
use crate::git::testing;

async fn refused(git: &Git, path: &Path) -> ProblemCode {
    Repository::open(git.clone(), path).await.unwrap_err().code
}

#[tokio::test]
async fn is_found_from_anywhere_inside() {
    let scratch = testing::repository().await;
    scratch.write("deep/er/file.txt", "x");
    let linked = scratch.path().with_file_name("linked");
    scratch.run(&["worktree", "add", "-q", linked.to_str().unwrap()]).await;
    let wanted = scratch.open().await;
    assert_eq!(wanted.root, scratch.path());
    assert_eq!(wanted.name(), "repo");
    let root = scratch.path();
    for inside in [root.join("deep/er"), root.join("deep/er/file.txt"), root.join(".git"), linked] {
        let found = Repository::open(scratch.git.clone(), &inside).await.unwrap();
        assert_eq!(found, wanted, "{}", inside.display());
    }
}

#[tokio::test]
async fn a_worktree_of_a_bare_repository_can_be_opened() {
    let scratch = testing::repository().await;
    let bare = scratch.path().with_file_name("bare.git");
    let bare_text = bare.to_str().unwrap();
    scratch.run(&["clone", "-q", "--bare", scratch.path().to_str().unwrap(), bare_text]).await;
    assert_eq!(refused(&scratch.git, &bare).await, ProblemCode::BareRepository);
    let linked = scratch.path().with_file_name("linked");
    testing::run(&scratch.git, &bare, &["worktree", "add", "-q", linked.to_str().unwrap()]).await;
    let found = Repository::open(scratch.git.clone(), &linked).await.unwrap();
    assert_eq!(found.root, linked);
    assert_eq!(found.common_dir, bare);
}

#[tokio::test]
async fn no_repository_is_told_from_a_damaged_one() {
    let (git, folder) = testing::git().await;
    let folder = folder.path();
    assert_eq!(refused(&git, folder).await, ProblemCode::NotARepository);
    assert_eq!(refused(&git, &folder.join("absent")).await, ProblemCode::NotARepository);

    let damaged = folder.join("damaged");
    testing::write(&damaged, ".git/config", "[core]\n");
    assert_eq!(refused(&git, &damaged).await, ProblemCode::RepositoryUnreadable);

    let pointing = folder.join("pointing");
    testing::write(&pointing, ".git", "gitdir: /nowhere/at/all\n");
    assert_eq!(refused(&git, &pointing).await, ProblemCode::RepositoryUnreadable);
    testing::write(&pointing, ".git", "garbage\n");
    assert_eq!(refused(&git, &pointing).await, ProblemCode::RepositoryUnreadable);

    let scratch = testing::repository().await;
    let config = scratch.path().join(".git/config");
    let good = std::fs::read(&config).unwrap();
    std::fs::write(&config, "[core\nrepositoryformatversion = x").unwrap();
    assert_eq!(refused(&scratch.git, scratch.path()).await, ProblemCode::RepositoryUnreadable);
    std::fs::write(&config, "[core]\nrepositoryformatversion = 99\n").unwrap();
    assert_eq!(refused(&scratch.git, scratch.path()).await, ProblemCode::RepositoryUnreadable);

    std::fs::write(&config, good).unwrap();
    std::fs::write(scratch.path().join(".git/refs/heads/main"), "0123\n").unwrap();
    let opened = scratch.open().await;
    assert_eq!(opened.head().await.unwrap_err().code, ProblemCode::RepositoryUnreadable);
}

#[cfg(unix)]
#[tokio::test]
async fn the_repository_of_another_user_is_explained() {
    let scratch = testing::repository().await;
    // What git itself offers for testing its ownership check.
    let doubting = scratch
        .git
        .clone()
        .with_environment([("GIT_TEST_ASSUME_DIFFERENT_OWNER".into(), "1".into())]);
    let problem = Repository::open(doubting, scratch.path()).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::RepositoryUnreadable);
    assert!(problem.hint.unwrap().contains("safe.directory"));
}

#[tokio::test]
async fn head_is_on_a_branch_detached_or_unborn() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let commit = scratch.run(&["rev-parse", "HEAD"]).await;
    let on_main = Head::Branch { name: "main".into(), commit: commit.clone() };
    assert_eq!(repository.head().await.unwrap(), on_main);
    scratch.run(&["checkout", "-q", "--detach"]).await;
    assert_eq!(repository.head().await.unwrap(), Head::Detached { commit: commit.clone() });
    scratch.run(&["checkout", "-q", "--orphan", "empty"]).await;
    assert_eq!(repository.head().await.unwrap(), Head::Unborn { name: "empty".into() });
    assert_eq!(repository.resolve_base("main").await.unwrap(), commit);
    let problem = repository.resolve_base("HEAD").await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::UnbornBranch);
}

#[tokio::test]
async fn a_base_is_a_branch_tag_remote_branch_or_commit() {
    let scratch = testing::repository().await;
    let first = scratch.run(&["rev-parse", "HEAD"]).await;
    let second = scratch.commit("second").await;
    scratch.run(&["branch", "both", &first]).await;
    scratch.run(&["tag", "-a", "-m", "x", "both", &second]).await;
    scratch.run(&["update-ref", "refs/remotes/origin/topic", &first]).await;
    let repository = scratch.open().await;
    for (text, wanted) in [
        ("main", &second),
        ("both", &first),
        ("refs/tags/both", &second),
        ("origin/topic", &first),
        (first.as_str(), &first),
        (&first[..8], &first),
        ("HEAD~1", &first),
    ] {
        assert_eq!(&repository.resolve_base(text).await.unwrap(), wanted, "{text}");
    }
    for text in ["absent", "", "-x", "--all", "main..both", "HEAD:readme.md", "a\0b", "x y", "한글"]
    {
        let problem = repository.resolve_base(text).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::BaseUnknown, "{text}");
    }
}

#[tokio::test]
async fn a_folder_becomes_a_repository() {
    let (git, folder) = testing::git().await;
    let nameless = git.clone().with_environment([("GIT_CONFIG_GLOBAL".into(), "/dev/null".into())]);
    for (name, with_files, files) in
        [("empty", false, ""), ("-한글 'full'", true, ".gitignore\na.txt")]
    {
        let root = folder.path().join(name);
        testing::write(&root, "a.txt", "a");
        testing::write(&root, ".gitignore", "*.log\n");
        testing::write(&root, "b.log", "b");
        let made = Repository::init(nameless.clone(), &root, with_files).await.unwrap();
        assert!(matches!(made.head().await.unwrap(), Head::Branch { .. }));
        let listed = testing::run(&git, &root, &["ls-tree", "--name-only", "-r", "HEAD"]).await;
        assert_eq!(listed, files);
        let author = testing::run(&git, &root, &["log", "--format=%an"]).await;
        assert_eq!(author, "Bosk");
        let again = Repository::init(git.clone(), &root, false).await.unwrap_err();
        assert_eq!(again.code, ProblemCode::InvalidInput);
    }
}

#[tokio::test]
async fn an_unborn_repository_gets_its_first_commit() {
    let (git, folder) = testing::git().await;
    testing::run(&git, folder.path(), &["init", "-q"]).await;
    let repository = Repository::open(git, folder.path()).await.unwrap();
    assert!(matches!(repository.head().await.unwrap(), Head::Unborn { .. }));
    repository.first_commit(false).await.unwrap();
    let author = testing::run(&repository.git, folder.path(), &["log", "--format=%an"]).await;
    assert_eq!(author, "Tester");
    assert!(matches!(repository.head().await.unwrap(), Head::Branch { .. }));
    assert!(repository.first_commit(false).await.is_err());
}
