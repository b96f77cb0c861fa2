//! What reviewing costs: the list in a repository of 100,000 files beside what git's own commands take for the same, the
//! first lines of a change of 10,000 files, and watching folders in which nothing happens.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bosk_core::SessionId;
use bosk_core::launch::LaunchSpec;
use bosk_core::review::Against;
use bosk_runtime::git::Git;
use bosk_runtime::home::Home;
use bosk_runtime::review::Reviewed;
use bosk_runtime::review::watch::Watch;
use bosk_runtime::session_record::SessionRecord;

use crate::cost::{Cpu, milliseconds};
use crate::report::Row;

const FOLDERS: usize = 1000;
const IN_EACH: usize = 100;
const TIMES: usize = 9;

/// Worktrees that are watched, and for how long they are looked at.
const WATCHED: usize = 20;
const LOOK: Duration = Duration::from_secs(10);

pub(crate) async fn measure() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("repository");
    let home = Home::at(folder.path().join("home")).unwrap();
    make(&root);
    let base = said(&root, &["rev-parse", "HEAD"]);
    let reviewed = reviewed(&home, &root, &base).await;
    let mut rows = vec![list(&reviewed, &root).await];
    rows.extend(first_screen(&reviewed, &root).await);
    rows.push(watching(folder.path(), &root).await);
    rows
}

pub(crate) fn make(root: &Path) {
    for folder in 0..FOLDERS {
        let at = root.join(format!("d{folder}"));
        std::fs::create_dir_all(&at).unwrap();
        for file in 0..IN_EACH {
            let text: String = (0..20).map(|line| format!("line {line} of {file}\n")).collect();
            std::fs::write(at.join(format!("f{file}.txt")), text).unwrap();
        }
    }
    said(root, &["init", "-q", "-b", "main"]);
    said(root, &["add", "-A"]);
    said(root, &["commit", "-qm", "first"]);
}

/// Changes so many files in each folder.
fn change(root: &Path, in_each: usize) {
    for folder in 0..FOLDERS {
        for file in 0..in_each {
            let at = root.join(format!("d{folder}/f{file}.txt"));
            let text = std::fs::read_to_string(&at).unwrap();
            std::fs::write(at, text.replace("line 7", "changed") + "and one more\n").unwrap();
        }
    }
}

async fn reviewed(home: &Home, root: &Path, base: &str) -> Reviewed {
    let record = SessionRecord {
        id: SessionId::parse("00000000-0000-4000-8000-000000000000").unwrap(),
        created_at: 0,
        spec: LaunchSpec::of_prompt("x"),
        repository_name: "repository".to_owned(),
        repository_root: root.display().to_string(),
        worktrees: String::new(),
        agreed: None,
        forked: None,
        files: None,
    };
    let mut session = record.tally().summary().clone();
    session.folder = root.display().to_string();
    session.base_commit = Some(base.to_owned());
    Reviewed::open(home, &session).await.unwrap()
}

async fn list(reviewed: &Reviewed, root: &Path) -> Row {
    change(root, 1);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        quiet(root, &["status"]);
        quiet(root, &["diff", "--numstat"]);
        theirs.push(milliseconds(begun.elapsed()));
        let begun = Instant::now();
        let review = reviewed.review(Against::Base, false).await.unwrap();
        ours.push(milliseconds(begun.elapsed()));
        assert_eq!((review.total, review.added), (1000, 2000));
    }
    let name = "a review of 1,000 changes among 100,000 files, beside git status and git diff";
    Row::against(name, "ms", ours, theirs, 1.2)
}

async fn first_screen(reviewed: &Reviewed, root: &Path) -> Vec<Row> {
    change(root, 10);
    let (mut listed, mut first) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        let review = reviewed.review(Against::Base, false).await.unwrap();
        listed.push(milliseconds(begun.elapsed()));
        assert_eq!((review.total, review.files.len()), (10_000, 10_000));
        let begun = Instant::now();
        let path = &review.files[0].file.path;
        let lines = reviewed.lines(Against::Base, path, None, false, 3).await.unwrap();
        first.push(milliseconds(begun.elapsed()));
        assert!(lines.text.contains("+changed"));
    }
    vec![
        Row::below("the list of a change of 10,000 files", "ms", listed, 3000.0),
        Row::below(
            "first screen of it: from the list to the first file's lines",
            "ms",
            first,
            150.0,
        ),
    ]
}

async fn watching(folder: &Path, root: &Path) -> Row {
    let git = Git::find().await.unwrap();
    // Small ones: it is what does not happen in them that counts.
    let small = folder.join("small");
    std::fs::create_dir(&small).unwrap();
    said(&small, &["init", "-q", "-b", "main"]);
    said(&small, &["commit", "-q", "--allow-empty", "-m", "first"]);
    let mut watched = Vec::new();
    for at in 0..WATCHED {
        let place: PathBuf = folder.join(format!("worktree-{at}"));
        said(&small, &["worktree", "add", "-q", "--detach", place.to_str().unwrap()]);
        (0..50).for_each(|at| std::fs::create_dir(place.join(format!("d{at}"))).unwrap());
        watched.push(Watch::start(&git, &place, || std::future::ready(())).await.unwrap());
    }
    let begun = Instant::now();
    watched.push(Watch::start(&git, root, || std::future::ready(())).await.unwrap());
    let large = milliseconds(begun.elapsed());
    assert!(watched.iter().all(|watch| !watch.is_blind()));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let own = [std::process::id()];
    let before = Cpu::of(&own);
    tokio::time::sleep(LOOK).await;
    let part = Cpu::of(&own).since(&before) / milliseconds(LOOK) * 100.0;
    Row::below(
        "twenty watched worktrees in which nothing happens, CPU of a core",
        "%",
        vec![part],
        0.1,
    )
    .note(format!("one of 1,000 folders besides, watched after {large:.0} ms"))
}

fn git(root: &Path, args: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.current_dir(root).args(["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]);
    git.args(args).stdin(Stdio::null());
    git
}

pub(crate) fn said(root: &Path, args: &[&str]) -> String {
    let output = git(root, args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn quiet(root: &Path, args: &[&str]) {
    assert!(git(root, args).stdout(Stdio::null()).status().unwrap().success());
}
