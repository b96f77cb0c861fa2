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
use bosk_core::session::{SessionSummary, State, StopReason, Turn};
use bosk_core::settings::Settings;
use bosk_core::view::{Batch, Event};
use bosk_core::wire::{Call, Ready};
use bosk_core::{Problem, SessionId};
use tokio::sync::mpsc;

use super::capacity::{self, Peaks, is_at_work};
use super::last_words::{last_words, with_words};
use super::log::{self, Log};
use crate::client::{self, Connection, again, blocking, launch, start};
use crate::fleet::{First, Fleet};
use crate::home::{self, Home};
use crate::journal::writer::wall_clock;
use crate::process;

/// Its name among the fleet's listeners.
const NAME: &str = "dispatch";

/// How often memory is looked at while something waits for it.
const MEMORY: Duration = Duration::from_secs(5);

/// Longest time between two looks, for what no event tells of.
const SELDOM: Duration = Duration::from_secs(600);

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
        Ok(log.queue().is_open() && lock(&at)?.is_some())
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
    log.catch_up(home)?;
    ready();
    let fleet = Fleet::open(home.clone())?;
    let (to, batches) = mpsc::unbounded_channel();
    let snapshot = fleet.snapshot(NAME, First::All).await?;
    let sink = Box::new(move |batch| to.send(batch).is_ok());
    fleet.listen(NAME, snapshot.seq, sink).await?;
    let sessions = snapshot.sessions.into_iter().map(|one| (one.id.clone(), one)).collect();
    let dispatcher = Dispatcher {
        home: home.clone(),
        fleet,
        log,
        sessions,
        settings: snapshot.settings,
        peaks: Peaks::default(),
        since: BTreeMap::new(),
        started_at: 0,
        first_retry: first_retry(),
        lock: Some(lock),
    };
    dispatcher.run(batches).await
}

struct Dispatcher {
    home: Home,
    fleet: Fleet,
    log: Log,
    sessions: BTreeMap<SessionId, SessionSummary>,
    settings: Settings,
    peaks: Peaks,
    /// When this dispatcher started or resumed a session: what it was before tells nothing of it any more.
    since: BTreeMap<SessionId, i64>,
    started_at: i64,
    /// Milliseconds.
    first_retry: i64,
    lock: Option<File>,
}

impl Dispatcher {
    async fn run(mut self, mut batches: mpsc::UnboundedReceiver<Batch>) -> Result<(), Problem> {
        loop {
            self.log.catch_up(&self.home)?;
            self.settle().await?;
            while self.start_next().await? {}
            if !self.log.queue().is_open() {
                let lock = &mut self.lock;
                if log::close(&self.home, &mut self.log, || drop(lock.take()))? {
                    return Ok(());
                }
            }
            let pause = self.pause();
            if let Ok(batch) = tokio::time::timeout(pause, batches.recv()).await {
                let Some(batch) = batch else { return Ok(()) };
                self.take(batch);
                self.fleet.acknowledge(NAME).await;
            }
        }
    }

    fn take(&mut self, batch: Batch) {
        for event in batch.events {
            match event {
                Event::Session { summary } => {
                    self.sessions.insert(summary.id.clone(), *summary);
                }
                Event::SessionGone { id } => {
                    self.sessions.remove(&id);
                }
                Event::Settings { settings } => self.settings = settings,
                _ => {}
            }
        }
    }

    fn load(&mut self, now: i64) -> Load {
        let sessions = self.sessions.values();
        let (settings, queue, started_at) = (&self.settings, self.log.queue(), self.started_at);
        capacity::load(&self.home, settings, &mut self.peaks, queue, sessions, started_at, now)
    }

    /// How long nothing can come of looking again, unless something happens.
    fn pause(&mut self) -> Duration {
        let now = wall_clock();
        let load = self.load(now);
        let caps = capacity::caps(&self.settings);
        let waits = self.log.queue().waits(&caps, &load, now);
        let memory =
            waits.iter().any(|(_, wait)| matches!(wait, bosk_core::queue::Wait::Memory { .. }));
        let next = self.log.queue().next_time(&load, now);
        let until = next.map(|at| Duration::from_millis(u64::try_from(at - now).unwrap_or(0)));
        let most = if memory { MEMORY } else { SELDOM };
        until.map_or(most, |until| until.min(most))
    }

