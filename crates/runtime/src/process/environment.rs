//! A whole environment, as it is handed to a process. It may hold secrets, so it shows its names
//! and never its values. Not here: what belongs into a session's (see `claude::environment`).

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;

/// Names and values. On Windows a name is found in whatever case it is written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// This process's own.
    #[must_use]
    pub fn own() -> Self {
        std::env::vars_os().collect()
    }

    /// The value, if there is one; an empty value is one.
    #[must_use]
    pub fn get(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.0.get(self.known(name.as_ref())?).map(OsString::as_os_str)
    }

    /// Sets a value, over the old one if there is one.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        let name = name.into();
        let name = self.known(&name).cloned().unwrap_or(name);
        self.0.insert(name, value.into());
    }

    /// Takes a value out.
    pub fn remove(&mut self, name: impl AsRef<OsStr>) -> Option<OsString> {
        let name = self.known(name.as_ref())?.clone();
        self.0.remove(&name)
    }

    /// Takes out all whose name is not wanted.
    pub fn retain(&mut self, wanted: impl Fn(&OsStr) -> bool) {
        self.0.retain(|name, _| wanted(name));
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The name as it is written here.
    fn known(&self, name: &OsStr) -> Option<&OsString> {
        if cfg!(windows) {
            self.0.keys().find(|known| known.eq_ignore_ascii_case(name))
        } else {
            self.0.get_key_value(name).map(|(known, _)| known)
        }
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut environment = Self::default();
        for (name, value) in pairs {
            environment.set(name, value);
        }
        environment
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn shows_names_and_no_value() {
        let environment = Environment::from_iter([("TOKEN", "sk-ant-oat01-canary")]);
        let shown = format!("{environment:?}");
        assert!(shown.contains("TOKEN") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn the_last_of_two_values_stands() {
        let mut environment = Environment::from_iter([("A", "1"), ("A", "2")]);
        assert_eq!(environment.get("A"), Some("2".as_ref()));
        assert_eq!(environment.remove("A"), Some("2".into()));
        assert_eq!(environment.iter().count(), 0);
    }
}
