//! Folders that builds made: git ignores them, and something in or beside them says what they are. A name alone says
//! nothing. Not here: asking git.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Source: bford.info/cachedir, which Cargo, pytest, mypy and others keep to.
const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Most files that are looked at to find out what a folder holds.
const LOOKED_AT: usize = 10_000;

/// Those of the ignored paths that are such folders, from the worktree's root.
#[must_use]
pub fn among(worktree: &Path, ignored: &[PathBuf]) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in ignored {
        let path: PathBuf = path.components().collect();
        let is_plain =
            path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if is_plain && is_build(worktree, &path) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn is_build(worktree: &Path, path: &Path) -> bool {
    let folder = worktree.join(path);
    // No link: what it points to is somebody else's.
    if !folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        return false;
    }
    // Somebody keeps something there that is not a build's.
    if folder.join(".git").symlink_metadata().is_ok() {
        return false;
    }
    let beside = |names: &[&str]| names.iter().any(|name| folder.with_file_name(name).is_file());
    let inside = |names: &[&str]| names.iter().any(|name| folder.join(name).exists());
    let is_cache = is_cache(&folder);
    match path.file_name().and_then(|name| name.to_str()).unwrap_or_default() {
        "target" => is_cache || inside(&[".rustc_info.json"]),
        "node_modules" => beside(&["package.json"]),
        ".venv" | "venv" => inside(&["pyvenv.cfg"]),
        "__pycache__" => holds_only(&folder, &["pyc", "pyo"]),
        ".next" => {
            beside(&["package.json"]) && inside(&["BUILD_ID", "cache", "build-manifest.json"])
        }
        ".gradle" => beside(&GRADLE),
        "build" => beside(&GRADLE) || inside(&["CMakeCache.txt"]) || beside(&["package.json"]),
        "dist" => {
            beside(&["package.json"]) || (beside(&PYTHON) && holds_only(&folder, &["whl", "gz"]))
        }
        _ => is_cache,
    }
}

const GRADLE: [&str; 4] =
    ["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"];

const PYTHON: [&str; 2] = ["pyproject.toml", "setup.py"];

fn is_cache(folder: &Path) -> bool {
    let mut begin = [0; SIGNATURE.len()];
    let tag = fs::File::open(folder.join("CACHEDIR.TAG"));
    tag.and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == SIGNATURE
}

fn holds_only(folder: &Path, endings: &[&str]) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let ends = |entry: &fs::DirEntry| {
        let path = entry.path();
        path.extension().and_then(|end| end.to_str()).is_some_and(|end| endings.contains(&end))
    };
    let mut seen = 0;
    entries.flatten().take(LOOKED_AT).all(|entry| {
        seen += 1;
        ends(&entry)
    }) && (1..LOOKED_AT).contains(&seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_says_nothing() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, content: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        for folder in ["target", "node_modules", "dist", "build", ".venv", "__pycache__", ".next"] {
            write(&format!("by-hand/{folder}/notes.md"), "mine");
        }
        write("crate/target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# more");
        write("cheat/target/CACHEDIR.TAG", "none");
        write("web/package.json", "{}");
        for folder in ["node_modules", "dist", ".next/cache"] {
            write(&format!("web/{folder}/x.js"), "x");
        }
        write("py/.venv/pyvenv.cfg", "");
        write("py/__pycache__/a.pyc", "");
        write("py/.pytest_cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
        write("java/build.gradle", "");
        write("java/build/x.class", "");
        write("web/inner/node_modules/x", "");
        #[cfg(unix)]
        {
            fs::create_dir(root.path().join("linked")).unwrap();
            fs::write(root.path().join("linked/package.json"), "{}").unwrap();
            let (to, link) = (root.path().join("web"), root.path().join("linked/node_modules"));
            std::os::unix::fs::symlink(to, link).unwrap();
        }
        let mut all = Vec::new();
        for folder in fs::read_dir(root.path()).unwrap().flatten() {
            for inside in fs::read_dir(folder.path()).unwrap().flatten() {
                all.push(inside.path().strip_prefix(root.path()).unwrap().to_owned());
            }
        }
        all.push("../web/node_modules".into());
        let found = among(root.path(), &all);
        let wanted = [
            "crate/target",
            "java/build",
            "py/.pytest_cache",
            "py/.venv",
            "py/__pycache__",
            "web/.next",
            "web/dist",
            "web/node_modules",
        ];
        assert_eq!(found, wanted.map(PathBuf::from));
    }
}
