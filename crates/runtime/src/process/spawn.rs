//! Starting the process that a keeper keeps: an exact environment, pipes, no descriptor of ours,
//! a session of its own, and an end when the keeper ends. Never through a shell.
//!
//! On Linux the child is killed when the THREAD that called [`spawn`] ends (PR_SET_PDEATHSIG,
//! measured): call it from one that lives as long as the keeper, as a current-thread runtime does.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bosk_core::SessionId;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

use super::tree::{Killed, Known, Tree, roots};
use super::{COOKIE, Environment, ProcessIdentity};

/// What to start.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments; they can be read by everybody on the machine.
    pub args: Vec<OsString>,
    /// The folder to start it in.
    pub cwd: PathBuf,
    /// Its whole environment; the cookie is added.
    pub env: Environment,
    /// How large a file it and what it starts may write, in bytes. Not on Windows.
    pub file_size: Option<u64>,
    /// The session, whose id every descendant carries as `BOSK_SESSION`.
    pub cookie: SessionId,
}

/// A running process, its pipes, and the tree below it.
#[derive(Debug)]
pub struct Child {
    /// To write to it; taking and dropping it closes the pipe.
    pub stdin: Option<ChildStdin>,
    /// What it prints.
    pub stdout: Option<ChildStdout>,
    /// What it complains about.
    pub stderr: Option<ChildStderr>,
    tree: Tree,
    inner: platform::Inner,
    // After `inner`: it is known until nobody can wait for it any more.
    _known: Known,
}

impl Child {
    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> &ProcessIdentity {
        self.tree.root()
    }

    /// It and all that comes of it: to look at, to ask to end, and to reap.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Waits for this one process to end; descendants may live on. It can be dropped and called
    /// again.
    ///
    /// # Errors
    /// The system's answer, which cannot happen to a child that nobody else has waited for.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        platform::wait(&mut self.inner).await
    }

    /// Ends it, everything that descends from it, and everything that carries its cookie. It
    /// blocks for milliseconds, and never much longer than `limit`.
    #[must_use]
    pub fn kill_tree(&mut self, limit: Duration) -> Killed {
        let in_job = platform::end_job(&mut self.inner, &self.tree);
        in_job.and(self.tree.kill(limit))
    }
}

/// Starts it.
///
/// # Errors
/// The program or the folder is missing or may not be used, or the system refused.
pub fn spawn(spec: &Spec) -> io::Result<Child> {
    let mut command = Command::new(&spec.program);
    command
        .args(&spec.args)
        .current_dir(&spec.cwd)
        .env_clear()
        .envs(spec.env.iter())
        .env(COOKIE, spec.cookie.as_str())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut roots = roots();
    let mut inner = platform::start(command, spec.file_size)?;
    let pipes = platform::pipes(&mut inner);
    // Not yet waited for, so its pid cannot have passed to another.
    let identity = platform::pid(&inner).and_then(ProcessIdentity::of);
    let identity = identity.ok_or_else(|| io::Error::other("the new process cannot be found"))?;
    roots.insert(identity.clone());
    drop(roots);
    let known = Known(identity.clone());
    let tree = Tree::new(identity, spec.cookie.clone());
    Ok(Child { stdin: pipes.0, stdout: pipes.1, stderr: pipes.2, tree, inner, _known: known })
}

/// Makes this process the one that its descendants are handed to when they lose their parents.
/// Linux only; elsewhere it does nothing.
///
/// # Errors
/// The system refused.
pub fn become_subreaper() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true)?;
    Ok(())
}

type Pipes = (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>);

#[cfg(unix)]
mod platform {
    use std::io;
    use std::process::ExitStatus;

    use tokio::process::{Child, Command};

    use super::{Killed, Pipes, Tree};

    pub(super) type Inner = Child;

    pub(super) fn start(mut command: Command, file_size: Option<u64>) -> io::Result<Inner> {
        #[cfg(target_os = "linux")]
        let parent = nix::unistd::getpid();
        let before_exec = move || {
            nix::unistd::setsid()?;
            #[cfg(target_os = "linux")]
            {
                nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
                // The keeper may have died before that request; then nobody would tell us.
                if nix::unistd::getppid() != parent {
                    return Err(nix::errno::Errno::ESRCH.into());
                }
            }
            #[cfg(target_os = "linux")]
            super::super::oom::become_session();
            super::super::file_size::limit_own(file_size)?;
            super::super::detach::keep_descriptors_back();
            Ok(())
        };
        // SAFETY: between fork and exec it only makes system calls, and allocates nothing. (The
        // standard library itself resets the signal mask and SIGPIPE there.)
        unsafe { command.pre_exec(before_exec) };
        command.spawn()
    }

    pub(super) fn pid(inner: &Inner) -> Option<u32> {
        inner.id()
    }

    pub(super) fn pipes(inner: &mut Inner) -> Pipes {
        (inner.stdin.take(), inner.stdout.take(), inner.stderr.take())
    }

    pub(super) async fn wait(inner: &mut Inner) -> io::Result<ExitStatus> {
        inner.wait().await
    }

    /// There are no jobs here: the tree is ended process by process.
    pub(super) fn end_job(_: &mut Inner, _: &Tree) -> Killed {
        Killed::default()
    }
}

#[cfg(windows)]
mod platform {
    use std::io;
    use std::process::ExitStatus;

    use process_wrap::tokio::{ChildWrapper, CommandWrap, CreationFlags, JobObject, KillOnDrop};
    use tokio::process::Command;
    use windows::Win32::System::Threading::CREATE_NO_WINDOW;

    use super::{Killed, Pipes, Tree};

    pub(super) type Inner = Box<dyn ChildWrapper>;

    /// Started suspended, put into a job that ends with this process, and only then let run, so
    /// that it can start nothing outside of the job.
    pub(super) fn start(command: Command, _: Option<u64>) -> io::Result<Inner> {
        let mut command = CommandWrap::from(command);
        command.wrap(CreationFlags(CREATE_NO_WINDOW)).wrap(KillOnDrop).wrap(JobObject);
        command.spawn()
    }

    pub(super) fn pid(inner: &Inner) -> Option<u32> {
        inner.id()
    }

    pub(super) fn pipes(inner: &mut Inner) -> Pipes {
        (inner.stdin().take(), inner.stdout().take(), inner.stderr().take())
    }

    /// The job's own `wait` would wait for its last process.
    pub(super) async fn wait(inner: &mut Inner) -> io::Result<ExitStatus> {
        inner.inner_mut().wait().await
    }

    pub(super) fn end_job(inner: &mut Inner, tree: &Tree) -> Killed {
        let members = tree.processes().into_iter().map(|one| (one.pid, one.name)).collect();
        match inner.start_kill() {
            Ok(()) => Killed { ended: members, left: Vec::new() },
            // What the job did not end is found and ended one by one.
            Err(_) => Killed::default(),
        }
    }
}
