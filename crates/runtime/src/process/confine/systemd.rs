//! A cgroup from the user's own systemd. It alone may make them where it runs, so it is asked for a scope that
//! is delegated to us: a process's group with no service behind it, gone when the last process is.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

const MANAGER: &str = "org.freedesktop.systemd1";

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
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(io::Error::other(format!("{}: {said}", command.get_program().display())))
}
