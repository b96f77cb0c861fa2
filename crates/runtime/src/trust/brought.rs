//! What a repository brings that could act on its own: found in a folder or in a commit, read by
//! [`bosk_core::trust`], and named by one fingerprint over the exact bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bosk_core::trust::{Finding, FindingKind, in_mcp, in_modules, in_settings};
use bosk_core::{Problem, ProblemCode};
use sha2::{Digest as _, Sha256};

use crate::git::lock::hex;
use crate::git::programs::{self, Program};
use crate::git::{GitError, Repository};
use crate::project::{self, Project, Run};

/// Files that are read for what they say.
const FILES: [&str; 5] =
    [".claude/settings.json", ".claude/settings.local.json", ".mcp.json", project::FILE, MODULES];

/// The file that names submodules.
const MODULES: &str = ".gitmodules";

/// Folders whose files are told by name.
const FOLDERS: [(&str, FindingKind); 4] = [
    (".claude/agents", FindingKind::Agent),
    (".claude/commands", FindingKind::SlashCommand),
    (".claude/hooks", FindingKind::HookFile),
    (".claude/skills", FindingKind::Skill),
];

/// The most that is read of all these files together, in bytes.
const LIMIT: usize = 32 << 20;

/// The most files that are read.
const MOST: usize = 5000;

/// How deep a folder of them goes; also what ends a circle of links.
const DEPTH: usize = 8;

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The files in a work tree, as they are now: what decides before anything runs there.
    Folder(PathBuf),
    /// The files of a commit, given by its full id: what a worktree made from it will have.
    Commit(String),
    /// Those and what every folder down to this one has, which is where Claude works: its path from the root, with `/`.
    Below(Box<Self>, String),
}

impl Source {
    /// The same for a session that works in this subfolder.
    #[must_use]
    pub fn below(self, subfolder: Option<&str>) -> Self {
        match subfolder {
            Some(path) => Self::Below(Box::new(self), path.to_owned()),
            None => self,
        }
    }

    /// The commit, where it is one.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        match self {
            Self::Commit(commit) => Some(commit),
            Self::Folder(_) => None,
            Self::Below(source, _) => source.commit(),
        }
    }

    /// Where it is looked, each from the root: nothing, or a path that ends with `/`.
    fn places(&self) -> (&Self, Vec<String>) {
        match self {
            Self::Below(source, path) => {
                let (source, mut places) = source.places();
                let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
                places.extend(ends.map(|end| format!("{}/", &path[..end])));
                (source, places)
            }
            source => (source, vec![String::new()]),
        }
    }
}

/// What was found.
#[derive(Debug)]
pub(super) struct Brought {
    pub(super) fingerprint: String,
    /// The programs of git's configuration.
    pub(super) programs: Vec<Program>,
    pub(super) findings: Vec<Finding>,
}

pub(super) async fn scan(repository: &Repository, source: &Source) -> Result<Brought, Problem> {
    let (source, places) = source.places();
    let files = async {
        match source {
            Source::Folder(folder) => {
                let (folder, places) = (folder.clone(), places.clone());
                let reading = tokio::task::spawn_blocking(move || in_folder(&folder, &places));
                reading.await.map_err(|e| Problem::new(ProblemCode::Internal, e.to_string()))?
            }
            Source::Commit(commit) => in_commit(repository, commit, &places).await,
            // What is below stands in `places`.
            Source::Below(..) => Ok(Files::new()),
        }
    };
    let (files, programs) = tokio::try_join!(files, programs::of(repository))?;
    let mut digest = Sha256::new();
    let mut part = |bytes: &[u8]| add(&mut digest, bytes);
    let mut findings = Vec::new();
    for (path, content) in &files {
        part(path.as_bytes());
        part(content);
        findings.extend(in_file(path, content, &places));
    }
    part(b"");
    for Program { key, value } in &programs {
        part(key.as_bytes());
        part(value.as_bytes());
        findings.push(Finding {
            kind: FindingKind::GitConfig,
            name: key.clone(),
            detail: Some(value.clone()),
            file: ".git/config".to_owned(),
        });
    }
    Ok(Brought { fingerprint: hex(&digest.finalize()), programs, findings })
}

/// What stands for one program of git's configuration.
pub(super) fn of_program(program: &Program) -> String {
    let mut digest = Sha256::new();
    add(&mut digest, program.key.as_bytes());
    add(&mut digest, program.value.as_bytes());
    hex(&digest.finalize())
}

/// Each part with its length, so that no two sets of parts read the same.
fn add(digest: &mut Sha256, part: &[u8]) {
    digest.update((part.len() as u64).to_le_bytes());
    digest.update(part);
}

/// Some count at the root alone.
fn looked_for(place: &str) -> impl Iterator<Item = String> {
    let at_root = [project::FILE, MODULES];
    let files = FILES.into_iter().filter(move |file| place.is_empty() || !at_root.contains(file));
    files.map(move |file| format!("{place}{file}"))
}

