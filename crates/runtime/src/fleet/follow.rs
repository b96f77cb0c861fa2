//! Following one session: while it has a keeper, its pushes; when the keeper is gone, the truth that
//! the journal tells. Not here: what the window makes of it.

use std::sync::Arc;
use std::time::Duration;

use bosk_core::session::SessionSummary;
use bosk_core::wire::Call;
use bosk_core::{Problem, SessionId};
use tokio::sync::{mpsc, watch};

use super::Message;
use crate::catalog::{self, Index};
use crate::client::{Connection, News, Standing, standing};
use crate::home::Home;

/// How often a keeper that was just started is tried: its socket has a name a moment before it
/// answers.
const TRIES: u32 = 20;

/// What was learnt.
pub(super) enum Followed {
    /// There is a keeper.
    Connected(Arc<Connection>),
    /// It has said something.
    News(Box<News>),
    /// There is none: this is how the session stands.
    Ended(Box<SessionSummary>),
    /// The session cannot be shown.
    Broken(Problem),
}

/// Follows the session until it has ended. `partials` says whether streamed text is wanted.
pub(super) async fn follow(
    home: Home,
    index: Arc<Index>,
    id: SessionId,
    mut partials: watch::Receiver<bool>,
    to: mpsc::WeakSender<Message>,
) {
    let tell = async |followed: Followed| match to.upgrade() {
        Some(to) => to.send(Message::Followed(id.clone(), followed)).await.is_ok(),
        None => false,
    };
    if let Some(connection) = connect(&home, &id).await {
        let connection = Arc::new(connection);
        if !tell(Followed::Connected(Arc::clone(&connection))).await {
            return;
        }
        let mut wanted = *partials.borrow_and_update();
        let mut asked = connection.call(Call::Watch { partials: wanted }).await.is_ok();
        while asked {
            tokio::select! {
                news = connection.news() => match news {
                    Some(news) => {
                        if !tell(Followed::News(Box::new(news))).await {
                            return;
                        }
                    }
                    None => break,
                },
                Ok(()) = partials.changed() => {
                    wanted = *partials.borrow_and_update();
                    asked = connection.call(Call::Watch { partials: wanted }).await.is_ok();
                }
            }
        }
    }
    let followed = match catalog::summary(&home, &index, &id).await {
        Ok(summary) => Followed::Ended(Box::new(summary)),
        Err(problem) => Followed::Broken(problem),
    };
    tell(followed).await;
}

async fn connect(home: &Home, id: &SessionId) -> Option<Connection> {
    for attempt in 0..TRIES {
        match Connection::open(home, id).await {
            Ok(connection) => return Some(connection),
            Err(_) => {
                if standing(home, id).await.ok()? == Standing::Ended {
                    return None;
                }
                tokio::time::sleep(Duration::from_millis(5 << attempt.min(6))).await;
            }
        }
    }
    None
}
