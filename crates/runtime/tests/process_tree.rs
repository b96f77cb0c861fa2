//! Ends real, hostile process trees and counts what is left. The count comes from command lines in
//! `/proc` (a mark that only this test's processes have), so it shares nothing with what is tested.
//!
//! A subreaper is a whole process, so the tests here take turns. Everything that they start ends by
//! itself within a minute.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Each test has a thread and a runtime of its own, so a held turn blocks nothing that could end it.
#![allow(clippy::await_holding_lock)]

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bosk_core::SessionId;
use bosk_runtime::process::{self, Child, Environment, Killed, ProcessIdentity, Spec};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};

const LIMIT: Duration = Duration::from_secs(5);

/// Starts each kind of process that escapes one way of ending a tree or another. `$0` is the mark;
/// each prints one line when it is up.
const HOSTILE: &str = r#"
up() { echo up; }
(exec sh -c 'echo up; sleep 50; :' "$0") &
setsid sh -c 'echo up; sleep 50; :' "$0" &
( ( sh -c 'echo up; sleep 50; :' "$0" & ) & )
nohup sh -c 'echo up; sleep 50; :' "$0" 2>/dev/null &
env -i PATH="$PATH" setsid sh -c '( sh -c "echo up; sleep 50; :" "$0" & ) &' "$0" &
setsid sh -c 'echo up; n=0; while [ $n -lt 50 ]; do n=$((n+1)); setsid sh -c "sleep 1; :" "$0" & wait $!; done' "$0" &
sh -c 'trap "" TERM INT HUP; echo up; sleep 50; sleep 50; :' "$0" &
trap "" TERM
wait
"#;
const HOSTILE_KINDS: usize = 7;

/// One test at a time, since orphans are handed to the whole process.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    process::become_subreaper().unwrap();
    turn
}

fn session() -> SessionId {
    SessionId::parse(&uuid::Uuid::new_v4().to_string()).unwrap()
}

fn mark(session: &SessionId) -> String {
    format!("mark-{session}")
}

fn spec(session: &SessionId, script: &str) -> Spec {
    let path = std::env::var_os("PATH").unwrap();
    Spec {
        file_size: None,
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into(), mark(session).into()],
        cwd: "/".into(),
        env: Environment::from_iter([("PATH", path)]),
        cookie: session.clone(),
    }
}

/// Living processes whose command line holds the session's mark.
fn living(session: &SessionId) -> Vec<u32> {
    let mark = mark(session);
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| *pid != std::process::id())
        .filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(&mark)
        })
        .collect()
}

/// Ended children of this process that nobody has waited for.
fn zombies() -> Vec<String> {
    let own = std::process::id().to_string();
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    pids.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter(|stat| {
            let rest: Vec<&str> = stat[stat.rfind(')').unwrap() + 1..].split_whitespace().collect();
            rest[0] == "Z" && rest[1] == own
        })
        .collect()
}

async fn lines(child: &mut Child, count: usize) {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    for _ in 0..count {
        let line = tokio::time::timeout(Duration::from_secs(20), lines.next_line()).await;
        line.expect("every process reports in time").unwrap().expect("the pipe stays open");
    }
}

async fn hostile(session: &SessionId) -> Child {
    let mut child = process::spawn(&spec(session, HOSTILE)).unwrap();
    lines(&mut child, HOSTILE_KINDS).await;
    assert!(living(session).len() >= HOSTILE_KINDS, "the tree stands");
    child
}

fn assert_nothing_left(session: &SessionId, killed: &Killed) {
    assert_eq!(killed.left, []);
    assert_eq!(living(session), [] as [u32; 0]);
}

