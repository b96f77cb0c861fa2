//! One commit: from the index, or from all there is. The tree and the commit are built first, then HEAD moves from the
//! commit that it was on, or not at all. Hooks run only on demand. Not here: its message, and who may have it made.

use std::path::Path;
use std::time::Duration;

use bosk_core::{Problem, ProblemCode};

use super::operation;
use crate::git::snapshot::IndexCopy;
use crate::git::{Git, GitError};

/// How long a hook, or whatever signs, may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most that is told of what a hook said, in characters.
const SAID: usize = 4000;

/// Hooks that a commit runs. Source: githooks(5).
const HOOKS: [&str; 4] = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];

/// What is committed, and how.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The whole message.
    pub message: &'a str,
    /// Everything, or only what is staged.
    pub all: bool,
    /// The id of the commit that it replaces, where it does.
    pub amend: Option<&'a str>,
    /// Whether the repository's hooks run.
    pub hooks: bool,
    /// Whether it is signed.
    pub sign: bool,
    /// How long each hook, and signing, may take.
    pub patience: Duration,
}

impl<'a> Wanted<'a> {
    /// Of what is staged, without hooks and signature.
    #[must_use]
    pub const fn staged(message: &'a str) -> Self {
        Self { message, all: false, amend: None, hooks: false, sign: false, patience: PATIENCE }
    }
}

/// Commits; the new commit's full id.
///
/// # Errors
/// There is nothing to commit, HEAD is not the commit to be amended, a hook refuses, it cannot be signed, nobody is
/// named, or git failed. HEAD and index are then as they were; files may be as a hook has left them.
pub async fn commit(git: &Git, worktree: &Path, wanted: &Wanted<'_>) -> Result<String, Problem> {
    if wanted.message.trim().is_empty() {
        return Err(Problem::new(ProblemCode::InvalidInput, "The commit has no message.")
            .hint("Say in a line what it does."));
    }
    operation::require_none(git, worktree).await?;
    require_identity(git, worktree).await?;
    let head = head(git, worktree).await?;
    if let Some(amended) = wanted.amend
        && head.as_deref() != Some(amended)
    {
        return Err(Problem::new(
            ProblemCode::SessionState,
            "The branch has moved since you looked, so nothing was amended.",
        )
        .hint("Look at its last commit once more, then decide."));
    }
    let before = IndexCopy::of(git, worktree).await?;
    let made = make(git, worktree, wanted, head).await;
    if made.is_err() && (wanted.all || wanted.hooks) {
        // It is refused only where somebody else writes the index: then that is the newer one.
        let _ = before.put_back();
    }
    made
}

async fn make(
    git: &Git,
    worktree: &Path,
    wanted: &Wanted<'_>,
    head: Option<String>,
) -> Result<String, Problem> {
    if wanted.all {
        git.change(worktree).args(["add", "--all"]).run().await?;
    }
    let mut message = clean(wanted.message);
    if wanted.hooks {
        hook(git, worktree, wanted, "pre-commit", &[]).await?;
        message = message_by_hooks(git, worktree, wanted, message).await?;
    }
    let tree = git.change(worktree).args(["write-tree"]).run().await?.text();
    let parents = match wanted.amend {
        Some(amended) => parents(git, worktree, amended).await?,
        None => head.clone().into_iter().collect(),
    };
    if wanted.amend.is_none() && tree == tree_of(git, worktree, head.as_deref()).await? {
        let what = if wanted.all { "Nothing has changed" } else { "Nothing is staged" };
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("{what}, so there is nothing to commit."),
        ));
    }
    let author = match wanted.amend {
        Some(amended) => Some(Author::of(git, worktree, amended).await?),
        None => None,
    };
    let new = Built { tree: &tree, parents: &parents, message: &message, author: author.as_ref() };
    let commit = match wanted.sign {
        true => signed(git, worktree, &new, wanted.patience).await?,
        false => build(git, worktree, &new).await?,
    };
    let subject = message.lines().next().unwrap_or_default();
    let deed = if wanted.amend.is_some() { "commit (amend)" } else { "commit" };
    let old = head.unwrap_or_else(|| "0".repeat(commit.len()));
    let reason = format!("{deed}: {subject}");
    git.change(worktree)
        .args(["update-ref", "-m", &reason, "--", "HEAD", &commit, &old])
        .run()
        .await
        .map_err(moved)?;
    if wanted.hooks {
        // It can change nothing any more, and git does not ask how it went either.
        let _ = hook(git, worktree, wanted, "post-commit", &[]).await;
    }
    Ok(commit)
}

