//! A commit in the object database, under the person's name, that nothing names yet. Not here: moving a branch to it.

use std::path::Path;
use std::time::Duration;

use bosk_core::{Problem, ProblemCode};

use crate::git::command::{Call, Output};
use crate::git::{Git, GitError};

/// A commit that is built in the object database, and that nothing names yet.
#[derive(Debug)]
pub(crate) struct Built<'a> {
    pub(crate) tree: &'a str,
    pub(crate) parents: &'a [String],
    pub(crate) message: &'a str,
    /// Who wrote it, where that is not the person.
    pub(crate) author: Option<&'a Author>,
}

/// How a commit is signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signing {
    /// How long it may take.
    pub(crate) patience: Duration,
    /// What is told to be so where it cannot be.
    pub(crate) otherwise: &'static str,
}

/// Builds it under the person's name, and signed where that is wanted.
pub(crate) async fn build(
    git: &Git,
    folder: &Path,
    new: &Built<'_>,
    sign: Option<Signing>,
) -> Result<String, Problem> {
    let call = git.change(folder).arg("commit-tree");
    let Some(sign) = sign else {
        return Ok(new.call(call.arg(new.tree)).run().await.map_err(nameless)?.text());
    };
    let output = signing(new.call(call.args(["--gpg-sign", new.tree])), sign.patience).await?;
    match output.code {
        Some(0) => Ok(output.text()),
        _ => Err(unsigned(&output, sign)),
    }
}

/// Runs a call that signs. Without a terminal nothing waits for a passphrase there; an agent with a window of its own may
/// still ask.
pub(crate) async fn signing(call: Call<'_>, patience: Duration) -> Result<Output, GitError> {
    call.env("GPG_TTY", "").timeout(patience).watched().await
}

/// Why there is no signature.
pub(crate) fn unsigned(output: &Output, sign: Signing) -> Problem {
    let why = match output.timed_out {
        true => format!("the signature was not there within {} s", sign.patience.as_secs()),
        false => reason(output.stderr()),
    };
    Problem::new(
        ProblemCode::GitFailed,
        format!("The commit could not be signed, so {}: {why}.", sign.otherwise),
    )
    .hint(
        "Unlock your key in a terminal (sign something with gpg, or ssh-add a key of ssh), then try again; or do without \
         a signature (`--no-sign`).",
    )
}

/// Sources of the wordings: gpg, libgpg-error and ssh-keygen, in the C locale, each met in a test.
fn reason(said: &str) -> String {
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&[
        "Inappropriate ioctl",
        "No pinentry",
        "incorrect passphrase supplied",
        "cannot open '/dev/tty'",
    ]) {
        return "your key wants its passphrase, and nobody can be asked for it here".to_owned();
    }
    if has(&["No secret key", "no such identity", "No private key found"]) {
        return "there is no key of yours to sign with".to_owned();
    }
    if has(&["cannot run "]) {
        return "the program that signs is not there".to_owned();
    }
    last_line(said)
}

impl Built<'_> {
    fn call<'git>(&self, call: Call<'git>) -> Call<'git> {
        let call = call.args(self.parents.iter().flat_map(|parent| ["-p", parent.as_str()]));
        let call = call.setting("user.useConfigOnly=true").input(clean(self.message).into_bytes());
        match self.author {
            Some(author) => call
                .env("GIT_AUTHOR_NAME", &author.name)
                .env("GIT_AUTHOR_EMAIL", &author.email)
                .env("GIT_AUTHOR_DATE", &author.date),
            None => call,
        }
    }
}

/// Who wrote a commit, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    name: String,
    email: String,
    date: String,
}

impl Author {
    /// `date` as git's raw format has it.
    pub(crate) fn new(name: &str, email: &str, date: &str) -> Self {
        Self { name: name.to_owned(), email: email.to_owned(), date: format!("@{date}") }
    }

    pub(crate) async fn of(git: &Git, folder: &Path, commit: &str) -> Result<Self, Problem> {
        let format = "--format=%an%x00%ae%x00%ad";
        let call = git.look(folder).args(["log", "-1", "--no-walk", "--date=raw", format]);
        let said = call.args(["--end-of-options", commit]).run().await?.text();
        let mut fields = said.split('\0');
        match (fields.next(), fields.next(), fields.next()) {
            (Some(name), Some(email), Some(date)) => Ok(Self::new(name, email, date)),
            _ => Err(GitError::Unexpected { command: "log".into() }.into()),
        }
    }
}

/// The person's name and address must be known: nobody's is made up.
pub(crate) async fn require_identity(git: &Git, folder: &Path) -> Result<(), Problem> {
    let look = git.look(folder).setting("user.useConfigOnly=true");
    match look.args(["var", "GIT_COMMITTER_IDENT"]).run().await {
        Ok(_) => Ok(()),
        Err(error) => Err(nameless(error)),
    }
}

fn nameless(error: GitError) -> Problem {
    let said =
        ["tell me who you are", "no email was given", "empty ident name", "no name was given"];
    if !said.iter().any(|words| error.stderr().contains(words)) {
        return error.into();
    }
    Problem::new(
        ProblemCode::GitFailed,
        "Git does not know your name and address, so nothing was committed.",
    )
    .hint("Run: git config --global user.name \"Your Name\" and git config --global user.email you@example.org.")
}

/// A message without blanks around it, and with one line end.
pub(crate) fn clean(message: &str) -> String {
    let lines: Vec<&str> = message.trim().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

fn last_line(text: &str) -> String {
    let line =
        text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("no reason was given");
    line.trim_start_matches("fatal: ")
        .trim_start_matches("error: ")
        .trim_end_matches('.')
        .to_owned()
}
