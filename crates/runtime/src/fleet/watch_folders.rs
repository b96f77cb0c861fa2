//! Noticing sessions that somebody else launches, resumes or removes: the system tells of new and
//! vanished names in two folders, of the queue's orders and of the settings. The journals themselves are not watched: keepers tell of those.

use std::path::Path;

use bosk_core::{Problem, ProblemCode, SessionId};
use notify::event::{CreateKind, ModifyKind, RenameMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::Message;
use crate::home::{self, Home};
use crate::queue;
use crate::schedules;
use crate::socket;

/// What was seen.
#[derive(Debug)]
pub(super) enum Seen {
    /// A keeper's socket appeared: the first digits of its session.
    Keeper(String),
    /// A session's folder vanished.
    Gone(SessionId),
    /// Something was ordered in the queue.
    Queue,
    /// The schedules were written.
    Schedules,
    /// The settings were written.
    Settings,
    /// Names were missed: everything is to be looked at again.
    Missed,
}

/// Watches until the result is dropped.
pub(super) fn start(
    home: &Home,
    to: mpsc::WeakSender<Message>,
) -> Result<RecommendedWatcher, Problem> {
    let failed = |error: notify::Error| {
        Problem::new(
            ProblemCode::HomeUnwritable,
            format!("Bosk's folder cannot be watched: {error}."),
        )
        .hint("Raise the system's limit of watched files, then start Bosk again.")
    };
    let told = move |event: notify::Result<notify::Event>| {
        let Some(to) = to.upgrade() else { return };
        // This is the watcher's own thread, which may wait for a busy fleet.
        let tell = |seen: Seen| drop(to.blocking_send(Message::Folders(seen)));
        match event {
            Ok(event) if event.need_rescan() => tell(Seen::Missed),
            Ok(event) => {
                event.paths.iter().filter_map(|path| seen(event.kind, path)).for_each(tell);
            }
            Err(_) => tell(Seen::Missed),
        }
    };
    let mut watcher = notify::recommended_watcher(told).map_err(failed)?;
    watcher.watch(&home.sessions(), RecursiveMode::NonRecursive).map_err(failed)?;
    watcher.watch(&home.queue(), RecursiveMode::NonRecursive).map_err(failed)?;
    watcher.watch(home.path(), RecursiveMode::NonRecursive).map_err(failed)?;
    if let Some(sockets) = socket::folder(home) {
        watcher.watch(&sockets, RecursiveMode::NonRecursive).map_err(failed)?;
    }
    Ok(watcher)
}

fn seen(kind: EventKind, path: &Path) -> Option<Seen> {
    let name = path.file_name()?.to_str()?;
    let is =
        |seen: Seen| matches!(kind, EventKind::Create(_) | EventKind::Modify(_)).then_some(seen);
    match name {
        queue::ORDERS => return is(Seen::Queue),
        schedules::SCHEDULES => return is(Seen::Schedules),
        home::SETTINGS => return is(Seen::Settings),
        _ => {}
    }
    match kind {
        EventKind::Create(CreateKind::Any | CreateKind::File | CreateKind::Other)
        | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => {
            Some(Seen::Keeper(name.strip_suffix(".sock")?.to_owned()))
        }
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => {
            Some(Seen::Gone(SessionId::parse(name).ok()?))
        }
        _ => None,
    }
}
