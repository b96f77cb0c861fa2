//! Holding tools to a share of the processor where the kernel does not: they are stopped for a part of each
//! fifth of a second. The CLI itself is never stopped, so that it goes on answering.

use std::time::Duration;

use bosk_core::session::State;
use tokio::time::Instant;

use super::actor::Actor;
use crate::process::Signal;
use crate::usage;

/// How long one turn of running and standing still takes.
const PERIOD: Duration = Duration::from_millis(200);

/// The least part of it in which they run.
const LEAST: f64 = 0.02;

/// How tools are held back at present.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    /// The part of the time in which they run; none where they run freely.
    part: Option<f64>,
    stopped: bool,
    /// They have just been let go.
    again: bool,
    next: Option<Instant>,
    /// CPU seconds of the tools at the measurement before, and when that was.
    before: Option<(f64, Instant)>,
}

impl Throttle {
    pub(super) const fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Which part of the time tools may run that have used so many CPU seconds by now.
    fn part(&mut self, cap: f64, used: f64, now: Instant) -> Option<f64> {
        let before = self.before.replace((used, now));
        let (was, then) = before?;
        let seconds = now.duration_since(then).as_secs_f64();
        if seconds < 0.05 {
            return self.part;
        }
        // What they would use if nobody held them.
        let freely = (used - was).max(0.0) / seconds / self.part.unwrap_or(1.0);
        (freely > cap).then(|| (cap / freely).clamp(LEAST, 1.0))
    }
}

impl Actor {
    /// Decides anew, after a measurement.
    pub(super) fn throttle(&mut self) {
        let cap = self.limits.cpu.filter(|_| !self.paused() && self.state.can_pause());
        // A list of processes is no snapshot: whoever was missed when all were let go is let go now.
        if std::mem::take(&mut self.throttle.again) && !self.paused() && !self.throttle.stopped {
            self.signal_tools(Signal::Continue);
        }
        let Some(cap) = cap else { return self.let_tools_run() };
        let used = self.meter.last.tools_cpu;
        self.throttle.part = self.throttle.part(cap, used, Instant::now());
        if self.throttle.part.is_none() {
            self.let_tools_run();
        } else if self.throttle.next.is_none() {
            self.throttle.next = Some(Instant::now());
        }
    }

    /// Stops them or lets them go on, when it is time.
    pub(super) fn turn_throttle(&mut self) {
        let (Some(part), Some(next)) = (self.throttle.part, self.throttle.next) else { return };
        if next > Instant::now() {
            return;
        }
        let stop = !self.throttle.stopped;
        self.signal_tools(if stop { Signal::Stop } else { Signal::Continue });
        self.throttle.stopped = stop;
        let share = if stop { 1.0 - part } else { part };
        self.throttle.next = Some(Instant::now() + PERIOD.mul_f64(share));
    }

    /// Lets them run freely.
    pub(super) fn let_tools_run(&mut self) {
        self.throttle.part = None;
        self.throttle.next = None;
        if std::mem::take(&mut self.throttle.stopped) && !self.paused() {
            self.signal_tools(Signal::Continue);
            self.throttle.again = true;
        }
    }

    fn signal_tools(&self, signal: Signal) {
        // What is on its way to its end must not be held up.
        if signal == Signal::Stop && !matches!(self.state, State::Running { .. }) {
            return;
        }
        for tool in usage::tools(&self.trees()) {
            // One that has just ended needs none.
            let _ = tool.signal(signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_run_as_much_of_the_time_as_keeps_them_below_the_cap() {
        let mut throttle = Throttle::default();
        let begun = Instant::now();
        let after = |seconds: u64| begun + Duration::from_secs(seconds);
        assert_eq!(throttle.part(0.5, 0.0, begun), None);
        throttle.part = throttle.part(0.5, 2.0, after(1));
        assert!((throttle.part.unwrap() - 0.25).abs() < 1e-9, "two cores are wanted");
        throttle.part = throttle.part(0.5, 2.5, after(2));
        assert!((throttle.part.unwrap() - 0.25).abs() < 1e-9, "it is as it should be");
        throttle.part = throttle.part(0.5, 2.6, after(3));
        assert_eq!(throttle.part, None, "less is wanted than they may have");
    }
}
