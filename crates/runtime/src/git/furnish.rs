//! What a new worktree needs besides its checkout: the folders that are wanted of a sparse one, submodules, and the
//! content of files that git LFS keeps elsewhere. What cannot be had is told, and keeps no session from starting. Not
//! here: ignored files ([`super::include`]).

use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::Problem;

use super::staged::{Staged, staged};
use super::{GitError, Repository, paths};
use crate::client::blocking;

/// How long submodules, or files of LFS, may take to be fetched.
const FETCHING: Duration = Duration::from_secs(300);

/// How many names a warning lists.
const NAMED: usize = 5;

/// What every pointer file of LFS begins with. Source: the Git LFS specification, "The Pointer".
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// No pointer is longer, in bytes. Source: the same.
const LONGEST_POINTER: u64 = 1024;

/// Most files that are looked at for being pointers.
const MOST: usize = 20_000;

/// Furnishes a worktree of a repository of which the person has agreed to what it brings: it decides where submodules
/// and large files come from. Returns what they should know.
pub async fn furnish(repository: &Repository, worktree: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    for said in [submodules(repository, worktree).await, large_files(repository, worktree).await] {
        match said {
            Ok(None) => {}
            Ok(Some(warning)) => warnings.push(warning),
            Err(problem) => warnings.push(problem.message),
        }
    }
    warnings
}

/// The patterns of the main work tree's sparse checkout; none where all files are wanted.
///
/// # Errors
/// Git failed, or they cannot be read.
pub async fn sparse_patterns(repository: &Repository) -> Result<Option<Sparse>, GitError> {
    let look = || repository.git.look(&repository.root);
    let set = async |name: &str| {
        let call = look().args(["config", "--type=bool", name]);
        call.answer_or_nothing().await.map(|answer| answer == "true")
    };
    if !set("core.sparseCheckout").await? {
        return Ok(None);
    }
    let call = look().args(["rev-parse", "--path-format=absolute", "--git-path"]);
    let file = call.arg("info/sparse-checkout").run().await?.stdout;
    let file = paths::from_git(file.strip_suffix(b"\n").unwrap_or(&file));
    let patterns = std::fs::read(&file).map_err(GitError::Start)?;
    Ok(Some(Sparse { patterns, cone: set("core.sparseCheckoutCone").await? }))
}

/// Which files are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sparse {
    patterns: Vec<u8>,
    cone: bool,
}

impl Sparse {
    /// Checks out the files that are wanted in a worktree that has none yet.
    ///
    /// # Errors
    /// Git failed.
    pub async fn check_out(
        &self,
        repository: &Repository,
        worktree: &Path,
    ) -> Result<(), GitError> {
        let change = || repository.git.change(worktree);
        // Makes the worktree's own configuration, which the patterns are a part of.
        let cone = if self.cone { "--cone" } else { "--no-cone" };
        change().args(["sparse-checkout", "init", cone]).run().await?;
        let call = change().args(["rev-parse", "--path-format=absolute", "--git-path"]);
        let file = call.arg("info/sparse-checkout").run().await?.stdout;
        let file = paths::from_git(file.strip_suffix(b"\n").unwrap_or(&file));
        std::fs::write(file, &self.patterns).map_err(GitError::Start)?;
        change().args(["read-tree", "-m", "-u", "HEAD"]).run().await?;
        change().args(["sparse-checkout", "reapply"]).run().await.map(drop)
    }
}

/// Brings the submodules. What the main work tree has of them is taken from there.
async fn submodules(repository: &Repository, worktree: &Path) -> Result<Option<String>, Problem> {
    if !worktree.join(".gitmodules").is_file() {
        return Ok(None);
    }
    let mut failed = Vec::new();
    for path in gitlinks(repository, worktree).await? {
        let call = repository.git.change(worktree).timeout(FETCHING);
        let mut call = call.args(["submodule", "update", "--init", "--recursive", "--checkout"]);
        if let Some(at_hand) = at_hand(repository, &path).await? {
            call = call.arg("--reference").arg(at_hand).arg("--dissociate");
        }
        let updated = call.args(["--no-recommend-shallow", "--"]).arg(&path).run().await;
        if let Err(error) = updated {
            failed.push(format!("`{}` ({})", path.display(), Problem::from(error).message));
        }
    }
    Ok(named(&failed).map(|names| format!("These submodules could not be fetched: {names}.")))
}

