//! As much of the W3C WebDriver protocol as these tests speak: one JSON call a connection. Not one of
//! the client libraries: thirtyfour would change the order of every JSON map in the workspace, and
//! fantoccini the features of libraries that Tauri is built on. Not here: starting the driver.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

/// The name under which an element's id travels. (W3C WebDriver, 12.)
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What the driver refused to do.
pub(crate) struct Refused {
    /// The protocol's word for it, such as `stale element reference`.
    error: String,
    /// The driver's own words.
    message: String,
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.message)
    }
}

/// A window of a session with a driver on this machine.
#[derive(Debug)]
pub(crate) struct WebDriver {
    port: u16,
    session: String,
    /// The window; the one that the session began with until it is known.
    handle: OnceLock<String>,
    /// The window that the driver acts in, for all who share the session.
    current: Arc<Mutex<Option<String>>>,
    /// The windows that somebody has already.
    known: Arc<Mutex<BTreeSet<String>>>,
}

/// An element of the page, as the driver names it.
#[derive(Debug)]
pub(crate) struct Element(String);

impl WebDriver {
    /// Begins a session.
    ///
    /// # Errors
    /// The driver could not start the application.
    pub(crate) async fn begin(port: u16, capabilities: Value) -> Result<Self, Refused> {
        let wanted = json!({"capabilities": {"alwaysMatch": capabilities}});
        let answer = call(port, Method::POST, "/session", &wanted).await?;
        let session = answer["sessionId"].as_str().unwrap().to_owned();
        let (current, known) = (Arc::default(), Arc::default());
        Ok(Self { port, session, handle: OnceLock::new(), current, known })
    }

    /// The next window that nobody has yet: it is waited for.
    pub(crate) async fn other(&self) -> Result<Self, Refused> {
        if self.handle.get().is_none() {
            let own = self.ask(Method::GET, "/window", &Value::Null).await?;
            let own = own.as_str().unwrap().to_owned();
            self.known.lock().await.insert(own.clone());
            *self.current.lock().await = Some(own.clone());
            let _ = self.handle.set(own);
        }
        loop {
            let all = self.ask(Method::GET, "/window/handles", &Value::Null).await?;
            let mut known = self.known.lock().await;
            let all = all.as_array().unwrap().iter().filter_map(Value::as_str);
            let new = all.map(str::to_owned).find(|one| !known.contains(one));
            if let Some(handle) = new {
                known.insert(handle.clone());
                let (current, known) = (Arc::clone(&self.current), Arc::clone(&self.known));
                let session = self.session.clone();
                return Ok(Self {
                    port: self.port,
                    session,
                    handle: handle.into(),
                    current,
                    known,
                });
            }
            // The driver tells nobody; it can only be asked.
            drop(known);
            tokio::task::yield_now().await;
        }
    }

    /// Whether a driver answers at that port.
    pub(crate) async fn answers(port: u16) -> bool {
        TcpStream::connect(("127.0.0.1", port)).await.is_ok()
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Value, Refused> {
        let Some(handle) = self.handle.get() else { return self.tell(method, path, body).await };
        // Held until the answer is there: the driver acts in one window at a time.
        let mut current = self.current.lock().await;
        if current.as_ref() != Some(handle) {
            self.tell(Method::POST, "/window", &json!({"handle": handle})).await?;
            *current = Some(handle.clone());
        }
        self.tell(method, path, body).await
    }

    async fn tell(&self, method: Method, path: &str, body: &Value) -> Result<Value, Refused> {
        call(self.port, method, &format!("/session/{}{path}", self.session), body).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.ask(Method::POST, path, body).await
    }

    /// The first element that a CSS selector finds, or else an XPath.
    pub(crate) async fn find(&self, selector: &str) -> Result<Element, Refused> {
        let using = if selector.starts_with('/') { "xpath" } else { "css selector" };
        let found = self.post("/element", &json!({"using": using, "value": selector})).await?;
        Ok(Element(found[ELEMENT].as_str().unwrap().to_owned()))
    }

    pub(crate) async fn click(&self, element: &Element) -> Result<(), Refused> {
        self.post(&format!("/element/{}/click", element.0), &json!({})).await.map(drop)
    }

    /// Types into an element, as from a keyboard. A line break is Shift and Enter, since Enter alone
    /// may send what was written.
    pub(crate) async fn type_into(&self, element: &Element, text: &str) -> Result<(), Refused> {
        // W3C WebDriver, 17.4.2: E008 is Shift, pressed and then released; E007 is Enter.
        let body = json!({"text": text.replace('\n', "\u{e008}\u{e007}\u{e008}")});
        self.post(&format!("/element/{}/value", element.0), &body).await.map(drop)
    }

    /// Takes out what stands in a field.
    pub(crate) async fn clear(&self, element: &Element) -> Result<(), Refused> {
        self.post(&format!("/element/{}/clear", element.0), &json!({})).await.map(drop)
    }

    /// Runs a function's body in the page; what it returns.
    pub(crate) async fn run(&self, script: &str) -> Result<Value, Refused> {
        self.post("/execute/sync", &json!({"script": script, "args": []})).await
    }

    /// Runs a function's body in the page; what it gives to its last argument.
    pub(crate) async fn run_until_done(&self, script: &str) -> Result<Value, Refused> {
        self.post("/execute/async", &json!({"script": script, "args": []})).await
    }

    /// A picture of the page: a PNG in base 64.
    pub(crate) async fn screenshot(&self) -> Result<String, Refused> {
        let picture = self.ask(Method::GET, "/screenshot", &Value::Null).await?;
        Ok(picture.as_str().unwrap().to_owned())
    }

    /// Closes the window, as its close button would.
    pub(crate) async fn close(&self) -> Result<(), Refused> {
        let closed = self.ask(Method::DELETE, "/window", &Value::Null).await.map(drop);
        *self.current.lock().await = None;
        closed
    }
}

async fn call(port: u16, method: Method, path: &str, body: &Value) -> Result<Value, Refused> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the driver has ended");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", format!("127.0.0.1:{port}"))
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(text)))
        .unwrap();
    let response = sender.send_request(request).await.expect("the driver ended meanwhile");
    let ok = response.status().is_success();
    let bytes = response.into_body().collect().await.expect("half an answer").to_bytes();
    connection.abort();
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    let value = answer["value"].clone();
    if ok {
        return Ok(value);
    }
    let word = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Err(Refused { error: word("error"), message: word("message") })
}
