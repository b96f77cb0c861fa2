//! Which repositories' own settings a person has agreed to. Print mode skips the CLI's own trust
//! dialog, so Bosk asks: once for each repository, and again for content that was not seen before.
//! Not here: what a file's content means ([`bosk_core::trust`]).

mod brought;
pub(crate) mod filters;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bosk_core::trust::{FindingKind, TrustReport, TrustState};
use bosk_core::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};

use crate::files;
use crate::git::programs::Program;
use crate::git::{Repository, lock};
use crate::home::Home;

pub use brought::Source;

/// How many fingerprints are kept for one repository: branches differ, and each is asked for once.
const KEPT: usize = 64;

/// How many programs.
const PROGRAMS: usize = 256;

/// The agreements of the person who owns a home of Bosk's.
#[derive(Debug, Clone)]
pub struct Trust {
    file: PathBuf,
    lock: PathBuf,
}

/// The file's content: for each repository (its common folder), what was accepted, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Agreements {
    accepted: BTreeMap<String, Vec<String>>,
    /// The same of each program alone that its git configuration named then: whatever else it brings by now, to these
    /// the person has agreed.
    #[serde(default)]
    programs: BTreeMap<String, Vec<String>>,
}

impl Trust {
    /// The agreements kept in `home`.
    #[must_use]
    pub fn new(home: &Home) -> Self {
        Self { file: home.path().join("trust.json"), lock: home.locks().join("trust.lock") }
    }

    /// What `source` brings, and whether the person has agreed to exactly that. A repository that
    /// brings nothing needs no agreement.
    ///
    /// # Errors
    /// A file of the repository's cannot be read or is too large to be shown; or the agreements
    /// were damaged (they are kept aside, and the next call asks afresh).
    pub async fn status(
        &self,
        repository: &Repository,
        source: &Source,
    ) -> Result<TrustReport, Problem> {
        let brought = brought::scan(repository, source).await?;
        let agreements = {
            let _lock = lock::exclusive(self.lock.clone()).await?;
            self.load()?
        };
        let accepted = agreements.accepted.get(&key(repository));
        let state = match accepted {
            _ if brought.findings.is_empty() => TrustState::Trusted,
            Some(known) if known.contains(&brought.fingerprint) => TrustState::Trusted,
            Some(_) => TrustState::Changed,
            None => TrustState::Unknown,
        };
        Ok(TrustReport { state, fingerprint: brought.fingerprint, findings: brought.findings })
    }

    /// Keeps the person's agreement to what a report showed.
    ///
    /// # Errors
    /// `source` brings something else by now; or the agreement cannot be kept.
    pub async fn accept(
        &self,
        repository: &Repository,
        source: &Source,
        fingerprint: &str,
    ) -> Result<(), Problem> {
        let brought = brought::scan(repository, source).await?;
        if brought.fingerprint != fingerprint {
            return Err(Problem::new(
                ProblemCode::NotTrusted,
                "The repository's settings have changed since they were shown, so they were not accepted.",
            )
            .hint("Look at what it brings now, then decide again."));
        }
        let _lock = lock::exclusive(self.lock.clone()).await?;
        let mut agreements = self.load()?;
        let accepted = [fingerprint.to_owned()];
        remember(&mut agreements.accepted, repository, KEPT, accepted);
        let programs = brought.programs.iter().map(brought::of_program);
        remember(&mut agreements.programs, repository, PROGRAMS, programs);
        let content = serde_json::to_vec_pretty(&agreements)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        files::write_atomically(&self.file, &content).map_err(|error| {
            Problem::new(
                ProblemCode::HomeUnwritable,
                format!("Your decision could not be kept: {error}."),
            )
            .hint("Free or unlock Bosk's folder, then decide again.")
        })
    }

    /// Whether the person has agreed to each of these programs of the repository's git configuration, with whatever else
    /// it brought then.
    ///
    /// # Errors
    /// Git failed, or as for [`status`](Self::status).
    pub(crate) async fn knows(
        &self,
        repository: &Repository,
        programs: &[Program],
    ) -> Result<bool, Problem> {
        let known = {
            let _lock = lock::exclusive(self.lock.clone()).await?;
            self.load()?.programs.remove(&key(repository)).unwrap_or_default()
        };
        if programs.iter().all(|one| known.contains(&brought::of_program(one))) {
            return Ok(true);
        }
        // An agreement that is older than that list.
        let root = Source::Folder(repository.root.clone());
        let report = self.status(repository, &root).await;
        let shown = |one: &Program| {
            let found = report.iter().flat_map(|report| &report.findings);
            found.into_iter().any(|finding| {
                finding.kind == FindingKind::GitConfig
                    && finding.name == one.key
                    && finding.detail.as_ref() == Some(&one.value)
            })
        };
        Ok(report.as_ref().is_ok_and(|report| report.state == TrustState::Trusted)
            && programs.iter().all(shown))
    }

    fn load(&self) -> Result<Agreements, Problem> {
        let damaged = match std::fs::read(&self.file) {
            Ok(content) => match serde_json::from_slice(&content) {
                Ok(agreements) => return Ok(agreements),
                Err(error) => error.to_string(),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Agreements::default()),
            Err(error) => error.to_string(),
        };
        let aside = put_aside(&self.file);
        let place = match &aside {
            Ok(path) => format!("It is kept as {}.", path.display()),
            Err(error) => format!("It could not be put aside: {error}."),
        };
        Err(Problem::new(
            ProblemCode::FileDamaged,
            format!("Bosk's list of trusted repositories could not be read ({damaged}). {place}"),
        )
        .hint("Try again: Bosk asks about each repository afresh."))
    }
}

/// Adds them as the newest, and lets the oldest go: `most` stay.
fn remember(
    agreements: &mut BTreeMap<String, Vec<String>>,
    repository: &Repository,
    most: usize,
    fingerprints: impl IntoIterator<Item = String>,
) {
    let known = agreements.entry(key(repository)).or_default();
    for fingerprint in fingerprints {
        known.retain(|other| *other != fingerprint);
        known.push(fingerprint);
    }
    known.drain(..known.len().saturating_sub(most));
}

/// What one repository is known by: all of its worktrees share this folder.
fn key(repository: &Repository) -> String {
    repository.common_dir.to_string_lossy().into_owned()
}

/// Renames a file to the first free `<name>.damaged-<n>`.
fn put_aside(file: &Path) -> std::io::Result<PathBuf> {
    let numbered = (1_u32..).map(|number| {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".damaged-{number}"));
        file.with_file_name(name)
    });
    let mut free = numbered.filter(|path| path.symlink_metadata().is_err());
    let aside = free.next().ok_or_else(|| std::io::Error::from(ErrorKind::AlreadyExists))?;
    std::fs::rename(file, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests;
