//! A session of a sandbox: as a client follows it, and as the catalogue tells of it.

use std::path::PathBuf;
use std::time::Duration;

use bosk_core::journal::Message;
use bosk_core::session::{SessionSummary, State, StopReason, Turn};
use bosk_core::usage::Usage;
use bosk_core::wire::{Call, SessionUsage, Status};
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::client::Connection;
use bosk_runtime::process::ProcessIdentity;
use tokio::time::timeout;

use crate::{Sandbox, processes};

/// How long anything may take before its test fails: far more than it needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One session.
#[derive(Debug)]
pub struct Session<'a> {
    /// Its id.
    pub id: SessionId,
    sandbox: &'a Sandbox,
}

impl<'a> Session<'a> {
    pub(crate) const fn new(sandbox: &'a Sandbox, id: SessionId) -> Self {
        Self { id, sandbox }
    }

    /// Its folder in Bosk's.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.sandbox.home().session(&self.id)
    }

    /// Connects to its keeper and follows it.
    ///
    /// # Panics
    /// It has no keeper.
    pub async fn follow(&self) -> Watched {
        self.try_follow().await.unwrap()
    }

    /// The same, where it may have ended.
    ///
    /// # Errors
    /// It has no keeper.
    pub async fn try_follow(&self) -> Result<Watched, Problem> {
        let connection = Connection::open(self.sandbox.home(), &self.id).await?;
        connection.call(Call::Watch { partials: true, usage: false }).await?;
        // The first push says where it stands; one that was asked for could overtake older pushes.
        let status = loop {
            match connection.news().await {
                Some(news) => match news.status {
                    Some(status) => break *status,
                    None => continue,
                },
                None => return Err(ended()),
            }
        };
        Ok(Watched { connection, status, usage: None })
    }

    /// Its keeper's process.
    #[must_use]
    pub fn keeper(&self) -> Option<ProcessIdentity> {
        processes::keeper(self.sandbox.home().path(), &self.id)
    }

    /// Its row, as `bosk ls` would show it; a dead keeper's session is mended first.
    ///
    /// # Errors
    /// Its files cannot be used.
    pub async fn row(&self) -> Result<SessionSummary, Problem> {
        let index = Index::open(self.sandbox.home());
        catalog::summary(self.sandbox.home(), &index, &self.id).await
    }

    /// Stops it and waits until its keeper has ended.
    pub async fn stop(&self) -> SessionSummary {
        let watched = self.follow().await;
        watched.call(Call::Stop { reason: StopReason::Person }).await.unwrap();
        watched.gone().await;
        self.row().await.unwrap()
    }
}

fn ended() -> Problem {
    Problem::new(ProblemCode::KeeperUnreachable, "the keeper said nothing before it ended")
}

/// A session that is being followed.
#[derive(Debug)]
pub struct Watched {
    /// The connection.
    pub connection: Connection,
    status: Status,
    usage: Option<SessionUsage>,
}

impl Watched {
    /// Asks the keeper for something.
    ///
    /// # Errors
    /// The keeper's problem.
    pub async fn call(&self, call: Call) -> Result<serde_json::Value, Problem> {
        self.connection.call(call).await
    }

    /// Looks at what the session uses: it is measured every second from now on.
    ///
    /// # Errors
    /// The keeper's problem.
    pub async fn look(&self) -> Result<(), Problem> {
        self.call(Call::Watch { partials: true, usage: true }).await.map(drop)
    }

    /// Waits until what was measured is as it should be.
    ///
    /// # Panics
    /// It does not become so, or the session's keeper ends first.
    pub async fn until_usage(&mut self, what: &str, wanted: impl Fn(&Usage) -> bool) -> Usage {
        self.until_measured(what, |measured| wanted(&measured.usage)).await.usage
    }

    /// The same, with how limits are held.
    ///
    /// # Panics
    /// As for [`Self::until_usage`].
    pub async fn until_measured(
        &mut self,
        what: &str,
        wanted: impl Fn(&SessionUsage) -> bool,
    ) -> SessionUsage {
        let until = async {
            loop {
                if let Some(measured) = self.usage.filter(&wanted) {
                    return measured;
                }
                assert!(self.changed().await, "gone before {what}: {:#?}", self.usage);
            }
        };
        match timeout(PATIENCE, until).await {
            Ok(measured) => measured,
            Err(_) => panic!("never {what}: {:#?}", self.usage),
        }
    }

    /// Sends a message; returns its name.
    ///
    /// # Errors
    /// The keeper's problem.
    pub async fn send(&self, text: &str) -> Result<String, Problem> {
        let uuid = uuid::Uuid::new_v4().to_string();
        let message = Message { uuid: uuid.clone(), text: text.to_owned(), images: vec![] };
        self.call(Call::Send(message)).await?;
        Ok(uuid)
    }

    /// Waits for news of the session; returns false when its keeper is gone.
    ///
    /// # Panics
    /// There are none for too long.
    pub async fn changed(&mut self) -> bool {
        let news = timeout(PATIENCE, self.connection.news()).await;
        match news.unwrap_or_else(|_| panic!("no news: {:#?}", self.status)) {
            Some(news) => {
                if let Some(status) = news.status {
                    self.status = *status;
                }
                self.usage = news.usage.or(self.usage);
                true
            }
            None => false,
        }
    }

    /// The session as it was told last.
    #[must_use]
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// Waits until the session is as it should be.
    ///
    /// # Panics
    /// It does not become so, or its keeper ends first.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Status) -> bool) -> &Status {
        let until = async {
            while !wanted(&self.status) {
                assert!(self.changed().await, "gone before {what}: {:#?}", self.status);
            }
        };
        let in_time = timeout(PATIENCE, until).await.is_ok();
        assert!(in_time, "never {what}: {:#?}", self.status);
        &self.status
    }

    /// Waits until the turn is over and no message waits.
    pub async fn idle(&mut self) -> &Status {
        self.until("idle", |status| {
            status.summary.state == State::Running { turn: Turn::Idle } && status.queue.is_empty()
        })
        .await
    }

    /// Waits until a turn runs.
    pub async fn working(&mut self) -> &Status {
        self.until("working", |status| {
            status.summary.state == State::Running { turn: Turn::Working }
        })
        .await
    }

    /// Sends a message and waits until it is answered; returns the message's name.
    pub async fn turn(&mut self, text: &str) -> String {
        // Turns are only ever added, so an older push cannot be taken for the end of this one.
        let before = self.connection.status().await.unwrap().summary.turns;
        let uuid = self.send(text).await.unwrap();
        self.until("answered", |status| {
            status.summary.turns > before
                && status.summary.state == State::Running { turn: Turn::Idle }
                && status.queue.is_empty()
        })
        .await;
        uuid
    }

    /// Waits until the keeper is gone; returns what it said last.
    ///
    /// # Panics
    /// It stays.
    pub async fn gone(mut self) -> Status {
        while self.changed().await {}
        self.status
    }
}
