//! Stopping a session, and waiting until nobody keeps it any more. Not here: how it is stopped (its keeper's ladder).

use std::fs::File;
use std::time::Duration;

use bosk_core::session::StopReason;
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode, SessionId};

use super::Connection;
use super::reconcile::{self, blocking};
use crate::home::{self, Home};
use crate::keeper::lock_file;

/// How long a session may take to end: the stop ladder takes 11 s at most.
const ENDING: Duration = Duration::from_secs(30);

/// Stops the session where it runs, and returns when nothing of it does any more.
///
/// # Errors
/// It does not end, or its files cannot be used.
pub async fn stop(home: &Home, id: &SessionId, reason: StopReason) -> Result<(), Problem> {
    ask_to_stop(home, id, reason).await;
    let gone = tokio::time::timeout(ENDING, ended(home, id)).await;
    gone.unwrap_or_else(|_| {
        let text = format!("Session `{}` does not end, so nothing was changed.", id.short());
        Err(Problem::new(ProblemCode::SessionState, text)
            .hint("End it by force: `bosk kill`. Then try again."))
    })
}

/// Asks the session's keeper to stop it, and does not wait for that.
pub(super) async fn ask_to_stop(home: &Home, id: &SessionId, reason: StopReason) {
    // It may be ending by itself, which is as good.
    if let Ok(connection) = Connection::open(home, id).await {
        let _ = connection.call(Call::Stop { reason }).await;
    }
}

/// Waits until the session's keeper is gone, however it goes, and mends what a dead one could not
/// write. Returns at once where there is none.
///
/// # Errors
/// The session's files cannot be used.
pub async fn ended(home: &Home, id: &SessionId) -> Result<(), Problem> {
    let path = lock_file(home, id);
    blocking(move || match File::open(&path) {
        // The keeper holds the lock for its whole life, so the system tells when that is over.
        Ok(file) => file.lock_shared().map_err(|error| home::unwritable(&error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(home::unwritable(&error)),
    })
    .await?;
    reconcile::standing(home, id).await.map(drop)
}
