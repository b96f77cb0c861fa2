//! Terminals in sessions' folders: the person's shell behind a pseudo-terminal, what it says, and its end with
//! everything that was started in it. They live in the process that opens them. Not here: drawing them.

mod flow;
mod left;
mod pty;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bosk_core::session::SessionSummary;
use bosk_core::terminal::{TerminalSaid, TerminalView};
use bosk_core::{Problem, ProblemCode, SessionId};

use crate::claude::environment;
use crate::home::Home;
use crate::process::Environment;
use pty::Terminal;

/// Who is told what a terminal says; false once nobody listens there any more.
pub type Listener = Box<dyn Fn(TerminalSaid) -> bool + Send>;

/// Most terminals at the same time: each is a process and three threads.
const MOST: usize = 64;

/// What a terminal of that session finds in its environment: the person's own, and what the session's scripts are told.
#[must_use]
pub fn environment(session: &SessionSummary, own: &Environment) -> Environment {
    let (repository, folder) = (Path::new(&session.repository_path), Path::new(&session.folder));
    environment::beside(own, repository, folder, session.port)
}

/// All terminals of this process.
#[derive(Debug)]
pub struct Terminals {
    home: Home,
    open: Mutex<BTreeMap<u32, Arc<Terminal>>>,
    last: AtomicU32,
}

impl Terminals {
    /// None yet. What an earlier process of this home left running in its terminals, when it was killed, is ended
    /// by [`Terminals::end_left`].
    #[must_use]
    pub fn new(home: &Home) -> Self {
        Self { home: home.clone(), open: Mutex::default(), last: AtomicU32::new(0) }
    }

    /// Ends what is left of terminals whose process was killed. It blocks.
    pub fn end_left(&self) {
        left::end(&self.home);
    }

    /// Opens one in a folder, for a session; it blocks for milliseconds. `environment` is what
    /// [`environment()`] tells.
    ///
    /// # Errors
    /// There are too many, the folder is gone, or the system gives no terminal.
    pub fn open(
        &self,
        session: &SessionId,
        folder: &Path,
        environment: &Environment,
        size: (u16, u16),
    ) -> Result<TerminalView, Problem> {
        if self.all().values().filter(|one| one.is_alive()).count() >= MOST {
            let text = format!("There are {MOST} terminals already, so no other was opened.");
            return Err(Problem::new(ProblemCode::InvalidInput, text).hint("Close some of them."));
        }
        if !folder.is_dir() {
            let text = "The session's folder is gone, so there is no terminal in it.";
            return Err(Problem::new(ProblemCode::WorktreeFailed, text));
        }
        let terminal = Terminal::start(&self.home, session, folder, environment, size)?;
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let view = terminal.view(id);
        self.all().insert(id, Arc::new(terminal));
        Ok(view)
    }

    /// Those of a session, in the order in which they were opened.
    #[must_use]
    pub fn of(&self, session: &SessionId) -> Vec<TerminalView> {
        let all = self.all();
        let own = all.iter().filter(|(_, terminal)| terminal.session() == session);
        own.map(|(id, terminal)| terminal.view(*id)).collect()
    }

    /// Tells what it has said last, and from then on what it says, in place of whoever listened before: that one is
    /// told so.
    ///
    /// # Errors
    /// There is no such terminal.
    pub fn listen(&self, id: u32, listener: Listener) -> Result<(), Problem> {
        self.one(id)?.listen(listener);
        Ok(())
    }

    /// So many bytes of what was told have been shown.
    ///
    /// # Errors
    /// There is no such terminal.
    pub fn shown(&self, id: u32, bytes: usize) -> Result<(), Problem> {
        self.one(id)?.shown(bytes);
        Ok(())
    }

    /// Types something.
    ///
    /// # Errors
    /// There is no such terminal, or it has ended.
    pub fn write(&self, id: u32, text: &str) -> Result<(), Problem> {
        self.one(id)?.write(text)
    }

    /// Gives it another size, in columns and rows.
    ///
    /// # Errors
    /// There is no such terminal, or it has ended.
    pub fn resize(&self, id: u32, size: (u16, u16)) -> Result<(), Problem> {
        self.one(id)?.resize(size)
    }

    /// Ends it, with everything that was started in it; it blocks.
    ///
    /// # Errors
    /// There is no such terminal.
    pub fn close(&self, id: u32) -> Result<(), Problem> {
        let terminal = self.one(id)?;
        terminal.end();
        self.all().remove(&id);
        Ok(())
    }

    /// Ends those in a folder that goes; it blocks.
    pub fn close_in(&self, folder: &Path) {
        self.close_where(|one| one.is_in(folder));
    }

    /// Ends all of them; it blocks.
    pub fn close_all(&self) {
        self.close_where(|_| true);
    }

    fn close_where(&self, goes: impl Fn(&Terminal) -> bool) {
        let mut going = Vec::new();
        self.all().retain(|_, terminal| {
            let goes = goes(terminal);
            if goes {
                going.push(Arc::clone(terminal));
            }
            !goes
        });
        for terminal in going {
            terminal.end();
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<Terminal>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn one(&self, id: u32) -> Result<Arc<Terminal>, Problem> {
        self.all().get(&id).cloned().ok_or_else(|| {
            Problem::new(ProblemCode::InvalidInput, "This terminal is closed.")
                .hint("Open another one.")
        })
    }
}

impl Drop for Terminals {
    fn drop(&mut self) {
        self.close_all();
    }
}
