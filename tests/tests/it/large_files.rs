//! Files that git LFS keeps elsewhere, by the real one: whole in a session's worktree, the same after they were put away,
//! and never shown as the pointers that git has of them.

use std::path::{Path, PathBuf};

use bosk_core::ProblemCode;
use bosk_core::worktree::ArchivedWorktree;
use bosk_tests::{Sandbox, Session, spec};

use crate::bosk;

async fn says(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, out, said) = bosk(sandbox, args).await;
    assert_eq!(code, 0, "{args:?}: {said}");
    out
}

/// So many bytes that look like nothing, others for each seed.
fn noise(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..200_000).map(|_| next()).collect()
}

/// A repository whose `*.bin` and `*.csv` are kept by LFS, with one of each.
fn repository(sandbox: &Sandbox, install: &str) -> PathBuf {
    let main = sandbox.repository("shop");
    sandbox.git(&main, ["lfs", "install", install]);
    sandbox.git(&main, ["lfs", "track", "*.bin", "*.csv"]);
    std::fs::write(main.join("a.bin"), noise(1)).unwrap();
    std::fs::write(main.join("table.csv"), "one,1\n").unwrap();
    sandbox.git(&main, ["add", "."]);
    sandbox.git(&main, ["commit", "-q", "-m", "large"]);
    let pointer = sandbox.git(&main, ["show", "HEAD:a.bin"]);
    assert!(pointer.starts_with("version https://git-lfs"), "{pointer}");
    main
}

async fn at_rest<'a>(sandbox: &'a Sandbox, main: &Path) -> (Session<'a>, PathBuf) {
    let session = sandbox.launch(&spec(main, "!say Hello.")).await.unwrap();
    session.follow().await.idle().await;
    let folder = PathBuf::from(session.row().await.unwrap().folder);
    (session, folder)
}

#[tokio::test]
async fn a_worktree_has_the_content_and_shows_no_pointers() {
    let sandbox = Sandbox::new();
    let main = repository(&sandbox, "--skip-repo");
    let (session, folder) = at_rest(&sandbox, &main).await;
    let id = session.id.short();
    assert!(std::fs::read(folder.join("a.bin")).unwrap() == noise(1));
    assert_eq!(sandbox.git(&folder, ["status", "--porcelain"]), "");

    std::fs::write(folder.join("a.bin"), noise(2)).unwrap();
    std::fs::write(folder.join("new.bin"), noise(3)).unwrap();
    std::fs::write(folder.join("table.csv"), "one,2\n").unwrap();
    let told = says(&sandbox, &["diff", id]).await;
    for file in ["a.bin", "table.csv"] {
        assert!(told.contains(&format!("{file} is no text")), "{told}");
    }
    assert!(told.contains("new.bin") && !told.contains("oid sha256"), "{told}");
    // What is committed is kept by LFS, too, and merged into where the person works.
    says(&sandbox, &["commit", id, "-m", "Others"]).await;
    assert!(sandbox.git(&folder, ["show", "HEAD:new.bin"]).starts_with("version https://git-lfs"));
    let told = says(&sandbox, &["diff", id]).await;
    assert!(told.contains("new.bin is no text") && !told.contains("oid sha256"), "{told}");
    says(&sandbox, &["merge", id]).await;
    assert!(std::fs::read(main.join("new.bin")).unwrap() == noise(3));
    assert!(std::fs::read(main.join("a.bin")).unwrap() == noise(2));
    assert_eq!(sandbox.git(&main, ["status", "--porcelain"]), "");
    session.stop().await;
}

#[tokio::test]
async fn what_is_put_away_comes_back_byte_for_byte() {
    let sandbox = Sandbox::new();
    let main = repository(&sandbox, "--skip-repo");
    let (session, folder) = at_rest(&sandbox, &main).await;
    session.stop().await;
    let files = [("a.bin", noise(1)), ("new.bin", noise(4)), ("table.csv", b"one,2\n".to_vec())];
    for (file, bytes) in &files {
        std::fs::write(folder.join(file), bytes).unwrap();
    }
    let status = || sandbox.git(&folder, ["status", "--porcelain"]);
    let before = status();
    let archived = async || -> Vec<ArchivedWorktree> {
        serde_json::from_str(&says(&sandbox, &["archived", "--json"]).await).unwrap()
    };
    says(&sandbox, &["archive", "--yes", folder.to_str().unwrap()]).await;
    let id = archived().await.remove(0).id;
    says(&sandbox, &["restore", &id]).await;
    for (file, bytes) in &files {
        assert!(std::fs::read(folder.join(file)).unwrap() == *bytes, "{file}");
    }
    assert_eq!(status(), before);

    // Also where nothing but the snapshot is left of it.
    says(&sandbox, &["archive", "--yes", folder.to_str().unwrap()]).await;
    let one = archived().await.remove(0);
    says(&sandbox, &["delete", "--yes", &one.id]).await;
    let told = says(&sandbox, &["restore", &one.snapshot[..12]]).await;
    let again = told.split_whitespace().find(|word| word.contains("restored-")).unwrap();
    for (file, bytes) in &files {
        assert!(std::fs::read(Path::new(again).join(file)).unwrap() == *bytes, "{file}");
    }
}

#[tokio::test]
async fn content_that_is_not_here_comes_from_the_remote_after_it_was_agreed_to() {
    let sandbox = Sandbox::new();
    // Named by the repository itself: it says which program runs.
    let main = repository(&sandbox, "--local");
    let bare = sandbox.path("remote.git");
    sandbox.git(&main, ["init", "-q", "--bare", bare.to_str().unwrap()]);
    let address = format!("file://{}", bare.display());
    sandbox.git(&main, ["remote", "add", "origin", &address]);
    sandbox.git(&main, ["push", "-q", "origin", "main"]);
    std::fs::remove_dir_all(main.join(".git/lfs/objects")).unwrap();

    let spec = spec(&main, "!say Hello.");
    let refused = sandbox.launch(&spec).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTrusted);
    assert!(!main.join(".git/lfs/objects").exists(), "nothing was fetched");
    assert_eq!(sandbox.git(&main, ["worktree", "list"]).lines().count(), 1);
    sandbox.trust(&spec).await.unwrap();
    let (session, folder) = at_rest(&sandbox, &main).await;
    assert!(std::fs::read(folder.join("a.bin")).unwrap() == noise(1));
    session.stop().await;
}
