//! The server on loopback: listens, counts what is open, stops. Not here: what it answers (`routes`).

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::serve::ListenerExt;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout},
};

use crate::{
    error::RehearsalError,
    request::Place,
    routes::routes,
    scripts::Scripts,
    sent::{Conversation, Said, Sent},
};

/// How long a stopping server waits for connections whose other end does not read.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A turn of a conversation: whose, chosen by which message and block, and which.
type Try = (Conversation, (usize, usize), usize);

/// What all requests share.
pub(crate) struct House {
    pub(crate) scripts: Scripts,
    pub(crate) sent: Arc<Sent>,
    /// How often each turn that can fail was tried.
    attempts: Mutex<HashMap<Try, u32>>,
    pub(crate) closing: watch::Sender<bool>,
    pub(crate) activity: watch::Sender<Activity>,
}

/// Whether anything is going on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Activity {
    open: usize,
    last: Instant,
}

/// Counts an answer as open while it lives.
pub(crate) struct Open(watch::Sender<Activity>);

impl Open {
    pub(crate) fn new(activity: &watch::Sender<Activity>) -> Self {
        activity.send_modify(|activity| activity.open += 1);
        Self(activity.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|activity| {
            activity.open -= 1;
            activity.last = Instant::now();
        });
    }
}

/// A server that runs until it is stopped or dropped; either cuts the answers that it is giving.
pub struct Server {
    url: String,
    house: Arc<House>,
    task: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// No port could be listened on.
    pub async fn start(scripts: Scripts) -> Result<Self, RehearsalError> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(RehearsalError::Listen)?;
        let address = listener.local_addr().map_err(RehearsalError::Listen)?;
        let house = Arc::new(House::new(scripts));
        let serving = Arc::clone(&house);
        let task = tokio::spawn(async move {
            if let Err(error) = run(listener, serving).await {
                tracing::error!(%error, "the rehearsal server ended");
            }
        });
        Ok(Self { url: format!("http://{address}"), house, task: Some(task) })
    }

    /// What `ANTHROPIC_BASE_URL` is to be.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every text that was said in answer to a conversation, in order. Bounded: at most 100,000
    /// texts and 64 MiB in all.
    #[must_use]
    pub fn sent(&self) -> BTreeMap<Conversation, Vec<Said>> {
        self.house.sent.said()
    }

    /// How many requests for a message came, side requests and retries included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.house.sent.requests()
    }

    /// Cuts what is open and waits until the server has ended, two seconds at most.
    pub async fn stop(mut self) {
        self.house.closing.send_replace(true);
        let Some(mut task) = self.task.take() else { return };
        if timeout(LAST_WORDS, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.house.closing.send_replace(true);
    }
}

/// Serves on `listener` until `stop` is ready, or until nothing was asked or answered for `idle`.
/// `GET /rehearsal/sent` tells what [`Server::sent`] does, as JSON.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    scripts: Scripts,
    stop: impl Future<Output = ()> + Send,
    idle: Duration,
) -> Result<(), RehearsalError> {
    let house = Arc::new(House::new(scripts));
    let activity = house.activity.subscribe();
    let serving = run(listener, Arc::clone(&house));
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended,
        () = stop => {}
        () = quiet_for(idle, activity) => {}
    }
    house.closing.send_replace(true);
    // Too late is as good: whoever does not read any more is left alone.
    timeout(LAST_WORDS, serving).await.unwrap_or(Ok(()))
}

/// Ready once nothing was open for `idle`.
async fn quiet_for(idle: Duration, mut activity: watch::Receiver<Activity>) {
    loop {
        let Activity { open, last } = *activity.borrow_and_update();
        let quiet = async {
            match open {
                0 => tokio::time::sleep_until(last + idle).await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = quiet => return,
            changed = activity.changed() => if changed.is_err() { return },
        }
    }
}

async fn run(listener: TcpListener, house: Arc<House>) -> Result<(), RehearsalError> {
    let mut closing = house.closing.subscribe();
    // Without this each delta may wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays buffered");
        }
    });
    axum::serve(listener, routes(house))
        .with_graceful_shutdown(async move {
            // An error means that the house is gone, which is the same.
            closing.wait_for(|closing| *closing).await.map(drop).unwrap_or_default();
        })
        .await
        .map_err(RehearsalError::Serve)
}

impl House {
    fn new(scripts: Scripts) -> Self {
        let activity = Activity { open: 0, last: Instant::now() };
        Self {
            scripts,
            sent: Arc::default(),
            attempts: Mutex::default(),
            closing: watch::Sender::new(false),
            activity: watch::Sender::new(activity),
        }
    }

    /// How often this place was asked for before.
    pub(crate) fn attempt(&self, conversation: &Conversation, place: &Place) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let tries = attempts.entry((conversation.clone(), place.origin, place.turn)).or_default();
        *tries += 1;
        *tries - 1
    }
}
