//! The scripts that a server knows, by name. Not here: what is in one.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    error::RehearsalError,
    script::{Agent, Script, Step, Turn},
    toml_form::parse_scripts,
};

/// The scripts in the program, by name; the first is the default.
const BUILTIN: [(&str, &str); 5] = [
    ("hello", include_str!("../scripts/hello.toml")),
    ("fix-test", include_str!("../scripts/fix-test.toml")),
    ("add-export", include_str!("../scripts/add-export.toml")),
    ("ask-first", include_str!("../scripts/ask-first.toml")),
    ("usage-limit", include_str!("../scripts/usage-limit.toml")),
];

/// Scripts by name, one of which is played when a prompt names none.
#[derive(Debug, Clone)]
pub struct Scripts {
    by_name: BTreeMap<String, Arc<Script>>,
    default: String,
}

impl Scripts {
    /// The scripts in the program: `hello`, those of the sample sessions, and `usage-limit`.
    #[must_use]
    pub fn builtin() -> Self {
        let read = |(name, toml): (&str, &str)| match Script::parse(toml) {
            Ok(script) => Some((name.to_owned(), Arc::new(script))),
            Err(error) => {
                // A test holds every one of them to be valid.
                tracing::error!(name, %error, "a script in the program cannot be read");
                None
            }
        };
        let by_name = BUILTIN.into_iter().filter_map(read).collect();
        Self { by_name, default: BUILTIN[0].0.to_owned() }
    }

    /// Reads a file of scripts. The default is the one it names, or else the first by name.
    ///
    /// # Errors
    /// The text is not TOML, has an unknown field, a step that makes no sense, no script at all, or
    /// a default that is not among its scripts.
    pub fn parse(toml: &str) -> Result<Self, RehearsalError> {
        let (default, scripts) = parse_scripts(toml)?;
        let first = scripts.keys().next().cloned().unwrap_or_default();
        let by_name = scripts.into_iter().map(|(name, script)| (name, Arc::new(script))).collect();
        Self { by_name, default: String::new() }.with_default(&default.unwrap_or(first))
    }

    /// The built-in scripts, with the named one as what is played; or those of a file (`….toml`).
    ///
    /// # Errors
    /// There is no script of that name, or the file cannot be read.
    pub fn named(name: Option<&str>) -> Result<Self, RehearsalError> {
        let Some(name) = name else { return Ok(Self::builtin()) };
        if !name.ends_with(".toml") {
            return Self::builtin().with_default(name);
        }
        let unreadable = |error| RehearsalError::Unreadable { file: name.to_owned(), error };
        Self::parse(&std::fs::read_to_string(name).map_err(unreadable)?)
    }

    /// Adds a script, or puts it in another's place.
    #[must_use]
    pub fn with(mut self, name: &str, script: Script) -> Self {
        self.by_name.insert(name.to_owned(), Arc::new(script));
        self
    }

    /// The same scripts without waiting: nothing pauses, and text comes as fast as it is taken.
    /// Even rates of deltas are kept.
    #[must_use]
    pub fn unpaced(mut self) -> Self {
        for script in self.by_name.values_mut() {
            Arc::make_mut(script).unpace();
        }
        self
    }

    /// Says which script is played when a prompt names none.
    ///
    /// # Errors
    /// There is no script of that name.
    pub fn with_default(mut self, name: &str) -> Result<Self, RehearsalError> {
        self.get(name)?;
        name.clone_into(&mut self.default);
        Ok(self)
    }

    /// Every script with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Script)> {
        self.by_name.iter().map(|(name, script)| (name.as_str(), script.as_ref()))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The script of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, name: &str) -> Result<Arc<Script>, RehearsalError> {
        self.by_name.get(name).cloned().ok_or_else(|| RehearsalError::UnknownScript {
            name: name.to_owned(),
            known: self.names().collect::<Vec<_>>().join(", "),
        })
    }

    /// The default script; an empty one where none is known.
    pub(crate) fn default_script(&self) -> Arc<Script> {
        self.get(&self.default).unwrap_or_else(|_| Arc::new(Script::new(Vec::new())))
    }

    /// The script that answers this message without being named: one with that prompt, or a
    /// subagent's with that prompt.
    pub(crate) fn for_prompt(&self, prompt: &str) -> Option<Arc<Script>> {
        let prompt = prompt.trim();
        let mut scripts = self.by_name.values();
        let own = scripts.find(|script| !prompt.is_empty() && script.prompt == prompt).cloned();
        let agents = || {
            let turns = self.by_name.values().flat_map(|script| &script.turns);
            let agent = turns.into_iter().find_map(|turn| seek(turn, prompt))?;
            Some(Arc::new(Script::new(agent.turns.clone())))
        };
        own.or_else(agents)
    }
}

fn seek<'turn>(turn: &'turn Turn, prompt: &str) -> Option<&'turn Agent> {
    turn.steps.iter().find_map(|step| {
        let agent = match step {
            Step::Agent(agent) => agent,
            Step::When { step, .. } => match step.as_ref() {
                Step::Agent(agent) => agent,
                _ => return None,
            },
            _ => return None,
        };
        if agent.prompt.trim() == prompt && !agent.turns.is_empty() {
            return Some(agent);
        }
        agent.turns.iter().find_map(|turn| seek(turn, prompt))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_in_the_program_can_be_read() {
        for (name, toml) in BUILTIN {
            let read = Script::parse(toml);
            assert!(read.is_ok(), "{name}: {}", read.unwrap_err());
        }
        assert_eq!(Scripts::builtin().names().count(), BUILTIN.len());
        assert!(Scripts::builtin().default_script().prompt.is_empty());
    }

    #[test]
    fn a_file_of_scripts_has_a_default_that_exists() {
        let two = "[scripts.b]\nturns = []\n[scripts.a]\nturns = []\n";
        assert_eq!(Scripts::parse(two).unwrap().default, "a");
        assert_eq!(Scripts::parse(&format!("default = 'b'\n{two}")).unwrap().default, "b");
        assert!(Scripts::parse(&format!("default = 'c'\n{two}")).is_err());
        assert!(Scripts::parse("scripts = {}").is_err());
    }

    #[test]
    fn unpaced_scripts_say_the_same_without_a_wait() {
        let unpaced = Scripts::builtin().unpaced();
        for (name, script) in unpaced.iter() {
            let steps = script.turns.iter().flat_map(|turn| &turn.steps);
            for step in steps {
                match step {
                    Step::Pause(_) => panic!("{name} pauses"),
                    Step::Text { pace, .. } => assert!(pace.every.is_zero(), "{name}"),
                    _ => {}
                }
            }
        }
    }
}
