use super::*;
use crate::git::Git;
use crate::git::testing::{self, Scratch};

async fn launch(
    scratch: &Scratch,
    base: Option<&str>,
    branch: Option<&str>,
    prompt: &str,
    n: u32,
) -> Result<Worktree, Problem> {
    let repository = scratch.open().await;
    let plan = plan(&repository, &scratch.worktrees(), base, branch, prompt).await?;
    add(&repository, &scratch.locks(), &plan, &testing::session(n)).await
}

async fn refused(scratch: &Scratch, base: Option<&str>, branch: &str) -> ProblemCode {
    let repository = scratch.open().await;
    plan(&repository, &scratch.worktrees(), base, Some(branch), "").await.unwrap_err().code
}

/// What a failed launch must leave as it was.
async fn traces(scratch: &Scratch) -> (String, String, bool) {
    (
        scratch.run(&["for-each-ref"]).await,
        scratch.run(&["worktree", "list", "--porcelain"]).await,
        scratch.worktrees().join("repo").exists(),
    )
}

#[tokio::test]
async fn is_made_as_planned_and_locked() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let planned =
        plan(&repository, &scratch.worktrees(), None, None, "Fix the login\nnow").await.unwrap();
    assert_eq!(planned.folder, scratch.worktrees().join("repo/fix-the-login"));
    assert!(!scratch.worktrees().exists());
    let view = planned.view(&repository).await.unwrap();
    assert_eq!((view.branch.as_str(), view.base_name.as_str()), ("fix-the-login", "main"));

    let made = add(&repository, &scratch.locks(), &planned, &testing::session(1)).await.unwrap();
    assert_eq!(made.folder, planned.folder);
    assert_eq!(std::fs::read_to_string(made.folder.join("readme.md")).unwrap(), "hello\n");
    let listed = listing::list(&scratch.git, scratch.path()).await.unwrap();
    let ours = listed.iter().find(|entry| entry.folder == made.folder).unwrap();
    assert_eq!(ours.session(), Some(testing::session(1)));
    assert_eq!(ours.branch.as_deref(), Some("refs/heads/fix-the-login"));
    assert_eq!(ours.head.as_ref(), Some(&made.base_commit));
    assert_eq!(listed[0].session(), None);

    // The same prompt again gets another name; the plan of before is still good.
    let again = add(&repository, &scratch.locks(), &planned, &testing::session(2)).await.unwrap();
    assert_eq!(again.branch, "fix-the-login-2");
    assert_eq!(again.folder, scratch.worktrees().join("repo/fix-the-login-2"));
}

#[tokio::test]
async fn any_path_and_any_branch_name_work() {
    for name in ["with space", "it's \"quoted\"", "한글 저장소", "-dash", "$(id) `id` %n"] {
        let scratch = testing::repository_at(name).await;
        let made =
            launch(&scratch, Some("main"), Some("feature/한글-'x'$(id)"), "", 1).await.unwrap();
        assert!(made.folder.starts_with(scratch.worktrees()), "{name}");
        assert!(made.folder.ends_with("feature/한글-'x'$(id)"));
        let inside = Repository::open(scratch.git.clone(), &made.folder).await.unwrap();
        assert_eq!(inside.root, scratch.path());
        let branch = testing::run(&scratch.git, &made.folder, &["branch", "--show-current"]).await;
        assert_eq!(branch, made.branch);
    }
}

#[tokio::test]
async fn a_branch_that_cannot_be_made_is_refused() {
    let scratch = testing::repository().await;
    scratch.run(&["branch", "taken/one"]).await;
    for (branch, code) in [
        ("taken/one", ProblemCode::BranchExists),
        ("taken", ProblemCode::BranchExists),
        ("taken/one/two", ProblemCode::BranchExists),
        ("main", ProblemCode::BranchCheckedOut),
        ("-x", ProblemCode::BranchInvalid),
        ("a..b", ProblemCode::BranchInvalid),
        ("a b", ProblemCode::BranchInvalid),
        ("HEAD", ProblemCode::BranchInvalid),
        ("@{-1}", ProblemCode::BranchInvalid),
        ("a\0b", ProblemCode::BranchInvalid),
        ("x.lock", ProblemCode::BranchInvalid),
    ] {
        assert_eq!(refused(&scratch, None, branch).await, code, "{branch:?}");
    }
    assert_eq!(refused(&scratch, Some("absent"), "x").await, ProblemCode::BaseUnknown);
    let made = launch(&scratch, None, Some("used"), "", 1).await.unwrap();
    assert_eq!(refused(&scratch, None, "used").await, ProblemCode::BranchCheckedOut);
    assert!(made.folder.exists());
}

#[tokio::test]
async fn detached_and_unborn_heads() {
    let scratch = testing::repository().await;
    scratch.run(&["checkout", "-q", "--detach"]).await;
    let made = launch(&scratch, None, None, "go", 1).await.unwrap();
    assert_eq!(made.base_commit, scratch.run(&["rev-parse", "HEAD"]).await);
    scratch.run(&["checkout", "-q", "--orphan", "empty"]).await;
    let problem = launch(&scratch, None, None, "go", 2).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::UnbornBranch);
}

#[tokio::test]
async fn a_folder_that_is_taken_is_not_touched() {
    let scratch = testing::repository().await;
    testing::write(&scratch.worktrees(), "repo/go/kept.txt", "kept");
    let made = launch(&scratch, None, None, "go", 1).await.unwrap();
    assert!(made.folder.ends_with("repo/go-2"));
    assert_eq!(made.branch, "go");
    // Another repository of the same name has a worktree `a` where ours would be `a/b`.
    testing::write(&scratch.worktrees(), "repo/a/.git", "gitdir: elsewhere");
    let made = launch(&scratch, None, Some("a/b"), "", 2).await.unwrap();
    assert!(made.folder.ends_with("repo/a-b"));
}

