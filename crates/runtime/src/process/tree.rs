//! A session's processes: finding all of them, and ending all of them.
//!
//! On Linux nothing escapes a keeper that has called [`super::become_subreaper`]: what loses its
//! parent is handed to the keeper, whatever session, group or environment it has made for itself.
//! Not here: what lost its keeper (see `sweep`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bosk_core::SessionId;

use super::handle::{Handle, Signal, wait_for_any};
use super::table::{self, Process};
use super::{COOKIE, ProcessIdentity};

/// What an ending of processes came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Killed {
    /// Those that were ended by force: pid and name.
    pub ended: Vec<(u32, String)>,
    /// Those that were still there when the time was over.
    pub left: Vec<(u32, String)>,
}

impl Killed {
    /// Both, added up.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.ended.extend(other.ended);
        self.left.extend(other.left);
        self
    }
}

/// The roots that somebody here waits for: neither orphans, nor part of another root's tree.
static ROOTS: Mutex<BTreeSet<ProcessIdentity>> = Mutex::new(BTreeSet::new());

/// Held while a root is started, so that nobody takes it for an orphan before it is known.
pub(super) fn roots() -> MutexGuard<'static, BTreeSet<ProcessIdentity>> {
    ROOTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a root known for as long as somebody may wait for it.
#[derive(Debug)]
pub(super) struct Known(pub(super) ProcessIdentity);

impl Drop for Known {
    fn drop(&mut self) {
        roots().remove(&self.0);
    }
}

/// A process that this one has started, and everything that came of it.
#[derive(Debug, Clone)]
pub struct Tree {
    root: ProcessIdentity,
    cookie: SessionId,
}

impl Tree {
    pub(super) fn new(root: ProcessIdentity, cookie: SessionId) -> Self {
        Self { root, cookie }
    }

    /// The process at its root, which may have ended.
    #[must_use]
    pub fn root(&self) -> &ProcessIdentity {
        &self.root
    }

    /// Everything in it that runs now: root, descendants, and orphans handed to this process.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        self.members(&table::all()).into_iter().filter(|process| !process.dead).cloned().collect()
    }

    /// Asks every process in it to end (SIGTERM). Windows has no such request: closing the
    /// root's standard input is the polite way there, and this does nothing.
    pub fn terminate(&self) {
        for process in self.processes() {
            // One that has just ended needs no request.
            let _ = process.identity().signal(Signal::Terminate);
        }
    }

    /// The same for the root, what descends from it, and what carries that variable (`NAME=value`).
    pub fn terminate_marked(&self, variable: &str) {
        let table = table::all();
        let is_of_it = |one: &Process| one.identity() == self.root || table::carries(one, variable);
        for process in with_descendants(&table, is_of_it).into_iter().filter(|one| !one.dead) {
            // One that has just ended needs no signal.
            let _ = process.identity().signal(Signal::Terminate);
        }
    }

    /// Freezes everything in it, until nothing is found that still moves: what is frozen starts nothing. What
    /// may not be stopped, as another user's, can go on starting more; so it never takes much longer than
    /// `limit`.
    pub fn freeze(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let mut held = BTreeSet::new();
        loop {
            let before = held.len();
            for process in self.processes() {
                let identity = process.identity();
                if !held.contains(&identity) {
                    // One that has just ended needs no stop.
                    let _ = identity.signal(Signal::Stop);
                    held.insert(identity);
                }
            }
            if held.len() == before || Instant::now() >= deadline {
                return;
            }
        }
    }

    /// Lets everything in it go on.
    pub fn thaw(&self) {
        for process in self.processes() {
            let _ = process.identity().signal(Signal::Continue);
        }
    }

    /// Ends one process of it and all that descends from that.
    #[must_use]
    pub fn kill_branch(&self, pid: u32, limit: Duration) -> Killed {
        let Some(top) = self.processes().into_iter().find(|one| one.pid == pid) else {
            return Killed::default();
        };
        self.kill_from(top.identity(), |_| false, limit)
    }

    /// Ends the root, what descends from it, and what carries that variable (`NAME=value`). Other roots and what
    /// came of them go on.
    #[must_use]
    pub fn kill_marked(&self, variable: &str, limit: Duration) -> Killed {
        self.kill_from(self.root.clone(), |one| table::carries(one, variable), limit)
    }

    fn kill_from(
        &self,
        top: ProcessIdentity,
        also: impl Fn(&Process) -> bool,
        limit: Duration,
    ) -> Killed {
        let branch = Mutex::new(BTreeSet::from([top]));
        let find = || {
            self.reap_adopted();
            let mut branch = branch.lock().unwrap_or_else(PoisonError::into_inner);
            let table = table::all();
            // What lost its parent meanwhile is still known by having been seen in it.
            let is_of_it = |one: &Process| branch.contains(&one.identity()) || also(one);
            let found = with_descendants(&table, is_of_it);
            let found: Vec<Process> = found.into_iter().filter(|one| !one.dead).cloned().collect();
            branch.extend(found.iter().map(Process::identity));
            found
        };
        end_all(find, Instant::now() + limit)
    }

    /// Ends everything in it, then whatever else carries the cookie. It blocks for milliseconds,
    /// and never much longer than `limit`; what resisted is in [`Killed::left`].
    #[must_use]
    pub fn kill(&self, limit: Duration) -> Killed {
        let deadline = Instant::now() + limit;
        let find = || {
            self.reap_adopted();
            self.processes()
        };
        end_all(find, deadline).and(super::sweep::until(&self.cookie, deadline))
    }

    /// Waits for the orphans that were handed to this process and have ended, so that no zombies
    /// gather; to be called on SIGCHLD. It never waits for a child that somebody here has started
    /// and waits for himself: those are roots, or are in this process's own session.
    pub fn reap_adopted(&self) {
        #[cfg(target_os = "linux")]
        {
            use nix::sys::wait::{WaitPidFlag, waitpid};
            let table = table::all();
            let (own, roots) = (own_place(&table), roots());
            for orphan in table.iter().filter(|one| one.dead && self.is_adopted(one, own, &roots)) {
                if let Ok(pid) = i32::try_from(orphan.pid) {
                    // Somebody else of this process may have been faster: nothing is lost then.
                    let _ = waitpid(nix::unistd::Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG));
                }
            }
        }
    }

    /// An orphan handed to this process. A child that this process started itself is a root, or
    /// shares its session: a session can be left, but never entered.
    fn is_adopted(
        &self,
        process: &Process,
        (own, session): (u32, u32),
        roots: &BTreeSet<ProcessIdentity>,
    ) -> bool {
        let identity = process.identity();
        cfg!(target_os = "linux")
            && process.parent == own
            && process.session != session
            && identity != self.root
            && !roots.contains(&identity)
    }

    /// The tree's processes in this table, the ended ones among them.
    fn members<'a>(&self, table: &'a [Process]) -> Vec<&'a Process> {
        let (own, roots) = (own_place(table), roots());
        let root = table.iter().find(|one| one.identity() == self.root);
        let starts = |one: &Process| {
            one.identity() == self.root
                || self.is_adopted(one, own, &roots)
                // Without a subreaper an orphan is still known by its session, while the root
                // is there to keep the session's number from meaning another one.
                || (cfg!(target_os = "macos") && root.is_some() && one.session == self.root.pid)
        };
        with_descendants(table, starts).into_iter().filter(|one| one.pid != own.0).collect()
    }
}

