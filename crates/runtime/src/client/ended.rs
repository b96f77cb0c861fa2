//! Waiting until nobody keeps a session any more. Not here: asking it to stop (a call to its keeper).

use std::fs::File;

use bosk_core::{Problem, SessionId};

use super::reconcile::{self, blocking};
use crate::home::{self, Home};
use crate::keeper::lock_file;

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
