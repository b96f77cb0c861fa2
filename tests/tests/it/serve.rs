//! The interface for other programs: sessions over HTTP and WebSocket, and who is not let in.

use std::process::Stdio;

use bosk_tests::{PATIENCE, Sandbox};
use futures_util::StreamExt as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// `bosk serve`, until it is dropped.
struct Served {
    at: String,
    token: String,
    _process: Child,
}

fn bosk(sandbox: &Sandbox) -> Command {
    let mut command = Command::new(sandbox.value("BOSK_BIN"));
    command.env_clear().envs(sandbox.environment()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

impl Served {
    async fn begin(sandbox: &Sandbox) -> Self {
        let mut process = bosk(sandbox);
        process.args(["serve", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = process.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap();
        let at = first.unwrap().unwrap().strip_prefix("http://").unwrap().to_owned();
        let shown = bosk(sandbox).args(["serve", "--show-token"]).output().await.unwrap();
        let token = String::from_utf8(shown.stdout).unwrap().trim().to_owned();
        assert!(token.starts_with("bosk_") && token.len() > 60);
        Self { at, token, _process: process }
    }

    fn request(&self, method: &str, path: &str) -> hyper::http::request::Builder {
        let token = format!("Bearer {}", self.token);
        let request = Request::builder().method(method).uri(path).header("host", &self.at);
        request.header("authorization", token).header("content-type", "application/json")
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> (StatusCode, Value) {
        let stream = TcpStream::connect(&self.at).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let answer = tokio::time::timeout(PATIENCE, sender.send_request(request));
        let answer = answer.await.expect("no answer").unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        self.send(self.request(method, path).body(Full::new(bytes)).unwrap()).await
    }

    async fn execute(&self, sandbox: &Sandbox, prompt: &str) -> String {
        let body = json!({"prompt": prompt, "repository": sandbox.repository("shop")});
        let (status, answer) = self.call("POST", "/api/claude/execute", &body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        answer["task_id"].as_str().unwrap().to_owned()
    }

    /// All events of a task after `from`, up to one that is wanted.
    async fn events(
        &self,
        id: &str,
        from: Option<u64>,
        wanted: impl Fn(&Value) -> bool,
    ) -> Vec<Value> {
        let from = from.map(|from| format!("?from={from}")).unwrap_or_default();
        let url = format!("ws://{}/ws/claude/{id}{from}", self.at);
        let mut request = url.into_client_request().unwrap();
        let protocol = format!("bosk.bearer.{}", self.token).parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let stream = TcpStream::connect(&self.at).await.unwrap();
        let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        let mut events = Vec::new();
        let all = async {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else { continue };
                let event: Value = serde_json::from_str(&text).unwrap();
                let last = wanted(&event);
                events.push(event);
                if last {
                    break;
                }
            }
        };
        tokio::time::timeout(PATIENCE, all).await.expect("the event never came");
        let _ = socket.close(None).await;
        events
    }
}

fn is_idle(event: &Value) -> bool {
    event["type"] == "status" && event["status"]["glance"] == "done"
}

fn sequence(events: &[Value]) -> Vec<u64> {
    events.iter().filter_map(|event| event["seq"].as_u64()).collect()
}

#[tokio::test]
async fn a_task_is_run_watched_answered_told_more_and_ended() {
    let sandbox = Sandbox::new();
    let served = Served::begin(&sandbox).await;
    let id = served.execute(&sandbox, "Over the wire\n!ask\n!say Allowed.").await;
    let asks = |event: &Value| event["asks"][0]["request_id"].is_string();
    let events = served.events(&id, None, asks).await;
    let request = events.last().unwrap()["asks"][0]["request_id"].clone();
    let task = format!("/api/claude/tasks/{id}");
    let (status, shown) = served.call("GET", &task, &Value::Null).await;
    assert_eq!((status, &shown["glance"]), (StatusCode::OK, &json!("needs_you")), "{shown}");
    assert_eq!(shown["asks"][0]["request_id"], request);

    let answer = json!({"request_id": request, "answer": {"answer": "allow"}});
    let (status, said) = served.call("POST", &format!("{task}/answers"), &answer).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{said}");
    let seen = *sequence(&events).last().unwrap();
    let rest = served.events(&id, Some(seen), is_idle).await;
    let (again, _) = served.call("POST", &format!("{task}/answers"), &answer).await;
    assert_eq!(again, StatusCode::CONFLICT, "it was answered");
    let all: Vec<u64> = sequence(&events).into_iter().chain(sequence(&rest)).collect();
    let first = all[0];
    let whole: Vec<u64> = (first..).take(all.len()).collect();
    assert_eq!(all, whole, "nothing twice, and nothing missing");
    let says = |events: &[Value]| {
        events.iter().any(|event| event["data"]["message"]["content"][0]["text"] == "Allowed.")
    };
    assert!(says(&rest) && !says(&events));

    let more = json!({"text": "!say And more."});
    let (status, _) = served.call("POST", &format!("{task}/messages"), &more).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let more = |event: &Value| event["data"]["message"]["content"][0]["text"] == "And more.";
    served.events(&id, all.last().copied(), more).await;
    let (status, _) = served.call("DELETE", &task, &Value::Null).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let ended = |event: &Value| event["type"] == "end";
    let last = served.events(&id, None, ended).await;
    assert_eq!(sequence(&last)[..all.len()], all, "the whole of it once more");
    let (_, listed) = served.call("GET", "/api/claude/tasks", &Value::Null).await;
    assert_eq!(listed[0]["task_id"], json!(id));
    assert_eq!(listed[0]["state"], "ended");
}

#[tokio::test]
async fn whoever_has_no_token_or_means_another_machine_is_not_let_in() {
    let sandbox = Sandbox::new();
    let served = Served::begin(&sandbox).await;
    let get = |served: &Served| served.request("GET", "/api/claude/tasks");
    let empty = || Full::new(Bytes::new());
    let (status, _) = served.send(get(&served).body(empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    for (name, value, wanted) in [
        ("authorization", "Bearer wrong", StatusCode::UNAUTHORIZED),
        ("authorization", "", StatusCode::UNAUTHORIZED),
        ("host", "evil.example", StatusCode::FORBIDDEN),
        ("origin", "http://evil.example", StatusCode::FORBIDDEN),
    ] {
        let mut request = get(&served).body(empty()).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        let (status, said) = served.send(request).await;
        assert_eq!(status, wanted, "{name}: {value}");
        assert!(said["message"].is_string() && !said.to_string().contains(&served.token));
    }
    let strange = format!("/api/claude/tasks?token={}", served.token);
    let mut request = served.request("GET", &strange).body(empty()).unwrap();
    request.headers_mut().remove("authorization");
    assert_eq!(served.send(request).await.0, StatusCode::UNAUTHORIZED, "never in an address");

    let url = format!("ws://{}/ws/claude/x", served.at);
    let stream = TcpStream::connect(&served.at).await.unwrap();
    let refused = tokio_tungstenite::client_async(url, stream).await;
    assert!(refused.is_err(), "nor without a token by WebSocket");
    // Who is shown a new one has no use for the old.
    let new = bosk(&sandbox).args(["serve", "--new-token", "--show-token"]).output().await.unwrap();
    let new = String::from_utf8(new.stdout).unwrap();
    assert_ne!(new.trim(), served.token);
}

#[tokio::test]
async fn bad_requests_are_told_what_is_wrong_and_many_sockets_hold_up_nobody() {
    let sandbox = Sandbox::new();
    let served = Served::begin(&sandbox).await;
    let shop = sandbox.repository("shop");
    for (body, wanted) in [
        (json!({"prompt": "x"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"prompt": " ", "repository": shop}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"prompt": "x", "repository": "/nowhere"}), StatusCode::NOT_FOUND),
        (json!({"prompt": "x", "repository": shop, "colour": 1}), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({"prompt": "x", "repository": shop, "effort": "?"}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let (status, said) = served.call("POST", "/api/claude/execute", &body).await;
        assert_eq!(status, wanted, "{body}: {said}");
        assert!(said["message"].as_str().is_some_and(|text| !text.is_empty()), "{said}");
    }
    let none = format!("/api/claude/tasks/{}", uuid::Uuid::new_v4());
    for path in [none.as_str(), "/api/claude/tasks/x%2F..%2Fy", "/api/claude/nothing"] {
        let (status, said) = served.call("GET", path, &Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {said}");
    }
    let (status, _) = served.call("PUT", "/api/claude/tasks", &Value::Null).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    let large = json!({"prompt": "x".repeat(17 << 20), "repository": shop});
    let (status, _) = served.call("POST", "/api/claude/execute", &large).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);

    // A thousand of them, half of which have begun a request and say no more.
    let mut sockets = Vec::new();
    for number in 0..1000 {
        let mut socket = TcpStream::connect(&served.at).await.unwrap();
        if number % 2 == 0 {
            socket.write_all(b"GET /api/claude/tasks HTTP/1.1\r\nHost: ").await.unwrap();
        }
        sockets.push(socket);
    }
    let (status, listed) = served.call("GET", "/api/claude/tasks", &Value::Null).await;
    assert_eq!((status, listed), (StatusCode::OK, json!([])), "nothing was added");
    let mut last = sockets.pop().unwrap();
    last.write_all(b"\0\0\r\n\r\n").await.unwrap();
    let mut said = Vec::new();
    let read = tokio::time::timeout(PATIENCE, last.read_to_end(&mut said)).await.unwrap();
    assert!(
        read.is_ok() && said.starts_with(b"HTTP/1.1 400"),
        "{}",
        String::from_utf8_lossy(&said)
    );
}