fn in_file(file: &str, content: &[u8], places: &[String]) -> Vec<Finding> {
    let told = |kind, name: &str, detail: Option<String>| {
        vec![Finding { kind, name: name.to_owned(), detail, file: file.to_owned() }]
    };
    // From where it is looked for: the deepest place, since a place is below the one before.
    let below = places.iter().rev().find_map(|place| file.strip_prefix(place.as_str()));
    let path = below.unwrap_or(file);
    match path {
        ".mcp.json" => in_mcp(file, content),
        project::FILE => match Project::parse(&String::from_utf8_lossy(content)) {
            Ok(Project { setup, run, teardown, check, .. }) => {
                let script = |kind, name, run: Run| (kind, name, run.to_string());
                let setup = setup.map(|one| script(FindingKind::SetupScript, "setup", one.run));
                let server = run.map(|one| script(FindingKind::RunScript, "run", one.run));
                let down = teardown;
                let down = down.map(|one| script(FindingKind::TeardownScript, "teardown", one.run));
                let check = check.map(|one| (FindingKind::Check, "check", one.run));
                let all = setup.into_iter().chain(server).chain(down).chain(check);
                all.flat_map(|(kind, name, run)| told(kind, name, Some(run))).collect()
            }
            Err(problem) => told(FindingKind::Unreadable, path, Some(problem.message)),
        },
        MODULES => in_modules(file, content),
        _ if FILES.contains(&path) => in_settings(file, content),
        _ => {
            let folder = FOLDERS.iter().find_map(|(folder, kind)| {
                Some((*kind, path.strip_prefix(folder)?.strip_prefix('/')?))
            });
            match folder {
                // A skill is a folder, told once by the file that makes it one.
                Some((FindingKind::Skill, name)) => match name.strip_suffix("/SKILL.md") {
                    Some(name) => told(FindingKind::Skill, name, None),
                    None => Vec::new(),
                },
                Some((kind, name)) => told(kind, name, None),
                None => Vec::new(),
            }
        }
    }
}

type Files = BTreeMap<String, Vec<u8>>;

fn in_folder(root: &Path, places: &[String]) -> Result<Files, Problem> {
    let mut files = Files::new();
    for path in places.iter().flat_map(|place| looked_for(place)) {
        read(root, &path, &mut files)?;
    }
    let folders = |place: &String| FOLDERS.map(|(folder, _)| (format!("{place}{folder}"), 0));
    let mut open: Vec<(String, usize)> = places.iter().flat_map(folders).collect();
    while let Some((folder, depth)) = open.pop() {
        let Ok(entries) = std::fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if !entry.path().is_dir() {
                read(root, &path, &mut files)?;
            } else if depth < DEPTH {
                open.push((path, depth + 1));
            } else {
                return Err(too_much());
            }
        }
    }
    Ok(files)
}

/// Reads one file as the CLI would, so through links, too.
fn read(root: &Path, path: &str, files: &mut Files) -> Result<(), Problem> {
    let full = root.join(path);
    // Only files: a pipe would never end.
    let Ok(metadata) = full.metadata() else { return Ok(()) };
    if !metadata.is_file() {
        return Ok(());
    }
    let taken: usize = files.values().map(Vec::len).sum();
    if files.len() >= MOST || metadata.len() > (LIMIT - taken.min(LIMIT)) as u64 {
        return Err(too_much());
    }
    let content = std::fs::read(&full).map_err(|error| unreadable(path, &error))?;
    files.insert(path.to_owned(), content);
    Ok(())
}

async fn in_commit(
    repository: &Repository,
    commit: &str,
    places: &[String],
) -> Result<Files, Problem> {
    let look = || repository.git.look(&repository.root);
    let listed = look()
        .args(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit, "--"])
        .args(places.iter().flat_map(|place| looked_for(place)))
        .args(places.iter().flat_map(|place| FOLDERS.map(|(folder, _)| format!("{place}{folder}"))))
        .run()
        .await?;
    let mut files = Files::new();
    let mut taken = 0;
    for entry in listed.fields() {
        // Source of the format: git-ls-tree(1), `<mode> <type> <object>\t<path>`.
        let entry = String::from_utf8_lossy(entry);
        let parts = entry.split_once('\t').and_then(|(object, path)| {
            let mut words = object.split(' ').skip(1);
            Some((words.next()?, words.next()?, path))
        });
        let Some((kind, object, path)) = parts else {
            return Err(GitError::Unexpected { command: "ls-tree".into() }.into());
        };
        if kind != "blob" {
            continue;
        }
        if files.len() >= MOST {
            return Err(too_much());
        }
        let limit = LIMIT - taken;
        let blob = look().args(["cat-file", "blob", object]).limit(limit).run().await?;
        if blob.truncated {
            return Err(too_much());
        }
        taken += blob.stdout.len();
        files.insert(path.to_owned(), blob.stdout);
    }
    Ok(files)
}

/// Commands that the repository's own git configuration (which also travels in an archive) would
/// make git run in a session, or in Bosk's own checkout of a worktree.
fn too_much() -> Problem {
    Problem::new(
        ProblemCode::NotTrusted,
        "The repository brings more settings than Bosk can show, so it does not start there.",
    )
    .hint("Look into its .claude folder and make it smaller.")
}

fn unreadable(path: &str, error: &std::io::Error) -> Problem {
    Problem::new(
        ProblemCode::RepositoryUnreadable,
        format!("Bosk cannot read {path}, so it cannot tell what the repository brings: {error}."),
    )
}
