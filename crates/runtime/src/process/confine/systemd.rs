//! A cgroup from the user's own systemd. It alone may make them where it runs, so it is asked for a scope that
//! is delegated to us: a process's group with no service behind it, gone when the last process is.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MANAGER: &str = "org.freedesktop.systemd1";

/// How long it may take: it takes some tens of milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether systemd runs this machine: sd_booted(3).
pub(super) fn is_here() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

/// Puts processes into a new scope of that name, and returns when they are in it.
pub(super) fn scope(name: &str, pids: &[u32]) -> io::Result<()> {
    let unit = format!("{name}.scope");
    let count = pids.len().to_string();
    let mut busctl = Command::new("busctl");
    busctl
        .args(["--user", "--quiet", "call", MANAGER, "/org/freedesktop/systemd1"])
        .args([&format!("{MANAGER}.Manager"), "StartTransientUnit", "ssa(sv)a(sa(sv))"])
        .args([&unit, "fail", "4", "PIDs", "au", &count])
        .args(pids.iter().map(u32::to_string))
        .args(["Delegate", "b", "true", "Slice", "s", "app.slice"])
        // What failed in it is Bosk's to tell, and must leave no failed unit behind.
        .args(["CollectMode", "s", "inactive-or-failed", "0"]);
    run(busctl)?;
    // That call returns when the wish is noted. This one joins it, and returns when it has come true.
    let mut systemctl = Command::new("systemctl");
    systemctl.args(["--user", "--quiet", "start", &unit]);
    run(systemctl)
}

fn run(mut command: Command) -> io::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let begun = Instant::now();
    // This is a thread of its own, and a manager that hangs must not keep it.
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{name} does not answer")));
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if status.success() {
        return Ok(());
    }
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut said);
    }
    Err(io::Error::other(format!("{name}: {}", said.trim())))
}
