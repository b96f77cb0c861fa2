//! What asks for a person's attention, seen from outside the window: what the tray shows of the fleet, and
//! which change is worth a notification. Not here: the tray, the notifications and their words (the shell).

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::Limit;
use crate::session::{Glance, SessionSummary};
use crate::settings::{Notifications, QuietHours};
use crate::{ProblemCode, SessionId};

/// How many notices of a kind are told one by one; more are told as one.
const ONE_BY_ONE: usize = 2;

/// A kind of notice, as it is switched in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something has failed.
    Failed,
    /// An answer is awaited.
    NeedsYou,
    /// The account's usage limit is reached.
    UsageLimit,
    /// It starts anew.
    UsageReset,
    /// A limit of the session's is near or was reached.
    Limit,
    /// A turn is done.
    Done,
}

/// One change that is worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of which kind.
    pub kind: Kind,
    /// Which session.
    pub id: SessionId,
    /// Its title.
    pub title: String,
    /// The limit that is near, where it is one.
    pub limit: Option<Limit>,
}

/// Notices that are told as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Of which kind.
    pub kind: Kind,
    /// The sessions, the newest last.
    pub notices: Vec<Notice>,
}

/// The fleet at a glance, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overall {
    /// Something has failed that nobody has looked at.
    Failed,
    /// An answer is awaited.
    NeedsYou,
    /// Something is at work.
    Running,
    /// All that lives is paused.
    Paused,
    /// Nothing is going on.
    Idle,
}

/// How many sessions there are of each kind that matters outside the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// They wait for an answer.
    pub needs_you: u32,
    /// They have failed, and nobody has looked at them.
    pub failed: u32,
    /// They are at work.
    pub running: u32,
    /// They are frozen.
    pub paused: u32,
    /// They wait for their turn.
    pub queued: u32,
}

impl Counts {
    /// The fleet at a glance.
    #[must_use]
    pub const fn overall(&self) -> Overall {
        match self {
            Self { failed: 1.., .. } => Overall::Failed,
            Self { needs_you: 1.., .. } => Overall::NeedsYou,
            Self { running: 1.., .. } | Self { queued: 1.., .. } => Overall::Running,
            Self { paused: 1.., .. } => Overall::Paused,
            _ => Overall::Idle,
        }
    }

    /// The number beside the icon: what asks for the person, or else what is at work.
    #[must_use]
    pub const fn shown(&self) -> u32 {
        match self.overall() {
            Overall::Failed => self.failed + self.needs_you,
            Overall::NeedsYou => self.needs_you,
            Overall::Running => self.running + self.queued,
            Overall::Paused => self.paused,
            Overall::Idle => 0,
        }
    }
}

/// Sessions that were at work at the same time: how far they have got, together.
#[derive(Debug, Default)]
pub struct Progress {
    /// Each of them, and whether it is still at work.
    sessions: BTreeMap<SessionId, bool>,
}

impl Progress {
    /// A session has changed.
    pub fn take(&mut self, id: &SessionId, glance: Glance) {
        let works = matches!(glance, Glance::Running | Glance::Queued);
        if works || self.sessions.contains_key(id) {
            self.sessions.insert(id.clone(), works);
        }
        // When none is at work any more, the next one begins anew.
        if self.sessions.values().all(|works| !works) {
            self.sessions.clear();
        }
    }

    /// The part of them that is no longer at work, in percent; none where it is one at most.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        let all = self.sessions.len() as u64;
        let over = self.sessions.values().filter(|works| !**works).count() as u64;
        (all > 1).then(|| over * 100 / all)
    }
}

/// What is known of the sessions, and what of it nobody has looked at.
#[derive(Debug, Default)]
pub struct Attention {
    sessions: BTreeMap<SessionId, Seen>,
    unseen: BTreeSet<SessionId>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    glance: Glance,
    near: Option<Limit>,
    problem: Option<ProblemCode>,
}

fn seen(summary: &SessionSummary) -> Seen {
    Seen {
        glance: summary.glance,
        near: summary.near_limit,
        problem: summary.problem.as_ref().map(|problem| problem.code),
    }
}

impl Attention {
    /// What there is at first: it is no news.
    pub fn begin(&mut self, summaries: &[SessionSummary]) {
        self.sessions = summaries.iter().map(|one| (one.id.clone(), seen(one))).collect();
        let failed = |one: &&SessionSummary| one.glance == Glance::Failed && !one.state.is_ended();
        self.unseen = summaries.iter().filter(failed).map(|one| one.id.clone()).collect();
    }

