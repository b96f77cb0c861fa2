//! Templates: a person's own ones, in Bosk's folder, and those that a repository brings in its `bosk.toml`. Not here: what
//! a template means for a launch (`bosk_core::template`).

mod own;
mod shared;

use std::path::Path;

use bosk_core::template::{Template, Templates};
use bosk_core::{Problem, ProblemCode};

use crate::client::blocking;
use crate::git::Repository;
use crate::home::Home;

/// The templates for the repository that this folder is in, or those for all: by name, an own one before one of that
/// name that the repository brings.
///
/// # Errors
/// The folder is in no repository. What cannot be read is among the problems.
pub async fn list(home: &Home, folder: Option<&Path>) -> Result<Templates, Problem> {
    let root = match folder {
        Some(folder) => Some(Repository::discover(folder).await?.root),
        None => None,
    };
    let home = home.clone();
    blocking(move || {
        let (mut templates, problem) = own::load(&home);
        let path = root.as_ref().map(|root| root.to_string_lossy().into_owned());
        templates.retain(|one| one.repository.is_none() || one.repository == path);
        let mut problems: Vec<Problem> = problem.into_iter().collect();
        if let Some(root) = root {
            let brought = shared::read(&root);
            templates.extend(brought.templates);
            problems.extend(brought.problems);
        }
        // One for this repository before one for all, and either before one that it brings.
        templates
            .sort_by_key(|one| (one.name.to_lowercase(), one.shared, one.repository.is_none()));
        Ok(Templates { templates, problems })
    })
    .await
}

/// The template of that name for a repository.
///
/// # Errors
/// There is none, or the folder is in no repository.
pub async fn find(home: &Home, folder: &Path, name: &str) -> Result<Template, Problem> {
    let Templates { templates, problems } = list(home, Some(folder)).await?;
    if let Some(found) = templates.into_iter().find(|one| one.name == name) {
        return Ok(found);
    }
    // What could not be read may well be the one.
    let why = problems.first().map(|problem| format!(" {}", problem.message)).unwrap_or_default();
    let shown: String = name.chars().take(100).collect();
    let text = format!("There is no template `{shown}` for this repository.{why}");
    Err(Problem::new(ProblemCode::InvalidInput, text).hint("`bosk template ls` lists them."))
}

/// Keeps one of one's own, in the place of one with the same name for the same repository.
///
/// # Errors
/// It cannot be kept: its name or a limit is no good, or its repository is none.
pub async fn save(home: &Home, mut template: Template) -> Result<(), Problem> {
    template.check()?;
    if let Some(folder) = &template.repository {
        let root = Repository::discover(Path::new(folder)).await?.root;
        template.repository = Some(root.to_string_lossy().into_owned());
    }
    template.shared = false;
    let home = home.clone();
    blocking(move || own::save(&home, template)).await
}

/// Removes one of one's own.
///
/// # Errors
/// There is none of that name for that repository.
pub async fn remove(home: &Home, name: &str, repository: Option<&str>) -> Result<(), Problem> {
    let (home, name, repository) = (home.clone(), name.to_owned(), repository.map(str::to_owned));
    blocking(move || own::remove(&home, &name, repository.as_deref())).await
}

/// Writes one into the `bosk.toml` of the repository that a folder is in, and returns that file's path. What else stands
/// there stays as it is written.
///
/// # Errors
/// The file cannot be read or written, or the template has rights that cannot be shared.
pub async fn export(template: Template, folder: &Path) -> Result<String, Problem> {
    template.check()?;
    let root = Repository::discover(folder).await?.root;
    blocking(move || shared::write(&root, &template)).await
}
