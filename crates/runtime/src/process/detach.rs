//! Starting a process that outlives this one: the keeper. It gets a session of its own, no
//! terminal, no descriptor of ours, and one pipe, its standard output, for the line with which it
//! says that it is ready.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{COOKIE, ProcessIdentity};

/// The most bytes that are read of a ready line.
const READY_LIMIT: u64 = 64 * 1024;

/// A process on its own. Dropping this leaves it alone.
#[derive(Debug)]
pub struct Detached {
    /// Who it is.
    pub identity: ProcessIdentity,
    /// Its standard input, where one was asked for; dropping it closes it.
    pub input: Option<ChildStdin>,
    ready: BufReader<tokio::io::Take<ChildStdout>>,
    // Held also so that tokio reaps it if it ends while we live.
    child: Option<Child>,
}

impl Detached {
    /// Waits for its end. To be asked for once.
    pub fn ended(&mut self) -> impl Future<Output = ()> + Send + 'static {
        let child = self.child.take();
        async {
            if let Some(mut child) = child {
                // One that cannot be waited for is as good as gone.
                let _ = child.wait().await;
            }
        }
    }

    /// The next line of its standard output, without the line's end; `None` if it closed the
    /// pipe without one, so is not going to be ready.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`], or whatever reading the pipe says.
    pub async fn ready_line(&mut self, limit: Duration) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = tokio::time::timeout(limit, self.ready.read_line(&mut line)).await??;
        Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

/// Starts it with this process's environment, save the cookie of a session that this process may
/// itself be in. `input` is its standard input: none, or a pipe. It needs a tokio runtime.
///
/// # Errors
/// The program or the folder is missing or may not be used, or the system refused.
pub fn detach(program: &Path, args: &[OsString], cwd: &Path, input: Stdio) -> io::Result<Detached> {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(cwd)
        .env_remove(OsStr::new(COOKIE))
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = start(&mut command)?;
    let missing = || io::Error::other("the new process cannot be found");
    let identity = child.id().and_then(ProcessIdentity::of).ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let input = child.stdin.take();
    Ok(Detached {
        identity,
        input,
        ready: BufReader::new(stdout.take(READY_LIMIT)),
        child: Some(child),
    })
}

/// Starts a program of the person's that is none of ours from then on: this environment, no input, and nobody who
/// reads what it says. It needs a tokio runtime.
///
/// # Errors
/// As for [`detach`].
pub fn let_go(
    program: &Path,
    args: &[OsString],
    cwd: &Path,
    environment: &super::Environment,
) -> io::Result<()> {
    let mut command = Command::new(program);
    command.args(args).current_dir(cwd).env_clear().envs(environment.iter());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    start(&mut command).map(drop)
}

#[cfg(unix)]
fn start(command: &mut Command) -> io::Result<Child> {
    let before_exec = || {
        nix::unistd::setsid()?;
        keep_descriptors_back();
        Ok(())
    };
    // SAFETY: between fork and exec it only makes system calls, and allocates nothing.
    unsafe { command.pre_exec(before_exec) };
    command.spawn()
}

#[cfg(windows)]
fn start(command: &mut Command) -> io::Result<Child> {
    use windows::Win32::System::Threading::{
        CREATE_BREAKAWAY_FROM_JOB, CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW,
    };
    let flags = CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP;
    // Out of the job that a terminal or a launcher may have put us in; not every job allows it.
    let away = command.creation_flags((flags | CREATE_BREAKAWAY_FROM_JOB).0).spawn();
    away.or_else(|_| command.creation_flags(flags.0).spawn())
}

/// Marks everything but the standard streams as closed by exec, for what others in this process
/// (a toolkit, a driver) may have opened without that mark. To be called between fork and exec.
#[cfg(unix)]
pub(super) fn keep_descriptors_back() {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: it takes three numbers and touches no memory. Kernels before 5.11 refuse it,
        // and then only such careless descriptors are passed on.
        unsafe {
            libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
        };
    }
}
