//! Finding the CLI and asking its version. What the person named is taken or refused, never
//! replaced; else the first that answers and is new enough is taken.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::{Problem, ProblemCode};

use super::{environment, places, probe};
use crate::process::Environment;

/// The variable that names the CLI, before every setting.
pub const NAMED_BY: &str = "BOSK_CLAUDE";

/// The oldest CLI that Bosk works with. Bosk's protocol is measured on 2.1.330; 2.0.0 is the
/// first with checkpoints, which Bosk asks for, and has stream-json in both directions with
/// permission requests over stdio. What lies between is not refused, but not promised either.
pub const MINIMUM: Version = Version(2, 0, 0);

/// The CLI's version: major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Reads what `claude --version` prints, such as `2.1.330 (Claude Code)`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, product) = text.trim().split_once(' ')?;
        if product != "(Claude Code)" {
            return None;
        }
        let number = number.split(['-', '+']).next()?;
        let mut parts = number.split('.').map(|part| part.parse().ok());
        let version = Self(parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// What to run: a file, and arguments that come before all others (a script's, on Windows).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The file.
    pub path: PathBuf,
    /// What comes first.
    pub first_args: Vec<OsString>,
}

/// A CLI that works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cli {
    /// How to run it.
    pub program: Program,
    /// Its version, at least [`MINIMUM`].
    pub version: Version,
}

impl Cli {
    /// The CLI's file, or the interpreter's.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.program.path
    }

    /// The whole argument list for a run of it.
    #[must_use]
    pub fn args(&self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Vec<OsString> {
        let first = self.program.first_args.iter().cloned();
        first.chain(args.into_iter().map(Into::into)).collect()
    }
}

/// Finds it: `BOSK_CLAUDE`, then `setting`, then `PATH`, then the usual places.
///
/// # Errors
/// [`ProblemCode::CliMissing`], [`ProblemCode::CliTooOld`] or [`ProblemCode::CliFailed`].
pub async fn find(parent: &Environment, setting: Option<&Path>) -> Result<Cli, Problem> {
    let environment = environment::clean(parent);
    let named = parent.get(NAMED_BY).filter(|value| !value.is_empty()).map(Path::new);
    if let Some(path) = named.or(setting) {
        return check(path, &environment, probe::LIMIT)
            .await
            .map_err(|refusal| refusal.problem(path));
    }
    let mut first_refusal = None;
    for path in candidates(&environment) {
        match check(&path, &environment, probe::LIMIT).await {
            Ok(cli) => return Ok(cli),
            Err(Refusal::Missing) => {}
            // The first is the one that the person would have run.
            Err(refusal) => first_refusal = first_refusal.or_else(|| Some(refusal.problem(&path))),
        }
    }
    Err(first_refusal.unwrap_or_else(nowhere))
}

fn candidates(environment: &Environment) -> Vec<PathBuf> {
    let path = environment.get("PATH").unwrap_or_default();
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    let mut all: Vec<PathBuf> = folders.flat_map(|folder| places::in_folder(&folder)).collect();
    all.extend(places::usual(environment));
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|path| seen.insert(path.clone()));
    all
}

/// Why one candidate is not taken.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is no such file")]
    Missing,
    #[error("the file may not be run")]
    NotExecutable,
    #[error("what it needs to run, such as node, was not found")]
    NoInterpreter,
    #[error("it would not start: {0}")]
    NotStarted(io::Error),
    #[error("it did not answer in time")]
    Silent,
    #[error("it did not tell the version of a Claude Code CLI")]
    Stranger,
    #[error("it is version {0}, and Bosk needs {MINIMUM}")]
    TooOld(Version),
}

async fn check(path: &Path, environment: &Environment, limit: Duration) -> Result<Cli, Refusal> {
    let program = resolve(path)?;
    let answer = probe::ask(&program, &["--version"], environment, limit).await;
    let answer = answer.map_err(|error| match error.kind() {
        // The file is there, so what is missing is what its first line names.
        io::ErrorKind::NotFound => Refusal::NoInterpreter,
        io::ErrorKind::PermissionDenied => Refusal::NotExecutable,
        io::ErrorKind::TimedOut => Refusal::Silent,
        _ => Refusal::NotStarted(error),
    })?;
    // env(1) answers 127 where the interpreter of a script is missing.
    if answer.status.code() == Some(127) {
        return Err(Refusal::NoInterpreter);
    }
    let version = Version::parse(&answer.stdout).filter(|_| answer.status.success());
    let version = version.ok_or(Refusal::Stranger)?;
    if version < MINIMUM { Err(Refusal::TooOld(version)) } else { Ok(Cli { program, version }) }
}

/// The file to run; on Windows what a shim stands for.
fn resolve(path: &Path) -> Result<Program, Refusal> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(Refusal::NotExecutable),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(Refusal::NotExecutable);
        }
        Err(_) => return Err(Refusal::Missing),
    }
    let is_shim = path.extension().is_some_and(|end| {
        end.eq_ignore_ascii_case("cmd") || end.eq_ignore_ascii_case("bat") || end == "ps1"
    });
    let (path, first_args) = if cfg!(windows) && is_shim {
        places::behind_shim(path).ok_or(Refusal::NoInterpreter)?
    } else {
        (std::path::absolute(path).map_err(Refusal::NotStarted)?, Vec::new())
    };
    Ok(Program { path, first_args })
}

impl Refusal {
    fn problem(&self, path: &Path) -> Problem {
        let shown = path.display();
        let message = format!(
            "The Claude Code CLI at {shown} cannot be used, so no session can start: {self}."
        );
        let hint = match self {
            Self::Missing => format!("Correct the path, in the settings or in {NAMED_BY}, or remove it: Bosk then looks for the CLI itself."),
            Self::NotExecutable if cfg!(windows) => "Name a program, not a folder, that you may run.".into(),
            Self::NotExecutable => "Allow it to be run (chmod +x), or name another file in the settings.".into(),
            Self::NoInterpreter => "Install Node.js, or install Claude Code with its own installer, which needs none.".into(),
            Self::TooOld(_) => "Run `claude update` in a terminal, then try again.".into(),
            Self::NotStarted(_) | Self::Silent | Self::Stranger => {
                "Run `claude --version` in a terminal to see what it says, or name another file in the settings.".into()
            }
        };
        let code = match self {
            Self::Missing => ProblemCode::CliMissing,
            Self::TooOld(_) => ProblemCode::CliTooOld,
            _ => ProblemCode::CliFailed,
        };
        Problem::new(code, message).hint(hint)
    }
}

/// The installers' commands are those of code.claude.com/docs/en/setup.
fn nowhere() -> Problem {
    let message = "Bosk found no Claude Code CLI on this computer, so no session can start.";
    let install = if cfg!(windows) {
        "irm https://claude.ai/install.ps1 | iex` in PowerShell"
    } else {
        "curl -fsSL https://claude.ai/install.sh | bash` in a terminal"
    };
    Problem::new(ProblemCode::CliMissing, message).hint(format!(
        "Install it with `{install}, or name the file of one that you have in the settings."
    ))
}

#[cfg(test)]
#[path = "find_tests.rs"]
mod tests;