    /// A session has changed. The notice that this is worth, if any.
    pub fn take(&mut self, summary: &SessionSummary) -> Option<Notice> {
        let now = seen(summary);
        let before = self.sessions.insert(summary.id.clone(), now);
        if now.glance != Glance::Failed {
            self.unseen.remove(&summary.id);
        } else if before.is_none_or(|before| before.glance != Glance::Failed) {
            self.unseen.insert(summary.id.clone());
        }
        let kind = change(before?, now)?;
        let limit = now.near.filter(|_| kind == Kind::Limit);
        Some(Notice { kind, id: summary.id.clone(), title: summary.title.clone(), limit })
    }

    /// A session was removed.
    pub fn gone(&mut self, id: &SessionId) {
        self.sessions.remove(id);
        self.unseen.remove(id);
    }

    /// Somebody looks at a session. Whether that changes anything.
    pub fn viewed(&mut self, id: &SessionId) -> bool {
        self.unseen.remove(id)
    }

    /// How many there are of each kind.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (id, seen) in &self.sessions {
            match seen.glance {
                Glance::NeedsYou => counts.needs_you += 1,
                Glance::Failed if self.unseen.contains(id) => counts.failed += 1,
                Glance::Running => counts.running += 1,
                Glance::Paused => counts.paused += 1,
                Glance::Queued => counts.queued += 1,
                Glance::Failed | Glance::Done | Glance::Stopped => {}
            }
        }
        counts
    }
}

fn change(before: Seen, now: Seen) -> Option<Kind> {
    let usage = Some(ProblemCode::UsageLimit);
    if now.problem == usage && before.problem != usage {
        return Some(Kind::UsageLimit);
    }
    let limit = Some(ProblemCode::LimitReached);
    if (now.near.is_some() && now.near != before.near)
        || (now.problem == limit && before.problem != limit)
    {
        return Some(Kind::Limit);
    }
    match (before.glance, now.glance) {
        (before, now) if before == now => None,
        (_, Glance::NeedsYou) => Some(Kind::NeedsYou),
        (_, Glance::Failed) => Some(Kind::Failed),
        // What was done before its process ended is no news.
        (Glance::Running | Glance::NeedsYou, Glance::Done) => Some(Kind::Done),
        _ => None,
    }
}

/// What is to be told of these notices: what is switched off or comes at night is not, and many of a kind
/// are told as one. `minute` is the time of day in minutes since midnight.
#[must_use]
pub fn messages(notices: Vec<Notice>, wanted: &Notifications, minute: u16) -> Vec<Message> {
    if wanted.quiet.is_some_and(|quiet| quiet.holds(minute)) {
        return Vec::new();
    }
    let mut kinds: BTreeMap<Kind, Vec<Notice>> = BTreeMap::new();
    for notice in notices {
        if wanted.wants(notice.kind) {
            let of_kind = kinds.entry(notice.kind).or_default();
            // Of one session, its last word.
            of_kind.retain(|one| one.id != notice.id);
            of_kind.push(notice);
        }
    }
    let mut messages = Vec::new();
    for (kind, notices) in kinds {
        // The account has one limit, however many sessions meet it.
        let one_by_one = !matches!(kind, Kind::UsageLimit | Kind::UsageReset);
        if one_by_one && notices.len() <= ONE_BY_ONE {
            messages.extend(notices.into_iter().map(|one| Message { kind, notices: vec![one] }));
        } else {
            messages.push(Message { kind, notices });
        }
    }
    messages
}

impl Notifications {
    fn wants(&self, kind: Kind) -> bool {
        match kind {
            Kind::Failed => self.failed,
            Kind::NeedsYou => self.needs_you,
            Kind::UsageLimit | Kind::UsageReset => self.usage,
            Kind::Limit => self.limit,
            Kind::Done => self.done,
        }
    }
}

