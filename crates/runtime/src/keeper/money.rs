//! Messages wait while the day has cost what it may: each is held before it begins a turn, or joins one, until the day is
//! over or the cap is another. What was spent is read only where there is a cap, and once for each message. Not here:
//! what was spent (`crate::spend`), and refusing what is sent by then (the clients).
//!
//! The CLI folds a message in where a tool ends, and takes what is left up by itself when the turn is over: there is no
//! time to ask for it then (2.1.330, measured). So with a cap it gets a message only while a tool runs.

use std::time::Duration;

use bosk_core::Problem;
use bosk_core::claude::input;
use bosk_core::journal::{Decision, Message, Note};
use bosk_core::launch::Backend;
use bosk_core::session::{State, Turn};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::actor::Actor;
use super::calls::Pending;
use crate::journal::writer::wall_clock;
use crate::spend::{Day, may_spend_today};

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Money {
    /// The message that may go.
    allowed: Option<String>,
    /// While that is looked at.
    pub(super) looking: Option<oneshot::Receiver<Looked>>,
    /// That messages are held.
    held: Option<Held>,
    /// The turn is being broken off: what is given back waits for its end.
    ends: bool,
    /// The CLI is ready, and that is told once it is known whether a turn begins: it would look as if it had ended.
    ready: bool,
}

/// A message was looked at.
#[derive(Debug)]
pub(super) struct Looked {
    message: String,
    cap: f64,
    may: Result<Day, (Day, Problem)>,
}

/// What messages are held for.
#[derive(Debug)]
struct Held {
    cap: f64,
    /// When the day is over: milliseconds since 1970.
    until: i64,
    problem: Problem,
}

impl Actor {
    fn is_idle(&self) -> bool {
        self.state == (State::Running { turn: Turn::Idle })
    }

    fn cap(&self) -> Option<f64> {
        let costs = self.record.spec.backend == Backend::Account;
        costs.then(|| crate::settings::peek(&self.home).max_usd_a_day).flatten()
    }

    /// Whether the next message has to wait: the day has cost what it may, that is being looked at, or it could not join
    /// the turn.
    pub(super) fn waits_for_money(&mut self) -> bool {
        let Some(message) = self.mailbox.next().map(str::to_owned) else { return false };
        if self.money.looking.is_some() {
            return true;
        }
        let Some(cap) = self.cap() else {
            self.money.allowed = None;
            self.hold_no_longer();
            return false;
        };
        let at_work = matches!(self.state, State::Running { turn: Turn::Working | Turn::Asking });
        if at_work && (self.money.ends || !self.meter.costs.any()) {
            return true;
        }
        if self.money.allowed.as_deref() == Some(&message) {
            return false;
        }
        if self.money.held.as_ref().is_some_and(|held| held.holds(cap)) {
            return true;
        }
        let (to, looking) = oneshot::channel();
        self.money.looking = Some(looking);
        let home = self.home.clone();
        tokio::task::spawn_local(async move {
            // Where it cannot be told, nobody is kept from their work.
            let looked = may_spend_today(&home, cap).await;
            let may = looked.unwrap_or_else(|problem| {
                tracing::warn!(%problem, "what was spent cannot be read");
                Ok(Day::default())
            });
            drop(to.send(Looked { message, cap, may }));
        });
        true
    }

    /// What goes to the CLI now: with a cap, one after the other.
    pub(super) fn next_messages(&mut self) -> Vec<Message> {
        match self.money.allowed.is_some() {
            true => self.mailbox.hand_over_next().into_iter().collect(),
            false => self.mailbox.hand_over(),
        }
    }

    /// What was spent is known.
    pub(super) fn money_looked(&mut self, looked: Option<Looked>) {
        self.money.looking = None;
        match looked {
            Some(Looked { message, may: Ok(_), .. }) => {
                self.money.allowed = Some(message);
                self.hold_no_longer();
            }
            Some(Looked { cap, may: Err((day, problem)), .. }) => {
                self.hold_messages(Held { cap, until: day.to, problem });
            }
            // A look that broke is made anew with the next message.
            None => {}
        }
        if std::mem::take(&mut self.money.ready) {
            self.ready();
        } else if self.money.held.is_none() {
            self.hand_over();
        }
    }