/// A commit that is built in the object database, and that nothing names yet.
#[derive(Debug)]
pub(crate) struct Built<'a> {
    pub(crate) tree: &'a str,
    pub(crate) parents: &'a [String],
    pub(crate) message: &'a str,
    /// Who wrote it, where that is not the person.
    pub(crate) author: Option<&'a Author>,
}

/// Builds it under the person's name.
pub(crate) async fn build(git: &Git, folder: &Path, new: &Built<'_>) -> Result<String, Problem> {
    let call = new.call(git.change(folder).args(["commit-tree", new.tree]));
    Ok(call.run().await.map_err(nameless)?.text())
}

async fn signed(
    git: &Git,
    folder: &Path,
    new: &Built<'_>,
    patience: Duration,
) -> Result<String, Problem> {
    let call = git.change(folder).args(["commit-tree", "--gpg-sign", new.tree]);
    // Without a terminal nothing waits for a passphrase there; an agent with a window of its own may still ask.
    let call = new.call(call).env("GPG_TTY", "").timeout(patience);
    let output = call.watched().await?;
    if output.code == Some(0) {
        return Ok(output.text());
    }
    let why = match output.code {
        None => format!("it was not there within {} s", patience.as_secs()),
        Some(_) => last_line(output.stderr()),
    };
    Err(Problem::new(
        ProblemCode::GitFailed,
        format!("The commit could not be signed, so nothing was committed: {why}."),
    )
    .hint("Unlock your key, by signing something in a terminal, and try again; or commit without a signature."))
}

