//! One terminal: the pseudo-terminal, the shell behind it, and the threads that carry its words.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bosk_core::terminal::{TerminalSaid, TerminalView};
use bosk_core::{Problem, ProblemCode, SessionId};
use portable_pty::{CommandBuilder, MasterPty, PtySize};

use super::flow::{Code, Flow, Next};
use super::{Listener, left};
use crate::client::launch::new_id;
use crate::home::{self, Home};
use crate::process::{self, COOKIE, Environment};

/// As much as a Linux pseudo-terminal gives at once, four times, in bytes.
const READ: usize = 16 << 10;

/// How many pieces wait to be typed while a program takes none.
const TYPED: usize = 1024;

/// How long the last words of an ended program are waited for: they are there to be read at once, unless something
/// that could not be ended holds the terminal.
const DRAIN: Duration = Duration::from_millis(250);

pub(super) struct Terminal {
    home: Home,
    session: SessionId,
    /// What everything started in it carries, as a session's processes do theirs.
    cookie: SessionId,
    program: String,
    master: Mutex<Box<dyn MasterPty + Send>>,
    typed: SyncSender<Vec<u8>>,
    flow: Arc<Flow>,
    folder: PathBuf,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Terminal {
    pub(super) fn start(
        home: &Home,
        session: &SessionId,
        folder: &Path,
        environment: &Environment,
        size: (u16, u16),
    ) -> Result<Self, Problem> {
        let cookie = new_id()?;
        let pair = portable_pty::native_pty_system().openpty(sized(size)).map_err(refused)?;
        let mut command = CommandBuilder::new_default_prog();
        command.cwd(folder);
        command.env_clear();
        for (name, value) in environment.iter() {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env(COOKIE, cookie.as_str());
        let program = command.get_shell();
        let reader = pair.master.try_clone_reader().map_err(refused)?;
        let writer = pair.master.take_writer().map_err(refused)?;
        left::note(home, &cookie).map_err(|error| home::unwritable(&error))?;
        let child = pair.slave.spawn_command(command).map_err(|error| {
            left::forget(home, &cookie);
            refused(error)
        })?;
        // Held open, its end would never be read.
        drop(pair.slave);
        let flow = Arc::new(Flow::default());
        let (all_read, drained) = channel();
        thread::spawn({
            let flow = Arc::clone(&flow);
            move || read(reader, &flow, &all_read)
        });
        let (typed, to_type) = sync_channel(TYPED);
        thread::spawn(move || type_all(writer, &to_type));
        thread::spawn({
            let (flow, home, cookie) = (Arc::clone(&flow), home.clone(), cookie.clone());
            move || {
                let code = wait(child, &home, &cookie);
                let _ = drained.recv_timeout(DRAIN);
                flow.end(code);
            }
        });
        Ok(Self {
            home: home.clone(),
            session: session.clone(),
            cookie,
            program,
            master: Mutex::new(pair.master),
            typed,
            flow,
            folder: folder.to_owned(),
        })
    }

    pub(super) fn view(&self, id: u32) -> TerminalView {
        let program = Path::new(&self.program).file_name();
        TerminalView {
            id,
            session: self.session.clone(),
            program: program.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            alive: self.is_alive(),
        }
    }

    pub(super) fn session(&self) -> &SessionId {
        &self.session
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.flow.has_ended()
    }

    /// Whether it was opened in that folder or below it.
    pub(super) fn is_in(&self, folder: &Path) -> bool {
        self.folder.starts_with(folder)
    }

    pub(super) fn listen(&self, listener: Listener) {
        let number = self.flow.begin();
        let flow = Arc::clone(&self.flow);
        thread::spawn(move || {
            let mut end_told = false;
            loop {
                let said = match flow.next(number, end_told) {
                    Next::Output(piece) => TerminalSaid::Output { data: STANDARD.encode(piece) },
                    Next::Ended(code) => {
                        end_told = true;
                        TerminalSaid::Ended { code }
                    }
                    Next::Taken => {
                        listener(TerminalSaid::Taken);
                        return;
                    }
                    Next::Nothing => return,
                };
                if !listener(said) {
                    return flow.stop(number);
                }
            }
        });
    }

    pub(super) fn shown(&self, bytes: usize) {
        self.flow.shown(bytes);
    }

    pub(super) fn write(&self, text: &str) -> Result<(), Problem> {
        if !self.is_alive() {
            return Err(ended());
        }
        self.typed.try_send(text.as_bytes().to_vec()).map_err(|_| {
            let text = "The program in the terminal takes no more input, so this was not typed.";
            Problem::new(ProblemCode::SessionState, text)
                .hint("Wait for it, or end it with Ctrl+C.")
        })
    }

    pub(super) fn resize(&self, size: (u16, u16)) -> Result<(), Problem> {
        let master = self.master.lock().unwrap_or_else(PoisonError::into_inner);
        master.resize(sized(size)).map_err(|_| ended())
    }

    /// Ends everything that was started in it. That the shell has ended is then noticed by itself.
    pub(super) fn end(&self) {
        let left = process::sweep(&self.cookie, left::LIMIT);
        self.flow.end(None);
        if left.left.is_empty() {
            left::forget(&self.home, &self.cookie);
        }
    }
}

fn read(mut reader: Box<dyn std::io::Read + Send>, flow: &Flow, all_read: &Sender<()>) {
    let mut piece = vec![0; READ];
    // Its end is an error on Linux (EIO) and nothing read elsewhere.
    while let Ok(read @ 1..) = reader.read(&mut piece) {
        flow.take(&piece[..read]);
    }
    let _ = all_read.send(());
}

/// A thread of its own: a program that reads nothing holds it up, and nobody else.
fn type_all(mut writer: Box<dyn std::io::Write + Send>, typed: &Receiver<Vec<u8>>) {
    while let Ok(text) = typed.recv() {
        if writer.write_all(&text).and_then(|()| writer.flush()).is_err() {
            return;
        }
    }
}

/// Waits for the shell; with it goes what that left running, as where a terminal is closed.
fn wait(
    mut child: Box<dyn portable_pty::Child + Send + Sync>,
    home: &Home,
    cookie: &SessionId,
) -> Code {
    let status = child.wait();
    if process::sweep(cookie, left::LIMIT).left.is_empty() {
        left::forget(home, cookie);
    }
    status.ok().and_then(|status| i32::try_from(status.exit_code()).ok())
}

fn sized((columns, rows): (u16, u16)) -> PtySize {
    PtySize { rows: rows.max(1), cols: columns.max(1), pixel_width: 0, pixel_height: 0 }
}

fn refused(error: impl std::fmt::Display) -> Problem {
    let text = format!("The system gave no terminal: {error}.");
    Problem::new(ProblemCode::Internal, text).hint("Close some programs, then try again.")
}

fn ended() -> Problem {
    Problem::new(ProblemCode::SessionState, "The terminal's program has ended.")
        .hint("Open another terminal.")
}
