//! The tray: its icon, number and menu, and what a click does. It is told what to show and decides nothing.
//! Not here: what asks for attention (`bosk_core::attention`), and who watches the fleet ([`crate::outside`]).

mod icon;
mod menu;
mod present;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bosk_core::SessionId;
use bosk_core::attention::{Counts, Overall};
use bosk_core::session::{Answer, Glance, PausedBy, SessionSummary};
use bosk_core::settings::Language;
use bosk_core::wire::Call;
use bosk_runtime::client::all;
use bosk_runtime::fleet::Fleet;
use tauri::menu::MenuEvent;
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _};

use crate::{ipc, window, words};

pub(crate) use present::Present;

/// The tray, and what it shows now.
#[derive(Default)]
pub(crate) struct Tray(Mutex<Option<Open>>);

struct Open {
    icon: TrayIcon,
    shown: Option<(Overall, u32, menu::Shown)>,
}

/// What the tray is to show.
pub(crate) struct Picture {
    pub(crate) language: Language,
    pub(crate) counts: Counts,
    pub(crate) sessions: Vec<SessionSummary>,
}

impl Tray {
    /// Puts the icon there. Where there is no tray nothing comes of it.
    pub(crate) fn open(app: &AppHandle) {
        let tray = TrayIconBuilder::with_id("bosk")
            .icon_as_template(cfg!(target_os = "macos"))
            .show_menu_on_left_click(cfg!(target_os = "linux"))
            .tooltip("Bosk")
            .on_tray_icon_event(|tray, event| {
                if let TrayIconEvent::Click {
                    button: MouseButton::Left,
                    button_state: MouseButtonState::Up,
                    ..
                } = event
                {
                    window::raise(tray.app_handle());
                }
            })
            .build(app);
        match tray {
            Ok(icon) => *app.state::<Self>().lock() = Some(Open { icon, shown: None }),
            Err(error) => tracing::info!(%error, "there is no tray"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows it, where something of it has changed. Asks of the sessions are asked for first.
pub(crate) async fn show(app: &AppHandle, fleet: &Fleet, picture: Picture) {
    let Picture { language, counts, sessions } = picture;
    let mut asking = Vec::new();
    for summary in sessions.iter().filter(|one| menu::asks(one)) {
        let asks = fleet.asks(summary.id.clone()).await.unwrap_or_default();
        asking.push(menu::asking(summary, &asks));
    }
    let now = jiff::Timestamp::now().as_millisecond();
    let running = sessions.iter().filter(|one| one.glance == Glance::Running).map(|one| {
        let since = one.turn_started_at.unwrap_or(one.created_at);
        let span = words::span(language, (now - since) / 1000);
        (one.id.clone(), format!("{} — {span}", menu::cut(&one.title, 48)))
    });
    let shown = menu::Shown {
        language,
        counts: words::counts(language, counts),
        asking,
        running: running.collect(),
        can_pause: sessions.iter().any(|one| one.can_pause()),
        can_go_on: sessions.iter().any(|one| one.paused.is_some()),
    };
    let handle = app.clone();
    let draw = move || {
        if let Err(error) = put(&handle, counts, shown) {
            tracing::warn!(%error, "the tray is not up to date");
        }
    };
    if let Err(error) = app.run_on_main_thread(draw) {
        tracing::debug!(%error, "the app is ending");
    }
}

fn put(app: &AppHandle, counts: Counts, shown: menu::Shown) -> tauri::Result<()> {
    let tray = app.state::<Tray>();
    let mut held = tray.lock();
    let Some(Open { icon, shown: before }) = held.as_mut() else { return Ok(()) };
    let (overall, number) = (counts.overall(), counts.shown());
    if before.as_ref().is_none_or(|(was, many, _)| (*was, *many) != (overall, number)) {
        // Beside the icon where there is a place for it, else in it.
        let beside = cfg!(any(target_os = "macos", target_os = "linux"));
        icon.set_icon(icon::draw(overall, if beside { 0 } else { number }))?;
        icon.set_title((number > 0 && beside).then(|| number.to_string()))?;
    }
    if before.as_ref().is_none_or(|(.., was)| *was != shown) {
        icon.set_tooltip(Some(format!("Bosk: {}", shown.counts)))?;
        icon.set_menu(Some(menu::build(app, &shown)?))?;
    }
    *before = Some((overall, number, shown));
    Ok(())
}

/// Does what was chosen. False where the item is none of the tray's.
pub(crate) fn chosen(app: &AppHandle, event: &MenuEvent) -> bool {
    let Some(name) = event.id().as_ref().strip_prefix(menu::PREFIX) else { return false };
    let (app, name) = (app.clone(), name.to_owned());
    tauri::async_runtime::spawn(async move { act(&app, &name).await });
    true
}

async fn act(app: &AppHandle, name: &str) {
    let fleet = app.state::<Fleet>().inner().clone();
    let mut words = name.splitn(3, ':');
    let (what, id, request) = (words.next().unwrap_or_default(), words.next(), words.next());
    let id = id.and_then(|id| SessionId::parse(id).ok());
    match (what, id, request) {
        ("open", Some(id), _) => window::raise_at(app, &id).await,
        ("allow", Some(id), Some(request)) => {
            answer(&fleet, &id, request, Answer::allow(Vec::new())).await;
        }
        ("deny", Some(id), Some(request)) => {
            let denied = Answer::Deny { message: String::new(), interrupt: false };
            answer(&fleet, &id, request, denied).await;
        }
        ("pause-all", ..) => {
            all::pause(fleet.home(), &fleet.sessions().await.unwrap_or_default(), PausedBy::Person)
                .await;
        }
        ("go-on-all", ..) => {
            all::go_on(fleet.home(), &fleet.sessions().await.unwrap_or_default(), None).await;
        }
        ("monitor", ..) => window::open_or_tell(app, window::Kind::Monitor).await,
        ("strip", ..) => window::open_or_tell(app, window::Kind::Strip).await,
        ("show", ..) => window::raise(app),
        ("launch", ..) => window::raise_with(app, "launch").await,
        ("quit", ..) => window::quit(app).await,
        _ => {}
    }
}

async fn answer(fleet: &Fleet, id: &SessionId, request: &str, answer: Answer) {
    let call = Call::Answer { request_id: request.to_owned(), answer };
    if let Err(problem) = ipc::session::call(fleet, id, call).await {
        fleet.tell(bosk_core::view::Event::Problem { problem }).await;
    }
}