/// The submodules at HEAD of the index.
async fn gitlinks(repository: &Repository, worktree: &Path) -> Result<Vec<PathBuf>, Problem> {
    let listed = repository.git.look(worktree).args(["ls-files", "--stage", "-z"]).run().await?;
    let links = staged(&listed).filter(Staged::is_repository);
    Ok(links.map(|entry| paths::from_git(entry.path)).collect())
}

/// The repository of that submodule where the main work tree has it.
async fn at_hand(repository: &Repository, path: &Path) -> Result<Option<PathBuf>, Problem> {
    let folder = repository.root.join(path);
    if !folder.join(".git").exists() {
        return Ok(None);
    }
    let call = repository.git.look(&folder).args(["rev-parse", "--path-format=absolute"]);
    let found = call.arg("--git-common-dir").answer_or_nothing().await?;
    Ok(Some(PathBuf::from(found)).filter(|found| found.is_dir()))
}

/// Files that are but pointers are told. Their content is fetched where git LFS is there to do it.
async fn large_files(repository: &Repository, worktree: &Path) -> Result<Option<String>, Problem> {
    let mut pointers = pointers(repository, worktree).await?;
    if pointers.is_empty() {
        return Ok(None);
    }
    let installed = repository.git.look(worktree).args(["lfs", "version"]).run().await.is_ok();
    if installed {
        let call = repository.git.change(worktree).timeout(FETCHING).args(["lfs", "pull"]);
        if let Err(error) = call.run().await {
            tracing::warn!(%error, "git lfs");
        }
        pointers = self::pointers(repository, worktree).await?;
    }
    let why = match installed {
        false => "git LFS is not installed, so they hold pointers instead of their content",
        true => "their content could not be fetched, so they hold pointers",
    };
    Ok(named(&pointers).map(|names| format!("{names}: {why}.")))
}

/// The files of LFS, by the attributes of the commit, that are still pointers.
async fn pointers(repository: &Repository, worktree: &Path) -> Result<Vec<String>, Problem> {
    let look = || repository.git.look(worktree);
    let files = look().args(["ls-files", "-z"]).run().await?;
    let is_list = |path: &&[u8]| *path == b".gitattributes" || path.ends_with(b"/.gitattributes");
    let lists: Vec<PathBuf> = files.fields().filter(is_list).map(paths::from_git).collect();
    let root = worktree.to_owned();
    let names_lfs = blocking(move || {
        let names = |content: Vec<u8>| memchr::memmem::find(&content, b"filter=lfs").is_some();
        Ok(lists.iter().any(|path| std::fs::read(root.join(path)).is_ok_and(names)))
    });
    // Without such an attribute anywhere, there is nothing to look at.
    if !names_lfs.await? {
        return Ok(Vec::new());
    }
    let mut input = Vec::new();
    for path in files.fields().take(MOST) {
        input.extend_from_slice(path);
        input.push(0);
    }
    let told = look().args(["check-attr", "-z", "--stdin", "filter"]).input(input).run().await?;
    let told: Vec<&[u8]> = told.fields().collect();
    // Source of the format: git-check-attr(1), `<path> NUL <attribute> NUL <info> NUL`.
    let large = told.chunks(3).filter(|one| one.get(2) == Some(&b"lfs".as_slice()));
    let large: Vec<PathBuf> = large.map(|one| paths::from_git(one[0])).collect();
    let root = worktree.to_owned();
    blocking(move || {
        let is_pointer = |path: &PathBuf| {
            let file = root.join(path);
            let metadata = file.symlink_metadata();
            metadata.is_ok_and(|one| one.is_file() && one.len() <= LONGEST_POINTER)
                && std::fs::read(&file).is_ok_and(|content| content.starts_with(POINTER))
        };
        let pointers = large.into_iter().filter(is_pointer);
        Ok(pointers.map(|path| format!("`{}`", path.display())).collect())
    })
    .await
}

