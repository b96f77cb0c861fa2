//! Launching many sessions at once, and repositories and commands that are not as one would like.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bosk_core::ProblemCode;
use bosk_core::session::{Outcome, SessionSummary, State};
use bosk_runtime::{catalog, client};
use bosk_tests::{Sandbox, Session, spec};
use tokio::task::JoinSet;

/// Where a session's repository comes from: a clone, so that there is a branch to track.
fn cloned(sandbox: &Sandbox) -> PathBuf {
    let origin = sandbox.repository("origin");
    let clone = sandbox.path("repositories").join("clone");
    sandbox.git(&origin, [Path::new("clone"), Path::new("--quiet"), &origin, &clone]);
    clone
}

#[tokio::test]
async fn forty_at_once_from_a_remote_tracking_base() {
    let sandbox = Sandbox::new();
    let repository = cloned(&sandbox);
    let mut spec = spec(&repository, "!say here");
    spec.base = Some("origin/main".to_owned());
    let launched = sandbox.launch_all(&vec![spec; 40]).await;
    let sessions: Vec<Session<'_>> = launched.into_iter().map(|one| one.unwrap()).collect();
    let mut rows = Vec::new();
    for session in &sessions {
        let row = session.follow().await.idle().await.summary.clone();
        assert_eq!(session.texts(), ["here"]);
        rows.push(row);
    }
    let folders: BTreeSet<&str> = rows.iter().map(|row| row.folder.as_str()).collect();
    let branches: BTreeSet<_> = rows.iter().filter_map(|row| row.branch.as_deref()).collect();
    assert_eq!((folders.len(), branches.len()), (40, 40));
    let base = sandbox.git(&repository, ["rev-parse", "origin/main"]);
    for row in &rows {
        let folder = Path::new(&row.folder);
        assert_eq!(sandbox.git(folder, ["rev-parse", "HEAD"]), base);
        assert_eq!(sandbox.git(folder, ["status", "--porcelain"]), "", "nothing is half-made");
        assert_eq!(
            Some(&*sandbox.git(folder, ["branch", "--show-current"])),
            row.branch.as_deref()
        );
    }
    let listed = sandbox.git(&repository, ["worktree", "list", "--porcelain"]);
    assert_eq!(listed.lines().filter(|line| line.starts_with("worktree ")).count(), 41);
    assert_eq!(listed.lines().filter(|line| line.starts_with("locked")).count(), 40);
    let config = sandbox.git(&repository, ["config", "--list", "--local"]);
    assert!(!config.contains("branch.say-here"), "no branch tracks another: {config}");
    sandbox.git(&repository, ["fsck", "--strict"]);
    for session in &sessions {
        session.stop().await;
    }
}

/// Whoever lists sessions looks at each one's lock, also at the moment when a keeper wants it.
#[tokio::test]
async fn a_launch_and_a_resume_are_not_disturbed_by_those_who_look() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    let looking = JoinSet::from_iter((0..2).map(|_| {
        let home = sandbox.home().clone();
        async move {
            loop {
                for id in catalog::ids(&home).unwrap() {
                    client::standing(&home, &id).await.unwrap();
                }
                tokio::task::yield_now().await;
            }
        }
    }));
    for _ in 0..3 {
        let session = sandbox.launch(&spec(&repository, "!say here")).await.unwrap();
        for _ in 0..2 {
            session.follow().await.idle().await;
            session.stop().await;
            sandbox.resume(&session).await.unwrap();
        }
        session.stop().await;
    }
    assert_eq!(looking.len(), 2, "they looked all the time");
}

async fn refused(sandbox: &Sandbox, repository: &Path) -> ProblemCode {
    let spec = spec(repository, "!say never");
    let problem = sandbox.launch(&spec).await.unwrap_err();
    assert!(problem.message.ends_with('.') && problem.message.len() > 20, "{problem}");
    assert_eq!(sandbox.plan(&spec).await.unwrap_err().code, problem.code, "told before the launch");
    assert_eq!(catalog::ids(sandbox.home()).unwrap(), [], "there is no session");
    problem.code
}

#[tokio::test]
async fn no_repository_a_bare_one_and_one_without_a_commit() {
    let sandbox = Sandbox::new();
    let plain = sandbox.path("plain");
    std::fs::create_dir(&plain).unwrap();
    assert_eq!(refused(&sandbox, &plain).await, ProblemCode::NotARepository);
    assert_eq!(refused(&sandbox, &sandbox.path("gone")).await, ProblemCode::NotARepository);

    let bare = sandbox.path("bare.git");
    sandbox.git(&plain, [Path::new("init"), Path::new("--bare"), Path::new("--quiet"), &bare]);
    assert_eq!(refused(&sandbox, &bare).await, ProblemCode::BareRepository);

    let unborn = sandbox.path("unborn");
    sandbox.git(&plain, [Path::new("init"), Path::new("--quiet"), &unborn]);
    assert_eq!(refused(&sandbox, &unborn).await, ProblemCode::UnbornBranch);
}

