//! Working in worktrees and on branches that are there, in subfolders, with ports and a command beside Claude, and moving
//! between a worktree and the repository, also when that is killed in the middle.

use std::path::{Path, PathBuf};

use bosk_core::journal::Note;
use bosk_core::launch::LaunchSpec;
use bosk_core::wire::{Call, RunOutput};
use bosk_core::worktree::{Origin, WorktreeView};
use bosk_core::{ProblemCode, SessionId};
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::client::hand_over::{To, hand_over};
use bosk_runtime::client::teardown::teardown;
use bosk_runtime::client::{worktree, worktrees};
use bosk_runtime::git::Repository;
use bosk_runtime::process::Signal;
use bosk_tests::signal::Words;
use bosk_tests::{PATIENCE, Sandbox, Session, processes, records, spec};

use crate::bosk;

/// A session that has said something and is idle.
async fn idle<'a>(sandbox: &'a Sandbox, spec: &LaunchSpec) -> Session<'a> {
    let session = sandbox.launch(spec).await.unwrap();
    session.follow().await.idle().await;
    session
}

async fn folder(session: &Session<'_>) -> PathBuf {
    session.row().await.unwrap().folder.into()
}

async fn listed(sandbox: &Sandbox, folder: &Path) -> WorktreeView {
    let found = worktrees::worktrees(sandbox.home(), &sandbox.repository("shop")).await.unwrap();
    let of = |view: &WorktreeView| Path::new(&view.folder) == folder;
    found.items.into_iter().find(of).unwrap()
}

fn commit(sandbox: &Sandbox, folder: &Path, file: &str, content: &str) {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
    sandbox.git(folder, ["add", "-A"]);
    sandbox.git(folder, ["commit", "--quiet", "--message", file]);
}

#[tokio::test]
async fn several_work_in_one_worktree_and_it_stays_while_one_of_them_is_there() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    let first = idle(&sandbox, &spec(&shop, "!say one")).await;
    let at = folder(&first).await;
    let there =
        LaunchSpec { folder: Some(at.to_string_lossy().into_owned()), ..spec(&shop, "!say two") };
    let plan = sandbox.plan(&there).await.unwrap();
    assert_eq!((Path::new(&plan.folder), &plan.shared_with[..]), (&*at, &[first.id.clone()][..]));
    let second = idle(&sandbox, &there).await;
    let row = second.row().await.unwrap();
    assert_eq!((Path::new(&row.folder), row.worktree), (&*at, false));
    assert_eq!(row.branch, first.row().await.unwrap().branch);
    let view = listed(&sandbox, &at).await;
    let mut sessions = [first.id.clone(), second.id.clone()];
    sessions.sort();
    let mut told = view.sessions;
    told.sort();
    assert_eq!((view.origin, told), (Origin::Bosk, sessions.to_vec()));

    first.stop().await;
    let plan = worktree::removal(sandbox.home(), &first.row().await.unwrap()).await.unwrap();
    assert_eq!(plan.token.snapshot, "", "its folder would stay");
    let (code, said, _) = bosk(&sandbox, &["rm", "--yes", first.id.as_str()]).await;
    assert_eq!(code, 0, "{said}");
    assert!(at.join("readme.md").exists());
    second.follow().await.turn("!say still here").await;
    second.stop().await;
    sandbox.resume(&second).await.unwrap();
    second.follow().await.turn("!say again").await;
    second.stop().await;
    let (code, said, _) = bosk(&sandbox, &["rm", "--yes", second.id.as_str()]).await;
    assert_eq!(code, 0, "{said}");
    assert!(at.join("readme.md").exists(), "it was not made for that one");
    assert_eq!(listed(&sandbox, &at).await.origin, Origin::Bosk);
}

