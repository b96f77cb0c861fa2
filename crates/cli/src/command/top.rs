//! `bosk top`: what sessions use, once a second, until it is interrupted.

use std::io::IsTerminal as _;
use std::time::Duration;

use bosk_core::SessionId;
use bosk_core::session::SessionSummary;
use bosk_core::usage::{MemoryKind, Usage};
use bosk_core::wire::Call;
use bosk_runtime::catalog;
use bosk_runtime::client::Connection;
use bosk_runtime::home::Home;
use serde_json::json;

use super::table::{self, Column};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, columns, paint, print, print_json};
use crate::words::{bytes, doing, glyph, word};

/// How it is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Measure so many times, then end
    #[arg(long, value_name = "N")]
    times: Option<u32>,
    /// Print a JSON array each second
    #[arg(long)]
    json: bool,
}

const COLUMNS: [Column; 10] = [
    Column { title: "STATE", flexible: false, right: false },
    Column { title: "ID", flexible: false, right: false },
    Column { title: "TITLE", flexible: true, right: false },
    Column { title: "CPU", flexible: false, right: true },
    Column { title: "MEMORY", flexible: false, right: true },
    Column { title: "PROC", flexible: false, right: true },
    Column { title: "THR", flexible: false, right: true },
    Column { title: "FILES", flexible: false, right: true },
    Column { title: "DISK R/W", flexible: false, right: true },
    Column { title: "DOING", flexible: true, right: false },
];

/// One that runs.
struct Live {
    summary: SessionSummary,
    connection: Connection,
    usage: Option<Usage>,
}

/// Shows.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let mut live: Vec<Live> = Vec::new();
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    let terminal = std::io::stdout().is_terminal();
    let mut shown = 0;
    // The first second only finds them: a share of a CPU needs two measurements.
    for round in 0_u64.. {
        tick.tick().await;
        find(home, &mut live).await?;
        listen(&mut live).await;
        if round < 2 {
            continue;
        }
        let text = if arguments.json { json_of(&live)? } else { table_of(&live) };
        if terminal && !arguments.json {
            // Cleared from the top, so that it stands still.
            print("\u{1b}[H\u{1b}[2J")?;
        }
        print(&text)?;
        shown += 1;
        if arguments.times.is_some_and(|times| shown >= times) {
            break;
        }
    }
    Ok(Exit::Done)
}

/// Sessions that have come since last time; those whose keeper is gone are let go.
async fn find(home: &Home, live: &mut Vec<Live>) -> Result<(), Failure> {
    for summary in catalog::list(home).await?.into_iter().flatten() {
        let known = live.iter().any(|one| one.summary.id == summary.id);
        if known || summary.state.is_ended() {
            continue;
        }
        let watch = Call::Watch { partials: false, usage: true };
        if let Ok(connection) = Connection::open(home, &summary.id).await
            && connection.call(watch).await.is_ok()
        {
            live.push(Live { summary, connection, usage: None });
        }
    }
    Ok(())
}

/// Takes what they have said, without waiting for more.
async fn listen(live: &mut Vec<Live>) {
    let mut gone: Vec<SessionId> = Vec::new();
    for one in live.iter_mut() {
        while let Ok(news) = tokio::time::timeout(Duration::ZERO, one.connection.news()).await {
            let Some(news) = news else {
                gone.push(one.summary.id.clone());
                break;
            };
            one.usage = news.usage.map(|told| told.usage).or(one.usage);
            if let Some(status) = news.status {
                one.summary = status.summary;
            }
        }
    }
    live.retain(|one| !gone.contains(&one.summary.id));
}

fn json_of(live: &[Live]) -> Result<String, Failure> {
    let of = |one: &Live| json!({"id": one.summary.id, "usage": one.usage});
    print_json(&live.iter().map(of).collect())?;
    Ok(String::new())
}

fn table_of(live: &[Live]) -> String {
    if live.is_empty() {
        return "No session runs.\n".to_owned();
    }
    let rows: Vec<Vec<String>> = live.iter().map(row).collect();
    let painted = |at: Option<usize>, column: usize, text: &str| {
        let Some(at) = at else { return paint(DIM, text) };
        match (column, text.split_once(' ')) {
            (0, Some((shape, word))) => {
                format!("{} {word}", paint(glyph(live[at].summary.glance).1, shape))
            }
            (1, _) => paint(DIM, text),
            _ => text.to_owned(),
        }
    };
    let mut out = table::lines(&COLUMNS, &rows, columns(), painted).join("\n");
    let rss =
        live.iter().any(|one| one.usage.is_some_and(|usage| usage.memory_kind == MemoryKind::Rss));
    if rss {
        out.push_str("\nMemory that several processes share is counted once for each of them.");
    }
    out.push('\n');
    out
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "for reading")]
fn row(live: &Live) -> Vec<String> {
    let Live { summary, usage, .. } = live;
    let mut row = vec![
        format!("{} {}", glyph(summary.glance).0, word(summary.glance)),
        summary.id.short().to_owned(),
        one_line(&summary.title, 120),
    ];
    match usage {
        Some(usage) => row.extend([
            format!("{:.0} %", usage.cpu * 100.0),
            bytes(usage.memory),
            usage.processes.to_string(),
            usage.threads.to_string(),
            usage.files.to_string(),
            format!("{}/{}", bytes(usage.read_rate as u64), bytes(usage.write_rate as u64)),
        ]),
        None => row.extend(std::iter::repeat_n(String::new(), 6)),
    }
    row.push(doing(summary));
    row
}
