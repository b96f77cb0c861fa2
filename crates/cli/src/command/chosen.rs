//! What a launch may be given besides its prompt: the same words for one session and for a batch.

use std::path::PathBuf;

use bosk_core::launch::{Backend, Effort, LaunchSpec, PermissionMode};
use bosk_core::{Problem, ProblemCode};

use super::{efforts, limit, permission_modes};

/// The choices.
#[derive(Debug, clap::Args)]
pub(crate) struct Chosen {
    /// The model's name or alias
    #[arg(long)]
    model: Option<String>,
    /// How hard the model thinks
    #[arg(long, value_parser = efforts())]
    effort: Option<Effort>,
    #[command(flatten)]
    pub(super) rest: Rest,
}

/// Those that attempts at the same have in common.
#[derive(Debug, clap::Args)]
pub(crate) struct Rest {
    /// A folder inside the repository [default: the current folder]
    #[arg(long, value_name = "FOLDER")]
    pub(super) repo: Option<PathBuf>,
    /// The branch, tag or commit to start from [default: HEAD]
    #[arg(long, value_name = "REF")]
    base: Option<String>,
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
    /// A command that tells by its exit code whether the work is right; it runs when a turn ends. An empty one leaves
    /// out what the repository's bosk.toml proposes
    #[arg(long, value_name = "COMMAND")]
    check: Option<String>,
    /// Where in the worktree Claude works, from its root, such as `packages/web`
    #[arg(long, value_name = "PATH")]
    subfolder: Option<String>,
    /// Work in the repository itself, not in a worktree of its own
    #[arg(long)]
    no_worktree: bool,
}

impl Chosen {
    /// A launch with these choices, in `repository` where none was named.
    pub(crate) fn spec(self, prompt: String, repository: PathBuf) -> Result<LaunchSpec, Problem> {
        let rest = self.rest.spec(prompt, repository)?;
        Ok(LaunchSpec { model: self.model, effort: self.effort, ..rest })
    }
}

impl Rest {
    /// The same, with the model and its effort as they are by default.
    pub(super) fn spec(self, prompt: String, repository: PathBuf) -> Result<LaunchSpec, Problem> {
        Ok(LaunchSpec {
            repository: absolute(self.repo.unwrap_or(repository))?,
            prompt,
            images: Vec::new(),
            base: self.base,
            branch: None,
            existing: false,
            worktree: !self.no_worktree,
            folder: None,
            subfolder: self.subfolder,
            model: None,
            effort: None,
            permission_mode: self.permission_mode,
            allowed_tools: self.allow,
            denied_tools: self.deny,
            append_system_prompt: self.append_system_prompt,
            max_turns: self.max_turns,
            max_budget_usd: self.max_budget_usd,
            limits: self.limits.over(None)?,
            check: self.check,
            variant: None,
            fork: None,
            backend: Backend::Account,
        })
    }
}

/// A path as the runtime takes it.
pub(crate) fn absolute(path: PathBuf) -> Result<String, Problem> {
    let unusable = |why: &str| {
        let shown = path.display();
        Problem::new(ProblemCode::InvalidInput, format!("`{shown}` cannot be used: {why}."))
    };
    // Windows has `..` taken out by the first, and gets from the second a form that git dislikes.
    let whole = match std::path::absolute(&path) {
        Ok(whole) if cfg!(windows) => whole,
        Ok(whole) => std::fs::canonicalize(&whole).unwrap_or(whole),
        Err(error) => return Err(unusable(&error.to_string())),
    };
    whole.into_os_string().into_string().map_err(|_| unusable("its name is not Unicode"))
}