#[tokio::test]
async fn what_somebody_else_made_is_worked_in_once_it_is_adopted_and_trusted() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    sandbox.git(&shop, ["worktree", "add", "--quiet", "-b", "theirs", "../theirs"]);
    let theirs = shop.with_file_name("theirs");
    let there = LaunchSpec {
        folder: Some(theirs.to_string_lossy().into_owned()),
        ..spec(&shop, "!say here")
    };
    assert_eq!(sandbox.launch(&there).await.unwrap_err().code, ProblemCode::InvalidInput);
    let path = theirs.to_string_lossy().into_owned();
    assert_eq!(bosk(&sandbox, &["adopt-worktree", &path]).await.0, 0);
    // What stands in that folder is asked about, not what the repository itself has.
    let hook = r#"{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]}}"#;
    std::fs::create_dir(theirs.join(".claude")).unwrap();
    std::fs::write(theirs.join(".claude/settings.json"), hook).unwrap();
    assert_eq!(sandbox.launch(&there).await.unwrap_err().code, ProblemCode::NotTrusted);
    sandbox.trust(&there).await.unwrap();
    let session = idle(&sandbox, &there).await;
    assert_eq!(session.row().await.unwrap().branch.as_deref(), Some("theirs"));
    session.stop().await;
    std::fs::write(theirs.join(".claude/settings.json"), hook.replace('x', "y")).unwrap();
    let refused = sandbox.resume(&session).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTrusted, "it is anybody's folder");
    assert_eq!(bosk(&sandbox, &["adopt-worktree", "--release", &path]).await.0, 0);
    assert_eq!(listed(&sandbox, &theirs).await.origin, Origin::Other);
}

#[tokio::test]
async fn a_branch_that_is_there_gets_a_worktree_or_says_where_it_is() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    sandbox.git(&shop, ["checkout", "--quiet", "-b", "fix"]);
    commit(&sandbox, &shop, "fix.txt", "fix\n");
    let tip = sandbox.git(&shop, ["rev-parse", "HEAD"]);
    let there =
        LaunchSpec { branch: Some("fix".to_owned()), existing: true, ..spec(&shop, "!say on it") };
    let refused = sandbox.launch(&there).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::BranchCheckedOut);
    assert!(refused.message.contains(shop.to_str().unwrap()), "{refused:?}");
    sandbox.git(&shop, ["checkout", "--quiet", "main"]);
    let session = idle(&sandbox, &there).await;
    let row = session.row().await.unwrap();
    let parted = sandbox.git(&shop, ["rev-parse", "main"]);
    assert_eq!((row.branch.as_deref(), row.base.as_deref()), (Some("fix"), Some("main")));
    assert_eq!((row.worktree, row.base_commit), (true, Some(parted)));
    let at = Path::new(&row.folder);
    assert_eq!(sandbox.git(at, ["rev-parse", "HEAD"]), tip);
    let changed = worktree::changed(sandbox.home(), &session.row().await.unwrap()).await.unwrap();
    assert_eq!(changed.files.len(), 1, "what the branch has is shown: {changed:?}");
    session.stop().await;
}

#[tokio::test]
async fn claude_works_in_a_subfolder_that_is_really_there() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    commit(&sandbox, &shop, "packages/web/index.txt", "web\n");
    std::os::unix::fs::symlink("/tmp", shop.join("out")).unwrap();
    commit(&sandbox, &shop, "packages/web/.mcp.json", r#"{"mcpServers":{"x":{"command":"x"}}}"#);
    let mut words = Words::at(sandbox.path("words"));
    let prompt = format!("!tool pwd > {}", words.path().display());
    let below =
        |path: &str| LaunchSpec { subfolder: Some(path.to_owned()), ..spec(&shop, &prompt) };
    for bad in ["out", "../shop", "/tmp", "missing", "packages/web/index.txt", ".git"] {
        let refused = sandbox.launch(&below(bad)).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidInput, "{bad}");
    }
    let web = below("packages/web");
    let refused = sandbox.launch(&web).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTrusted, "what stands there acts there");
    sandbox.trust(&web).await.unwrap();
    let session = idle(&sandbox, &web).await;
    let at = folder(&session).await;
    assert_eq!(Path::new(&words.next().await), at.join("packages/web"));
    std::fs::write(at.join("readme.md"), "other\n").unwrap();
    let changed = worktree::changed(sandbox.home(), &session.row().await.unwrap()).await.unwrap();
    assert_eq!(changed.files[0].path, "readme.md", "changes are of the whole worktree");
    session.stop().await;
    // A link in its place leads nowhere.
    std::fs::rename(at.join("packages/web"), at.join("web")).unwrap();
    std::os::unix::fs::symlink("/tmp", at.join("packages/web")).unwrap();
    sandbox.resume(&session).await.unwrap();
    if let Ok(watched) = session.try_follow().await {
        watched.gone().await;
    }
    let row = session.row().await.unwrap();
    assert!(row.state.is_ended(), "{row:?}");
}

