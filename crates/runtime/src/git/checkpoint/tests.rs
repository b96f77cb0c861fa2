//! Files go back and forth whole, and nothing is overwritten that no snapshot holds.

use super::*;
use crate::git::testing;

fn session() -> SessionId {
    SessionId::parse("00000000-0000-4000-8000-000000000001").unwrap()
}

#[tokio::test]
async fn everything_is_as_it_was_and_what_was_there_can_be_brought_back() {
    let scratch = testing::repository().await;
    let (git, root) = (&scratch.git, scratch.path());
    scratch.write(".gitignore", "*.log\n");
    scratch.write("kept.txt", "kept\n");
    scratch.write("folder/deep.txt", "deep\n");
    scratch.commit("base").await;
    scratch.write("readme.md", "staged\n");
    scratch.run(&["add", "readme.md"]).await;
    scratch.write("readme.md", "staged, then changed\n");
    scratch.write("untracked.txt", "u\n");
    scratch.write("ignored.log", "mine\n");
    keep(git, root, &session(), "m-1").await.unwrap();
    let then = find(git, root, &session(), "m-1").await.unwrap().unwrap();
    let status = scratch.run(&["status", "--porcelain=v1"]).await;

    std::fs::remove_file(root.join("untracked.txt")).unwrap();
    std::fs::remove_dir_all(root.join("folder")).unwrap();
    scratch.write("folder", "a file now\n");
    scratch.write("new/한글 \"q\".txt", "n\n");
    scratch.write("kept.txt", "other\n");
    scratch.run(&["add", "-A"]).await;
    let committed = scratch.commit("since").await;
    scratch.write("later.txt", "l\n");

    let now = snapshot::take(git, root, &session()).await.unwrap().commit;
    let changes = difference(git, root, &now, &then).await.unwrap();
    assert_eq!(changes.total, 6, "{changes:?}");
    restore(git, root, &now, &then).await.unwrap();
    assert_eq!(std::fs::read_to_string(root.join("folder/deep.txt")).unwrap(), "deep\n");
    assert_eq!(std::fs::read_to_string(root.join("ignored.log")).unwrap(), "mine\n");
    assert!(!root.join("later.txt").exists() && !root.join("new").exists());
    assert_eq!(scratch.run(&["rev-parse", "HEAD"]).await, committed, "no branch moves");
    scratch.run(&["reset", "--soft", "-q", "HEAD~1"]).await;
    assert_eq!(scratch.run(&["status", "--porcelain=v1"]).await, status);
    scratch.run(&["reset", "--soft", "-q", &committed]).await;

    let gone_back = snapshot::take(git, root, &session()).await.unwrap().commit;
    restore(git, root, &gone_back, &now).await.unwrap();
    assert_eq!(std::fs::read_to_string(root.join("folder")).unwrap(), "a file now\n");
    assert_eq!(snapshot::take(git, root, &session()).await.unwrap().commit, now);
}

#[tokio::test]
async fn what_changed_meanwhile_and_what_is_ignored_is_never_overwritten() {
    let scratch = testing::repository().await;
    let (git, root) = (&scratch.git, scratch.path());
    scratch.write("out.log", "was tracked\n");
    scratch.commit("base").await;
    keep(git, root, &session(), "m").await.unwrap();
    let then = find(git, root, &session(), "m").await.unwrap().unwrap();
    scratch.run(&["rm", "-q", "--cached", "out.log"]).await;
    scratch.write(".gitignore", "*.log\n");
    scratch.write("out.log", "precious\n");
    let now = snapshot::take(git, root, &session()).await.unwrap().commit;
    scratch.write("readme.md", "changed since\n");
    let refused = restore(git, root, &now, &then).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::SessionState);
    let now = snapshot::take(git, root, &session()).await.unwrap().commit;
    let refused = restore(git, root, &now, &then).await.unwrap_err();
    assert!(refused.message.contains("out.log"), "{refused:?}");
    assert_eq!(std::fs::read_to_string(root.join("out.log")).unwrap(), "precious\n");
    assert_eq!(snapshot::take(git, root, &session()).await.unwrap().commit, now);
    // The same below a folder that a file is to replace, and above a file.
    std::fs::remove_file(root.join("out.log")).unwrap();
    std::fs::create_dir_all(root.join("out.log/deep")).unwrap();
    scratch.write("out.log/deep/x", "precious\n");
    let now = snapshot::take(git, root, &session()).await.unwrap().commit;
    let refused = restore(git, root, &now, &then).await.unwrap_err();
    assert!(refused.message.contains("deep"), "{refused:?}");
    assert!(root.join("out.log/deep/x").exists());
}

#[tokio::test]
async fn a_merge_and_a_sparse_checkout_are_left_alone() {
    let scratch = testing::repository().await;
    let (git, root) = (&scratch.git, scratch.path());
    keep(git, root, &session(), "m").await.unwrap();
    let then = find(git, root, &session(), "m").await.unwrap().unwrap();
    scratch.write("readme.md", "since\n");
    keep(git, root, &session(), "m").await.unwrap();
    assert_eq!(find(git, root, &session(), "m").await.unwrap().as_ref(), Some(&then), "once");
    let now = snapshot::take(git, root, &session()).await.unwrap().commit;
    scratch.run(&["config", "core.sparseCheckout", "true"]).await;
    assert!(restore(git, root, &now, &then).await.unwrap_err().message.contains("sparse"));
    scratch.run(&["config", "--unset", "core.sparseCheckout"]).await;
    let head = scratch.run(&["rev-parse", "HEAD"]).await;
    std::fs::write(root.join(".git/MERGE_HEAD"), head).unwrap();
    assert!(restore(git, root, &now, &then).await.unwrap_err().message.contains("merge"));
    std::fs::remove_file(root.join(".git/MERGE_HEAD")).unwrap();
    restore(git, root, &now, &then).await.unwrap();
    assert!(
        is_same(git, root, &then, &snapshot::take(git, root, &session()).await.unwrap().commit)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_name_that_is_no_name_names_nothing() {
    let scratch = testing::repository().await;
    for name in ["", "../../heads/main", "a b", "x".repeat(65).as_str()] {
        keep(&scratch.git, scratch.path(), &session(), name).await.unwrap();
        assert_eq!(find(&scratch.git, scratch.path(), &session(), name).await.unwrap(), None);
    }
    assert_eq!(scratch.run(&["for-each-ref", "refs/bosk"]).await, "");
}
