//! Claude sessions that somebody started elsewhere, in a terminal or an editor: seen in the CLI's own
//! registry, measured, and never touched. Not here: taking one over once it has ended ([`crate::client::adopt`]).

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bosk_core::SessionId;
use bosk_core::usage::Usage;
use bosk_core::view::ForeignSession;
use serde::Deserialize;

use crate::home::Home;
use crate::process::{self, Process};
use crate::usage::{Kept, Sampler};

/// Most that are remembered after they have ended.
const REMEMBERED: usize = 20;

/// How much the registry's time of start and the kernel's may differ, in milliseconds: a process that has
/// the pid now and was started at another time is a stranger.
const SLACK: u64 = 60_000;

/// A line of the registry: `<config>/sessions/<pid>.json` (CLI 2.1.330, measured).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    pid: u32,
    session_id: String,
    #[serde(default)]
    cwd: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    name: Option<String>,
    /// Milliseconds since 1970.
    #[serde(default)]
    started_at: Option<i64>,
}

/// Most entries of the registry that are looked at, and most bytes of each.
const MOST: usize = 500;
const LONGEST: u64 = 64 << 10;

/// How long what was kept of a session that is somebody else's is of any use, in seconds: as long as a series.
const KEPT: u64 = 30 * 86_400;

fn entry(file: &std::fs::DirEntry) -> Option<Entry> {
    // A pipe would be waited for.
    if !file.file_type().ok()?.is_file() {
        return None;
    }
    let mut text = Vec::new();
    std::fs::File::open(file.path()).ok()?.take(LONGEST).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Deletes what was kept of sessions that ended long ago.
pub(crate) fn forget_old(home: &Home) {
    for file in std::fs::read_dir(home.usage()).into_iter().flatten().flatten() {
        let is_session =
            file.file_name().to_str().is_some_and(|name| SessionId::parse(name).is_ok());
        let changed = file.metadata().and_then(|data| data.modified()).ok();
        let age = changed.and_then(|changed| changed.elapsed().ok()).unwrap_or_default();
        if is_session && age.as_secs() > KEPT {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// The CLI's own folder: `CLAUDE_CONFIG_DIR`, or `.claude` in the person's.
#[must_use]
pub fn config_folder() -> Option<PathBuf> {
    let named = std::env::var_os("CLAUDE_CONFIG_DIR").filter(|value| !value.is_empty());
    named.map(PathBuf::from).or_else(|| etcetera::home_dir().ok().map(|home| home.join(".claude")))
}

/// The CLI's own transcript of a conversation.
#[must_use]
pub fn transcript(config: &Path, id: &SessionId) -> Option<PathBuf> {
    let name = format!("{id}.jsonl");
    let projects = std::fs::read_dir(config.join("projects")).ok()?;
    projects.flatten().map(|project| project.path().join(&name)).find(|path| path.is_file())
}

/// Keeps an eye on them.
#[derive(Debug)]
pub struct Elsewhere {
    home: Home,
    config: Option<PathBuf>,
    known: BTreeMap<SessionId, Known>,
}

#[derive(Debug)]
struct Known {
    session: ForeignSession,
    sampler: Sampler,
    kept: Option<Kept>,
}

impl Elsewhere {
    /// Of this machine's CLI, as far as they are not Bosk's own.
    #[must_use]
    pub fn new(home: &Home) -> Self {
        Self { home: home.clone(), config: config_folder(), known: BTreeMap::new() }
    }

    /// Looks who is there, and measures them. Those that have ended stay for a while, so that they can be
    /// taken over.
    pub fn look(&mut self) -> (Vec<ForeignSession>, Vec<(SessionId, Usage)>) {
        let alive = self.alive_with_processes();
        for known in self.known.values_mut() {
            known.session.alive = alive.iter().any(|(session, _)| session.id == known.session.id);
        }
        let mut used = Vec::new();
        for (session, process) in alive {
            let id = session.id.clone();
            let known = self.known.entry(id.clone()).or_insert_with(|| {
                let kept = crate::files::create_private_folder(&self.home.usage())
                    .and_then(|()| Kept::open(&self.home.usage().join(id.as_str())));
                Known { session: session.clone(), sampler: Sampler::default(), kept: kept.ok() }
            });
            known.session = session;
            let usage = known.sampler.sample_other(&process).usage;
            if let Some(kept) = &mut known.kept {
                // What is lost of it is a second of a graph.
                let _ = kept.take(&usage);
            }
            used.push((id, usage));
        }
        self.forget();
        (self.known.values().map(|known| known.session.clone()).collect(), used)
    }

    /// Those that run now.
    #[must_use]
    pub fn alive(&self) -> Vec<ForeignSession> {
        self.alive_with_processes().into_iter().map(|(session, _)| session).collect()
    }

    fn alive_with_processes(&self) -> Vec<(ForeignSession, Process)> {
        let Some(config) = &self.config else { return Vec::new() };
        let files = std::fs::read_dir(config.join("sessions")).into_iter().flatten().flatten();
        let entries = files.take(MOST).filter_map(|file| entry(&file));
        entries.filter_map(|entry| self.one(entry)).collect()
    }

    fn one(&self, entry: Entry) -> Option<(ForeignSession, Process)> {
        let id = SessionId::parse(&entry.session_id).ok()?;
        if self.home.session(&id).exists() {
            return None;
        }
        let process = process::look_up(entry.pid).filter(|process| !process.is_dead())?;
        // A process of Bosk's that has no session yet is no stranger's.
        if process::is_of_bosk(&process) {
            return None;
        }
        let started = process.started_at();
        let told = entry.started_at.unwrap_or(started);
        if started.abs_diff(told) > SLACK {
            return None;
        }
        let folder = Path::new(&entry.cwd);
        let named = entry.name.filter(|name| !name.is_empty());
        let title = named.or_else(|| Some(folder.file_name()?.to_string_lossy().into_owned()));
        let session = ForeignSession {
            id,
            pid: entry.pid,
            title: title.unwrap_or_default().chars().take(120).collect(),
            folder: entry.cwd,
            busy: entry.status.as_deref() == Some("busy"),
            started_at: told,
            alive: true,
        };
        Some((session, process))
    }

    /// Those that ended long ago, and those that are Bosk's by now.
    fn forget(&mut self) {
        self.known.retain(|id, _| !self.home.session(id).exists());
        let mut ended: Vec<(i64, SessionId)> = (self.known.values())
            .filter(|known| !known.session.alive)
            .map(|known| (known.session.started_at, known.session.id.clone()))
            .collect();
        ended.sort_unstable();
        for (_, id) in ended.iter().rev().skip(REMEMBERED) {
            self.known.remove(id);
        }
    }
}
