//! Asking the CLI one short question: run it, read what it says, give up in time. Nothing is
//! asked through a shell, and a program that does not end is killed.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;

use super::find::Program;
use crate::process::Environment;

/// How long one question may take. Measured: 0.02 s for the version, 0.2 s for the sign-in; the
/// first run after an install or a start of the machine takes seconds.
pub(super) const LIMIT: Duration = Duration::from_secs(20);

/// What came of it.
pub(super) struct Answer {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
}

/// Asks.
///
/// # Errors
/// The program would not start, or ([`io::ErrorKind::TimedOut`]) did not end in time.
pub(super) async fn ask(
    program: &Program,
    args: &[&str],
    environment: &Environment,
    limit: Duration,
) -> io::Result<Answer> {
    let mut command = Command::new(&program.path);
    command
        .args(&program.first_args)
        .args(args)
        .env_clear()
        .envs(environment.iter())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    #[cfg(windows)]
    command.creation_flags(windows::Win32::System::Threading::CREATE_NO_WINDOW.0);
    let output = tokio::time::timeout(limit, command.output()).await??;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Answer { status: output.status, stdout })
}
