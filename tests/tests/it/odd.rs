//! Odd and large repositories, each on the whole path of a session: launched in a worktree, listed, reviewed, put away
//! and had back byte for byte, committed, merged as one commit, deleted. Not here: kinds of unsaved work
//! ([`crate::removal`]), and what is done to picked lines (`review::tests::strange` of the runtime).

mod filters;
mod hooks;
mod kinds;
mod without;

use std::path::{Path, PathBuf};

use bosk_core::review::Review;
use bosk_core::worktree::{ArchivedWorktree, Origin, Worktrees};
use bosk_tests::{Sandbox, Session, spec};
use serde::de::DeserializeOwned;

use crate::bosk;
use crate::removal::kinds::State;
use kinds::Kind;

/// The most that `bosk diff` may print of one kind, in bytes.
const PRINTED: usize = 4 << 20;

async fn says(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, out, said) = bosk(sandbox, args).await;
    assert_eq!(code, 0, "{args:?}: {said} {out}");
    out
}

async fn told<T: DeserializeOwned>(sandbox: &Sandbox, args: &[&str]) -> T {
    serde_json::from_str(&says(sandbox, args).await).unwrap()
}

/// A session at rest in a worktree of its own, in which Claude has run this script.
async fn worked<'a>(sandbox: &'a Sandbox, root: &Path, script: &str) -> (Session<'a>, PathBuf) {
    let file = sandbox.path("claude.sh");
    std::fs::write(&file, format!("set -e\n{script}\n")).unwrap();
    let mut spec = spec(root, &format!("!tool sh '{}'", file.display()));
    spec.branch = Some("work".to_owned());
    let session = sandbox.launch(&spec).await.unwrap();
    session.follow().await.idle().await;
    session.stop().await;
    let folder = PathBuf::from(session.row().await.unwrap().folder);
    (session, folder)
}

async fn put_away(sandbox: &Sandbox, folder: &Path) -> ArchivedWorktree {
    says(sandbox, &["archive", "--yes", folder.to_str().unwrap()]).await;
    assert!(!folder.exists());
    let mut all: Vec<ArchivedWorktree> = told(sandbox, &["archived", "--json"]).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn whole_path(kind: &Kind) {
    let sandbox = Sandbox::new();
    let Some(root) = (kind.repository)(&sandbox) else { return };
    let (session, folder) = worked(&sandbox, &root, kind.writes).await;
    let (id, text) = (session.id.as_str(), folder.to_str().unwrap());

    let repo = root.to_str().unwrap();
    let listed: Worktrees = told(&sandbox, &["worktrees", "--json", "--repo", repo]).await;
    assert_eq!(Path::new(&listed.repository), root, "{listed:?}");
    let views = |origin| listed.items.iter().filter(move |one| one.origin == origin);
    let own: Vec<_> = views(Origin::Bosk).collect();
    assert_eq!(own.len(), 1, "{listed:?}");
    assert_eq!((Path::new(&own[0].folder), &own[0].problem), (&*folder, &None));
    assert_eq!(
        (own[0].branch.as_deref(), &own[0].sessions[..]),
        (Some("work"), &[session.id.clone()][..])
    );
    assert_eq!((own[0].modified + own[0].untracked) as usize, kind.changed(), "{own:?}");
    let known =
        listed.items.iter().any(|one| Path::new(&one.folder) == root && one.problem.is_none());
    assert!(known, "{listed:?}");

    let review: Review = told(&sandbox, &["diff", id, "--json"]).await;
    assert_eq!(review.total as usize, kind.changed(), "{review:?}");
    let mut names: Vec<&str> = review.files.iter().map(|one| one.file.path.as_str()).collect();
    names.sort_unstable();
    let mut wanted = kind.names.to_vec();
    wanted.sort_unstable();
    assert!(kind.many > 0 || names == wanted, "{names:?}");
    if kind.many == 0 {
        let shown = says(&sandbox, &["diff", id]).await;
        assert!(shown.len() < PRINTED, "{} bytes", shown.len());
        assert_eq!(
            shown.contains("is too long to be shown"),
            kind.huge,
            "{}",
            &shown[..500.min(shown.len())]
        );
    }
    for name in &wanted {
        says(&sandbox, &["diff", id, "--", name]).await;
    }

    let before = State::of(&sandbox, &folder);
    let away = put_away(&sandbox, &folder).await;
    says(&sandbox, &["restore", &away.id]).await;
    assert_eq!(State::of(&sandbox, &folder), before, "as it was put away");
    let away = put_away(&sandbox, &folder).await;
    std::fs::remove_dir_all(sandbox.home().trash().join(&away.id).join("tree")).unwrap();
    says(&sandbox, &["restore", &away.id]).await;
    let (now, before) = (State::of(&sandbox, &folder), before);
    assert_eq!(now.of_snapshot(false), before.of_snapshot(false), "made of the snapshot");

    says(&sandbox, &["commit", id, "--message", "All of it"]).await;
    assert_eq!(sandbox.git(&folder, ["status", "--porcelain"]), "");
    says(&sandbox, &["merge", id, "--squash"]).await;
    let tree = |of: &str| sandbox.git(&root, ["rev-parse", &format!("{of}^{{tree}}")]);
    assert_eq!(tree("main"), tree("work"));
    assert_eq!(sandbox.git(&root, ["status", "--porcelain"]), "");
    let gone = says(&sandbox, &["delete", "--yes", "--delete-branch", text]).await;
    assert!(gone.contains("Everything in it exists elsewhere"), "{gone}");
    assert!(!folder.exists());
    assert_eq!(sandbox.git(&root, ["branch", "--list", "work"]), "");
    let ran = std::fs::read_to_string(sandbox.path("mark")).unwrap_or_default();
    assert_eq!(ran, "", "a program of the repository's has run");
}

macro_rules! each {
    ($($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            whole_path(&kinds::$name()).await;
        }
    )*};
}

each! {
    sha_256 reftable settings_of_each_worktree names folder_of_an_odd_name one_long_line long_difference many_files
    line_ends links executable failing_hooks bare submodule
}
