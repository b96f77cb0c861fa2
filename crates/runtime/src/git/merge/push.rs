//! Remotes, and pushing one branch to one of them. Nobody is asked for a password: what is needed is there, or the push
//! fails and says so. Not here: what serves a remote (`bosk_core::review::remote`).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use bosk_core::{Problem, ProblemCode};

use super::hook::refused;
use crate::git::command::{Call, Output};
use crate::git::{Git, GitError};

/// How long a push may take.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// The remotes and their addresses, those for pushing, by name. An address may hold secrets.
///
/// # Errors
/// Git failed.
pub async fn remotes(git: &Git, folder: &Path) -> Result<BTreeMap<String, String>, Problem> {
    let listed = git.look(folder).args(["remote", "--verbose"]).run().await?.text();
    // Source of the format: git-remote(1) and git's builtin/remote.c, `<name>\t<url> (fetch|push)`.
    let push = |line: &str| {
        let (name, rest) = line.split_once('\t')?;
        let (url, way) = rest.rsplit_once(" (")?;
        way.starts_with("push").then(|| (name.to_owned(), url.to_owned()))
    };
    Ok(listed.lines().filter_map(push).collect())
}

/// What a branch follows: the remote and the branch there.
///
/// # Errors
/// Git failed.
pub async fn upstream(
    git: &Git,
    folder: &Path,
    branch: &str,
) -> Result<Option<(String, String)>, Problem> {
    let remote = setting(git, folder, &format!("branch.{branch}.remote")).await?;
    let merge = setting(git, folder, &format!("branch.{branch}.merge")).await?;
    let there = merge.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    Ok(remote.zip(there.map(str::to_owned)))
}

/// One setting of git's, where it is set.
pub(crate) async fn setting(
    git: &Git,
    folder: &Path,
    key: &str,
) -> Result<Option<String>, Problem> {
    let value = git.look(folder).args(["config", "--get", key]).answer_or_nothing().await?;
    Ok(Some(value).filter(|value| !value.is_empty()))
}

/// The commit that a remote's branch was on when it was last fetched.
///
/// # Errors
/// Git failed.
pub async fn last_seen(
    git: &Git,
    folder: &Path,
    remote: &str,
    branch: &str,
) -> Result<Option<String>, Problem> {
    let call = git.look(folder).args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    let name = format!("refs/remotes/{remote}/{branch}^{{commit}}");
    Ok(Some(call.arg(name).answer_or_nothing().await?).filter(|id| !id.is_empty()))
}

/// What is pushed.
#[derive(Debug, Clone, Copy)]
pub struct Push<'a> {
    /// The remote's name: one of [`remotes`].
    pub remote: &'a str,
    /// The branch, there as here.
    pub branch: &'a str,
    /// The commit.
    pub commit: &'a str,
    /// The commit that the remote must still be on to be replaced by force; empty where it must have no such branch.
    pub lease: Option<&'a str>,
    /// Whether the `pre-push` hook runs.
    pub hooks: bool,
    /// How long it may take.
    pub patience: Duration,
}

/// Pushes, until it is given up; false where it was, and then the remote may have it all the same ([`there`]). Dropped before its end, it is ended with all that it has started.
///
/// # Errors
/// The remote refuses or cannot be reached, a hook refuses, or it took too long; the remote's branch is then as it was,
/// unless it was the answer that got lost.
pub async fn push(
    git: &Git,
    folder: &Path,
    push: &Push<'_>,
    given_up: impl Future<Output = ()>,
) -> Result<bool, Problem> {
    let reference = format!("refs/heads/{}", push.branch);
    let mut call =
        git.change(folder).hooks(push.hooks).args(["push", "--porcelain", "--no-progress"]);
    // Nothing else than that branch, whatever is configured.
    call = call.args(["--no-follow-tags", "--recurse-submodules=no", "--no-signed"]);
    if !push.hooks {
        call = call.arg("--no-verify");
    }
    if let Some(lease) = push.lease {
        call = call.arg(format!("--force-with-lease={reference}:{lease}"));
    }
    call = call.arg("--").arg(push.remote).arg(format!("{}:{reference}", push.commit));
    call = unasked(git, folder, call).await?;
    let output = call.limit(64 << 10).timeout(push.patience).watched_until(given_up).await?;
    let Some(output) = output else { return Ok(false) };
    match output.code {
        Some(0) => Ok(true),
        _ if output.timed_out => Err(too_long(push)),
        _ => Err(failed(push, &output)),
    }
}

