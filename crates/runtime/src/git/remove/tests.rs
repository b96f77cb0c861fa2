use std::collections::BTreeMap;

use super::*;
use crate::git::listing;
use crate::git::testing::{self, Scratch};
use crate::git::worktree::{self, Worktree};

pub(super) async fn launch(scratch: &Scratch, repository: &Repository) -> Worktree {
    let plan =
        worktree::plan(repository, &scratch.worktrees(), None, Some("work"), "").await.unwrap();
    worktree::add(repository, &scratch.locks(), &plan, &testing::session(1)).await.unwrap()
}

pub(super) async fn look(
    scratch: &Scratch,
    repository: &Repository,
    folder: &Path,
    session: u32,
) -> Result<RemovalPlan, Problem> {
    plan(repository, &scratch.trash(), folder, Some(&testing::session(session))).await
}

async fn removed(
    scratch: &Scratch,
    repository: &Repository,
    folder: &Path,
    token: &RemovalToken,
    delete_branch: bool,
) -> Result<Removal, Problem> {
    let request = Request {
        folder: folder.to_owned(),
        session: Some(testing::session(1)),
        token: token.clone(),
        delete_branch,
    };
    remove(repository, &scratch.locks(), &scratch.trash(), request).await
}

/// What lies at a path, for comparison.
#[derive(Debug, PartialEq, Eq)]
enum Entry {
    File { content: Vec<u8>, executable: bool },
    Link(PathBuf),
}

/// All files of a folder, without git's own.
fn files(root: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            if path.file_name().unwrap() == ".git" {
                continue;
            }
            if metadata.is_dir() {
                open.push(path);
                continue;
            }
            let entry = if metadata.is_symlink() {
                Entry::Link(std::fs::read_link(&path).unwrap())
            } else {
                #[cfg(unix)]
                let executable =
                    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0;
                #[cfg(not(unix))]
                let executable = false;
                Entry::File { content: std::fs::read(&path).unwrap(), executable }
            };
            found.insert(path.strip_prefix(root).unwrap().to_owned(), entry);
        }
    }
    found
}

#[tokio::test]
async fn tells_what_goes_and_keeps_it_all() {
    let scratch = testing::repository().await;
    scratch.write(".gitignore", ".env\nbuild/\n");
    scratch.commit("ignore").await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    let folder = &made.folder;
    testing::write(folder, ".env", "SECRET=1");
    testing::write(folder, "build/a/b.o", "0123456789");
    testing::write(folder, "new.txt", "untracked");
    testing::write(folder, "committed.txt", "x");
    testing::run(&scratch.git, folder, &["add", "committed.txt"]).await;
    testing::run(&scratch.git, folder, &["commit", "-q", "-m", "own"]).await;
    testing::run(&scratch.git, folder, &["init", "-q", "inner"]).await;
    testing::write(folder, "inner/x.txt", "in another repository");
    let before = testing::run(&scratch.git, folder, &["status", "--porcelain"]).await;

    let planned = look(&scratch, &repository, folder, 1).await.unwrap();
    assert_eq!(planned.branch.as_deref(), Some("work"));
    assert_eq!((planned.own_commits, planned.uncommitted), (1, true));
    let ignored: Vec<_> = planned.ignored.iter().map(|f| (f.path.as_str(), f.bytes)).collect();
    assert_eq!(ignored, [("build/", 10), (".env", 8)]);
    assert_eq!(planned.nested, ["inner/"]);
    assert_eq!(testing::run(&scratch.git, folder, &["status", "--porcelain"]).await, before);
    // The same state is the same snapshot, kept once.
    let again = look(&scratch, &repository, folder, 1).await.unwrap();
    assert_eq!(again, planned);
    let kept = snapshot::kept(&scratch.git, scratch.path(), &testing::session(1)).await.unwrap();
    assert_eq!(kept.len(), 1);

    let all = files(folder);
    let done = removed(&scratch, &repository, folder, &planned.token, false).await.unwrap();
    let entry = trash::find(&scratch.trash(), &done.entry.id).unwrap();
    assert_eq!(files(&entry.tree()), all);
    assert_eq!(entry, done.entry);
    assert_eq!(entry.record.token, planned.token);
    assert!(!folder.exists());
    assert_eq!(listing::list(&scratch.git, scratch.path()).await.unwrap().len(), 1);
    assert!(!done.branch_deleted);
    assert_eq!(scratch.run(&["rev-parse", "work"]).await, planned.token.head);
}

