//! When a limit is near, when it is reached, and which rung of the ladder is taken then.

use std::collections::BTreeMap;

use super::{Limit, Limits, Rung};

/// The part of a limit at which the person is told.
const NEAR: f64 = 0.8;

/// Below this part of a limit it is no longer near.
const FAR: f64 = 0.7;

/// How long a rung has before the next is taken: milliseconds. A killed tree gives its memory back within
/// some tens of milliseconds, and the next measurement comes after a second.
const GRACE: u64 = 2_500;

/// How long a session that the person lets go on may stay over a limit: milliseconds.
const SECOND_CHANCE: u64 = 30_000;

/// A session that has kept a limit for so long begins at the foot of the ladder again: milliseconds.
const FORGIVEN: u64 = 120_000;

/// What is measured against limits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// Bytes.
    pub memory: u64,
    /// How many.
    pub processes: u32,
    /// Seconds so far.
    pub cpu_seconds: f64,
    /// Bytes so far.
    pub written: u64,
    /// How long the running turn has taken: milliseconds.
    pub turn: Option<u64>,
    /// How long the process has waited for the next message: milliseconds.
    pub idle: Option<u64>,
    /// Whether anything but the CLI itself runs, which could be stopped by itself.
    pub tools: bool,
}

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// Tell the person that a limit is near.
    Near {
        /// Which.
        limit: Limit,
        /// How much is used, in the limit's own unit.
        used: f64,
        /// The limit.
        of: f64,
    },
    /// A limit is reached: do this.
    Reached {
        /// Which.
        limit: Limit,
        /// What to do; none where the person wants to be told only.
        rung: Option<Rung>,
        /// How much is used, in the limit's own unit.
        used: f64,
        /// The limit.
        of: f64,
    },
}

/// Remembers what was told and done.
#[derive(Debug, Default)]
pub struct Watchdog {
    limits: BTreeMap<Limit, Standing>,
    /// CPU time and bytes written that the person has forgiven by letting the session go on.
    forgiven: (f64, u64),
}

#[derive(Debug, Default, Clone, Copy)]
struct Standing {
    near: bool,
    /// How far up the person's ladder it stands, and when the last rung was taken: milliseconds.
    taken: usize,
    at: u64,
}

impl Watchdog {
    /// The person lets a session go on that a limit held up, at `now` in milliseconds: what adds up is
    /// counted anew, and what is over has a while to come back before the next rung is taken.
    pub fn forgive(&mut self, figures: &Figures, now: u64) {
        self.forgiven = (figures.cpu_seconds, figures.written);
        for standing in self.limits.values_mut() {
            standing.at = now + SECOND_CHANCE - GRACE;
        }
    }

    /// What these figures ask for, at `now` in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "a part is wanted")]
    pub fn look(&mut self, limits: &Limits, figures: &Figures, now: u64) -> Vec<Action> {
        let seconds = |milliseconds: u64| milliseconds as f64 / 1000.0;
        let number = |limit: Option<u64>| limit.map(|limit| limit as f64);
        let written = figures.written.saturating_sub(self.forgiven.1) as f64;
        let cpu = figures.cpu_seconds - self.forgiven.0;
        let all = [
            (Limit::Memory, Some(figures.memory as f64), number(limits.memory)),
            (Limit::Processes, Some(f64::from(figures.processes)), limits.processes.map(f64::from)),
            (Limit::CpuTime, Some(cpu), number(limits.cpu_time)),
            (Limit::TurnTime, figures.turn.map(seconds), number(limits.turn_time)),
            (Limit::DiskWritten, Some(written), number(limits.disk_written)),
            (Limit::Idle, figures.idle.map(seconds), number(limits.idle)),
        ];
        let mut actions = Vec::new();
        for (limit, used, of) in all {
            let (Some(used), Some(of)) = (used, of) else {
                self.limits.remove(&limit);
                continue;
            };
            actions.extend(self.one(limits, limit, (used, of), figures.tools, now));
        }
        actions
    }

    /// The system itself held a limit at `now`, by ending what was over it: which rung has been taken by that, or
    /// is to be taken because ending it before was not enough; and whether that is news. It may end many at
    /// once, and all of them are one offence.
    pub fn held(&mut self, limits: &Limits, limit: Limit, now: u64) -> (Option<Rung>, bool) {
        let standing = self.limits.entry(limit).or_default();
        let since = now.saturating_sub(standing.at);
        if standing.taken > 0 && since >= FORGIVEN {
            standing.taken = 0;
        }
        let news = standing.taken == 0 || since >= GRACE;
        let from = standing.taken - usize::from(!news);
        let (rung, taken) = next_rung(limits, limit, true, from);
        *standing = Standing { near: true, taken: taken.max(1), at: now };
        (rung, news)
    }

