//! The dispatcher: one process that starts what may start, and notices what is over. It is there while the queue
//! has something to do, with the window or without. What it does stands in the file before it is done, so it
//! can be killed at any moment; every start carries the session's own id, so none is made twice.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use bosk_core::queue::{
    Came, Ended, FIRST_RETRY, Hold, Load, Order, Stage, Task, came_to, retry_after,
};
use bosk_core::session::SessionSummary;
use bosk_core::session::{State, Turn};
use bosk_core::wire::Ready;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::capacity::{self, Peaks, is_at_work};
use super::log::{self, Log};
use super::money::Money;
use super::task::{put_away, spec};
use crate::client::{again, blocking, launch, start};
use crate::fleet::Rows;
use crate::home::{self, Home};
use crate::journal::writer::wall_clock;
use crate::process;
use crate::schedules;

/// Its name among the fleet's listeners.
const NAME: &str = "dispatch";

/// How often memory is looked at while something waits for it.
const MEMORY: Duration = Duration::from_secs(5);

/// Longest time between two looks, for what no event tells of.
const SELDOM: Duration = Duration::from_secs(600);

/// How long it stands still where it cannot write.
const STILL: Duration = Duration::from_secs(5);

/// How long nothing is launched after the machine could not bear it: milliseconds.
const POSTPONED: i64 = 60_000;

/// How much later than the account's limit starts anew a session goes on: milliseconds.
const AFTER_RESET: i64 = 2_000;

/// `BOSK_PATIENCE_MS` shortens it, for tests of what comes then.
fn first_retry() -> i64 {
    let set = std::env::var("BOSK_PATIENCE_MS").ok().and_then(|text| text.parse().ok());
    set.unwrap_or(FIRST_RETRY)
}

/// The lock that the dispatcher holds for its life.
fn lock(home: &Home) -> Result<Option<File>, Problem> {
    let path = home.locks().join("dispatch");
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|error| home::unwritable(&error))?;
    Ok(file.try_lock().is_ok().then_some(file))
}

/// Sees to it that there is a dispatcher, if there is anything to do.
///
/// # Errors
/// It cannot be started.
pub async fn ensure(home: &Home) -> Result<(), Problem> {
    let at = home.clone();
    let needed = blocking(move || {
        let mut log = Log::default();
        log.catch_up(&at)?;
        Ok((log.queue().is_open() || schedules::any_open(&at)) && lock(&at)?.is_some())
    });
    if !needed.await? {
        return Ok(());
    }
    let args: Vec<OsString> = vec!["dispatch".into(), "--home".into(), home.path().into()];
    let mut started = process::detach(&start::command()?, &args, home.path(), Stdio::null())
        .map_err(|error| start::failed(&error.to_string()))?;
    match start::says(&mut started).await? {
        Ready::Problem(problem) => Err(problem),
        Ready::Listening | Ready::Parked => Ok(()),
    }
}

/// Dispatches until nothing is left to do. Returns at once where somebody else does it. `ready` is called once
/// it is there.
///
/// # Errors
/// The queue or the sessions cannot be read.
pub async fn dispatch(home: &Home, ready: impl FnOnce()) -> Result<(), Problem> {
    let Some(lock) = lock(home)? else {
        ready();
        return Ok(());
    };
    let mut log = Log::default();
    log::shorten(home, &mut log)?;
    ready();
    let rows = Rows::follow(home, NAME).await?;
    let dispatcher = Dispatcher {
        home: home.clone(),
        rows,
        log,
        peaks: Peaks::default(),
        money: Money::default(),
        schedules: schedules::Runner::new(home),
        since: BTreeMap::new(),
        started_at: 0,
        first_retry: first_retry(),
        not_before: 0,
        lock: Some(lock),
    };
    dispatcher.run().await
}

/// Whether somebody else has ordered otherwise, rather than that the order could not be written.
const fn is_late(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::SessionState | ProblemCode::SessionUnknown)
}

/// Whether a launch was refused for what passes by itself, or with the person's help, and is not the task's fault.
const fn passes(problem: &Problem) -> bool {
    use ProblemCode::{DiskFull, HomeUnwritable, KeeperUnreachable, TimedOut};
    matches!(problem.code, DiskFull | HomeUnwritable | KeeperUnreachable | TimedOut)
}

struct Dispatcher {
    home: Home,
    rows: Rows,
    log: Log,
    peaks: Peaks,
    money: Money,
    schedules: schedules::Runner,
    /// When this dispatcher started or resumed a session: what it was before tells nothing of it any more.
    since: BTreeMap<SessionId, i64>,
    started_at: i64,
    /// Milliseconds.
    first_retry: i64,
    /// Nothing is started before then: milliseconds since 1970.
    not_before: i64,
    lock: Option<File>,
}