#[tokio::test]
async fn a_failed_launch_leaves_nothing() {
    let scratch = testing::repository().await;
    let before = traces(&scratch).await;
    let repository = scratch.open().await;
    // A filter that must succeed, and fails, breaks the checkout half-way.
    scratch.run(&["config", "filter.broken.smudge", "false"]).await;
    scratch.run(&["config", "filter.broken.required", "true"]).await;
    scratch.write(".git/info/attributes", "*.md filter=broken\n");
    let planned = plan(&repository, &scratch.worktrees(), None, Some("a/b"), "").await.unwrap();
    let problem =
        add(&repository, &scratch.locks(), &planned, &testing::session(1)).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorktreeFailed);
    assert!(!problem.message.contains("taken back"), "{}", problem.message);
    assert_eq!(traces(&scratch).await, before);

    // The branch appears between plan and launch: it is not ours, so it stays.
    scratch.write(".git/info/attributes", "");
    scratch.run(&["branch", "a/b"]).await;
    let before = traces(&scratch).await;
    let problem =
        add(&repository, &scratch.locks(), &planned, &testing::session(1)).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::BranchExists);
    assert_eq!(traces(&scratch).await, before);

    // The folder for worktrees cannot be made.
    std::fs::remove_dir_all(scratch.worktrees()).unwrap();
    std::fs::write(scratch.worktrees(), "a file").unwrap();
    let problem = launch(&scratch, None, None, "go", 1).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorktreeFailed);
    assert_eq!(traces(&scratch).await, before);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing_half_made() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let plan = plan(&repository, &scratch.worktrees(), None, None, "go").await.unwrap();
    let held = repository.lock(&scratch.locks()).await.unwrap();
    let session = testing::session(1);
    let locks = scratch.locks();
    let waiting = add(&repository, &locks, &plan, &session);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), waiting).await.is_err());
    drop(held);
    // Whoever gets the lock after it finds the work done.
    let begun = std::time::Instant::now();
    while begun.elapsed().as_secs() < 10 {
        let _lock = repository.lock(&locks).await.unwrap();
        if plan.folder.join("readme.md").exists() {
            return;
        }
    }
    panic!("the worktree was not finished");
}

/// Every proposed name is one that git takes.
#[tokio::test]
async fn git_accepts_every_proposal() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    for prompt in [
        "HEAD",
        "..",
        "-",
        "@{-1}",
        "refs/heads/x",
        "x.lock",
        "a..b",
        "한글 시험",
        "日本語",
        "\u{0}",
        "\u{202e}evil",
        "🦀 crab",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        "nul",
        "a\\b",
        "~^:?*[",
    ] {
        check_name(&repository, &branch::slug(prompt)).await.unwrap();
    }
}

/// Started by [`forty_at_once_from_a_remote_tracking_base`] as a process of its own.
#[tokio::test]
#[ignore = "a part of another test"]
async fn ten_of_forty() {
    let Some(folder) = std::env::var_os("BOSK_TEST_FOLDER").map(PathBuf::from) else { return };
    let first: u32 = std::env::var("BOSK_TEST_FIRST").unwrap().parse().unwrap();
    let git = testing::hermetic(Git::find().await.unwrap(), &folder.join("home"));
    let repository = Repository::open(git, &folder.join("clone")).await.unwrap();
    let launches = (first..first + 10).map(|n| {
        let (repository, folder) = (repository.clone(), folder.clone());
        tokio::spawn(async move {
            let worktrees = folder.join("worktrees");
            let plan =
                plan(&repository, &worktrees, Some("origin/main"), None, "the same").await.unwrap();
            add(&repository, &folder.join("locks"), &plan, &testing::session(n)).await.unwrap();
        })
    });
    for launch in launches.collect::<Vec<_>>() {
        launch.await.unwrap();
    }
}

#[tokio::test]
async fn forty_at_once_from_a_remote_tracking_base() {
    let scratch = testing::repository().await;
    let clone = scratch.path().with_file_name("clone");
    scratch.run(&["clone", "-q", scratch.path().to_str().unwrap(), clone.to_str().unwrap()]).await;
    let parts = (0..4).map(|part| {
        tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "git::worktree::tests::ten_of_forty", "--ignored"])
            .env("BOSK_TEST_FOLDER", scratch.path().parent().unwrap())
            .env("BOSK_TEST_FIRST", (part * 10).to_string())
            .kill_on_drop(true)
            .output()
    });
    let parts: Vec<_> = parts.map(tokio::spawn).collect();
    for part in parts {
        let output = part.await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let listed = listing::list(&scratch.git, &clone).await.unwrap();
    let sessions: HashSet<_> = listed.iter().filter_map(listing::Listed::session).collect();
    assert_eq!(sessions.len(), 40);
    let branches: HashSet<_> = listed.iter().filter_map(|entry| entry.branch.clone()).collect();
    assert_eq!(branches.len(), 41);
    for entry in &listed[1..] {
        assert_eq!(testing::run(&scratch.git, &entry.folder, &["status", "--porcelain"]).await, "");
    }
    let tracking = scratch.git.look(&clone).args(["config", "--get-regexp", "^branch\\.the-same"]);
    assert_eq!(tracking.ask().await.unwrap().text(), "");
}
