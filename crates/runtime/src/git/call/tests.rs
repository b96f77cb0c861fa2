use super::*;
use crate::git::testing;
#[cfg(unix)]
use crate::git::testing::script;

#[tokio::test]
async fn output_is_bounded() {
    let (git, folder) = testing::git().await;
    std::fs::write(folder.path().join("large"), vec![b'x'; 300_000]).unwrap();
    let output = git
        .look(folder.path())
        .args(["diff", "--no-index", "--", NULL_DEVICE, "large"])
        .limit(1000)
        .ask()
        .await
        .unwrap();
    assert!(output.truncated);
    assert_eq!(output.stdout.len(), 1000);
}

#[cfg(unix)]
#[tokio::test]
async fn a_call_that_hangs_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let body = "case \"$*\" in *--version*) echo git version 2.47.0; exit;; esac\n\
                sleep 1000 & echo $! > \"$MARK\"; wait";
    let mark = folder.path().join("pid");
    let git = Git::at(script(folder.path(), body)).await.unwrap();
    let call = git.change(folder.path()).arg("gc").env("MARK", &mark);
    let error = call.timeout(Duration::from_millis(500)).run().await.unwrap_err();
    assert!(matches!(error, GitError::TimedOut { .. }));
    let sleeper: i32 = std::fs::read_to_string(&mark).unwrap().trim().parse().unwrap();
    let begun = Instant::now();
    // Gone, or a zombie that its new parent has not collected yet.
    let alive = || {
        std::fs::read_to_string(format!("/proc/{sleeper}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z "))
    };
    while cfg!(target_os = "linux") && alive() {
        assert!(begun.elapsed() < Duration::from_secs(5), "the child of git is still alive");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_held_lock_is_waited_for() {
    let repository = testing::repository().await;
    let lock = repository.path().join(".git/index.lock");
    std::fs::write(&lock, "").unwrap();
    repository.write("new.txt", "new");
    let add = {
        let (git, root) = (repository.git.clone(), repository.path().to_owned());
        tokio::spawn(async move { git.change(&root).args(["add", "-A"]).run().await })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!add.is_finished());
    std::fs::remove_file(&lock).unwrap();
    add.await.unwrap().unwrap();
}

/// Everything by which a repository could make a bare `git status` or `git diff` run a program.
#[cfg(unix)]
#[tokio::test]
async fn nothing_of_a_repository_runs() {
    let repository = testing::repository().await;
    let ran = repository.path().join("ran");
    let run = script(repository.path(), &format!("touch '{}'", ran.display()));
    let run = run.to_str().unwrap();
    for (key, value) in [
        ("core.fsmonitor", run),
        ("core.hooksPath", repository.path().to_str().unwrap()),
        ("diff.external", run),
        ("diff.evil.textconv", run),
        ("core.pager", run),
    ] {
        repository.run(&["config", key, value]).await;
    }
    std::fs::copy(run, repository.path().join("post-index-change")).unwrap();
    std::fs::copy(run, repository.path().join("post-checkout")).unwrap();
    repository.write(".gitattributes", "* diff=evil\n");
    repository.write("readme.md", "changed\n");
    let _ = std::fs::remove_file(&ran);
    let opened = repository.open().await;
    crate::git::changes::changes(&opened.git, repository.path(), "HEAD", 100).await.unwrap();
    crate::git::changes::file(&opened.git, repository.path(), "HEAD", "readme.md", None)
        .await
        .unwrap();
    repository.git.change(repository.path()).args(["add", "-A"]).run().await.unwrap();
    repository
        .git
        .change(repository.path())
        .args(["checkout", "-q", "-b", "x"])
        .run()
        .await
        .unwrap();
    assert!(!ran.exists(), "a program of the repository ran");
}

/// Started by [`another_repository_in_the_environment_is_not_used`] as a process of its own.
#[tokio::test]
#[ignore = "a part of another test"]
async fn in_a_misleading_environment() {
    let scratch = testing::repository().await;
    scratch.write("readme.md", "changed\n");
    let changes = crate::git::changes::changes(&scratch.git, scratch.path(), "HEAD", 10);
    assert_eq!(changes.await.unwrap().total, 1);
}

#[tokio::test]
async fn another_repository_in_the_environment_is_not_used() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "git::call::tests::in_a_misleading_environment", "--ignored"])
        .env("GIT_DIR", "/nowhere")
        .env("GIT_WORK_TREE", "/nowhere")
        .env("GIT_INDEX_FILE", "/nowhere/index")
        .env("GIT_OBJECT_DIRECTORY", "/nowhere/objects")
        .env("GIT_EXTERNAL_DIFF", "false")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// What git leaves while it makes a worktree: the file is there before its content.
#[tokio::test]
async fn a_worktree_that_is_being_made_is_waited_for() {
    let repository = testing::repository().await;
    let folder = repository.path().join(".git/worktrees/other");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("gitdir"), "/elsewhere/.git\n").unwrap();
    std::fs::write(folder.join("HEAD"), "ref: refs/heads/other\n").unwrap();
    let names_it = folder.join("commondir");
    std::fs::write(&names_it, "").unwrap();
    let call = || repository.git.look(repository.path()).args(["worktree", "list", "--porcelain"]);
    let first = call().once().await.unwrap();
    assert!(error::is_half_made(&first.stderr), "{}", first.stderr);
    let made = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        std::fs::write(&names_it, "../..\n").unwrap();
    };
    let (listed, ()) = tokio::join!(call().run(), made);
    assert!(listed.unwrap().text().contains("/elsewhere"));
}
