//! Templates: what is launched again and again, with names in braces for what differs ([`crate::queue::names`]). A
//! person has own ones; a repository brings others along, which never raise rights by themselves. Not here: the files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::launch::{Effort, LaunchSpec, PermissionMode};
use crate::limits::Limits;
use crate::{Problem, ProblemCode, queue};

/// A launch that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Whether it comes from the repository: whoever can commit there wrote it, and nothing of it is used unseen.
    #[serde(default)]
    pub shared: bool,
    /// The repository that it is for, by its main work tree; for all when absent.
    #[serde(default)]
    pub repository: Option<String>,
    /// What is launched.
    #[serde(flatten)]
    pub launch: TemplateLaunch,
}

/// What a template says of a launch; what is absent is as it is without one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct TemplateLaunch {
    /// What is to be done, with names in braces.
    pub prompt: String,
    /// Branch, tag or commit to start from.
    pub base: Option<String>,
    /// A worktree of its own, or the repository itself.
    pub worktree: Option<bool>,
    /// The model's name or alias.
    pub model: Option<String>,
    /// How hard the model thinks.
    pub effort: Option<Effort>,
    /// What Claude may do without asking.
    pub permission_mode: Option<PermissionMode>,
    /// Tools and rules allowed beyond the mode, in the CLI's rule syntax.
    pub allowed_tools: Vec<String>,
    /// Tools and rules denied, in the CLI's rule syntax.
    pub denied_tools: Vec<String>,
    /// Text added to the CLI's own system prompt.
    pub append_system_prompt: Option<String>,
    /// Most turns of the model for each message of the person.
    pub max_turns: Option<u32>,
    /// Most that the session may cost, in US dollars.
    pub max_budget_usd: Option<f64>,
    /// What it may use.
    pub limits: Option<Limits>,
    /// A command that tells by its exit code whether the work is right.
    pub check: Option<String>,
}

/// The templates for a repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Templates {
    /// They, by name; an own one before one of that name that the repository brings.
    pub templates: Vec<Template>,
    /// What of them could not be read or was not taken, and why.
    pub problems: Vec<Problem>,
}

/// Longest name of a template: characters.
const LONGEST: usize = 60;