/// The commit that a remote's branch is on now, by the remote's own word; none where it has no such branch.
///
/// # Errors
/// The remote cannot be reached, or does not answer in time.
pub async fn there(
    git: &Git,
    folder: &Path,
    (remote, branch): (&str, &str),
    patience: Duration,
) -> Result<Option<String>, Problem> {
    let reference = format!("refs/heads/{branch}");
    let call = git.look(folder).args(["ls-remote", "--refs", "--", remote, &reference]);
    let call = unasked(git, folder, call).await?;
    let output = call.limit(64 << 10).timeout(patience).watched().await?;
    if output.timed_out || output.code != Some(0) {
        let why = match output.timed_out {
            true => format!("did not answer within {} s", patience.as_secs()),
            false => format!("did not answer ({})", line(output.stderr())),
        };
        let text = format!("\"{remote}\" {why}, so what it has by now is not known.");
        return Err(Problem::new(ProblemCode::GitFailed, text)
            .hint("Look again when it can be reached. Nothing here was changed."));
    }
    // Source of the format: git-ls-remote(1). A pattern matches the end of other names, too.
    let id = |line: &str| {
        let (id, name) = line.split_once('\t')?;
        (name == reference).then(|| id.to_owned())
    };
    Ok(output.text().lines().find_map(id))
}

/// The same call, which asks nobody for a password.
async fn unasked<'git>(git: &Git, folder: &Path, call: Call<'git>) -> Result<Call<'git>, Problem> {
    // Source of the names: git(1), ssh(1), ssh_config(5), and the Git Credential Manager's own documentation.
    let call = call.setting("core.askPass=").env("SSH_ASKPASS_REQUIRE", "never");
    let call = call.env("GCM_INTERACTIVE", "never");
    Ok(match ssh(git, folder).await? {
        Some(ssh) => call.env("GIT_SSH_COMMAND", ssh),
        None => call,
    })
}

/// The person's own ssh, told never to ask. One that is no OpenSSH is left as it is.
async fn ssh(git: &Git, folder: &Path) -> Result<Option<OsString>, Problem> {
    if std::env::var_os("GIT_SSH").is_some() {
        return Ok(None);
    }
    let own = match std::env::var_os("GIT_SSH_COMMAND").filter(|value| !value.is_empty()) {
        Some(own) => own,
        None => setting(git, folder, "core.sshCommand").await?.map_or("ssh".into(), OsString::from),
    };
    if !own.to_string_lossy().contains("ssh") || own.to_string_lossy().contains("plink") {
        return Ok(None);
    }
    let mut command = own;
    command.push(" -o BatchMode=yes");
    Ok(Some(command))
}

fn too_long(push: &Push<'_>) -> Problem {
    Problem::new(
        ProblemCode::TimedOut,
        format!("\"{}\" did not answer within {} s, so the push was ended.", push.remote, push.patience.as_secs()),
    )
    .hint("See whether the network and the remote answer, then push again: what it has already is not sent twice.")
}

