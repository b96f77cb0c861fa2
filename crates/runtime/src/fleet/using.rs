//! What is used: the keepers' figures as they come, and the machine's, measured here once a second while
//! somebody looks and seldom otherwise.

use std::collections::BTreeMap;
use std::time::Duration;

use bosk_core::SessionId;
use bosk_core::limits::Mechanism;
use bosk_core::transcript::EntryBody;
use bosk_core::usage::{MachineUsage, Usage};
use bosk_core::view::{Event, Figures, ForeignSession, ToolMark};
use bosk_core::wire::SessionUsage;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::state::State;
use crate::foreign::Elsewhere;
use crate::home::Home;
use crate::transcript::Transcript;
use crate::usage::{BOSK, Kept, MACHINE, Machine};

/// While somebody looks.
const OFTEN: Duration = Duration::from_secs(1);

/// For the first time, with nobody looking: sessions that were started elsewhere are found then.
const FIRST: Duration = Duration::from_secs(3);

/// While nobody does.
const SELDOM: Duration = Duration::from_secs(30);

/// Most tool uses that are marked in a graph.
const MOST_MARKS: usize = 500;

/// Most entries that are looked through for them: the fleet's task does nothing else meanwhile.
const MOST_LOOKED: u32 = 2_000;

/// Entries that are read at once while looking for tool uses.
const PAGE: u32 = 100;

/// What is measured here.
pub(super) struct Using {
    /// Here while nothing is measured.
    parts: Option<Box<Parts>>,
    pub(super) measuring: Option<oneshot::Receiver<(Box<Parts>, Measured)>>,
    /// When the last one began.
    begun: Instant,
    pub(super) machine: Option<MachineUsage>,
    /// The keeper of the process that waits for the next launch.
    pub(super) spare: Option<u32>,
    /// Sessions that were started elsewhere, and what they use.
    pub(super) foreign: Vec<ForeignSession>,
    pub(super) used_elsewhere: BTreeMap<SessionId, Usage>,
}

impl Default for Using {
    fn default() -> Self {
        Self {
            parts: None,
            measuring: None,
            begun: Instant::now(),
            machine: None,
            spare: None,
            foreign: Vec::new(),
            used_elsewhere: BTreeMap::new(),
        }
    }
}

/// What a measurement has found.
pub(super) struct Measured {
    machine: MachineUsage,
    foreign: Vec<ForeignSession>,
    used: Vec<(SessionId, Usage)>,
}

/// What goes to another thread for each measurement.
pub(super) struct Parts {
    machine: Machine,
    elsewhere: Elsewhere,
    kept: Option<(Kept, Kept)>,
}

impl Parts {
    fn open(home: &Home) -> Self {
        let folder = home.usage();
        let kept = crate::files::create_private_folder(&folder).and_then(|()| {
            Ok((Kept::open(&folder.join(MACHINE))?, Kept::open(&folder.join(BOSK))?))
        });
        crate::foreign::forget_old(home);
        let elsewhere = Elsewhere::new(home);
        Self { machine: Machine::default(), elsewhere, kept: kept.ok() }
    }
}

impl State {
    pub(super) fn next_measurement(&self) -> Option<Instant> {
        if self.using.measuring.is_some() {
            return None;
        }
        let interval = match (self.listeners.anybody_looks(), self.using.machine) {
            (true, _) => OFTEN,
            // Not at once: the window's first picture comes first.
            (false, None) => FIRST,
            (false, Some(_)) => SELDOM,
        };
        Some(self.using.begun + interval)
    }

    pub(super) fn measure(&mut self) {
        self.using.begun = Instant::now();
        let keepers: Vec<SessionUsage> =
            self.sessions.values().filter_map(|session| session.usage).collect();
        let (parts, spare) = (self.using.parts.take(), self.using.spare);
        let home = self.home.clone();
        let (done, measuring) = oneshot::channel();
        self.using.measuring = Some(measuring);
        tokio::task::spawn_blocking(move || {
            let mut parts = parts.unwrap_or_else(|| Box::new(Parts::open(&home)));
            let usage = parts.machine.measure(&keepers, spare);
            let (foreign, used) = parts.elsewhere.look();
            if let Some((machine, bosk)) = &mut parts.kept {
                // What is lost of it is a second of a graph.
                let _ = machine.take(&usage.as_usage()).and_then(|()| bosk.take(&usage.bosk));
            }
            drop(done.send((parts, Measured { machine: usage, foreign, used })));
        });
    }