#[tokio::test]
async fn a_hostile_tree_is_ended_whole() {
    let _turn = turn();
    let session = session();
    let mut child = hostile(&session).await;
    let begun = Instant::now();
    let killed = child.kill_tree(LIMIT);
    assert!(begun.elapsed() < Duration::from_secs(2), "took {:?}", begun.elapsed());
    assert_nothing_left(&session, &killed);
    assert!(killed.ended.len() > HOSTILE_KINDS, "{killed:?}");
    assert!(killed.ended.iter().any(|(_, name)| name == "sleep"), "{killed:?}");
    assert_eq!(unix_signal(&mut child).await, Some(9));
    assert_eq!(zombies(), [] as [String; 0]);
}

#[tokio::test]
async fn what_the_ended_root_left_behind_is_ended_too() {
    let _turn = turn();
    let session = session();
    let script = HOSTILE.replace("trap \"\" TERM\nwait", "read line; exit 3");
    let mut child = process::spawn(&spec(&session, &script)).unwrap();
    lines(&mut child, HOSTILE_KINDS).await;
    child.stdin.as_mut().unwrap().write_all(b"go\n").await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(3));
    assert!(!child.identity().is_alive());
    let processes = child.tree().processes();
    assert!(processes.len() >= HOSTILE_KINDS, "{processes:?}");
    let killed = child.kill_tree(LIMIT);
    assert_nothing_left(&session, &killed);
    assert_eq!(zombies(), [] as [String; 0]);
}

#[tokio::test]
async fn a_request_to_end_reaches_every_process() {
    let _turn = turn();
    let session = session();
    let script = "setsid sh -c 'trap \"echo asked; exit\" TERM; echo up; while :; do sleep 0.1; done' \"$0\" &
        trap 'wait; exit 4' TERM; wait; wait";
    let mut child = process::spawn(&spec(&session, script)).unwrap();
    lines(&mut child, 1).await;
    child.tree().terminate();
    lines(&mut child, 1).await;
    assert_eq!(child.wait().await.unwrap().code(), Some(4));
    assert_nothing_left(&session, &child.kill_tree(LIMIT));
}

#[tokio::test]
async fn a_fork_bomb_is_ended() {
    let _turn = turn();
    let session = session();
    // Every member starts two more, each in a session of its own, down to nine generations.
    let script = r#"
        bomb='[ "$1" -le 0 ] && exec sleep 50; for i in 1 2; do
            setsid sh -c "$B" "$0" $(($1 - 1)) & done; sleep 0.2'
        export B="$bomb"; echo up; sh -c "$B" "$0" 9; sleep 50"#;
    let mut child = process::spawn(&spec(&session, script)).unwrap();
    lines(&mut child, 1).await;
    let grown = Instant::now();
    while living(&session).len() < 40 {
        assert!(grown.elapsed() < Duration::from_secs(20), "it grows");
    }
    let killed = child.kill_tree(Duration::from_secs(20));
    assert_nothing_left(&session, &killed);
    child.wait().await.unwrap();
    child.tree().reap_adopted();
    assert_eq!(zombies(), [] as [String; 0]);
}

/// Some 500 new ones a second: whoever kills before all are frozen runs behind for ever.
#[tokio::test]
async fn a_loop_that_starts_processes_at_full_speed_is_ended() {
    let _turn = turn();
    let session = session();
    let script = "n=0; while [ $n -lt 20000 ]; do n=$((n+1)); setsid sleep 20 & [ $n -eq 50 ] && echo up; done";
    let mut child = process::spawn(&spec(&session, script)).unwrap();
    lines(&mut child, 1).await;
    let killed = child.kill_tree(LIMIT);
    assert_nothing_left(&session, &killed);
    assert!(killed.ended.len() > 50, "{killed:?}");
    assert_eq!(unix_signal(&mut child).await, Some(9));
    assert_eq!(child.tree().processes(), []);
}