#[tokio::test]
async fn what_changed_since_it_was_shown_is_not_removed() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    let folder = &made.folder;
    let token = look(&scratch, &repository, folder, 1).await.unwrap().token;
    for change in ["readme.md", "untracked.txt"] {
        testing::write(folder, change, "changed");
        let problem = removed(&scratch, &repository, folder, &token, true).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::SessionState);
        testing::run(&scratch.git, folder, &["checkout", "-q", "."]).await;
    }
    let _ = std::fs::remove_file(folder.join("untracked.txt"));
    testing::run(&scratch.git, folder, &["commit", "-q", "--allow-empty", "-m", "more"]).await;
    let problem = removed(&scratch, &repository, folder, &token, true).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::SessionState);
    assert!(folder.join("readme.md").exists());
    assert!(!scratch.trash().exists());
}

#[tokio::test]
async fn only_worktrees_of_bosk_are_removed() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let theirs = scratch.path().with_file_name("theirs");
    scratch.run(&["worktree", "add", "-q", theirs.to_str().unwrap()]).await;
    let made = launch(&scratch, &repository).await;
    for (folder, session) in [
        (theirs.as_path(), testing::session(1)),
        (scratch.path(), testing::session(1)),
        (made.folder.as_path(), testing::session(2)),
    ] {
        let problem =
            plan(&repository, &scratch.trash(), folder, Some(&session)).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::InvalidInput, "{}", folder.display());
    }
    // Another worktree whose folder is away (an unplugged disk) is not forgotten on the way.
    std::fs::rename(&theirs, scratch.path().with_file_name("away")).unwrap();
    let token = look(&scratch, &repository, &made.folder, 1).await.unwrap().token;
    removed(&scratch, &repository, &made.folder, &token, true).await.unwrap();
    let listed = listing::list(&scratch.git, scratch.path()).await.unwrap();
    assert!(listed.iter().any(|entry| entry.folder == theirs));
}

#[tokio::test]
async fn a_removal_that_was_cut_short_can_be_finished() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    testing::write(&made.folder, "new.txt", "x");
    let token = look(&scratch, &repository, &made.folder, 1).await.unwrap().token;
    // As if killed between the two moves: the first is done as it is done.
    let record = removed(&scratch, &repository, &made.folder, &token, false).await.unwrap().entry;
    let known = record.known(&repository.common_dir);
    let listed_at = repository.common_dir.join("worktrees");
    std::fs::create_dir_all(&listed_at).unwrap();
    std::fs::rename(known, listed_at.join(&token.worktree)).unwrap();
    let again = look(&scratch, &repository, &made.folder, 1).await.unwrap().token;
    assert_eq!(again, token);
    let done = removed(&scratch, &repository, &made.folder, &token, true).await.unwrap();
    assert_eq!((&done.entry.id, done.branch_deleted), (&record.id, true));
    assert_eq!(listing::list(&scratch.git, scratch.path()).await.unwrap().len(), 1);
    // The same where somebody empties the trash in between: its snapshot is still the one that counts.
    let known = record.known(&repository.common_dir);
    std::fs::create_dir_all(&listed_at).unwrap();
    std::fs::rename(known, listed_at.join(&token.worktree)).unwrap();
    std::fs::remove_dir_all(record.tree()).unwrap();
    let done = removed(&scratch, &repository, &made.folder, &token, false).await.unwrap();
    assert_eq!((done.entry.id, done.whole), (record.id, false));

    // A folder that somebody else deleted: what git still knows can be looked at and removed.
    let made = launch(&scratch, &repository).await;
    testing::run(&scratch.git, &made.folder, &["commit", "-q", "--allow-empty", "-m", "own"]).await;
    testing::write(&made.folder, "staged.txt", "staged");
    testing::run(&scratch.git, &made.folder, &["add", "staged.txt"]).await;
    std::fs::remove_dir_all(&made.folder).unwrap();
    let planned = look(&scratch, &repository, &made.folder, 1).await.unwrap();
    assert_eq!((planned.own_commits, planned.uncommitted), (1, true));
    let done = removed(&scratch, &repository, &made.folder, &planned.token, true).await.unwrap();
    assert!(done.branch_deleted && !done.whole);
    scratch.run(&["gc", "-q", "--prune=now"]).await;
    scratch.run(&["cat-file", "-e", &planned.token.head]).await;
    // What was staged is in no file any more, and is kept.
    let staged = scratch.run(&["show", &format!("{}:staged.txt", planned.token.snapshot)]).await;
    assert_eq!(staged, "staged");
}