    fn one(
        &mut self,
        limits: &Limits,
        limit: Limit,
        (used, of): (f64, f64),
        tools: bool,
        now: u64,
    ) -> Option<Action> {
        let standing = self.limits.entry(limit).or_default();
        if used < of {
            if used < of * FAR {
                standing.near = false;
            }
            if standing.taken > 0 && now.saturating_sub(standing.at) >= FORGIVEN {
                standing.taken = 0;
            }
            // That a session is about to be left alone is no news.
            if used >= of * NEAR && !standing.near && limit != Limit::Idle {
                standing.near = true;
                return Some(Action::Near { limit, used, of });
            }
            return None;
        }
        if standing.taken > 0 && now.saturating_sub(standing.at) < GRACE {
            return None;
        }
        let (rung, taken) = next_rung(limits, limit, tools, standing.taken);
        // Who only wants to be told is told once.
        if rung.is_none() && standing.taken > 0 {
            return None;
        }
        *standing = Standing { near: true, taken: taken.max(1), at: now };
        Some(Action::Reached { limit, rung, used, of })
    }
}

/// The next rung that means something for a limit from `from` on, and where the ladder goes on after it. The
/// last one is taken again and again.
fn next_rung(limits: &Limits, limit: Limit, tools: bool, from: usize) -> (Option<Rung>, usize) {
    if limit == Limit::Idle {
        return (Some(Rung::Stop), 1);
    }
    let means = |rung: Rung| match limit {
        // What was used up is not given back when a tool ends.
        Limit::CpuTime | Limit::DiskWritten => rung != Rung::StopTool,
        Limit::TurnTime => true,
        _ => rung != Rung::StopTool || tools,
    };
    let ladder = || limits.ladder.iter().copied().enumerate().filter(|(_, rung)| means(*rung));
    let next = ladder().find(|(at, _)| *at >= from).or_else(|| ladder().next_back());
    next.map_or((None, from), |(at, rung)| (Some(rung), at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GIB: u64 = 1 << 30;

    fn limits() -> Limits {
        Limits { memory: Some(4 * GIB), cpu_time: Some(100), idle: Some(60), ..Limits::default() }
    }

    fn memory(gib: f64) -> Figures {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "small"
        )]
        Figures { memory: (gib * GIB as f64) as u64, tools: true, ..Figures::default() }
    }

    fn rung(actions: &[Action]) -> Option<Rung> {
        match actions {
            [Action::Reached { rung, .. }] => *rung,
            _ => None,
        }
    }

    #[test]
    fn it_is_told_once_that_a_limit_is_near() {
        let mut watchdog = Watchdog::default();
        assert_eq!(watchdog.look(&limits(), &memory(3.1), 0), []);
        let near = watchdog.look(&limits(), &memory(3.3), 1);
        assert!(matches!(near[..], [Action::Near { limit: Limit::Memory, .. }]), "{near:?}");
        assert_eq!(watchdog.look(&limits(), &memory(3.5), 2), []);
        assert_eq!(watchdog.look(&limits(), &memory(2.9), 3), [], "nearly as near");
        assert_eq!(watchdog.look(&limits(), &memory(3.3), 4), []);
        watchdog.look(&limits(), &memory(1.0), 5);
        assert_eq!(watchdog.look(&limits(), &memory(3.3), 6).len(), 1);
    }

    #[test]
    fn the_ladder_is_climbed_rung_by_rung_and_forgotten_after_a_while() {
        let mut watchdog = Watchdog::default();
        assert_eq!(rung(&watchdog.look(&limits(), &memory(4.0), 0)), Some(Rung::StopTool));
        assert_eq!(watchdog.look(&limits(), &memory(5.0), GRACE - 1), [], "the rung has its time");
        assert_eq!(rung(&watchdog.look(&limits(), &memory(5.0), GRACE)), Some(Rung::Pause));
        assert_eq!(rung(&watchdog.look(&limits(), &memory(5.0), 2 * GRACE)), Some(Rung::Stop));
        assert_eq!(rung(&watchdog.look(&limits(), &memory(5.0), 3 * GRACE)), Some(Rung::Stop));
        watchdog.look(&limits(), &memory(0.5), 3 * GRACE + FORGIVEN);
        let again = watchdog.look(&limits(), &memory(4.5), 4 * GRACE + FORGIVEN);
        assert_eq!(rung(&again), Some(Rung::StopTool));
    }

    #[test]
    fn what_the_system_ends_is_a_rung_and_ending_it_again_was_not_enough() {
        let mut watchdog = Watchdog::default();
        let first = Some(Rung::StopTool);
        assert_eq!(watchdog.held(&limits(), Limit::Memory, 0), (first, true));
        assert_eq!(watchdog.held(&limits(), Limit::Memory, 9), (first, false), "at once");
        assert_eq!(watchdog.look(&limits(), &memory(4.5), 10), [], "the rung has its time");
        let paused = watchdog.held(&limits(), Limit::Memory, 2 * GRACE);
        assert_eq!(paused, (Some(Rung::Pause), true));
        let long = 3 * GRACE + FORGIVEN;
        assert_eq!(watchdog.held(&limits(), Limit::Memory, long), (first, true));
    }

    #[test]
    fn a_cli_that_is_alone_has_no_tool_to_stop() {
        let mut watchdog = Watchdog::default();
        let alone = Figures { tools: false, ..memory(4.1) };
        assert_eq!(rung(&watchdog.look(&limits(), &alone, 0)), Some(Rung::Pause));
    }

    #[test]
    fn what_adds_up_pauses_and_is_counted_anew_when_the_person_lets_it_go_on() {
        let mut watchdog = Watchdog::default();
        let spent = Figures { cpu_seconds: 101.0, tools: true, ..Figures::default() };
        assert_eq!(rung(&watchdog.look(&limits(), &spent, 0)), Some(Rung::Pause));
        watchdog.forgive(&spent, 9 * GRACE);
        assert_eq!(watchdog.look(&limits(), &spent, 10 * GRACE), []);
        let more = Figures { cpu_seconds: 202.0, ..spent };
        let late = 9 * GRACE + SECOND_CHANCE;
        assert_eq!(rung(&watchdog.look(&limits(), &more, late)), Some(Rung::Stop));
    }

    #[test]
    fn no_rung_is_left_out_when_the_tools_are_gone() {
        let mut watchdog = Watchdog::default();
        assert_eq!(rung(&watchdog.look(&limits(), &memory(5.0), 0)), Some(Rung::StopTool));
        let alone = Figures { tools: false, ..memory(5.0) };
        assert_eq!(rung(&watchdog.look(&limits(), &alone, GRACE)), Some(Rung::Pause));
        // Let go on, it has a while to come back, and is not stopped at once.
        watchdog.forgive(&alone, 2 * GRACE);
        assert_eq!(watchdog.look(&limits(), &alone, 2 * GRACE + SECOND_CHANCE - 1), []);
        let late = 2 * GRACE + SECOND_CHANCE;
        assert_eq!(rung(&watchdog.look(&limits(), &alone, late)), Some(Rung::Stop));
    }

    #[test]
    fn an_idle_process_is_ended_without_a_warning() {
        let mut watchdog = Watchdog::default();
        let idle = |seconds: u64| Figures { idle: Some(seconds * 1000), ..Figures::default() };
        assert_eq!(watchdog.look(&limits(), &idle(59), 0), []);
        assert_eq!(rung(&watchdog.look(&limits(), &idle(60), 1)), Some(Rung::Stop));
    }

    #[test]
    fn who_only_wants_to_be_told_is_told_once() {
        let limits = Limits { ladder: vec![], ..limits() };
        let mut watchdog = Watchdog::default();
        let told = watchdog.look(&limits, &memory(4.1), 0);
        assert!(matches!(told[..], [Action::Reached { rung: None, .. }]));
        assert_eq!(watchdog.look(&limits, &memory(4.1), 10 * GRACE), []);
    }

    proptest! {
        #[test]
        fn nothing_is_done_below_every_limit(gib in 0.0_f64..3.99, seconds in 0.0_f64..99.9, steps in 1_u64..50) {
            let mut watchdog = Watchdog::default();
            let figures = Figures { cpu_seconds: seconds, idle: Some(1000), ..memory(gib) };
            for step in 0..steps {
                let actions = watchdog.look(&limits(), &figures, step * 1000);
                prop_assert!(!actions.iter().any(|one| matches!(one, Action::Reached { .. })), "{actions:?}");
            }
        }

        #[test]
        fn whoever_stays_over_a_limit_is_stopped_in_the_end(gib in 4.0_f64..64.0, tools: bool) {
            let mut watchdog = Watchdog::default();
            let figures = Figures { tools, ..memory(gib) };
            let last = (0..4).filter_map(|step| rung(&watchdog.look(&limits(), &figures, step * GRACE))).last();
            prop_assert_eq!(last, Some(Rung::Stop));
        }
    }
}
