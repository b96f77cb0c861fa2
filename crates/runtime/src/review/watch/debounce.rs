//! When to tell of what comes in bursts: when it has been quiet for a moment, and not much later than the first of it.

use std::time::Duration;

use tokio::time::Instant;

/// How long it has to be quiet.
const QUIET: Duration = Duration::from_millis(250);

/// The longest that is waited for that.
const LONGEST: Duration = Duration::from_secs(2);

/// What has been seen and not been told.
#[derive(Debug, Default)]
pub(super) struct Debounce(Option<(Instant, Instant)>);

impl Debounce {
    pub(super) fn seen(&mut self, now: Instant) {
        let first = self.0.map_or(now, |(first, _)| first);
        self.0 = Some((first, now));
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.0.map(|(first, last)| (last + QUIET).min(first + LONGEST))
    }

    pub(super) const fn told(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_told_once_and_a_stream_every_other_second() {
        let mut debounce = Debounce::default();
        assert_eq!(debounce.due(), None);
        let first = Instant::now();
        debounce.seen(first);
        debounce.seen(first + Duration::from_millis(100));
        assert_eq!(debounce.due(), Some(first + Duration::from_millis(350)));
        (2..40).for_each(|at| debounce.seen(first + Duration::from_millis(at * 100)));
        assert_eq!(debounce.due(), Some(first + LONGEST));
        debounce.told();
        assert_eq!(debounce.due(), None);
    }
}
