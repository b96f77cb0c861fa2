//! Whatever is not saved anywhere else, and whichever way its worktree goes: all of it can be had back, byte for byte,
//! also after git has cleaned up everything that nothing keeps.

mod killed;
pub(crate) mod kinds;

use std::path::{Path, PathBuf};

use bosk_core::SessionId;
use bosk_core::variants::{Chosen, VariantGroup};
use bosk_core::worktree::ArchivedWorktree;
use bosk_tests::{Sandbox, Session, spec};

use super::bosk;
use kinds::{KINDS, Kind, State, make, repository};

/// The n-th name of a session that there is not.
fn nobody(n: usize) -> SessionId {
    SessionId::parse(&format!("00000000-0000-4000-8000-{n:012x}")).unwrap()
}

/// A worktree for each kind, as a launch makes it, and the mess in it.
fn worktrees(sandbox: &Sandbox, kinds: &[&'static Kind]) -> Vec<(&'static Kind, PathBuf, State)> {
    let root = repository(sandbox);
    let mut all = Vec::new();
    for (n, kind) in kinds.iter().enumerate() {
        let folder = sandbox.path("worktrees").join(kind.name);
        let path = folder.to_str().unwrap();
        sandbox.git(&root, ["worktree", "add", "-q", "-b", kind.name, path]);
        let reason = format!("bosk:{}", nobody(n));
        sandbox.git(&root, ["worktree", "lock", "--reason", &reason, path]);
        make(sandbox, kind, &folder);
        all.push((*kind, folder));
    }
    // After all of them: what one has put aside is seen in the others.
    let state = |(kind, folder): (&'static Kind, PathBuf)| {
        let state = State::of(sandbox, &folder);
        (kind, folder, state)
    };
    all.into_iter().map(state).collect()
}

/// Git's own cleaning, as thorough as it gets.
fn collect(sandbox: &Sandbox) {
    let root = sandbox.repository("shop");
    sandbox.git(&root, ["worktree", "prune", "--expire=now"]);
    sandbox.git(&root, ["pack-refs", "--all"]);
    sandbox.git(&root, ["gc", "--quiet", "--prune=now"]);
}

async fn succeeds(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, out, said) = bosk(sandbox, args).await;
    assert_eq!(code, 0, "{args:?}: {said} {out}");
    out
}

async fn archived(sandbox: &Sandbox) -> Vec<ArchivedWorktree> {
    serde_json::from_str(&succeeds(sandbox, &["archived", "--json"]).await).unwrap()
}

/// The one that was put away from there.
async fn of_folder(sandbox: &Sandbox, folder: &Path) -> ArchivedWorktree {
    let mut all = archived(sandbox).await;
    all.retain(|one| Path::new(&one.folder) == folder);
    assert_eq!(all.len(), 1, "{}", folder.display());
    all.remove(0)
}

async fn restored(sandbox: &Sandbox, all: &[(&Kind, PathBuf, State)]) {
    collect(sandbox);
    for (kind, folder, _) in all {
        assert!(!folder.exists(), "{}", kind.name);
        let one = of_folder(sandbox, folder).await;
        assert!(one.whole, "{}", kind.name);
        succeeds(sandbox, &["restore", &one.id]).await;
    }
    for (kind, folder, before) in all {
        assert_eq!(&State::of(sandbox, folder), before, "{}", kind.name);
    }
    assert!(archived(sandbox).await.is_empty());
    sandbox.git(&sandbox.repository("shop"), ["fsck", "--connectivity-only"]);
}

#[tokio::test]
async fn what_is_put_away_comes_back() {
    let sandbox = Sandbox::new();
    let all = worktrees(&sandbox, &KINDS.iter().collect::<Vec<_>>());
    for (_, folder, _) in &all {
        succeeds(&sandbox, &["archive", "--yes", folder.to_str().unwrap()]).await;
    }
    restored(&sandbox, &all).await;
}

#[tokio::test]
async fn what_is_deleted_with_its_branch_comes_back() {
    let sandbox = Sandbox::new();
    let all = worktrees(&sandbox, &KINDS.iter().collect::<Vec<_>>());
    let root = sandbox.repository("shop");
    for (kind, folder, _) in &all {
        let args = ["delete", "--yes", "--delete-branch", folder.to_str().unwrap()];
        succeeds(&sandbox, &args).await;
        let left = sandbox.git(&root, ["branch", "--list", kind.name]);
        // Where HEAD was not on it, the branch was nobody's to delete.
        assert_eq!(left.is_empty(), !["detached", "rebase"].contains(&kind.name), "{}", kind.name);
    }
    restored(&sandbox, &all).await;
}

