//! An answer on the wire: beats in real time, as a stream of events or as one message, or an HTTP
//! error. Not here: which turn it is.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Json,
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use crate::{
    beats::{Beat, Beats, error_body},
    script::{Failure, How, Step},
    sent::{Conversation, Sent},
    server::Open,
};

/// Why an answer stopped short.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut, as the script says or because the server stops")]
pub(crate) struct Cut;

/// An answer that is being given.
pub(crate) struct Telling {
    beats: Beats,
    due: Instant,
    sent: Arc<Sent>,
    /// Whose words are recorded, and the place of the text that is being said.
    whose: Option<Conversation>,
    place: Option<usize>,
    closing: watch::Receiver<bool>,
    _open: Open,
}

impl Telling {
    pub(crate) fn new(
        beats: Beats,
        sent: Arc<Sent>,
        whose: Option<Conversation>,
        closing: watch::Receiver<bool>,
        open: Open,
    ) -> Self {
        Self { beats, due: Instant::now(), sent, whose, place: None, closing, _open: open }
    }

    /// Waits for the next event. Waits add up from the start, so a rate is kept on average.
    async fn next(&mut self) -> Option<Result<Value, Cut>> {
        loop {
            if *self.closing.borrow() {
                return Some(Err(Cut));
            }
            match self.beats.next()? {
                Beat::Event(event) => {
                    self.record(&event);
                    return Some(Ok(event));
                }
                Beat::Break => return Some(Err(Cut)),
                Beat::Wait(time) => {
                    self.due += time;
                    tokio::select! {
                        () = tokio::time::sleep_until(self.due) => {}
                        _ = self.closing.wait_for(|closing| *closing) => return Some(Err(Cut)),
                    }
                }
            }
        }
    }

    fn record(&mut self, event: &Value) {
        let Some(whose) = &self.whose else { return };
        let is = |kind| event["type"] == kind;
        if is("content_block_start") && event["content_block"]["type"] == "text" {
            self.place = self.sent.begin(whose);
        }
        let Some(place) = self.place else { return };
        if let Some(piece) = event["delta"]["text"].as_str() {
            self.sent.add(whose, place, piece);
        }
        if is("content_block_stop") {
            self.sent.end(whose, place);
            self.place = None;
        }
    }

    /// The answer as server-sent events.
    pub(crate) fn stream(self) -> Response {
        let events = stream::unfold(self, async |mut telling| {
            let event = telling.next().await?.and_then(|event| {
                let name = event["type"].as_str().unwrap_or_default();
                Event::default().event(name).json_data(&event).map_err(|_| Cut)
            });
            Some((event, telling))
        });
        Sse::new(events).into_response()
    }

    /// The answer as one message, once all of it is said.
    pub(crate) async fn message(mut self) -> Response {
        let mut whole = Whole::default();
        while let Some(event) = self.next().await {
            match event {
                Ok(event) if event["type"] == "error" => {
                    return (StatusCode::INTERNAL_SERVER_ERROR, Json(event)).into_response();
                }
                Ok(event) => whole.take(&event),
                Err(Cut) => {
                    let broken = stream::iter([Err::<String, _>(Cut)]);
                    return Body::from_stream(broken).into_response();
                }
            }
        }
        Json(whole.message).into_response()
    }
}

/// A message put together from its events.
#[derive(Default)]
struct Whole {
    message: Value,
    blocks: Vec<Value>,
    input: String,
}

impl Whole {
    fn take(&mut self, event: &Value) {
        let delta = &event["delta"];
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => self.message = event["message"].clone(),
            "content_block_start" => self.blocks.push(event["content_block"].clone()),
            "content_block_delta" => {
                self.input.push_str(delta["partial_json"].as_str().unwrap_or_default());
                let Some(block) = self.blocks.last_mut() else { return };
                for field in ["text", "thinking", "signature"] {
                    if let (Some(piece), Some(Value::String(text))) =
                        (delta[field].as_str(), block.get_mut(field))
                    {
                        text.push_str(piece);
                    }
                }
            }
            "content_block_stop" => {
                let input = serde_json::from_str(&std::mem::take(&mut self.input));
                if let (Some(block), Ok(input)) = (self.blocks.last_mut(), input) {
                    block["input"] = input;
                }
            }
            "message_delta" => {
                self.message["stop_reason"] = delta["stop_reason"].clone();
                self.message["usage"]["output_tokens"] = event["usage"]["output_tokens"].clone();
            }
            _ => self.message["content"] = json!(self.blocks),
        }
    }
}

/// The HTTP error that an attempt begins with, after its pauses, if it does.
pub(crate) async fn error_at_once(steps: &[Step]) -> Option<Response> {
    let pauses: Vec<Duration> = steps
        .iter()
        .map_while(|step| match step {
            Step::Pause(pause) => Some(*pause),
            _ => None,
        })
        .collect();
    let Some(Step::Fail(Failure { how: How::Http { status, kind, message, headers }, .. })) =
        steps.get(pauses.len())
    else {
        return None;
    };
    tokio::time::sleep(pauses.iter().sum()).await;
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(error_body(kind, message))).into_response();
    add_headers(&mut response, headers);
    Some(response)
}

/// Adds headers that are not there yet; `+N` becomes the Unix time N seconds from now.
pub(crate) fn add_headers(response: &mut Response, headers: &[(String, String)]) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    for (name, value) in headers {
        let later = value.strip_prefix('+').and_then(|seconds| seconds.parse::<u64>().ok());
        let value = later.map_or_else(|| value.clone(), |seconds| (now + seconds).to_string());
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value))
        {
            response.headers_mut().entry(name).or_insert(value);
        }
    }
}

/// The answer to what cannot be answered from a script.
pub(crate) fn refusal(status: StatusCode, kind: &str, why: &impl ToString) -> Response {
    (status, Json(error_body(kind, &why.to_string()))).into_response()
}
