//! The dependency rule of ARCHITECTURE.md, held against the manifests and the sources. It owns the rule; what it cannot
//! see (calls of the clock in core, imports between features of the page) clippy and ESLint see. Beside each rule stands
//! a made-up violation, so that a checker which has gone blind is noticed.
#![allow(clippy::unwrap_used, reason = "a test program")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Names of direct dependencies, dev-dependencies left out, by package.
type Manifests = BTreeMap<String, BTreeSet<String>>;

const CORE: &[&str] = &["crc32fast", "memchr", "serde", "serde_json", "thiserror", "ts-rs"];

/// Packages that must not get at Tauri, by whatever way.
const WITHOUT_TAURI: &[&str] = &[
    "bosk-core",
    "bosk-runtime",
    "bosk-rehearsal",
    "bosk-keep",
    "bosk-serve",
    "bosk-cli",
    "bosk-tests",
];

/// What a package leaves to the ring below it.
const LEFT_TO_RUNTIME: &[(&str, &[&str])] = &[
    (
        "bosk-cli",
        &["git2", "nix", "sysinfo", "interprocess", "rusqlite", "keyring", "process-wrap"],
    ),
    (
        "bosk-keep",
        &["git2", "nix", "sysinfo", "interprocess", "rusqlite", "keyring", "process-wrap"],
    ),
    (
        "bosk-serve",
        &["git2", "nix", "sysinfo", "interprocess", "rusqlite", "keyring", "process-wrap"],
    ),
    (
        "bosk-desktop",
        &["git2", "nix", "sysinfo", "interprocess", "rusqlite", "keyring", "process-wrap"],
    ),
];

/// The libraries that this project is given to build on.
const GIVEN: &[&str] =
    &["git2", "nix", "serde", "serde_json", "sysinfo", "tauri", "tauri-plugin-store", "tokio"];

/// What of `std::process` says how this process itself ends; the rest starts others.
const OWN_END: &[&str] = &["ExitCode", "Termination", "abort", "exit", "id"];

#[test]
fn manifests_keep_the_dependency_rule() {
    let manifests = manifests();
    assert_eq!(violations(&manifests), Vec::<String>::new());
}

#[test]
fn a_broken_manifest_is_caught() {
    let add = |package: &str, dependency: &str| {
        let mut manifests = manifests();
        manifests.get_mut(package).unwrap().insert(dependency.to_owned());
        violations(&manifests)
    };
    assert_eq!(add("bosk-core", "tokio"), ["bosk-core depends on tokio"]);
    assert_eq!(add("bosk-cli", "git2"), ["bosk-cli depends on git2"]);
    assert_eq!(add("bosk-desktop", "nix"), ["bosk-desktop depends on nix"]);
    // What runtime gets at, its users get at.
    let found = add("bosk-runtime", "tauri-utils");
    for package in ["bosk-runtime", "bosk-cli"] {
        assert!(found.contains(&format!("{package} depends on tauri-utils")), "{found:?}");
    }
    assert!(add("bosk-rehearsal", "bosk-desktop").iter().any(|text| text.contains("tauri")));

    let mut poorer = manifests();
    for dependencies in poorer.values_mut() {
        dependencies.remove("git2");
    }
    assert_eq!(violations(&poorer), ["no package depends on git2"]);
    poorer.remove("bosk-core");
    assert!(violations(&poorer).contains(&"there is no package bosk-core".to_owned()));
}

#[test]
fn window_and_command_start_no_process_themselves() {
    for folder in ["src-tauri/src", "crates/cli/src"] {
        let mut seen = 0;
        for (path, text) in sources(folder, &["rs"]) {
            seen += 1;
            assert_eq!(process_use(&text), Vec::<String>::new(), "in {}", path.display());
        }
        assert!(seen > 0, "no sources below {folder}");
    }
}

