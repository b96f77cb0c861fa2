//! The running CLI: its three pipes and its end. Not here: what its lines mean ([`super::output`]).

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Overrides;
use crate::claude::{self, Billing, Cli, TokenShelf};
use crate::home::Home;
use crate::process::{self, Environment};

/// Lines that wait to be read by the CLI before sending more is refused.
const WAITING_LINES: usize = 256;

/// How long pipes are read after everything that could write to them is gone.
const DRAIN: Duration = Duration::from_secs(1);

/// Bytes read from a pipe at once.
const PIECE: usize = 64 << 10;

/// The CLI of a session.
pub(super) struct Running {
    child: process::Child,
    input: Option<mpsc::Sender<Vec<u8>>>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// What is being read from standard error: it has a buffer of its own, since both are waited for.
    errors: Vec<u8>,
    ended: Option<(ExitStatus, Instant)>,
}

/// Something that the CLI did.
#[derive(Debug)]
pub(super) enum Said {
    /// It wrote to standard output: the bytes are in the buffer.
    Output,
    /// It wrote to standard error: the bytes are in the buffer.
    Error,
    /// It has ended; what it has written may still have to be read.
    Died,
    /// It has ended and everything is read.
    Gone(ExitStatus),
}

impl Running {
    /// Starts it in `folder`, with these arguments of its own.
    pub(super) async fn start(
        home: &Home,
        id: &SessionId,
        cli: &Cli,
        folder: &Path,
        args: Vec<String>,
        overrides: &Overrides,
        file_size: Option<u64>,
    ) -> Result<Self, Problem> {
        let settings = crate::settings::peek(home);
        let token = match settings.api_billing {
            true => None,
            false => TokenShelf::of(home).load().await.unwrap_or_else(|problem| {
                tracing::warn!(%problem, "no token");
                None
            }),
        };
        let billing =
            if settings.api_billing { Billing::ApiKey } else { Billing::Account(token.as_ref()) };
        let mut parent = Environment::own();
        for name in &overrides.remove {
            parent.remove(name);
        }
        let spec = process::Spec {
            program: cli.path().to_owned(),
            args: cli.args(args),
            cwd: folder.to_owned(),
            env: claude::session_environment(&parent, cli.path(), billing, &overrides.set),
            file_size,
            cookie: id.clone(),
        };
        let mut child = process::spawn(&spec).map_err(|error| {
            Problem::new(ProblemCode::CliFailed, format!("Claude could not be started: {error}."))
                .hint("Run `bosk doctor` to check the Claude command.")
        })?;
        let (input, lines) = mpsc::channel(WAITING_LINES);
        if let Some(stdin) = child.stdin.take() {
            tokio::task::spawn_local(write_lines(stdin, lines));
        }
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        Ok(Self { child, input: Some(input), stdout, stderr, errors: Vec::new(), ended: None })
    }

    pub(super) fn tree(&self) -> &process::Tree {
        self.child.tree()
    }

    /// Hands a line over to be written; the CLI may take its time.
    pub(super) fn send(&self, line: Vec<u8>) -> Result<(), Problem> {
        let sent = self.input.as_ref().map(|input| input.try_send(line));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(mpsc::error::TrySendError::Full(_))) => Err(Problem::new(
                ProblemCode::SessionState,
                "Claude does not read what it is sent, so this was not sent.",
            )
            .hint("Wait until it answers, or stop the session and resume it.")),
            Some(Err(mpsc::error::TrySendError::Closed(_))) | None => Err(super::ended()),
        }
    }

    /// What was sent is still written, then the pipe is closed.
    pub(super) fn close_input(&mut self) {
        self.input = None;
    }

    /// Waits for what it does next. Both pipes are read into `buffer`, which is cleared first.
    /// Nothing is lost when the wait is broken off.
    pub(super) async fn next(
        running: &mut Option<Self>,
        buffer: &mut Vec<u8>,
        errors: bool,
    ) -> Said {
        let Some(one) = running else { return std::future::pending().await };
        buffer.clear();
        buffer.reserve(PIECE);
        loop {
            let (out, err) = (one.stdout.is_some(), one.stderr.is_some());
            if let Some((status, since)) = one.ended
                && ((!out && !err) || since.elapsed() > DRAIN)
            {
                return Said::Gone(status);
            }
            let drained = one.ended.map_or_else(Instant::now, |(_, since)| since + DRAIN);
            tokio::select! {
                biased;
                read = read(&mut one.stderr, &mut one.errors), if err && (errors || !out) => {
                    if read {
                        std::mem::swap(buffer, &mut one.errors);
                        one.errors.clear();
                        return Said::Error;
                    }
                    one.stderr = None;
                }
                read = read(&mut one.stdout, buffer), if out => {
                    if read { return Said::Output; }
                    one.stdout = None;
                }
                status = one.child.wait(), if one.ended.is_none() => {
                    // A child that cannot be waited for is as good as gone.
                    let status = status.unwrap_or_default();
                    one.ended = Some((status, Instant::now()));
                    return Said::Died;
                }
                () = tokio::time::sleep_until(drained), if one.ended.is_some() => {}
            }
        }
    }
}

async fn read(pipe: &mut Option<impl tokio::io::AsyncRead + Unpin>, buffer: &mut Vec<u8>) -> bool {
    match pipe {
        Some(pipe) => matches!(pipe.read_buf(buffer).await, Ok(1..)),
        None => false,
    }
}

async fn write_lines(mut stdin: ChildStdin, mut lines: mpsc::Receiver<Vec<u8>>) {
    while let Some(line) = lines.recv().await {
        // A CLI that is gone is told by its exit, not by its pipe.
        if stdin.write_all(&line).await.is_err() {
            return;
        }
    }
}
