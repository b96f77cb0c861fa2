//! One call of git as a process: its environment, its pipes, its deadline, and waiting for another
//! one that holds a lock or is half-way through. Not here: finding git, and what its output means.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::command::{Git, Output};
use super::error::{self, GitError};
use crate::process::whole::{self, Keep};

/// The most that is read of what git prints, unless a call says otherwise.
const LIMIT: usize = 64 << 20;

/// Settings that hold for every call. They stand after all configuration files, so nothing that a
/// repository configures undoes them.
const SETTINGS: [&str; 8] = [
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    "color.ui=false",
    "core.quotePath=false",
    "log.showSignature=false",
    "advice.addEmbeddedRepo=false",
];

/// How long another git process may hold a lock before a call gives up. Source: measured; forty
/// parallel writers in one repository are through in four seconds.
const PATIENCE: Duration = Duration::from_secs(5);

const STDERR_LIMIT: usize = 8 << 10;

#[cfg(windows)]
const NULL_DEVICE: &str = "NUL";
#[cfg(not(windows))]
const NULL_DEVICE: &str = "/dev/null";

/// What is kept of the `GIT_*` environment: the person's own configuration and identity. The rest
/// (`GIT_DIR`, `GIT_INDEX_FILE`, `GIT_EXTERNAL_DIFF`, …) would point a call somewhere else.
const KEPT: [&str; 12] = [
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
    "GIT_TEMPLATE_DIR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
];

/// A call being put together.
#[derive(Debug)]
pub struct Call<'git> {
    git: &'git Git,
    folder: PathBuf,
    settings: Vec<&'static str>,
    arguments: Vec<OsString>,
    environment: Vec<(&'static str, OsString)>,
    input: Vec<u8>,
    limit: usize,
    timeout: Duration,
    changes: bool,
    hooks: bool,
}

impl<'git> Call<'git> {
    pub(super) fn new(git: &'git Git, folder: &Path, changes: bool) -> Self {
        Self {
            git,
            folder: folder.to_owned(),
            settings: SETTINGS.to_vec(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: Vec::new(),
            limit: LIMIT,
            // A checkout of a very large repository takes minutes; a look does not.
            timeout: Duration::from_secs(if changes { 900 } else { 120 }),
            changes,
            hooks: false,
        }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Adds a setting (`key=value`) that holds for this call.
    #[must_use]
    pub fn setting(mut self, setting: &'static str) -> Self {
        self.settings.push(setting);
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name, value.as_ref().to_owned()));
        self
    }

    /// What git reads from its standard input.
    #[must_use]
    pub fn input(mut self, input: Vec<u8>) -> Self {
        self.input = input;
        self
    }

    /// The most that is read of what git prints, in bytes.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// How long the call may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Lets the repository's hooks run, as the person has said; only [`watched`](Self::watched) ends what they start.
    #[must_use]
    pub fn hooks(mut self, run: bool) -> Self {
        self.hooks = run;
        self
    }

    /// Runs the call once, without a terminal, and ends all that came of it where it fails or takes too long: for what
    /// starts programs of others (hooks, gpg, ssh). Its words are in the output also where it took too long.
    ///
    /// # Errors
    /// Git did not start.
    pub async fn watched(self) -> Result<Output, GitError> {
        let ran = self.watched_until(std::future::pending()).await?;
        ran.ok_or_else(|| GitError::Start(std::io::ErrorKind::Interrupted.into()))
    }

    /// The same, until it is given up: none then, and all that came of it has ended.
    ///
    /// # Errors
    /// Git did not start.
    pub async fn watched_until(
        self,
        given_up: impl Future<Output = ()>,
    ) -> Result<Option<Output>, GitError> {
        let (command, keep) = (self.command(), Keep::First(self.limit));
        let ran = whole::run_until(command, self.input, keep, self.timeout, given_up).await;
        let ran = ran.map_err(GitError::Start)?;
        let stderr = error::readable(&ran.stderr);
        let (code, timed_out) = (ran.code, ran.timed_out);
        let output = Output { stdout: ran.stdout, truncated: ran.cut, code, timed_out, stderr };
        Ok((!ran.given_up).then_some(output))
    }

    /// Runs the call; an exit code other than 0 is an error.
    ///
    /// # Errors
    /// Git did not start, failed, or took too long.
    pub async fn run(self) -> Result<Output, GitError> {
        let output = self.answer().await?;
        if output.code == Some(0) || output.truncated {
            Ok(output)
        } else {
            Err(self.failed(output))
        }
    }

    /// Runs the call, for a command whose exit code 1 is an answer ("no", "they differ").
    ///
    /// # Errors
    /// Git did not start, failed in another way, or took too long.
    pub async fn ask(self) -> Result<Output, GitError> {
        let output = self.answer().await?;
        let answered = matches!(output.code, Some(0 | 1)) || output.truncated;
        if answered { Ok(output) } else { Err(self.failed(output)) }
    }