    pub(super) fn measured(&mut self, found: Option<(Box<Parts>, Measured)>) {
        self.using.measuring = None;
        // A measurement that broke is made anew.
        let Some((parts, measured)) = found else { return };
        self.using.parts = Some(parts);
        self.using.machine = Some(measured.machine);
        self.using.used_elsewhere = measured.used.into_iter().collect();
        if self.using.foreign != measured.foreign {
            self.using.foreign = measured.foreign;
            let event = Event::Foreign { sessions: self.using.foreign.clone() };
            self.tell_all(&event);
        }
        let used = &self.using.used_elsewhere;
        self.listeners.looking(|listener| {
            listener.gathered.machine();
            used.keys().for_each(|id| listener.gathered.used(id));
        });
    }

    /// A keeper has measured its session.
    pub(super) fn used(&mut self, id: &SessionId, usage: SessionUsage) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.usage = Some(usage);
            self.listeners.looking(|listener| listener.gathered.used(id));
        }
    }

    /// A listener shows what is used, or no longer does.
    pub(super) fn look(&mut self, name: &str, looks: bool) {
        let before = self.listeners.anybody_looks();
        self.listeners.of(name).looks = looks;
        if looks {
            // What is known already is there at once.
            let known: Vec<SessionId> = (self.sessions.iter())
                .filter(|(_, session)| session.usage.is_some())
                .map(|(id, _)| id.clone())
                .collect();
            let listener = self.listeners.of(name);
            known.iter().for_each(|id| listener.gathered.used(id));
            listener.gathered.machine();
        }
        self.looked(before);
    }

    /// Tells the keepers if that somebody looks has changed.
    pub(super) fn looked(&mut self, before: bool) {
        if self.listeners.anybody_looks() == before {
            return;
        }
        for (id, session) in &self.sessions {
            if let Some(follower) = &session.follower {
                follower.send_replace(self.listeners.wanted(id));
            }
        }
    }
}

/// A session's figures as a window gets them.
pub(super) const fn figures(usage: &SessionUsage) -> Figures {
    Figures { usage: usage.usage, mechanism: usage.mechanism }
}

/// The same of a session that is somebody else's: nothing is held there.
pub(super) const fn figures_elsewhere(usage: &Usage) -> Figures {
    Figures { usage: *usage, mechanism: Mechanism::Watchdog }
}

/// The tool uses since then (milliseconds since 1970), the oldest first.
pub(super) fn marks(transcript: &mut Transcript, since: i64) -> std::io::Result<Vec<ToolMark>> {
    let mut marks = Vec::new();
    let mut to = transcript.total();
    let end = to.saturating_sub(MOST_LOOKED);
    while to > end && marks.len() < MOST_MARKS {
        let from = to.saturating_sub(PAGE);
        let page = transcript.page(from, to - from)?;
        let oldest = page.first().map_or(0, |entry| entry.at);
        for entry in page.into_iter().rev() {
            if let EntryBody::ToolUse { name, input, result, cost, .. } = entry.body {
                let to = result.map(|result| result.at);
                // One that began before and goes on is there as well.
                if entry.at >= since || to.is_none_or(|to| to >= since) {
                    let detail = bosk_core::session::tally::detail(&input);
                    marks.push(ToolMark {
                        index: entry.index,
                        from: entry.at,
                        to,
                        name,
                        detail,
                        cost,
                    });
                }
            }
        }
        if oldest < since {
            break;
        }
        to = from;
    }
    marks.truncate(MOST_MARKS);
    marks.reverse();
    Ok(marks)
}
