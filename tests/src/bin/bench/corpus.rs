//! Real messages of the real CLI: recorded in a rehearsal, then repeated as often as is wanted.

use std::path::{Path, PathBuf};

use bosk_core::launch::PermissionMode;
use bosk_tests::{Sandbox, records, spec};
use serde_json::json;

/// What is left of a session's output when it has been read: requests are answered once a session,
/// and stream events are not kept.
const KEPT: [&str; 4] = ["assistant", "user", "system", "result"];

/// Records a session of three turns and writes its messages into a file of the sandbox.
pub(crate) async fn record(sandbox: &Sandbox) -> PathBuf {
    let repository = sandbox.repository("recorded");
    write_files(sandbox, &repository);
    let mut spec = spec(&repository, &reading());
    spec.permission_mode = PermissionMode::AcceptEdits;
    spec.allowed_tools = ["Bash", "Read", "Edit", "Write"].map(str::to_owned).to_vec();
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("done", |status| status.summary.turns > 0 && status.queue.is_empty()).await;
    watched.turn(&editing()).await;
    watched.turn(&running()).await;
    drop(watched);
    session.stop().await;
    let mut lines = Vec::new();
    for record in records::journal(&session.folder()) {
        let value = record.json();
        if value["type"].as_str().is_some_and(|kind| KEPT.contains(&kind)) {
            lines.extend_from_slice(&record.payload);
            lines.push(b'\n');
        }
    }
    let file = sandbox.path("corpus.jsonl");
    std::fs::write(&file, lines).unwrap();
    file
}

fn write_files(sandbox: &Sandbox, repository: &Path) {
    for file in 0..6 {
        let function = |number: usize| {
            format!(
                "/// Adds {number} to what it is given, and says so.\n\
                 pub fn add_{number}(value: u64) -> u64 {{\n    \
                     tracing::debug!(value, \"adding {number}\");\n    value + {number}\n}}\n\n"
            )
        };
        let text: String = (0..20 + 20 * file).map(function).collect();
        std::fs::write(repository.join(format!("part{file}.rs")), text).unwrap();
    }
    sandbox.git(repository, ["add", "."]);
    sandbox.git(repository, ["commit", "--quiet", "--message", "parts"]);
}

fn tool(name: &str, input: &serde_json::Value) -> String {
    format!("@tool {name} {input}\n")
}

fn reading() -> String {
    let read = |file: u32| {
        let path = format!("{{cwd}}/part{file}.rs");
        let said = format!("@text Let me look at part {file}, which `add_{file}` is defined in.\n");
        said + &tool("Read", &json!({"file_path": path}))
    };
    (0..6).map(read).collect::<String>()
        + "@text I have **read** everything:\\n\\n- six files\\n- no test\n"
}

fn editing() -> String {
    let edit = |file: u32| {
        let input = json!({"file_path": format!("{{cwd}}/part{file}.rs"),
            "old_string": "value + 3\n}", "new_string": "value.saturating_add(3)\n}"});
        let said = "@think Saturating is safer here, since callers pass what they have read.\n";
        format!("{said}@text Now part {file}.\n") + &tool("Edit", &input)
    };
    (0..6).map(edit).collect::<String>() + "@text Every sum of three is **saturating** now.\n"
}

fn running() -> String {
    let commands = ["ls -la", "cat part2.rs", "git diff", "grep -n pub part5.rs", "git log --stat"];
    let run = |command: &str| {
        let input = json!({"command": command, "description": "Look at what is there"});
        format!("@text I run `{command}`.\n") + &tool("Bash", &input)
    };
    commands.map(run).concat() + "@text All is well.\n"
}
