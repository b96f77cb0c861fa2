//! Hooks that a person wants run and that fail or hang: told, over in time, and nothing is lost.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use bosk_core::ProblemCode;
use bosk_core::review::commit::CommitRequest;
use bosk_tests::Sandbox;

use super::{says, worked};
use crate::bosk;
use crate::merging::{all, work};
use crate::removal::kinds::State;

fn hook(root: &Path, name: &str, content: &str) {
    let file = root.join(".git/hooks").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, format!("#!/bin/sh\n{content}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn one_that_fails_says_why_and_all_is_as_it_was() {
    let sandbox = Sandbox::new();
    let root = sandbox.repository("shop");
    let (session, folder) =
        worked(&sandbox, &root, "echo more >> readme.md; echo new > new.txt").await;
    let id = session.id.as_str();
    for name in ["pre-commit", "commit-msg"] {
        hook(&root, name, "echo the style is wrong >&2; exit 1");
        let before = State::of(&sandbox, &folder);
        let (code, _, said) = bosk(&sandbox, &["commit", id, "--hooks", "--message", "x"]).await;
        assert_ne!(code, 0);
        let wanted =
            format!("{name} hook refused, so nothing was done. It said:\nthe style is wrong");
        assert!(said.contains(&wanted), "{said}");
        assert_eq!(State::of(&sandbox, &folder), before, "{name}");
        std::fs::remove_file(root.join(".git/hooks").join(name)).unwrap();
    }
    hook(&root, "post-commit", "exit 1");
    says(&sandbox, &["commit", id, "--hooks", "--message", "All of it"]).await;
    assert_eq!(sandbox.git(&folder, ["log", "-1", "--format=%s"]), "All of it");
}

#[tokio::test]
async fn one_that_hangs_is_ended_in_time_and_all_is_as_it_was() {
    let sandbox = Sandbox::new();
    let root = sandbox.repository("shop");
    let (session, folder) = worked(&sandbox, &root, "echo more >> readme.md").await;
    let work = work(&sandbox, &session).await.hook_patience(Duration::from_millis(300));
    for name in ["pre-commit", "commit-msg"] {
        hook(&root, name, "setsid sleep 600 & sleep 600");
        let (before, begun) = (State::of(&sandbox, &folder), Instant::now());
        let wanted = CommitRequest { hooks: true, ..all("All of it") };
        let refused = work.commit(&wanted).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::TimedOut);
        assert!(refused.message.contains(name) && refused.hint.is_some(), "{refused:?}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(State::of(&sandbox, &folder), before, "{name}");
        std::fs::remove_file(root.join(".git/hooks").join(name)).unwrap();
    }
    work.commit(&all("All of it")).await.unwrap();
}
