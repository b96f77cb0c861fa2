//! What the window has not been told yet, merged as it comes: the last state of each thing, and of
//! streamed text what was added. Its size is bounded by what there is, not by how fast it changes.

use std::collections::{BTreeMap, BTreeSet};

use bosk_core::SessionId;
use bosk_core::session::{Ask, Glance, SessionSummary};
use bosk_core::transcript::Partial;
use bosk_core::usage::MachineUsage;
use bosk_core::view::{Event, Figures, Offer, QueuedMessage, SessionFigures};

use super::{Changed, MOST_ENTRIES};

/// Changes that wait for the window.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    sessions: BTreeSet<SessionId>,
    watched: BTreeMap<SessionId, OfWatched>,
    used: BTreeSet<SessionId>,
    folders: BTreeSet<SessionId>,
    comments: BTreeSet<SessionId>,
    machine: bool,
    others: Vec<Event>,
}

/// Changes of one watched session.
#[derive(Debug, Default)]
struct OfWatched {
    entries: Changed,
    outdated: BTreeSet<u32>,
    /// Entries that the window knew of before, and those that there are.
    known: u32,
    total: Option<u32>,
    partials: BTreeMap<u64, Partial>,
    done: BTreeSet<u64>,
    waiting: bool,
    offer: Option<Offer>,
}

/// What the gathered names stand for at the moment of telling.
pub(super) trait Present {
    /// A session's row; none when it is gone.
    fn summary(&self, id: &SessionId) -> Option<SessionSummary>;
    /// A session's kind and cost, as far as it is there.
    fn figures(&self, id: &SessionId) -> Option<(Glance, f64)>;
    /// What a session uses, once that was measured.
    fn used(&self, id: &SessionId) -> Option<Figures>;
    /// What the machine uses, once that was measured.
    fn machine(&self) -> Option<MachineUsage>;
    /// What waits in a session.
    fn waiting(&self, id: &SessionId) -> (Vec<Ask>, Vec<QueuedMessage>);
}

