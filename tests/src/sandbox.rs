//! One test's own Bosk: a home, an environment that is nobody else's, repositories, and a client
//! program that is started in exactly that environment. What it started ends with it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bosk_core::git::LaunchPlan;
use bosk_core::launch::LaunchSpec;
use bosk_core::{Problem, SessionId};
use bosk_rehearsal::Server;
use bosk_runtime::home::Home;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::ChildStdout;

use crate::processes;
use crate::session::{PATIENCE, Session};

/// A launch of `prompt` in `repository`, everything else as it is by default.
#[must_use]
pub fn spec(repository: &Path, prompt: &str) -> LaunchSpec {
    let spec = serde_json::json!({"repository": repository, "prompt": prompt});
    serde_json::from_value(spec).unwrap()
}

/// A Bosk of its own.
#[derive(Debug)]
pub struct Sandbox {
    home: Home,
    environment: BTreeMap<OsString, OsString>,
    // Last: what lives in it goes first.
    root: tempfile::TempDir,
}

impl Sandbox {
    /// Its CLI is the stand-in.
    ///
    /// # Panics
    /// It cannot be made.
    #[must_use]
    pub fn new() -> Self {
        Self::with_cli(program("stand-in-claude"))
    }

    /// Its CLI is the real one, which talks to `server`.
    ///
    /// # Panics
    /// `BOSK_CLAUDE` is not set.
    #[must_use]
    pub fn real(server: &Server) -> Self {
        let mut sandbox = Self::with_cli(named("BOSK_CLAUDE"));
        for (name, value) in bosk_rehearsal::environment(server.url(), "sk-ant-oat01-made-up") {
            sandbox.set(name, value);
        }
        sandbox
    }

    fn with_cli(cli: PathBuf) -> Self {
        let root = tempfile::Builder::new().prefix("bosk-test-").tempdir().unwrap();
        // Git and the system report real paths.
        let path = std::fs::canonicalize(root.path()).unwrap();
        let config = path.join("gitconfig");
        let content = "[user]\nname = Tester\nemail = tester@example.org\n[init]\ndefaultBranch = main\n[protocol \"file\"]\nallow = always\n";
        std::fs::write(&config, content).unwrap();
        for folder in ["person", "repositories"] {
            std::fs::create_dir(path.join(folder)).unwrap();
        }
        let home = Home::at(path.join("home")).unwrap();
        let mut sandbox = Self { home, environment: BTreeMap::new(), root };
        // Where the programs of the machine are, and nothing else of its environment.
        sandbox.set("PATH", std::env::var_os("PATH").unwrap_or_default());
        sandbox.set("HOME", path.join("person"));
        sandbox.set("CLAUDE_CONFIG_DIR", path.join("claude"));
        sandbox.set("GIT_CONFIG_GLOBAL", &config);
        sandbox.set("GIT_CONFIG_NOSYSTEM", "1");
        sandbox.set("BOSK_HOME", sandbox.home.path().to_owned());
        sandbox.set("BOSK_BIN", named("BOSK_BIN"));
        sandbox.set("BOSK_CLAUDE", cli);
        sandbox
    }