#[tokio::test]
async fn a_worktree_that_cannot_be_moved_stays() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    std::fs::write(scratch.trash(), "a file where the trash should be").unwrap();
    let token = look(&scratch, &repository, &made.folder, 1).await.unwrap().token;
    let problem = removed(&scratch, &repository, &made.folder, &token, true).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorktreeFailed);
    assert_eq!(testing::run(&scratch.git, &made.folder, &["status", "--porcelain"]).await, "");
    assert!(own(&repository, &made.folder, None).await.is_ok());
}

/// A small generator (xorshift64), so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

/// One random thing that a session might do; what git refuses is a thing that was tried.
async fn act(scratch: &Scratch, folder: &Path, dice: &mut Dice, step: usize) {
    const PATHS: [&str; 6] =
        ["readme.md", "a.txt", "dir/b.txt", "한글 'x'.txt", "-dash", "dir/deep/c"];
    let path = PATHS[dice.roll(PATHS.len())];
    let full = folder.join(path);
    let git = async |arguments: &[&str]| {
        let _ = scratch.git.change(folder).args(arguments).run().await;
    };
    let write = |path: &str, content: String| {
        if !folder.join(path).is_dir() && !folder.join(path).parent().unwrap().is_file() {
            testing::write(folder, path, &content);
        }
    };
    match dice.roll(15) {
        // The same length each time: only the content tells.
        0..=3 => write(path, format!("{step:04}\n")),
        4 => drop(std::fs::remove_file(full)),
        5 => write(&format!("{path}.ignored"), "i".repeat(step)),
        6 => git(&["add", "-A"]).await,
        7 => git(&["add", "--", path]).await,
        8 => git(&["commit", "-q", "-am", "tracked"]).await,
        9 => {
            git(&["add", "-A"]).await;
            git(&["commit", "-q", "-m", "all"]).await;
        }
        10 => git(&["commit", "-q", "--amend", "--allow-empty", "-m", "amended"]).await,
        11 => git(&["reset", "-q", "--hard", "HEAD~1"]).await,
        12 => git(&["checkout", "-q", "--detach"]).await,
        13 => git(&["stash", "-q", "-u"]).await,
        _ =>
        {
            #[cfg(unix)]
            if full.is_file() {
                std::fs::remove_file(&full).unwrap();
                std::os::unix::fs::symlink("elsewhere", &full).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn random_histories_lose_nothing() {
    let histories = std::env::var("BOSK_TEST_HISTORIES").map_or(16, |n| n.parse().unwrap());
    for seed in 1..=histories {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let scratch = testing::repository().await;
        scratch.write(".gitignore", "*.ignored\n");
        scratch.commit("ignore").await;
        let repository = scratch.open().await;
        let made = launch(&scratch, &repository).await;
        let folder = &made.folder;
        let mut heads = Vec::new();
        for step in 1..=14 {
            act(&scratch, folder, &mut dice, step).await;
            heads.push(testing::run(&scratch.git, folder, &["rev-parse", "HEAD"]).await);
        }
        let index = testing::run(&scratch.git, folder, &["write-tree"]).await;
        let ignored = ["ls-files", "--others", "--ignored", "--exclude-standard", "-z"];
        let ignored = testing::run(&scratch.git, folder, &ignored).await;
        let all = files(folder);

        let token = look(&scratch, &repository, folder, 1).await.unwrap().token;
        assert_eq!(files(folder), all, "seed {seed}");
        let done = removed(&scratch, &repository, folder, &token, true).await.unwrap();
        assert_eq!(files(&done.entry.tree()), all, "seed {seed}");

        // Whatever git would ever throw away is thrown away; then everything is still there.
        scratch.run(&["reflog", "expire", "--expire=now", "--all"]).await;
        scratch.run(&["gc", "-q", "--prune=now"]).await;
        scratch.run(&["fsck", "--strict"]).await;
        for head in heads {
            scratch.run(&["cat-file", "-e", &head]).await;
        }
        let index_of_snapshot = format!("{}^2^{{tree}}", token.snapshot);
        assert_eq!(scratch.run(&["rev-parse", &index_of_snapshot]).await, index, "seed {seed}");
        let back = scratch.path().with_file_name("back");
        let back_text = back.to_str().unwrap();
        scratch.run(&["worktree", "add", "-q", "--detach", back_text, &token.snapshot]).await;
        let mut kept = all;
        kept.retain(|path, _| !ignored.split('\0').any(|ignored| path == Path::new(ignored)));
        assert_eq!(files(&back), kept, "seed {seed}");
    }
}

#[tokio::test]
async fn a_conflict_is_kept_as_it_stands() {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    scratch.write("readme.md", "theirs\n");
    scratch.commit("theirs").await;
    testing::write(&made.folder, "readme.md", "ours\n");
    testing::run(&scratch.git, &made.folder, &["commit", "-qam", "ours"]).await;
    let merge = scratch.git.change(&made.folder).args(["merge", "main"]).run().await;
    assert!(merge.is_err());
    let conflicted = std::fs::read_to_string(made.folder.join("readme.md")).unwrap();
    let token = look(&scratch, &repository, &made.folder, 1).await.unwrap().token;
    let content = format!("{}:readme.md", token.snapshot);
    let kept = scratch.git.look(scratch.path()).args(["show", &content]).run().await.unwrap();
    assert_eq!(kept.stdout, conflicted.as_bytes());
    removed(&scratch, &repository, &made.folder, &token, true).await.unwrap();
}

/// A file written in the same instant as the index, with the same length: its times say "unchanged".
#[tokio::test]
async fn a_change_that_only_content_shows_is_in_the_snapshot() {
    let scratch = testing::repository().await;
    scratch.run(&["config", "core.trustctime", "false"]).await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    let file = made.folder.join("readme.md");
    let index =
        testing::run(&scratch.git, &made.folder, &["rev-parse", "--git-path", "index"]).await;
    // Git compares whole seconds, so the instant is one that is over.
    let instant = std::time::SystemTime::now() - std::time::Duration::from_secs(100);
    let date = |path: &Path| {
        std::fs::File::options().write(true).open(path).unwrap().set_modified(instant).unwrap();
    };
    date(&file);
    testing::run(&scratch.git, &made.folder, &["update-index", "--refresh"]).await;
    std::fs::write(&file, "HELLO\n").unwrap();
    date(&file);
    date(Path::new(&index));
    let token = look(&scratch, &repository, &made.folder, 1).await.unwrap().token;
    let content = scratch.run(&["show", &format!("{}:readme.md", token.snapshot)]).await;
    assert_eq!(content, "HELLO");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_trash_on_another_volume_is_not_used() {
    use std::os::unix::fs::MetadataExt as _;
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let made = launch(&scratch, &repository).await;
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let device = |path: &Path| path.metadata().unwrap().dev();
    assert_ne!(device(elsewhere.path()), device(&made.folder), "the test needs two volumes");
    let token = look(&scratch, &repository, &made.folder, 1).await.unwrap().token;
    let request = Request {
        folder: made.folder.clone(),
        session: Some(testing::session(1)),
        token,
        delete_branch: false,
    };
    let trash = elsewhere.path().join("trash");
    let done = remove(&repository, &scratch.locks(), &trash, request).await.unwrap();
    let tree = done.entry.tree();
    assert!(tree.starts_with(scratch.worktrees()));
    assert!(tree.join("readme.md").exists());
    assert_eq!(trash::entries(&trash), std::slice::from_ref(&done.entry));
    let (locks, id) = (scratch.locks(), &done.entry.id);
    let restored = crate::git::restore::restore(&repository, &locks, &trash, id).await.unwrap();
    assert_eq!(restored.folder, made.folder);
    assert_eq!(testing::run(&scratch.git, &made.folder, &["status", "--porcelain"]).await, "");
}
