//! One program to run: how it is built, shown, started and judged. It knows nothing of what is run.

use std::{
    env,
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    error::{Error, Result},
    layout,
};

/// A program with its arguments, folder and environment: data, so that it can be listed, run and shown.
#[derive(Clone)]
pub(crate) struct Cmd {
    program: OsString,
    args: Vec<OsString>,
    dir: PathBuf,
    env: Vec<(&'static str, OsString)>,
    unset: Vec<&'static str>,
}

impl Cmd {
    /// A program run in the workspace's root.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            dir: layout::root(),
            env: Vec::new(),
            unset: Vec::new(),
        }
    }

    /// `cargo` with arguments, written as one line of words without spaces inside.
    pub(crate) fn cargo(words: &str) -> Self {
        Self::new("cargo").words(words)
    }

    /// `npm` with arguments, in ui/. On Windows npm is a script, and scripts need their full name.
    pub(crate) fn npm(words: &str) -> Self {
        Self::new(if cfg!(windows) { "npm.cmd" } else { "npm" }).words(words).dir(layout::ui())
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn words(self, words: &str) -> Self {
        self.args(words.split_whitespace())
    }

    pub(crate) fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name, value.as_ref().to_owned()));
        self
    }

    pub(crate) fn unset(mut self, name: &'static str) -> Self {
        self.unset.push(name);
        self
    }

    /// The same command started by another that takes it as its last arguments.
    pub(crate) fn inside(mut self, outer: Self) -> Self {
        let mut args = outer.args;
        args.push(self.program);
        args.append(&mut self.args);
        Self { program: outer.program, args, ..self }
    }

    /// The standard library's command. What cargo told this crate about itself is kept from the child, whose
    /// build scripts would otherwise run again whenever they are started from here rather than by hand.
    pub(crate) fn std(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.dir);
        for (name, _) in env::vars_os() {
            let own = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            });
            if own {
                command.env_remove(name);
            }
        }
        for name in &self.unset {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it on this terminal and wants success.
    pub(crate) fn run(&self) -> Result {
        let status = self.std().status().map_err(|source| self.not_started(source))?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Failed { command: self.to_string(), status })
        }
    }

    /// Runs it, its stderr on this terminal, and gives its stdout, which is shown only when it failed.
    pub(crate) fn captured(&self) -> Result<String> {
        let output = self.std().stderr(Stdio::inherit()).output();
        let output = output.map_err(|source| self.not_started(source))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        print!("{text}");
        Err(Error::Failed { command: self.to_string(), status: output.status })
    }

    /// Runs it without a word. What it printed on stdout when it ended well; None when it could not start or said no.
    pub(crate) fn answer(&self) -> Option<String> {
        let output = self.std().stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    pub(crate) fn not_started(&self, source: std::io::Error) -> Error {
        Error::Start { command: self.to_string(), source }
    }
}

/// As it would be typed from the workspace's root in a POSIX shell.
impl fmt::Display for Cmd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = layout::root();
        if let Ok(inside) = self.dir.strip_prefix(&root)
            && inside != Path::new("")
        {
            write!(f, "cd {} && ", inside.display())?;
        }
        for (name, value) in &self.env {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str(&quoted(&self.program))?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", quoted(arg)))
    }
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "_-./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_shows_as_it_is_typed() {
        let command = Cmd::new("git")
            .words("commit -m")
            .arg("it's a start")
            .env("LANG", "C")
            .dir(layout::ui());
        assert_eq!(command.to_string(), r"cd ui && LANG=C git commit -m 'it'\''s a start'");
    }

    #[test]
    fn success_and_failure_are_told_apart() {
        assert!(Cmd::cargo("--version").answer().is_some_and(|text| text.starts_with("cargo ")));
        assert!(Cmd::cargo("--no-such-option").answer().is_none());
        assert!(matches!(Cmd::new("no-such-program").run(), Err(Error::Start { .. })));
    }
}
