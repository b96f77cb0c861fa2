//! `bosk template`: what is launched again and again; and using one for a launch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bosk_core::launch::LaunchSpec;
use bosk_core::template::{Template, TemplateLaunch, Templates};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::home::Home;
use bosk_runtime::templates;
use clap::Subcommand;
use serde_json::json;

use super::chosen::{Chosen, absolute};
use super::table::{self, Column};
use crate::clean::{exposed, one_line};
use crate::failure::{Exit, Failure};
use crate::screen::{AMBER, BOLD, DIM, columns, is_interactive, note, paint, print, print_json};
use crate::typed::{Typed, text_or_input};

/// What is done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the templates for a repository: one's own, and those that it brings
    Ls {
        /// A folder inside the repository [default: the current folder]
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        repo: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Keep a launch as a template of one's own; `{names}` in its prompt are given values with --set
    Save(Box<Save>),
    /// Remove one of one's own
    Rm {
        /// Its name
        name: String,
        /// The one for all repositories, not the one for this
        #[arg(long)]
        all: bool,
        /// A folder inside the repository [default: the current folder]
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        repo: PathBuf,
    },
    /// Write one into the repository's bosk.toml, for everybody who has that
    Export {
        /// Its name
        name: String,
        /// A folder inside the repository [default: the current folder]
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        repo: PathBuf,
    },
}

/// What is kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Save {
    /// Its name
    name: String,
    /// For all repositories, not only for this
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    chosen: Chosen,
    /// The prompt, with names in braces: `Fix {file}`; `-` reads it from standard input
    prompt: String,
}

/// Using one for a launch.
#[derive(Debug, clap::Args)]
pub(crate) struct Using {
    /// A template to start from; what is chosen beside it goes before it, and a prompt is added to its own
    #[arg(long, value_name = "NAME", help_heading = "Template")]
    pub(super) template: Option<String>,
    /// A value for a name in the template's prompt; may be repeated
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Template", requires = "template")]
    set: Vec<String>,
}

impl Using {
    /// Lays the template under a launch. What one that the repository brings would allow is shown and agreed to first.
    pub(super) async fn under(
        self,
        home: &Home,
        spec: LaunchSpec,
        agreed: bool,
        typed: &mut Typed,
    ) -> Result<LaunchSpec, Failure> {
        let Some(name) = self.template else { return Ok(spec) };
        let template = templates::find(home, Path::new(&spec.repository), &name).await?;
        let rights = template.rights();
        if template.shared && !rights.is_empty() {
            agree(&template, &rights, agreed, typed).await?;
        }
        let mut values = BTreeMap::new();
        for set in self.set {
            let (name, value) = set.split_once('=').ok_or_else(|| {
                let text = format!("`{}` gives no value.", one_line(&set, 100));
                Problem::new(ProblemCode::InvalidInput, text)
                    .hint("Write it as `--set name=value`.")
            })?;
            values.insert(name.to_owned(), value.to_owned());
        }
        Ok(template.under(spec, &values)?)
    }
}

async fn agree(
    template: &Template,
    rights: &[String],
    agreed: bool,
    typed: &mut Typed,
) -> Result<(), Failure> {
    let name = one_line(&template.name, 60);
    let title = paint(BOLD, &format!("The repository's template {name} brings:"));
    let lines = rights.iter().map(|one| format!("  {}\n", one_line(one, 10_000)));
    let listed = format!("{} {title}\n{}", paint(AMBER, "◆"), lines.collect::<String>());
    if agreed {
        note(listed.trim_end());
        return Ok(());
    }
    if is_interactive() {
        print(&format!("{listed}Do you agree to all of this? [y/N] "))?;
        if typed.agrees().await {
            return Ok(());
        }
    } else {
        note(listed.trim_end());
    }
    let text = format!(
        "The template `{name}` comes from the repository and allows what you have not agreed to, so nothing was started."
    );
    Err(Problem::new(ProblemCode::NotTrusted, text)
        .hint("Look at the list above; `--trust` agrees to it.")
        .into())
}

/// Does it.
pub(crate) async fn run(home: &Home, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Ls { repo, json } => {
            let found = templates::list(home, Some(Path::new(&absolute(repo)?))).await?;
            if json {
                print_json(&json!(found))?;
            } else {
                shown(&found)?;
            }
        }
        Command::Save(arguments) => save(home, *arguments).await?,
        Command::Rm { name, all, repo } => {
            let root = if all { None } else { Some(root(&repo).await?) };
            templates::remove(home, &name, root.as_deref()).await?;
        }
        Command::Export { name, repo } => {
            let folder = absolute(repo)?;
            let found = templates::list(home, Some(Path::new(&folder))).await?;
            let own = found.templates.into_iter().find(|one| one.name == name && !one.shared);
            let own = own.ok_or_else(|| {
                let text = format!("You have no template `{}`.", one_line(&name, 60));
                Problem::new(ProblemCode::InvalidInput, text).hint("`bosk template ls` lists them.")
            })?;
            let path = templates::export(own, Path::new(&folder)).await?;
            note("It is for everybody once it is committed.");
            print(&format!("{}\n", one_line(&path, 1000)))?;
        }
    }
    Ok(Exit::Done)
}

async fn root(folder: &Path) -> Result<String, Problem> {
    let repository = bosk_runtime::git::Repository::discover(folder).await?;
    Ok(repository.root.to_string_lossy().into_owned())
}

async fn save(home: &Home, arguments: Save) -> Result<(), Problem> {
    let spec = arguments.chosen.spec(text_or_input(&arguments.prompt)?, ".".into())?;
    let default = LaunchSpec::of_prompt("");
    let launch = TemplateLaunch {
        prompt: spec.prompt,
        base: spec.base,
        worktree: (!spec.worktree).then_some(false),
        model: spec.model,
        effort: spec.effort,
        permission_mode: Some(spec.permission_mode).filter(|mode| *mode != default.permission_mode),
        allowed_tools: spec.allowed_tools,
        denied_tools: spec.denied_tools,
        append_system_prompt: spec.append_system_prompt,
        max_turns: spec.max_turns,
        max_budget_usd: spec.max_budget_usd,
        limits: spec.limits,
        check: spec.check,
    };
    let repository = (!arguments.all).then_some(spec.repository);
    let template = Template { name: arguments.name, shared: false, repository, launch };
    templates::save(home, template).await
}

const COLUMNS: [Column; 4] = [
    Column { title: "TEMPLATE", flexible: true, right: false },
    Column { title: "FROM", flexible: false, right: false },
    Column { title: "NAMES", flexible: true, right: false },
    Column { title: "PROMPT", flexible: true, right: false },
];

fn shown(Templates { templates, problems }: &Templates) -> Result<(), Failure> {
    for problem in problems {
        note(&exposed(&problem.message));
    }
    if templates.is_empty() {
        return print("There is no template here. `bosk template save` keeps one.\n");
    }
    let row = |one: &Template| {
        let from = match (one.shared, &one.repository) {
            (true, _) => "the repository",
            (false, Some(_)) => "you, here",
            (false, None) => "you",
        };
        let prompt = one_line(one.launch.prompt.trim(), 120);
        vec![
            one_line(&one.name, 60),
            from.to_owned(),
            one_line(&one.names().join(", "), 80),
            prompt,
        ]
    };
    let rows: Vec<Vec<String>> = templates.iter().map(row).collect();
    let painted = |at: Option<usize>, _: usize, text: &str| match at {
        None => paint(DIM, text),
        Some(_) => text.to_owned(),
    };
    print(&(table::lines(&COLUMNS, &rows, columns(), painted).join("\n") + "\n"))
}
