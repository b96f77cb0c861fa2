//! Running schedules: a part of the dispatcher. A run is written down with the ids of its tasks before they are added,
//! so whoever is killed in between is followed by one that adds them under the same ids, which the queue takes once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bosk_core::queue::{Addition, Queue, Stage};
use bosk_core::schedule::{Due, Ran, Schedule, When, World};
use bosk_core::{Problem, ProblemCode, SessionId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::change::{ids, with};
use super::file::{self, list, unless_open};
use super::refs::{Refs, gone};
use super::times::Times;
use crate::client::{blocking, launch};
use crate::fleet::Rows;
use crate::home::Home;
use crate::journal::writer::wall_clock;
use crate::queue;

/// Longest time between two looks at the clock. A timer may stand still while the machine sleeps, and what was due
/// meanwhile is to run soon after it wakes.
const LOOK: Duration = Duration::from_secs(60);

/// Runs what is due.
#[derive(Debug)]
pub(crate) struct Runner {
    home: Home,
    all: Vec<Schedule>,
    /// The file as it was read: when it was changed and its length, and how often it was told to have changed.
    read: (Option<(SystemTime, u64)>, u32),
    refs: Refs,
    /// The commits that branches have, by schedule.
    tips: BTreeMap<String, String>,
}

impl Runner {
    pub(crate) fn new(home: &Home) -> Self {
        Self {
            home: home.clone(),
            all: Vec::new(),
            read: (None, 0),
            refs: Refs::default(),
            tips: BTreeMap::new(),
        }
    }

    /// Runs what is due.
    ///
    /// # Errors
    /// What is decided cannot be kept just now. Nothing is lost: it is decided again.
    pub(crate) async fn look(&mut self, queue: &Queue, rows: &Rows) -> Result<(), Problem> {
        self.read(rows.schedules_told).await?;
        if self.all.is_empty() {
            return Ok(());
        }
        self.look_at_branches().await?;
        let resets = rows.sessions.values().filter_map(|session| session.usage_resets_at);
        let reset = resets.max().map(|seconds| seconds * 1000);
        let worth = |one: &&Schedule| self.is_worth_a_look(one, reset);
        let all: Vec<Schedule> = self.all.iter().filter(worth).cloned().collect();
        for schedule in all {
            self.look_at(schedule, queue, reset).await?;
        }
        self.read(rows.schedules_told).await
    }

    /// What passes by a closer look at none of its prompts.
    fn is_worth_a_look(&self, one: &Schedule, reset: Option<i64>) -> bool {
        let due = one.next_at.is_some_and(|at| at <= wall_clock());
        let tip = self.tips.get(&one.id).is_some_and(|tip| Some(tip) != one.seen.as_ref());
        let reset = one.when == When::Reset && reset.is_some() && one.next_at != reset;
        one.begun.is_some() || (one.enabled && (due || tip || reset))
    }

    async fn read(&mut self, told: u32) -> Result<(), Problem> {
        let home = self.home.clone();
        let before = self.read;
        let read = blocking(move || {
            let stamp = (file::stamp(&home), told);
            if stamp == before { Ok(None) } else { Ok(Some((stamp, list(&home)))) }
        });
        let Some((stamp, listed)) = read.await? else { return Ok(()) };
        self.read = stamp;
        self.all = listed.unwrap_or_else(|problem| {
            // The window says it; the queue goes on.
            tracing::warn!(%problem, "no schedule runs");
            Vec::new()
        });
        Ok(())
    }

    async fn look_at(
        &self,
        mut schedule: Schedule,
        queue: &Queue,
        reset: Option<i64>,
    ) -> Result<(), Problem> {
        let is_there = |id: &SessionId| queue.get(id).is_some();
        if schedule.begun.is_some() {
            return finish(&self.home, &schedule, is_there).await.map(drop);
        }
        let open = |id: &SessionId| {
            queue.get(id).is_some_and(|(_, stage, _)| !matches!(stage, Stage::Ended { .. }))
        };
        if reset.is_some_and(|reset| schedule.expect_reset(reset)) {
            let next = schedule.next_at;
            with(&self.home, &schedule.id, move |one| one.next_at = next).await?;
        }
        let now = wall_clock();
        let tip = self.tips.get(&schedule.id).cloned();
        let world =
            World { now, tip: tip.as_deref(), reset, busy: schedule.tasks().iter().any(open) };
        let Ok(times) = Times::of(&schedule.when, schedule.since) else { return Ok(()) };
        let Due::Run { at, missed } = schedule.due(&world, |at| times.after(at)) else {
            return Ok(());
        };
        let tasks = ids(&schedule.addition)?;
        let run = Ran { at: now, due_at: at, missed, tasks, problem: None };
        let next = times.after(now);
        let (expected, seen) = (schedule.next_at, schedule.seen.clone());
        let begun = with(&self.home, &schedule.id, move |one| {
            // The person may have changed it, or run it, just now.
            let same = one.enabled && (one.next_at, &one.seen) == (expected, &seen);
            if same && one.begun.is_none() {
                one.begin(run, next, tip.as_deref());
            }
            one.clone()
        });
        match begun.await {
            Ok(begun) => finish(&self.home, &begun, is_there).await.map(drop),
            // It was removed.
            Err(problem) if problem.code == ProblemCode::InvalidInput => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// Watches the branches that matter, and looks at them where something has changed.
    async fn look_at_branches(&mut self) -> Result<(), Problem> {
        let of = |one: &Schedule| match &one.when {
            When::Commit { repository, branch } if one.enabled => {
                Some((one.id.clone(), PathBuf::from(repository), branch.clone()))
            }
            _ => None,
        };
        let wanted: Vec<(String, PathBuf, String)> = self.all.iter().filter_map(of).collect();
        self.refs.watch(wanted.iter().map(|(_, folder, _)| folder.clone()).collect()).await;
        let unknown = wanted.iter().any(|(id, ..)| !self.tips.contains_key(id));
        if !self.refs.take() && !unknown {
            return Ok(());
        }
        self.tips.retain(|id, _| wanted.iter().any(|(one, ..)| one == id));
        for (id, folder, branch) in wanted {
            let tip = match self.refs.repository(&folder) {
                Ok(repository) => repository.tip(&branch).await,
                Err(problem) => Err(problem),
            };
            let problem = match tip {
                Ok(Some(tip)) => {
                    self.tips.insert(id.clone(), tip);
                    None
                }
                Ok(None) => Some(gone(&branch)),
                Err(problem) => Some(problem),
            };
            if self.all.iter().any(|one| one.id == id && one.problem != problem) {
                with(&self.home, &id, move |one| one.problem = problem).await?;
            }
        }
        Ok(())
    }

    /// How long nothing can come of looking again, unless something changes.
    pub(crate) fn pause(&self) -> Option<Duration> {
        let now = wall_clock();
        let until = |at: i64| {
            // What is due already waits for its last run, whose end is an event.
            let left = u64::try_from(at - now).ok().filter(|left| *left > 0);
            left.map_or(LOOK, |left| LOOK.min(Duration::from_millis(left)))
        };
        let enabled = self.all.iter().filter(|one| one.enabled);
        enabled.filter_map(|one| one.next_at).map(until).chain(self.refs.next()).min()
    }

    /// Waits for something to change that is watched here. It can be dropped and called again.
    pub(crate) async fn changed(&self) {
        self.refs.changed().await;
    }

    /// Ends it with `last`, unless somebody has to be there for one of them.
    ///
    /// # Errors
    /// As for `last`.
    pub(crate) fn close<T>(
        home: &Home,
        last: impl FnOnce() -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        unless_open(home, last)
    }
}

/// Does a run that is written down. Returns why it was refused, if it was.
///
/// # Errors
/// It cannot be done or kept just now; it stays written down, and is done later.
pub(super) async fn finish(
    home: &Home,
    schedule: &Schedule,
    is_there: impl Fn(&SessionId) -> bool,
) -> Result<Option<Problem>, Problem> {
    let Some(run) = schedule.begun.clone() else { return Ok(None) };
    let done = run.tasks.iter().any(|id| is_there(id) || launch::is_made(home, id));
    let refused = if done {
        None
    } else {
        match queue::add_as(home, run.tasks.clone(), named(schedule, &run)).await {
            Ok(_) => None,
            Err(problem) if queue::has(home, &run.tasks).await? => {
                tracing::info!(%problem, "somebody else was faster");
                None
            }
            Err(problem) if passes(&problem) => return Err(problem),
            Err(problem) => Some(problem),
        }
    };
    let problem = refused.clone();
    let kept = with(home, &schedule.id, move |one| {
        // The one that was found, not one that has begun meanwhile.
        if one.begun.as_ref() == Some(&run) {
            one.done(problem);
        }
    });
    match kept.await {
        Err(problem) if problem.code != ProblemCode::InvalidInput => Err(problem),
        // One that was removed meanwhile has run for the last time.
        _ => Ok(refused),
    }
}

/// What is added, under a name that says where it comes from and from which run.
fn named(schedule: &Schedule, run: &Ran) -> Addition {
    let at = Timestamp::from_millisecond(run.at).unwrap_or_default();
    let at = at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let batch = Some(format!("Schedule {}, {at}", schedule.name));
    Addition { batch, ..schedule.addition.clone() }
}

/// Whether it is not the run's fault, and passes by itself or with the person's help.
const fn passes(problem: &Problem) -> bool {
    matches!(
        problem.code,
        ProblemCode::DiskFull | ProblemCode::HomeUnwritable | ProblemCode::TimedOut
    )
}