impl Built<'_> {
    fn call<'git>(&self, call: crate::git::command::Call<'git>) -> crate::git::command::Call<'git> {
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
    pub(crate) async fn of(git: &Git, folder: &Path, commit: &str) -> Result<Self, Problem> {
        let format = "--format=%an%x00%ae%x00%ad";
        let call = git.look(folder).args(["log", "-1", "--no-walk", "--date=raw", format]);
        let said = call.args(["--end-of-options", commit]).run().await?.text();
        let mut fields = said.split('\0').map(str::to_owned);
        match (fields.next(), fields.next(), fields.next()) {
            (Some(name), Some(email), Some(date)) => {
                Ok(Self { name, email, date: format!("@{date}") })
            }
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

pub(crate) fn moved(error: GitError) -> Problem {
    // Source of the wording: git's refs/files-backend.c.
    if !error.stderr().contains("but expected") {
        return error.into();
    }
    Problem::new(
        ProblemCode::SessionState,
        "The branch has moved meanwhile, so nothing was changed.",
    )
    .hint("Look at it once more, then try again.")
}

/// The commit at HEAD; none while unborn.
pub(crate) async fn head(git: &Git, folder: &Path) -> Result<Option<String>, Problem> {
    let call = git.look(folder).args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    Ok(Some(call.answer_or_nothing().await?).filter(|id| !id.is_empty()))
}

async fn parents(git: &Git, folder: &Path, commit: &str) -> Result<Vec<String>, Problem> {
    let call = git.look(folder).args(["rev-parse", "--verify", "--end-of-options"]);
    // Without parents there is nothing to print, and that is no failure.
    drop(call.arg(format!("{commit}^{{commit}}")).run().await?);
    let call = git.look(folder).args(["log", "-1", "--no-walk", "--format=%P", commit, "--"]);
    Ok(call.run().await?.text().split_whitespace().map(str::to_owned).collect())
}

async fn tree_of(git: &Git, folder: &Path, commit: Option<&str>) -> Result<String, Problem> {
    let Some(commit) = commit else {
        return Ok(git
            .change(folder)
            .args(["hash-object", "-t", "tree", "--stdin"])
            .run()
            .await?
            .text());
    };
    let call = git.look(folder).args(["rev-parse", "--verify", "--end-of-options"]);
    Ok(call.arg(format!("{commit}^{{tree}}")).run().await?.text())
}

/// The hooks of the repository's that a commit would run.
///
/// # Errors
/// Git failed.
pub async fn hooks(git: &Git, worktree: &Path) -> Result<Vec<String>, Problem> {
    installed(git, worktree, &HOOKS).await
}

/// Which of these hooks there are.
pub(crate) async fn installed(
    git: &Git,
    worktree: &Path,
    names: &[&str],
) -> Result<Vec<String>, Problem> {
    let call = git.look(worktree).hooks(true).args(["rev-parse", "--path-format=absolute"]);
    let output = call.args(["--git-path", "hooks"]).run().await?.stdout;
    let folder = crate::git::paths::from_git(output.trim_ascii_end());
    let is_there = |name: &&&str| is_program(&folder.join(name));
    Ok(names.iter().filter(is_there).map(|name| (*name).to_owned()).collect())
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|one| one.is_file() && one.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Runs a hook where there is one.
async fn hook(
    git: &Git,
    worktree: &Path,
    wanted: &Wanted<'_>,
    name: &str,
    arguments: &[&std::ffi::OsStr],
) -> Result<(), Problem> {
    let call =
        git.change(worktree).hooks(true).args(["hook", "run", "--ignore-missing", name, "--"]);
    let output = call.args(arguments).limit(64 << 10).timeout(wanted.patience).watched().await?;
    if output.code == Some(0) {
        return Ok(());
    }
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), output.stderr());
    Err(refused(name, output.code, wanted.patience, &said))
}

pub(crate) fn refused(name: &str, code: Option<i32>, patience: Duration, said: &str) -> Problem {
    let how = match code {
        Some(_) => "refused".to_owned(),
        None => format!("took longer than {} s and was ended", patience.as_secs()),
    };
    let skipped = said.chars().count().saturating_sub(SAID);
    let said: String = said.trim_end().chars().skip(skipped).collect();
    let said =
        if said.is_empty() { "It said nothing.".to_owned() } else { format!("It said:\n{said}") };
    Problem::new(
        if code.is_some() { ProblemCode::GitFailed } else { ProblemCode::TimedOut },
        format!("The repository's {name} hook {how}, so nothing was done. {said}"),
    )
    .hint("Mend what it complains about and try again, or go on without hooks.")
}

/// The message as `prepare-commit-msg` and `commit-msg` leave it.
async fn message_by_hooks(
    git: &Git,
    worktree: &Path,
    wanted: &Wanted<'_>,
    message: String,
) -> Result<String, Problem> {
    let file = operation::own_file(git, worktree, "COMMIT_EDITMSG").await?;
    std::fs::write(&file, &message).map_err(|error| GitError::Start(error))?;
    hook(git, worktree, wanted, "prepare-commit-msg", &[file.as_ref(), "message".as_ref()]).await?;
    hook(git, worktree, wanted, "commit-msg", &[file.as_ref()]).await?;
    let left = std::fs::read(&file).map_err(|error| GitError::Start(error))?;
    let left = clean(&String::from_utf8_lossy(&left));
    if left.trim().is_empty() {
        return Err(refused("commit-msg", Some(1), wanted.patience, "It left no message."));
    }
    Ok(left)
}

/// A message without blanks around it, and with one line end.
fn clean(message: &str) -> String {
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

#[cfg(test)]
mod tests;