impl Dispatcher {
    async fn run(mut self) -> Result<(), Problem> {
        loop {
            let pause = match self.look().await {
                Ok(true) => return Ok(()),
                Ok(false) => self.pause(),
                // A full disk, say: what is decided cannot be written, so nothing is done until it can.
                Err(problem) => {
                    tracing::warn!(%problem, "the queue stands still for a while");
                    STILL
                }
            };
            let changed = async {
                tokio::select! {
                    there = self.rows.changed() => there,
                    () = self.schedules.changed() => true,
                }
            };
            if let Ok(false) = tokio::time::timeout(pause, changed).await {
                return Ok(());
            }
        }
    }

    /// Does all that can be done now. Whether nothing is left to do, ever.
    async fn look(&mut self) -> Result<bool, Problem> {
        self.log.catch_up(&self.home)?;
        self.schedules.look(self.log.queue(), &self.rows).await?;
        self.log.catch_up(&self.home)?;
        self.settle().await?;
        self.money.look(&self.home, &self.rows.settings, self.rows.sessions.values()).await?;
        self.hold_spent()?;
        while self.start_next().await? {}
        if self.log.queue().is_open() {
            return Ok(false);
        }
        let (home, log, lock) = (&self.home, &mut self.log, &mut self.lock);
        let last = || log::close(home, log, || drop(lock.take()));
        match schedules::Runner::close(home, last)? {
            Some(over) => Ok(over),
            // What is over is forgotten all the same.
            None => log::close(home, &mut self.log, || ()).map(|_| false),
        }
    }

    fn load(&mut self, now: i64) -> Load {
        let sessions = self.rows.sessions.values();
        let (settings, queue, started_at) =
            (&self.rows.settings, self.log.queue(), self.started_at);
        let mut load =
            capacity::load(&self.home, settings, &mut self.peaks, queue, sessions, started_at, now);
        self.money.count(queue, &mut load);
        load
    }

    /// Holds what is left of batches that have cost what they may.
    fn hold_spent(&mut self) -> Result<(), Problem> {
        if self.log.queue().capped().next().is_some() {
            let load = self.load(wall_clock());
            for order in self.log.queue().over_budget(&load) {
                self.order(order)?;
            }
        }
        Ok(())
    }

    /// How long nothing can come of looking again, unless something happens.
    fn pause(&mut self) -> Duration {
        let now = wall_clock();
        let load = self.load(now);
        let caps = capacity::caps(&self.rows.settings);
        let waits = self.log.queue().waits(&caps, &load, now);
        let memory =
            waits.iter().any(|(_, wait)| matches!(wait, bosk_core::queue::Wait::Memory { .. }));
        let next = self.log.queue().next_time(&load, now);
        let until = next.map(|at| Duration::from_millis(u64::try_from(at - now).unwrap_or(0)));
        let most = if memory { MEMORY } else { SELDOM };
        let postponed = u64::try_from(self.not_before - now).ok().filter(|left| *left > 0);
        let most = postponed.map_or(most, |left| most.min(Duration::from_millis(left)));
        let until = until.into_iter().chain(self.schedules.pause());
        until.min().map_or(most, |until| until.min(most))
    }

    /// Has an order written. Whether it could be done: the person may have ordered something else meanwhile.
    fn order(&mut self, order: Order) -> Result<bool, Problem> {
        match log::order(&self.home, &mut self.log, vec![order]) {
            Ok(()) => Ok(true),
            Err(problem) if is_late(&problem) => {
                tracing::info!(%problem, "too late");
                Ok(false)
            }
            Err(problem) => Err(problem),
        }
    }

    /// Notices what has become of tasks that are sessions.
    async fn settle(&mut self) -> Result<(), Problem> {
        let open = self.log.queue().tasks();
        let open = open.filter(|(_, stage)| matches!(stage, Stage::Starting | Stage::Running));
        let open: Vec<(Task, bool)> =
            open.map(|(task, stage)| (task.clone(), *stage == Stage::Starting)).collect();
        for (task, starting) in open {
            let id = &task.id;
            if starting {
                // A dispatcher before this one was killed between the word and the deed. Where the deed was
                // done, what has become of it is judged like everything else.
                if launch::is_made(&self.home, id) {
                    self.order(Order::Started { id: id.clone() })?;
                    self.rows.fleet.appeared(id.clone()).await;
                } else {
                    self.launch(&task, false).await?;
                }
                continue;
            }
            let Some(session) = self.rows.sessions.get(id) else {
                if !launch::is_made(&self.home, id) {
                    self.order(Order::Ended { id: id.clone(), how: Ended::Stopped })?;
                }
                continue;
            };
            let since = self.since.get(id).copied().unwrap_or(0);
            if session.last_event_at < since {
                continue;
            }
            let Some(came) = came_to(session) else { continue };
            let idle = session.state == State::Running { turn: Turn::Idle };
            self.came(id, came)?;
            // What it worked in stays; its process would only hold memory that others wait for.
            if idle && self.log.queue().is_open() {
                put_away(&self.home, id.clone());
            }
        }
        Ok(())
    }