/// A repository with such a `bosk.toml`, agreed to, and a launch in it.
async fn agreed(sandbox: &Sandbox, file: &str, prompt: &str) -> LaunchSpec {
    let shop = sandbox.repository("shop");
    commit(sandbox, &shop, "bosk.toml", file);
    let spec = spec(&shop, prompt);
    sandbox.trust(&spec).await.unwrap();
    spec
}

#[tokio::test]
async fn each_session_has_ports_of_its_own_and_keeps_them() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let say = format!("echo $BOSK_PORT $BOSK_PORTS > {}", words.path().display());
    let spec = agreed(&sandbox, &format!("[setup]\nrun = '{say}'\n"), "!say hello").await;
    let one = idle(&sandbox, &spec).await;
    let first = words.next().await;
    let two = idle(&sandbox, &spec).await;
    let second = words.next().await;
    assert!(first.ends_with(" 10") && second.ends_with(" 10"), "{first:?} {second:?}");
    assert_ne!(first, second);
    let port = one.row().await.unwrap().port.unwrap();
    assert_eq!(first, format!("{port} 10"));
    one.follow().await.turn(&format!("!tool {say}")).await;
    assert_eq!(words.next().await, first, "the CLI's own tools have them too");
    one.stop().await;
    sandbox.resume(&one).await.unwrap();
    one.follow().await.turn(&format!("!tool {say}")).await;
    assert_eq!(words.next().await, first);
    one.stop().await;
    // Where something listens now, it gets others.
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port + 3)).unwrap();
    sandbox.resume(&one).await.unwrap();
    one.follow().await.turn(&format!("!tool {say}")).await;
    let third = words.next().await;
    assert!(third != first && third != second, "{third}");
    assert_eq!(one.row().await.unwrap().port.map(|port| format!("{port} 10")), Some(third));
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn a_process_that_was_there_before_its_session_knows_its_ports_too() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let mut launcher = sandbox.launcher(true).await;
    let spec = spec(&sandbox.repository("shop"), "@text Done.");
    let session = launcher.launch(&spec).await.unwrap();
    session.follow().await.idle().await;
    let started = session.notes().into_iter().filter_map(|note| match note {
        Note::CliStarted { pid, .. } => Some(pid),
        _ => None,
    });
    let started: Vec<u32> = started.collect();
    let told = std::fs::read(format!("/proc/{}/cmdline", started[0])).unwrap();
    assert!(String::from_utf8_lossy(&told).contains("--await-claim") && started.len() == 1);
    let environment = std::fs::read(format!("/proc/{}/environ", started[0])).unwrap();
    let port = format!("BOSK_PORT={}", session.row().await.unwrap().port.unwrap());
    assert!(environment.split(|byte| *byte == 0).any(|one| one == port.as_bytes()), "{port}");
    session.stop().await;
}

async fn log(session: &Session<'_>, from: u64) -> RunOutput {
    let connection = session.follow().await;
    let said = connection.call(Call::RunLog { from }).await.unwrap();
    serde_json::from_value(said).unwrap()
}

#[tokio::test]
async fn a_command_runs_beside_claude_for_as_long_as_it_is_wanted() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let run =
        format!("echo up on $BOSK_PORT; sleep 300 & echo $! > {}; wait", words.path().display());
    let spec = agreed(&sandbox, &format!("[run]\nrun = '{run}'\n"), "!say hello").await;
    let session = idle(&sandbox, &spec).await;
    let mut watched = session.follow().await;
    let row = session.row().await.unwrap();
    assert!(row.run.is_some_and(|run| !run.running), "nobody has started it");
    watched.call(Call::StartRun).await.unwrap();
    watched.call(Call::StartRun).await.unwrap();
    let server = words.next_process().await;
    let running = |status: &bosk_core::wire::Status| {
        status.summary.run.as_ref().is_some_and(|run| run.running)
    };
    watched.until("running", running).await;
    let first = log(&session, 0).await;
    assert_eq!(first.text, format!("up on {}\n", row.port.unwrap()));
    // Who asks for more waits for it, or for the end.
    let more = async { log(&session, first.end).await };
    let stop = async { watched.call(Call::StopRun).await.unwrap() };
    let (more, _) = tokio::join!(more, stop);
    assert!(!more.running, "{more:?}");
    processes::ended(&server, PATIENCE).await;
    watched.until("stopped", |status| !running(status)).await;
    watched.turn("!say Claude goes on").await;
    // It ends with the session.
    watched.call(Call::StartRun).await.unwrap();
    let server = words.next_process().await;
    drop(watched);
    session.stop().await;
    processes::ended(&server, PATIENCE).await;
    assert!(session.row().await.unwrap().run.is_some_and(|run| !run.running));
}

