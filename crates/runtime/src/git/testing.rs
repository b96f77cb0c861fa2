//! Real repositories in temporary folders, for the tests of this module: no configuration of the
//! machine's, and an identity of their own.

use std::path::{Path, PathBuf};

use bosk_core::SessionId;
use tempfile::TempDir;

use super::{Git, Repository};

/// A git that sees no configuration but a repository's own, and a folder to work in.
pub(crate) async fn git() -> (Git, TempDir) {
    // Git reports real paths, and a temporary folder may be reached by a link (macOS).
    let folder =
        tempfile::tempdir_in(std::fs::canonicalize(std::env::temp_dir()).unwrap()).unwrap();
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    (hermetic(Git::find().await.unwrap(), &home), folder)
}

/// The same git without the machine's configuration.
pub(crate) fn hermetic(git: Git, home: &Path) -> Git {
    let config = home.join("config");
    if !config.exists() {
        std::fs::write(&config, "[user]\nname = Tester\nemail = tester@example.org\n").unwrap();
    }
    git.with_environment([
        ("HOME".into(), home.as_os_str().to_owned()),
        ("GIT_CONFIG_GLOBAL".into(), config.into_os_string()),
        ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
    ])
}

/// A repository with one commit on `main`, in a folder of its own.
pub(crate) struct Scratch {
    /// Hermetic.
    pub(crate) git: Git,
    root: PathBuf,
    folder: TempDir,
}

pub(crate) async fn repository() -> Scratch {
    repository_at("repo").await
}

/// The same in a folder of the given name.
pub(crate) async fn repository_at(name: &str) -> Scratch {
    repository_with(name, &[]).await
}

/// The same, made with these options.
pub(crate) async fn repository_with(name: &str, options: &[&str]) -> Scratch {
    let (git, folder) = git().await;
    let root = folder.path().join(name);
    std::fs::create_dir(&root).unwrap();
    std::fs::create_dir(folder.path().join("locks")).unwrap();
    let scratch = Scratch { git, root, folder };
    scratch.run(&[&["init", "-q", "-b", "main"], options].concat()).await;
    scratch.write("readme.md", "hello\n");
    scratch.commit("first").await;
    scratch
}

impl Scratch {
    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// Where worktrees go.
    pub(crate) fn worktrees(&self) -> PathBuf {
        self.folder.path().join("worktrees")
    }

    pub(crate) fn locks(&self) -> PathBuf {
        self.folder.path().join("locks")
    }

    pub(crate) fn trash(&self) -> PathBuf {
        self.folder.path().join("trash")
    }

    pub(crate) async fn open(&self) -> Repository {
        Repository::open(self.git.clone(), &self.root).await.unwrap()
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        write(&self.root, path, content);
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> String {
        run(&self.git, &self.root, arguments).await
    }

    pub(crate) async fn commit(&self, message: &str) -> String {
        self.run(&["add", "-A"]).await;
        self.run(&["commit", "-q", "--allow-empty", "-m", message]).await;
        self.run(&["rev-parse", "HEAD"]).await
    }
}

pub(crate) async fn run(git: &Git, folder: &Path, arguments: &[&str]) -> String {
    git.change(folder).args(arguments).run().await.unwrap().text()
}

pub(crate) fn write(folder: &Path, path: &str, content: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

/// The n-th session's id.
pub(crate) fn session(n: u32) -> SessionId {
    SessionId::parse(&format!("00000000-0000-4000-8000-{n:012x}")).unwrap()
}

/// A script that takes git's place. Another process writes it: a file that this one had open for
/// writing while some test starts a process could not be started itself ("text file busy").
#[cfg(unix)]
pub(crate) fn script(folder: &Path, body: &str) -> PathBuf {
    let path = folder.join("git");
    let write = r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 755 "$1""#;
    let mut shell = std::process::Command::new("sh");
    assert!(shell.args(["-c", write, "sh"]).arg(&path).arg(body).status().unwrap().success());
    path
}
