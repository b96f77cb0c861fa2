//! A Linux kernel of a test's own (User-mode Linux): an ordinary process in which a test is root, owns all
//! cgroups, and may let the kernel end what it likes. It sees this machine's files and cannot write them.

use std::path::Path;
use std::process::{Command, Stdio};

/// Memory of the kernel, in megabytes: taken as it is used.
const MEMORY: u32 = 2500;

/// What the kernel is called by the package `user-mode-linux`.
const PROGRAM: &str = "linux.uml";

/// Who owns the cgroups in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Whoever may write them: as in a container.
    Nobody,
    /// The user's own systemd: as on a desktop.
    Systemd,
}

/// Runs an ignored test of this very program inside of a kernel of its own.
///
/// # Panics
/// It fails, or there is no such kernel here and this is a continuous check.
pub fn run(test: &str, owner: Owner) {
    let folder = tempfile::Builder::new().prefix("bosk-kernel-").tempdir().unwrap();
    let init = folder.path().join("init");
    std::fs::write(&init, script(test, owner)).unwrap();
    let mut machine = Command::new("timeout");
    machine
        .args(["--kill-after=5", "120", PROGRAM])
        .args(["rootfstype=hostfs", "rootflags=/", "ro", "quiet", "con=null", "con0=null,fd:1"])
        .arg(format!("mem={MEMORY}M"))
        .arg(format!("uml_dir={}/", folder.path().display()))
        .args(["init=/bin/sh".as_ref(), init.as_os_str()])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null());
    let output = machine.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    #[expect(clippy::print_stderr, reason = "who runs the test is to know")]
    if output.status.code() == Some(127) {
        let missing = format!("not run: {PROGRAM} (Debian's package user-mode-linux) is not here");
        assert!(std::env::var_os("CI").is_none(), "{missing}");
        eprintln!("{missing}");
        return;
    }
    assert!(said.contains("test result: ok. 1 passed"), "{test} in a kernel of its own:\n{said}");
}

fn script(test: &str, owner: Owner) -> String {
    let mut lines = vec![
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH".to_owned(),
        "mount -t proc proc /proc; mount -t sysfs sysfs /sys".to_owned(),
        "mount -t tmpfs tmp /tmp; mount -t tmpfs run /run; mkdir -p /dev/shm".to_owned(),
        "mount -t cgroup2 cgroup /sys/fs/cgroup".to_owned(),
        "echo +memory +pids +cpu > /sys/fs/cgroup/cgroup.subtree_control".to_owned(),
        "ip link set lo up; export HOME=/tmp".to_owned(),
    ];
    for name in ["BOSK_BIN", "BOSK_CLAUDE"] {
        if let Some(value) = std::env::var_os(name) {
            lines.push(format!("export {name}={}", quoted(&value.to_string_lossy())));
        }
    }
    if owner == Owner::Systemd {
        lines.extend([
            "mkdir /sys/fs/cgroup/user; echo $$ > /sys/fs/cgroup/user/cgroup.procs".to_owned(),
            "mkdir -p /run/systemd/system /run/user/0; export XDG_RUNTIME_DIR=/run/user/0"
                .to_owned(),
            "/lib/systemd/systemd --user --log-target=null --unit=basic.target 2>/dev/null &"
                .to_owned(),
            "until busctl --user status >/dev/null 2>&1; do sleep 0.1; done".to_owned(),
        ]);
    }
    let own = std::env::current_exe().unwrap();
    lines.push(format!(
        "{} --ignored --exact {} --nocapture 2>&1",
        quoted(&own.to_string_lossy()),
        quoted(test)
    ));
    lines.push("/sbin/halt -f || echo o > /proc/sysrq-trigger; sleep 9".to_owned());
    lines.join("\n")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The file of the only group that was made for a session, in a kernel of a test's own.
///
/// # Panics
/// There is none.
#[must_use]
pub fn group(file: &str) -> Option<String> {
    let group = group_in(Path::new("/sys/fs/cgroup"))?;
    std::fs::read_to_string(group.join(file)).ok()
}

fn group_in(folder: &Path) -> Option<std::path::PathBuf> {
    let inside = std::fs::read_dir(folder).ok()?.flatten();
    inside.filter(|entry| entry.path().is_dir()).find_map(|entry| {
        let is_ours = entry.file_name().to_string_lossy().starts_with("bosk-");
        let deeper = group_in(&entry.path());
        deeper.or_else(|| is_ours.then(|| entry.path()))
    })
}
