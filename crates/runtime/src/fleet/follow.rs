//! Following one session: while it has a keeper, its pushes; when the keeper is gone, the truth that
//! the journal tells. It goes on until the session has ended, whatever breaks in between. Not here:
//! what the window makes of it.

use std::sync::Arc;
use std::time::Duration;

use bosk_core::session::SessionSummary;
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode, SessionId};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::{Message, Wanted};
use crate::catalog::{self, Index};
use crate::client::{Connection, News, Standing, standing};
use crate::home::Home;

/// How soon a keeper that does not answer is tried again: its socket has a name a moment before it
/// answers, and its lock is held a moment longer than it does. Each try waits twice as long.
const SHORTEST: Duration = Duration::from_millis(5);

/// How often one that has not answered for long is tried: a lock that is let go is no event. What the
/// journal says is told meanwhile.
const LONGEST: Duration = Duration::from_secs(2);

/// What was learnt.
pub(super) enum Followed {
    /// There is a keeper that answers; what an earlier one streamed and asked is over.
    Connected,
    /// It has said something.
    News(Box<News>),
    /// No keeper answers, and yet the session has not ended: this is what is known of it.
    Silent(Box<SessionSummary>),
    /// It has ended like this, and nobody follows it any more.
    Ended(Box<SessionSummary>),
    /// It cannot be shown at present.
    Broken(Problem),
}

/// One session, and who wants to know of it.
pub(super) struct Follower {
    pub(super) home: Home,
    pub(super) index: Arc<Index>,
    pub(super) id: SessionId,
    pub(super) to: mpsc::WeakSender<Message>,
}

impl Follower {
    /// Follows the session until it has ended, or until nobody wants to know. `wanted` says what
    /// is wanted of its keeper; it is closed when the session is removed.
    pub(super) async fn follow(self, wanted: watch::Receiver<Wanted>) {
        let _ = self.run(wanted).await;
    }

    /// None, as from everything here, when nobody wants to know any more.
    async fn run(&self, mut wanted: watch::Receiver<Wanted>) -> Option<()> {
        let mut pause = SHORTEST;
        let mut answered = Instant::now();
        // What was said of a keeper that does not answer: once, not with every try.
        let mut said = None;
        loop {
            match Connection::open(&self.home, &self.id).await {
                Ok(connection) => {
                    let begun = Instant::now();
                    said = None;
                    self.tell(Followed::Connected).await?;
                    self.listen(&connection, &mut wanted).await?;
                    answered = Instant::now();
                    // One that breaks again and again is not asked without a pause.
                    if begun.elapsed() > LONGEST {
                        pause = SHORTEST;
                    }
                }
                Err(unreachable) => {
                    let patient = said.is_some() || answered.elapsed() < LONGEST;
                    match self.look(patient).await {
                        Ok(Some(summary)) if summary.state.is_ended() => {
                            return self.tell(Followed::Ended(Box::new(summary))).await;
                        }
                        Ok(Some(mut summary)) if !patient => {
                            summary.problem = said.insert(silent(&unreachable)).clone().into();
                            self.tell(Followed::Silent(Box::new(summary))).await?;
                        }
                        Ok(_) => {}
                        Err(problem) if said.as_ref() == Some(&problem) => {}
                        Err(problem) => {
                            said = Some(problem.clone());
                            self.tell(Followed::Broken(problem)).await?;
                        }
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = closed(&mut wanted) => return None,
            }
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Passes on what the keeper says until the connection breaks.
    async fn listen(
        &self,
        connection: &Connection,
        wanted: &mut watch::Receiver<Wanted>,
    ) -> Option<()> {
        let mut now = *wanted.borrow_and_update();
        let watch = |now: Wanted| Call::Watch { partials: now.partials, usage: now.usage };
        while connection.call(watch(now)).await.is_ok() {
            loop {
                tokio::select! {
                    news = connection.news() => match news {
                        Some(news) => self.tell(Followed::News(Box::new(news))).await?,
                        None => return Some(()),
                    },
                    changed = wanted.changed() => {
                        changed.ok()?;
                        now = *wanted.borrow_and_update();
                        break;
                    }
                }
            }
        }
        Some(())
    }

    /// How the session stands without its keeper's word; none while that may still come.
    async fn look(&self, patient: bool) -> Result<Option<SessionSummary>, Problem> {
        if standing(&self.home, &self.id).await? == Standing::Kept && patient {
            return Ok(None);
        }
        catalog::told_by_journal(&self.home, &self.index, &self.id).await.map(Some)
    }

    async fn tell(&self, followed: Followed) -> Option<()> {
        self.to.upgrade()?.send(Message::Followed(self.id.clone(), followed)).await.ok()
    }
}

async fn closed(wanted: &mut watch::Receiver<Wanted>) {
    while wanted.changed().await.is_ok() {}
}

fn silent(why: &Problem) -> Problem {
    let what = "The session's keeper does not answer, so what is shown may be old.";
    let text = format!("{what} {}", why.message);
    Problem::new(ProblemCode::KeeperUnreachable, text)
        .hint("It is asked again until it answers or has ended.")
}