#[tokio::test]
async fn a_tear_down_runs_as_it_was_agreed_to_and_tells_when_it_fails() {
    let sandbox = Sandbox::new();
    let mark = sandbox.path("mark");
    let file = format!(
        "[teardown]\nrun = 'echo down $BOSK_PORT; test -e {0} && rm {0}'\ntimeout_s = 30\n",
        mark.display()
    );
    let spec = agreed(&sandbox, &file, "!say hello").await;
    let session = idle(&sandbox, &spec).await;
    session.stop().await;
    let at = folder(&session).await;
    // What Claude writes there counts for nothing.
    std::fs::write(at.join("bosk.toml"), "[teardown]\nrun = 'true'\n").unwrap();
    let repository = Repository::discover(&sandbox.repository("shop")).await.unwrap();
    let refused = teardown(sandbox.home(), &repository, &at).await.unwrap_err();
    let log = refused.hint.unwrap();
    let log = log.strip_prefix("What it printed is in ").unwrap().trim_end_matches('.');
    let port = session.row().await.unwrap().port.unwrap();
    assert_eq!(std::fs::read_to_string(log).unwrap(), format!("down {port}\n"));
    std::fs::write(&mark, "").unwrap();
    teardown(sandbox.home(), &repository, &at).await.unwrap();
    assert!(!mark.exists());
    // One that hangs is ended.
    sandbox
        .git(&sandbox.repository("shop"), ["worktree", "add", "--quiet", "--detach", "../other"]);
    let other = sandbox.repository("shop").with_file_name("other");
    std::fs::write(other.join("bosk.toml"), "[teardown]\nrun = 'sleep 300'\ntimeout_s = 1\n")
        .unwrap();
    let refused = teardown(sandbox.home(), &repository, &other).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTrusted);
    worktrees::adopt_worktree(sandbox.home(), &other, &other).await.unwrap();
    let there = LaunchSpec { folder: Some(other.to_string_lossy().into_owned()), ..spec };
    sandbox.trust(&there).await.unwrap();
    let refused = teardown(sandbox.home(), &repository, &other).await.unwrap_err();
    assert!(refused.message.contains("longer than 1 s"), "{refused:?}");
}

fn status(sandbox: &Sandbox, folder: &Path) -> String {
    sandbox.git(folder, ["status", "--porcelain=v1", "--branch", "--untracked-files=all"])
}

/// A session with something committed, staged, changed and new; its folder.
async fn busy(sandbox: &Sandbox) -> (Session<'_>, PathBuf) {
    let session = idle(sandbox, &spec(&sandbox.repository("shop"), "!say one")).await;
    let at = folder(&session).await;
    commit(sandbox, &at, "own.txt", "own\n");
    std::fs::write(at.join("readme.md"), "staged\n").unwrap();
    sandbox.git(&at, ["add", "readme.md"]);
    std::fs::write(at.join("readme.md"), "staged, then changed\n").unwrap();
    std::fs::write(at.join("new 파일.txt"), "n\n").unwrap();
    (session, at)
}

#[tokio::test]
async fn a_session_moves_to_the_repository_and_back_with_all_it_has() {
    let sandbox = Sandbox::new();
    let (session, at) = busy(&sandbox).await;
    let shop = sandbox.repository("shop");
    let (there, here) = (status(&sandbox, &at), status(&sandbox, &shop));
    // The repository is the person's: what is in it is not written over.
    std::fs::write(shop.join("mine.txt"), "mine\n").unwrap();
    let refused = hand_over(sandbox.home(), &session.id, To::Repository).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::SessionState);
    std::fs::remove_file(shop.join("mine.txt")).unwrap();
    assert_eq!((status(&sandbox, &at), status(&sandbox, &shop)), (there.clone(), here.clone()));
    // Nor is it taken from another session.
    let in_place = LaunchSpec { worktree: false, ..spec(&shop, "!say here") };
    let other = idle(&sandbox, &in_place).await;
    let refused = hand_over(sandbox.home(), &session.id, To::Repository).await.unwrap_err();
    assert!(refused.message.contains(other.id.short()), "{refused:?}");
    other.stop().await;

    let (code, said, problem) =
        bosk(&sandbox, &["hand-over", session.id.as_str(), "repository"]).await;
    assert_eq!((code, Path::new(said.trim())), (0, &*shop), "{problem}");
    assert_eq!(status(&sandbox, &shop), there);
    assert_eq!(status(&sandbox, &at), "## HEAD (no branch)");
    sandbox.resume(&session).await.unwrap();
    let mut words = Words::at(sandbox.path("words"));
    session.follow().await.turn(&format!("!tool pwd > {}", words.path().display())).await;
    assert_eq!(Path::new(&words.next().await), shop);
    let view = listed(&sandbox, &shop).await;
    assert!(view.sessions.contains(&session.id));
    // Idle is enough: its process ends first.
    hand_over(sandbox.home(), &session.id, To::Worktree).await.unwrap();
    assert_eq!((status(&sandbox, &at), status(&sandbox, &shop)), (there, here));
    assert_eq!(folder(&session).await, at);
    assert!(hand_over(sandbox.home(), &session.id, To::Worktree).await.is_err(), "it is there");
}

