//! The real window, driven: open, wait for what it shows, click, type, look. Waiting happens in the
//! page, where a change can be awaited; nothing here sleeps. Not here: what is tested.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bosk_runtime::process::{ProcessIdentity, Signal};
use bosk_tests::{PATIENCE, processes};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::process::Child;

use super::desk::{Desk, artifacts};
use super::webdriver::{Element, Refused, WebDriver};

/// How long something that is there may take until it can be clicked.
const CLICKABLE: Duration = Duration::from_secs(10);

/// A window of the app. The app ends with its first window's value, as if by `kill -9`.
pub(crate) struct Window {
    driver: WebDriver,
    app: ProcessIdentity,
    /// The driver, with the first window.
    program: Option<Child>,
}

impl Window {
    /// Starts the app and waits until its window can be used.
    pub(crate) async fn open(desk: &Desk) -> Self {
        let app = std::env::var("BOSK_DESKTOP").expect("`cargo xtask e2e` sets BOSK_DESKTOP");
        let (program, port) = start_driver(desk).await;
        let options = json!({"webkitgtk:browserOptions": {"binary": &app, "args": []}});
        let begun = WebDriver::begin(port, options).await;
        let driver = begun.unwrap_or_else(|refused| panic!("the app does not start: {refused:?}"));
        let timeouts = json!({"script": 2 * PATIENCE.as_millis() as u64});
        driver.post("/timeouts", &timeouts).await.unwrap();
        let runs = |one: &ProcessIdentity| {
            std::fs::read_link(format!("/proc/{}/exe", one.pid))
                .is_ok_and(|exe| exe == Path::new(&app))
        };
        let app = desk.processes().into_iter().find(runs).expect("the app runs");
        let window = Self { driver, app, program: Some(program) };
        window.until("document.querySelector('[data-testid=launch-open]')").await;
        window
    }

    /// The next window that the app opens beside those that are known, once its page is there.
    pub(crate) async fn other(&self) -> Self {
        let found = tokio::time::timeout(PATIENCE, self.driver.other()).await;
        let driver = found.expect("no other window opens").unwrap();
        let window = Self { driver, app: self.app.clone(), program: None };
        window.until("document.readyState === 'complete' && document.querySelector('main')").await;
        window
    }

    /// Closes this window alone.
    pub(crate) async fn close_window(self) {
        self.driver.close().await.unwrap();
    }

    /// Waits until a JavaScript expression is truthy.
    ///
    /// # Panics
    /// It does not become so; the panic shows the page's text.
    pub(crate) async fn until(&self, expression: &str) {
        self.value_within::<Value>(expression, PATIENCE).await;
    }

    /// Waits until a JavaScript expression is truthy, and returns what it is then.
    pub(crate) async fn value<T: DeserializeOwned>(&self, expression: &str) -> T {
        self.value_within(expression, PATIENCE).await
    }

