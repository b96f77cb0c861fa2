//! What was seen in Bosk's folders: sessions that somebody else launches or removes, and files that somebody else writes.
//! Not here: watching them (`watch_folders`).

use bosk_core::SessionId;
use bosk_core::view::Event;

use super::state::State;
use super::watch_folders::Seen;
use super::watched::refuse;
use crate::{catalog, schedules, settings};

impl State {
    pub(super) fn seen(&mut self, seen: Seen) {
        match seen {
            Seen::Keeper(start) => {
                let known = self.sessions.keys().find(|id| id.short() == start).cloned();
                match known.map_or_else(|| catalog::find(&self.home, &start), Ok) {
                    Ok(id) => self.appeared(&id),
                    Err(problem) => tracing::debug!(%problem, "a socket without a session"),
                }
            }
            Seen::Gone(id) => {
                if let Some(session) = self.sessions.remove(&id) {
                    refuse(session.opening, &id);
                    self.index.remove(&id);
                    self.folders.forget(&id);
                    self.listeners.all(|listener| {
                        listener.gathered.unwatch(&id);
                        listener.watched.remove(&id);
                        listener.folders.remove(&id);
                    });
                    self.changed(&id);
                    self.look_at_inbox();
                }
            }
            Seen::Queue => self.queue.ordered(),
            Seen::Schedules => self.look_at_schedules(),
            Seen::Settings => self.look_at_settings(),
            Seen::Missed => {
                self.look_at_settings();
                self.look_at_schedules();
                self.queue.ordered();
                match catalog::ids(&self.home) {
                    Ok(ids) => ids.iter().for_each(|id| self.appeared(id)),
                    Err(problem) => self.tell_all(&Event::Problem { problem }),
                }
            }
        }
    }

    /// A session has, or may have, a keeper.
    pub(super) fn appeared(&mut self, id: &SessionId) {
        if !self.sessions.contains_key(id) {
            match crate::session_record::SessionRecord::load(&self.home, id) {
                Ok(record) => self.put(record.tally().summary().clone()),
                Err(problem) => {
                    self.tell_all(&Event::Problem { problem });
                    return;
                }
            }
        }
        self.follow(id);
    }

    /// Somebody else may have written the settings.
    pub(super) fn look_at_settings(&mut self) {
        if let Ok(settings) = settings::read(&self.home)
            && settings != self.others.settings
        {
            self.tell(Event::Settings { settings });
        }
    }

    /// Schedules were changed, or one of them has run.
    pub(super) fn look_at_schedules(&mut self) {
        match schedules::list(&self.home) {
            Ok(schedules) if schedules != self.schedules => {
                self.schedules.clone_from(&schedules);
                self.tell_all(&Event::Schedules { schedules });
            }
            Ok(_) => {}
            Err(problem) => self.tell_all(&Event::Problem { problem }),
        }
    }
}
