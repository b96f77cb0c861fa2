//! What a session's process finds in its environment: the person's own, without what belongs to
//! an enclosing session or would bill somebody, and with what a session needs. Pure functions.
//! Not here: the cookie, which `process::spawn` adds to whatever it starts.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::token::Secret;
use crate::ports;
use crate::process::Environment;

/// What the CLI (2.1.330) sets for its own children, and so must not reach a session that merely
/// happens to be started from one.
const OF_AN_ENCLOSING_SESSION: [&str; 12] = [
    "CLAUDECODE",
    "CLAUDE_AGENT_SDK_CLIENT_APP",
    "CLAUDE_AGENT_SDK_VERSION",
    "CLAUDE_CODE_CHILD_SESSION",
    "CLAUDE_CODE_ENTRYPOINT",
    "CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS",
    "CLAUDE_CODE_SESSION_ATTENDED",
    "CLAUDE_CODE_SESSION_ID",
    "CLAUDE_CODE_SSE_PORT",
    "CLAUDE_ENV_FILE",
    "CLAUDE_PID",
    "CLAUDE_PROJECT_DIR",
];

/// Keys that the CLI prefers to a subscription, and bills each call to.
const BILLING: [&str; 2] = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"];

/// The variable that carries the token of `claude setup-token`.
const TOKEN: &str = "CLAUDE_CODE_OAUTH_TOKEN";

/// Git's automatic housekeeping, which must not run beside other sessions' commits.
const GIT_SETTINGS: [(&str, &str); 2] = [("gc.auto", "0"), ("maintenance.auto", "false")];

/// Who pays for a session's calls.
#[derive(Debug, Clone, Copy)]
pub enum Billing<'a> {
    /// The account that the CLI is signed in to, through this token if one is kept.
    Account(Option<&'a Secret>),
    /// The API key in the person's environment: chosen by the person, never by default.
    ApiKey,
}

/// The environment of a session. `overrides` win over everything else.
#[must_use]
pub fn session_environment(
    parent: &Environment,
    cli: &Path,
    billing: Billing<'_>,
    overrides: &[(OsString, OsString)],
) -> Environment {
    let mut environment = clean(parent);
    add_to_path(&mut environment, cli.parent());
    match billing {
        Billing::ApiKey => {}
        Billing::Account(token) => {
            for name in BILLING {
                environment.remove(name);
            }
            if let Some(token) = token {
                environment.set(TOKEN, token.reveal());
            }
        }
    }
    add_git_settings(&mut environment);
    // So that files can be taken back to an earlier message. (Agent SDK 2.1.330.)
    environment.set("CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING", "1");
    for (name, value) in overrides {
        environment.set(name, value);
    }
    environment
}

/// The person's environment without Bosk's own variables and an enclosing session's, and with a
/// `PATH` that holds the usual places: an app that was not started from a terminal often gets a
/// poor one.
#[must_use]
pub fn clean(parent: &Environment) -> Environment {
    let mut environment = parent.clone();
    environment.retain(|name| {
        let name = name.to_string_lossy();
        !name.starts_with("BOSK_") && !OF_AN_ENCLOSING_SESSION.contains(&name.as_ref())
    });
    add_to_path(&mut environment, usual_folders(parent).iter().map(PathBuf::as_path));
    environment
}

/// The same for what runs in a worktree beside Claude: the repository's scripts, and the person's terminals. It is told
/// which repository, which worktree and which ports are its own.
#[must_use]
pub fn beside(
    parent: &Environment,
    repository: &Path,
    worktree: &Path,
    port: Option<u16>,
) -> Environment {
    let mut environment = clean(parent);
    environment.set("BOSK_REPOSITORY", repository);
    environment.set("BOSK_WORKTREE", worktree);
    for (name, value) in ports::variables(port) {
        environment.set(name, value);
    }
    environment
}

fn usual_folders(environment: &Environment) -> Vec<PathBuf> {
    if cfg!(windows) {
        return Vec::new();
    }
    let home = environment.get("HOME").map(Path::new);
    let own = home.map(|home| home.join(".local/bin"));
    let shared = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
    let brew = cfg!(target_os = "macos").then_some("/opt/homebrew/bin");
    own.into_iter().chain(brew.into_iter().chain(shared).map(PathBuf::from)).collect()
}

/// Appends folders that are not in it yet, so that the person's order stands.
fn add_to_path<'a>(environment: &mut Environment, folders: impl IntoIterator<Item = &'a Path>) {
    let old = environment.get("PATH").unwrap_or_default().to_owned();
    let mut path: Vec<PathBuf> =
        std::env::split_paths(&old).filter(|folder| !folder.as_os_str().is_empty()).collect();
    for folder in folders.into_iter().filter(|folder| folder.is_absolute()) {
        if !path.iter().any(|known| known == folder) {
            path.push(folder.to_owned());
        }
    }
    // A folder whose name cannot stand in PATH leaves the old one as it was.
    if let Ok(path) = std::env::join_paths(path) {
        environment.set("PATH", path);
    }
}

