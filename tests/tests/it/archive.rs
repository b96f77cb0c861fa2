//! Putting away, expiring and cleaning as a person does it with `bosk`: what runs is left alone, what went is told, and
//! sessions find their folders again.

use std::path::{Path, PathBuf};

use bosk_core::SessionId;
use bosk_core::git::RemovalToken;
use bosk_core::session::{Glance, SessionSummary, State, Turn};
use bosk_core::settings::Settings;
use bosk_core::worktree::disk::{CanGo, DiskUse};
use bosk_core::worktree::{ArchivedWorktree, Ending};
use bosk_runtime::client::{archive, worktree};
use bosk_tests::{Sandbox, Session, spec};

use super::bosk;

async fn says(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, out, said) = bosk(sandbox, args).await;
    assert_eq!(code, 0, "{args:?}: {said}");
    out
}

async fn refuses(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, _, said) = bosk(sandbox, args).await;
    assert_ne!(code, 0, "{args:?}");
    said
}

async fn archived(sandbox: &Sandbox) -> Vec<ArchivedWorktree> {
    serde_json::from_str(&says(sandbox, &["archived", "--json"]).await).unwrap()
}

async fn disk(sandbox: &Sandbox) -> DiskUse {
    serde_json::from_str(&says(sandbox, &["disk", "--json"]).await).unwrap()
}

async fn ended<'a>(sandbox: &'a Sandbox, branch: &str) -> (Session<'a>, PathBuf) {
    let mut spec = spec(&sandbox.repository("shop"), "!say Hello.");
    spec.branch = Some(branch.to_owned());
    let session = sandbox.launch(&spec).await.unwrap();
    session.follow().await.idle().await;
    session.stop().await;
    let folder = PathBuf::from(session.row().await.unwrap().folder);
    (session, folder)
}

#[tokio::test]
async fn what_a_session_runs_in_is_left_alone() {
    let sandbox = Sandbox::new();
    let (session, folder) = ended(&sandbox, "work").await;
    sandbox.resume(&session).await.unwrap();
    session.follow().await.idle().await;
    let text = folder.to_str().unwrap();
    std::fs::create_dir_all(folder.join("target")).unwrap();
    std::fs::write(folder.join(".gitignore"), "target/\n").unwrap();
    let tag = "Signature: 8a477f597d28d172789f06886806bc55";
    std::fs::write(folder.join("target/CACHEDIR.TAG"), tag).unwrap();
    for args in [
        &["archive", "--yes", text][..],
        &["delete", "--yes", "--delete-branch", text],
        &["clean", "--yes", "--builds", text],
    ] {
        let said = refuses(&sandbox, args).await;
        assert!(said.contains("runs in the worktree"), "{said}");
        assert!(folder.join("target").exists());
    }
    // Nor is one whose session was launched in a folder below it.
    session.stop().await;
    let mut inside = spec(&folder, "!say Inside.");
    inside.worktree = false;
    let inside = sandbox.launch(&inside).await.unwrap();
    inside.follow().await.idle().await;
    let row = inside.row().await.unwrap();
    if Path::new(&row.folder).starts_with(&folder) {
        let said = refuses(&sandbox, &["archive", "--yes", text]).await;
        assert!(said.contains("runs in the worktree"), "{said}");
    }
    inside.stop().await;
    says(&sandbox, &["archive", "--yes", text]).await;
    assert!(!folder.exists());
}

/// A session, where it works, and what archiving that would take.
async fn planned<'a>(
    sandbox: &'a Sandbox,
    prompt: &str,
) -> (Session<'a>, PathBuf, PathBuf, RemovalToken) {
    let root = sandbox.repository("shop");
    let mut spec = spec(&root, prompt);
    spec.branch = Some("work".to_owned());
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    if prompt == "!hold" {
        watched.working().await;
    } else {
        watched.idle().await;
    }
    let folder = PathBuf::from(session.row().await.unwrap().folder);
    let plan = archive::plan(sandbox.home(), &root, &folder).await.unwrap();
    (session, root, folder, plan.token)
}

