//! The sessions that the window looks at: their entries, streamed text and what waits in them.

use bosk_core::transcript::fold::Change;
use bosk_core::view::{Event, SessionView};
use bosk_core::wire::Status;
use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::sync::oneshot;

use super::state::State;
use super::{Changed, FIRST_PAGE};
use crate::client::News;
use crate::transcript::Transcript;

/// Most of a journal that is read in one go, in bytes: a part of a frame's time, so that a session
/// that floods does not hold up the others.
const PIECE: u64 = 256 << 10;

/// Who asked for a session's view.
type Reply = oneshot::Sender<Result<SessionView, Problem>>;

/// A transcript that is read for the first time.
pub(super) struct Opening {
    /// Where the journal ended when it was asked for.
    end: u64,
    replies: Vec<Reply>,
}

impl State {
    pub(super) fn news(&mut self, id: &SessionId, news: News) {
        if let Some(status) = news.status {
            let summary = status.summary.clone();
            self.put(summary);
            if let Some(session) = self.sessions.get_mut(id) {
                let before = session.status.replace(*status);
                let now = session.status.as_ref();
                let waiting = |status: &Status| (status.asks.clone(), status.queue.clone());
                if session.transcript.is_some() && before.as_ref().map(waiting) != now.map(waiting)
                {
                    self.listeners.watching(id, |listener| listener.gathered.waiting(id));
                }
                let asked = |status: &Status| !status.asks.is_empty();
                if before.as_ref().is_some_and(asked) || now.is_some_and(asked) {
                    self.look_at_inbox();
                }
            }
        }
        if let Some(offer) = news.offer
            && let Some(session) = self.sessions.get_mut(id)
        {
            self.listeners.watching(id, |listener| listener.gathered.offer(id, offer.clone()));
            session.offer = Some(offer);
        }
        if let Some(usage) = news.usage {
            self.used(id, usage);
        }
        // Entries first: the finished text takes the place of the streamed one.
        if let Some(end) = news.end {
            self.catch_up(id, Some(end));
        }
        let Some(session) = self.sessions.get_mut(id) else { return };
        if session.transcript.is_none() {
            return;
        }
        for partial in &news.partials {
            match session.partials.get_mut(&partial.block) {
                Some(earlier) if partial.from > 0 => earlier.text.push_str(&partial.text),
                _ => drop(session.partials.insert(partial.block, partial.clone())),
            }
        }
        for block in &news.done {
            session.partials.remove(block);
        }
        let (partials, done) = (news.partials, news.done);
        self.listeners.watching(id, |listener| {
            listener.gathered.streamed(id, partials.clone(), done.clone());
        });
    }

