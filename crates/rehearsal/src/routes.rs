//! The server's pages: a message, a count of tokens, the record, and everything else.
//! Not here: listening and stopping.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    answer::{Telling, add_headers, error_at_once, refusal},
    beats::{Beats, Stage},
    request::{Purpose, Request},
    script::{Pace, Step},
    server::{House, Open},
};

/// The largest request that is read; a long conversation with images stays far below. 256 MiB.
const LARGEST_REQUEST: usize = 256 << 20;

pub(crate) fn routes(house: Arc<House>) -> Router {
    Router::new()
        .route("/v1/messages", post(messages))
        .route("/v1/messages/count_tokens", post(count_tokens))
        .route("/rehearsal/sent", get(sent))
        .fallback(anything_else)
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .with_state(house)
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