    /// The same with a limit of its own.
    pub(crate) async fn value_within<T: DeserializeOwned>(
        &self,
        expression: &str,
        limit: Duration,
    ) -> T {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const all = (name) => [...document.querySelectorAll(`[data-testid='${{name}}']`)];
             const one = (name) => all(name)[0];
             const holds = () => {{ try {{ return ({expression}); }} catch {{ return null; }} }};
             const plain = (value) => value instanceof Node ? true : value;
             let over;
             const look = () => {{
               const value = holds();
               if (!value) return;
               end({{ value: plain(value) }});
             }};
             const changes = new MutationObserver(look);
             const end = (answer) => {{
               changes.disconnect();
               document.removeEventListener('scroll', look, true);
               clearTimeout(over);
               done(answer);
             }};
             over = setTimeout(() => end({{ text: document.body.innerText }}), {});
             changes.observe(document, {{
               subtree: true, childList: true, attributes: true, characterData: true,
             }});
             document.addEventListener('scroll', look, true);
             look();",
            limit.as_millis()
        );
        let answer = self.driver.run_until_done(&script).await.unwrap();
        if let Some(text) = answer["text"].as_str() {
            self.screenshot("failed").await;
            panic!("never: {expression}\nin {limit:?}; the window shows:\n{text}");
        }
        serde_json::from_value(answer["value"].clone()).unwrap()
    }

    /// What a JavaScript expression is now.
    pub(crate) async fn read<T: DeserializeOwned>(&self, expression: &str) -> T {
        let script = format!(
            "const all = (name) => [...document.querySelectorAll(`[data-testid='${{name}}']`)];
             const one = (name) => all(name)[0];
             return ({expression});"
        );
        serde_json::from_value(self.driver.run(&script).await.unwrap()).unwrap()
    }

    /// Clicks what a selector finds, once it is there and can be clicked. A row may be drawn anew
    /// between being found and being clicked, and a page that has just opened is there before its
    /// window has its size; then it is looked for again.
    pub(crate) async fn click(&self, selector: &str) {
        let begun = Instant::now();
        loop {
            let element = self.element(selector).await;
            let Err(refused) = self.driver.click(&element).await else { return };
            if begun.elapsed() > CLICKABLE {
                self.screenshot("failed").await;
                panic!("{selector} cannot be clicked: {refused:?}");
            }
            self.at_rest().await;
        }
    }

    /// Types into what a selector finds, after what stands there.
    pub(crate) async fn write(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.driver.type_into(&element, text).await.unwrap();
    }

    async fn element(&self, selector: &str) -> Element {
        let quoted = Value::from(selector);
        let found = if selector.starts_with('/') {
            format!("document.evaluate({quoted}, document).iterateNext()")
        } else {
            format!("document.querySelector({quoted})")
        };
        // A row of a long list is there before it is measured and shown; an option is drawn by its list.
        let ready = "element && !element.disabled && (element.matches('option') ||
            element.checkVisibility({ visibilityProperty: true }))";
        self.until(&format!("((element) => {ready})({found})")).await;
        self.driver.find(selector).await.unwrap()
    }

    /// Empties a field and waits until the page knows.
    pub(crate) async fn clear(&self, selector: &str) {
        let element = self.element(selector).await;
        self.driver.clear(&element).await.unwrap();
    }

    /// Presses the Escape key.
    pub(crate) async fn press_escape(&self) {
        // W3C WebDriver, 17.4.2: E00C is Escape.
        self.press(&["\u{e00c}"]).await;
    }

    /// Presses a key, together with those before it: `["\u{e009}", "b"]` is Control and B.
    pub(crate) async fn press(&self, keys: &[&str]) {
        let key = |kind: &str, value: &str| json!({"type": kind, "value": value});
        let down = keys.iter().map(|one| key("keyDown", one));
        let actions: Vec<Value> =
            down.chain(keys.iter().rev().map(|one| key("keyUp", one))).collect();
        let keys = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.driver.post("/actions", &json!({"actions": [keys]})).await.unwrap();
    }

    /// Runs a function's body in the page.
    pub(crate) async fn run(&self, script: &str) {
        self.driver.run(script).await.unwrap();
    }

    /// Runs a function's body in the page, until it calls its last argument.
    pub(crate) async fn run_until_done(&self, script: &str) -> Value {
        self.driver.run_until_done(script).await.unwrap()
    }

    /// Chooses an option of a `select` whose label reads so.
    pub(crate) async fn choose(&self, label: &str, option: &str) {
        let of = format!("//*[@id=//label[normalize-space()='{label}']/@for]");
        self.click(&format!("{of}/option[normalize-space()='{option}']")).await;
    }

    /// Keeps a picture of the page as `artifacts/screenshots/<name>.png`, once what moves for a
    /// moment has come to rest.
    pub(crate) async fn screenshot(&self, name: &str) {
        self.at_rest().await;
        let folder = artifacts().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        // Without a GPU, WebKitGTK 2.50 takes the picture only when the page is painted next, which a
        // page at rest never is.
        let painting = "const style = document.documentElement.style;
            style.opacity = '0.9999';
            window.painting = setInterval(() => {
              style.opacity = style.opacity === '1' ? '0.9999' : '1';
            }, 20);";
        self.driver.run(painting).await.unwrap();
        let picture = self.driver.screenshot().await.unwrap();
        let rest = "clearInterval(window.painting); document.documentElement.style.opacity = '';";
        self.driver.run(rest).await.unwrap();
        let bytes = BASE64_STANDARD.decode(picture).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    async fn at_rest(&self) {
        let script = "const done = arguments[arguments.length - 1];
            const passing = document.getAnimations().filter(
              (one) => one.effect?.getComputedTiming().iterations !== Infinity);
            Promise.allSettled(passing.map((one) => one.finished))
              .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(null))));";
        self.driver.run_until_done(script).await.unwrap();
    }

    /// Keeps a picture, and lets axe-core look at the page.
    ///
    /// # Panics
    /// It finds something.
    pub(crate) async fn inspect(&self, name: &str) {
        self.screenshot(name).await;
        if !self.read::<bool>("Boolean(window.axe)").await {
            let path =
                concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");
            let axe = std::fs::read_to_string(path).expect("`npm ci` in ui/ brings axe-core");
            self.driver.run(&axe).await.unwrap();
        }
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(
              (found) => done(found.violations.map(({ id, help, nodes }) => ({
                id, help,
                nodes: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
              }))),
              (error) => done([{ id: 'axe', help: String(error), nodes: [] }]));";
        let found = self.driver.run_until_done(script).await.unwrap();
        let found = found.as_array().unwrap();
        assert!(found.is_empty(), "axe-core, {name}: {found:#?}");
    }

    /// Gives the window that size, in pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height});
        self.driver.post("/window/rect", &size).await.unwrap();
    }

    /// Closes the window as a person does, and waits until the app has ended.
    pub(crate) async fn quit(self) {
        let closed: Result<(), Refused> = self.driver.close().await;
        closed.unwrap();
        processes::ended(&self.app, PATIENCE).await;
    }

    /// `kill -9`.
    pub(crate) async fn kill(self) {
        self.app.signal(Signal::Kill).unwrap();
        processes::ended(&self.app, PATIENCE).await;
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if self.program.is_some() {
            // It may have ended by itself.
            let _ = self.app.signal(Signal::Kill);
        }
    }
}

/// The selector of a `data-testid`.
pub(crate) fn at(name: &str) -> String {
    format!("[data-testid='{name}']")
}

/// The selector of a button by its words.
pub(crate) fn button(words: &str) -> String {
    format!("//button[normalize-space()='{words}']")
}

async fn start_driver(desk: &Desk) -> (Child, u16) {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut command = desk.command("WebKitWebDriver");
    command.arg(format!("--port={port}"));
    command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
    let program = command.spawn().expect("WebKitWebDriver is not installed");
    // The driver says nothing when it is ready: it can only be asked.
    let asked = async {
        while !WebDriver::answers(port).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.expect("the driver does not answer");
    (program, port)
}
