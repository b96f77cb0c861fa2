//! The pushes that go on, so that a person can give one up. Not here: pushing ([`Work::push_until`]).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bosk_core::review::forge::PushRequest;
use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::sync::Notify;

use super::Work;

/// One for each session at most.
#[derive(Debug, Default)]
pub struct Pushes(Mutex<HashMap<SessionId, Arc<Notify>>>);

impl Pushes {
    /// Pushes. Whether that was done: not where it was given up, and then nobody knows what the remote has
    /// ([`Work::remote_has`]).
    ///
    /// # Errors
    /// As for [`Work::push_until`], or another push of this session goes on.
    pub async fn push(&self, work: &Work, request: &PushRequest) -> Result<bool, Problem> {
        let going = Going::begin(self, work.id())?;
        work.push_until(request, going.given_up.notified()).await
    }

    /// Cancels the session's push, if one goes on.
    pub fn cancel(&self, id: &SessionId) {
        if let Some(given_up) = self.all().get(id) {
            given_up.notify_one();
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A push that goes on, for as long as the value lives.
struct Going<'a> {
    pushes: &'a Pushes,
    id: SessionId,
    given_up: Arc<Notify>,
}

impl<'a> Going<'a> {
    fn begin(pushes: &'a Pushes, id: &SessionId) -> Result<Self, Problem> {
        let given_up = Arc::new(Notify::new());
        let mut all = pushes.all();
        if all.contains_key(id) {
            let text = "A push of this session goes on already, so no other was begun.";
            return Err(Problem::new(ProblemCode::SessionState, text)
                .hint("Wait until it is over, or cancel it."));
        }
        all.insert(id.clone(), given_up.clone());
        drop(all);
        Ok(Self { pushes, id: id.clone(), given_up })
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.pushes.all().remove(&self.id);
    }
}