impl QuietHours {
    /// Whether they hold at that minute of the day.
    #[must_use]
    pub const fn holds(self, minute: u16) -> bool {
        if self.from <= self.to {
            self.from <= minute && minute < self.to
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Problem;
    use crate::session::{State, Tally, Turn};

    const NAMES: [&str; 5] = ["1", "2", "3", "4", "5"];

    fn session(name: &str, glance: Glance) -> SessionSummary {
        let id = SessionId::parse(&format!("b1d42286-cc30-4c1e-a2f9-fc320fe9840{name}")).unwrap();
        let spec = serde_json::from_str(r#"{"repository":"/r","prompt":"Fix it"}"#).unwrap();
        let mut summary = Tally::new(id, &spec, "r", "/r", 5).summary().clone();
        summary.state = State::Running { turn: Turn::Working };
        summary.glance = glance;
        summary
    }

    fn kind(attention: &mut Attention, summary: &SessionSummary) -> Option<Kind> {
        attention.take(summary).map(|notice| notice.kind)
    }

    #[test]
    fn what_was_there_is_no_news_and_what_changes_is_told_once() {
        let mut attention = Attention::default();
        attention.begin(&[session("1", Glance::NeedsYou), session("2", Glance::Running)]);
        assert_eq!(attention.counts().overall(), Overall::NeedsYou);
        assert_eq!(kind(&mut attention, &session("1", Glance::NeedsYou)), None);
        assert_eq!(kind(&mut attention, &session("2", Glance::Done)), Some(Kind::Done));
        assert_eq!(kind(&mut attention, &session("2", Glance::Stopped)), None);
        assert_eq!(kind(&mut attention, &session("3", Glance::Running)), None, "just launched");
        let mut near = session("3", Glance::Running);
        near.near_limit = Some(Limit::Memory);
        let told = attention.take(&near).unwrap();
        assert_eq!((told.kind, told.limit), (Kind::Limit, Some(Limit::Memory)));
        assert_eq!(attention.take(&near), None);
        near.problem = Some(Problem::new(ProblemCode::UsageLimit, "x"));
        assert_eq!(kind(&mut attention, &near), Some(Kind::UsageLimit));
    }

    #[test]
    fn a_failure_counts_until_somebody_has_looked() {
        let mut attention = Attention::default();
        attention.begin(&[session("1", Glance::Running), session("2", Glance::Running)]);
        let failed = session("1", Glance::Failed);
        assert_eq!(kind(&mut attention, &failed), Some(Kind::Failed));
        assert_eq!(
            (attention.counts().overall(), attention.counts().shown()),
            (Overall::Failed, 1)
        );
        assert!(attention.viewed(&failed.id) && !attention.viewed(&failed.id));
        assert_eq!(attention.counts().overall(), Overall::Running);
        attention.gone(&session("2", Glance::Running).id);
        assert_eq!(attention.counts(), Counts::default());
    }

    #[test]
    fn what_works_at_the_same_time_has_a_progress_and_one_alone_has_none() {
        let mut progress = Progress::default();
        let ids = NAMES.map(|name| session(name, Glance::Running).id);
        progress.take(&ids[0], Glance::Running);
        assert_eq!(progress.percent(), None);
        for id in &ids[1..] {
            progress.take(id, Glance::Running);
        }
        progress.take(&ids[0], Glance::Done);
        progress.take(&ids[1], Glance::NeedsYou);
        assert_eq!(progress.percent(), Some(40));
        progress.take(&ids[1], Glance::Running);
        assert_eq!(progress.percent(), Some(20));
        for id in &ids {
            progress.take(id, Glance::Stopped);
        }
        assert_eq!(progress.percent(), None);
    }

    #[test]
    fn many_of_a_kind_are_one_and_what_is_switched_off_or_comes_at_night_is_none() {
        let notices = || {
            let of = |name: &&str| {
                let SessionSummary { id, title, .. } = session(name, Glance::Done);
                Notice { kind: Kind::Done, id, title, limit: None }
            };
            NAMES.iter().map(of).collect::<Vec<_>>()
        };
        let wanted = Notifications::default();
        let told = messages(notices(), &wanted, 600);
        assert_eq!(told.iter().map(|message| message.notices.len()).collect::<Vec<_>>(), [5]);
        let two = messages(notices().split_off(3), &wanted, 600);
        assert_eq!(two.iter().map(|message| message.notices.len()).collect::<Vec<_>>(), [1, 1]);
        let off = Notifications { done: false, ..wanted.clone() };
        assert_eq!(messages(notices(), &off, 600), []);
        let quiet = Some(QuietHours { from: 22 * 60, to: 7 * 60 });
        let night = Notifications { quiet, ..wanted };
        assert_eq!(messages(notices(), &night, 23 * 60), []);
        assert_eq!(messages(notices(), &night, 6 * 60), []);
        assert_eq!(messages(notices(), &night, 7 * 60).len(), 1);
    }
}