impl Template {
    /// The names in its prompt, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        queue::names(&self.launch.prompt)
    }

    /// Whether its name can be kept and typed.
    ///
    /// # Errors
    /// It cannot, and why.
    pub fn check(&self) -> Result<(), Problem> {
        let invalid = |text: &str, hint: &str| {
            Err(Problem::new(ProblemCode::InvalidInput, text).hint(hint.to_owned()))
        };
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.');
        let name = &self.name;
        if name.trim() != name || name.is_empty() || name.chars().count() > LONGEST {
            return invalid("A template needs a name.", "Up to 60 letters and digits will do.");
        }
        if !name.chars().all(letter) {
            let text = "The template's name has a character that cannot be used.";
            return invalid(text, "Letters, digits, spaces, dots, `-` and `_` can.");
        }
        self.launch.limits.as_ref().map_or(Ok(()), Limits::check)
    }

    /// What of it lets Claude or the machine do something that would otherwise be asked for: to be shown before one
    /// that the repository brings is used.
    #[must_use]
    pub fn rights(&self) -> Vec<String> {
        let TemplateLaunch { permission_mode, allowed_tools, check, worktree, .. } = &self.launch;
        let mode = permission_mode
            .filter(|mode| !matches!(mode, PermissionMode::Manual | PermissionMode::Plan));
        let mode = mode.map(|mode| format!("permission mode {}", mode.as_str()));
        let allowed = allowed_tools.iter().map(|rule| format!("allowed: {rule}"));
        let check = check.iter().map(|command| format!("check command: {command}"));
        let here = (*worktree == Some(false)).then(|| "works in the repository itself".to_owned());
        mode.into_iter().chain(allowed).chain(check).chain(here).collect()
    }

    /// Lays it under a launch: what the launch has chosen itself stays.
    ///
    /// # Errors
    /// A name in its prompt has no value, or a value no name.
    pub fn under(
        &self,
        mut spec: LaunchSpec,
        values: &BTreeMap<String, String>,
    ) -> Result<LaunchSpec, Problem> {
        let names = self.names();
        let invalid = |text: String, hint: String| {
            Err(Problem::new(ProblemCode::InvalidInput, text).hint(hint))
        };
        if let Some(name) = names.iter().find(|name| !values.contains_key(**name)) {
            let text = format!("The template `{}` needs a value for `{name}`.", self.name);
            return invalid(text, format!("Give it with `--set {name}=…`."));
        }
        if let Some(name) = values.keys().find(|name| !names.contains(&name.as_str())) {
            let text = format!("The template `{}` has no `{{{name}}}`.", self.name);
            return invalid(text, format!("It has: {}.", names.join(", ")));
        }
        let launch = &self.launch;
        let prompt = queue::fill(&launch.prompt, values);
        // Words of one's own are added to it.
        spec.prompt = match (prompt.trim().is_empty(), spec.prompt.trim().is_empty()) {
            (true, _) => spec.prompt,
            (false, true) => prompt,
            (false, false) => format!("{prompt}\n\n{}", spec.prompt),
        };
        spec.base = spec.base.or_else(|| launch.base.clone());
        spec.worktree = spec.worktree && launch.worktree.unwrap_or(true);
        spec.model = spec.model.or_else(|| launch.model.clone());
        spec.effort = spec.effort.or(launch.effort);
        if spec.permission_mode == PermissionMode::default() {
            spec.permission_mode = launch.permission_mode.unwrap_or_default();
        }
        let own = std::mem::take(&mut spec.allowed_tools);
        spec.allowed_tools = launch.allowed_tools.iter().cloned().chain(own).collect();
        let own = std::mem::take(&mut spec.denied_tools);
        spec.denied_tools = launch.denied_tools.iter().cloned().chain(own).collect();
        spec.append_system_prompt =
            spec.append_system_prompt.or_else(|| launch.append_system_prompt.clone());
        spec.max_turns = spec.max_turns.or(launch.max_turns);
        spec.max_budget_usd = spec.max_budget_usd.or(launch.max_budget_usd);
        spec.limits = spec.limits.or_else(|| launch.limits.clone());
        spec.check = spec.check.or_else(|| launch.check.clone());
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Template {
        let launch = TemplateLaunch {
            prompt: "Fix {file}".to_owned(),
            model: Some("opus".to_owned()),
            permission_mode: Some(PermissionMode::AcceptEdits),
            allowed_tools: vec!["Read".to_owned()],
            check: Some("make test".to_owned()),
            ..TemplateLaunch::default()
        };
        Template { name: "fix".to_owned(), shared: true, repository: None, launch }
    }

    fn values(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_a_launch_has_chosen_itself_stays() {
        let mut own = LaunchSpec::of_prompt("");
        own.repository = "/r".to_owned();
        own.model = Some("haiku".to_owned());
        own.allowed_tools = vec!["Edit".to_owned()];
        let spec = template().under(own.clone(), &values(&[("file", "a {b}")])).unwrap();
        assert_eq!((spec.prompt.as_str(), spec.repository.as_str()), ("Fix a {b}", "/r"));
        assert_eq!(spec.model.as_deref(), Some("haiku"));
        assert_eq!(spec.permission_mode, PermissionMode::AcceptEdits);
        assert_eq!(spec.allowed_tools, ["Read", "Edit"]);
        assert_eq!(spec.check.as_deref(), Some("make test"));
        own.prompt = "Be quick.".to_owned();
        own.permission_mode = PermissionMode::Plan;
        let spec = template().under(own, &values(&[("file", "a.rs")])).unwrap();
        assert_eq!(spec.prompt, "Fix a.rs\n\nBe quick.");
        assert_eq!(spec.permission_mode, PermissionMode::Plan);
    }

    #[test]
    fn a_name_without_value_and_a_value_without_name_are_refused() {
        let under = |all| template().under(LaunchSpec::of_prompt(""), &values(all)).unwrap_err();
        assert!(under(&[]).message.contains("`file`"));
        assert!(under(&[("file", "x"), ("line", "1")]).hint.unwrap().contains("file"));
    }

    #[test]
    fn what_would_not_be_asked_for_any_more_is_told() {
        let told = ["permission mode acceptEdits", "allowed: Read", "check command: make test"];
        assert_eq!(template().rights(), told);
        let mut plain = template();
        plain.launch = TemplateLaunch { prompt: "x".to_owned(), ..TemplateLaunch::default() };
        assert!(plain.rights().is_empty());
        plain.launch.worktree = Some(false);
        assert_eq!(plain.rights().len(), 1);
    }

    #[test]
    fn names_can_be_kept_and_typed() {
        let named = |name: &str| Template { name: name.to_owned(), ..template() }.check();
        assert!(named("fix it-2.0_수정").is_ok());
        for bad in ["", " x", "a\nb", "a\u{1b}[2J", "a]", "a\"", &"x".repeat(61)] {
            assert!(named(bad).is_err(), "{bad:?}");
        }
    }
}
