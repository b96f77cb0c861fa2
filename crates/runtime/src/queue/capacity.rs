//! What the machine can bear: how many sessions at once, and how much memory one is expected to take.

use std::collections::{BTreeMap, BTreeSet};

use bosk_core::SessionId;
use bosk_core::queue::{Caps, Load, Queue, Stage, Task};
use bosk_core::session::{SessionSummary, State, Turn};
use bosk_core::settings::Settings;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::home::Home;

/// What a session takes of which nothing is known: bytes. The CLI alone has 0.2 to 0.3 GB (measured on 2.1.330).
const USUAL: u64 = 800_000_000;

/// The least memory that stays free: bytes.
const RESERVE: u64 = 1_000_000_000;

/// How long a session needs to take its share: milliseconds.
const GROWS: i64 = 60_000;

/// How many sessions of a repository tell what one takes.
const SAMPLES: usize = 5;

/// After a limit has started anew it still matters for so long: milliseconds.
const LIMIT_MATTERS: i64 = 120_000;

/// How much memory sessions that have ended took at most, in bytes: read once.
#[derive(Debug, Default)]
pub struct Peaks(BTreeMap<SessionId, Option<u64>>);

impl Peaks {
    fn of(&mut self, home: &Home, id: &SessionId) -> Option<u64> {
        let read = || crate::usage::peak(home, id);
        *self.0.entry(id.clone()).or_insert_with(read)
    }
}

fn memory() -> (u64, u64) {
    let what = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(what).ok();
    system.map_or((0, 0), |system| (system.total_memory(), system.available_memory()))
}

/// How many sessions may be at work.
#[must_use]
pub fn caps(settings: &Settings) -> Caps {
    let (total, _) = memory();
    let reserve = RESERVE.max(total / 10);
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    // A session waits for the model most of the time.
    let by_cores = u64::try_from(cores * 2).unwrap_or(2);
    let by_memory = total.saturating_sub(reserve) / USUAL;
    let usual = by_cores.min(by_memory).max(2);
    Caps {
        running: settings.parallel.unwrap_or_else(|| u32::try_from(usual).unwrap_or(2)).max(1),
        in_repository: settings.parallel_in_repository.map(|cap| cap.max(1)),
        reserve,
        usd_a_day: settings.max_usd_a_day,
    }
}

/// Whether a session counts as being at work. One that waits for an answer goes on when it has it.
pub(super) fn is_at_work(session: &SessionSummary) -> bool {
    session.is_checking()
        || matches!(
            session.state,
            State::Queued
                | State::Preparing { .. }
                | State::Running { turn: Turn::Working | Turn::Asking }
                | State::Stopping { .. }
        )
}

/// What is at work, at `now` in milliseconds since 1970: sessions, and tasks of the queue that are about to be some.
#[must_use]
pub fn load<'a>(
    home: &Home,
    settings: &Settings,
    peaks: &mut Peaks,
    queue: &Queue,
    sessions: impl Iterator<Item = &'a SessionSummary>,
    started_at: i64,
    now: i64,
) -> Load {
    let mut load = Load { free: memory().1, usual: USUAL, started_at, ..Load::default() };
    let mut ended: BTreeMap<String, Vec<(i64, SessionId)>> = BTreeMap::new();
    let mut growing = Vec::new();
    let capped: BTreeSet<&SessionId> = queue.capped().collect();
    let is_started = |stage: &Stage| matches!(stage, Stage::Starting | Stage::Running);
    let started = queue.tasks().filter(|(_, stage)| is_started(stage)).map(|(task, _)| task);
    let mut unknown: BTreeMap<&SessionId, &Task> = started.map(|task| (&task.id, task)).collect();
    for session in sessions {
        unknown.remove(&session.id);
        if let Some(resets) = session.usage_resets_at.map(|seconds| seconds * 1000)
            && settings.wait_for_usage_limit
            && now < resets + LIMIT_MATTERS
        {
            load.used_up_until = load.used_up_until.max(Some(resets));
        }
        if capped.contains(&session.id) {
            load.costs.insert(session.id.clone(), session.cost_usd);
        }
        let repository = &session.repository_path;
        if session.state.is_ended() {
            let ended = ended.entry(repository.clone()).or_default();
            ended.push((session.created_at, session.id.clone()));
        }
        if is_at_work(session) {
            *load.running.entry(repository.clone()).or_default() += 1;
            if now - session.created_at < GROWS {
                growing.push(repository.clone());
            }
        }
    }
    for (repository, mut sessions) in ended {
        sessions.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
        let peaks = sessions.iter().take(SAMPLES).filter_map(|(_, id)| peaks.of(home, id));
        if let Some(most) = peaks.max() {
            load.expected.insert(repository, most);
        }
    }
    for task in unknown.into_values() {
        *load.running.entry(task.repository_path.clone()).or_default() += 1;
        growing.push(task.repository_path.clone());
    }
    for repository in growing {
        let expected = load.expected.get(&repository).copied().unwrap_or(load.usual);
        load.free = load.free.saturating_sub(expected);
    }
    load
}