/// The processes that `starts` names, and all that descend from them.
pub(super) fn with_descendants(
    table: &[Process],
    starts: impl Fn(&Process) -> bool,
) -> Vec<&Process> {
    let mut children: BTreeMap<u32, Vec<&Process>> = BTreeMap::new();
    for process in table {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found: BTreeMap<u32, &Process> = BTreeMap::new();
    let mut open: Vec<&Process> = table.iter().filter(|one| starts(one)).collect();
    while let Some(process) = open.pop() {
        if found.insert(process.pid, process).is_none() {
            // A child is younger than its parent; an older one has a parent whose pid was reused.
            let own = children.get(&process.pid).into_iter().flatten();
            open.extend(own.filter(|child| child.started >= process.started));
        }
    }
    found.into_values().collect()
}

/// This process's pid and session.
fn own_place(table: &[Process]) -> (u32, u32) {
    let own = std::process::id();
    (own, table.iter().find(|one| one.pid == own).map_or(0, |one| one.session))
}

/// Stops, then kills, what `find` finds, until it finds nothing twice in a row (a list of
/// processes is no snapshot, and may miss one that is just changing parents) or time is over.
pub(super) fn end_all(find: impl Fn() -> Vec<Process>, deadline: Instant) -> Killed {
    let mut ended = BTreeMap::new();
    let mut dying = Vec::new();
    let mut quiet = 0;
    let mut last_round = false;
    let left = loop {
        let mut held: BTreeMap<ProcessIdentity, Option<Handle>> = BTreeMap::new();
        // All are frozen before one is killed: else a parent sees its child end and starts anew.
        let found = loop {
            let found = find();
            let before = held.len();
            for process in &found {
                held.entry(process.identity()).or_insert_with_key(|identity| {
                    let handle = Handle::open(identity).ok()?;
                    let _ = handle.signal(Signal::Stop);
                    Some(handle)
                });
            }
            if held.len() == before || Instant::now() >= deadline {
                break found;
            }
        };
        quiet = if found.is_empty() { quiet + 1 } else { 0 };
        if quiet == 2 || (last_round && !found.is_empty()) {
            break found;
        }
        last_round = Instant::now() >= deadline;
        for process in found {
            ended.insert(process.identity(), process.name);
        }
        let handles: Vec<Handle> = held.into_values().flatten().collect();
        for handle in &handles {
            // What may not be killed is found again, and told in the end.
            let _ = handle.signal(Signal::Kill);
        }
        if !handles.is_empty() {
            wait_for_any(&handles, Duration::from_millis(50));
        }
        dying.extend(handles);
    };
    // One that is being taken apart has no environment any more, and so is no longer found.
    for handle in &dying {
        let rest = deadline.saturating_duration_since(Instant::now());
        wait_for_any(std::slice::from_ref(handle), rest);
    }
    let left: Vec<(u32, String)> = left.into_iter().map(|one| (one.pid, one.name)).collect();
    let ended = ended.into_iter().map(|(identity, name)| (identity.pid, name));
    Killed { ended: ended.filter(|one| !left.contains(one)).collect(), left }
}

/// The `NAME=value` that the session's processes carry.
pub(super) fn cookie_of(session: &SessionId) -> String {
    format!("{COOKIE}={session}")
}