/// The first of them, and how many more.
fn named(names: &[String]) -> Option<String> {
    let first = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => None,
        all if all > NAMED => Some(format!("{first} and {} more", all - NAMED)),
        _ => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::{self, Scratch};
    use crate::git::worktree;

    async fn made(scratch: &Scratch) -> PathBuf {
        let repository = scratch.open().await;
        let folders = scratch.worktrees();
        let plan = worktree::plan(&repository, &folders, None, Some("new"), "").await.unwrap();
        let session = testing::session(1);
        worktree::add(&repository, &scratch.locks(), &plan, &session).await.unwrap().folder
    }

    async fn status(scratch: &Scratch, folder: &Path) -> String {
        testing::run(&scratch.git, folder, &["status", "--porcelain"]).await
    }

    #[tokio::test]
    async fn a_sparse_checkout_stays_sparse_and_clean() {
        for set in [
            &["sparse-checkout", "set", "--cone", "a"][..],
            &["sparse-checkout", "set", "--no-cone", "/a/", "*.md"],
        ] {
            let scratch = testing::repository().await;
            for path in ["a/one.txt", "b/two.txt", "b/more.md", "top.txt"] {
                scratch.write(path, path);
            }
            scratch.commit("files").await;
            scratch.run(set).await;
            let folder = made(&scratch).await;
            let files =
                async |folder: &Path| testing::run(&scratch.git, folder, &["ls-files", "-t"]).await;
            assert_eq!(files(&folder).await, files(scratch.path()).await, "{set:?}");
            assert!(folder.join("a/one.txt").exists() && !folder.join("b/two.txt").exists());
            assert_eq!(status(&scratch, &folder).await, "", "{set:?}");
            assert_eq!(status(&scratch, scratch.path()).await, "", "the main one stays as it is");
            let list = ["sparse-checkout", "list"];
            let here = testing::run(&scratch.git, &folder, &list).await;
            assert_eq!(here, scratch.run(&list).await);
        }
    }

    #[tokio::test]
    async fn submodules_come_from_what_is_at_hand() {
        let scratch = testing::repository().await;
        let library = scratch.path().with_file_name("library");
        std::fs::create_dir(&library).unwrap();
        let git = |arguments: &'static [&str]| testing::run(&scratch.git, &library, arguments);
        git(&["init", "-q", "-b", "main"]).await;
        testing::write(&library, "lib.txt", "lib\n");
        git(&["add", "-A"]).await;
        git(&["commit", "-q", "-m", "lib"]).await;
        // The person's own choice, for a test without a network.
        scratch.run(&["config", "--global", "protocol.file.allow", "always"]).await;
        scratch.run(&["submodule", "add", "-q", "../library", "deps/lib"]).await;
        scratch.commit("submodule").await;
        let repository = scratch.open().await;
        let folder = made(&scratch).await;
        let told = furnish(&repository, &folder).await;
        assert!(told.is_empty(), "{told:?}");
        assert!(folder.join("deps/lib/lib.txt").exists());
        assert_eq!(status(&scratch, &folder).await, "");

        // One that cannot be had is told by name, and holds nothing up.
        std::fs::remove_dir_all(&library).unwrap();
        std::fs::remove_dir_all(scratch.path().join("deps/lib")).unwrap();
        std::fs::remove_dir_all(repository.common_dir.join("modules")).unwrap();
        let folders = scratch.worktrees();
        let late = worktree::plan(&repository, &folders, None, Some("late"), "").await.unwrap();
        let session = testing::session(2);
        let late = worktree::add(&repository, &scratch.locks(), &late, &session).await.unwrap();
        let told = furnish(&repository, &late.folder).await;
        assert!(told.len() == 1 && told[0].contains("deps/lib"), "{told:?}");
    }

    #[tokio::test]
    async fn pointers_of_lfs_are_told() {
        let scratch = testing::repository().await;
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n";
        scratch.write("assets/big.psd", pointer);
        scratch.write("notes.txt", pointer);
        scratch.commit("no attribute yet").await;
        let repository = scratch.open().await;
        let folder = made(&scratch).await;
        assert!(furnish(&repository, &folder).await.is_empty());
        testing::write(
            &folder,
            "assets/.gitattributes",
            "*.psd filter=lfs diff=lfs merge=lfs -text\n",
        );
        testing::run(&scratch.git, &folder, &["add", "-A"]).await;
        let told = furnish(&repository, &folder).await;
        assert!(told.len() == 1 && told[0].contains("assets/big.psd"), "{told:?}");
        assert!(!told[0].contains("notes.txt"));
    }
}
