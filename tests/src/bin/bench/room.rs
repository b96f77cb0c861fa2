//! Where the window is measured: a desk of its own ([`Desk`]) whose CLI is this program, and the
//! app's processes on it.

use bosk_core::SessionId;
use bosk_core::settings::Settings;
use bosk_tests::{Session, spec};
use tokio::process::Child;

use crate::cost;
use crate::desk::Desk;
use crate::window::Window;

/// A desk whose CLI is the stand-in. No process waits for the next launch: what one takes is the CLI's own (some
/// 160 MB), and the person's to choose.
pub(crate) async fn desk() -> Desk {
    let mut desk = Desk::new().await;
    desk.set("BOSK_CLAUDE", std::env::current_exe().unwrap());
    let settings = Settings { keep_spare: false, ..Settings::default() };
    bosk_runtime::settings::save(desk.home(), &settings).unwrap();
    desk
}

/// Launches that many sessions that wait for a message, in one folder, and waits until they do.
pub(crate) async fn sessions(desk: &Desk, count: usize) -> Vec<Session<'_>> {
    let mut spec = spec(&desk.repository("sample"), "wait");
    spec.worktree = false;
    let launched = desk.launch_all(&vec![spec; count]).await;
    let sessions: Vec<Session<'_>> = launched.into_iter().map(Result::unwrap).collect();
    for session in &sessions {
        let mut watched = session.follow().await;
        watched.until("ready", |status| status.summary.cost_usd >= 1.0).await;
    }
    sessions
}

/// Sends a session's CLI what it is to do, as its only message so far, and waits until it is done.
pub(crate) async fn told(session: &Session<'_>, what: &str) {
    let mut watched = session.follow().await;
    watched.send(what).await.unwrap();
    watched.until("done", |status| status.summary.cost_usd >= 2.0).await;
}

/// The selector of a session's row.
pub(crate) fn row(id: &SessionId) -> String {
    format!("[data-testid='fleet-row'][data-session='{id}']")
}

/// A program with a web view, started as a person does: no driver is attached.
pub(crate) struct App(Child);

impl App {
    /// Starts the app, or the empty window that it is held against.
    pub(crate) fn start(desk: &Desk, empty: bool) -> Self {
        let app = std::env::var_os("BOSK_DESKTOP").expect("`cargo xtask bench` sets BOSK_DESKTOP");
        let app = std::path::PathBuf::from(app);
        let program = if empty { app.with_file_name("examples/empty-window") } else { app };
        let mut command = desk.command(program.to_str().unwrap());
        // The app chooses the same for itself.
        if empty && !std::path::Path::new("/dev/dri/renderD128").exists() {
            command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        }
        Self(command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display())))
    }

    /// It and what it has started for its web view; keepers are on their own.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let own = self.0.id().expect("the app runs");
        let mut found = vec![own];
        let mut at = 0;
        while let Some(parent) = found.get(at) {
            found.extend(children(*parent));
            at += 1;
        }
        found
    }

    /// Ends it and waits until all of it has ended.
    pub(crate) async fn end(mut self, desk: &Desk) {
        let all = self.processes();
        self.0.kill().await.unwrap();
        for one in desk.processes().iter().filter(|one| all.contains(&one.pid)) {
            bosk_tests::processes::ended(one, bosk_tests::PATIENCE).await;
        }
    }
}

fn children(parent: u32) -> Vec<u32> {
    let of = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children"));
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists: Vec<String> = threads.filter_map(|thread| of(thread).ok()).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).map(|pid| pid.parse().unwrap()).collect()
}

/// The memory of the process that draws the page, in MB.
pub(crate) fn memory_of_page(desk: &Desk) -> f64 {
    let is_page = |pid: u32| {
        let exe = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
        exe.file_name().is_some_and(|name| name == "WebKitWebProcess")
    };
    let page = desk.processes().into_iter().find(|one| is_page(one.pid)).expect("a web process");
    cost::memory(page.pid).expect("it runs")
}

/// Has the page note when each stamped word of the transcript was painted: a change of the page is
/// in the frame whose callbacks come next, and what that frame posts is heard once it is drawn.
pub(crate) async fn note_paints(window: &Window) {
    window
        .run_until_done(
            "window.paints ??= [];
             const known = new Set();
             const { port1, port2 } = new MessageChannel();
             let waiting = false;
             port2.onmessage = ({ data }) => {
               const now = performance.timeOrigin + performance.now();
               for (const word of data) window.paints.push([now, Number(word.slice(1))]);
             };
             const frame = () => {
               waiting = false;
               const text = document.querySelector(`[data-testid='transcript']`)?.textContent ?? '';
               const words = new Set(text.match(/t[0-9]{16}/g)).difference(known);
               for (const word of words) known.add(word);
               port1.postMessage([...words]);
             };
             frame();
             window.noting?.disconnect();
             window.noting = new MutationObserver(() => {
               if (!waiting) requestAnimationFrame(frame);
               waiting = true;
             });
             window.noting.observe(document, { subtree: true, childList: true, characterData: true });
             setTimeout(() => { window.paints = []; arguments[arguments.length - 1](null); }, 100);",
        )
        .await;
}

/// How long each stamped word took from being written to being painted, in milliseconds.
pub(crate) async fn delays(window: &Window) -> Vec<f64> {
    let paints: Vec<(f64, f64)> = window.read("window.paints.splice(0)").await;
    paints.into_iter().map(|(painted, written)| painted - written / 1e3).collect()
}
