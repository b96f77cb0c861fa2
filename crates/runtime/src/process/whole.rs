//! Running one program to its end: no terminal, a deadline, bounded output, and an end of everything that came of it
//! where it fails, takes too long or is given up. Not here: a session's processes ([`super::spawn`]), and what the
//! output means.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use bosk_core::SessionId;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::COOKIE;

/// How long the pipes of a program that has ended are read when something that it left running holds them.
const DRAIN: Duration = Duration::from_millis(250);

/// How long it may take to end when it is asked to.
#[cfg(unix)]
const GRACE: Duration = Duration::from_secs(1);

/// How long ending what came of it may take.
const ENDING: Duration = Duration::from_secs(3);

/// The most that is kept of what it complains about, in bytes: the last of it.
const COMPLAINTS: usize = 64 << 10;

/// What of its output is kept, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The beginning.
    First(usize),
    /// The end.
    Last(usize),
}

/// How it went.
#[derive(Debug)]
pub struct Ran {
    /// What was kept of its standard output.
    pub stdout: Vec<u8>,
    /// Whether there was more.
    pub cut: bool,
    /// The last of its standard error.
    pub stderr: Vec<u8>,
    /// Its exit code; none where a signal ended it, or where it took too long.
    pub code: Option<i32>,
    /// Whether it took too long, and was ended.
    pub timed_out: bool,
    /// Whether it was given up, and was ended.
    pub given_up: bool,
}

/// Runs it. Given up (dropped) before its end, it is ended with all that came of it.
///
/// # Errors
/// It would not start, or the system loses it.
pub async fn run(command: Command, input: Vec<u8>, keep: Keep, limit: Duration) -> io::Result<Ran> {
    run_until(command, input, keep, limit, std::future::pending()).await
}

/// The same, until it is given up: then it is asked to end, ended with all that came of it, and only then told.
///
/// # Errors
/// As for [`run`].
pub async fn run_until(
    mut command: Command,
    input: Vec<u8>,
    keep: Keep,
    limit: Duration,
    given_up: impl Future<Output = ()>,
) -> io::Result<Ran> {
    let cookie = SessionId::parse(&uuid::Uuid::new_v4().to_string())
        .map_err(|error| io::Error::other(error.to_string()))?;
    command.env(COOKIE, cookie.as_str());
    command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    without_terminal(&mut command);
    let mut child = command.spawn()?;
    // Dropped before the child, whose id nobody else can have until then.
    let mut ending = Ending { cookie: Some(cookie), root: child.id() };
    let mut stdout = Kept::new(keep);
    let mut stderr = Kept::new(Keep::Last(COMPLAINTS));
    let ended = {
        let stdin = child.stdin.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A program that needs no more closes the pipe; its exit code tells the rest.
                let _ = stdin.write_all(&input).await;
            }
        };
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let talk = async { tokio::join!(feed, stdout.read(out), stderr.read(err)) };
        tokio::pin!(talk);
        tokio::pin!(given_up);
        let limit = tokio::time::sleep(limit);
        tokio::pin!(limit);
        let mut all_said = false;
        let ended = loop {
            tokio::select! {
                status = child.wait() => break Ok(status),
                _ = &mut talk, if !all_said => all_said = true,
                () = &mut given_up => break Err(true),
                () = &mut limit => break Err(false),
            }
        };
        if ended.is_err() {
            ask_to_end(&mut child).await;
        }
        if child.id().is_none() {
            // Reaped, so that its id may be another's by now.
            ending.root = None;
        }
        // Its own end counts, not that of its pipes: what it left running may hold them.
        if !all_said {
            let _ = tokio::time::timeout(DRAIN, &mut talk).await;
        }
        ended
    };
    let given_up = ended.as_ref().is_err_and(|given_up| *given_up);
    let status = ended.ok().transpose()?;
    if status.is_some_and(|status| status.success()) {
        // What it leaves running then is meant to stay: an agent, a cache.
        ending.cookie = None;
    } else if let Some(cookie) = ending.cookie.take() {
        let ended = tokio::task::spawn_blocking(move || super::sweep(&cookie, ENDING));
        let _ = ended.await;
    }
    Ok(Ran {
        cut: stdout.cut,
        stdout: stdout.bytes,
        stderr: stderr.bytes,
        code: status.and_then(|status| status.code()),
        timed_out: status.is_none() && !given_up,
        given_up,
    })
}

/// Lets it take away what it would leave half-done, such as git's lock files. All else that came of it is ended after that.
#[cfg(unix)]
async fn ask_to_end(child: &mut Child) {
    use nix::sys::signal::{Signal, killpg};
    if let Some(root) = child.id().and_then(|id| i32::try_from(id).ok()) {
        let _ = killpg(nix::unistd::Pid::from_raw(root), Signal::SIGTERM);
        let _ = tokio::time::timeout(GRACE, child.wait()).await;
    }
}

#[cfg(windows)]
async fn ask_to_end(_child: &mut Child) {}

/// Ends what came of a program that nobody waits for any more.
struct Ending {
    cookie: Option<SessionId>,
    root: Option<u32>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let Some(cookie) = self.cookie.take() else { return };
        // At once, since this process may be about to end; what has left the group is looked for after that.
        #[cfg(unix)]
        if let Some(root) = self.root.and_then(|root| i32::try_from(root).ok()) {
            use nix::sys::signal::{Signal, killpg};
            let _ = killpg(nix::unistd::Pid::from_raw(root), Signal::SIGKILL);
        }
        std::thread::spawn(move || drop(super::sweep(&cookie, ENDING)));
    }
}

