//! Where installers put the CLI, for an app whose `PATH` does not say. Only candidates: nothing
//! here says that one of them exists.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::process::Environment;

/// Candidates in the order of preference: the native installer's, then package managers'.
pub(super) fn usual(environment: &Environment) -> Vec<PathBuf> {
    if cfg!(windows) { on_windows(environment) } else { on_unix(environment) }
}

/// Files in this folder (a `PATH` entry, or an npm prefix's) that may be the CLI.
pub(super) fn in_folder(folder: &Path) -> Vec<PathBuf> {
    if cfg!(windows) {
        vec![folder.join("claude.exe"), folder.join("claude.cmd")]
    } else {
        vec![folder.join("claude")]
    }
}

fn on_unix(environment: &Environment) -> Vec<PathBuf> {
    let folder = |name: &str| {
        let value = environment.get(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value)).filter(|folder| folder.is_absolute())
    };
    let mut found = Vec::new();
    if let Some(home) = folder("HOME") {
        // The native installer's link, what it points at, and the older local install.
        found.push(home.join(".local/bin/claude"));
        found.extend(newest_first(&home.join(".local/share/claude/versions"), ""));
        found.push(home.join(".claude/local/claude"));
        found.push(home.join(".claude/local/node_modules/.bin/claude"));
        // npm with a prefix in the home folder, and its relatives.
        for bin in [".npm-global/bin", ".npm-packages/bin", ".yarn/bin", ".bun/bin"] {
            found.push(home.join(bin).join("claude"));
        }
        // Version managers for Node.js.
        let nvm = folder("NVM_DIR").unwrap_or_else(|| home.join(".nvm"));
        found.extend(newest_first(&nvm.join("versions/node"), "bin/claude"));
        found.push(folder("VOLTA_HOME").unwrap_or_else(|| home.join(".volta")).join("bin/claude"));
        for fnm in [".local/share/fnm", "Library/Application Support/fnm", ".fnm"] {
            let versions = home.join(fnm).join("node-versions");
            found.extend(newest_first(&versions, "installation/bin/claude"));
        }
        found.extend(newest_first(&home.join(".asdf/installs/nodejs"), "bin/claude"));
        found.extend(newest_first(&home.join(".local/share/mise/installs/node"), "bin/claude"));
        for pnpm in [".local/share/pnpm", "Library/pnpm"] {
            found.push(home.join(pnpm).join("claude"));
        }
    }
    for bin in ["/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin", "/usr/bin"]
    {
        found.push(Path::new(bin).join("claude"));
    }
    found
}

fn on_windows(environment: &Environment) -> Vec<PathBuf> {
    let folder = |name: &str| environment.get(name).map(PathBuf::from);
    let mut found = Vec::new();
    found.extend(folder("USERPROFILE").map(|home| home.join(r".local\bin\claude.exe")));
    for (root, below) in [
        ("LOCALAPPDATA", r"Programs\claude"),
        ("LOCALAPPDATA", r"Microsoft\WinGet\Links"),
        ("APPDATA", "npm"),
        ("NVM_SYMLINK", ""),
        ("LOCALAPPDATA", r"Volta\bin"),
        ("LOCALAPPDATA", "pnpm"),
        ("ProgramFiles", "nodejs"),
    ] {
        found.extend(folder(root).iter().flat_map(|root| in_folder(&root.join(below))));
    }
    found
}

/// `<folder>/<version>/<rest>` for each version that is there, the highest first.
fn newest_first(folder: &Path, rest: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    versions.sort_by_key(|path| std::cmp::Reverse(path.file_name().map(numbers)));
    versions.into_iter().map(|path| if rest.is_empty() { path } else { path.join(rest) }).collect()
}

/// "v22.3.0" as numbers, so that 9 comes before 10.
fn numbers(name: &OsStr) -> Vec<u64> {
    let name = name.to_string_lossy();
    let parts = name.split(|letter: char| !letter.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

/// What an npm shim (`claude.cmd`) stands for: the program and the arguments that come first. It
/// is never run itself, since that means `cmd.exe` and its rules for quoting.
pub(super) fn behind_shim(shim: &Path) -> Option<(PathBuf, Vec<std::ffi::OsString>)> {
    let folder = shim.parent()?;
    let package = folder.join("node_modules").join("@anthropic-ai").join("claude-code");
    let native = package.join("bin").join("claude.exe");
    if native.is_file() {
        return Some((native, Vec::new()));
    }
    // Releases before the native program were a script for Node.js.
    let script = package.join("cli.js");
    let beside = folder.join("node.exe");
    let node = if beside.is_file() { beside } else { which::which_global("node").ok()? };
    script.is_file().then(|| (node, vec![script.into_os_string()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["v9.11.2", "v22.3.0", "v10.0.0"] {
            std::fs::create_dir(folder.path().join(version)).unwrap();
        }
        let found = newest_first(folder.path(), "bin/claude");
        let expected = ["v22.3.0", "v10.0.0", "v9.11.2"];
        let expected = expected.map(|version| folder.path().join(version).join("bin/claude"));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_shim_leads_to_the_program_or_the_script_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let shim = folder.path().join("claude.cmd");
        assert_eq!(behind_shim(&shim), None);
        let package = folder.path().join("node_modules/@anthropic-ai/claude-code");
        std::fs::create_dir_all(package.join("bin")).unwrap();
        std::fs::write(package.join("cli.js"), "").unwrap();
        std::fs::write(folder.path().join("node.exe"), "").unwrap();
        let (node, first) = behind_shim(&shim).unwrap();
        assert_eq!(node, folder.path().join("node.exe"));
        assert_eq!(first, [package.join("cli.js").into_os_string()]);
        std::fs::write(package.join("bin/claude.exe"), "").unwrap();
        assert_eq!(behind_shim(&shim), Some((package.join("bin").join("claude.exe"), vec![])));
    }

    #[cfg(unix)]
    #[test]
    fn every_candidate_is_absolute_even_with_an_odd_home() {
        for home in ["/home/ann", "relative", ""] {
            let environment = Environment::from_iter([("HOME", home)]);
            let places = usual(&environment);
            assert!(places.iter().all(|place| place.is_absolute()), "{places:?}");
            assert!(places.contains(&PathBuf::from("/opt/homebrew/bin/claude")));
        }
    }
}