    fn came(&mut self, id: &SessionId, came: Came) -> Result<bool, Problem> {
        let retries = self.log.queue().get(id).map_or(0, |(_, _, retries)| retries);
        let (id, now) = (id.clone(), wall_clock());
        let order = match came {
            Came::Ended(how) => Order::Ended { id, how },
            Came::UsedUp(at) => {
                Order::Retrying { id, at: at.max(now) + AFTER_RESET, counts: false }
            }
            Came::Broke => match retry_after(retries, self.first_retry) {
                Some(after) => Order::Retrying { id, at: now + after, counts: true },
                None => Order::Ended { id, how: Ended::Failed },
            },
        };
        self.order(order)
    }

    /// Starts the next task, if one may start. Whether another one may be looked for.
    async fn start_next(&mut self) -> Result<bool, Problem> {
        let now = wall_clock();
        if now < self.not_before {
            return Ok(false);
        }
        let mut load = self.load(now);
        // What was told to go on and has not said so yet counts as well.
        for (id, since) in &self.since {
            let Some(session) = self.rows.sessions.get(id) else { continue };
            if session.last_event_at < *since && !is_at_work(session) {
                load.start(&session.repository_path, self.started_at);
            }
        }
        let caps = capacity::caps(&self.rows.settings);
        let Some(id) = self.log.queue().next(&caps, &load, now) else { return Ok(false) };
        let Some((task, stage, _)) = self.log.queue().get(&id) else { return Ok(false) };
        let (task, again) = (task.clone(), matches!(stage, Stage::Retrying { .. }));
        // The person may have taken it out, or held it, at this moment.
        if self.order(Order::Starting { id })? {
            self.launch(&task, again).await?;
        }
        Ok(true)
    }

    /// Makes a task its session, or has that go on.
    async fn launch(&mut self, task: &Task, again: bool) -> Result<(), Problem> {
        let id = task.id.clone();
        let there = launch::is_made(&self.home, &id);
        if again || there {
            return self.go_on(&id, there).await;
        }
        self.begin(&id);
        let made = match spec(&self.home, &self.rows, task).await {
            Ok(spec) => launch::launch_as(&self.home, &id, spec).await,
            Err(problem) => Err(problem),
        };
        let order = match made {
            Ok(()) => Order::Started { id: id.clone() },
            Err(problem) => {
                self.since.remove(&id);
                if passes(&problem) {
                    tracing::warn!(%problem, %id, "not launched just now");
                    self.not_before = wall_clock() + POSTPONED;
                    Order::PutBack { id: id.clone() }
                } else {
                    Order::Held { id: id.clone(), hold: Hold::Refused { problem } }
                }
            }
        };
        self.order(order)?;
        self.rows.fleet.appeared(id).await;
        Ok(())
    }

    /// Has a session go on that had broken off, unless the person has seen to it meanwhile.
    async fn go_on(&mut self, id: &SessionId, there: bool) -> Result<(), Problem> {
        let id = id.clone();
        let came = self.rows.sessions.get(&id).map(came_to);
        let gone_back =
            |row: &SessionSummary| row.rewound.as_ref().is_some_and(|back| back.conversation);
        let order = match came {
            // The person has seen to it.
            _ if self.rows.sessions.get(&id).is_some_and(gone_back) => {
                Order::Ended { id: id.clone(), how: Ended::Stopped }
            }
            _ if !there => Order::Ended { id: id.clone(), how: Ended::Stopped },
            Some(Some(Came::Ended(how @ (Ended::Done | Ended::Interrupted | Ended::Stopped)))) => {
                Order::Ended { id: id.clone(), how }
            }
            // It is at work.
            Some(None) => Order::Started { id: id.clone() },
            _ => {
                self.begin(&id);
                match again::again(&self.home, &id).await {
                    Ok(()) => Order::Started { id: id.clone() },
                    // The day's cap was reached just now: it goes on when that lets it.
                    Err(problem) if problem.code == ProblemCode::LimitReached => {
                        self.since.remove(&id);
                        Order::PutBack { id: id.clone() }
                    }
                    Err(problem) => {
                        tracing::warn!(%problem, %id, "it does not go on");
                        self.since.remove(&id);
                        return self.came(&id, Came::Broke).map(drop);
                    }
                }
            }
        };
        self.order(order)?;
        self.rows.fleet.appeared(id).await;
        Ok(())
    }

    /// It is started now: what it was before tells nothing any more.
    fn begin(&mut self, id: &SessionId) {
        self.started_at = wall_clock();
        self.since.insert(id.clone(), self.started_at);
    }
}