    /// Whether it is not known yet if the message may go that waits for the CLI to be ready.
    pub(super) fn ready_waits(&mut self) -> bool {
        self.money.ready = self.money.looking.is_some();
        self.money.ready
    }

    fn hold_messages(&mut self, held: Held) {
        let problem = held.problem.clone();
        if self.money.held.replace(held).is_none() {
            let text = format!(
                "{} What you have sent waits, and goes on by itself when the day is over or the cap is higher.",
                problem.message
            );
            self.note(&Note::Warning { text });
        }
        self.tally.set_problem(Some(problem));
        self.changed();
    }

    fn hold_no_longer(&mut self) {
        let Some(held) = self.money.held.take() else { return };
        if self.tally.summary().problem.as_ref() == Some(&held.problem) {
            self.tally.set_problem(None);
        }
        self.changed();
    }

    /// Looks whether what is held may go: the day is over, or the cap is another.
    pub(super) fn look_at_money(&mut self) {
        let Some(held) = &self.money.held else { return };
        if self.mailbox.next().is_none() {
            self.hold_no_longer();
        } else if !self.cap().is_some_and(|cap| held.holds(cap)) {
            self.hand_over();
        }
    }

    /// When it is to be looked at, at the latest.
    pub(super) fn next_money(&self) -> Option<Instant> {
        let waits = self.is_idle() && self.money.looking.is_none();
        let held = self.money.held.as_ref().filter(|_| waits)?;
        let left = u64::try_from(held.until - wall_clock()).unwrap_or(0);
        Some(Instant::now() + Duration::from_millis(left))
    }

    /// Asks the CLI to break the turn off. With a cap, it is asked first to give back what it has not taken: that would
    /// be the next turn.
    pub(super) fn interrupt_turn(&mut self) {
        self.call_messages_back();
        self.money.ends = true;
        self.control(input::interrupt(), Pending::Nobody);
    }

    /// A turn is over: what waits may begin the next one.
    pub(super) fn turn_is_over(&mut self) {
        self.money.ends = false;
        if let Some(held) = &self.money.held
            && self.tally.summary().problem.is_none()
        {
            self.tally.set_problem(Some(held.problem.clone()));
        }
        // Perhaps it has not begun with it yet.
        self.call_messages_back();
        self.hand_over_waiting();
    }

    /// What waits may join the turn by now.
    pub(super) fn hand_over_waiting(&mut self) {
        if self.mailbox.next().is_some() {
            self.hand_over();
        }
    }

    fn call_messages_back(&mut self) {
        let handed_over = self.mailbox.handed_over();
        if handed_over.is_empty() || self.cap().is_none() {
            return;
        }
        for uuid in handed_over {
            self.control(input::cancel_message(&uuid), Pending::Back(uuid));
        }
    }

    /// It has given that back, or has begun with it. It passes over what comes again under the same name (2.1.330), so
    /// the message gets another.
    pub(super) fn given_back(&mut self, uuid: String, cancelled: bool) {
        let Some(message) = self.mailbox.get(&uuid).filter(|_| cancelled).cloned() else { return };
        let again = Message { uuid: crate::client::send::new_name(), ..message };
        let decided = self.decide(&Decision::Sent(again));
        match decided.and_then(|()| self.decide(&Decision::Removed { uuid })) {
            Ok(()) => self.hand_over(),
            // The next process gets it.
            Err(problem) => tracing::warn!(%problem, "a message waits"),
        }
    }
}

impl Held {
    fn holds(&self, cap: f64) -> bool {
        (self.cap - cap).abs() < f64::EPSILON && wall_clock() < self.until
    }
}
