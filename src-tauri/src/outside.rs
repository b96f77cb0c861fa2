//! What is told outside of the windows: it listens to the fleet as a window does, and keeps the tray, the
//! notifications and the badge up to date. Not here: what is worth telling (`bosk_core::attention`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bosk_core::SessionId;
use bosk_core::attention::{self, Attention, Kind, Notice, Progress};
use bosk_core::session::{SessionSummary, State};
use bosk_core::settings::Settings;
use bosk_core::view::{Batch, Event};
use bosk_runtime::fleet::{Expected, First, Fleet};
use tauri::{AppHandle, Manager as _};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::notify::{Notification, Notifier};
use crate::tray::{self, Picture, Tray};
use crate::{conditions, system, window, words};

/// Its name among the fleet's listeners.
const NAME: &str = "outside";

/// How long notices are gathered, so that many are told as one.
const GATHERED: Duration = Duration::from_millis(800);

/// Shortest time between two changes of the tray, which rebuild its menu.
const TRAY: Duration = Duration::from_millis(300);

/// How often the running sessions' times in the tray's menu are brought up to date.
const TIMES: Duration = Duration::from_secs(60);

/// How often it is seen to that the queue has a dispatcher, while something waits.
const SEE_TO_QUEUE: Duration = Duration::from_secs(60);

/// Which session each window shows.
#[derive(Default)]
pub(crate) struct InView(Mutex<BTreeMap<String, SessionId>>);

impl InView {
    pub(crate) fn shows(&self, window: &str, id: Option<&SessionId>) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match id {
            Some(id) => drop(shown.insert(window.to_owned(), id.clone())),
            None => drop(shown.remove(window)),
        }
    }

    /// The window has left a session, and may show another already.
    pub(crate) fn no_longer(&self, window: &str, id: &SessionId) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.get(window) == Some(id) {
            shown.remove(window);
        }
    }

    /// The sessions that somebody looks at: their window has the focus.
    fn looked_at(&self, app: &AppHandle) -> Vec<SessionId> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let focused = |label: &String| {
            app.get_webview_window(label).is_some_and(|window| window.is_focused().unwrap_or(false))
        };
        shown.into_iter().filter(|(label, _)| focused(label)).map(|(_, id)| id).collect()
    }
}

/// Lets go of what was put away and whose time is over.
async fn expire(fleet: Fleet) {
    match bosk_runtime::client::expire::expire_all(fleet.home()).await {
        Ok(went) => tracing::info!(?went, "expired"),
        Err(problem) => {
            tracing::warn!(%problem, "what was put away is kept");
            fleet.tell(Event::Problem { problem }).await;
        }
    }
}

/// Begins, once the first window stands.
pub(crate) fn start(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let opening = app.clone();
        let (done, opened) = tokio::sync::oneshot::channel();
        // None of it is needed for the first picture, and all of it would hold that up.
        let open = move || {
            Tray::open(&opening);
            system::open(&opening);
            let _ = done.send(());
        };
        if app.run_on_main_thread(open).is_err() || opened.await.is_err() {
            return;
        }
        let clicked = app.clone();
        let notifier = Notifier::start(move |id| {
            let app = clicked.clone();
            tauri::async_runtime::spawn(async move {
                match id {
                    Some(id) => window::raise_at(&app, &id).await,
                    None => window::raise(&app),
                }
            });
        });
        app.manage(notifier.clone());
        let fleet = app.state::<Fleet>().inner().clone();
        tauri::async_runtime::spawn(expire(fleet.clone()));
        let mut outside = Outside {
            fleet,
            notifier,
            attention: Attention::default(),
            progress: Progress::default(),
            sessions: BTreeMap::new(),
            settings: Settings::default(),
            notices: Vec::new(),
            tell_at: None,
            draw_at: Some(Instant::now()),
            seen_to: None,
            resets: BTreeMap::new(),
            app,
        };
        outside.run().await;
    });
}

struct Outside {
    app: AppHandle,
    fleet: Fleet,
    notifier: Notifier,
    attention: Attention,
    progress: Progress,
    sessions: BTreeMap<SessionId, SessionSummary>,
    settings: Settings,
    notices: Vec<Notice>,
    tell_at: Option<Instant>,
    draw_at: Option<Instant>,
    /// When it was last seen to that the queue has a dispatcher.
    seen_to: Option<Instant>,
    /// When usage limits start anew (seconds since 1970), with a session that met each.
    resets: BTreeMap<i64, Notice>,
}

