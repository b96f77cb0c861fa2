use bosk_core::{Problem, ProblemCode};

use super::*;
#[cfg(unix)]
use crate::git::testing::script;

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
async fn fields_of_nothing_are_none() {
    let output = Output {
        stdout: vec![],
        truncated: false,
        code: Some(0),
        timed_out: false,
        stderr: String::new(),
    };
    assert_eq!(output.fields().count(), 0);
    let output = Output { stdout: b"a\0\0b\0".to_vec(), ..output };
    assert_eq!(output.fields().collect::<Vec<_>>(), [&b"a"[..], b"", b"b"]);
}
