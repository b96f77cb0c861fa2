use bosk_core::review::merge::MergeHow;

use super::*;
use crate::git::merge::{operation, tree};
use crate::git::testing;

/// One that is not UTF-8, and one that reads like a quoted one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_of_any_name_is_listed_shown_and_resolved_under_one_text() {
    let scratch = testing::repository().await;
    let names = [&b"caf\xe9.txt"[..], b"\"q\".txt"];
    let texts = ["\"\\\"q\\\".txt\"", "\"caf\\351.txt\""];
    let write = |content: &str| {
        for name in names {
            std::fs::write(scratch.path().join(paths::from_git(name)), content).unwrap();
        }
    };
    write("base\n");
    scratch.commit("base").await;
    scratch.run(&["checkout", "-q", "-b", "other"]).await;
    write("theirs\n");
    let theirs = scratch.commit("theirs").await;
    scratch.run(&["checkout", "-q", "main"]).await;
    write("ours\n");
    let ours = scratch.commit("ours").await;
    let (git, root) = (&scratch.git, scratch.path());
    let foreseen = tree::foresee(git, root, MergeHow::Merge, &ours, &theirs).await.unwrap();
    assert_eq!(foreseen.conflicts, texts);

    assert!(git.change(root).args(["merge", "-q", "other"]).run().await.is_err());
    assert_eq!(operation::unresolved(git, root).await.unwrap(), texts);
    let seen = file(git, root, texts[1], false).await.unwrap();
    assert_eq!((seen.ours.as_deref(), seen.theirs.as_deref()), (Some("ours\n"), Some("theirs\n")));
    let text = Resolution::Text { text: "both\n".to_owned() };
    resolve(git, root, texts[1], &seen.stamp, &text, false).await.unwrap();
    assert_eq!(std::fs::read_to_string(root.join(paths::from_git(names[0]))).unwrap(), "both\n");
    let seen = file(git, root, texts[0], false).await.unwrap();
    resolve(git, root, texts[0], &seen.stamp, &Resolution::Removed, false).await.unwrap();
    assert!(!root.join(paths::from_git(names[1])).exists());
    assert!(operation::unresolved(git, root).await.unwrap().is_empty());
    assert_eq!(operation::resolved(git, root).await.unwrap(), texts);
}
