//! The tray's menu: who needs an answer, what runs, and what can be done from outside the window. Its items
//! are named by what they do, so that a click says everything.

use bosk_core::SessionId;
use bosk_core::session::{AskKind, Glance, SessionSummary};
use bosk_core::settings::Language;
use tauri::AppHandle;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};

use crate::words::{self, Words, shortened};

/// Most sessions of a kind that are listed.
const MOST: usize = 8;

/// Longest title in the menu, in characters.
const TITLE: usize = 48;

/// What every name of an item begins with.
pub(super) const PREFIX: &str = "tray:";

/// What the menu shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) language: Language,
    pub(super) counts: String,
    /// Those that need an answer, with what they ask.
    pub(super) asking: Vec<Asking>,
    /// Those that run, with how long.
    pub(super) running: Vec<(SessionId, String)>,
    pub(super) can_pause: bool,
    pub(super) can_go_on: bool,
}

/// A session that needs an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asking {
    pub(super) id: SessionId,
    pub(super) words: String,
    /// The request that can be answered with yes or no from here.
    pub(super) request: Option<String>,
}

/// What a session asks, in a line; and the request, where a plain yes or no answers it.
pub(super) fn asking(summary: &SessionSummary, asks: &[bosk_core::session::Ask]) -> Asking {
    let title = cut(&summary.title, TITLE);
    let (words, request) = match asks.first().map(|ask| (ask, &ask.ask)) {
        Some((ask, AskKind::Permission { tool, input, default_to_no, interactive, .. })) => {
            let detail = bosk_core::session::tally::detail(input);
            let words = if detail.is_empty() { tool.clone() } else { detail };
            // Only what can be read here whole is answered here.
            let whole = input["command"].as_str() == Some(&words) && cut(&words, TITLE) == words;
            let request = (!default_to_no && !interactive && whole).then(|| ask.request_id.clone());
            (cut(&words, TITLE), request)
        }
        Some((_, AskKind::Question { questions })) => {
            (questions.first().map(|one| cut(&one.question, TITLE)).unwrap_or_default(), None)
        }
        _ => (String::new(), None),
    };
    let words = if words.is_empty() { title } else { format!("{title}: {words}") };
    Asking { id: summary.id.clone(), words, request }
}

/// Whether the row belongs to those that ask.
pub(super) fn asks(summary: &SessionSummary) -> bool {
    summary.glance == Glance::NeedsYou
}

pub(super) fn cut(text: &str, most: usize) -> String {
    let line = shortened(text.lines().next().unwrap_or_default());
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most - 1).chain(['…']).collect()
}

/// Builds it.
pub(super) fn build(app: &AppHandle, shown: &Shown) -> tauri::Result<Menu<tauri::Wry>> {
    let words: &Words = words::of(shown.language);
    // An ampersand would underline the next letter.
    let item = |name: &str, text: &str, enabled: bool| {
        MenuItem::with_id(
            app,
            format!("{PREFIX}{name}"),
            text.replace('&', "&&"),
            enabled,
            None::<&str>,
        )
    };
    let menu = Menu::new(app)?;
    let line = || PredefinedMenuItem::separator(app);
    menu.append(&item("counts", &shown.counts, false)?)?;
    if !shown.asking.is_empty() {
        menu.append(&line()?)?;
    }
    for asking in shown.asking.iter().take(MOST) {
        let id = &asking.id;
        match &asking.request {
            Some(request) => {
                let items = [
                    item(&format!("allow:{id}:{request}"), words.allow, true)?,
                    item(&format!("deny:{id}:{request}"), words.deny, true)?,
                    item(&format!("open:{id}"), words.open, true)?,
                ];
                let items = items.iter().map(|item| item as &dyn IsMenuItem<_>).collect::<Vec<_>>();
                let title = format!("◆ {}", asking.words.replace('&', "&&"));
                menu.append(&Submenu::with_items(app, title, true, &items)?)?;
            }
            None => {
                menu.append(&item(&format!("open:{id}"), &format!("◆ {}", asking.words), true)?)?;
            }
        }
    }
    if !shown.running.is_empty() {
        menu.append(&line()?)?;
    }
    for (id, text) in shown.running.iter().take(MOST) {
        menu.append(&item(&format!("open:{id}"), &format!("● {text}"), true)?)?;
    }
    menu.append(&line()?)?;
    for (name, text, enabled) in [
        ("show", words.show, true),
        ("launch", words.launch, true),
        ("pause-all", words.pause_all, shown.can_pause),
        ("go-on-all", words.go_on_all, shown.can_go_on),
        ("monitor", words.monitor, true),
        ("strip", words.strip, true),
    ] {
        menu.append(&item(name, text, enabled)?)?;
    }
    menu.append(&line()?)?;
    menu.append(&item("quit", words.quit, true)?)?;
    Ok(menu)
}
