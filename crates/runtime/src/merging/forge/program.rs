//! The forge's own command, `gh` or `glab`: found as the person would find it, and run in the person's own environment, so
//! that it signs in by itself. No secret passes through here. Not here: what it is asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bosk_core::review::forge::ForgeKind;
use bosk_core::{Problem, ProblemCode};
use serde::de::DeserializeOwned;
use tokio::process::Command;

use crate::claude::environment;
use crate::process::Environment;
use crate::process::whole::{self, Keep, Ran};

/// The most that is read of an answer, in bytes.
const ANSWER: usize = 16 << 20;

/// So that it neither asks, nor paints, nor looks for a newer one of itself.
/// Sources: `gh help environment`, and glab's own documentation of its environment variables.
const QUIET: [(&str, &str); 9] = [
    ("GH_PROMPT_DISABLED", "1"),
    ("GH_NO_UPDATE_NOTIFIER", "1"),
    ("GH_PAGER", "cat"),
    ("GH_SPINNER_DISABLED", "1"),
    ("GLAB_NO_PROMPT", "1"),
    ("NO_PROMPT", "1"),
    ("GLAB_CHECK_UPDATE", "false"),
    ("NO_COLOR", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
];

/// The command, where it is installed.
#[derive(Debug, Clone)]
pub(super) struct Program {
    path: PathBuf,
    environment: Environment,
    folder: PathBuf,
    patience: Duration,
}

impl Program {
    /// Looks for it on the person's `PATH` and in the usual places.
    pub(super) fn find(
        kind: ForgeKind,
        own: &Environment,
        folder: &Path,
        patience: Duration,
    ) -> Option<Self> {
        let mut environment = environment::clean(own);
        // A relative entry would be looked up in the session's folder, where anything may lie.
        let entries = std::env::split_paths(environment.get("PATH")?);
        let all = std::env::join_paths(entries.filter(|entry| entry.is_absolute())).ok()?;
        let path = which::which_in_global(name(kind), Some(&all)).ok()?.next()?;
        environment.set("PATH", all);
        for (name, value) in QUIET {
            environment.set(name, value);
        }
        Some(Self { path, environment, folder: folder.to_owned(), patience })
    }

    /// Whether it answers yes.
    pub(super) async fn agrees(&self, args: &[&str]) -> Result<bool, Problem> {
        Ok(self.run(args, Vec::new(), Keep::First(1 << 10)).await?.code == Some(0))
    }

    /// What it prints.
    pub(super) async fn text(&self, args: &[&str], input: Vec<u8>) -> Result<String, Problem> {
        let ran = self.said(args, input, Keep::First(ANSWER)).await?;
        Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned())
    }

    /// The last of what it prints.
    pub(super) async fn end(&self, args: &[&str], bytes: usize) -> Result<String, Problem> {
        let ran = self.said(args, Vec::new(), Keep::Last(bytes)).await?;
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }

    /// What it answers as JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        args: &[&str],
        input: Vec<u8>,
    ) -> Result<T, Problem> {
        let text = self.text(args, input).await?;
        serde_json::from_str(&text).map_err(|error| {
            let text = format!("The answer of {} was not understood: {error}.", self.name());
            Problem::new(ProblemCode::GitFailed, text).hint("Update it, then try again.")
        })
    }

    async fn said(&self, args: &[&str], input: Vec<u8>, keep: Keep) -> Result<Ran, Problem> {
        let ran = self.run(args, input, keep).await?;
        if ran.code == Some(0) {
            return Ok(ran);
        }
        let said = String::from_utf8_lossy(&ran.stderr);
        let lines = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(4);
        let why: String = lines
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .filter(|c| !c.is_control())
            .take(600)
            .collect();
        let why = if why.is_empty() { "it said nothing".to_owned() } else { why };
        let text = format!("{} could not do this: {}.", self.name(), why.trim_end_matches('.'));
        Err(Problem::new(ProblemCode::GitFailed, text).hint(format!(
            "See what `{} auth status` says in a terminal, then try again.",
            self.name()
        )))
    }

    async fn run(&self, args: &[&str], input: Vec<u8>, keep: Keep) -> Result<Ran, Problem> {
        let mut command = Command::new(&self.path);
        command.args(args).env_clear().envs(self.environment.iter()).current_dir(&self.folder);
        let ran = whole::run(command, input, keep, self.patience).await.map_err(|error| {
            let text = format!("{} could not be started: {error}.", self.name());
            Problem::new(ProblemCode::GitFailed, text).hint("Install it anew, then try again.")
        })?;
        if ran.timed_out {
            let text =
                format!("{} did not answer within {} s.", self.name(), self.patience.as_secs());
            return Err(Problem::new(ProblemCode::TimedOut, text)
                .hint("See whether you are on the network, then try again."));
        }
        Ok(ran)
    }

    fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// What the command is called.
pub(super) const fn name(kind: ForgeKind) -> &'static str {
    match kind {
        ForgeKind::Github => "gh",
        ForgeKind::Gitlab => "glab",
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::git::testing;

    #[test]
    fn nothing_that_lies_in_the_folder_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let script = testing::script(folder.path(), "exit 0");
        std::fs::rename(script, folder.path().join("gh")).unwrap();
        let find = |path: &std::ffi::OsStr| {
            let own: Environment = [("PATH", path)].into_iter().collect();
            Program::find(ForgeKind::Github, &own, folder.path(), Duration::from_secs(1))
        };
        assert!(find(".:bin:".as_ref()).is_none());
        assert!(find(folder.path().as_os_str()).is_some());
    }
}
