//! Where a path leads that the page names: into the worktree, or nowhere. Links are followed as far as they stay inside,
//! and nothing of git's own is reached. Not here: reading and writing.

use std::path::{Component, Path, PathBuf};

use bosk_core::{Problem, ProblemCode};

use crate::git::paths;

/// Names that are git's, in any spelling that some file system takes for them. Source: git's `verify_path`.
fn is_git(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    // Signs that do not show are skipped by HFS+; trailing dots and blanks, and what comes after a colon, by NTFS.
    let seen: String = name.chars().filter(|one| !matches!(one, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')).collect();
    let seen = seen.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    seen == ".git" || seen == "git~1"
}

/// The place of a path in the worktree, whether something is there or not: nothing above it leads out by its name.
///
/// # Errors
/// It leads out, or into git's folder.
pub(super) fn within(root: &Path, path: &[u8]) -> Result<PathBuf, Problem> {
    let path = paths::from_git(path);
    let plain = |part: Component<'_>| matches!(part, Component::Normal(name) if !is_git(name));
    match path.components().all(plain) && path.components().next().is_some() {
        true => Ok(root.join(path)),
        false => Err(outside()),
    }
}

/// The real file of a path; none where there is no such file.
///
/// # Errors
/// It leads out, or into git's folder.
pub(super) fn find(root: &Path, path: &[u8]) -> Result<Option<PathBuf>, Problem> {
    let place = within(root, path)?;
    let (Ok(root), Ok(real)) = (root.canonicalize(), place.canonicalize()) else {
        return match place.symlink_metadata() {
            // A link whose target is not there: where it would lead is not known.
            Ok(_) => Err(outside()),
            Err(_) => Ok(None),
        };
    };
    let inside = real.strip_prefix(&root).map_err(|_| outside())?;
    let of_git = |part: Component<'_>| matches!(part, Component::Normal(name) if is_git(name));
    if inside.components().any(of_git) {
        return Err(outside());
    }
    Ok(real.is_file().then_some(real))
}

/// The place of a path whose folders are real: no link stands between it and the worktree's root.
///
/// # Errors
/// It leads out, or a link is on the way.
pub(super) fn direct(root: &Path, path: &[u8]) -> Result<PathBuf, Problem> {
    let place = within(root, path)?;
    let mut above = place.ancestors().skip(1).take_while(|folder| *folder != root);
    match above.any(Path::is_symlink) {
        true => Err(outside()),
        false => Ok(place),
    }
}

fn outside() -> Problem {
    let text =
        "The path leads out of the session's folder, or into git's own, so nothing was done.";
    Problem::new(ProblemCode::InvalidInput, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("work");
        std::fs::create_dir_all(root.join("in/.git")).unwrap();
        std::fs::write(root.join("in/a.txt"), "a").unwrap();
        std::fs::write(root.join("in/.git/config"), "x").unwrap();
        std::fs::write(folder.path().join("secret"), "s").unwrap();
        let found = |path: &str| find(&root, path.as_bytes());
        assert_eq!(found("in/a.txt").unwrap(), Some(root.join("in/a.txt").canonicalize().unwrap()));
        assert_eq!(found("in/b.txt").unwrap(), None);
        assert_eq!(found("in").unwrap(), None);
        let bad = [
            "../secret",
            "/etc/passwd",
            "in/.git/config",
            "in/.GIT/config",
            "in/../../secret",
            "",
            ".",
            "in/.gi\u{200c}t/config",
        ];
        for path in bad {
            assert!(found(path).is_err(), "{path}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("../secret", root.join("out")).unwrap();
            symlink("..", root.join("up")).unwrap();
            symlink("in/.git/config", root.join("own")).unwrap();
            symlink("in/a.txt", root.join("inside")).unwrap();
            symlink("nowhere", root.join("broken")).unwrap();
            for path in ["out", "up/secret", "own", "broken"] {
                assert!(found(path).is_err(), "{path}");
            }
            assert!(found("inside").unwrap().unwrap().ends_with("in/a.txt"));
            symlink("in", root.join("folder")).unwrap();
            assert!(direct(&root, b"folder/a.txt").is_err());
            assert!(direct(&root, b"in/a.txt").is_ok());
        }
    }
}