impl Gathered {
    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty()
            && self.watched.is_empty()
            && self.used.is_empty()
            && self.folders.is_empty()
            && self.comments.is_empty()
            && !self.machine
            && self.others.is_empty()
    }

    /// What no snapshot tells: that the page is asked to do something.
    pub(super) fn asked(&mut self) -> Self {
        let others = std::mem::take(&mut self.others).into_iter();
        let others = others.filter(|event| matches!(event, Event::Menu { .. })).collect();
        Self { others, ..Self::default() }
    }

    /// A session's row has changed, or the session is gone.
    pub(super) fn session(&mut self, id: &SessionId) {
        if !self.sessions.contains(id) {
            self.sessions.insert(id.clone());
        }
    }

    /// A session was measured.
    pub(super) fn used(&mut self, id: &SessionId) {
        if !self.used.contains(id) {
            self.used.insert(id.clone());
        }
    }

    /// Something has changed in a session's folder.
    pub(super) fn folder(&mut self, id: &SessionId) {
        self.folders.insert(id.clone());
    }

    /// What is kept of a session's review was written.
    pub(super) fn comments(&mut self, id: &SessionId) {
        self.comments.insert(id.clone());
    }

    /// The machine was measured.
    pub(super) const fn machine(&mut self) {
        self.machine = true;
    }

    /// Entries are new or have changed, in a transcript that was `known` entries long before. The
    /// newest are what is looked at: of an older one, only that it has changed is told.
    pub(super) fn entries(
        &mut self,
        id: &SessionId,
        (changed, outdated): (Changed, Vec<u32>),
        known: u32,
        total: u32,
    ) {
        let watched = self.watched.entry(id.clone()).or_default();
        if watched.total.is_none() {
            watched.known = known;
        }
        watched.entries.extend(changed);
        watched.outdated.extend(outdated);
        while watched.entries.len() > MOST_ENTRIES
            && let Some((index, _)) = watched.entries.pop_first()
        {
            watched.outdated.insert(index);
        }
        // What the window never had cannot be old there.
        drop(watched.outdated.split_off(&watched.known));
        watched.total = Some(total);
    }

    /// Text was streamed, or its blocks are finished.
    pub(super) fn streamed(&mut self, id: &SessionId, partials: Vec<Partial>, done: Vec<u64>) {
        if partials.is_empty() && done.is_empty() {
            return;
        }
        let watched = self.watched.entry(id.clone()).or_default();
        for partial in partials {
            match watched.partials.get_mut(&partial.block) {
                Some(earlier) if partial.from > 0 => earlier.text.push_str(&partial.text),
                _ => drop(watched.partials.insert(partial.block, partial)),
            }
        }
        for block in done {
            watched.partials.remove(&block);
            watched.done.insert(block);
        }
    }

    /// What waits in a session has changed.
    pub(super) fn waiting(&mut self, id: &SessionId) {
        self.watched.entry(id.clone()).or_default().waiting = true;
    }

    /// The CLI of a session has said what it offers.
    pub(super) fn offer(&mut self, id: &SessionId, offer: Offer) {
        self.watched.entry(id.clone()).or_default().offer = Some(offer);
    }

    /// A session is no longer watched.
    pub(super) fn unwatch(&mut self, id: &SessionId) {
        self.watched.remove(id);
    }

    /// Something else; the last of its kind is enough, save for problems.
    pub(super) fn other(&mut self, event: Event) {
        let same = |one: &Event| std::mem::discriminant(one) == std::mem::discriminant(&event);
        if !matches!(event, Event::Problem { .. } | Event::Menu { .. }) {
            self.others.retain(|one| !same(one));
        }
        // A window that takes nothing for long needs the newest problems, not all of them.
        if self.others.len() >= 64 {
            self.others.remove(0);
        }
        self.others.push(event);
    }

    /// Everything that was gathered, as events.
    #[expect(clippy::cast_precision_loss, reason = "a block's number is far below 2^53")]
    pub(super) fn take(&mut self, present: &impl Present) -> Vec<Event> {
        let mut events = Vec::new();
        for id in std::mem::take(&mut self.sessions) {
            events.push(match present.summary(&id) {
                Some(summary) => Event::Session { summary: Box::new(summary) },
                None => Event::SessionGone { id },
            });
        }
        for (id, watched) in std::mem::take(&mut self.watched) {
            // An entry before the end of its streamed block: the text changes places, it does not blink.
            if let Some(total) = watched.total {
                let carried = |index: &u32| watched.entries.contains_key(index);
                let outdated = watched.outdated.iter().filter(|index| !carried(index));
                let outdated = outdated.copied().collect();
                let entries = watched.entries.into_values().collect();
                events.push(Event::Entries { id: id.clone(), total, entries, outdated });
            }
            if !watched.partials.is_empty() || !watched.done.is_empty() {
                let partials = watched.partials.into_values().collect();
                let done = watched.done.into_iter().map(|block| block as f64).collect();
                events.push(Event::Partials { id: id.clone(), partials, done });
            }
            if let Some(offer) = watched.offer {
                events.push(Event::Offer { id: id.clone(), offer });
            }
            if watched.waiting {
                let (asks, queue) = present.waiting(&id);
                events.push(Event::Waiting { id, asks, queue });
            }
        }
        let folders = std::mem::take(&mut self.folders).into_iter();
        events.extend(folders.map(|id| Event::Folder { id }));
        let comments = std::mem::take(&mut self.comments).into_iter();
        events.extend(comments.map(|id| Event::Comments { id }));
        let used = std::mem::take(&mut self.used).into_iter();
        let sessions: Vec<SessionFigures> = used
            .filter_map(|id| {
                let figures = present.used(&id)?;
                Some(SessionFigures { id, figures })
            })
            .collect();
        let machine = std::mem::take(&mut self.machine).then(|| present.machine()).flatten();
        if !sessions.is_empty() || machine.is_some() {
            events.push(Event::Usage { sessions, machine });
        }
        events.append(&mut self.others);
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bosk_core::transcript::{Entry, EntryBody};

    struct Nobody;

    impl Present for Nobody {
        fn summary(&self, _: &SessionId) -> Option<SessionSummary> {
            None
        }

        fn figures(&self, _: &SessionId) -> Option<(Glance, f64)> {
            None
        }

        fn used(&self, _: &SessionId) -> Option<Figures> {
            None
        }

        fn machine(&self) -> Option<MachineUsage> {
            None
        }

        fn waiting(&self, _: &SessionId) -> (Vec<Ask>, Vec<QueuedMessage>) {
            (vec![], vec![])
        }
    }

    fn entries(range: std::ops::Range<u32>) -> Changed {
        let body = || EntryBody::Text { text: String::new() };
        range.map(|index| (index, Entry { index, at: 0, parent: None, body: body() })).collect()
    }

    #[test]
    fn an_older_entry_that_changed_in_a_flood_is_told_to_be_old() {
        let id = SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        let mut gathered = Gathered::default();
        let most = u32::try_from(MOST_ENTRIES).unwrap();
        // The window knows ten; three of them change, and far more than a batch carries are new.
        gathered.entries(&id, (entries(3..5), vec![1]), 10, 10);
        gathered.entries(&id, (entries(10..10 + 2 * most), vec![]), 10, 10 + 2 * most);
        gathered.entries(
            &id,
            (Changed::new(), vec![2, 10, 11 + most]),
            10 + 2 * most,
            10 + 2 * most,
        );
        let events = gathered.take(&Nobody);
        let [Event::Entries { total, entries, outdated, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!((*total, entries.len()), (10 + 2 * most, MOST_ENTRIES));
        assert_eq!(entries[0].index, 10 + most);
        assert_eq!(*outdated, [1, 2, 3, 4]);
    }
}