#[tokio::test]
async fn what_rests_is_ended_with_its_folder_and_never_for_nothing() {
    let sandbox = Sandbox::new();
    let home = sandbox.home();
    let (session, root, folder, token) = planned(&sandbox, "!say Hello.").await;
    let ending = Ending { resting: vec![session.id.clone()], ..Ending::default() };
    // Somebody else was named, or nobody.
    let other = SessionId::parse("00000000-0000-4000-8000-000000000001").unwrap();
    for wrong in [Ending::default(), Ending { working: vec![other], ..Ending::default() }] {
        let _ = archive::end(home, &root, &folder, &token, &wrong).await;
        let refused = archive::archive(home, &root, &folder, token.clone()).await.unwrap_err();
        assert!(refused.message.contains("runs in the worktree"), "{refused}");
        assert!(session.keeper().is_some());
    }
    // Something was written since the person looked: it goes on.
    std::fs::write(folder.join("new.txt"), "new\n").unwrap();
    let refused = archive::end(home, &root, &folder, &token, &ending).await.unwrap_err();
    assert!(refused.message.contains("has changed since"), "{refused}");
    assert_eq!(session.row().await.unwrap().state, State::Running { turn: Turn::Idle });

    let token = archive::plan(home, &root, &folder).await.unwrap().token;
    archive::end(home, &root, &folder, &token, &ending).await.unwrap();
    archive::archive(home, &root, &folder, token).await.unwrap();
    assert!(!folder.exists());
    assert_eq!(session.row().await.unwrap().glance, Glance::Done, "it was done, and is");
}

#[tokio::test]
async fn where_no_folder_goes_others_in_it_go_on() {
    let sandbox = Sandbox::new();
    let home = sandbox.home();
    let root = sandbox.repository("shop");
    let mut here = spec(&root, "!say Hello.");
    here.worktree = false;
    let (one, other) = (sandbox.launch(&here).await.unwrap(), sandbox.launch(&here).await.unwrap());
    one.follow().await.idle().await;
    other.follow().await.idle().await;
    let row = one.row().await.unwrap();
    let token = worktree::removal(home, &row).await.unwrap().token;
    let ending = Ending { resting: vec![one.id.clone()], ..Ending::default() };
    archive::end(home, &root, Path::new(&row.folder), &token, &ending).await.unwrap();
    worktree::remove(home, &row, token, false).await.unwrap();
    assert!(!one.folder().exists() && other.keeper().is_some());
    other.stop().await;
}

#[tokio::test]
async fn what_is_at_work_is_interrupted_only_where_that_was_agreed_to() {
    let sandbox = Sandbox::new();
    let home = sandbox.home();
    let (session, root, folder, token) = planned(&sandbox, "!hold").await;
    let rested = Ending { resting: vec![session.id.clone()], ..Ending::default() };
    let refused = archive::end(home, &root, &folder, &token, &rested).await.unwrap_err();
    assert!(refused.message.contains("has begun to work"), "{refused}");
    assert!(session.keeper().is_some());
    let agreed = Ending { working: vec![session.id.clone()], ..Ending::default() };
    archive::end(home, &root, &folder, &token, &agreed).await.unwrap();
    // The row of before, as the window may still have it.
    let row = session.row().await.unwrap();
    assert_eq!(row.glance, Glance::Stopped);
    let before = SessionSummary { state: State::Running { turn: Turn::Working }, ..row };
    worktree::remove(home, &before, token, false).await.unwrap();
    assert!(!folder.exists() && !session.folder().exists());
}

#[tokio::test]
async fn what_rests_is_stopped_first_where_that_is_said() {
    let sandbox = Sandbox::new();
    for (branch, args) in [
        ("one", &["archive", "--yes", "--stop"][..]),
        ("two", &["delete", "--yes", "--stop"]),
        ("three", &["rm", "--yes", "--stop"]),
    ] {
        let (session, folder) = ended(&sandbox, branch).await;
        sandbox.resume(&session).await.unwrap();
        session.follow().await.idle().await;
        std::fs::write(folder.join("new.txt"), "new\n").unwrap();
        says(&sandbox, &[args, &[session.id.as_str()]].concat()).await;
        assert!(!folder.exists() && session.keeper().is_none(), "{branch}");
        let one =
            archived(&sandbox).await.into_iter().find(|one| one.branch.as_deref() == Some(branch));
        says(&sandbox, &["restore", &one.unwrap().id]).await;
        assert_eq!(std::fs::read_to_string(folder.join("new.txt")).unwrap(), "new\n");
    }
}

#[tokio::test]
async fn a_session_finds_its_folder_where_it_was_put() {
    let sandbox = Sandbox::new();
    let (session, folder) = ended(&sandbox, "work").await;
    says(&sandbox, &["archive", "--yes", session.id.as_str()]).await;
    assert!(!folder.exists() && session.folder().exists(), "its record stays");
    // Its place is taken meanwhile.
    std::fs::create_dir_all(&folder).unwrap();
    let id = archived(&sandbox).await.remove(0).id;
    says(&sandbox, &["restore", &id[..12]]).await;
    let now = PathBuf::from(session.row().await.unwrap().folder);
    assert_eq!(now, folder.with_file_name("work-2"));
    assert!(now.join("readme.md").exists());
    assert!(archived(&sandbox).await.is_empty());
}

