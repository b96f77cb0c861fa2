//! Templates in a repository's `bosk.toml`, as `[templates.NAME]`. Whoever can commit there wrote them: what would have
//! everything done without asking is not taken, and the rest is marked as theirs.

use std::collections::BTreeSet;
use std::path::Path;

use bosk_core::launch::PermissionMode;
use bosk_core::limits::Limits;
use bosk_core::template::{Template, TemplateLaunch, Templates};
use bosk_core::{Problem, ProblemCode};
use serde::Deserialize as _;
use toml_edit::{DocumentMut, Item, Table};

use crate::files;
use crate::project::{FILE, LIMIT};

/// Where they stand in the file.
const TEMPLATES: &str = "templates";

/// Most that are taken from one file.
const MOST: usize = 200;

/// The templates of the repository with that root.
pub(super) fn read(root: &Path) -> Templates {
    let text = match text(root) {
        Ok(text) => text,
        Err(problem) => return Templates { templates: Vec::new(), problems: vec![problem] },
    };
    let mut found = parse(&text);
    for one in &mut found.templates {
        one.repository = Some(root.to_string_lossy().into_owned());
    }
    found
}

fn text(root: &Path) -> Result<String, Problem> {
    let path = root.join(FILE);
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(unusable(&error.to_string())),
        Ok(metadata) if metadata.is_symlink() => {
            return Err(unusable("it is a link to another file"));
        }
        Ok(metadata) if metadata.len() > LIMIT => return Err(unusable("it is larger than 1 MiB")),
        Ok(_) => {}
    }
    std::fs::read_to_string(&path).map_err(|error| unusable(&error.to_string()))
}

/// Reads the text of a `bosk.toml`: each template by itself, so that a mistake in one leaves the others.
fn parse(text: &str) -> Templates {
    let mut found = Templates::default();
    let file: toml::Table = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            found.problems.push(unusable(error.message()));
            return found;
        }
    };
    let Some(templates) = file.get(TEMPLATES) else { return found };
    let Some(templates) = templates.as_table() else {
        found.problems.push(unusable("`templates` is no table"));
        return found;
    };
    if templates.len() > MOST {
        found.problems.push(unusable(&format!("it has more than {MOST} templates")));
    }
    for (name, value) in templates.iter().take(MOST) {
        match template(name, value) {
            Ok((template, left_out)) => {
                found.templates.push(template);
                found.problems.extend(left_out);
            }
            Err(problem) => found.problems.push(problem),
        }
    }
    found
}

/// A template, and what of it was not taken.
fn template(name: &str, value: &toml::Value) -> Result<(Template, Option<Problem>), Problem> {
    let of_it = |why: &str| {
        let shown: String = name.chars().take(60).collect();
        invalid(&format!("The repository's template `{shown}` cannot be used: {why}."))
    };
    let table = value.as_table().ok_or_else(|| of_it("it is no table"))?;
    known(table, &TemplateLaunch::default()).map_err(|why| of_it(&why))?;
    if let Some(limits) = table.get("limits").and_then(toml::Value::as_table) {
        known(limits, &Limits::default()).map_err(|why| of_it(&why))?;
    }
    let mut launch = TemplateLaunch::deserialize(value.clone())
        .map_err(|error| of_it(error.message().trim_end_matches('.')))?;
    if launch.prompt.trim().is_empty() {
        return Err(of_it("it has no `prompt`"));
    }
    let bypasses = launch.permission_mode == Some(PermissionMode::BypassPermissions);
    if bypasses {
        launch.permission_mode = None;
    }
    let template = Template { name: name.to_owned(), shared: true, repository: None, launch };
    template.check().map_err(|problem| of_it(problem.message.trim_end_matches('.')))?;
    let left_out = bypasses.then(|| {
        let text = format!(
            "The repository's template `{name}` wants everything done without asking, which no repository can grant \
             itself. It is used without that."
        );
        Problem::new(ProblemCode::InvalidInput, text).hint("Choose the mode yourself for a launch.")
    });
    Ok((template, left_out))
}