    /// Runs the call; its output as text, or nothing where git failed: for a question about a name
    /// that may be anything.
    ///
    /// # Errors
    /// Git did not start, or took too long.
    pub async fn answer_or_nothing(self) -> Result<String, GitError> {
        let output = self.answer().await?;
        Ok(if output.code == Some(0) { output.text() } else { String::new() })
    }

    fn failed(&self, output: Output) -> GitError {
        // The command's name only: the other arguments may be a person's own words.
        let command = self.arguments.first().map(|name| name.to_string_lossy().into_owned());
        GitError::Failed {
            command: command.unwrap_or_default(),
            code: output.code,
            stderr: output.stderr,
        }
    }

    async fn answer(&self) -> Result<Output, GitError> {
        let begun = Instant::now();
        loop {
            let output = self.once().await?;
            let in_between = error::is_half_made(&output.stderr)
                || (self.changes && error::is_lock_held(&output.stderr));
            if output.code == Some(0) || !in_between || begun.elapsed() >= PATIENCE {
                return Ok(output);
            }
            // Nothing tells when another process is through; the spread keeps two that wait for each
            // other from meeting again.
            let spread = u64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 2;
            tokio::time::sleep(Duration::from_millis(20 + spread)).await;
        }
    }

    async fn once(&self) -> Result<Output, GitError> {
        let mut command = self.command();
        let input = if self.input.is_empty() { Stdio::null() } else { Stdio::piped() };
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // A group of its own: Ctrl-C in a terminal must not end git half-way, and a deadline ends
        // what git started, too.
        #[cfg(unix)]
        command.process_group(0);
        // CREATE_NO_WINDOW (Win32, "Process Creation Flags").
        #[cfg(windows)]
        command.creation_flags(0x0800_0000);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => GitError::Missing,
            _ => GitError::Start(error),
        })?;
        let (input, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let talk = async {
            let feed = async {
                if let Some(mut input) = input {
                    // A git that needs no more input closes the pipe; its exit code tells the rest.
                    let _ = input.write_all(&self.input).await;
                }
            };
            let ((), stdout, stderr) = tokio::join!(
                feed,
                read(stdout, self.limit, false),
                read(stderr, STDERR_LIMIT, true)
            );
            let (stdout, truncated) = stdout?;
            let (stderr, _) = stderr?;
            let code = child.wait().await?.code();
            let stderr = error::readable(&stderr);
            let timed_out = false;
            Ok::<_, std::io::Error>(Output { stdout, truncated, code, timed_out, stderr })
        };
        match tokio::time::timeout(self.timeout, talk).await {
            Ok(output) => output.map_err(GitError::Start),
            Err(_) => {
                end(&mut child).await;
                Err(GitError::TimedOut { seconds: self.timeout.as_secs() })
            }
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.git.program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("GIT_") && !KEPT.contains(&text.as_ref()) {
                command.env_remove(&name);
            }
        }
        // Git says the same in both; a hook may meet other letters than ASCII.
        let locale = if self.hooks { "C.UTF-8" } else { "C" };
        command
            .env("LC_ALL", locale)
            .env_remove("LANGUAGE")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", ":")
            .env("GIT_SEQUENCE_EDITOR", ":")
            .envs(self.git.environment.iter().map(|(name, value)| (name, value)))
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        if !self.changes {
            command.env("GIT_OPTIONAL_LOCKS", "0");
        }
        command.arg("-C").arg(&self.folder).arg("--no-pager");
        // Git hands this on to hooks, and they may ask with patterns.
        if !self.hooks {
            command.arg("--literal-pathspecs");
            command.arg("-c").arg(format!("core.hooksPath={NULL_DEVICE}"));
        }
        for setting in &self.settings {
            command.arg("-c").arg(setting);
        }
        command.args(&self.arguments);
        command
    }
}

/// Reads up to `limit` bytes, and whether there was more. The rest is read and dropped where `drain`
/// says so; else the pipe is closed, which ends the writer.
async fn read(
    pipe: Option<impl AsyncRead + Unpin>,
    limit: usize,
    drain: bool,
) -> std::io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let Some(mut pipe) = pipe else { return Ok((bytes, false)) };
    (&mut pipe).take(limit as u64 + 1).read_to_end(&mut bytes).await?;
    let more = bytes.len() > limit;
    bytes.truncate(limit);
    if more && drain {
        tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    }
    Ok((bytes, more))
}

/// Ends a call that took too long: first so that git can take its lock files away, then for good.
async fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) {
        use nix::sys::signal::{Signal, killpg};
        let group = nix::unistd::Pid::from_raw(pid);
        let _ = killpg(group, Signal::SIGTERM);
        if tokio::time::timeout(Duration::from_secs(2), child.wait()).await.is_ok() {
            return;
        }
        let _ = killpg(group, Signal::SIGKILL);
    }
    // Fails only where it has ended already.
    let _ = child.kill().await;
}

#[cfg(test)]
mod tests;