    /// Reads what is new in a watched session's journal: the beginning of it now, what is more in
    /// turn with everything else.
    pub(super) fn catch_up(&mut self, id: &SessionId, end: Option<u64>) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        // What is being opened is read up to its present end afterwards, and what is behind has its turn.
        if session.opening.is_some() || self.behind.contains(id) {
            return;
        }
        let Some(transcript) = &mut session.transcript else { return };
        let mut changed = Changed::new();
        let mut touched = Vec::new();
        let known = transcript.total();
        let end = end.map_or_else(|| transcript.end(), Ok);
        let read = end.and_then(|end| {
            transcript.read_on(end, PIECE, |change| match change {
                Change::Push(entry) => drop(changed.insert(entry.index, entry)),
                Change::Result(index, _) | Change::Decided(index, _) | Change::Cost(index, _) => {
                    touched.push(index);
                }
                // One that prints much says much of one entry.
                Change::Check(index, _) if touched.last() == Some(&index) => {}
                Change::Check(index, _) => touched.push(index),
                // The entry stays as it is.
                Change::Taken(_) => {}
            })
        });
        // Read again as they are now: a result and a decision may both have come.
        let newest = touched.split_off(touched.len().saturating_sub(super::MOST_ENTRIES));
        for index in newest {
            match transcript.page(index, 1) {
                Ok(entries) => {
                    changed.extend(entries.into_iter().map(|entry| (entry.index, entry)));
                }
                Err(_) => touched.push(index),
            }
        }
        let total = transcript.total();
        if !changed.is_empty() {
            self.listeners.watching(id, |listener| {
                listener.gathered.entries(id, (changed.clone(), touched.clone()), known, total);
            });
        }
        match read {
            Ok(true) => {}
            Ok(false) => self.fell_behind(id),
            Err(error) => {
                let problem = unreadable(&error);
                self.tell_all(&Event::Problem { problem });
            }
        }
    }

    fn fell_behind(&mut self, id: &SessionId) {
        if !self.behind.contains(id) {
            self.behind.push_back(id.clone());
        }
    }

    /// Reads the next piece of the journal whose turn it is.
    pub(super) fn read_behind(&mut self) {
        let Some(id) = self.behind.pop_front() else { return };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let (Some(opening), Some(transcript)) = (&session.opening, &mut session.transcript) else {
            return self.catch_up(&id, None);
        };
        let read = transcript.read_on(opening.end, PIECE, drop);
        if let Ok(false) = read {
            return self.fell_behind(&id);
        }
        let replies = session.opening.take().map(|opening| opening.replies).unwrap_or_default();
        let opened = read.map(drop).map_err(|error| unreadable(&error));
        if opened.is_err() {
            session.transcript = None;
        }
        for reply in replies {
            let view = opened.clone().and_then(|()| self.view(&id));
            let _ = reply.send(view);
        }
    }

    pub(super) fn watch(&mut self, name: &str, id: &SessionId, reply: Reply) {
        self.listeners.of(name).watched.insert(id.clone());
        match self.open(id) {
            Ok(Some(opening)) => opening.replies.push(reply),
            Ok(None) => drop(reply.send(self.view(id))),
            Err(problem) => drop(reply.send(Err(problem))),
        }
    }

    /// Opens a session's transcript. Where it is still being read, that is returned.
    fn open(&mut self, id: &SessionId) -> Result<Option<&mut Opening>, Problem> {
        let folder = super::folder(&self.home, id);
        let session = self.sessions.get_mut(id).ok_or_else(|| unknown(id))?;
        if session.transcript.is_none() {
            let transcript = Transcript::open(&folder).map_err(|error| unreadable(&error))?;
            let end = transcript.end().map_err(|error| unreadable(&error))?;
            session.opening = Some(Opening { end, replies: Vec::new() });
            session.transcript = Some(transcript);
            self.behind.push_front(id.clone());
        }
        if let Some(follower) = &session.follower {
            follower.send_replace(self.listeners.wanted(id));
        }
        Ok(session.opening.as_mut())
    }

    /// A watched session as it is now, with the end of its transcript.
    fn view(&mut self, id: &SessionId) -> Result<SessionView, Problem> {
        self.catch_up(id, None);
        let session = self.sessions.get_mut(id).ok_or_else(|| unknown(id))?;
        let transcript = session.transcript.as_mut().ok_or_else(|| unknown(id))?;
        let total = transcript.total();
        let entries = transcript
            .page(total.saturating_sub(FIRST_PAGE), FIRST_PAGE)
            .map_err(|error| unreadable(&error))?;
        let status = session.status.clone();
        Ok(SessionView {
            summary: session.summary.clone(),
            total,
            entries,
            partials: session.partials.values().cloned().collect(),
            asks: status.as_ref().map(|status| status.asks.clone()).unwrap_or_default(),
            queue: status.map(|status| status.queue).unwrap_or_default(),
            offer: session.offer.clone().unwrap_or_default(),
        })
    }

    /// A listener has let go of a session: where it was the last, its transcript is closed.
    pub(super) fn no_longer_watched(&mut self, id: &SessionId) {
        if self.listeners.is_watched(id) {
            return;
        }
        let Some(session) = self.sessions.get_mut(id) else { return };
        if let Some(mut transcript) = session.transcript.take() {
            // A long one takes the disk a while.
            tokio::task::spawn_blocking(move || transcript.keep());
        }
        refuse(session.opening.take(), id);
        session.partials.clear();
        if let Some(follower) = &session.follower {
            follower.send_replace(self.listeners.wanted(id));
        }
    }

    pub(super) fn with_transcript<T>(
        &mut self,
        id: &SessionId,
        work: impl FnOnce(&mut Transcript) -> std::io::Result<T>,
    ) -> Result<T, Problem> {
        let session = self.sessions.get_mut(id).ok_or_else(|| unknown(id))?;
        let transcript = session.transcript.as_mut().ok_or_else(|| unknown(id))?;
        work(transcript).map_err(|error| unreadable(&error))
    }
}

/// Tells who waits for a session's view that there will be none.
pub(super) fn refuse(opening: Option<Opening>, id: &SessionId) {
    for reply in opening.map(|opening| opening.replies).unwrap_or_default() {
        let _ = reply.send(Err(unknown(id)));
    }
}

pub(super) fn unknown(id: &SessionId) -> Problem {
    Problem::new(ProblemCode::SessionUnknown, format!("Session `{}` is not open.", id.short()))
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::new(ProblemCode::FileDamaged, format!("The transcript cannot be read: {error}."))
        .hint("The journal in the session's folder is untouched; check the disk.")
}
