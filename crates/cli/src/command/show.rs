//! `bosk show`: one session, with what waits for an answer.

use bosk_core::launch::{Backend, PermissionMode};
use bosk_core::session::{Ask, PrepareStep, SessionSummary, State};
use bosk_core::view::QueuedMessage;
use bosk_core::wire::Status;
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::client::{Connection, Standing, standing};
use bosk_runtime::home::Home;
use serde_json::json;

use super::run::field;
use crate::ask::describe;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, RED, paint, print, print_json};
use crate::words::{doing, glance, money, now, span, verdict};

/// What is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Print one JSON object: `session`, `asks`, `queue`
    #[arg(long)]
    json: bool,
}

/// Shows.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let mut kept = None;
    if standing(home, &id).await? == Standing::Kept
        && let Ok(connection) = Connection::open(home, &id).await
    {
        kept = connection.status().await.ok();
    }
    let (summary, asks, queue) = match kept {
        Some(Status { summary, asks, queue, .. }) => (summary, asks, queue),
        None => (catalog::summary(home, &Index::open(home), &id).await?, Vec::new(), Vec::new()),
    };
    if arguments.json {
        print_json(&json!({"session": summary, "asks": asks, "queue": queue}))?;
    } else {
        print(&shown(&summary, &asks, &queue))?;
    }
    Ok(Exit::Done)
}

fn shown(summary: &SessionSummary, asks: &[Ask], queue: &[QueuedMessage]) -> String {
    let mut out = rows(summary).join("\n") + "\n";
    if let Some(problem) = &summary.problem {
        out.push_str(&format!("\n{} {}\n", paint(AMBER, "◆"), one_line(&problem.message, 2000)));
        if let Some(hint) = &problem.hint {
            out.push_str(&format!("  {}\n", one_line(hint, 2000)));
        }
    }
    if let State::Preparing { step: PrepareStep::SetupFailed { problem } } = &summary.state {
        let id = summary.id.short();
        out.push_str(&format!("\n{} {}\n", paint(AMBER, "◆"), one_line(&problem.message, 2000)));
        out.push_str(&format!("  Choose with `bosk setup {id} retry`, `go-on` or `drop`.\n"));
    }
    for ask in asks {
        out.push_str(&describe::ask(ask, &summary.folder));
        out.push_str(&describe::details(ask));
        out.push_str(&describe::how_to_answer(ask, summary.id.short()));
    }
    if !queue.is_empty() {
        out.push_str("\nWaiting to be taken:\n");
        for message in queue {
            out.push_str(&format!("  {} {}\n", paint(DIM, "›"), one_line(&message.text, 200)));
        }
    }
    out
}

fn rows(summary: &SessionSummary) -> Vec<String> {
    let words = |text: &str| one_line(text, 1000);
    let mut rows = vec![
        field("Session", summary.id.as_str()),
        field("Title", &words(&summary.title)),
        field("State", &format!("{}  {}", glance(summary.glance), paint(DIM, &doing(summary)))),
        field("Repository", &words(&summary.repository_path)),
        field("Folder", &words(&summary.folder)),
    ];
    let branch = words(summary.branch.as_deref().unwrap_or("none"));
    rows.push(match &summary.base {
        Some(base) if summary.worktree => {
            field("Branch", &format!("{branch} {}", paint(DIM, &format!("from {}", words(base)))))
        }
        _ => field("Branch", &branch),
    });
    if let Some(model) = &summary.model {
        rows.push(field("Model", &words(model)));
    }
    rows.push(match summary.permission_mode {
        PermissionMode::Manual => field("Mode", "manual: asks before whatever is not allowed yet"),
        PermissionMode::BypassPermissions => {
            field("Mode", &paint(RED, "bypassPermissions: does everything without asking"))
        }
        mode => field("Mode", mode.as_str()),
    });
    if let Some(check) = &summary.check {
        let words = format!("{}: {}", verdict(&check.verdict), words(&check.command));
        rows.push(field("Check", &words));
    }
    if let Some(variant) = &summary.variant {
        let of = paint(DIM, &format!("of {}", words(&variant.group)));
        rows.push(field("Variant", &format!("{} {of}", words(&variant.label))));
    }
    if let Backend::Rehearsal { script } = &summary.backend {
        let script =
            script.as_deref().map_or_else(String::new, |name| format!(": {}", words(name)));
        rows.push(field("Backend", &format!("rehearsal{script}")));
    }
    let now = now();
    rows.push(field("Launched", &format!("{} ago", span(now - summary.created_at))));
    rows.push(field("Last word", &format!("{} ago", span(now - summary.last_event_at))));
    rows.push(field("Cost", &money(summary.cost_usd)));
    let tokens = &summary.tokens;
    rows.push(field(
        "Tokens",
        &format!(
            "{} in, {} out, {} from the cache, in {} turns",
            tokens.input, tokens.output, tokens.cache_read, summary.turns
        ),
    ));
    if let Some(context) = &summary.context {
        let of = if context.window > 0 { format!(" of {}", context.window) } else { String::new() };
        rows.push(field("Context", &format!("{}{of} tokens", context.used)));
    }
    rows
}
