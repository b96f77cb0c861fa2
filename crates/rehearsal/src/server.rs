//! The server on loopback: takes requests, finds the turn, starts the answer, counts what is open.
//! Not here: what a script or an answer looks like.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::Instant};

use crate::{
    answer::{Telling, add_headers, error_at_once, refusal},
    beats::{Beats, Stage},
    error::RehearsalError,
    request::{Place, Purpose, Request},
    script::{Pace, Step},
    scripts::Scripts,
    sent::{Conversation, Said, Sent},
};

/// The largest request that is read; a long conversation with images stays far below. 256 MiB.
const LARGEST_REQUEST: usize = 256 << 20;

/// A turn of a conversation: whose, chosen by which message and block, and which.
type Try = (Conversation, (usize, usize), usize);

/// What all requests share.
struct House {
    scripts: Scripts,
    sent: Arc<Sent>,
    /// How often each turn that can fail was tried.
    attempts: Mutex<HashMap<Try, u32>>,
    closing: watch::Sender<bool>,
    activity: watch::Sender<Activity>,
}

/// Whether anything is going on.
#[derive(Debug, Clone, Copy)]
struct Activity {
    open: usize,
    last: Instant,
}

/// Counts an answer as open while it lives.
pub(crate) struct Open(watch::Sender<Activity>);

impl Open {
    fn new(activity: &watch::Sender<Activity>) -> Self {
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

    /// Cuts what is open and waits until the port is free.
    pub async fn stop(mut self) {
        self.house.closing.send_replace(true);
        if let Some(task) = self.task.take() {
            // It can only fail by a panic, which is already reported.
            task.await.unwrap_or_default();
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
    serving.await
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
    let routes = Router::new()
        .route("/v1/messages", post(messages))
        .route("/v1/messages/count_tokens", post(count_tokens))
        .route("/rehearsal/sent", get(sent))
        .fallback(anything_else)
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .with_state(house);
    // Without this each delta may wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays buffered");
        }
    });
    axum::serve(listener, routes)
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
    fn attempt(&self, conversation: &Conversation, place: &Place) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let tries = attempts.entry((conversation.clone(), place.origin, place.turn)).or_default();
        *tries += 1;
        *tries - 1
    }
}

async fn messages(State(house): State<Arc<House>>, headers: HeaderMap, body: Bytes) -> Response {
    let open = Open::new(&house.activity);
    house.sent.count_request();
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, "invalid_request_error", &error),
    };
    let conversation = request.conversation(&headers);
    let (steps, script_headers, whose) = match request.purpose() {
        Purpose::Conversation => match request.place(&house.scripts) {
            Ok(place) => {
                let turn = place.script.turns.get(place.turn).unwrap_or(&place.script.fallback);
                let nth = if turn.can_fail() { house.attempt(&conversation, &place) } else { 0 };
                let steps = place.script.attempt(turn, nth, &request.last_results());
                (steps, place.script.headers.clone(), Some(conversation))
            }
            Err(error) => {
                return refusal(StatusCode::BAD_REQUEST, "invalid_request_error", &error);
            }
        },
        aside => (vec![Step::say(words_aside(aside), Pace::BRISK)], Vec::new(), None),
    };
    let mut response = match error_at_once(&steps).await {
        Some(error) => error,
        None => {
            let stage = Stage {
                folder: request.folder(),
                agent_tool: request.agent_tool(),
                input_tokens: tokens(&body),
                cached: request.begun(),
                model: request.model,
            };
            let closing = house.closing.subscribe();
            let beats = Beats::new(steps, stage);
            let telling = Telling::new(beats, Arc::clone(&house.sent), whose, closing, open);
            if request.stream { telling.stream() } else { telling.message().await }
        }
    };
    add_headers(&mut response, &script_headers);
    response
}

/// What is said when no conversation is meant.
fn words_aside(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Title => r#"{"title":"Rehearsal session"}"#,
        Purpose::Summary => {
            "<analysis>The conversation is a rehearsal.</analysis>\n<summary>A rehearsed session: the \
             model's words came from a script, its tools ran for real. Nothing is left to \
             do.</summary>"
        }
        Purpose::Conversation | Purpose::Side => "OK",
    }
}

/// About how many tokens a request has: four bytes each. Capped, because the CLI would otherwise
/// summarise a conversation in which very large texts are rehearsed, and its script would be lost.
fn tokens(body: &Bytes) -> u64 {
    (body.len() as u64 / 4).min(100_000)
}

async fn count_tokens(body: Bytes) -> Json<Value> {
    Json(json!({"input_tokens": tokens(&body)}))
}

async fn sent(State(house): State<Arc<House>>) -> Json<Value> {
    let said =
        house.sent.said().into_iter().map(
            |(whose, said)| json!({"session": whose.session, "agent": whose.agent, "said": said}),
        );
    Json(json!({"requests": house.sent.requests(), "conversations": said.collect::<Vec<_>>()}))
}

async fn anything_else(method: Method) -> Response {
    match method {
        Method::HEAD => StatusCode::OK.into_response(),
        _ => refusal(StatusCode::NOT_FOUND, "not_found_error", &"The rehearsal has no such page."),
    }
}