struct Kept {
    bytes: Vec<u8>,
    keep: Keep,
    cut: bool,
}

impl Kept {
    const fn new(keep: Keep) -> Self {
        Self { bytes: Vec::new(), keep, cut: false }
    }

    /// All is read, so that whoever writes is not held up.
    async fn read(&mut self, from: Option<impl AsyncRead + Unpin>) {
        let Some(mut from) = from else { return };
        let mut piece = vec![0; 16 << 10];
        while let Ok(read @ 1..) = from.read(&mut piece).await {
            self.take(&piece[..read]);
        }
    }

    fn take(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
        match self.keep {
            Keep::First(most) if self.bytes.len() > most => {
                self.bytes.truncate(most);
                self.cut = true;
            }
            Keep::Last(most) if self.bytes.len() > most => {
                self.bytes.drain(..self.bytes.len() - most);
                self.cut = true;
            }
            Keep::First(_) | Keep::Last(_) => {}
        }
    }
}

/// A session of its own: what asks for a password or a passphrase finds no terminal to ask on, and Ctrl-C in one does
/// not end it half-way.
#[cfg(unix)]
fn without_terminal(command: &mut Command) {
    let before_exec = || nix::unistd::setsid().map(drop).map_err(io::Error::from);
    // SAFETY: between fork and exec it only makes a system call, and allocates nothing.
    unsafe { command.pre_exec(before_exec) };
}

#[cfg(windows)]
fn without_terminal(command: &mut Command) {
    command.creation_flags(windows::Win32::System::Threading::CREATE_NO_WINDOW.0);
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn output_is_bounded_and_input_goes_in() {
        let ran =
            run(shell("cat; seq 100000 >&2; exit 3"), b"abcdef".to_vec(), Keep::First(4), ENDING);
        let ran = ran.await.unwrap();
        assert_eq!((ran.stdout.as_slice(), ran.cut, ran.code), (b"abcd".as_slice(), true, Some(3)));
        assert!(ran.stderr.ends_with(b"\n100000\n") && ran.stderr.len() == COMPLAINTS);
        let ran = run(shell("seq 9"), Vec::new(), Keep::Last(4), ENDING).await.unwrap();
        assert_eq!(ran.stdout, b"8\n9\n");
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("setsid sleep 600 & echo $! > {}; echo begun; wait", file.display());
        let limit = Duration::from_millis(700);
        let ran = run(shell(&script), Vec::new(), Keep::First(100), limit).await.unwrap();
        assert!(ran.timed_out && ran.code.is_none());
        assert_eq!(ran.stdout, b"begun\n");
        let pid = std::fs::read_to_string(&file).unwrap();
        let gone = super::super::ProcessIdentity::of(pid.trim().parse().unwrap());
        assert!(gone.is_none_or(|one| !one.is_alive()));
    }

    #[tokio::test]
    async fn what_is_left_running_by_success_stays_and_holds_nobody_up() {
        let begun = std::time::Instant::now();
        let ran = run(shell("sleep 30 & echo $!"), Vec::new(), Keep::First(100), ENDING * 10);
        let ran = ran.await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(10) && ran.code == Some(0));
        let pid: u32 = String::from_utf8(ran.stdout).unwrap().trim().parse().unwrap();
        let left = super::super::ProcessIdentity::of(pid).unwrap();
        left.signal(super::super::Signal::Kill).unwrap();
    }

    #[tokio::test]
    async fn what_is_given_up_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let script = format!("setsid sleep 600 & echo $! > {}; wait", pipe.display());
        let begun = tokio::task::spawn_blocking(move || std::fs::read_to_string(pipe).unwrap());
        let running = run(shell(&script), Vec::new(), Keep::First(100), ENDING * 100);
        let pid = tokio::select! {
            _ = running => panic!("it ended"),
            pid = begun => pid.unwrap(),
        };
        // Dropped by now, at any moment between its start and its end.
        if let Some(left) = super::super::ProcessIdentity::of(pid.trim().parse().unwrap()) {
            left.wait_until_dead(ENDING);
            assert!(!left.is_alive());
        }
    }

    #[tokio::test]
    async fn what_is_given_up_in_time_puts_its_things_away_and_leaves_nothing_running() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, lock) = (folder.path().join("pipe"), folder.path().join("lock"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let script = format!(
            "trap 'rm {1}; exit 1' TERM; touch {1}; setsid sh -c 'trap \"\" TERM; echo $$ > {0}; sleep 600' & wait",
            pipe.display(),
            lock.display()
        );
        let pid = tokio::sync::OnceCell::new();
        let begun = async {
            let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(pipe).unwrap());
            pid.set(read.await.unwrap().trim().parse().unwrap()).unwrap();
        };
        let keep = Keep::First(100);
        let ran = run_until(shell(&script), Vec::new(), keep, ENDING * 100, begun).await.unwrap();
        assert!(ran.given_up && !ran.timed_out && ran.code.is_none(), "{ran:?}");
        assert!(!lock.exists());
        let left = super::super::ProcessIdentity::of(*pid.get().unwrap());
        assert!(left.is_none_or(|one| !one.is_alive()));
    }

    #[tokio::test]
    async fn no_terminal_can_be_asked() {
        let ran =
            run(shell("exec < /dev/tty"), Vec::new(), Keep::First(100), ENDING).await.unwrap();
        assert!(!ran.timed_out && ran.code != Some(0));
    }
}
