//! Files that git ignores and work needs (`.env`, …): those that `.worktreeinclude` in the
//! repository's root names are carried into a new worktree, by copy-on-write where the file system
//! can. Git itself reads the patterns. Nothing is overwritten, and no link leads out.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use bosk_core::git::{Carried, LeftOut};
use bosk_core::{Problem, ProblemCode};

use super::{Repository, paths};

/// The file that names them, in the syntax of gitignore(5).
pub const FILE: &str = ".worktreeinclude";

/// The most files that are carried, and their size together in bytes: beyond it, a set-up script
/// does better.
const MOST: u32 = 100_000;
const MOST_BYTES: u64 = 20 << 30;

/// How many of those left out are told.
const TOLD: usize = 100;

/// Carries the files from the main work tree into `worktree`.
///
/// # Errors
/// Git failed, or the disk is full. What cannot be carried for another reason is told, not an error.
pub async fn carry(repository: &Repository, worktree: &Path) -> Result<Carried, Problem> {
    let root = repository.root.clone();
    let patterns = root.join(FILE);
    if !patterns.is_file() || root == worktree {
        return Ok(Carried::default());
    }
    let mut exclude_from = std::ffi::OsString::from("--exclude-from=");
    exclude_from.push(&patterns);
    let list = || repository.git.look(&root).args(["ls-files", "--others", "-z"]);
    let named = list().arg("--ignored").arg(exclude_from).run();
    let unignored = list().arg("--exclude-standard").run();
    let (named, unignored) = tokio::try_join!(named, unignored)?;
    if unignored.truncated {
        return Err(Problem::new(
            ProblemCode::WorktreeFailed,
            format!("The repository has too many untracked files to tell which {FILE} may carry."),
        )
        .hint("Add them to .gitignore, then try again."));
    }
    // What git does not ignore is work in progress, which stays where it is.
    let unignored: HashSet<&[u8]> = unignored.fields().collect();
    let files = named.fields().filter(|path| !unignored.contains(path)).map(paths::from_git);
    let files: Vec<PathBuf> = files.collect();
    let worktree = worktree.to_owned();
    let carrying = tokio::task::spawn_blocking(move || copy_all(&root, &worktree, files));
    carrying.await.map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?
}

fn copy_all(root: &Path, worktree: &Path, files: Vec<PathBuf>) -> Result<Carried, Problem> {
    let mut carried = Carried::default();
    for path in files {
        let room = MOST_BYTES.saturating_sub(carried.bytes);
        let outcome = if carried.files < MOST {
            copy(root, worktree, &path, room)
        } else {
            Err(io::Error::other("there are too many files"))
        };
        match outcome {
            Ok(bytes) => {
                carried.files += 1;
                carried.bytes += bytes;
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) =>
            {
                return Err(Problem::new(
                    ProblemCode::DiskFull,
                    format!("The disk is full, so the files that {FILE} names could not be carried over."),
                )
                .hint("Free some space, then try again."));
            }
            Err(error) => {
                carried.left_out_total += 1;
                if carried.left_out.len() < TOLD {
                    let path = paths::shown(&path);
                    carried.left_out.push(LeftOut { path, why: error.to_string() });
                }
            }
        }
    }
    Ok(carried)
}

/// Copies one file or link, and returns its size in bytes.
fn copy(root: &Path, worktree: &Path, path: &Path, room: u64) -> io::Result<u64> {
    if brings_settings(path) {
        return Err(io::Error::other(
            "what acts by itself comes only from the commit that you agreed to",
        ));
    }
    let (from, to) = (root.join(path), worktree.join(path));
    let metadata = from.symlink_metadata()?;
    make_folders(worktree, path)?;
    if to.symlink_metadata().is_ok() {
        return Err(io::Error::other("the worktree has a file of that name already"));
    }
    if metadata.is_symlink() {
        let target = fs::read_link(&from)?;
        if !stays_inside(path, &target) {
            return Err(io::Error::other("it is a link that leads out of the repository"));
        }
        return link(&target, &from, &to).map(|()| 0);
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is neither a file nor a link"));
    }
    if metadata.len() > room {
        return Err(io::Error::other("the files are too large together"));
    }
    if let Err(error) = reflink_copy::reflink_or_copy(&from, &to) {
        // Half a file would look like a whole one. It is ours: nothing was there before.
        let _ = fs::remove_file(&to);
        return Err(error);
    }
    Ok(metadata.len())
}

/// Whether the CLI or Bosk would act on the file: hooks, servers, permissions, set-up. The person was
/// shown what the base commit brings of these, and nothing else may come beside it.
fn brings_settings(path: &Path) -> bool {
    // Claude may work in any subfolder, and looks for them there.
    path.components().any(|part| part.as_os_str() == ".claude")
        || path.file_name().is_some_and(|name| name == ".mcp.json")
        || path == Path::new("bosk.toml")
}