#[tokio::test]
async fn what_was_begun_in_the_repository_gets_a_worktree_and_a_branch() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    let in_place = LaunchSpec { worktree: false, ..spec(&shop, "!say Try something") };
    let session = idle(&sandbox, &in_place).await;
    std::fs::write(shop.join("readme.md"), "tried\n").unwrap();
    std::fs::write(shop.join("new.txt"), "n\n").unwrap();
    let to = hand_over(sandbox.home(), &session.id, To::Worktree).await.unwrap();
    assert_eq!(status(&sandbox, &shop), "## main", "the branch stays where it was");
    let row = session.row().await.unwrap();
    assert_eq!(row.folder, to);
    let told = status(&sandbox, to.as_ref());
    assert_eq!(told, format!("## {}\n M readme.md\n?? new.txt", row.branch.unwrap()));
}

/// A git that stops, once, before it does that in that folder, and says its process id.
fn stopping_git(sandbox: &mut Sandbox, words: &Words, folder: &Path, what: &str) {
    let programs = sandbox.path("programs");
    std::fs::create_dir_all(&programs).unwrap();
    let real = sandbox.value("PATH");
    let git = std::env::split_paths(&real).map(|one| one.join("git")).find(|one| one.is_file());
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *\"-C {} \"*\"{what}\"*) echo $$ > {}; exec sleep 300;; esac\nexec {} \"$@\"\n",
        folder.display(),
        words.path().display(),
        git.unwrap().display()
    );
    let path = programs.join("git");
    // Another process writes it: a file that this one has open for writing cannot be started meanwhile.
    let mut shell = std::process::Command::new("sh");
    let write = r#"printf '%s' "$2" > "$1" && chmod 755 "$1""#;
    assert!(shell.args(["-c", write, "sh"]).arg(path).arg(script).status().unwrap().success());
    let mut path = programs.into_os_string();
    path.push(":");
    path.push(real);
    sandbox.set("PATH", path);
}

/// Has `bosk hand-over` begin, and kills it where git does that in that folder.
async fn killed_while_moving(
    sandbox: &mut Sandbox,
    id: &SessionId,
    to: &str,
    (folder, what): (&Path, &str),
) {
    let mut words = Words::at(sandbox.path("words"));
    let path = sandbox.value("PATH");
    stopping_git(sandbox, &words, folder, what);
    let mut moving = tokio::process::Command::new(sandbox.value("BOSK_BIN"));
    moving.args(["hand-over", id.as_str(), to]).env_clear().kill_on_drop(true);
    moving.envs(sandbox.environment()).current_dir(sandbox.repository("shop"));
    let mut moving = moving.spawn().unwrap();
    let git = words.next_process().await;
    moving.kill().await.unwrap();
    git.signal(Signal::Kill).unwrap();
    processes::ended(&git, PATIENCE).await;
    sandbox.set("PATH", path);
}

