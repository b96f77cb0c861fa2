//! What it takes to make a worktree of 100,000 files, beside what git's own command takes for the same.

use std::path::Path;
use std::time::Instant;

use bosk_core::SessionId;
use bosk_core::launch::LaunchSpec;
use bosk_runtime::git::{Git, Repository, worktree};

use crate::cost::milliseconds;
use crate::report::Row;
use crate::review::{make, said};

const TIMES: usize = 3;

pub(crate) async fn measure() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let place = std::fs::canonicalize(folder.path()).unwrap();
    let (root, locks) = (place.join("repository"), place.join("locks"));
    std::fs::create_dir(&locks).unwrap();
    make(&root);
    // As a clone has it: packed.
    said(&root, &["gc", "-q"]);
    let repository = Repository::open(Git::find().await.unwrap(), &root).await.unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for time in 0..=TIMES {
        let theirs_took = by_git(&root, &place.join("theirs"), time);
        let ours_took = by_bosk(&repository, &place, &locks, time).await;
        // The first of each reads what the later ones find in memory.
        if time > 0 {
            theirs.push(theirs_took);
            ours.push(ours_took);
        }
    }
    let name = "a worktree of 100,000 files, beside git worktree add";
    vec![Row::against(name, "ms", ours, theirs, 1.0)]
}

fn by_git(root: &Path, place: &Path, time: usize) -> f64 {
    settle();
    let begun = Instant::now();
    let to = place.to_str().unwrap();
    said(root, &["worktree", "add", "-q", "-b", &format!("theirs-{time}"), to]);
    let took = milliseconds(begun.elapsed());
    said(root, &["worktree", "remove", "--force", to]);
    took
}

async fn by_bosk(repository: &Repository, place: &Path, locks: &Path, time: usize) -> f64 {
    let spec = LaunchSpec { branch: Some(format!("ours-{time}")), ..LaunchSpec::of_prompt("x") };
    let id = SessionId::parse(&format!("{time:08x}-0000-4000-8000-000000000000")).unwrap();
    settle();
    let begun = Instant::now();
    let plan = worktree::plan_of(repository, &place.join("ours"), &spec).await.unwrap();
    let made = worktree::add(repository, locks, &plan, &id).await.unwrap();
    let took = milliseconds(begun.elapsed());
    let to = made.folder.to_str().unwrap();
    said(&repository.root, &["worktree", "remove", "--force", "--force", to]);
    took
}

/// What one has written must not be paid for by the next.
fn settle() {
    nix::unistd::sync();
}
