//! The CLI's command line. The prompt is not on it: it goes in by standard input, since arguments
//! are short, world-readable and may begin with a dash.

use crate::SessionId;
use crate::launch::LaunchSpec;

/// Whether the conversation is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation {
    /// A new one; the CLI refuses an id that it knows, so nothing starts twice.
    New,
    /// Goes on where it ended.
    Resume,
}

/// The arguments for a session, without the program.
#[must_use]
pub fn arguments(id: &SessionId, spec: &LaunchSpec, conversation: Conversation) -> Vec<String> {
    let mut args: Vec<String> = [
        "--print",
        "--input-format=stream-json",
        "--output-format=stream-json",
        "--verbose",
        "--include-partial-messages",
        "--replay-user-messages",
        "--forward-subagent-text",
        "--permission-prompt-tool=stdio",
    ]
    .map(str::to_owned)
    .to_vec();
    // One argument each, `--flag=value`: a value that begins with a dash stays a value.
    let mut flag = |name: &str, value: &str| args.push(format!("--{name}={value}"));
    match conversation {
        Conversation::New => flag("session-id", id.as_str()),
        Conversation::Resume => flag("resume", id.as_str()),
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
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::{Effort, PermissionMode};

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
    fn values_stay_values() {
        let mut spec = spec();
        spec.model = Some("--dangerously-skip-permissions".into());
        spec.effort = Some(Effort::High);
        spec.permission_mode = PermissionMode::Plan;
        spec.allowed_tools = vec!["Bash(git log:*)".into(), "-x".into()];
        spec.max_budget_usd = Some(0.5);
        let args = arguments(&id(), &spec, Conversation::Resume);
        assert!(args.iter().all(|arg| arg.starts_with("--")));
        for expected in [
            "--model=--dangerously-skip-permissions",
            "--allowed-tools=Bash(git log:*)",
            "--allowed-tools=-x",
            "--effort=high",
            "--max-budget-usd=0.5",
            "--permission-mode=plan",
        ] {
            assert!(args.contains(&expected.to_owned()), "{expected}");
        }
    }
}