/// Sources of the wordings: git's transport.c, builtin/push.c and http.c, OpenSSH, GitHub and GitLab, in the C locale.
fn failed(push: &Push<'_>, output: &Output) -> Problem {
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = output.stderr();
    let (remote, branch) = (push.remote, push.branch);
    let problem = |text: String, hint: &str| Problem::new(ProblemCode::GitFailed, text).hint(hint);
    // Source of the format: git-push(1), "OUTPUT": `<flag>\t<from>:<to>\t<summary> (<reason>)`.
    let verdict = printed.lines().find(|line| line.starts_with("!\t")).unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if verdict.contains("[remote rejected]") {
        let why = verdict.rsplit_once('(').map_or("", |(_, why)| why.trim_end_matches(')'));
        let words: Vec<&str> = said
            .lines()
            .filter_map(|line| line.strip_prefix("remote:"))
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .take(12)
            .collect();
        let words = if words.is_empty() {
            String::new()
        } else {
            format!(" It said:\n{}", words.join("\n"))
        };
        return problem(
            format!(
                "\"{remote}\" refused the branch \"{branch}\" ({why}), so it is as it was there.{words}"
            ),
            "A rule of the remote's forbids it. Push under another name, or ask whoever looks after it.",
        );
    }
    if verdict.contains("(stale info)") {
        return problem(
            format!(
                "\"{branch}\" on \"{remote}\" is not what was last fetched, so it was not replaced."
            ),
            "Fetch, look at what is new there, then decide once more.",
        );
    }
    if verdict.contains("[rejected]") {
        return problem(
            format!(
                "\"{branch}\" on \"{remote}\" has commits that this one does not have, so nothing was pushed."
            ),
            "Fetch and merge them, or replace them by force if they are yours to replace.",
        );
    }
    if has(&[
        "Authentication failed",
        "Permission denied",
        "could not read Username",
        "could not read Password",
        "Repository not found",
        "repository not found",
        "returned error: 403",
        "returned error: 401",
        "access denied",
        "Host key verification failed",
        "not allowed to push",
    ]) {
        return problem(
            format!("\"{remote}\" does not let you in, so nothing was pushed: {}.", line(said)),
            "Sign in to it in a terminal (git push, or its own command such as gh auth login), then push again.",
        );
    }
    if has(&[
        "Could not resolve host",
        "Could not resolve hostname",
        "Connection refused",
        "Connection timed out",
        "Network is unreachable",
        "No route to host",
        "Failed to connect",
        "Couldn't connect",
        "Operation timed out",
    ]) {
        return problem(
            format!("\"{remote}\" cannot be reached, so nothing was pushed: {}.", line(said)),
            "See whether you are on the network, then push again.",
        );
    }
    if has(&["does not appear to be a git repository", "does not exist"]) {
        return problem(
            format!("There is no repository where \"{remote}\" points to, so nothing was pushed."),
            "Correct its address: git remote set-url.",
        );
    }
    // Git itself says nothing where its hook refuses, but for the last line.
    if push.hooks && verdict.is_empty() && has(&["failed to push some refs"]) {
        return refused("pre-push", said);
    }
    let error =
        GitError::Failed { command: "push".into(), code: output.code, stderr: said.to_owned() };
    let problem = Problem::from(error);
    if problem.code != ProblemCode::GitFailed {
        return problem;
    }
    Problem { message: format!("Nothing was pushed: {}.", line(said)), ..problem }
}

/// The line that says why.
fn line(said: &str) -> String {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let why = lines.find(|line| !line.starts_with("remote:") && !line.starts_with("Warning"));
    let why = why.unwrap_or("no reason was given");
    why.trim_start_matches("fatal: ").trim_start_matches("error: ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stdout: &str, stderr: &str, hooks: bool) -> String {
        let push = Push {
            remote: "origin",
            branch: "fix",
            commit: "c",
            lease: None,
            hooks,
            patience: PATIENCE,
        };
        let stdout = stdout.as_bytes().to_vec();
        let (code, stderr) = (Some(1), stderr.to_owned());
        let output = Output { stdout, truncated: false, code, timed_out: false, stderr };
        failed(&push, &output).message
    }

    #[test]
    fn each_refusal_is_told_as_what_it_is() {
        for (stdout, stderr, words) in [
            (
                "To x\n!\tc:refs/heads/fix\t[rejected] (fetch first)\nDone\n",
                "error: failed to push",
                "has commits",
            ),
            ("!\tc:refs/heads/fix\t[rejected] (stale info)\n", "", "last fetched"),
            (
                "!\tc:refs/heads/fix\t[remote rejected] (pre-receive hook declined)\n",
                "remote: no tabs\nremote: \n",
                "(pre-receive hook declined), so it is as it was there. It said:\nno tabs",
            ),
            (
                "",
                "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                "let you in",
            ),
            (
                "",
                "remote: Invalid username\nfatal: Authentication failed for 'https://x/'",
                "Authentication failed",
            ),
            (
                "",
                "fatal: could not read Username for 'https://x': terminal prompts disabled",
                "let you in",
            ),
            (
                "",
                "fatal: unable to access 'https://x/': Could not resolve host: x",
                "cannot be reached",
            ),
            ("", "ssh: connect to host x port 22: Connection refused", "cannot be reached"),
            ("", "fatal: '/nowhere' does not appear to be a git repository", "no repository"),
            ("", "fatal: something else", "Nothing was pushed: something else."),
        ] {
            let message = told(stdout, stderr, false);
            assert!(message.contains(words), "{stderr}: {message}");
        }
        assert!(
            told("", "tests failed\nerror: failed to push some refs to 'x'", true)
                .contains("pre-push hook refused")
        );
    }
}