    /// Sets a variable for whatever is started from now on.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.environment.insert(name.into(), value.into());
    }

    /// A variable's value.
    #[must_use]
    pub fn value(&self, name: &str) -> OsString {
        self.environment.get(OsStr::new(name)).cloned().unwrap_or_default()
    }

    /// The whole environment, for a program that a test starts itself.
    pub fn environment(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.environment.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// Bosk's folder.
    #[must_use]
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// A path in the sandbox.
    #[must_use]
    pub fn path(&self, inside: &str) -> PathBuf {
        std::fs::canonicalize(self.root.path()).unwrap().join(inside)
    }

    /// The repository of that name: made, if it is not there yet, with one commit on `main`.
    #[must_use]
    pub fn repository(&self, name: &str) -> PathBuf {
        let folder = self.path("repositories").join(name);
        if folder.exists() {
            return folder;
        }
        std::fs::create_dir_all(&folder).unwrap();
        self.git(&folder, ["init", "--quiet"]);
        std::fs::write(folder.join("readme.md"), "hello\n").unwrap();
        self.git(&folder, ["add", "."]);
        self.git(&folder, ["commit", "--quiet", "--message", "first"]);
        folder
    }

    /// Runs git there and returns what it printed.
    ///
    /// # Panics
    /// Git failed.
    pub fn git<A: AsRef<OsStr>>(&self, folder: &Path, args: impl IntoIterator<Item = A>) -> String {
        let mut git = std::process::Command::new("git");
        git.args(args).current_dir(folder).env_clear().envs(&self.environment);
        let output = git.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{git:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// What a launch would make.
    ///
    /// # Errors
    /// The spec cannot be launched.
    pub async fn plan(&self, spec: &LaunchSpec) -> Result<LaunchPlan, Problem> {
        self.ask(&["plan"], spec).await
    }

    /// Launches a session.
    ///
    /// # Errors
    /// The spec cannot be launched.
    pub async fn launch(&self, spec: &LaunchSpec) -> Result<Session<'_>, Problem> {
        self.launch_all(std::slice::from_ref(spec)).await.remove(0)
    }

    /// Launches all of them at once, from one process.
    pub async fn launch_all(&self, specs: &[LaunchSpec]) -> Vec<Result<Session<'_>, Problem>> {
        let launched: Vec<Result<SessionId, Problem>> = self.ask(&["launch"], specs).await;
        launched.into_iter().map(|one| one.map(|id| Session::new(self, id))).collect()
    }

    /// Agrees to what the spec's repository brings.
    ///
    /// # Errors
    /// It cannot be agreed to.
    pub async fn trust(&self, spec: &LaunchSpec) -> Result<(), Problem> {
        self.ask(&["trust"], spec).await
    }

    /// A client that is ready to launch: with a process of the CLI that waits for it, or without.
    ///
    /// # Panics
    /// It does not become ready.
    pub async fn launcher(&self, spare: bool) -> Launcher<'_> {
        let mut client = self.client([if spare { "spare" } else { "ready" }]).spawn().unwrap();
        let mut output = BufReader::new(client.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).await.unwrap();
        assert_eq!(line, "ready\n");
        Launcher { sandbox: self, client, output }
    }

    /// A client that expects a launch: it says the process id of the keeper that is listed for it whenever that
    /// changes, and 0 for none.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn expecting(&self) -> (tokio::process::Child, Lines<BufReader<ChildStdout>>) {
        let mut client = self.client(["expect"]).spawn().unwrap();
        let output = BufReader::new(client.stdout.take().unwrap());
        (client, output.lines())
    }

    /// The session with this id.
    #[must_use]
    pub const fn session(&self, id: SessionId) -> Session<'_> {
        Session::new(self, id)
    }

    /// Starts a session's process again.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn resume(&self, session: &Session<'_>) -> Result<(), Problem> {
        self.ask(&["resume", session.id.as_str()], &()).await
    }

    /// A client of another process that follows these sessions until it is killed. It says `all` on
    /// its standard output when each of them has streamed something.
    #[must_use]
    pub fn follower(&self, sessions: &[&Session<'_>]) -> tokio::process::Child {
        let ids = sessions.iter().map(|session| session.id.as_str());
        let mut command = self.client(["follow"].into_iter().chain(ids));
        command.stdin(Stdio::null()).spawn().unwrap()
    }

    fn client<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(program("bosk-test-client"));
        command.args(args).env_clear().envs(&self.environment).current_dir(self.path(""));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command
    }

    async fn ask<T: DeserializeOwned>(&self, args: &[&str], what: &(impl Serialize + ?Sized)) -> T {
        let mut child = self.client(args).spawn().unwrap();
        let question = serde_json::to_vec(what).unwrap();
        let mut input = child.stdin.take().unwrap();
        let asked = async {
            input.write_all(&question).await.unwrap();
            drop(input);
            child.wait_with_output().await.unwrap()
        };
        let output = tokio::time::timeout(PATIENCE, asked).await.expect("the client hangs");
        assert!(output.status.success(), "the client failed: {:?}", output.status);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Every process that has to do with this sandbox.
    #[must_use]
    pub fn processes(&self) -> Vec<bosk_runtime::process::ProcessIdentity> {
        processes::of_folder(&self.path(""))
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

/// A client that waits for what is to be launched.
#[derive(Debug)]
pub struct Launcher<'a> {
    sandbox: &'a Sandbox,
    client: tokio::process::Child,
    output: BufReader<ChildStdout>,
}

impl<'a> Launcher<'a> {
    /// Launches it.
    ///
    /// # Errors
    /// The spec cannot be launched.
    ///
    /// # Panics
    /// The client has ended.
    pub async fn launch(&mut self, spec: &LaunchSpec) -> Result<Session<'a>, Problem> {
        let input = self.client.stdin.as_mut().unwrap();
        input.write_all(&serde_json::to_vec(spec).unwrap()).await.unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).await.unwrap();
        let launched: Result<SessionId, Problem> = serde_json::from_str(&line).unwrap();
        launched.map(|id| Session::new(self.sandbox, id))
    }

    /// Ends it by force.
    ///
    /// # Panics
    /// The client has ended.
    pub async fn kill(mut self) {
        self.client.kill().await.unwrap();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let folder = self.path("");
        let left = processes::end_all(|| processes::of_folder(&folder));
        if !std::thread::panicking() {
            assert!(left.is_empty(), "these cannot be ended: {left:?}");
        }
    }
}

/// A program of this package: it stands beside the folder that the tests are built into.
/// A program of this package.
///
/// # Panics
/// It is not built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut folders = own.ancestors().skip(1).take(2);
    let found = folders.find_map(|folder| Some(folder.join(&file)).filter(|path| path.is_file()));
    found.unwrap_or_else(|| panic!("{file} is not built beside {}", own.display()))
}

fn named(variable: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    named.unwrap_or_else(|| {
        panic!(
            "{variable} must name a program; `cargo xtask test` builds or fetches it and sets it"
        )
    })
}
