//! What one test has for itself: a Bosk of its own ([`Sandbox`]), a session bus, since the app's name
//! on it makes a second start raise the first, and folders for the desktop. The screen is shared, so
//! tests take turns. Not here: the window ([`super::window`]).

use std::fs::Permissions;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;

use bosk_rehearsal::{Scripts, Server};
use bosk_tests::Sandbox;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, MutexGuard};

/// The screen.
static SCREEN: Mutex<()> = Mutex::const_new(());

/// One test's desk.
pub(crate) struct Desk {
    /// What the real CLI talks to.
    pub(crate) server: Server,
    sandbox: Sandbox,
    _bus: Child,
    // Last: the next test begins when all else has ended.
    _turn: MutexGuard<'static, ()>,
}

impl Desk {
    /// A desk with the real CLI, which talks to a rehearsal server in this process.
    pub(crate) async fn new() -> Self {
        let server = Server::start(Scripts::builtin()).await.unwrap();
        let sandbox = Sandbox::real(&server);
        Self::with(server, sandbox).await
    }

    /// A desk with the stand-in for the CLI.
    pub(crate) async fn stand_in() -> Self {
        let server = Server::start(Scripts::builtin()).await.unwrap();
        Self::with(server, Sandbox::new()).await
    }

    async fn with(server: Server, mut sandbox: Sandbox) -> Self {
        let turn = SCREEN.lock().await;
        let sockets = sandbox.path("sockets");
        std::fs::create_dir(&sockets).unwrap();
        std::fs::set_permissions(&sockets, Permissions::from_mode(0o700)).unwrap();
        let display = std::env::var_os("DISPLAY");
        let display = display.expect("a screen is needed: `cargo xtask e2e` opens one");
        sandbox.set("DISPLAY", display);
        for (name, value) in [
            ("GDK_BACKEND", "x11"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("LANG", "en_US.UTF-8"),
            ("LANGUAGE", "en_US"),
            ("NO_AT_BRIDGE", "1"),
        ] {
            sandbox.set(name, value);
        }
        sandbox.set("XDG_RUNTIME_DIR", &sockets);
        let (bus, address) = session_bus(&sandbox).await;
        sandbox.set("DBUS_SESSION_BUS_ADDRESS", address);
        Self { server, sandbox, _bus: bus, _turn: turn }
    }

    /// A program in this desk's environment; it ends with its value.
    pub(crate) fn command(&self, program: &str) -> Command {
        program_of(&self.sandbox, program)
    }
}

impl Deref for Desk {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Sandbox {
        &mut self.sandbox
    }
}

/// Where what a person may look at is kept.
pub(crate) fn artifacts() -> PathBuf {
    let here = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../artifacts"));
    std::env::var_os("BOSK_ARTIFACTS").map_or_else(here, PathBuf::from)
}

/// A bus that starts no service of the desktop's: one would mount a folder of its own in the sandbox,
/// and could not take it away when it is ended with it.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=SOCKETS</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"#;

/// Starts a bus and returns it with its address, which it prints once it can be reached.
async fn session_bus(sandbox: &Sandbox) -> (Child, String) {
    let mut command = program_of(sandbox, "dbus-daemon");
    let sockets = sandbox.path("sockets");
    let file = sandbox.path("bus.xml");
    std::fs::write(&file, BUS.replace("SOCKETS", sockets.to_str().unwrap())).unwrap();
    let config = format!("--config-file={}", file.display());
    command.args([&config, "--nofork", "--print-address=1"]);
    let mut bus = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("dbus-daemon is not installed");
    let mut lines = BufReader::new(bus.stdout.take().unwrap()).lines();
    let address = lines.next_line().await.unwrap().expect("the bus did not start");
    (bus, address)
}

fn program_of(sandbox: &Sandbox, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(sandbox.environment()).current_dir(sandbox.path(""));
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}
