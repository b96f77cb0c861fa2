//! Commits that go with a worktree because only its histories and the operations that go on in it name them: amended,
//! reset and detached ones, the other side of a merge, what a rebase has put aside, and the history of its branch,
//! which goes with the branch.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use bosk_core::Problem;

use super::super::command::Call;
use super::super::{Git, paths};

/// Files of git's in which a worktree names commits (gitrepository-layout(5), git-rebase(1) and sequencer.c).
const FILES: [&str; 17] = [
    "MERGE_HEAD",
    "MERGE_AUTOSTASH",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "REBASE_HEAD",
    "ORIG_HEAD",
    "BISECT_EXPECTED_REV",
    "sequencer/head",
    "sequencer/abort-safety",
    "rebase-merge/onto",
    "rebase-merge/orig-head",
    "rebase-merge/autostash",
    "rebase-merge/stopped-sha",
    "rebase-merge/rewritten-list",
    "rebase-apply/onto",
    "rebase-apply/orig-head",
    "rebase-apply/autostash",
];

/// References that a worktree has for itself (git-worktree(1), "Refs").
const OWN: [&str; 3] = ["refs/worktree", "refs/bisect", "refs/rewritten"];

/// Those commits, without the ones that others among them have as parents. `known` is what git knows of the worktree,
/// where its folder is gone.
pub(super) async fn forgotten(
    git: &Git,
    folder: &Path,
    known: Option<&Path>,
) -> Result<Vec<String>, Problem> {
    let look = || match known {
        Some(known) => git.look(folder).env("GIT_DIR", known),
        None => git.look(folder),
    };
    let mut named = names(&look).await?;
    let own = look().args(["for-each-ref", "--format=%(objectname)"]).args(OWN);
    named.extend(own.run().await?.text().lines().map(str::to_owned));
    let named = commits(&look, named).await?;
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let head = super::head(look()).await?;
    let list = look().args(["rev-list", "--parents", "--stdin", "--not"]);
    let list = list.args(head.iter()).args(["--branches", "--remotes", "--tags"]);
    let input = named.iter().flat_map(|id| [id.as_bytes(), b"\n"].concat()).collect();
    let list = list.input(input).limit(super::MOST_LISTED).run().await?;
    if list.truncated {
        return Err(super::too_many());
    }
    let list = list.text();
    let (mut unkept, mut below) = (HashSet::new(), HashSet::new());
    for line in list.lines() {
        let mut ids = line.split(' ');
        unkept.extend(ids.next());
        below.extend(ids);
    }
    let is_tip = |id: &String| unkept.contains(id.as_str()) && !below.contains(id.as_str());
    Ok(named.into_iter().filter(is_tip).collect())
}

/// What looks like the name of an object in the worktree's histories and files.
async fn names<'git>(look: &impl Fn() -> Call<'git>) -> Result<BTreeSet<String>, Problem> {
    let branch = look().args(["symbolic-ref", "--quiet", "HEAD"]).answer_or_nothing().await?;
    let place = async |which: &str| -> Result<PathBuf, Problem> {
        let said = look().args(["rev-parse", "--path-format=absolute", which]).run().await?;
        Ok(paths::from_git(said.stdout.strip_suffix(b"\n").unwrap_or(&said.stdout)))
    };
    let (own, shared) = (place("--git-dir").await?, place("--git-common-dir").await?);
    let log = own.join("logs/HEAD");
    let has_log = log.exists();
    let mut files = vec![log];
    if branch.starts_with("refs/heads/") {
        files.push(shared.join("logs").join(&branch));
    }
    files.extend(FILES.map(|name| own.join(name)));
    let reading = tokio::task::spawn_blocking(move || read(&files));
    let mut found = match reading.await {
        Ok(read) => read.map_err(super::unwritten)?,
        Err(stopped) => return Err(super::unwritten(std::io::Error::other(stopped))),
    };
    if !has_log {
        // Kept in another form (reftable).
        for name in ["HEAD", branch.as_str()] {
            let log = look().args(["log", "--walk-reflogs", "--format=%H", name, "--"]);
            found.extend(log.answer_or_nothing().await?.lines().map(str::to_owned));
        }
    }
    Ok(found)
}

fn read(files: &[PathBuf]) -> std::io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for file in files {
        let content = match std::fs::read(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            content => content?,
        };
        for line in content.split(|byte| *byte == b'\n') {
            // A history's line begins with where it was and where it went.
            found.extend(line.split(|byte| *byte == b' ').take(2).filter_map(id));
        }
    }
    Ok(found)
}

fn id(word: &[u8]) -> Option<String> {
    let digits = word.iter().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
    let is_one = matches!(word.len(), 40 | 64) && digits && word.iter().any(|byte| *byte != b'0');
    is_one.then(|| String::from_utf8_lossy(word).into_owned())
}

/// Those that are commits, and there: histories also name what a clean-up has taken long ago.
async fn commits<'git>(
    look: &impl Fn() -> Call<'git>,
    named: BTreeSet<String>,
) -> Result<Vec<String>, Problem> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let input = named.iter().flat_map(|id| [id.as_bytes(), b"\n"].concat()).collect();
    let check = ["cat-file", "--batch-check=%(objecttype) %(objectname)"];
    let said = look().args(check).input(input).limit(super::MOST_LISTED).run().await?.text();
    let there = said.lines().filter_map(|line| line.strip_prefix("commit "));
    Ok(there.map(str::to_owned).collect())
}
