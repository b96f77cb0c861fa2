//! The server as any HTTP client sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use bosk_rehearsal::{Scripts, Server, serve};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

/// Sends a request and reads until the server ends the connection; returns head and body.
async fn ask(url: &str, line: &str, session: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let request = format!(
        "{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-claude-code-session-id: {session}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn message(prompt: &str, stream: bool) -> String {
    json!({"model": "m", "max_tokens": 99, "stream": stream, "tools": [{"name": "Bash"}],
           "messages": [{"role": "user", "content": prompt}]})
    .to_string()
}

const POST: &str = "POST /v1/messages?beta=true";

#[tokio::test]
async fn the_stream_has_the_public_form() {
    let server = Server::start(Scripts::builtin().unpaced()).await.unwrap();
    let (head, body) = ask(server.url(), POST, "s", &message("hello", true)).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    assert!(head.contains("anthropic-ratelimit-unified-5h-status: allowed"), "{head}");
    let events: Vec<_> = body.split("event: ").skip(1).collect();
    assert!(events.len() > 5);
    for event in events {
        let (name, data) = event.split_once("\ndata: ").unwrap();
        let data = data.split('\n').next().unwrap();
        assert_eq!(serde_json::from_str::<Value>(data).unwrap()["type"], name);
    }
}

#[tokio::test]
async fn without_a_stream_the_answer_is_one_message() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let prompt = "@think hm\n@text a\n@text b\n@tool Bash {\"command\":\"x\"}";
    let (_, body) = ask(server.url(), POST, "s", &message(prompt, false)).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    let kinds: Vec<_> = body["content"].as_array().unwrap().iter().map(|b| &b["type"]).collect();
    assert_eq!(kinds, ["thinking", "text", "tool_use"]);
    assert_eq!(body["content"][1]["text"], "ab");
    assert_eq!(body["content"][2]["input"], json!({"command": "x"}));
    assert_eq!(body["stop_reason"], "tool_use");
}

#[tokio::test]
async fn side_requests_are_answered_and_say_nothing_in_the_record() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let (head, _) = ask(server.url(), "HEAD /api/hello", "s", "").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let (head, _) = ask(server.url(), "GET /anything", "s", "").await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let (_, body) = ask(server.url(), "POST /v1/messages/count_tokens", "s", "{\"a\":12}").await;
    assert_eq!(body, r#"{"input_tokens":2}"#);
    let (head, _) = ask(server.url(), POST, "s", "not json").await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    let (head, body) = ask(server.url(), POST, "s", &message("@pause soon", true)).await;
    assert!(head.starts_with("HTTP/1.1 400") && body.contains("`soon` is not a number"), "{body}");
    let probe =
        json!({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "quota"}]});
    let (_, body) = ask(server.url(), POST, "s", &probe.to_string()).await;
    assert!(body.contains(r#""text":"OK""#), "{body}");
    assert!(server.sent().is_empty());
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn forty_conversations_at_once_do_not_mix() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut asking = JoinSet::new();
    for number in 0..40 {
        let url = server.url().to_owned();
        asking.spawn(async move {
            let (session, prompt) =
                (format!("s{number}"), format!("@error 529\n@deltas 400 1 w{number}-"));
            let (head, _) = ask(&url, POST, &session, &message(&prompt, true)).await;
            assert!(head.starts_with("HTTP/1.1 529"), "{head}");
            ask(&url, POST, &session, &message(&prompt, true)).await;
        });
    }
    asking.join_all().await;
    let sent = server.sent();
    assert_eq!(sent.len(), 40);
    for (whose, said) in sent {
        let number = whose.session.strip_prefix('s').unwrap();
        let wanted: String = (1..=400).map(|at| format!("w{number}-{at} ")).collect();
        assert!(said.len() == 1 && said[0].whole && said[0].text == wanted, "{whose:?}");
    }
}

#[tokio::test]
async fn stopping_cuts_what_is_open() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let url = server.url().to_owned();
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let body = message("@deltas 100 3600 w", true);
    let head = format!("{POST} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    stream.read_u8().await.unwrap();
    let begun = Instant::now();
    server.stop().await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(!String::from_utf8(rest).unwrap().contains("message_stop"));
    assert!(TcpStream::connect(url.strip_prefix("http://").unwrap()).await.is_err());
}

#[tokio::test]
async fn a_server_of_its_own_ends_when_told_or_when_nobody_asks() {
    let idle = Duration::from_millis(300);
    let listen = async || TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let told = serve(listen().await, Scripts::builtin(), async {}, Duration::from_secs(3600));
    timeout(Duration::from_secs(5), told).await.expect("it goes on").unwrap();

    let listener = listen().await;
    let url = format!("http://{}", listener.local_addr().unwrap());
    let begun = Instant::now();
    let serving = tokio::spawn(serve(listener, Scripts::builtin(), std::future::pending(), idle));
    // An answer that takes longer than the idle time is no idle time.
    let (_, body) = ask(&url, POST, "s", &message("@deltas 20 1 w", true)).await;
    assert!(body.contains("w20 "), "{body}");
    let (_, sent) = ask(&url, "GET /rehearsal/sent", "s", "").await;
    let sent: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(sent["conversations"][0]["session"], "s");
    assert_eq!(sent["conversations"][0]["said"][0]["whole"], true);
    timeout(Duration::from_secs(5), serving).await.expect("it goes on").unwrap().unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1) + idle);
}
