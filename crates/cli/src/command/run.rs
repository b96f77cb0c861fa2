//! `bosk run`: launches a session and shows it to its end.

use std::path::PathBuf;

use bosk_core::git::LaunchPlan;
use bosk_core::launch::{Backend, Effort, LaunchSpec, PermissionMode};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::client;
use bosk_runtime::home::Home;

use super::{efforts, limit, permission_modes, trial, trust};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::live::{self, Watching};
use crate::screen::{AMBER, BOLD, DIM, RED, note, paint, print};
use crate::typed::{Typed, text_or_input};
use crate::{keep, told};

/// What is launched.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder inside the repository [default: the current folder]
    #[arg(long, value_name = "FOLDER")]
    repo: Option<PathBuf>,
    /// The branch, tag or commit to start from [default: HEAD]
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// The branch to make [default: proposed from the prompt]
    #[arg(long)]
    branch: Option<String>,
    /// The model's name or alias
    #[arg(long)]
    model: Option<String>,
    /// How hard the model thinks
    #[arg(long, value_parser = efforts())]
    effort: Option<Effort>,
    /// What Claude may do without asking; `manual` asks
    #[arg(long, value_name = "MODE", default_value = "manual", value_parser = permission_modes())]
    permission_mode: PermissionMode,
    /// A tool or rule that is allowed beyond the mode, such as `Bash(npm test:*)`; may be repeated
    #[arg(long, value_name = "TOOL")]
    allow: Vec<String>,
    /// A tool or rule that is denied; may be repeated
    #[arg(long, value_name = "TOOL")]
    deny: Vec<String>,
    /// Text added to the system prompt
    #[arg(long, value_name = "TEXT")]
    append_system_prompt: Option<String>,
    /// Most turns of the model for each message
    #[arg(long, value_name = "N")]
    max_turns: Option<u32>,
    /// Most that the session may cost, in US dollars
    #[arg(long, value_name = "USD")]
    max_budget_usd: Option<f64>,
    #[command(flatten)]
    limits: limit::Words,
    /// Work in the repository itself, not in a worktree of its own
    #[arg(long)]
    no_worktree: bool,
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
    #[arg(required_unless_present = "rehearsal")]
    prompt: Option<String>,
}

/// Launches, and shows what comes of it.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let (json, detach, agreed) = (arguments.json, arguments.detach, arguments.trust);
    let spec = spec(home, arguments).await?;
    let mut typed = Typed::default();
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

async fn spec(home: &Home, arguments: Arguments) -> Result<LaunchSpec, Problem> {
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
    let repository = match (arguments.repo, &script) {
        (Some(folder), _) => folder,
        (None, Some(_)) => trial::repository(home).await?,
        (None, None) => ".".into(),
    };
    Ok(LaunchSpec {
        repository: absolute(repository)?,
        prompt,
        images: Vec::new(),
        base: arguments.base,
        branch: arguments.branch,
        worktree: !arguments.no_worktree,
        model: arguments.model,
        effort: arguments.effort,
        permission_mode: arguments.permission_mode,
        allowed_tools: arguments.allow,
        denied_tools: arguments.deny,
        append_system_prompt: arguments.append_system_prompt,
        max_turns: arguments.max_turns,
        max_budget_usd: arguments.max_budget_usd,
        limits: arguments.limits.over(None)?,
        backend: script.map_or(Backend::Account, |script| Backend::Rehearsal { script }),
    })
}

/// A script's name, or its file's absolute path, once it is known that it can be played.
fn script(named: &str) -> Result<Option<String>, Problem> {
    if named.is_empty() {
        return Ok(None);
    }
    let file = named.ends_with(".toml");
    let named = if file { absolute(named.into())? } else { named.to_owned() };
    keep::scripts(Some(&named))?;
    Ok(Some(named))
}

fn absolute(folder: PathBuf) -> Result<String, Problem> {
    let unusable = |why: &str| {
        let shown = folder.display();
        Problem::new(ProblemCode::InvalidInput, format!("`{shown}` cannot be used: {why}."))
    };
    // Windows has `..` taken out by the first, and gets from the second a form that git dislikes.
    let path = match std::path::absolute(&folder) {
        Ok(path) if cfg!(windows) => path,
        Ok(path) => std::fs::canonicalize(&path).unwrap_or(path),
        Err(error) => return Err(unusable(&error.to_string())),
    };
    path.into_os_string().into_string().map_err(|_| unusable("its name is not Unicode"))
}

/// The true folder and branch, and what is dangerous.
fn shown(plan: &LaunchPlan, spec: &LaunchSpec) -> String {
    let commit: String = plan.base_commit.chars().take(8).collect();
    let base = one_line(&plan.base_name, 200);
    let branch = match (spec.worktree, plan.branch.as_str()) {
        (true, branch) => {
            format!("{} {}", one_line(branch, 200), paint(DIM, &format!("from {base} ({commit})")))
        }
        (false, "") => format!("none: on commit {commit}"),
        (false, branch) => one_line(branch, 200),
    };
    let mut lines = vec![field("Repository", &one_line(&plan.repository.root, 1000))];
    lines.push(field("Folder", &one_line(&plan.folder, 1000)));
    if !spec.worktree {
        lines.push(format!(
            "{:10}  {}",
            "",
            paint(AMBER, "No worktree: Claude works in the repository itself")
        ));
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
