//! Leaving to the system what it can hold itself: a group is made when a limit first asks for one, and what
//! the kernel ends in it is told like what the watchdog ends. Not here: how groups are made
//! ([`crate::process::confine`]).

use std::io;

use bosk_core::journal::{KilledProcess, LimitNote, Note};
use bosk_core::limits::{Limit, Mechanism, Rung};
use tokio::sync::oneshot;

use super::actor::Actor;
use crate::process::{self, Bounds, Confined};

/// How often it is tried to get one: at the start, and whenever limits change or something is started.
const ATTEMPTS: u32 = 3;

/// What a keeper knows of the group around its session.
#[derive(Default)]
pub(super) struct Confinement {
    pub(super) group: Option<Confined>,
    pub(super) making: Option<oneshot::Receiver<io::Result<Confined>>>,
    /// How often none was to be had.
    refused: u32,
}

impl Confinement {
    /// How limits are held at present.
    pub(super) const fn mechanism(&self) -> Mechanism {
        if self.group.is_some() { Confined::MECHANISM } else { Mechanism::Watchdog }
    }

    /// What the system counts against the limit of memory, in bytes.
    pub(super) fn memory(&self) -> Option<u64> {
        self.group.as_ref().and_then(Confined::memory)
    }
}

/// Returns when the system may have ended something.
pub(super) async fn changed(group: &Option<Confined>) {
    match group {
        Some(group) => group.changed().await,
        None => std::future::pending().await,
    }
}

impl Actor {
    /// Sees to it that the system holds what it can. To be called when limits change and when something was
    /// started.
    pub(super) fn confine(&mut self) {
        let (bounds, trees) = (Bounds::of(&self.limits), self.trees());
        if let Some(group) = &self.confinement.group {
            match group.take_in(&trees).and_then(|()| group.bound(&bounds)) {
                Ok(()) => return,
                // It went with the last process that was in it.
                Err(error) => tracing::info!(%error, "the group of the session is gone"),
            }
            self.confinement.group = None;
        }
        let confinement = &mut self.confinement;
        if confinement.refused >= ATTEMPTS
            || confinement.making.is_some()
            || bounds.is_empty()
            || trees.is_empty()
        {
            return;
        }
        // A keeper may need a second one while the first is not gone yet.
        let name = format!("bosk-{}-{}", self.record.id.short(), self.journal.now());
        let (done, making) = oneshot::channel();
        confinement.making = Some(making);
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            let _runtime = runtime.enter();
            // Nobody may be there any more to take it.
            let _ = done.send(Confined::around(&trees, &name));
        });
    }

    /// A group is there, or is not to be had.
    pub(super) fn confined(&mut self, made: Option<io::Result<Confined>>) {
        self.confinement.making = None;
        match made {
            Some(Ok(group)) => {
                self.confinement.group = Some(group);
                // What was started and wanted meanwhile.
                self.confine();
                self.measure_soon();
            }
            Some(Err(error)) => {
                tracing::info!(%error, "limits are held by measuring");
                self.confinement.refused += 1;
            }
            None => {}
        }
    }

    /// Looks whether the kernel has ended something for its memory, and does what else is to be done then.
    pub(super) fn look_what_was_ended(&mut self) {
        let ended = self.confinement.group.as_mut().map_or(0, Confined::ended);
        let (Some(of), 1..) = (self.limits.memory, ended) else { return };
        let stopped = self.gone_since(usize::try_from(ended).unwrap_or(usize::MAX));
        let root = self.running.as_ref().map(|running| running.tree().root());
        let (rung, news) = if root.is_some_and(|root| !root.is_alive()) {
            // The largest was Claude itself.
            (Some(Rung::Stop), true)
        } else {
            let now = self.journal.now();
            self.watchdog.held(&self.limits, Limit::Memory, now)
        };
        #[expect(clippy::cast_precision_loss, reason = "a number of bytes, to be told")]
        let of = of as f64;
        if news {
            self.reached(Limit::Memory, rung, (of, of), Some(stopped));
        } else {
            let (limit, reached) = (Limit::Memory, true);
            self.note(&Note::Limit(LimitNote { limit, reached, rung, used: of, of, stopped }));
        }
    }

    /// The largest processes of the last measurement that are not there any more, without the CLI.
    fn gone_since(&self, most: usize) -> Vec<KilledProcess> {
        let gone = |pid: u32| process::look_up(pid).is_none_or(|one| one.is_dead());
        let root = self.running.as_ref().map_or(0, |running| running.tree().root().pid);
        let processes = self.meter.last.processes.iter();
        let mut gone: Vec<_> = processes.filter(|one| one.pid != root && gone(one.pid)).collect();
        gone.sort_unstable_by_key(|one| std::cmp::Reverse(one.memory));
        gone.truncate(most);
        gone.into_iter().map(|one| KilledProcess { pid: one.pid, name: one.name.clone() }).collect()
    }
}
