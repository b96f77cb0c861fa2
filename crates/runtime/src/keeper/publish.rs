//! Writing before telling, and what time brings: the journal is flushed and synced here, a full disk
//! is waited for, connections are told what is true, and a silent CLI is noticed.

use std::time::Duration;

use bosk_core::journal::Note;
use bosk_core::session::{Input, State};
use bosk_core::wire::Status;
use bosk_core::{Problem, ProblemCode};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::actor::Actor;
use super::disk;

/// How long output may be unsynced: what a power cut can cost.
const SYNC_EVERY: Duration = Duration::from_millis(100);

/// How often a full disk is tried again.
pub(super) const RETRY_DISK: Duration = Duration::from_millis(250);

impl Actor {
    /// Marks the row as changed: connections look at it after the next [`publish`](Self::publish).
    pub(super) fn changed(&mut self) {
        self.status_changed = true;
    }

    /// Writes what waits and tells the connections. Nothing is told before it is written.
    pub(super) fn publish(&mut self) {
        self.write();
        let changed = std::mem::take(&mut self.status_changed);
        let mut facts = self.shared.facts.borrow_mut();
        let more = facts.end != self.journal.end();
        facts.end = self.journal.end();
        let streamed = self.output.apply_stream(&mut facts.partials);
        if changed {
            self.output.bring_up_to_date(&mut self.tally);
            let queue = self.mailbox.view();
            self.tally.waiting(self.asks.len(), queue.len());
            facts.status = Status {
                summary: self.tally.summary().clone(),
                asks: self.asks.iter().map(|(ask, _)| ask.clone()).collect(),
                queue,
            };
            facts.version += 1;
        }
        drop(facts);
        if more || streamed || changed {
            self.wake.send_modify(|count| *count += 1);
        }
    }

    fn write(&mut self) {
        let full = match self.journal.flush() {
            Ok(()) => false,
            Err(error) if disk::is_full(&error) && disk::drop_ballast(&self.home) => {
                self.journal.flush().is_err()
            }
            Err(_) => true,
        };
        if full != self.disk_full {
            self.disk_full = full;
            self.status_changed = true;
            self.tally.set_problem(full.then(disk_full));
            if !full {
                let text =
                    "There is room on the disk again, and the session goes on; nothing was lost.";
                self.note(&Note::Warning { text: text.to_owned() });
                let _ = self.journal.flush();
            }
        }
        if self.journal.is_unsynced() && self.sync_at.is_none() {
            self.sync_at = Some(Instant::now() + SYNC_EVERY);
        }
    }

    pub(super) fn next_timer(&self) -> Instant {
        let deadline = match &self.state {
            State::Stopping { deadline, .. } => Some(
                Instant::now() + Duration::from_millis(deadline.saturating_sub(self.journal.now())),
            ),
            _ => None,
        };
        let retry = self.disk_full.then(|| Instant::now() + RETRY_DISK);
        let sync = self.sync_at.filter(|_| self.syncing.is_none());
        let silence = self.next_silence();
        let now = Instant::now();
        let far = now + Duration::from_secs(3600);
        let (measurement, throttle) = (self.next_measurement(now), self.throttle.next());
        let (check, money) = (self.check_until(), self.next_money());
        [deadline, retry, sync, silence, self.claim_until, measurement, throttle, check, money]
            .into_iter()
            .flatten()
            .fold(far, Instant::min)
    }

    pub(super) fn tick(&mut self) {
        let now = Instant::now();
        self.measure();
        self.turn_throttle();
        self.check_time();
        self.look_at_money();
        if let State::Stopping { deadline, .. } = self.state
            && self.journal.now() >= deadline
        {
            self.input(Input::Deadline);
        }
        if self.claim_until.is_some_and(|until| until <= now) {
            self.give_spare_up();
        }
        if self.sync_at.is_some_and(|at| at <= now) && self.syncing.is_none() {
            self.sync_at = None;
            if let Ok(file) = self.journal.sync_elsewhere() {
                let (done, syncing) = oneshot::channel();
                tokio::task::spawn_blocking(move || drop(done.send(file.sync_data())));
                self.syncing = Some(syncing);
            }
        }
        self.look_at_silence(now);
    }

    pub(super) fn synced(&mut self, result: std::io::Result<()>) {
        self.syncing = None;
        if let Err(error) = result {
            let text = format!("The last output may not survive a power cut: {error}.");
            self.note(&Note::Warning { text });
        }
    }
}

fn disk_full() -> Problem {
    Problem::new(
        ProblemCode::DiskFull,
        "The disk is full, so the session waits; nothing that Claude has said is lost.",
    )
    .hint("Free some space: the session goes on by itself.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::session_record::SessionRecord;
    use bosk_core::SessionId;
    use bosk_core::journal::Kind;

    #[test]
    fn output_alone_is_no_change_of_the_row() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let record = SessionRecord {
            id: SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap(),
            created_at: 5,
            spec: serde_json::from_str(r#"{"repository":"/r","prompt":"x"}"#).unwrap(),
            repository_name: "r".into(),
            repository_root: "/r".into(),
            worktrees: "/w".into(),
            agreed: None,
            forked: None,
            files: None,
        };
        crate::files::create_private_folder(&home.session(&record.id)).unwrap();
        let mut actor =
            Actor::open(home, record, super::super::Overrides::default(), (None, None)).unwrap();
        actor.publish();
        let seen = |actor: &Actor| {
            let facts = actor.shared.facts.borrow();
            (facts.version, facts.end)
        };
        let (version, end) = seen(&actor);
        for _ in 0..3 {
            actor.journal.append(Kind::Output, b"{}");
            actor.publish();
        }
        let (later, longer) = seen(&actor);
        assert!(longer > end, "it is told that there is more");
        assert_eq!(later, version, "and the same row is not pushed again with each piece of it");
        actor.changed();
        actor.publish();
        assert_eq!(seen(&actor).0, version + 1);
    }
}
