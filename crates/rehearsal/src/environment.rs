//! The environment in which the CLI talks to the rehearsal server and to nobody else.

/// Variables that would lead the CLI elsewhere or give it real credentials: take them out of its
/// environment. (`ANTHROPIC_API_KEY` and `ANTHROPIC_AUTH_TOKEN` go before the token set here.)
pub const REMOVED_VARIABLES: [&str; 8] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_MODEL",
    "ANTHROPIC_UNIX_SOCKET",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_VERTEX",
];

/// The variables to set for a CLI that is to talk to the server at `url` with a made-up `token`.
/// A proxy that the machine uses is told to leave loopback alone.
#[must_use]
pub fn environment(url: &str, token: &str) -> Vec<(String, String)> {
    [
        ("ANTHROPIC_BASE_URL", url),
        ("CLAUDE_CODE_OAUTH_TOKEN", token),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        ("DISABLE_TELEMETRY", "1"),
        ("DISABLE_AUTOUPDATER", "1"),
        ("DISABLE_ERROR_REPORTING", "1"),
        ("NO_PROXY", "127.0.0.1,localhost"),
        ("no_proxy", "127.0.0.1,localhost"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}