#[tokio::test]
async fn what_has_expired_goes_and_what_is_needed_stays() {
    let sandbox = Sandbox::new();
    let root = sandbox.repository("shop");
    let refs = || sandbox.git(&root, ["for-each-ref", "--format=%(refname)", "refs/bosk"]);
    let set = |archives: Option<u32>, snapshots: Option<u32>| {
        let settings = Settings {
            keep_archives_days: archives,
            keep_snapshots_days: snapshots,
            ..Settings::default()
        };
        bosk_runtime::settings::save(sandbox.home(), &settings).unwrap();
    };
    let (alive, _) = ended(&sandbox, "alive").await;
    let (gone, folder) = ended(&sandbox, "gone").await;
    std::fs::write(folder.join("new.txt"), "new\n").unwrap();
    says(&sandbox, &["rm", "--yes", gone.id.as_str()]).await;
    // Another Bosk's, in the same repository.
    let others = "refs/bosk/00000000-0000-4000-8000-000000000001/snap/1";
    sandbox.git(&root, ["update-ref", others, "HEAD"]);
    let all = refs();
    assert!(all.contains(alive.id.as_str()) && all.contains(&format!("{}/snap/", gone.id)));
    assert!(all.contains(&format!("{}/at/", gone.id)), "{all}");

    // Snapshots that nothing needs go at once; but these are needed, by a session and by what was put away.
    set(None, Some(0));
    says(&sandbox, &["clean"]).await;
    assert_eq!(refs(), all);
    // The folder goes, and comes back from the snapshot, with the session.
    set(Some(0), None);
    let told = says(&sandbox, &["clean"]).await;
    assert!(told.contains("1 folder in the trash"), "{told}");
    assert_eq!(refs(), all);
    let one = archived(&sandbox).await.remove(0);
    assert!(!one.whole && one.with_session && one.bytes == 0 && one.expires_at.is_none());
    says(&sandbox, &["restore", &one.id]).await;
    assert_eq!(std::fs::read_to_string(folder.join("new.txt")).unwrap(), "new\n");
    assert!(gone.row().await.is_ok());

    // Everything's time is over.
    says(&sandbox, &["rm", "--yes", gone.id.as_str()]).await;
    set(Some(0), Some(0));
    // Where nobody can tell what was set, nothing goes.
    let settings = sandbox.home().settings();
    std::fs::rename(&settings, settings.with_extension("json.damaged-1")).unwrap();
    assert!(refuses(&sandbox, &["clean"]).await.contains("nothing that was put away has expired"));
    std::fs::rename(settings.with_extension("json.damaged-1"), &settings).unwrap();
    let told = says(&sandbox, &["clean"]).await;
    assert!(told.contains("1 folder in the trash") && !told.contains(" 0 snapshots"), "{told}");
    let left = refs();
    assert!(left.contains(alive.id.as_str()) && !left.contains(gone.id.as_str()), "{left}");
    assert!(left.contains(others), "{left}");
    let told = says(&sandbox, &["disk"]).await;
    assert!(told.contains("1 snapshot is of sessions that this Bosk does not know"), "{told}");
    assert_eq!(
        std::fs::read_dir(sandbox.home().trash()).unwrap().count(),
        0,
        "nor is its record kept"
    );
    assert!(archived(&sandbox).await.is_empty());
    sandbox.git(&root, ["rev-parse", "--verify", "gone"]);
}

#[tokio::test]
async fn what_would_be_lost_is_said_and_a_squash_counts_as_merged() {
    let sandbox = Sandbox::new();
    let root = sandbox.repository("shop");
    let (_, folder) = ended(&sandbox, "work").await;
    let git = |args: &[&str]| sandbox.git(&folder, args);
    let write = |name: &str| std::fs::write(folder.join(name), format!("{name}\n")).unwrap();
    for name in ["a.txt", "b.txt"] {
        write(name);
        git(&["add", "."]);
        git(&["commit", "-qm", name]);
    }
    let text = folder.to_str().unwrap().to_owned();
    let losses = async |text: &str| {
        let (code, out, _) = bosk(&sandbox, &["delete", text]).await;
        assert_ne!(code, 0, "nobody agrees here");
        out
    };
    assert!(losses(&text).await.contains("2 commits are on no other branch"));
    write("readme.md");
    git(&["stash", "-q"]);
    write("new.txt");
    write("readme.md");
    let told = losses(&text).await;
    for words in ["1 file is not committed", "1 file is not known", "1 stash of this branch"] {
        assert!(told.contains(words), "{told}");
    }
    git(&["checkout", "-q", "."]);
    std::fs::remove_file(folder.join("new.txt")).unwrap();
    git(&["stash", "drop", "-q"]);
    sandbox.git(&root, ["merge", "--squash", "-q", "work"]);
    sandbox.git(&root, ["commit", "-qm", "both"]);
    let told = losses(&text).await;
    assert!(told.contains("Everything in it exists elsewhere"), "{told}");
    let (_, plan, _) = bosk(&sandbox, &["archive", &text]).await;
    assert!(plan.contains("2 commits of its own, and all of its work is merged"), "{plan}");
    // So the disk can have it.
    let used = disk(&sandbox).await;
    let one = &used.repositories[0].suggestions[0];
    assert!(one.what == CanGo::Merged && one.place == text && one.bytes > 0, "{used:?}");

    says(&sandbox, &["delete", "--yes", "--delete-branch", &text]).await;
    let id = archived(&sandbox).await.remove(0).id;
    says(&sandbox, &["delete", "--yes", "--snapshots", &id]).await;
    assert!(archived(&sandbox).await.is_empty());
    assert!(refuses(&sandbox, &["restore", &id]).await.contains("no snapshot"));
    assert_eq!(sandbox.git(&root, ["branch", "--list", "work"]), "");
}

