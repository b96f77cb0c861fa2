//! Programs that a repository's own git configuration names, and that git would start: hooks' folder, filters, drivers,
//! helpers. Only looks. Not here: whether the person has agreed to them ([`crate::trust`]).

use std::path::{Path, PathBuf};

use bosk_core::Problem;

use super::{Git, GitError, Repository};
use crate::client::blocking;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// The setting that names it.
    pub(crate) key: String,
    /// What it is.
    pub(crate) value: String,
}

impl Program {
    /// Whether git can start it when it reads or writes files, or merges them.
    pub(crate) fn touches_files(&self) -> bool {
        matches!(parts(&self.key), ("filter" | "includeif", _) | ("merge", "driver"))
    }
}

/// All that the repository's configuration names, and that of any of its worktrees.
///
/// # Errors
/// Git failed.
pub(crate) async fn of(repository: &Repository) -> Result<Vec<Program>, Problem> {
    let mut found = in_folder(&repository.git, &repository.root).await?;
    // Each worktree may have settings of its own, which git reads only there.
    let folder = repository.common_dir.join("worktrees");
    let files = blocking(move || {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path().join("config.worktree"));
        let mut files: Vec<PathBuf> = files.filter(|file| file.is_file()).collect();
        files.sort();
        Ok(files)
    });
    for file in files.await? {
        let call = repository.git.look(&repository.root).args(["config", "--list", "--includes"]);
        let listed = call.args(["-z", "--file"]).arg(file).run().await?;
        for program in listed.fields().filter_map(read) {
            if !found.contains(&program) {
                found.push(program);
            }
        }
    }
    Ok(found)
}

/// All that git would start in that folder.
///
/// # Errors
/// Git failed.
pub(crate) async fn in_folder(git: &Git, folder: &Path) -> Result<Vec<Program>, GitError> {
    let call = git.look(folder).args(["config", "--list", "--includes", "--show-scope", "-z"]);
    let listed = call.run().await?;
    let mut fields = listed.fields();
    let mut found = Vec::new();
    while let (Some(scope), Some(entry)) = (fields.next(), fields.next()) {
        if matches!(scope, b"local" | b"worktree") {
            found.extend(read(entry));
        }
    }
    Ok(found)
}

fn read(entry: &[u8]) -> Option<Program> {
    let entry = String::from_utf8_lossy(entry);
    let (key, value) = entry.split_once('\n').unwrap_or((&entry, "true"));
    let program = Program { key: key.to_owned(), value: value.to_owned() };
    is_program(key, value).then_some(program)
}

/// Section and name of a setting; what stands between them may hold points itself.
fn parts(key: &str) -> (&str, &str) {
    let section = key.split('.').next().unwrap_or_default();
    (section, key.rsplit('.').next().unwrap_or_default())
}

/// Source of the names: git-config(1) and gitattributes(5).
fn is_program(key: &str, value: &str) -> bool {
    match parts(key) {
        ("core", "fsmonitor") => !matches!(value, "true" | "false" | "1" | "0" | "yes" | "no" | ""),
        ("core", "hookspath" | "sshcommand" | "gitproxy" | "editor" | "pager" | "askpass")
        | ("filter", "clean" | "smudge" | "process")
        | ("diff", "external" | "command" | "textconv")
        | ("merge", "driver")
        | ("credential", "helper")
        | ("remote", "uploadpack" | "receivepack" | "vcs")
        | ("gpg", "program")
        | ("sequence", "editor")
        // Where its condition does not hold here, nobody sees what it brings elsewhere.
        | ("includeif", "path") => true,
        ("alias", _) | ("submodule", "update") => value.starts_with('!'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;

    #[tokio::test]
    async fn those_of_single_worktrees_and_of_conditions_are_named_too() {
        let scratch = testing::repository().await;
        let keys = async || {
            let found = of(&scratch.open().await).await.unwrap();
            let touching = found.into_iter().filter(Program::touches_files);
            touching.map(|one| one.key).collect::<Vec<_>>()
        };
        scratch.run(&["config", "filter.a.b.clean", "cat"]).await;
        scratch.run(&["config", "merge.x.driver", "true"]).await;
        scratch.run(&["config", "merge.x.name", "nothing that runs"]).await;
        scratch.run(&["config", "core.pager", "less"]).await;
        scratch.run(&["config", "includeIf.onbranch:never.path", "elsewhere"]).await;
        let own = ["filter.a.b.clean", "merge.x.driver", "includeif.onbranch:never.path"];
        assert_eq!(keys().await, own);
        scratch.run(&["config", "extensions.worktreeConfig", "true"]).await;
        scratch.run(&["worktree", "add", "-q", "../linked"]).await;
        let linked = scratch.path().with_file_name("linked");
        let set = ["config", "--worktree", "filter.own.smudge", "cat"];
        testing::run(&scratch.git, &linked, &set).await;
        assert_eq!(keys().await, [&own[..], &["filter.own.smudge"]].concat());
        let there = in_folder(&scratch.git, &linked).await.unwrap();
        assert!(there.iter().any(|one| one.key == "filter.own.smudge"));
        let here = in_folder(&scratch.git, scratch.path()).await.unwrap();
        assert!(here.iter().all(|one| one.key != "filter.own.smudge"));
    }
}