    fn order(&mut self, orders: Vec<Order>) -> Result<(), Problem> {
        log::order(&self.home, &mut self.log, orders)
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
                // A dispatcher before this one was killed between the word and the deed.
                if self.since.contains_key(id) {
                    continue;
                }
                self.launch(&task).await?;
                continue;
            }
            let Some(session) = self.sessions.get(id) else {
                if !self.home.session(id).exists() {
                    self.order(vec![Order::Ended { id: id.clone(), how: Ended::Stopped }])?;
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
                self.put_away(id.clone());
            }
        }
        Ok(())
    }

    fn came(&mut self, id: &SessionId, came: Came) -> Result<(), Problem> {
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
        self.order(vec![order])
    }

    fn put_away(&self, id: SessionId) {
        let home = self.home.clone();
        tokio::spawn(async move {
            if let Ok(connection) = Connection::open(&home, &id).await {
                // A message that has come meanwhile is answered first.
                let idle = connection.status().await.is_ok_and(|status| {
                    status.summary.state == State::Running { turn: Turn::Idle }
                        && status.queue.is_empty()
                });
                if idle {
                    let _ = connection.call(Call::Stop { reason: StopReason::Finished }).await;
                }
            }
        });
    }

    /// Starts the next task, if one may start.
    async fn start_next(&mut self) -> Result<bool, Problem> {
        let now = wall_clock();
        let mut load = self.load(now);
        // What was told to go on and has not said so yet counts as well.
        for (id, since) in &self.since {
            let Some(session) = self.sessions.get(id) else { continue };
            if session.last_event_at < *since && !is_at_work(session) {
                load.start(&session.repository_path, self.started_at);
            }
        }
        let caps = capacity::caps(&self.settings);
        let Some(id) = self.log.queue().next(&caps, &load, now) else { return Ok(false) };
        let Some((task, ..)) = self.log.queue().get(&id) else { return Ok(false) };
        let task = task.clone();
        // The person may have taken it out, or held it, at this moment.
        if self.order(vec![Order::Starting { id }]).is_err() {
            return Ok(true);
        }
        self.launch(&task).await?;
        Ok(true)
    }

    /// Makes a task its session, or has that go on.
    async fn launch(&mut self, task: &Task) -> Result<(), Problem> {
        let id = task.id.clone();
        self.started_at = wall_clock();
        self.since.insert(id.clone(), self.started_at);
        let there = self.home.session(&id).exists();
        let made = if !there {
            match self.spec(task).await {
                Ok(spec) => launch::launch_as(&self.home, &id, spec).await,
                Err(problem) => Err(problem),
            }
        } else if self.sessions.get(&id).is_some_and(is_at_work) {
            // It was launched, and only the word of it is missing.
            Ok(())
        } else {
            again::again(&self.home, &id).await
        };
        if made.is_err() {
            self.since.remove(&id);
        }
        let order = match made {
            Ok(()) => Order::Started { id: id.clone() },
            Err(problem) if !there => {
                Order::Held { id: id.clone(), hold: Hold::Refused { problem } }
            }
            Err(problem) => {
                tracing::warn!(%problem, %id, "not tried again");
                Order::Ended { id: id.clone(), how: Ended::Failed }
            }
        };
        self.order(vec![order])?;
        self.fleet.appeared(id).await;
        Ok(())
    }

    /// What is launched: what a task builds on is known only now.
    async fn spec(&self, task: &Task) -> Result<bosk_core::launch::LaunchSpec, Problem> {
        let mut spec = task.spec.clone();
        let Some(before) = &task.builds_on else { return Ok(spec) };
        let row = match self.sessions.get(before) {
            Some(row) => row.clone(),
            None => self.fleet.summary(before.clone()).await?,
        };
        if spec.base.is_none() {
            spec.base = row.branch;
        }
        let (home, before) = (self.home.clone(), before.clone());
        let words = blocking(move || Ok(last_words(&home, &before))).await?;
        if let Some(words) = words {
            // The branch is called after the person's own words.
            if spec.branch.is_none() {
                spec.branch = client::plan(&self.home, &spec).await.ok().map(|plan| plan.branch);
            }
            spec.prompt = with_words(&spec.prompt, &row.title, &words);
        }
        Ok(spec)
    }
}