#[tokio::test]
async fn orphans_are_reaped_and_own_children_are_not_stolen() {
    let _turn = turn();
    let session = session();
    let mut child =
        process::spawn(&spec(&session, "( sh -c 'exit 0' & ) ; echo up; read line")).unwrap();
    // A child of ours that has ended, and that its owner has not yet waited for.
    let mut own = std::process::Command::new("true").spawn().unwrap();
    ProcessIdentity::of(own.id()).unwrap().wait_until_dead(LIMIT);
    lines(&mut child, 1).await;
    let begun = Instant::now();
    loop {
        child.tree().reap_adopted();
        let pids: Vec<String> = zombies();
        if pids.len() == 1 && pids[0].starts_with(&format!("{} ", own.id())) {
            break;
        }
        assert!(begun.elapsed() < LIMIT, "{pids:?}");
        tokio::task::yield_now().await;
    }
    assert!(own.wait().unwrap().success());
    assert_nothing_left(&session, &child.kill_tree(LIMIT));
    child.wait().await.unwrap();
}

#[tokio::test]
async fn two_trees_side_by_side_leave_each_other_alone() {
    let _turn = turn();
    let (first, second) = (session(), session());
    let mut ended = process::spawn(&spec(&first, "exit 7")).unwrap();
    ended.identity().wait_until_dead(LIMIT);
    let mut other = process::spawn(&spec(&second, "echo up; sleep 50; :")).unwrap();
    lines(&mut other, 1).await;
    other.tree().reap_adopted();
    let killed = ended.kill_tree(LIMIT);
    assert_eq!(killed, Killed::default(), "the other tree is no part of it");
    assert!(other.identity().is_alive());
    assert_nothing_left(&second, &other.kill_tree(LIMIT));
    assert_eq!(ended.wait().await.unwrap().code(), Some(7), "its status was not taken away");
    assert_eq!(unix_signal(&mut other).await, Some(9));
}

#[tokio::test]
async fn a_sweep_ends_what_carries_the_cookie_and_nothing_else() {
    let _turn = turn();
    let (gone, other) = (session(), session());
    let start = |session: &SessionId, cookie: String| {
        let mut command = std::process::Command::new("setsid");
        let script =
            "(setsid sh -c 'sleep 50; :' \"$0\" &) ; env -i /bin/sh -c 'sleep 50; :' \"$0\"; :";
        command.args(["sh", "-c", script, &mark(session)]).env("BOSK_SESSION", cookie);
        // Whatever should outlive this test holds nothing of it, and ends by itself.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut meant = start(&gone, gone.to_string());
    // A longer value, the right value as a prefix: not the same session.
    let mut prefixed = start(&other, format!("{gone}0"));
    for session in [&gone, &other] {
        let begun = Instant::now();
        while living(session).len() < 3 {
            assert!(begun.elapsed() < LIMIT);
        }
    }
    let killed = process::sweep(&gone, LIMIT);
    assert_nothing_left(&gone, &killed);
    assert!(killed.ended.len() >= 3, "the one without a cookie descends from one with: {killed:?}");
    assert_eq!(living(&other).len(), 3, "another session's processes live on");
    assert_eq!(process::sweep(&gone, LIMIT), Killed::default());

    let owner = ProcessIdentity::of(prefixed.id()).unwrap();
    assert!(owner.is_alive());
    // Each with what it waits for, which carries no mark and would hold this test's output.
    let children = |pid: &u32| {
        let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let listed = listed.unwrap_or_default();
        listed.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u32>>()
    };
    let marked = living(&other);
    let signal = |pid: u32, signal| {
        let _ = ProcessIdentity::of(pid).map(|one| one.signal(signal));
    };
    // Frozen first: one may be just about to start what it waits for.
    marked.iter().for_each(|pid| signal(*pid, process::Signal::Stop));
    for pid in marked.iter().flat_map(children).chain(marked.iter().copied()) {
        signal(pid, process::Signal::Kill);
    }
    meant.wait().unwrap();
    prefixed.wait().unwrap();
}

#[tokio::test]
async fn the_process_gets_its_environment_and_nothing_of_ours() {
    let _turn = turn();
    let session = session();
    // Held open without the mark that closes it at exec, as a careless library would.
    let careless = std::fs::File::open("/dev/null").unwrap();
    nix::fcntl::fcntl(&careless, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty()))
        .unwrap();
    let script = "env; ls /proc/self/fd; grep -E 'SigBlk|SigIgn' /proc/self/status; ps -o sid= -p $$ | tr -d ' '; echo $$";
    let mut child = process::spawn(&spec(&session, script)).unwrap();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).await.unwrap();
    assert!(child.wait().await.unwrap().success());
    assert!(text.contains(&format!("BOSK_SESSION={session}\n")), "{text}");
    assert!(!text.contains("CARGO"), "{text}");
    // 0, 1, 2, and the folder that `ls` reads.
    assert!(text.contains("\n0\n1\n2\n3\n") && !text.contains("\n4\n"), "{text}");
    assert!(text.contains("SigBlk:\t0000000000000000\n"), "{text}");
    let ignored = text.split_once("SigIgn:\t").unwrap().1.split_once('\n').unwrap().0;
    let pipe = 1 << (nix::sys::signal::Signal::SIGPIPE as u32 - 1);
    assert_eq!(
        u64::from_str_radix(ignored, 16).unwrap() & pipe,
        0,
        "a closed pipe ends it: {text}"
    );
    let pid = child.identity().pid;
    assert!(text.ends_with(&format!("\n{pid}\n{pid}\n")), "it leads its own session: {text}");
}

