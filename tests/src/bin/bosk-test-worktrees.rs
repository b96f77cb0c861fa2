//! Works with worktrees as a person and a session would, at random and without end, through the runtime: it is killed in
//! the middle of it. Before each step it writes down what the step may lose, after it what there is. The argument is the
//! seed; with `restore`, everything that was put away is restored instead. The environment is the test's.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test program")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bosk_core::SessionId;
use bosk_core::worktree::expiry::Keep;
use bosk_runtime::client::{archive, expire};
use bosk_runtime::git::{Repository, worktree};
use bosk_runtime::home::Home;
use serde::{Deserialize, Serialize};

/// Most worktrees at a time.
const MOST: usize = 4;

/// What was there when the last step was done.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Model {
    /// Contents of files in worktrees and in what was put away, as git names them.
    contents: BTreeSet<String>,
    /// Every commit that has ever been.
    commits: BTreeSet<String>,
    /// The files of what was put away, by where it was.
    away: BTreeMap<PathBuf, Files>,
}

type Files = BTreeMap<PathBuf, String>;

/// A step, before it is taken.
#[derive(Debug, Serialize)]
struct Step<'a> {
    what: &'a str,
    may_lose: Vec<String>,
}

/// xorshift64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.roll(all.len())) }
    }
}

struct Work {
    home: Home,
    root: PathBuf,
    notes: PathBuf,
    model: Model,
    dice: Dice,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let home = Home::find().unwrap();
    let above = home.path().parent().unwrap().to_owned();
    let notes = above.join("notes");
    let model = std::fs::read(notes.join("done")).ok();
    let model = model.map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
    let argument = std::env::args().nth(1).unwrap();
    let seed: u64 = argument.parse().unwrap_or(1);
    let root = above.join("repositories/shop");
    // Seeds that follow each other would begin alike.
    let mut dice = Dice(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..8 {
        dice.roll(2);
    }
    let mut work = Work { home, root, notes, model, dice };
    // What a git that was killed has left; nobody else is here.
    for lock in locks(&work.root.join(".git")) {
        std::fs::remove_file(lock).unwrap();
    }
    work.recall().await;
    work.look();
    println!("ready");
    if argument == "restore" {
        return work.restore_all().await;
    }
    loop {
        work.step().await;
    }
}

fn locks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("objects") {
            found.extend(locks(&path));
        } else if path.extension().is_some_and(|end| end == "lock") {
            found.push(path);
        }
    }
    found
}

impl Work {
    fn git(&self, folder: &Path, args: &[&str]) -> Option<String> {
        let output = std::process::Command::new("git").args(args).current_dir(folder).output();
        let output = output.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    }

    /// A removal that was cut short may have been done all the same.
    async fn recall(&mut self) {
        let Ok(bytes) = std::fs::read(self.notes.join("moving")) else { return };
        let (folder, files): (PathBuf, Files) = serde_json::from_slice(&bytes).unwrap();
        let away = archive::list(&self.home, None).await.unwrap();
        if !folder.is_dir() && away.iter().any(|one| Path::new(&one.folder) == folder) {
            self.model.away.insert(folder, files);
        }
    }

    fn worktrees(&self) -> Vec<PathBuf> {
        self.listed().into_iter().filter(|folder| folder.is_dir()).collect()
    }

    fn listed(&self) -> Vec<PathBuf> {
        let listed = self.git(&self.root, &["worktree", "list", "--porcelain"]).unwrap();
        let folders = listed.lines().filter_map(|line| line.strip_prefix("worktree "));
        folders.skip(1).map(PathBuf::from).collect()
    }

