//! Ending what a session has left behind when its keeper is gone: every process of this user whose
//! environment carries the session's cookie, and what descends from those.

use std::time::{Duration, Instant};

use bosk_core::SessionId;

use super::table::{self, Process};
use super::tree::{Killed, cookie_of, end_all, with_descendants};

/// Ends them, for as long as some are found; it blocks, but not much longer than `limit`. A process
/// that carries another cookie or none, and descends from none that carries this one, is not touched.
#[must_use]
pub fn sweep(session: &SessionId, limit: Duration) -> Killed {
    until(session, Instant::now() + limit)
}

/// What a sweep would end.
#[must_use]
pub fn left_behind(session: &SessionId) -> Vec<Process> {
    let cookie = cookie_of(session);
    let own = std::process::id();
    let table = table::all();
    let carriers = |one: &Process| one.pid != own && table::carries(one, &cookie);
    let found = with_descendants(&table, carriers).into_iter();
    // Whoever sweeps from inside the session goes on to tell what came of it.
    found.filter(|one| !one.dead && one.pid != own).cloned().collect()
}

pub(super) fn until(session: &SessionId, deadline: Instant) -> Killed {
    end_all(|| left_behind(session), deadline)
}
