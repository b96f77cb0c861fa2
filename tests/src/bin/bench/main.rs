//! `cargo xtask bench [NAME…]`: what Bosk costs, each time beside a baseline that is measured in the
//! same run, in turns with it. Figures are medians; the table goes to standard error, one JSON object
//! to standard output. Not here: what is measured, one file for each benchmark.
//!
//! Started as the Claude CLI is (`BOSK_CLAUDE`), this program stands in for it: see [`stand_in`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program that cannot go on says so and fails"
)]

mod answer;
mod corpus;
mod cost;
#[path = "../../../tests/e2e/desk.rs"]
#[expect(dead_code, reason = "shared with the end-to-end tests")]
mod desk;
mod idle;
mod journal;
mod latency;
mod launch;
mod long;
mod queue;
mod report;
mod review;
mod room;
mod spent;
mod stand_in;
mod start;
mod usage;
#[path = "../../../tests/e2e/webdriver.rs"]
mod webdriver;
#[path = "../../../tests/e2e/window.rs"]
#[expect(dead_code, reason = "shared with the end-to-end tests")]
mod window;
mod worktree;

use report::Row;
use serde_json::json;

/// The benchmarks, in the order in which they run.
const ALL: [&str; 13] = [
    "launch", "journal", "latency", "long", "idle", "start", "usage", "monitor", "queue", "spent",
    "answer", "review", "worktree",
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--version" || arg == "--print") {
        return stand_in::serve(&args);
    }
    if let [role, file, bytes] = args.as_slice()
        && role == stand_in::FEED
    {
        return stand_in::feed(file, bytes.parse().unwrap());
    }
    if let [role, what, rest @ ..] = args.as_slice()
        && role == stand_in::TOOL
    {
        return stand_in::tool(what, rest);
    }
    if let Some(unknown) = args.iter().find(|arg| !ALL.contains(&arg.as_str())) {
        panic!("there is no benchmark `{unknown}`; there are: {}", ALL.join(", "));
    }
    let mut rows: Vec<Row> = Vec::new();
    for name in ALL.into_iter().filter(|name| args.is_empty() || args.iter().any(|arg| arg == name))
    {
        eprintln!("{name} …");
        let more = match name {
            "answer" => answer::measure().await,
            "launch" => launch::measure().await,
            "journal" => journal::measure().await,
            "latency" => latency::measure().await,
            "long" => long::measure().await,
            "idle" => idle::measure().await,
            "start" => start::measure().await,
            "usage" => usage::measure().await,
            "monitor" => usage::monitor().await,
            "queue" => queue::measure().await,
            "review" => review::measure().await,
            "spent" => spent::measure().await,
            "worktree" => worktree::measure().await,
            other => panic!("{other}"),
        };
        more.iter().for_each(|row| eprintln!("  {row}"));
        rows.extend(more);
    }
    println!("{}", json!({ "results": rows }));
}