#[tokio::test]
async fn a_missing_program_is_told() {
    let _turn = turn();
    let session = session();
    let spec = Spec { program: "/nowhere/claude".into(), ..spec(&session, "") };
    assert_eq!(process::spawn(&spec).unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

/// The trap that the module's text names: the end of the starting thread is the end of the child.
#[test]
fn the_child_ends_with_the_thread_that_started_it() {
    let _turn = turn();
    let session = session();
    let starter = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut child = process::spawn(&spec(&session, "echo up; sleep 50; :")).unwrap();
            lines(&mut child, 1).await;
            assert!(child.identity().is_alive());
            child.tree().clone()
        })
    });
    let tree = starter.join().unwrap();
    tree.root().wait_until_dead(LIMIT);
    assert!(!tree.root().is_alive());
    assert_eq!(tree.kill(LIMIT).left, []);
}

#[tokio::test]
async fn a_detached_process_says_that_it_is_ready_and_leads_its_own_session() {
    let _turn = turn();
    let args: Vec<OsString> =
        ["-c", "echo ready $BOSK_SESSION.; exec sleep 50"].map(Into::into).into();
    let mut detached =
        process::detach(Path::new("/bin/sh"), &args, Path::new("/"), Stdio::null()).unwrap();
    assert_eq!(detached.ready_line(LIMIT).await.unwrap().as_deref(), Some("ready ."));
    let identity = detached.identity.clone();
    drop(detached);
    assert!(identity.is_alive(), "nobody ends it");
    let pid = nix::unistd::Pid::from_raw(i32::try_from(identity.pid).unwrap());
    assert_eq!(nix::unistd::getsid(Some(pid)).unwrap(), pid);
    identity.signal(process::Signal::Kill).unwrap();
    identity.wait_until_dead(LIMIT);
    assert!(!identity.is_alive());
}

#[tokio::test]
async fn a_detached_process_that_fails_is_told_from_a_silent_one() {
    let _turn = turn();
    let start = |script: &str| {
        let args: Vec<OsString> = vec!["-c".into(), script.into()];
        process::detach(Path::new("/bin/sh"), &args, Path::new("/"), Stdio::null()).unwrap()
    };
    assert_eq!(start("exit 1").ready_line(LIMIT).await.unwrap(), None);
    let mut silent = start("exec sleep 50");
    let error = silent.ready_line(Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    silent.identity.signal(process::Signal::Kill).unwrap();
}

async fn unix_signal(child: &mut Child) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt as _;
    child.wait().await.unwrap().signal()
}
