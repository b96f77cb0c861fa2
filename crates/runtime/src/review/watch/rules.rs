//! What matters of what the system tells: not what git ignores, and of git's own files those that say what is staged and
//! where the branches are. Not here: watching.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// A folder's rules.
const FILE: &str = ".gitignore";

/// What matters of a worktree's own files of git's.
const OWN: [&str; 7] = [
    "HEAD",
    "index",
    "MERGE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "rebase-merge",
    "packed-refs",
];

/// The rules of a worktree.
#[derive(Debug)]
pub(super) struct Rules {
    root: PathBuf,
    /// Git's folder of this worktree, and the one that all share.
    own: [PathBuf; 2],
    /// The deepest first; last those of the repository and of the person.
    ignored: Vec<Gitignore>,
}

impl Rules {
    pub(super) fn new(root: &Path, own: &[PathBuf; 2]) -> Self {
        let mut rules = Self { root: root.to_owned(), own: own.clone(), ignored: Vec::new() };
        rules.forget();
        rules
    }

    /// Back to the rules that stand in no folder.
    pub(super) fn forget(&mut self) {
        self.ignored.clear();
        let mut exclude = GitignoreBuilder::new(&self.root);
        let _ = exclude.add(self.own[1].join("info/exclude"));
        self.ignored.extend(exclude.build());
        self.ignored.push(GitignoreBuilder::new(&self.root).build_global().0);
    }

    /// Takes the rules that stand in that folder.
    pub(super) fn take(&mut self, folder: &Path) {
        let file = folder.join(FILE);
        if file.is_file() {
            self.ignored.retain(|known| known.path() != folder || folder == self.root);
            self.ignored.insert(0, Gitignore::new(file).0);
            self.ignored.sort_by_key(|one| std::cmp::Reverse(one.path().components().count()));
        }
    }

    /// Whether the path is one of the files that say what is ignored, in a folder that is not.
    pub(super) fn is_rule(&self, path: &Path) -> bool {
        let is_one = path.file_name().is_some_and(|name| name == FILE);
        is_one && path.starts_with(&self.root) && !self.is_ignored(path, false)
    }

    /// Whether a change there is worth a look.
    pub(super) fn matters(&self, path: &Path, is_folder: bool) -> bool {
        let [own, shared] = &self.own;
        if let Ok(inside) = path.strip_prefix(own)
            && inside.components().count() == 1
        {
            return inside.to_str().is_some_and(|name| OWN.contains(&name));
        }
        if let Ok(inside) = path.strip_prefix(shared) {
            let is_lock = path.extension().is_some_and(|ending| ending == "lock");
            return !is_lock
                && (inside.starts_with("refs/heads") || inside == Path::new("packed-refs"));
        }
        let Ok(inside) = path.strip_prefix(&self.root) else { return false };
        // A repository inside, and the file by which git finds its folder.
        if inside.components().any(|part| part.as_os_str() == ".git") {
            return false;
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Bosk's own files on their way.
        !name.starts_with(".bosk-") && !self.is_ignored(path, is_folder)
    }

    /// Whether git ignores what is there, or a folder above it.
    pub(super) fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        for rules in self.ignored.iter().filter(|rules| path.starts_with(rules.path())) {
            let said = rules.matched_path_or_any_parents(path, is_folder);
            if !said.is_none() {
                return said.is_ignore();
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_ignores_and_keeps_for_itself_does_not_matter() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join(".git/info")).unwrap();
        std::fs::create_dir_all(root.join("ui")).unwrap();
        std::fs::write(root.join(FILE), "target/\n*.log\n").unwrap();
        std::fs::write(root.join("ui").join(FILE), "/dist\n!keep.log\n").unwrap();
        std::fs::write(root.join(".git/info/exclude"), "mine.txt\n").unwrap();
        let own = root.join(".git");
        let mut rules = Rules::new(root, &[own.clone(), own]);
        rules.take(root);
        rules.take(&root.join("ui"));
        for path in
            ["a.rs", "ui/keep.log", "dist/a.js", ".git/index", ".git/HEAD", ".git/refs/heads/a/b"]
        {
            assert!(rules.matters(&root.join(path), false), "{path}");
        }
        for path in [
            "target/debug/a",
            "a.log",
            "ui/b.log",
            "ui/dist/a.js",
            "mine.txt",
            ".git/index.lock",
            ".git/objects/ab",
            ".git/refs/heads/a.lock",
            "inner/.git/index",
            ".bosk-x1y2",
        ] {
            assert!(!rules.matters(&root.join(path), false), "{path}");
        }
        assert!(!rules.matters(&root.join("target"), true));
    }
}
