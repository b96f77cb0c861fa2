//! The CLI's command line. The prompt is not on it: it goes in by standard input, since arguments
//! are short, world-readable and may begin with a dash.

use crate::SessionId;
use crate::launch::{Backend, LaunchSpec, PermissionMode};

/// Whether the conversation is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation<'a> {
    /// A new one; the CLI refuses an id that it knows, so nothing starts twice.
    New,
    /// Goes on where it ended, or after an earlier message (`--resume-session-at`, which takes any message's
    /// `uuid`; measured on 2.1.330). What came after that one stays in the CLI's transcript.
    Resume {
        /// That message.
        after: Option<&'a str>,
    },
    /// A new one that knows another up to a message. The other one may belong to another folder.
    Fork {
        /// The other.
        of: &'a SessionId,
        /// The last message that it knows.
        after: &'a str,
    },
}

/// What every session is started with.
const ALWAYS: [&str; 9] = [
    "--print",
    "--input-format=stream-json",
    "--output-format=stream-json",
    "--verbose",
    "--include-partial-messages",
    "--replay-user-messages",
    "--forward-subagent-text",
    "--include-hook-events",
    "--permission-prompt-tool=stdio",
];

/// The arguments for a spare process: started before its session is known, it waits to be given a
/// folder ([`crate::claude::input::claim`]; CLI 2.1.330, measured).
#[must_use]
pub fn spare(id: &SessionId) -> Vec<String> {
    let mut args = ALWAYS.map(str::to_owned).to_vec();
    args.extend([format!("--session-id={id}"), "--await-claim".to_owned()]);
    args
}

/// Whether a spare process can become this session: what it cannot be given any more decides.
#[must_use]
pub fn suits_spare(spec: &LaunchSpec) -> bool {
    spec.backend == Backend::Account
        && spec.permission_mode != PermissionMode::BypassPermissions
        && spec.allowed_tools.is_empty()
        && spec.denied_tools.is_empty()
        && spec.max_turns.is_none()
        && spec.max_budget_usd.is_none()
        && spec.fork.is_none()
}

/// The arguments for a session, without the program.
#[must_use]
pub fn arguments(id: &SessionId, spec: &LaunchSpec, conversation: Conversation<'_>) -> Vec<String> {
    let mut args = ALWAYS.map(str::to_owned).to_vec();
    // One argument each, `--flag=value`: a value that begins with a dash stays a value.
    let mut flag = |name: &str, value: &str| args.push(format!("--{name}={value}"));
    match conversation {
        Conversation::New => flag("session-id", id.as_str()),
        Conversation::Resume { after } => {
            flag("resume", id.as_str());
            if let Some(after) = after {
                flag("resume-session-at", after);
            }
        }
        Conversation::Fork { of, after } => {
            flag("resume", of.as_str());
            flag("resume-session-at", after);
            flag("session-id", id.as_str());
        }
    }
    flag("permission-mode", spec.permission_mode.as_str());
    if let Some(model) = &spec.model {
        flag("model", model);
    }
    if let Some(effort) = spec.effort {
        flag("effort", effort.as_str());
    }
    for tool in &spec.allowed_tools {
        flag("allowed-tools", tool);
    }
    for tool in &spec.denied_tools {
        flag("disallowed-tools", tool);
    }
    if let Some(text) = &spec.append_system_prompt {
        flag("append-system-prompt", text);
    }
    if let Some(turns) = spec.max_turns {
        flag("max-turns", &turns.to_string());
    }
    if let Some(budget) = spec.max_budget_usd {
        flag("max-budget-usd", &budget.to_string());
    }
    if matches!(conversation, Conversation::Fork { .. }) {
        args.push("--fork-session".to_owned());
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::{Effort, Fork};

    fn spec() -> LaunchSpec {
        serde_json::from_str(r#"{"repository":"/repo","prompt":"--help; rm -rf /"}"#).unwrap()
    }

    fn id() -> SessionId {
        SessionId::parse("b1d42286-cc30-4c1e-a2f9-fc320fe98405").unwrap()
    }

    #[test]
    fn asks_by_default_and_keeps_the_prompt_off_the_command_line() {
        let args = arguments(&id(), &spec(), Conversation::New);
        assert!(args.contains(&"--permission-mode=default".to_owned()));
        assert!(args.iter().all(|arg| !arg.contains("rm -rf")), "{args:?}");
        assert!(args.contains(&format!("--session-id={}", id())));
    }

    #[test]
    fn a_spare_knows_its_id_and_nothing_of_a_session() {
        let args = spare(&id());
        assert!(args.contains(&format!("--session-id={}", id())));
        assert!(args.contains(&"--await-claim".to_owned()));
        assert!(!args.iter().any(|arg| arg.starts_with("--permission-mode")), "{args:?}");
    }

    #[test]
    fn what_a_spare_cannot_be_given_any_more_asks_for_a_new_process() {
        let mut claimable = spec();
        claimable.model = Some("opus".into());
        claimable.effort = Some(Effort::Max);
        claimable.permission_mode = PermissionMode::Plan;
        claimable.append_system_prompt = Some("Be brief.".into());
        assert!(suits_spare(&claimable));
        let fork = Fork { session: id(), message: "m".into() };
        let changes: [&dyn Fn(&mut LaunchSpec); 7] = [
            &|spec| spec.fork = Some(fork.clone()),
            &|spec| spec.permission_mode = PermissionMode::BypassPermissions,
            &|spec| spec.allowed_tools.push("Bash".into()),
            &|spec| spec.denied_tools.push("Bash".into()),
            &|spec| spec.max_turns = Some(3),
            &|spec| spec.max_budget_usd = Some(0.5),
            &|spec| spec.backend = Backend::Rehearsal { script: None },
        ];
        for change in changes {
            let mut spec = claimable.clone();
            change(&mut spec);
            assert!(!suits_spare(&spec), "{spec:?}");
        }
    }

    #[test]
    fn a_fork_has_an_id_of_its_own() {
        let of = SessionId::parse("00000000-0000-4000-8000-000000000000").unwrap();
        let args = arguments(&id(), &spec(), Conversation::Fork { of: &of, after: "m" });
        for expected in [
            format!("--resume={of}"),
            format!("--session-id={}", id()),
            "--resume-session-at=m".to_owned(),
            "--fork-session".to_owned(),
        ] {
            assert!(args.contains(&expected), "{expected}");
        }
    }

    #[test]
    fn values_stay_values() {
        let mut spec = spec();
        spec.model = Some("--dangerously-skip-permissions".into());
        spec.effort = Some(Effort::High);
        spec.permission_mode = PermissionMode::Plan;
        spec.allowed_tools = vec!["Bash(git log:*)".into(), "-x".into()];
        spec.max_budget_usd = Some(0.5);
        let args = arguments(&id(), &spec, Conversation::Resume { after: Some("-x") });
        assert!(args.iter().all(|arg| arg.starts_with("--")));
        for expected in [
            "--model=--dangerously-skip-permissions",
            "--allowed-tools=Bash(git log:*)",
            "--allowed-tools=-x",
            "--effort=high",
            "--max-budget-usd=0.5",
            "--permission-mode=plan",
            "--resume-session-at=-x",
        ] {
            assert!(args.contains(&expected.to_owned()), "{expected}");
        }
    }
}
