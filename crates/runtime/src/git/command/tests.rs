use bosk_core::{Problem, ProblemCode};

use super::*;
use crate::git::testing;

#[cfg(unix)]
fn script(folder: &Path, body: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("git");
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn a_missing_git_is_a_problem() {
    let missing = Git::at("/nowhere/git".into()).await.unwrap_err();
    assert!(matches!(missing, GitError::Missing));
    let problem = Problem::from(missing);
    assert_eq!(problem.code, ProblemCode::GitFailed);
    assert!(problem.hint.is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn an_old_git_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let old = Git::at(script(folder.path(), "echo git version 2.37.9")).await.unwrap_err();
    assert!(matches!(&old, GitError::TooOld { found } if found == "2.37.9"));
    assert!(Problem::from(old).message.contains("2.38"));
    let odd = Git::at(script(folder.path(), "echo hello")).await.unwrap_err();
    assert!(matches!(odd, GitError::Unexpected { .. }));
    let new = script(folder.path(), "echo 'git version 2.39.5 (Apple Git-154)'");
    assert!(Git::at(new).await.is_ok());
}

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

#[tokio::test]
async fn fields_of_nothing_are_none() {
    let output = Output { stdout: vec![], truncated: false, code: Some(0), stderr: String::new() };
    assert_eq!(output.fields().count(), 0);
    let output = Output { stdout: b"a\0\0b\0".to_vec(), ..output };
    assert_eq!(output.fields().collect::<Vec<_>>(), [&b"a"[..], b"", b"b"]);
}
