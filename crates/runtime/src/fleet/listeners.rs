//! Who is told: each window, and whatever else of the app shows sessions, hears of changes at its own pace
//! and looks at sessions of its own. Not here: what is told (`gather`), and what there is (`state`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bosk_core::SessionId;
use bosk_core::view::Batch;
use tokio::time::Instant;

use super::gather::{Gathered, Present};
use super::untold::Untold;
use super::{Sink, Wanted};

/// Shortest time between two batches: a frame of the screen.
const FRAME: Duration = Duration::from_millis(16);

/// Batches that may be on their way unacknowledged. More than one, so that a batch can be under way
/// while the one before is painted; few, so that a window that hangs is not written to.
const IN_FLIGHT: u64 = 4;

/// One of them.
pub(super) struct Listener {
    pub(super) gathered: Gathered,
    pub(super) untold: Untold,
    /// Whose transcript it shows.
    pub(super) watched: BTreeSet<SessionId>,
    /// Whose folder it reviews.
    pub(super) folders: BTreeSet<SessionId>,
    /// Whether it shows what is used.
    pub(super) looks: bool,
    sink: Option<Sink>,
    /// The number of the last event that it was told.
    pub(super) seq: u64,
    sent: u64,
    acknowledged: u64,
    next_batch: Instant,
}

impl Listener {
    fn new() -> Self {
        Self {
            gathered: Gathered::default(),
            untold: Untold::default(),
            watched: BTreeSet::new(),
            folders: BTreeSet::new(),
            looks: false,
            sink: None,
            seq: 0,
            sent: 0,
            acknowledged: 0,
            next_batch: Instant::now(),
        }
    }

    /// Begins anew: what was gathered is in the snapshot that it gets now.
    pub(super) fn begin(&mut self) {
        self.gathered = self.gathered.asked();
        self.sink = None;
    }

    /// Whatever comes after event `seq` goes there. False where some of that is gone already.
    pub(super) fn listen(&mut self, seq: u64, sink: Sink) -> bool {
        let goes_on = seq == self.seq;
        if goes_on {
            self.sink = Some(sink);
            (self.sent, self.acknowledged) = (0, 0);
        }
        goes_on
    }

    /// One more batch was taken: each is acknowledged once, in order.
    pub(super) fn acknowledge(&mut self) {
        self.acknowledged = (self.acknowledged + 1).min(self.sent);
    }

    fn is_ready(&self) -> bool {
        self.sink.is_some()
            && (!self.gathered.is_empty() || self.untold.is_wanted())
            && self.sent - self.acknowledged < IN_FLIGHT
    }

    fn send(&mut self, present: &impl Present) {
        self.next_batch = Instant::now() + FRAME;
        let mut events = self.gathered.take(present);
        events.extend(self.untold.next(present));
        let after = self.seq;
        self.seq += events.len() as u64;
        self.sent += 1;
        let batch = Batch { seq: self.seq, after, events };
        if !self.sink.as_ref().is_some_and(|sink| sink(batch)) {
            self.sink = None;
        }
    }
}

/// All of them, by name.
#[derive(Default)]
pub(super) struct Listeners(BTreeMap<String, Listener>);

impl Listeners {
    /// The one of that name; it is new where there was none.
    pub(super) fn of(&mut self, name: &str) -> &mut Listener {
        self.0.entry(name.to_owned()).or_insert_with(Listener::new)
    }

    /// It is gone, and has let go of what it watched.
    pub(super) fn leave(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(super) fn all(&mut self, mut each: impl FnMut(&mut Listener)) {
        self.0.values_mut().for_each(&mut each);
    }

    /// Those that show a session's transcript.
    pub(super) fn watching(&mut self, id: &SessionId, each: impl FnMut(&mut Listener)) {
        self.0.values_mut().filter(|listener| listener.watched.contains(id)).for_each(each);
    }

    /// Those that review a session's folder.
    pub(super) fn reviewing(&mut self, id: &SessionId, each: impl FnMut(&mut Listener)) {
        self.0.values_mut().filter(|listener| listener.folders.contains(id)).for_each(each);
    }

    pub(super) fn is_folder_watched(&self, id: &SessionId) -> bool {
        self.0.values().any(|listener| listener.folders.contains(id))
    }

    /// Those that show what is used.
    pub(super) fn looking(&mut self, each: impl FnMut(&mut Listener)) {
        self.0.values_mut().filter(|listener| listener.looks).for_each(each);
    }

    pub(super) fn is_watched(&self, id: &SessionId) -> bool {
        self.0.values().any(|listener| listener.watched.contains(id))
    }

    pub(super) fn anybody_looks(&self) -> bool {
        self.0.values().any(|listener| listener.looks)
    }

    /// What is wanted of a session's keeper.
    pub(super) fn wanted(&self, id: &SessionId) -> Wanted {
        Wanted { partials: self.is_watched(id), usage: self.anybody_looks() }
    }

    /// When the next batch is due.
    pub(super) fn next_batch(&self) -> Option<Instant> {
        self.0.values().filter(|one| one.is_ready()).map(|one| one.next_batch).min()
    }

    /// Sends the batches that are due.
    pub(super) fn send(&mut self, present: &impl Present) {
        let now = Instant::now();
        for listener in self.0.values_mut() {
            if listener.is_ready() && listener.next_batch <= now {
                listener.send(present);
            }
        }
    }
}
