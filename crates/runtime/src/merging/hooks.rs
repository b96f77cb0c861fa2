//! Which hooks run: those that the person has agreed to. Hooks that lie in the session's own folder are files that it can
//! write, so they count only as they were when it began, or as the repository's own folder has them. Not here: running
//! them ([`crate::git::merge::hook`]).

use std::path::{Path, PathBuf};

use bosk_core::trust::TrustState;
use bosk_core::{Problem, ProblemCode};

use super::Work;
use crate::client::reconcile::blocking;
use crate::git::merge::hook;
use crate::git::paths;
use crate::trust::{Source, Trust};

/// The most files that are looked at, and the largest one in bytes.
const MOST: (usize, u64) = (500, 1 << 20);

impl Work {
    /// What runs on the repository's behalf runs only where the person has agreed to what it brings.
    pub(super) async fn require_trust(&self, what: &str) -> Result<(), Problem> {
        let source = Source::Folder(self.folder.clone());
        let report = Trust::new(&self.home).status(&self.repository, &source).await?;
        if report.state != TrustState::Trusted {
            let text = format!(
                "You have not agreed to what the folder brings, so its {what} do not run and nothing was done."
            );
            return Err(Problem::new(ProblemCode::NotTrusted, text).hint(
                "Go on without hooks, or agree to what it brings by launching a session in it.",
            ));
        }
        self.require_own_hooks(what).await
    }

    async fn require_own_hooks(&self, what: &str) -> Result<(), Problem> {
        let hooks = hook::folder(&self.git, &self.folder).await?;
        let top = self.git.look(&self.folder).args(["rev-parse", "--show-toplevel"]).run().await?;
        let top = paths::from_git(top.stdout.trim_ascii_end());
        let listed = blocking(move || Ok(inside(&top, &hooks))).await?;
        let changed = match listed {
            None => return Ok(()),
            Some(Err(place)) => Some(place),
            Some(Ok(files)) => {
                let mut changed = None;
                for (path, content) in files {
                    if !self.is_agreed(&path, &content).await? {
                        changed = Some(path);
                        break;
                    }
                }
                changed
            }
        };
        let Some(path) = changed else { return Ok(()) };
        let text = format!(
            "`{}` in the session's folder is not as you agreed to it, so its {what} do not run and nothing was done.",
            path.display()
        );
        Err(Problem::new(ProblemCode::NotTrusted, text)
            .hint("Look at what has changed in the hooks, and go on without them."))
    }

    /// Whether the commit that the session began with has the file so, or the repository's own folder.
    async fn is_agreed(&self, path: &Path, content: &[u8]) -> Result<bool, Problem> {
        let mut call = self.git.look(&self.folder).args(["hash-object", "--stdin"]);
        call = call.input(content.to_vec());
        let id = call.run().await?.text();
        if let Some(commit) = &self.session.base_commit {
            let call = self.git.look(&self.folder).args(["ls-tree", "-z", "--full-tree"]);
            let listed = call.args([commit, "--"]).arg(path).run().await?.stdout;
            // Source of the format: git-ls-tree(1), `<mode> <type> <object>\t<path>`.
            let entry = String::from_utf8_lossy(&listed).into_owned();
            if entry.split(['\t', ' ']).nth(2) == Some(&id) {
                return Ok(true);
            }
        }
        let (root, folder) = (self.repository.root.clone(), self.folder.clone());
        let (path, content) = (path.to_owned(), content.to_vec());
        blocking(move || {
            let is_other = std::fs::canonicalize(&root).ok() != std::fs::canonicalize(&folder).ok();
            Ok(is_other && std::fs::read(root.join(path)).is_ok_and(|own| own == content))
        })
        .await
    }
}

type Files = Vec<(PathBuf, Vec<u8>)>;

/// What lies where the hooks are, if that is in the folder: all below the first part of their path, since hooks call
/// what lies beside them. An error is what is too much to be looked at.
fn inside(folder: &Path, hooks: &Path) -> Option<Result<Files, PathBuf>> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let (folder, hooks) = (real(folder)?, real(hooks)?);
    let below = hooks.strip_prefix(&folder).ok()?;
    // A repository's own hooks are nobody's files but the person's.
    if below.starts_with(".git") {
        return None;
    }
    let first: PathBuf = below.iter().take(1).collect();
    let (mut files, mut open) = (Files::new(), vec![first]);
    while let Some(place) = open.pop() {
        for entry in std::fs::read_dir(folder.join(&place)).into_iter().flatten().flatten() {
            let path = place.join(entry.file_name());
            let Ok(about) = entry.path().metadata() else { continue };
            if about.is_dir() {
                open.push(path);
            } else if about.is_file() {
                let content = match about.len() <= MOST.1 && files.len() < MOST.0 {
                    true => std::fs::read(entry.path()).ok(),
                    false => None,
                };
                match content {
                    Some(content) => files.push((path, content)),
                    None => return Some(Err(path)),
                }
            }
            if open.len() > MOST.0 {
                return Some(Err(place));
            }
        }
    }
    Some(Ok(files))
}