#[tokio::test]
async fn a_repository_that_cannot_be_read() {
    let sandbox = Sandbox::new();
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 3] = [
        ("head", |git| std::fs::write(git.join("HEAD"), "no reference\n").unwrap()),
        ("config", |git| std::fs::write(git.join("config"), "[core\n").unwrap()),
        ("objects", |git| {
            std::fs::remove_dir_all(git.join("objects")).unwrap();
            std::fs::create_dir(git.join("objects")).unwrap();
        }),
    ];
    for (what, damage) in damages {
        let repository = sandbox.repository(what);
        damage(&repository.join(".git"));
        let code = refused(&sandbox, &repository).await;
        assert_eq!(code, ProblemCode::RepositoryUnreadable, "{what}");
        assert!(repository.join("readme.md").exists());
    }
}

#[tokio::test]
async fn a_detached_head_is_a_base_like_any_other() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    sandbox.git(&repository, ["checkout", "--quiet", "--detach"]);
    let session = sandbox.launch(&spec(&repository, "!say here")).await.unwrap();
    let row = session.follow().await.idle().await.summary.clone();
    let head = sandbox.git(&repository, ["rev-parse", "HEAD"]);
    assert_eq!(row.base_commit, Some(head));
    session.stop().await;
}

#[tokio::test]
async fn branches_that_cannot_be_made() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    sandbox.git(&repository, ["branch", "taken"]);
    let elsewhere = sandbox.path("elsewhere");
    let add = ["worktree", "add", "--quiet", "-b", "elsewhere"].map(Path::new);
    sandbox.git(&repository, add.into_iter().chain([elsewhere.as_path()]));
    let before = sandbox.git(&repository, ["for-each-ref"]);
    for (branch, code) in [
        ("taken", ProblemCode::BranchExists),
        ("taken/below", ProblemCode::BranchExists),
        ("main", ProblemCode::BranchCheckedOut),
        ("elsewhere", ProblemCode::BranchCheckedOut),
        ("-rf", ProblemCode::BranchInvalid),
        ("a..b", ProblemCode::BranchInvalid),
        ("@{-1}", ProblemCode::BranchInvalid),
    ] {
        let mut spec = spec(&repository, "!say never");
        spec.branch = Some(branch.to_owned());
        let problem = sandbox.launch(&spec).await.unwrap_err();
        assert_eq!(problem.code, code, "{branch}: {problem}");
        assert!(problem.hint.is_some());
    }
    let mut spec = spec(&repository, "!say never");
    spec.base = Some("--all".to_owned());
    assert_eq!(sandbox.launch(&spec).await.unwrap_err().code, ProblemCode::BaseUnknown);
    assert_eq!(sandbox.git(&repository, ["for-each-ref"]), before, "no branch was touched");
    assert_eq!(catalog::ids(sandbox.home()).unwrap(), []);
}

#[tokio::test]
async fn paths_and_prompts_are_data() {
    let sandbox = Sandbox::new();
    for name in ["-rf", "two words", "it's \"quoted\" $(id)", "가게 저장소", "new\nline", "a;b&c|d"]
    {
        let repository = sandbox.repository(name);
        let mut spec = spec(&repository, "--help $(id) `id`\n!say here");
        spec.append_system_prompt = Some("-p --version".to_owned());
        let session = sandbox.launch(&spec).await.unwrap();
        let mut watched = session.follow().await;
        let row = watched.idle().await.summary.clone();
        assert_eq!(row.repository_path, repository.to_str().unwrap());
        assert!(Path::new(&row.folder).join("readme.md").is_file(), "{name}");
        drop(watched);
        session.stop().await;
        sandbox.resume(&session).await.unwrap();
        session.follow().await.turn("!say again").await;
        assert_eq!(session.texts(), ["here", "again"], "{name}");
        session.stop().await;
    }
}

fn not_started(row: &SessionSummary) -> ProblemCode {
    match &row.state {
        State::Ended { outcome: Outcome::NotStarted { problem }, .. } => {
            assert_eq!(row.problem.as_ref(), Some(problem));
            assert!(problem.hint.is_some(), "{problem}");
            problem.code
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cli_that_is_missing_too_old_or_something_else_can_be_put_right() {
    let mut sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    let good = sandbox.value("BOSK_CLAUDE");
    for (cli, behaviour, code) in [
        ("/nowhere/claude", "", ProblemCode::CliMissing),
        ("", "version=1.0.5", ProblemCode::CliTooOld),
        ("/bin/true", "", ProblemCode::CliFailed),
    ] {
        sandbox.set("BOSK_CLAUDE", if cli.is_empty() { good.clone() } else { cli.into() });
        sandbox.set("STAND_IN", behaviour);
        let session = sandbox.launch(&spec(&repository, "!say here")).await.unwrap();
        if let Ok(watched) = session.try_follow().await {
            watched.gone().await;
        }
        let row = session.row().await.unwrap();
        assert_eq!(not_started(&row), code, "{cli}");
        let id = session.id.clone();

        sandbox.set("BOSK_CLAUDE", good.clone());
        sandbox.set("STAND_IN", "");
        let session = sandbox.session(id);
        sandbox.resume(&session).await.unwrap();
        session.follow().await.idle().await;
        assert_eq!(session.texts(), ["here"], "the prompt was kept and is sent now");
        session.stop().await;
    }
}
