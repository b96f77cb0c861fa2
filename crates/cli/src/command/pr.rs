//! `bosk pr`: the pull request of a session's branch.

use bosk_core::review::forge::{ForgeState, ForgeView, PullRequest};
use bosk_runtime::home::Home;
use serde_json::json;

use super::work;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, DIM, GREEN, RED, paint, print, print_json};

/// Whose, and whether one is opened.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Open one; the branch must be pushed
    #[arg(long)]
    open: bool,
    /// As a draft
    #[arg(long, requires = "open")]
    draft: bool,
    /// Its title; one is made of what was asked for when absent
    #[arg(long, requires = "open")]
    title: Option<String>,
    /// Its body, as Markdown; Claude's last words when absent
    #[arg(long, requires = "open")]
    body: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows or opens it.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let work = work(home, &arguments.id).await?;
    let mut view = work.forge().await?;
    if arguments.open {
        let title = arguments.title.as_ref().unwrap_or(&view.title);
        let body = arguments.body.as_ref().unwrap_or(&view.body);
        view.request = Some(work.open_pull_request(title, body, arguments.draft).await?);
    }
    if arguments.json {
        print_json(&json!(view))?;
        return Ok(Exit::Done);
    }
    match &view.request {
        Some(request) => print(&told(request))?,
        None => print(&without(&view))?,
    }
    Ok(Exit::Done)
}

fn told(request: &PullRequest) -> String {
    let draft = if request.draft { ", a draft" } else { "" };
    let title = one_line(&request.title, 200);
    let mut text =
        format!("#{} {title} ({}{draft})\n", request.number, one_line(&request.state, 20));
    text.push_str(&format!("{}\n", one_line(&request.url, 400)));
    for check in &request.checks {
        let mark = match check.passed {
            Some(true) => paint(GREEN, "✓"),
            Some(false) => paint(RED, "✗"),
            None => paint(AMBER, "…"),
        };
        text.push_str(&format!("  {mark} {}\n", one_line(&check.name, 100)));
    }
    for comment in &request.comments {
        let place = match (&comment.path, comment.line) {
            (Some(path), Some(line)) => format!(" on {}:{line}", one_line(path, 200)),
            (Some(path), None) => format!(" on {}", one_line(path, 200)),
            (None, _) => String::new(),
        };
        let author = paint(DIM, &format!("{}{place}:", one_line(&comment.author, 60)));
        text.push_str(&format!("  {author} {}\n", one_line(&comment.body, 200)));
    }
    text
}

fn without(view: &ForgeView) -> String {
    let mut text = match view.state {
        ForgeState::None => "No remote of the repository is on GitHub or GitLab.\n",
        ForgeState::Missing => {
            "There may be one, but the forge's command (gh or glab) is not installed.\n"
        }
        ForgeState::SignedOut => {
            "There may be one, but nobody is signed in with the forge's command.\n"
        }
        ForgeState::Ready => "There is none yet: `--open` opens one.\n",
    }
    .to_owned();
    if let Some(url) = &view.compare_url {
        text.push_str(&format!("In a browser: {}\n", one_line(url, 1000)));
    }
    text
}