/// git-config(1): GIT_CONFIG_COUNT pairs of GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n, which may be
/// in use already.
fn add_git_settings(environment: &mut Environment) {
    let count = environment.get("GIT_CONFIG_COUNT").and_then(OsStr::to_str);
    let mut count: usize = count.and_then(|count| count.parse().ok()).unwrap_or(0);
    for (key, value) in GIT_SETTINGS {
        environment.set(format!("GIT_CONFIG_KEY_{count}"), key);
        environment.set(format!("GIT_CONFIG_VALUE_{count}"), value);
        count += 1;
    }
    environment.set("GIT_CONFIG_COUNT", count.to_string());
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const CLI: &str = "/opt/node/bin/claude";

    fn session(parent: &[(&str, &str)], billing: Billing<'_>) -> Environment {
        let parent = parent.iter().copied().collect();
        session_environment(&parent, Path::new(CLI), billing, &[])
    }

    fn value<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
        environment.get(name).and_then(OsStr::to_str)
    }

    #[test]
    fn the_persons_own_variables_stay() {
        let kept = [
            ("LANG", "de_DE.UTF-8"),
            ("SSH_AUTH_SOCK", "/run/agent"),
            ("NODE_OPTIONS", "--use-system-ca"),
            ("LD_PRELOAD", "/lib/a.so"),
            ("CLAUDE_CONFIG_DIR", "/home/a/work"),
            ("CLAUDE_CODE_USE_BEDROCK", "1"),
            ("ANTHROPIC_BASE_URL", "https://gateway.example"),
            ("HTTPS_PROXY", "http://proxy.example"),
        ];
        let environment = session(&kept, Billing::Account(None));
        for (name, expected) in kept {
            assert_eq!(value(&environment, name), Some(expected));
        }
    }

    #[test]
    fn nothing_of_an_enclosing_session_or_of_bosk_passes() {
        let parent: Vec<(&str, &str)> =
            OF_AN_ENCLOSING_SESSION.iter().map(|name| (*name, "1")).collect();
        let environment = session(&parent, Billing::ApiKey);
        assert!(OF_AN_ENCLOSING_SESSION.iter().all(|name| environment.get(name).is_none()));
        let environment =
            session(&[("BOSK_SESSION", "outer"), ("BOSK_HOME", "/b")], Billing::ApiKey);
        assert!(environment.iter().all(|(name, _)| !name.to_string_lossy().starts_with("BOSK_")));
    }

    #[test]
    fn an_api_key_is_used_only_where_the_person_chose_that() {
        let parent = [("ANTHROPIC_API_KEY", "k"), ("ANTHROPIC_AUTH_TOKEN", "t")];
        let token = Secret::parse("sk-ant-oat01-abcdefghijklmnop").unwrap();
        let account = session(&parent, Billing::Account(Some(&token)));
        assert!(BILLING.iter().all(|name| account.get(name).is_none()));
        assert_eq!(value(&account, TOKEN), Some("sk-ant-oat01-abcdefghijklmnop"));
        let api = session(&parent, Billing::ApiKey);
        assert_eq!(value(&api, "ANTHROPIC_API_KEY"), Some("k"));
        assert_eq!(value(&api, TOKEN), None);
    }

    #[test]
    fn a_token_of_the_persons_own_stays_where_bosk_keeps_none() {
        let environment = session(&[(TOKEN, "own")], Billing::Account(None));
        assert_eq!(value(&environment, TOKEN), Some("own"));
    }

    #[test]
    fn git_settings_join_those_that_are_there() {
        let parent = [
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "user.name"),
            ("GIT_CONFIG_VALUE_0", "Ann"),
        ];
        let environment = session(&parent, Billing::Account(None));
        assert_eq!(value(&environment, "GIT_CONFIG_COUNT"), Some("3"));
        assert_eq!(value(&environment, "GIT_CONFIG_KEY_0"), Some("user.name"));
        assert_eq!(value(&environment, "GIT_CONFIG_KEY_1"), Some("gc.auto"));
        assert_eq!(value(&environment, "GIT_CONFIG_VALUE_2"), Some("false"));
        let damaged = session(&[("GIT_CONFIG_COUNT", "many")], Billing::Account(None));
        assert_eq!(value(&damaged, "GIT_CONFIG_COUNT"), Some("2"));
    }

    #[test]
    fn a_poor_path_is_completed_at_its_end_and_a_good_one_left_alone() {
        let poor = session(&[("PATH", "/first:/usr/bin"), ("HOME", "/h")], Billing::Account(None));
        let path = value(&poor, "PATH").unwrap();
        assert!(path.starts_with("/first:/usr/bin:/h/.local/bin:"), "{path}");
        assert!(path.ends_with(":/opt/node/bin"), "node is found beside the CLI: {path}");
        assert_eq!(path.matches("/usr/bin").count(), 1, "{path}");
        let again = session(&[("PATH", path), ("HOME", "/h")], Billing::Account(None));
        assert_eq!(value(&again, "PATH"), Some(path));
        assert!(!value(&session(&[], Billing::ApiKey), "PATH").unwrap().contains("::"));
    }

    #[test]
    fn overrides_win() {
        let overrides = [("HOME".into(), "/rehearsal".into()), (TOKEN.into(), "made-up".into())];
        let token = Secret::parse("sk-ant-oat01-abcdefghijklmnop").unwrap();
        let parent = Environment::from_iter([("HOME", "/real")]);
        let billing = Billing::Account(Some(&token));
        let environment = session_environment(&parent, Path::new(CLI), billing, &overrides);
        assert_eq!(value(&environment, "HOME"), Some("/rehearsal"));
        assert_eq!(value(&environment, TOKEN), Some("made-up"));
    }
}