/// Makes the folders above the file, and refuses to go through a link: the base may have one where
/// the main work tree has a folder, and it may lead anywhere.
fn make_folders(worktree: &Path, path: &Path) -> io::Result<()> {
    let mut folder = worktree.to_owned();
    for part in path.parent().into_iter().flat_map(Path::components) {
        let Component::Normal(name) = part else {
            return Err(io::Error::other("its path leads out of the repository"));
        };
        folder.push(name);
        match folder.symlink_metadata() {
            Ok(there) if there.is_dir() => {}
            Ok(_) => return Err(io::Error::other("the worktree has no folder there")),
            Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir(&folder)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a link at `path` with this target points to something below the root, by its text alone.
fn stays_inside(path: &Path, target: &Path) -> bool {
    let mut depth = path.components().count() - 1;
    for part in target.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

#[cfg(unix)]
fn link(target: &Path, _from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, to)
}

#[cfg(windows)]
fn link(target: &Path, from: &Path, to: &Path) -> io::Result<()> {
    use std::os::windows::fs::{symlink_dir, symlink_file};
    if from.is_dir() { symlink_dir(target, to) } else { symlink_file(target, to) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;

    #[tokio::test]
    async fn only_named_and_ignored_files_are_carried() {
        let scratch = testing::repository().await;
        let root = scratch.path();
        scratch.write(".gitignore", ".env*\n/config/\nnode_modules/\n*.key\n");
        scratch.write(FILE, "# needed\n.env*\n!.env.prod\n/config/*.json\n*.txt\n-한글 'x'.key\n");
        scratch.commit("ignore").await;
        for path in [".env", "sub/.env.local", ".env.prod", "config/a.json", "config/b.yml"] {
            scratch.write(path, path);
        }
        scratch.write("-한글 'x'.key", "k");
        scratch.write("node_modules/x/.env", "deep");
        scratch.write("work in progress.txt", "not ignored");
        scratch.run(&["worktree", "add", "-q", "../new"]).await;
        let worktree = root.with_file_name("new");
        testing::write(&worktree, "config/a.json", "mine");

        let carried = carry(&scratch.open().await, &worktree).await.unwrap();
        assert_eq!(carried.files, 4);
        assert_eq!(carried.bytes, 4 + 14 + 1 + 4);
        assert_eq!(fs::read_to_string(worktree.join("sub/.env.local")).unwrap(), "sub/.env.local");
        assert_eq!(fs::read_to_string(worktree.join("-한글 'x'.key")).unwrap(), "k");
        assert!(worktree.join("node_modules/x/.env").exists());
        assert_eq!(fs::read_to_string(worktree.join("config/a.json")).unwrap(), "mine");
        assert_eq!(carried.left_out_total, 1);
        assert_eq!(carried.left_out[0].path, "config/a.json");
        for absent in [".env.prod", "config/b.yml", "work in progress.txt"] {
            assert!(!worktree.join(absent).exists(), "{absent}");
        }
        assert_eq!(testing::run(&scratch.git, &worktree, &["status", "--porcelain"]).await, "");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nothing_that_acts_by_itself_is_carried() {
        let scratch = testing::repository().await;
        let below = ["web/.claude/settings.json", "web/.mcp.json"];
        let settings =
            [".claude/settings.local.json", ".mcp.json", "bosk.toml", below[0], below[1]];
        scratch.write(".gitignore", &settings.join("\n"));
        scratch.write(FILE, "*.json\n*.toml\n");
        scratch.commit("ignore").await;
        for path in settings {
            scratch.write(path, "{}");
        }
        scratch.run(&["worktree", "add", "-q", "../new"]).await;
        let worktree = scratch.path().with_file_name("new");
        let carried = carry(&scratch.open().await, &worktree).await.unwrap();
        assert_eq!((carried.files, carried.left_out_total), (0, 5));
        assert!(settings.iter().all(|path| !worktree.join(path).exists()));
    }

    #[tokio::test]
    async fn modes_are_kept_and_no_link_leads_out() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let scratch = testing::repository().await;
        let root = scratch.path();
        let outside = root.with_file_name("outside");
        fs::create_dir(&outside).unwrap();
        scratch.write(".gitignore", "*.local\n");
        scratch.write(FILE, "*.local\n");
        symlink(&outside, root.join("trap")).unwrap();
        scratch.commit("a tracked link").await;
        scratch.run(&["worktree", "add", "-q", "../new"]).await;
        fs::remove_file(root.join("trap")).unwrap();
        scratch.write("trap/x.local", "x");
        scratch.write("run.local", "#!/bin/sh\n");
        fs::set_permissions(root.join("run.local"), fs::Permissions::from_mode(0o700)).unwrap();
        symlink("run.local", root.join("in.local")).unwrap();
        symlink("../outside/x", root.join("out.local")).unwrap();
        symlink("/etc/passwd", root.join("far.local")).unwrap();
        let worktree = root.with_file_name("new");

        let carried = carry(&scratch.open().await, &worktree).await.unwrap();
        assert_eq!(carried.files, 2);
        let mode = worktree.join("run.local").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(fs::read_link(worktree.join("in.local")).unwrap(), Path::new("run.local"));
        let mut left: Vec<_> = carried.left_out.iter().map(|left| left.path.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["far.local", "out.local", "trap/x.local"]);
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn without_the_file_nothing_is_carried() {
        let scratch = testing::repository().await;
        scratch.write(".gitignore", ".env\n");
        scratch.write(".env", "x");
        let worktree = scratch.path().with_file_name("new");
        let carried = carry(&scratch.open().await, &worktree).await.unwrap();
        assert_eq!(carried, Carried::default());
    }
}