#[tokio::test]
async fn a_move_that_is_killed_anywhere_is_taken_back_or_brought_to_its_end() {
    for (in_worktree, what, is_there) in [
        (true, "switch", false),
        (false, "switch", false),
        (false, "read-tree -m -u", false),
        (true, "read-tree -m -u", true),
    ] {
        let mut sandbox = Sandbox::new();
        let shop = sandbox.repository("shop");
        let (id, at) = {
            let (session, at) = busy(&sandbox).await;
            session.stop().await;
            (session.id, at)
        };
        let (there, here) = (status(&sandbox, &at), status(&sandbox, &shop));
        let stops_in = if in_worktree { &at } else { &shop };
        killed_while_moving(&mut sandbox, &id, "repository", (stops_in, what)).await;
        let session = sandbox.session(id);
        sandbox.resume(&session).await.unwrap();
        session.follow().await.turn("!say on it goes").await;
        session.stop().await;
        let case = format!("{what} in {}", stops_in.display());
        if is_there {
            assert_eq!(folder(&session).await, shop, "{case}");
            assert_eq!(status(&sandbox, &shop), there, "{case}");
            assert_eq!(status(&sandbox, &at), "## HEAD (no branch)", "{case}");
        } else {
            assert_eq!(folder(&session).await, at, "{case}");
            assert_eq!((status(&sandbox, &at), status(&sandbox, &shop)), (there, here), "{case}");
        }
    }
}

#[tokio::test]
async fn a_worktree_that_was_made_for_a_move_goes_again_where_that_is_killed() {
    let mut sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    let id = {
        let in_place = LaunchSpec { worktree: false, ..spec(&shop, "!say Try something") };
        let session = idle(&sandbox, &in_place).await;
        session.stop().await;
        session.id
    };
    std::fs::write(shop.join("readme.md"), "tried\n").unwrap();
    let (here, branches) = (status(&sandbox, &shop), sandbox.git(&shop, ["branch"]));
    let new = sandbox.home().worktrees().join("shop/say-try-something");
    killed_while_moving(&mut sandbox, &id, "worktree", (&new, "read-tree -m -u")).await;
    assert!(new.exists(), "it was begun");
    let session = sandbox.session(id);
    sandbox.resume(&session).await.unwrap();
    session.stop().await;
    assert_eq!((status(&sandbox, &shop), sandbox.git(&shop, ["branch"])), (here, branches));
    assert!(!new.exists());
    assert_eq!(folder(&session).await, shop);
    let to = hand_over(sandbox.home(), &session.id, To::Worktree).await.unwrap();
    assert_eq!(status(&sandbox, to.as_ref()), "## say-try-something\n M readme.md");
}

#[tokio::test]
async fn the_conversation_goes_on_where_the_session_is() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let session = idle(&sandbox, &spec(&sandbox.repository("shop"), "@text One.")).await;
    for (to, text) in [(To::Repository, "Two."), (To::Worktree, "Three.")] {
        hand_over(sandbox.home(), &session.id, to).await.unwrap();
        sandbox.resume(&session).await.unwrap();
        session.follow().await.turn(&format!("@text {text}")).await;
    }
    assert_eq!(session.texts(), ["One.", "Two.", "Three."]);
    // One conversation, as the CLI's own transcript has it.
    let told: Vec<String> = records::cli_texts(&sandbox.path("claude"), &session);
    assert_eq!(told, ["One.", "Two.", "Three."]);
    session.stop().await;
}

#[tokio::test]
async fn a_conversation_that_was_begun_in_any_worktree_is_taken_over_with_its_own_trust() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    sandbox.git(&shop, ["worktree", "add", "--quiet", "-b", "theirs", "../theirs"]);
    let theirs = shop.with_file_name("theirs");
    std::fs::create_dir_all(theirs.join("web/.claude")).unwrap();
    let hook = r#"{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]}}"#;
    std::fs::write(theirs.join("web/.claude/settings.json"), hook).unwrap();
    let id = SessionId::parse(&uuid::Uuid::new_v4().to_string()).unwrap();
    let project = sandbox.path("claude/projects/theirs");
    std::fs::create_dir_all(&project).unwrap();
    let line = serde_json::json!({
        "type": "user", "uuid": "u1", "cwd": theirs.join("web"), "sessionId": id,
        "message": {"role": "user", "content": "Fix it"}, "timestamp": "2026-01-01T00:00:00.000Z",
    });
    std::fs::write(project.join(format!("{id}.jsonl")), format!("{line}\n")).unwrap();
    let (code, _, said) = bosk(&sandbox, &["adopt", id.as_str()]).await;
    assert_eq!(code, 0, "{said}");
    let session = sandbox.session(id);
    let row = session.row().await.unwrap();
    assert_eq!((Path::new(&row.folder), row.branch.as_deref()), (&*theirs, Some("theirs")));
    assert_eq!(sandbox.resume(&session).await.unwrap_err().code, ProblemCode::NotTrusted);
}
