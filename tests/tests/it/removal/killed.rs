//! Worktrees are made, worked in, put away, restored and deleted at random, by a process that is killed again and again.
//! Nothing that was there after the last step that was done is ever lost. `BOSK_ROUNDS` and `BOSK_SEED` make it longer,
//! and repeat it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use bosk_tests::{PATIENCE, Sandbox, processes, sandbox};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// How long it goes on where nobody says how many rounds.
const ENOUGH: Duration = Duration::from_secs(25);

#[tokio::test]
async fn nothing_is_lost_whenever_it_is_killed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = number("BOSK_SEED").unwrap_or(now.as_secs()).max(1);
    let rounds = number("BOSK_ROUNDS");
    println!("BOSK_SEED={seed}");
    let sandbox = Sandbox::new();
    let root = sandbox.repository("shop");
    std::fs::write(root.join(".gitignore"), "*.ignored\n").unwrap();
    sandbox.git(&root, ["add", "."]);
    sandbox.git(&root, ["commit", "-qm", "ignore"]);
    std::fs::create_dir(sandbox.path("notes")).unwrap();
    let begun = Instant::now();
    let mut round = 0;
    let mut cut_short: BTreeMap<String, u32> = BTreeMap::new();
    let is_over = |round| match rounds {
        Some(rounds) => round >= rounds,
        None => begun.elapsed() > ENOUGH,
    };
    while !is_over(round) {
        let mut work = start(&sandbox, &(seed.wrapping_mul(1 + round)).to_string()).await;
        let dice = seed.wrapping_add(round).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        // The one thing that is random in time: when it is killed.
        tokio::time::sleep(Duration::from_millis(dice % 400)).await;
        let early = work.try_wait().unwrap();
        assert!(early.is_none(), "seed {seed}, round {round}: it has ended by itself: {early:?}");
        work.kill().await.unwrap();
        if dice & 1 == 0 {
            // As when the power fails: the git that it had started goes, too.
            let folder = sandbox.path("");
            assert!(processes::end_all(|| processes::of_folder(&folder)).is_empty());
        } else {
            let waiting = Instant::now();
            while !sandbox.processes().is_empty() && waiting.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        let step = check(&sandbox, &format!("seed {seed}, round {round}"));
        *cut_short.entry(step).or_insert(0) += 1;
        round += 1;
    }
    let mut work = start(&sandbox, "restore").await;
    let ended = tokio::time::timeout(PATIENCE, work.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "seed {seed}: not all could be restored");
    check(&sandbox, &format!("seed {seed}, at the end"));
    println!("{round} rounds in {:?}, cut short: {cut_short:?}", begun.elapsed());
}

async fn start(sandbox: &Sandbox, argument: &str) -> tokio::process::Child {
    let mut command = tokio::process::Command::new(sandbox::program("bosk-test-worktrees"));
    command.arg(argument).env_clear().envs(sandbox.environment()).current_dir(sandbox.path(""));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    tokio::time::timeout(PATIENCE, output.read_line(&mut line)).await.unwrap().unwrap();
    assert_eq!(line, "ready\n", "it did not start");
    child
}

/// Everything of the last state that the step which was cut short may not lose is there: in git after all that nothing
/// keeps was collected, in a worktree, or in the trash. Which step that was.
fn check(sandbox: &Sandbox, when: &str) -> String {
    let root = sandbox.repository("shop");
    for lock in locks(&root.join(".git")) {
        std::fs::remove_file(lock).unwrap();
    }
    sandbox.git(&root, ["gc", "--quiet", "--force", "--prune=now"]);
    let read = |name: &str| -> serde_json::Value {
        let bytes = std::fs::read(sandbox.path("notes").join(name)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    };
    let (done, begun) = (read("done"), read("begun"));
    let set = |value: &serde_json::Value| -> BTreeSet<String> {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(|id| id.as_str().map(str::to_owned)).collect()
    };
    let may_lose = set(&begun["may_lose"]);
    let commits = set(&done["commits"]);
    let contents: BTreeSet<String> =
        set(&done["contents"]).difference(&may_lose).cloned().collect();
    let lost = missing(sandbox, &root, &commits);
    assert!(lost.is_empty(), "{when}: {} has lost the commits {lost:?}", begun["what"]);
    let lost = missing(sandbox, &root, &contents);
    let files = [sandbox.home().trash(), sandbox.home().worktrees()];
    let there = files_in(&files);
    let there = match there.is_empty() {
        true => BTreeSet::new(),
        false => {
            let args = ["hash-object", "--no-filters", "--"].map(PathBuf::from);
            let ids = sandbox.git(&root, args.into_iter().chain(there));
            ids.lines().map(str::to_owned).collect()
        }
    };
    let lost: Vec<&String> = lost.difference(&there).collect();
    assert!(lost.is_empty(), "{when}: {} has lost the contents {lost:?}", begun["what"]);
    begun["what"].as_str().unwrap_or_default().to_owned()
}

/// Those that git does not have.
fn missing(sandbox: &Sandbox, root: &Path, ids: &BTreeSet<String>) -> BTreeSet<String> {
    let list = sandbox.path("notes/asked");
    std::fs::write(&list, ids.iter().map(|id| format!("{id}\n")).collect::<String>()).unwrap();
    let mut git = std::process::Command::new("git");
    git.args(["cat-file", "--batch-check"]).current_dir(root).env_clear();
    git.envs(sandbox.environment()).stdin(std::fs::File::open(list).unwrap());
    let said = String::from_utf8(git.output().unwrap().stdout).unwrap();
    let gone = said.lines().filter_map(|line| line.strip_suffix(" missing"));
    gone.map(str::to_owned).collect()
}

fn files_in(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = folders.to_vec();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}

fn locks(git_dir: &Path) -> Vec<PathBuf> {
    let is_lock = |path: &PathBuf| path.extension().is_some_and(|end| end == "lock");
    files_in(&[git_dir.to_owned()]).into_iter().filter(is_lock).collect()
}
