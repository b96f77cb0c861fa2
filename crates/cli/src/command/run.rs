//! `bosk run`: launches a session and shows it to its end.

use std::path::PathBuf;

use bosk_core::git::LaunchPlan;
use bosk_core::launch::{Backend, LaunchSpec, PermissionMode};
use bosk_core::{Problem, SessionId};
use bosk_rehearsal::Scripts;
use bosk_runtime::client;
use bosk_runtime::home::Home;

use super::chosen::{Chosen, absolute};
use super::template::Using;
use super::{trial, trust};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::live::{self, Watching};
use crate::screen::{AMBER, BOLD, DIM, RED, note, paint, print};
use crate::told;
use crate::typed::{Typed, text_or_input};

/// What is launched.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    using: Using,
    #[command(flatten)]
    chosen: Chosen,
    /// The branch to make [default: proposed from the prompt]
    #[arg(long)]
    branch: Option<String>,
    /// The branch is there already: check it out, do not make it
    #[arg(long, requires = "branch")]
    existing: bool,
    /// Work in a worktree that is there already: one of Bosk's, an adopted one, or the repository itself
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["branch", "base", "no_worktree"])]
    folder: Option<PathBuf>,
    /// Play a script: no account, no cost. Without --repo, on a sample repository of Bosk's own
    #[arg(long, value_name = "SCRIPT", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    rehearsal: Option<String>,
    /// Agree to the hooks, servers, rules and scripts that the repository brings now
    #[arg(long)]
    trust: bool,
    /// Print the session's events as JSON lines
    #[arg(long, conflicts_with = "detach")]
    json: bool,
    /// Print the session's id and leave it running
    #[arg(long)]
    detach: bool,
    /// What is to be done; `-` reads it from standard input
    #[arg(required_unless_present_any = ["rehearsal", "template"])]
    prompt: Option<String>,
}

/// Launches, and shows what comes of it.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let (json, detach, agreed) = (arguments.json, arguments.detach, arguments.trust);
    let mut typed = Typed::default();
    let spec = spec(home, arguments, &mut typed).await?;
    trust::settle(home, &spec, agreed, &mut typed).await?;
    let plan = client::plan(home, &spec).await?;
    if json {
        told::plan(&plan)?;
    } else if detach {
        note(&shown(&plan, &spec));
    } else {
        print(&(shown(&plan, &spec) + "\n"))?;
    }
    let launched = client::launch(home, spec).await?;
    if detach {
        print(&format!("{}\n", launched.id))?;
        return Ok(Exit::Done);
    }
    if !json {
        print(&format!("{}\n", field("Session", launched.id.short())))?;
    }
    let watching = Watching { json, finish: true, from: 0, steers: true };
    live::watch(home, &launched.id, watching, typed).await
}

async fn spec(home: &Home, arguments: Arguments, typed: &mut Typed) -> Result<LaunchSpec, Failure> {
    let (script, trial) = match arguments.rehearsal.as_deref() {
        None => (None, None),
        Some(named) => {
            let script = script(named)?;
            let trial = trial::session(script.as_deref())?;
            (Some(script), Some(trial))
        }
    };
    let prompt = match (&arguments.prompt, trial) {
        (Some(prompt), _) => text_or_input(prompt)?,
        (None, Some(prompt)) => prompt,
        (None, None) => String::new(),
    };
    let folder = arguments.folder.map(absolute).transpose()?;
    let repository = match (&script, &folder) {
        (_, Some(folder)) => folder.into(),
        (Some(_), None) if arguments.chosen.rest.repo.is_none() => trial::repository(home).await?,
        _ => ".".into(),
    };
    let mut spec = arguments.chosen.spec(prompt, repository)?;
    (spec.branch, spec.existing, spec.folder) = (arguments.branch, arguments.existing, folder);
    if let Some(script) = script {
        spec.backend = Backend::Rehearsal { script };
    }
    arguments.using.under(home, spec, arguments.trust, typed).await
}

/// A script's name, or its file's absolute path, once it is known that it can be played.
fn script(named: &str) -> Result<Option<String>, Problem> {
    if named.is_empty() {
        return Ok(None);
    }
    let file = named.ends_with(".toml");
    let named = if file { absolute(named.into())? } else { named.to_owned() };
    Scripts::named(Some(&named)).map_err(Problem::from)?;
    Ok(Some(named))
}

/// The true folder and branch, and what is dangerous.
fn shown(plan: &LaunchPlan, spec: &LaunchSpec) -> String {
    let commit: String = plan.base_commit.chars().take(8).collect();
    let base = one_line(&plan.base_name, 200);
    let branch = match (spec.makes_worktree(), plan.branch.as_str()) {
        (true, branch) => {
            format!("{} {}", one_line(branch, 200), paint(DIM, &format!("from {base} ({commit})")))
        }
        (false, "") => format!("none: on commit {commit}"),
        (false, branch) => one_line(branch, 200),
    };
    let mut lines = vec![field("Repository", &one_line(&plan.repository.root, 1000))];
    lines.push(field("Folder", &one_line(&plan.folder, 1000)));
    if plan.folder == plan.repository.root {
        let warning = "No worktree: Claude works in the repository itself";
        lines.push(format!("{:10}  {}", "", paint(AMBER, warning)));
    }
    if !plan.shared_with.is_empty() {
        let others = plan.shared_with.iter().map(SessionId::short).collect::<Vec<_>>().join(", ");
        let warning = format!("Not alone there: {others}");
        lines.push(format!("{:10}  {}", "", paint(AMBER, &warning)));
    }
    if let Some(below) = &spec.subfolder {
        lines.push(field("Works in", &one_line(below, 1000)));
    }
    lines.push(field("Branch", &branch));
    if spec.permission_mode == PermissionMode::BypassPermissions {
        lines.push(field("Mode", &paint(RED, "Everything is done without asking")));
    }
    lines.join("\n")
}

/// A name and its value, in columns.
pub(super) fn field(name: &str, value: &str) -> String {
    format!("{} {value}", paint(BOLD, &format!("{name:11}")))
}