#[tokio::test]
async fn what_the_trash_has_lost_is_made_of_the_snapshot() {
    let sandbox = Sandbox::new();
    let kinds: Vec<_> = KINDS.iter().filter(|kind| kind.name != "submodule").collect();
    let all = worktrees(&sandbox, &kinds);
    let root = sandbox.repository("shop");
    for (n, (kind, folder, _)) in all.iter().enumerate() {
        let args = ["delete", "--yes", "--delete-branch", folder.to_str().unwrap()];
        let told = succeeds(&sandbox, &args).await;
        // What no snapshot holds is said before.
        assert_eq!(told.contains("in no snapshot"), !kind.in_snapshot, "{}: {told}", kind.name);
        let one = of_folder(&sandbox, folder).await;
        std::fs::remove_dir_all(sandbox.home().trash().join(&one.id).join("tree")).unwrap();
        if n % 2 == 0 && !kind.goes_on {
            // Not even what git knew of it is left.
            std::fs::remove_dir_all(root.join(".git/bosk").join(&one.id)).unwrap();
        }
    }
    collect(&sandbox);
    for (kind, folder, before) in all {
        let one = of_folder(&sandbox, &folder).await;
        assert!(!one.whole);
        succeeds(&sandbox, &["restore", &one.id]).await;
        if kind.name == "nested" {
            continue;
        }
        let now = State::of(&sandbox, &folder).of_snapshot(kind.has_flags);
        assert_eq!(now, before.of_snapshot(kind.has_flags), "{}", kind.name);
    }
}

/// A session for each kind, ended, with the mess in its folder.
async fn sessions<'a>(
    sandbox: &'a Sandbox,
    prompt: &str,
) -> Vec<(&'static Kind, Session<'a>, PathBuf)> {
    let root = repository(sandbox);
    let mut found = Vec::new();
    for kinds in KINDS.chunks(8) {
        let specs: Vec<_> = kinds
            .iter()
            .map(|kind| {
                let mut spec = spec(&root, prompt);
                spec.branch = Some(kind.name.to_owned());
                spec
            })
            .collect();
        let launched = sandbox.launch_all(&specs).await;
        for (kind, session) in kinds.iter().zip(launched) {
            let session = session.unwrap();
            session.follow().await.idle().await;
            session.stop().await;
            let folder = PathBuf::from(session.row().await.unwrap().folder);
            found.push((kind, session, folder));
        }
    }
    for (kind, _, folder) in &found {
        make(sandbox, kind, folder);
    }
    found
}

#[tokio::test]
async fn what_a_removed_session_has_left_comes_back_with_it() {
    let sandbox = Sandbox::new();
    let sessions = sessions(&sandbox, "!say Hello.").await;
    let mut all = Vec::new();
    for (kind, session, folder) in &sessions {
        all.push((*kind, folder.clone(), State::of(&sandbox, folder)));
        assert!(session.folder().exists());
    }
    for (_, session, _) in &sessions {
        succeeds(&sandbox, &["rm", "--yes", "--delete-branch", session.id.as_str()]).await;
        assert!(!session.folder().exists());
    }
    assert!(archived(&sandbox).await.iter().all(|one| one.with_session));
    restored(&sandbox, &all).await;
    for (_, session, folder) in &sessions {
        let row = session.row().await.unwrap();
        assert_eq!(Path::new(&row.folder), folder);
    }
}

#[tokio::test]
async fn what_was_not_chosen_comes_back() {
    let sandbox = Sandbox::new();
    repository(&sandbox);
    // Repositories inside keep a variant where it is, which has its own test.
    let kinds: Vec<&'static Kind> =
        KINDS.iter().filter(|kind| !["nested", "submodule"].contains(&kind.name)).collect();
    for kinds in kinds.chunks(9) {
        let count = (kinds.len() + 1).to_string();
        let args = ["variants", &count, "--json", "!say Done."];
        let told = succeeds(&sandbox, &args).await;
        let VariantGroup { group, sessions } =
            serde_json::from_str(told.lines().next().unwrap()).unwrap();
        let mut all = Vec::new();
        for (kind, id) in kinds.iter().zip(&sessions) {
            let session = sandbox.session(id.clone());
            // It may have been put away by itself.
            bosk(&sandbox, &["stop", id.as_str()]).await;
            let folder = PathBuf::from(session.row().await.unwrap().folder);
            make(&sandbox, kind, &folder);
            all.push((*kind, folder));
        }
        let all: Vec<_> = all
            .into_iter()
            .map(|(kind, folder)| {
                let state = State::of(&sandbox, &folder);
                (kind, folder, state)
            })
            .collect();
        let winner = sessions.last().unwrap();
        let args = ["variants", "choose", "--json", "--yes", &group, winner.as_str()];
        let chosen: Chosen = serde_json::from_str(&succeeds(&sandbox, &args).await).unwrap();
        assert_eq!((chosen.archived.len(), chosen.left.len()), (kinds.len(), 0), "{chosen:?}");
        restored(&sandbox, &all).await;
    }
}

#[tokio::test]
async fn what_was_gone_back_from_comes_back() {
    let sandbox = Sandbox::new();
    let sessions = sessions(&sandbox, "!say Hello.").await;
    for (kind, session, folder) in &sessions {
        let before = State::of(&sandbox, folder);
        let (code, _, said) = bosk(&sandbox, &["back", "--files", session.id.as_str(), "1"]).await;
        if kind.goes_on {
            assert!(code != 0 && said.contains("merge or a rebase"), "{}: {said}", kind.name);
            assert_eq!(State::of(&sandbox, folder), before, "{}", kind.name);
            continue;
        }
        assert_eq!(code, 0, "{}: {said}", kind.name);
        collect(&sandbox);
        let kept = std::fs::read_to_string(folder.join("readme.md")).unwrap();
        assert_eq!(kept, "hello\n", "{}", kind.name);
        succeeds(&sandbox, &["back", "--undo", session.id.as_str()]).await;
        let (now, before) = (State::of(&sandbox, folder).after_undo(kind), before.after_undo(kind));
        assert_eq!(now, before, "{}", kind.name);
    }
}
