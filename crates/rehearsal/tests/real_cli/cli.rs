//! One real CLI process with a home and a work folder of its own.

use std::{path::PathBuf, process::Stdio, time::Duration};

use bosk_rehearsal::{Server, environment};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// How long a whole turn may take before the test fails: far more than any of them needs.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Cli {
    pub(crate) folder: tempfile::TempDir,
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

/// What the CLI printed from a message to its `result`.
pub(crate) struct Turn {
    pub(crate) result: Value,
    pub(crate) lines: Vec<Value>,
    /// What was asked of the person.
    pub(crate) asked: Vec<Value>,
}

impl Cli {
    pub(crate) fn start(server: &Server, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        Self::start_in(folder, server, arguments)
    }

    pub(crate) fn start_in(folder: tempfile::TempDir, server: &Server, arguments: &[&str]) -> Self {
        let claude =
            std::env::var_os("BOSK_CLAUDE").map(PathBuf::from).filter(|path| path.exists());
        let claude = claude.expect(
            "BOSK_CLAUDE must name the Claude CLI; `cargo xtask test` fetches one and sets it",
        );
        let mut child = Command::new(claude)
            .args(["-p", "--verbose", "--include-partial-messages", "--replay-user-messages"])
            .args(["--input-format", "stream-json", "--output-format", "stream-json"])
            .args(["--permission-prompt-tool", "stdio", "--forward-subagent-text"])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .env("CLAUDE_CONFIG_DIR", folder.path().join("config"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(environment(server.url(), "made-up"))
            .current_dir(folder.path().join("work"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { folder, child, input, output }
    }

    pub(crate) fn work(&self, path: &str) -> PathBuf {
        self.folder.path().join("work").join(path)
    }

    async fn send(&mut self, message: Value) {
        self.input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    /// Sends a message and answers what is asked until the turn's result. `allow` decides: it gets
    /// the request and returns the input to go on with, or nothing to deny.
    pub(crate) async fn turn(
        &mut self,
        text: &str,
        allow: impl Fn(&Value) -> Option<Value>,
    ) -> Turn {
        self.send(json!({"type": "user", "message": {"role": "user", "content": text},
                         "parent_tool_use_id": null, "session_id": ""}))
            .await;
        let mut turn = Turn { result: Value::Null, lines: Vec::new(), asked: Vec::new() };
        while turn.result.is_null() {
            let line = timeout(PATIENCE, self.output.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("the CLI hangs after {:#?}", turn.lines));
            let line: Value = serde_json::from_str(&line.unwrap().unwrap()).unwrap();
            if line["type"] == "control_request" {
                let request = &line["request"];
                let answer = match allow(request) {
                    Some(input) => json!({"behavior": "allow", "updatedInput": input}),
                    None => json!({"behavior": "deny", "message": "no"}),
                };
                self.send(json!({"type": "control_response", "response": {
                    "subtype": "success", "request_id": line["request_id"], "response": answer}}))
                    .await;
                turn.asked.push(request.clone());
            }
            if line["type"] == "result" {
                turn.result = line.clone();
            }
            turn.lines.push(line);
        }
        turn
    }

    /// Closes its input and waits until it has ended; returns its folder for another start.
    pub(crate) async fn end(self) -> tempfile::TempDir {
        let Self { folder, mut child, input, .. } = self;
        drop(input);
        timeout(PATIENCE, child.wait()).await.expect("the CLI does not end").unwrap();
        folder
    }
}

impl Turn {
    /// Blocks of that type in the finished messages of that role, the main conversation's or all.
    fn blocks(&self, role: &str, kind: &str, main_only: bool) -> Vec<&Value> {
        let lines = self.lines.iter().filter(|line| line["type"] == role);
        let lines = lines.filter(|line| !main_only || line["parent_tool_use_id"].is_null());
        let blocks = lines.filter_map(|line| line["message"]["content"].as_array()).flatten();
        blocks.filter(|block| block["type"] == kind).collect()
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        let blocks = self.blocks("assistant", "text", true);
        blocks.into_iter().filter_map(|block| block["text"].as_str()).collect()
    }

    pub(crate) fn all_texts(&self) -> Vec<&str> {
        let blocks = self.blocks("assistant", "text", false);
        blocks.into_iter().filter_map(|block| block["text"].as_str()).collect()
    }

    pub(crate) fn tool_results(&self) -> Vec<String> {
        let blocks = self.blocks("user", "tool_result", true);
        blocks.into_iter().map(|block| block["content"].to_string()).collect()
    }

    pub(crate) fn count(&self, kind: &str, subtype: &str) -> usize {
        let same = |line: &&Value| line["type"] == kind && line["subtype"] == subtype;
        self.lines.iter().filter(same).count()
    }
}
