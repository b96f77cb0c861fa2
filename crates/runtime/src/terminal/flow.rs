//! What a terminal has said, between the thread that reads it and whoever listens: the last of it is kept, pieces
//! are put together, and the reading waits when too much has not been shown. Not here: the terminal itself.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is kept for somebody who begins to listen, in bytes.
pub(super) const KEPT: usize = 256 << 10;

/// Told and not yet shown: beyond it the program waits, in bytes.
pub(super) const AHEAD: usize = 512 << 10;

/// The largest piece, in bytes.
const PIECE: usize = 64 << 10;

/// What comes within a frame is told together.
const FRAME: Duration = Duration::from_millis(8);

/// How a program has ended: its exit code, where it had one.
pub(super) type Code = Option<i32>;

#[derive(Debug, Default)]
pub(super) struct Flow {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    kept: VecDeque<u8>,
    /// How many bytes at the end of `kept` are still to be told.
    untold: usize,
    unshown: usize,
    /// Which listener is the present one; none while nobody listens.
    listener: Option<u64>,
    /// How many there have been.
    listeners: u64,
    ended: Option<Code>,
    told_at: Option<Instant>,
}

/// What is to be told next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Output(Vec<u8>),
    Ended(Code),
    /// Somebody else listens now: whatever is kept is theirs.
    Taken,
    /// The end was told.
    Nothing,
}

impl Flow {
    /// Takes what was read. Waits while somebody listens and has too much that is not shown.
    pub(super) fn take(&self, read: &[u8]) {
        let mut state = self.state();
        while state.listener.is_some()
            && state.ended.is_none()
            && state.unshown + state.untold >= AHEAD
        {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.kept.extend(read);
        state.untold += read.len();
        let over = state.kept.len().saturating_sub(KEPT.max(state.untold));
        state.kept.drain(..over);
        if state.listener.is_none() {
            // Nobody misses it, but for the last.
            let over = state.kept.len().saturating_sub(KEPT);
            state.kept.drain(..over);
            state.untold = 0;
        }
        self.changed.notify_all();
    }

    /// Its program has ended; only the first end counts.
    pub(super) fn end(&self, code: Code) {
        self.state().ended.get_or_insert(code);
        self.changed.notify_all();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.state().ended.is_some()
    }

    /// Somebody begins to listen, in the place of whoever did: all that is kept is to be told. Their number.
    pub(super) fn begin(&self) -> u64 {
        let mut state = self.state();
        state.listeners += 1;
        state.listener = Some(state.listeners);
        state.untold = state.kept.len();
        state.unshown = 0;
        self.changed.notify_all();
        state.listeners
    }

    /// That one listens no more.
    pub(super) fn stop(&self, listener: u64) {
        let mut state = self.state();
        if state.listener == Some(listener) {
            state.listener = None;
            state.untold = 0;
            self.changed.notify_all();
        }
    }

    pub(super) fn shown(&self, bytes: usize) {
        let mut state = self.state();
        state.unshown = state.unshown.saturating_sub(bytes);
        self.changed.notify_all();
    }

    /// Waits for what that listener is to be told next. `end_told` says that the end was told to it.
    pub(super) fn next(&self, listener: u64, end_told: bool) -> Next {
        let mut state = self.state();
        while state.untold == 0 && state.listener == Some(listener) {
            match state.ended {
                Some(_) if end_told => return Next::Nothing,
                Some(code) => return Next::Ended(code),
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
        // The first of it at once, as an echo of a key; a flood by the frame.
        let due = state.told_at.map(|told| told + FRAME);
        while let Some(left) = due.and_then(|due| due.checked_duration_since(Instant::now()))
            && !left.is_zero()
            && state.untold < PIECE
            && state.ended.is_none()
            && state.listener == Some(listener)
        {
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.listener != Some(listener) {
            return Next::Taken;
        }
        let from = state.kept.len() - state.untold;
        let piece: Vec<u8> = state.kept.iter().skip(from).take(PIECE).copied().collect();
        state.untold -= piece.len();
        state.unshown += piece.len();
        state.told_at = Some(Instant::now());
        Next::Output(piece)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(flow: &Flow, listener: u64) -> Vec<u8> {
        match flow.next(listener, false) {
            Next::Output(piece) => piece,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_last_of_it_is_kept_for_whoever_comes_later() {
        let flow = Flow::default();
        for number in 0..10_000 {
            flow.take(format!("line {number} {}\n", "x".repeat(80)).as_bytes());
        }
        let listener = flow.begin();
        flow.end(Some(3));
        let mut all = Vec::new();
        let mut end = None;
        while end.is_none() {
            match flow.next(listener, false) {
                Next::Output(piece) => {
                    assert!(piece.len() <= PIECE);
                    all.extend(piece);
                }
                Next::Ended(code) => end = Some(code),
                other => panic!("the end is still to be told, not {other:?}"),
            }
        }
        assert_eq!(all.len(), KEPT);
        assert!(all.ends_with(format!("line 9999 {}\n", "x".repeat(80)).as_bytes()));
        assert_eq!(end, Some(Some(3)));
        assert_eq!(flow.next(listener, true), Next::Nothing);
    }

    #[test]
    fn a_flood_waits_until_it_is_shown() {
        let flow = std::sync::Arc::new(Flow::default());
        let listener = flow.begin();
        let (tell, told) = std::sync::mpsc::channel();
        let flooding = std::thread::spawn({
            let flow = flow.clone();
            move || {
                for _ in 0..AHEAD / PIECE + 1 {
                    flow.take(&[b'x'; PIECE]);
                    let _ = tell.send(());
                }
            }
        });
        for _ in 0..AHEAD / PIECE {
            told.recv().unwrap();
        }
        let mut got = 0;
        while got < AHEAD {
            got += output(&flow, listener).len();
        }
        assert!(told.try_recv().is_err(), "all of it is told, and nothing of it shown");
        flow.shown(PIECE);
        told.recv().unwrap();
        flooding.join().unwrap();
        assert_eq!(output(&flow, listener).len(), PIECE);
    }

    #[test]
    fn a_flood_goes_on_when_nobody_listens_any_more_or_it_is_ended() {
        let flow = std::sync::Arc::new(Flow::default());
        let listener = flow.begin();
        let flooding = std::thread::spawn({
            let flow = flow.clone();
            move || (0..100).for_each(|_| flow.take(&[b'x'; PIECE]))
        });
        while output(&flow, listener).len() < PIECE {}
        flow.stop(listener);
        flooding.join().unwrap();
    }

    #[test]
    fn nothing_is_lost_when_another_listens() {
        let flow = Flow::default();
        flow.take(b"kept");
        let one = flow.begin();
        let other = flow.begin();
        assert_eq!(flow.next(one, false), Next::Taken, "it is the other's");
        flow.stop(one);
        assert_eq!(output(&flow, other), b"kept");
        flow.take(b"more");
        assert_eq!(output(&flow, other), b"more");
    }
}