    /// The contents of all files in these folders, by their paths.
    fn files(&self, folders: &[PathBuf]) -> Files {
        let mut paths = Vec::new();
        let mut open = folders.to_vec();
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                match () {
                    () if entry.file_name() == ".git" => {}
                    () if path.is_dir() => open.push(path),
                    () => paths.push(path),
                }
            }
        }
        if paths.is_empty() {
            return Files::new();
        }
        let args = [
            &["hash-object", "--no-filters", "--"][..],
            &paths.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>(),
        ]
        .concat();
        let ids = self.git(&self.root, &args).unwrap();
        paths.into_iter().zip(ids.lines().map(str::to_owned)).collect()
    }

    /// Writes down what there is.
    fn look(&mut self) {
        let folders = self.worktrees();
        self.model.away.retain(|folder, _| !folders.contains(folder));
        let mut contents: BTreeSet<String> = self.files(&folders).into_values().collect();
        contents.extend(self.model.away.values().flat_map(Files::values).cloned());
        self.model.contents = contents;
        let commits = self.git(&self.root, &["rev-list", "--all", "--reflog"]).unwrap();
        self.model.commits.extend(commits.lines().map(str::to_owned));
        self.write("done", &self.model);
    }

    fn write(&self, name: &str, what: &impl Serialize) {
        let path = self.notes.join(name);
        std::fs::write(path.with_extension("new"), serde_json::to_vec(what).unwrap()).unwrap();
        std::fs::rename(path.with_extension("new"), path).unwrap();
    }

    fn begin(&self, what: &str, may_lose: Vec<String>) {
        self.write("begun", &Step { what, may_lose });
    }

    async fn step(&mut self) {
        let all = self.worktrees();
        match self.dice.roll(25) {
            0..=1 => self.make(all.len()).await,
            2 | 3 => self.put_away(false).await,
            4 => self.put_away(true).await,
            5..=8 => self.restore().await,
            9 => self.expire().await,
            10 => {
                self.begin("gc", Vec::new());
                self.git(&self.root, &["gc", "--quiet", "--prune=now"]);
            }
            11 => self.lose().await,
            _ => self.mess(&all),
        }
        self.look();
    }

    async fn make(&mut self, there: usize) {
        if there >= MOST {
            return;
        }
        self.begin("make", Vec::new());
        let repository = Repository::discover(&self.root).await.unwrap();
        let name = format!("b{}", self.dice.roll(1_000_000));
        let session = SessionId::parse(&uuid::Uuid::new_v4().to_string()).unwrap();
        let plan = worktree::plan(&repository, &self.home.worktrees(), None, Some(&name), "").await;
        let _ = worktree::add(&repository, &self.home.locks(), &plan.unwrap(), &session).await;
    }

    async fn put_away(&mut self, branch: bool) {
        // One whose removal was cut short is among them.
        let Some(folder) = self.dice.one(&self.listed()).cloned() else { return };
        let is_there = folder.is_dir();
        self.begin("put away", Vec::new());
        let Ok(plan) = archive::plan(&self.home, &self.root, &folder).await else { return };
        let files = self.relative(&folder, &folder);
        // It counts as soon as it is begun: if it is cut short, it is in one place or the other.
        if is_there {
            self.write("moving", &(&folder, &files));
        }
        let done = archive::delete(&self.home, &self.root, &folder, plan.token, branch).await;
        if done.is_ok() && is_there {
            self.model.away.insert(folder, files);
        }
    }

    fn relative(&self, folder: &Path, root: &Path) -> Files {
        let files = self.files(&[folder.to_owned()]).into_iter();
        files.map(|(path, id)| (path.strip_prefix(root).unwrap().to_owned(), id)).collect()
    }

    async fn restore(&mut self) {
        let all = archive::list(&self.home, None).await.unwrap();
        let Some(one) = self.dice.one(&all).cloned() else { return };
        self.begin("restore", Vec::new());
        let restored = archive::restore(&self.home, &one.id).await;
        let Ok(restored) = restored else { return };
        let before = self.model.away.get(Path::new(&one.folder)).cloned();
        if let Some(before) = before {
            let now = self.relative(&restored.folder, &restored.folder);
            assert_eq!(now, before, "{} came back as something else", one.folder);
            self.model.away.remove(Path::new(&one.folder));
        }
    }

    /// The trash loses a folder in which nothing is that a snapshot does not hold.
    async fn lose(&mut self) {
        let all = archive::list(&self.home, None).await.unwrap();
        let is_held = |folder: &str| {
            let files = self.model.away.get(Path::new(folder));
            files.is_some_and(|files| !files.keys().any(|path| path.ends_with("c.ignored")))
        };
        let mut held = all.iter().filter(|one| one.whole && is_held(&one.folder));
        if let Some(one) = held.next() {
            self.begin("lose a folder", Vec::new());
            // In one step: half of a folder would be taken for all of it.
            let tree = self.home.trash().join(&one.id).join("tree");
            let _ =
                std::fs::rename(tree, self.notes.join(format!("lost-{}", uuid::Uuid::new_v4())));
        }
    }

    async fn restore_all(&mut self) {
        for one in archive::list(&self.home, None).await.unwrap() {
            let restored = archive::restore(&self.home, &one.id).await.unwrap();
            if let Some(before) = self.model.away.remove(Path::new(&one.folder)) {
                let now = self.relative(&restored.folder, &restored.folder);
                assert_eq!(now, before, "{} came back as something else", one.folder);
            }
        }
        assert!(self.model.away.is_empty(), "lost: {:?}", self.model.away);
        self.look();
    }

    async fn expire(&self) {
        self.begin("expire", Vec::new());
        let repository = Repository::discover(&self.root).await.unwrap();
        let keep = Keep { archives_days: None, snapshots_days: Some(0) };
        let _ = expire::expire(&self.home, &repository, keep).await;
    }

    /// What a session does in its worktree.
    fn mess(&mut self, all: &[PathBuf]) {
        let Some(folder) = self.dice.one(all).cloned() else { return };
        let path = *self.dice.one(&["readme.md", "a.txt", "d/b.txt", "c.ignored", "e"]).unwrap();
        let file = folder.join(path);
        let overwritten: Vec<String> = self
            .files(std::slice::from_ref(&folder))
            .into_iter()
            .filter(|(at, _)| *at == file)
            .map(|(_, id)| id)
            .collect();
        let all_of_it = || self.files(std::slice::from_ref(&folder)).into_values().collect();
        let git = |args: &[&str]| drop(self.git(&folder, args));
        let what = self.dice.0 % 12;
        match what {
            0..=3 => {
                self.begin("write", overwritten);
                let _ = std::fs::create_dir_all(file.parent().unwrap());
                let _ = std::fs::write(file, format!("{}\n", self.dice.0));
            }
            4 => {
                self.begin("delete", overwritten);
                let _ = std::fs::remove_file(file);
            }
            5 => {
                self.begin("add", Vec::new());
                git(&["add", "-A"]);
            }
            6 | 7 => {
                self.begin("commit", Vec::new());
                git(&["add", "-A"]);
                git(&["commit", "-q", "-m", &format!("c{}", self.dice.0)]);
            }
            8 => {
                self.begin("amend", Vec::new());
                git(&["commit", "-q", "--amend", "--allow-empty", "-m", &self.dice.0.to_string()]);
            }
            9 => {
                self.begin("detach", Vec::new());
                git(&["checkout", "-q", "--detach"]);
            }
            10 => {
                self.begin("reset", all_of_it());
                git(&["reset", "-q", "--hard", "HEAD~1"]);
            }
            _ => {
                self.begin("hand back", Vec::new());
                let head = self.git(&folder, &["rev-parse", "HEAD"]).unwrap_or_default();
                drop(self.git(
                    &self.root,
                    &["merge", "-q", "-X", "theirs", "-m", "merged", head.trim()],
                ));
            }
        }
        self.dice.roll(2);
    }
}
