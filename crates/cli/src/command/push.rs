//! `bosk push`: publishes a session's branch. Ctrl-C ends it.

use bosk_core::review::forge::{PushRequest, RemoteHas};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::home::Home;
use serde_json::json;

use super::work;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{note, print, print_json};
use crate::words::count;

/// What is pushed, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// The remote; the likeliest when absent
    #[arg(long)]
    remote: Option<String>,
    /// Let the branch follow the remote's from then on
    #[arg(long, short = 'u')]
    set_upstream: bool,
    /// Replace what the remote has of its own, if it is still what was last fetched
    #[arg(long)]
    force_with_lease: bool,
    /// Run the repository's `pre-push` hook
    #[arg(long)]
    hooks: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Pushes.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let work = work(home, &arguments.id).await?;
    let plan = work.push_plan().await?;
    let likeliest = plan.remotes.first().map(|one| one.name.clone());
    let remote = arguments.remote.clone().or(likeliest).ok_or_else(|| {
        Problem::new(ProblemCode::InvalidInput, "The repository has no remote to push to.")
            .hint("Add one first: git remote add NAME ADDRESS.")
    })?;
    let request = PushRequest {
        remote,
        head: plan.head.clone(),
        set_upstream: arguments.set_upstream,
        force_with_lease: arguments.force_with_lease,
        hooks: arguments.hooks,
    };
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    if !work.push_until(&request, interrupted).await? {
        let has = work.remote_has(&request).await.ok();
        let arrived = has.map(|has| has == RemoteHas::Pushed);
        let remote = one_line(&request.remote, 200);
        if arguments.json {
            print_json(
                &json!({"branch": plan.branch, "remote": request.remote, "arrived": arrived}),
            )?;
        }
        note(&match arrived {
            Some(true) => format!("Broken off, but {remote} has it already."),
            Some(false) => format!("Broken off. {remote} does not have it as of now."),
            None => {
                format!("Broken off. What {remote} has is not known: look before you push again.")
            }
        });
        return Ok(Exit::Stopped);
    }
    if arguments.json {
        print_json(&json!({"branch": plan.branch, "remote": request.remote, "commit": plan.head}))?;
        return Ok(Exit::Done);
    }
    let remote = plan.remotes.iter().find(|one| one.name == request.remote);
    let branch = one_line(&plan.branch, 200);
    let commits = count(plan.ahead as usize, "commit", "commits");
    print(&format!("{branch} is on {}: {commits}.\n", one_line(&request.remote, 200)))?;
    if let Some(url) = remote.and_then(|one| one.compare_url.as_ref()) {
        print(&format!("{}\n", one_line(url, 1000)))?;
    }
    Ok(Exit::Done)
}