#[tokio::test]
async fn a_snapshot_alone_can_be_looked_at_again() {
    let sandbox = Sandbox::new();
    let (_, folder) = ended(&sandbox, "work").await;
    std::fs::write(folder.join("new.txt"), "new\n").unwrap();
    says(&sandbox, &["archive", "--yes", folder.to_str().unwrap()]).await;
    let one = archived(&sandbox).await.remove(0);
    says(&sandbox, &["delete", "--yes", &one.id]).await;
    assert!(says(&sandbox, &["archived", "--snapshots"]).await.contains(&one.snapshot[..12]));
    let told = says(&sandbox, &["restore", &one.snapshot[..12]]).await;
    let folder = told.split_whitespace().find(|word| word.contains("restored-")).unwrap();
    let new = std::fs::read_to_string(Path::new(folder).join("new.txt"));
    assert_eq!(new.unwrap(), "new\n");
    // It is Bosk's, and can be put away again.
    says(&sandbox, &["archive", "--yes", folder]).await;
}

#[tokio::test]
async fn no_program_that_a_strange_repository_names_is_run() {
    let sandbox = Sandbox::new();
    let root = sandbox.repository("shop");
    let (_, folder) = ended(&sandbox, "work").await;
    let mark = root.with_file_name("mark");
    let run = format!("touch '{}'; cat", mark.display());
    sandbox.git(&root, ["config", "filter.evil.clean", &run]);
    std::fs::write(folder.join(".gitattributes"), "* filter=evil\n").unwrap();
    std::fs::write(folder.join("readme.md"), "other\n").unwrap();
    let text = folder.to_str().unwrap();
    for args in [&["archive", "--yes", text][..], &["delete", text], &["clean", "--builds", text]] {
        let said = refuses(&sandbox, args).await;
        assert!(said.contains("you have not agreed"), "{said}");
    }
    assert!(disk(&sandbox).await.repositories[0].worktrees > 0);
    assert!(folder.exists() && !mark.exists());
}

#[tokio::test]
async fn only_what_builds_made_is_cleaned() {
    let sandbox = Sandbox::new();
    let (_, folder) = ended(&sandbox, "work").await;
    let write = |path: &str, content: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    write(".gitignore", "target/\nnode_modules/\nnotes/\n");
    write("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");
    write("target/debug/big", &"x".repeat(1 << 20));
    write("node_modules/by-hand.txt", "no package.json beside it");
    write("notes/mine.md", "ignored, and mine");
    let text = folder.to_str().unwrap();
    let used = disk(&sandbox).await;
    let one = &used.repositories[0];
    assert!(one.builds >= 1 << 20 && one.builds < 2 << 20, "{used:?}");
    let wanted = CanGo::Builds { folders: vec!["target".to_owned()] };
    assert!(one.suggestions.iter().any(|one| one.what == wanted), "{used:?}");
    let told = says(&sandbox, &["clean", "--yes", "--builds", text]).await;
    assert!(told.contains("target") && told.contains("1 MiB are free"), "{told}");
    assert!(!folder.join("target").exists());
    assert!(
        folder.join("node_modules/by-hand.txt").exists() && folder.join("notes/mine.md").exists()
    );
    let home = sandbox.home();
    let failed = bosk_runtime::client::disk::clean_builds;
    for other in ["notes", "node_modules", "../work", "/", "", "target"] {
        let done = failed(home, &sandbox.repository("shop"), &folder, &[other.to_owned()]).await;
        assert!(done.is_err(), "{other}");
    }
    assert_eq!(std::fs::read_dir(home.trash()).unwrap().count(), 0);
}
