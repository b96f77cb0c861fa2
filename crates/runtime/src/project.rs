//! `bosk.toml` at a repository's root: what a session's worktree needs before work begins and before it goes, what can
//! run beside Claude, and what tells whether the work is right. Not here: running it, and asking whether it may run ([`crate::trust`]).

use std::path::Path;

pub use bosk_core::script::{Run, Timed};
use bosk_core::{Problem, ProblemCode};
use serde::Deserialize;

use crate::git::Repository;

/// The file's name.
pub const FILE: &str = "bosk.toml";

/// No sensible file is larger, in bytes.
pub(crate) const LIMIT: u64 = 1 << 20;

/// What `bosk.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// What runs in a new worktree before the session does.
    pub setup: Option<Timed>,
    /// What can be started beside Claude: a server, a watcher.
    pub run: Option<Server>,
    /// What runs in a worktree before it is put away.
    pub teardown: Option<Timed>,
    /// What runs when a turn has ended, where the launch names nothing else.
    pub check: Option<Check>,
    /// Launches that are kept ([`crate::templates`]): a mistake in them keeps nothing from being set up.
    #[serde(default, rename = "templates")]
    _templates: Option<serde::de::IgnoredAny>,
}

/// The check of the work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// A command for the platform's shell, run in the worktree's root.
    pub run: String,
}

/// A command of the repository's that runs beside Claude for as long as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// What to run, in the worktree's root.
    pub run: Run,
}

impl Project {
    /// Reads `bosk.toml` in the given root; without one, there is nothing to set up.
    ///
    /// # Errors
    /// The file cannot be read or is not what it should be.
    pub fn read(root: &Path) -> Result<Self, Problem> {
        let path = root.join(FILE);
        let large = path.metadata().is_ok_and(|metadata| metadata.len() > LIMIT);
        if large {
            return Err(invalid("it is larger than 1 MiB"));
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(invalid(&error.to_string())),
        }
    }

    /// Reads the text of a `bosk.toml`.
    ///
    /// # Errors
    /// It is not TOML, names something unknown, or has nothing to run.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let project: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let place = line.map_or_else(String::new, |line| format!("line {line}: "));
            invalid(&format!("{place}{}", error.message()))
        })?;
        for (name, timed) in [("setup", &project.setup), ("teardown", &project.teardown)] {
            let Some(timed) = timed else { continue };
            if timed.run.is_empty() {
                return Err(invalid(&format!("[{name}] has nothing to run")));
            }
            if !(1..=86_400).contains(&timed.timeout_s) {
                return Err(invalid("timeout_s must be between 1 and 86400 seconds"));
            }
        }
        if project.run.as_ref().is_some_and(|server| server.run.is_empty()) {
            return Err(invalid("[run] has nothing to run"));
        }
        if project.check.as_ref().is_some_and(|check| check.run.trim().is_empty()) {
            return Err(invalid("[check] has nothing to run"));
        }
        Ok(project)
    }
}

/// What the file says in a commit, given by its full id.
///
/// # Errors
/// Git fails, or the file is not what it should be.
pub async fn of_commit(repository: &Repository, commit: &str) -> Result<Project, Problem> {
    let look = || repository.git.look(&repository.root);
    let listed =
        look().args(["ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", FILE]);
    let listed = listed.run().await?;
    // Source of the format: git-ls-tree(1), `<mode> <type> <object>\t<path>`.
    let entry = listed.fields().next().map(String::from_utf8_lossy).unwrap_or_default();
    let mut words = entry.split([' ', '\t']).skip(1);
    let (Some("blob"), Some(object)) = (words.next(), words.next()) else {
        return Ok(Project::default());
    };
    let blob = look().args(["cat-file", "blob", object]).limit(LIMIT as usize).run().await?;
    if blob.truncated {
        return Err(invalid("it is larger than 1 MiB"));
    }
    Project::parse(&String::from_utf8_lossy(&blob.stdout))
}

fn invalid(why: &str) -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        format!("The repository's {FILE} cannot be used: {why}. Its set-up did not run."),
    )
    .hint(format!("Correct {FILE}, or start the session without it."))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_script_or_a_program() {
        let script = Project::parse("[setup]\nrun = \"npm ci && npm test\"\n").unwrap();
        let setup = script.setup.unwrap();
        assert_eq!(setup.run, Run::Script("npm ci && npm test".into()));
        assert_eq!(setup.timeout(), Duration::from_secs(600));
        let program =
            Project::parse("[setup]\nrun = [\"make\", \"it so\"]\ntimeout_s = 5\n").unwrap();
        let setup = program.setup.unwrap();
        assert_eq!(setup.run, Run::Program(vec!["make".into(), "it so".into()]));
        assert_eq!(setup.timeout(), Duration::from_secs(5));
        assert_eq!(Project::parse("").unwrap(), Project::default());
    }

    #[test]
    fn a_server_and_a_tear_down_stand_beside_the_set_up() {
        let text =
            "[run]\nrun = \"npm run dev\"\n[teardown]\nrun = [\"make\", \"down\"]\ntimeout_s = 7\n";
        let project = Project::parse(text).unwrap();
        assert_eq!(project.run.unwrap().run, Run::Script("npm run dev".into()));
        let teardown = project.teardown.unwrap();
        assert_eq!((teardown.run.to_string().as_str(), teardown.timeout_s), ("make down", 7));
    }

    #[test]
    fn a_check_stands_beside_the_set_up_or_alone() {
        let project = Project::parse("[check]\nrun = \"npm test\"\n").unwrap();
        assert_eq!((project.setup, project.check.unwrap().run.as_str()), (None, "npm test"));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, told) in [
            ("[setup]\nrun = 3\n", "line 2: `run` is a script"),
            ("[setup]\n\nrum = \"x\"\n", "line 3: unknown field `rum`"),
            ("[setup", "line 1: "),
            ("[setup]\nrun = \" \"\n", "nothing to run"),
            ("[setup]\nrun = []\n", "nothing to run"),
            ("[setup]\nrun = \"x\"\ntimeout_s = 0\n", "between 1 and 86400"),
            ("[run]\nrun = []\n", "[run] has nothing to run"),
            ("[run]\nrun = \"x\"\ntimeout_s = 5\n", "line 3: unknown field"),
            ("[teardown]\nrun = \" \"\n", "[teardown] has nothing to run"),
            ("[check]\nrun = \"\"\n", "nothing to run"),
            ("[check]\nrun = [\"x\"]\n", "line 2: "),
            ("[setup]\ntimeout_s = 1\n", "missing field `run`"),
        ] {
            let problem = Project::parse(text).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidInput);
            assert!(problem.message.contains(told), "{text:?}: {}", problem.message);
        }
    }

    #[test]
    fn no_file_is_no_set_up() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Project::read(folder.path()).unwrap(), Project::default());
        std::fs::create_dir(folder.path().join(FILE)).unwrap();
        assert!(Project::read(folder.path()).is_err());
    }
}