#[test]
fn a_started_process_is_caught() {
    for bad in [
        "use std::process::Command;",
        "use std::process;",
        "use std::{fs, process::{self, ExitCode}};",
        "use std::{fs, process::{Command as Run, ExitCode}};",
        "use tokio::{fs, process::*};",
        "let child = std::process::Command::new(name);",
        "let child =\n    tokio::process::Command::new(name); // started",
    ] {
        assert_eq!(process_use(bad).len(), 1, "{bad}");
    }
    for good in [
        "use std::process::ExitCode;",
        "use std::{fs, process::{ExitCode, exit}};",
        "use bosk_runtime::{home, process::Tree};",
        "std::process::exit(2);",
        "// std::process::Command is the runtime's",
        "//! Not std::process::Command.",
        "let url = \"https://example.invalid\"; std::process::exit(1);",
    ] {
        assert_eq!(process_use(good), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn only_the_page_s_backend_talks_to_tauri() {
    let files = sources("ui/src", &["ts", "js", "svelte"]);
    assert!(!files.is_empty(), "no sources below ui/src");
    let backend = root().join("ui/src/backend");
    for (path, text) in files {
        assert!(path.starts_with(&backend) || !imports_tauri(&text), "in {}", path.display());
    }
}

#[test]
fn an_import_of_tauri_is_caught() {
    assert!(imports_tauri("import { invoke } from \"@tauri-apps/api/core\";"));
    assert!(imports_tauri("const api = await import('@tauri-apps/plugin-store');"));
    assert!(!imports_tauri("import { launch } from \"../backend\"; // not @tauri-apps"));
}

/// Everything in the manifests that is against the rule, as sentences.
fn violations(manifests: &Manifests) -> Vec<String> {
    let mut found = Vec::new();
    let mut forbid =
        |package: &str, dependencies: &BTreeSet<String>, wrong: &dyn Fn(&str) -> bool| {
            let wrong = dependencies.iter().filter(|name| wrong(name));
            found.extend(wrong.map(|name| format!("{package} depends on {name}")));
        };
    let none = BTreeSet::new();
    let direct = |package: &str| manifests.get(package).unwrap_or(&none);
    forbid("bosk-core", direct("bosk-core"), &|name| !CORE.contains(&name));
    for package in WITHOUT_TAURI.iter().filter(|package| **package != "bosk-core") {
        forbid(package, &reached(manifests, package), &|name| name.starts_with("tauri"));
    }
    for (package, left) in LEFT_TO_RUNTIME {
        forbid(package, direct(package), &|name| left.contains(&name));
    }
    let packages = WITHOUT_TAURI.iter().chain(LEFT_TO_RUNTIME.iter().map(|(package, _)| package));
    let absent: BTreeSet<_> = packages.filter(|name| !manifests.contains_key(**name)).collect();
    found.extend(absent.iter().map(|name| format!("there is no package {name}")));
    let given =
        |name: &&&str| !manifests.values().any(|dependencies| dependencies.contains(**name));
    found.extend(GIVEN.iter().filter(given).map(|name| format!("no package depends on {name}")));
    found
}

/// What a package depends on directly and through the project's own packages. That is all it takes: no library of
/// another's depends on Tauri unless its own name begins so.
fn reached(manifests: &Manifests, package: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![package];
    while let Some(next) = open.pop() {
        for name in manifests.get(next).into_iter().flatten() {
            if reached.insert(name.clone()) {
                open.push(name);
            }
        }
    }
    reached
}

fn manifests() -> Manifests {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let dependencies = |package: &cargo_metadata::Package| {
        let shipped =
            package.dependencies.iter().filter(|one| one.kind != DependencyKind::Development);
        shipped.map(|one| one.name.clone()).collect()
    };
    metadata
        .packages
        .iter()
        .map(|package| (package.name.to_string(), dependencies(package)))
        .collect()
}

/// Paths into `std::process` and `tokio::process` other than those by which a program ends itself.
fn process_use(source: &str) -> Vec<String> {
    let code: String = source.lines().map(without_comment).collect::<Vec<_>>().join(" ");
    let mut paths = Vec::new();
    for statement in code.split(';') {
        if let Some(at) = statement.find("use ").filter(|at| starts_word(statement, *at)) {
            expand(statement[at + 4..].trim(), "", &mut paths);
            continue;
        }
        for root in ["std::process", "tokio::process"] {
            for (at, _) in statement.match_indices(root) {
                let path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                let end =
                    statement[at..].find(|c| !path(c)).map_or(statement.len(), |end| at + end);
                paths.push(statement[at..end].to_owned());
            }
        }
    }
    paths.retain(|path| {
        let inside = |root| {
            path.strip_prefix(root).filter(|rest: &&str| rest.is_empty() || rest.starts_with("::"))
        };
        let own_end = |rest: &str| {
            let item = rest.trim_start_matches(':').split("::").next().unwrap_or_default();
            OWN_END.contains(&item)
        };
        inside("tokio::process").is_some()
            || inside("std::process").is_some_and(|rest| !own_end(rest))
    });
    paths
}

/// `std::{fs, process::{self, exit}}` becomes `std::fs`, `std::process::self`, `std::process::exit`.
fn expand(tree: &str, before: &str, paths: &mut Vec<String>) {
    let Some((head, rest)) = tree.split_once('{') else {
        let name = tree.split_whitespace().next().unwrap_or_default();
        return paths.push(format!("{before}{name}"));
    };
    let before = format!("{before}{}", head.trim());
    let (mut depth, mut start) = (0, 0);
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                let part = rest[start..at].trim();
                if !part.is_empty() {
                    expand(part, &before, paths);
                }
                start = at + 1;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
}

fn starts_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The line up to a comment. `//` after a colon is an address within a string.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

fn imports_tauri(source: &str) -> bool {
    source.lines().any(|line| without_comment(line).contains("@tauri-apps"))
}

fn sources(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if path.is_dir() {
                open.push(path);
            } else if endings.contains(&ending) {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}

/// The workspace's root, from where cargo runs this package's tests.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