impl Outside {
    async fn run(&mut self) {
        let mut machine = conditions::Conditions::default();
        loop {
            let (to, mut batches) = mpsc::unbounded_channel::<Batch>();
            let Ok(snapshot) = self.fleet.snapshot(NAME, First::Picture).await else { return };
            self.attention.begin(&snapshot.sessions);
            for one in &snapshot.sessions {
                self.progress.take(&one.id, one.glance);
            }
            if !snapshot.queue.is_empty() {
                self.see_to_queue();
            }
            self.settings = snapshot.settings;
            system::apply(&self.app, &self.settings);
            self.sessions =
                snapshot.sessions.into_iter().map(|one| (one.id.clone(), one)).collect();
            self.draw_at = Some(Instant::now());
            let mut seq = snapshot.seq;
            let sink = Box::new(move |batch| to.send(batch).is_ok());
            if !self.fleet.listen(NAME, seq, sink).await.unwrap_or(false) {
                continue;
            }
            loop {
                let reset = self.resets.first_key_value().map(|(at, _)| until(*at));
                let held = self.sessions.values().any(conditions::is_paused_for);
                tokio::select! {
                    batch = batches.recv() => {
                        let Some(batch) = batch else { return };
                        // One that was missed: everything is asked for anew.
                        if batch.after != seq {
                            break;
                        }
                        seq = batch.seq;
                        batch.events.into_iter().for_each(|event| self.take(event));
                        self.fleet.acknowledge(NAME).await;
                    }
                    () = sleep_until(self.tell_at) => self.tell(),
                    () = sleep_until(self.draw_at) => self.draw().await,
                    () = sleep_until(reset) => self.reset(),
                    () = machine.next(&self.settings, held) => {
                        let sessions: Vec<_> = self.sessions.values().cloned().collect();
                        machine.act(self.fleet.home(), &self.settings, &sessions).await;
                    }
                }
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Session { summary } => {
                self.keep_spare(&summary);
                if let Some(notice) = self.attention.take(&summary) {
                    self.notice(notice, &summary);
                }
                self.progress.take(&summary.id, summary.glance);
                self.sessions.insert(summary.id.clone(), *summary);
                self.draw_soon();
            }
            Event::SessionGone { id } => {
                self.attention.gone(&id);
                self.sessions.remove(&id);
                self.draw_soon();
            }
            Event::Queue { tasks } if !tasks.is_empty() => self.see_to_queue(),
            Event::Settings { settings } => {
                system::apply(&self.app, &settings);
                if settings.keep_spare {
                    self.expect();
                }
                self.settings = settings;
                self.draw_soon();
            }
            _ => {}
        }
    }

    /// A session that was being launched runs: the next launch may have its process started now.
    fn keep_spare(&self, now: &SessionSummary) {
        let launching = |state: &State| matches!(state, State::Queued | State::Preparing { .. });
        let before = self.sessions.get(&now.id).is_some_and(|before| launching(&before.state));
        if self.settings.keep_spare && before && !launching(&now.state) {
            self.expect();
        }
    }

    fn expect(&self) {
        let (app, fleet) = (self.app.clone(), self.fleet.clone());
        tauri::async_runtime::spawn(async move {
            app.state::<Expected>().expect(&fleet, true).await;
        });
    }

    /// What waits must have somebody who starts it: after a restart of the machine nobody does.
    fn see_to_queue(&mut self) {
        if self.seen_to.is_some_and(|at| at.elapsed() < SEE_TO_QUEUE) {
            return;
        }
        self.seen_to = Some(Instant::now());
        let fleet = self.fleet.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(problem) = bosk_runtime::queue::ensure(fleet.home()).await {
                fleet.tell(Event::Problem { problem }).await;
            }
        });
    }

    fn notice(&mut self, notice: Notice, summary: &SessionSummary) {
        if notice.kind == Kind::UsageLimit
            && let Some(at) = summary.usage_resets_at
        {
            let reset = Notice { kind: Kind::UsageReset, ..notice.clone() };
            self.resets.insert(at, reset);
        }
        self.notices.push(notice);
        self.tell_at.get_or_insert(Instant::now() + GATHERED);
    }

    fn reset(&mut self) {
        let now = jiff::Timestamp::now().as_second();
        while let Some(first) = self.resets.first_entry().filter(|first| *first.key() <= now) {
            self.notices.push(first.remove());
            self.tell_at = Some(Instant::now());
        }
    }

    fn draw_soon(&mut self) {
        let soon = Instant::now() + TRAY;
        self.draw_at = Some(self.draw_at.map_or(soon, |at| at.min(soon)));
    }

    /// Tells what was gathered, save of what is looked at.
    fn tell(&mut self) {
        self.tell_at = None;
        let looked_at = self.app.state::<InView>().looked_at(&self.app);
        let notices = std::mem::take(&mut self.notices).into_iter();
        let notices = notices.filter(|notice| !looked_at.contains(&notice.id)).collect();
        let time = jiff::Zoned::now().time();
        let minute =
            u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        let language = words::language(&self.settings);
        for message in attention::messages(notices, &self.settings.notifications, minute) {
            let (title, text) = words::message(language, &message);
            let session = message.notices.last().map(|notice| notice.id.clone());
            self.notifier.show(Notification {
                title,
                text,
                session,
                sound: self.settings.notifications.sound,
                stays: matches!(message.kind, Kind::NeedsYou | Kind::Failed),
            });
        }
    }

    async fn draw(&mut self) {
        for id in self.app.state::<InView>().looked_at(&self.app) {
            self.attention.viewed(&id);
        }
        let counts = self.attention.counts();
        let live = self.sessions.values().filter(|one| !one.state.is_ended()).cloned().collect();
        let language = words::language(&self.settings);
        tray::show(&self.app, &self.fleet, Picture { language, counts, sessions: live }).await;
        window::badge(&self.app, counts, self.progress.percent());
        self.draw_at = Some(Instant::now() + TIMES);
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// A time in seconds since 1970, as the runtime counts.
fn until(at: i64) -> Instant {
    let left = u64::try_from(at - jiff::Timestamp::now().as_second()).unwrap_or(0);
    // Clocks jump and machines sleep: it is looked at again every hour.
    Instant::now() + Duration::from_secs(left.min(3600))
}