/// Whether a table has no other keys than this form.
fn known(table: &toml::Table, form: &impl serde::Serialize) -> Result<(), String> {
    let form = serde_json::to_value(form).unwrap_or_default();
    let keys: BTreeSet<&str> =
        form.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    match table.keys().find(|key| !keys.contains(key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let keys: Vec<&str> = keys.into_iter().collect();
            let shown: String = key.chars().take(60).collect();
            Err(format!("it has an unknown key `{shown}`; there are {}", keys.join(", ")))
        }
    }
}

/// Writes one into the file of the repository with that root, in the place of one of that name, and leaves all else as
/// it is. Returns the file's path.
pub(super) fn write(root: &Path, template: &Template) -> Result<String, Problem> {
    if template.launch.permission_mode == Some(PermissionMode::BypassPermissions) {
        let text = "A template that has everything done without asking cannot be shared, so nothing was written.";
        return Err(Problem::new(ProblemCode::InvalidInput, text)
            .hint("Choose another mode for it, or allow the tools that it needs."));
    }
    let before = text(root)?;
    let after = with(&before, template)?;
    if after.len() as u64 > LIMIT {
        return Err(unusable("it would be larger than 1 MiB"));
    }
    let path = root.join(FILE);
    files::write_atomically(&path, after.as_bytes())
        .map_err(|error| unusable(&format!("it cannot be written: {error}")))?;
    Ok(path.to_string_lossy().into_owned())
}

fn with(text: &str, template: &Template) -> Result<String, Problem> {
    let internal = |error: &dyn std::fmt::Display| {
        Problem::new(ProblemCode::Internal, format!("The template could not be written: {error}."))
    };
    let mut file: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| unusable(error.message()))?;
    let told = toml::to_string_pretty(&template.launch).map_err(|error| internal(&error))?;
    let mut told: DocumentMut = told.parse().map_err(|error| internal(&error))?;
    // What says nothing is left out.
    told.retain(|_, item| item.as_array().is_none_or(|array| !array.is_empty()));
    let all = file.entry(TEMPLATES).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let all = all.as_table_like_mut().ok_or_else(|| unusable("`templates` is no table"))?;
    let one = all.entry(&template.name).or_insert_with(|| Item::Table(Table::new()));
    let one = one
        .as_table_like_mut()
        .ok_or_else(|| unusable(&format!("`templates.{}` is no table", template.name)))?;
    let gone: Vec<String> =
        one.iter().map(|(key, _)| key.to_owned()).filter(|key| told.get(key).is_none()).collect();
    for key in gone {
        one.remove(&key);
    }
    for (key, item) in told.as_table().iter() {
        let mut item = item.clone();
        if let Item::Table(table) = &mut item {
            // It stands where its new place is, not where it stood in a text of its own.
            table.set_position(None);
        }
        match (one.get_mut(key).and_then(Item::as_value_mut), item.as_value()) {
            // A comment behind the value stays.
            (Some(old), Some(new)) => {
                let decor = old.decor().clone();
                *old = new.clone();
                *old.decor_mut() = decor;
            }
            _ => drop(one.insert(key, item)),
        }
    }
    let text = file.to_string();
    // What others would read is what was meant.
    let read = parse(&text).templates.into_iter().find(|one| one.name == template.name);
    if read.is_none_or(|read| read.launch != template.launch) {
        return Err(internal(&"it would be read as another one"));
    }
    Ok(text)
}

fn unusable(why: &str) -> Problem {
    invalid(&format!("The templates in the repository's {FILE} cannot be used: {why}."))
}

fn invalid(text: &str) -> Problem {
    Problem::new(ProblemCode::InvalidInput, text).hint(format!("Correct {FILE}."))
}

#[cfg(test)]
mod tests {
    use bosk_core::launch::Effort;

    use super::*;

    const FILE_BEFORE: &str = "# Ours\n[setup]\nrun   =   \"make\" # quickly\n\n[templates.fix]\n# What it is for\nprompt = \"Fix {file}\" # short\nmodel = 'opus'\n\n[templates.other]\nprompt = \"Other\"\n";

