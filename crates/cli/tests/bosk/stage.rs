//! A home, a repository and a `bosk` of a test's own. Whatever it starts ends with it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take before a test fails: far more than any of it needs.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    /// A home, and a repository with one commit.
    pub(crate) fn new() -> Self {
        let stage = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(stage.path("home")).unwrap();
        fs::create_dir(stage.path("repo")).unwrap();
        fs::write(stage.path("repo/README.md"), "A repository.\n").unwrap();
        stage.git(&["init", "-q", "-b", "main"]);
        stage.commit("First");
        stage
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).current_dir(self.path("repo")).output();
        let output = output.unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", message]);
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(self.path("repo"))
            .stdin(Stdio::null());
        command
    }

    /// The command `bosk`, ready to be run.
    pub(crate) fn bosk(&self, arguments: &[&str]) -> Command {
        let claude = std::env::var_os("BOSK_CLAUDE").filter(|path| Path::new(path).exists());
        let claude = claude.expect(
            "BOSK_CLAUDE must name the Claude CLI; `cargo xtask test` fetches one and sets it",
        );
        let mut command = self.command(env!("CARGO_BIN_EXE_bosk"));
        command
            .args(arguments)
            .env("BOSK_CLAUDE", claude)
            .env("BOSK_HOME", self.path("bosk"))
            .env("CLAUDE_CONFIG_DIR", self.path("claude"));
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.bosk(arguments).output().unwrap())
    }

    /// Launches a rehearsal in the repository and leaves it running; returns its id.
    pub(crate) fn launch(&self, more: &[&str], prompt: &str) -> String {
        let mut arguments = vec!["run", "--rehearsal", "--repo", ".", "--detach"];
        arguments.extend(more);
        arguments.extend(["--", prompt]);
        let ran = self.run(&arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        let id = ran.out.trim_end().to_owned();
        assert_eq!((id.len(), ran.out.lines().count()), (36, 1), "{ran:?}");
        id
    }

    /// Starts it and reads along.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.bosk(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (to, lines) = channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let pass_on = |from: Box<dyn Read + Send>| {
            let to = to.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(from).lines().map_while(Result::ok) {
                    let _ = to.send(line);
                }
            })
        };
        pass_on(Box::new(out));
        pass_on(Box::new(err));
        drop(to);
        Running { child, lines, read: String::new() }
    }

    /// A session as `bosk show --json` has it.
    pub(crate) fn show(&self, id: &str) -> Value {
        let ran = self.run(&["show", id, "--json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.out).unwrap()
    }

    pub(crate) fn sessions(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("bosk/sessions")).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for id in self.sessions() {
            let _ = self.bosk(&["stop", &id]).output();
        }
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Its standard output as JSON lines.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A `bosk` that runs, with all that it has printed.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    pub(crate) read: String,
}

impl Running {
    /// Reads until a line holds `words`, and returns that line.
    pub(crate) fn until(&mut self, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("no `{words}` in:\n{}", self.read));
            self.read.push_str(&line);
            self.read.push('\n');
            if line.contains(words) {
                return line;
            }
        }
    }

    /// What Ctrl-C sends.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// Waits for its end, reads the rest and returns the exit code.
    pub(crate) fn end(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        // The pipes close when it ends.
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            self.read.push_str(&line);
            self.read.push('\n');
        }
        assert!(Instant::now() < end, "it does not end:\n{}", self.read);
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
