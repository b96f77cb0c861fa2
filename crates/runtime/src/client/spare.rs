//! A spare: a keeper with a process of the CLI that was started before its session is known, so that
//! a launch need not wait for it. It holds about 230 MB and nothing on the disk, and ends by itself
//! when it is dropped or has grown old. Not here: when one is wanted (`crate::fleet::Expected`), and what the keeper
//! does with it.

use std::process::Stdio;

use bosk_core::wire::Ready;
use bosk_core::{Problem, SessionId};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};
use tokio::io::AsyncWriteExt as _;

use super::start;
use crate::home::Home;
use crate::process::Detached;

/// Memory that must be free for a spare, in bytes: four times what it takes, since it is a
/// convenience and sessions are not.
const NEEDED: u64 = 1 << 30;

/// The same for one that waits for long, which must leave room for several sessions.
const LASTING: u64 = 4 << 30;

/// A process that waits for its session.
#[derive(Debug)]
pub struct Spare {
    id: SessionId,
    keeper: Detached,
}

impl Spare {
    /// Starts one, and does not wait until it is ready. None where memory is short. `lasting` says that it may wait
    /// for hours.
    ///
    /// # Errors
    /// The keeper cannot be started.
    pub fn start(home: &Home, lasting: bool) -> Result<Option<Self>, Problem> {
        if !has_room(if lasting { LASTING } else { NEEDED }) {
            return Ok(None);
        }
        let id = super::launch::new_id()?;
        let keeper = start::detach(home, &id, Some("--spare"), Stdio::piped())?;
        Ok(Some(Self { id, keeper }))
    }

    /// The id of the session that it can become.
    #[must_use]
    pub const fn id(&self) -> &SessionId {
        &self.id
    }

    /// Its keeper's process id.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.keeper.identity.pid
    }

    /// Whether its keeper is there.
    #[must_use]
    pub fn lives(&self) -> bool {
        self.keeper.identity.is_alive()
    }

    /// Waits until its keeper has ended, or has kept its session to the end. To be asked for once.
    pub fn ended(&mut self) -> impl Future<Output = ()> + Send + 'static {
        self.keeper.ended()
    }

    /// Waits until its process is ready, which is said once.
    ///
    /// # Errors
    /// The keeper has ended, or gives up.
    pub async fn parked(&mut self) -> Result<(), Problem> {
        match start::says(&mut self.keeper).await? {
            Ready::Parked | Ready::Listening => Ok(()),
            Ready::Problem(problem) => Err(problem),
        }
    }

    /// Has it keep its session, which is written down by now.
    ///
    /// # Errors
    /// The keeper has ended, or gives up.
    pub(super) async fn keep(mut self) -> Result<(), Problem> {
        if let Some(mut input) = self.keeper.input.take() {
            // One that is gone says no more, which is told below.
            let _ = input.write_all(b"keep\n").await;
        }
        loop {
            match start::says(&mut self.keeper).await? {
                Ready::Listening => return Ok(()),
                Ready::Problem(problem) => return Err(problem),
                Ready::Parked => {}
            }
        }
    }
}

fn has_room(needed: u64) -> bool {
    let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    // A system that does not tell has to be asked no further.
    System::new_with_specifics(memory).map_or(true, |system| system.available_memory() >= needed)
}