    fn launch() -> TemplateLaunch {
        TemplateLaunch {
            prompt: "Fix {file}\n\"well\"\n".to_owned(),
            effort: Some(Effort::High),
            allowed_tools: vec!["Bash(npm test:*)".to_owned()],
            max_budget_usd: Some(2.0),
            limits: Some(Limits { memory: Some(4_000_000_000), ..Limits::default() }),
            ..TemplateLaunch::default()
        }
    }

    fn named(name: &str, launch: TemplateLaunch) -> Template {
        Template { name: name.to_owned(), shared: false, repository: None, launch }
    }

    #[test]
    fn what_is_written_is_read_and_all_else_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::write(root.join(FILE), FILE_BEFORE).unwrap();
        write(root, &named("fix", launch())).unwrap();
        write(root, &named("a new one", launch())).unwrap();
        let text = std::fs::read_to_string(root.join(FILE)).unwrap();
        for kept in
            ["# Ours\n", "run   =   \"make\" # quickly\n", "# What it is for\n", " # short\n"]
        {
            assert!(text.contains(kept), "{text}");
        }
        assert!(!text.contains("opus") && text.contains("[templates.\"a new one\"]"), "{text}");
        let found = read(root);
        assert_eq!(found.problems, []);
        let names: Vec<&str> = found.templates.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a new one", "fix", "other"]);
        assert!(found.templates.iter().all(|one| one.shared));
        assert_eq!(found.templates[1].launch, launch());
        crate::project::Project::read(root).unwrap();
        // Written once more, nothing changes.
        write(root, &named("fix", launch())).unwrap();
        assert_eq!(std::fs::read_to_string(root.join(FILE)).unwrap(), text);
    }

    #[test]
    fn a_file_is_made_where_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()), Templates::default());
        write(folder.path(), &named("fix", launch())).unwrap();
        assert_eq!(read(folder.path()).templates[0].launch, launch());
    }

    #[test]
    fn a_hostile_file_gets_no_rights_and_harms_no_other_template() {
        let text = "[templates.all]\nprompt = \"x\"\npermission_mode = \"bypassPermissions\"\n\
                    [templates.typo]\nprompt = \"x\"\nmodle = \"y\"\n\
                    [templates.limit]\nprompt = \"x\"\nlimits = { memry = 5 }\n\
                    [templates.little]\nprompt = \"x\"\nlimits = { memory = 5 }\n\
                    [templates.wrong]\nprompt = 5\n[templates.none]\nmodel = \"y\"\n\
                    [templates.\"\\u001b[2J\"]\nprompt = \"x\"\n\
                    [templates.good]\nprompt = \"x\"\n";
        let found = parse(text);
        let names: Vec<&str> = found.templates.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["all", "good"]);
        assert_eq!(found.templates[0].launch.permission_mode, None);
        let said: Vec<&str> = found.problems.iter().map(|one| one.message.as_str()).collect();
        let says = |word: &str| said.iter().any(|one| one.contains(word));
        assert_eq!(said.len(), 7, "{said:#?}");
        for word in ["without asking", "`modle`", "`memry`", "`wrong`", "no `prompt`", "character"]
        {
            assert!(says(word), "{word}: {said:#?}");
        }
        for broken in ["templates = 5", "[templates", "[templates]\nfix = 5"] {
            let found = parse(broken);
            assert!(found.templates.is_empty() && found.problems.len() == 1, "{broken}");
        }
    }

    #[test]
    fn what_cannot_be_shared_or_is_no_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let mode = Some(PermissionMode::BypassPermissions);
        let all = TemplateLaunch { permission_mode: mode, ..launch() };
        assert!(write(root, &named("all", all)).is_err() && !root.join(FILE).exists());
        #[cfg(unix)]
        {
            std::fs::write(root.join("elsewhere"), "").unwrap();
            std::os::unix::fs::symlink("elsewhere", root.join(FILE)).unwrap();
            assert!(write(root, &named("fix", launch())).is_err());
            assert_eq!(read(root).problems.len(), 1);
            assert_eq!(std::fs::read(root.join("elsewhere")).unwrap(), b"");
        }
    }
}
