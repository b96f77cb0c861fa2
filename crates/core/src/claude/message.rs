//! The CLI's messages, as far as Bosk reads them. Fields that Bosk does not use are not listed, and
//! an unknown `type` or `subtype` is a value, never an error: every release brings new ones.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::content::{Block, Content, StreamEvent};
use super::envelope::{Envelope, envelope, leading_type};
use crate::session::Tokens;

/// One line of the CLI's output.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A part of the model's answer: whole blocks.
    Assistant(Assistant),
    /// A message to the model: the person's, or results of tools.
    User(User),
    /// The end of a turn.
    Result(Box<TurnResult>),
    /// A part of a block that is being streamed.
    Stream(Stream),
    /// The start of a turn, and what the session can do.
    Init(Init),
    /// A status word, and the permission mode where that has changed.
    Status(Status),
    /// The CLI will try again.
    Retry(Retry),
    /// Words of the CLI to the person.
    Informational(Informational),
    /// A tool use was denied without asking.
    Denied(Denied),
    /// The conversation was compacted.
    Compacted(Compacted),
    /// Where the account's usage stands.
    RateLimit(RateLimit),
    /// The CLI asks something.
    Request(Request),
    /// The CLI no longer needs an answer.
    Withdrawn(Withdrawn),
    /// The answer to a request of Bosk's.
    Response(Response),
    /// What became of a message of the person's.
    Lifecycle(Lifecycle),
    /// A hook has run.
    Hook(Hook),
    /// What runs in the background: all of it.
    Tasks(TasksChanged),
    /// How far one of those is.
    TaskProgress(BackgroundTask),
    /// A kind that Bosk knows and has nothing to show of.
    Quiet,
    /// A kind that Bosk does not know.
    Unknown {
        /// Its `type`, and `subtype` where it has one.
        name: String,
    },
}

/// Kinds that say nothing to a person that another message does not say better.
const QUIET: [&str; 14] = [
    "system/commands_changed",
    "system/files_persisted",
    "system/hook_progress",
    "system/hook_started",
    "system/plugin_install",
    "system/session_state_changed",
    "system/task_notification",
    "system/task_started",
    "system/task_updated",
    "system/thinking_tokens",
    "system/ui_invalidate",
    "auth_status",
    "keep_alive",
    "tool_progress",
];

/// Reads a line.
///
/// # Errors
/// The line is not a JSON object with a `type`. A known kind with unexpected fields is `Unknown`.
pub fn parse(line: &[u8]) -> Result<Message, serde_json::Error> {
    // Nearly all lines are these and begin with their type: they need not be read twice.
    let frequent = match leading_type(line) {
        Some("assistant") => read(line).map(Message::Assistant),
        Some("user") => read(line).map(Message::User),
        Some("stream_event") => read(line).map(Message::Stream),
        _ => None,
    };
    if let Some(message) = frequent {
        return Ok(message);
    }
    let envelope = envelope(line)?;
    let known = match (envelope.kind.as_ref(), envelope.subtype.as_deref()) {
        ("assistant", _) => read(line).map(Message::Assistant),
        ("user", _) => read(line).map(Message::User),
        ("result", _) => read(line).map(|result| Message::Result(Box::new(result))),
        ("stream_event", _) => read(line).map(Message::Stream),
        ("rate_limit_event", _) => read(line).map(Message::RateLimit),
        ("control_request", _) => read(line).map(Message::Request),
        ("control_cancel_request", _) => read(line).map(Message::Withdrawn),
        ("control_response", _) => read(line).map(Message::Response),
        ("command_lifecycle", _) => read(line).map(Message::Lifecycle),
        ("system", Some("init")) => read(line).map(Message::Init),
        ("system", Some("status")) => read(line).map(Message::Status),
        ("system", Some("api_retry")) => read(line).map(Message::Retry),
        ("system", Some("informational")) => read(line).map(Message::Informational),
        ("system", Some("permission_denied")) => read(line).map(Message::Denied),
        ("system", Some("compact_boundary")) => read(line).map(Message::Compacted),
        ("system", Some("hook_response")) => read(line).map(Message::Hook),
        ("system", Some("background_tasks_changed")) => read(line).map(Message::Tasks),
        ("system", Some("task_progress")) => read(line).map(Message::TaskProgress),
        _ => QUIET.contains(&name(&envelope).as_str()).then_some(Message::Quiet),
    };
    Ok(known.unwrap_or_else(|| Message::Unknown { name: name(&envelope) }))
}

fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Option<T> {
    serde_json::from_slice(line).ok()
}

fn name(envelope: &Envelope<'_>) -> String {
    match &envelope.subtype {
        Some(subtype) => format!("{}/{subtype}", envelope.kind),
        None => envelope.kind.to_string(),
    }
}

/// `null` as the default: the CLI writes it for many absent values.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

macro_rules! wire {
    ($($(#[$meta:meta])* struct $name:ident { $($field:ident: $kind:ty $(= $wire:literal)?),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default, Deserialize)]
        #[serde(default)]
        #[expect(missing_docs, reason = "the fields are the CLI's own, described in the SDK's types")]
        pub struct $name {
            $(#[serde(deserialize_with = "or_default" $(, rename = $wire)?)] pub $field: $kind,)*
        }
    )*};
}

wire! {
    /// A part of the model's answer.
    struct Assistant {
        message: AssistantMessage,
        parent_tool_use_id: Option<String>,
        is_api_error_message: bool,
        uuid: String,
    }
    /// The Messages API's message within it.
    struct AssistantMessage { id: String, model: String, content: Vec<Block>, usage: Option<Usage> }
    /// Tokens of one call.
    struct Usage {
        input_tokens: u64,
        output_tokens: u64,
        cache_read_input_tokens: u64,
        cache_creation_input_tokens: u64,
    }
    /// A message to the model.
    struct User {
        message: UserMessage,
        parent_tool_use_id: Option<String>,
        uuid: String,
        is_replay: bool = "isReplay",
        is_synthetic: bool = "isSynthetic",
        tool_use_result: Value,
    }
    /// The Messages API's message within it.
    struct UserMessage { content: Content }
    /// The end of a turn.
    struct TurnResult {
        subtype: String,
        is_error: bool,
        api_error_status: Option<u16>,
        terminal_reason: Option<String>,
        result: Option<String>,
        errors: Vec<Value>,
        duration_ms: u64,
        num_turns: u32,
        total_cost_usd: f64,
        usage: Usage,
        model_usage: std::collections::BTreeMap<String, ModelUsage> = "modelUsage",
        queued_turn_count: u32,
    }
    /// What one model used within the process.
    struct ModelUsage {
        input_tokens: u64 = "inputTokens",
        output_tokens: u64 = "outputTokens",
        cache_read: u64 = "cacheReadInputTokens",
        cache_creation: u64 = "cacheCreationInputTokens",
        context_window: u64 = "contextWindow",
        cost_usd: f64 = "costUSD",
    }
    /// A part of a block that is being streamed.
    struct Stream { event: StreamEvent, parent_tool_use_id: Option<String> }
    /// What the session can do.
    struct Init {
        model: String,
        permission_mode: String = "permissionMode",
        cwd: String,
        claude_code_version: String,
    }
    /// A status word.
    struct Status { status: Option<String>, permission_mode: Option<String> = "permissionMode" }
    /// The CLI will try again.
    struct Retry {
        attempt: u32,
        max_retries: u32,
        retry_delay_ms: f64,
        error_status: Option<u16>,
        error: String,
    }
    /// Words of the CLI.
    struct Informational { content: Value, level: String, is_meta: bool = "isMeta" }
    /// A tool use that was denied without asking.
    struct Denied { tool_name: String, tool_use_id: String, message: String }
    /// The conversation was compacted.
    struct Compacted { compact_metadata: CompactMetadata }
    /// How.
    struct CompactMetadata { trigger: String, pre_tokens: Option<u64> }
    /// Where the account's usage stands.
    struct RateLimit { rate_limit_info: RateLimitInfo }
    /// Each window's figures.
    struct RateLimitInfo {
        status: String,
        resets_at: Option<i64> = "resetsAt",
        rate_limit_type: Option<String> = "rateLimitType",
        utilization: Option<f64>,
        windows: std::collections::BTreeMap<String, Window> = "unifiedWindows",
    }
    /// One window.
    struct Window { utilization: Option<f64>, resets_at: Option<i64> = "resetsAt", status: String }
    /// A hook that has run. Source of the form: CLI 2.1.330, with `--include-hook-events`.
    struct Hook { hook_name: String, output: String, exit_code: Option<i32> }
    /// What runs in the background. Source of the form: CLI 2.1.330, recorded.
    struct TasksChanged { tasks: Vec<BackgroundTask> }
    /// One task: `local_bash`, `local_agent`, ….
    struct BackgroundTask {
        task_id: String,
        task_type: String,
        description: String,
        last_tool_name: Option<String>,
        usage: Option<TaskUsage>,
    }
    /// What a subagent has used so far.
    struct TaskUsage { total_tokens: u64, tool_uses: u64, duration_ms: u64 }
    /// The CLI asks something.
    struct Request { request_id: String, request: RequestBody }
    /// What it asks.
    struct RequestBody {
        subtype: String,
        tool_name: String,
        input: Value,
        tool_use_id: String,
        description: Option<String>,
        decision_reason: Option<String>,
        blocked_path: Option<String>,
        permission_suggestions: Vec<Value>,
        suppress_always_allow_rule: bool,
        default_to_no: bool,
        requires_user_interaction: bool,
        agent_id: Option<String>,
    }
    /// The CLI no longer needs an answer.
    struct Withdrawn { request_id: String }
    /// The answer to a request of Bosk's.
    struct Response { response: ResponseBody }
    /// Success or error.
    struct ResponseBody { subtype: String, request_id: String, response: Value, error: Option<String> }
    /// What became of a message: `queued`, `started`, `completed`, `cancelled`.
    struct Lifecycle { command_uuid: String, state: String }
}

/// Whether the CLI says, in a result or on standard error, that it does not have a conversation.
#[must_use]
pub fn says_unknown_conversation(words: &str) -> bool {
    words.contains("No conversation found")
}

/// The same of the message that a conversation is to go on after (2.1.330, measured: on standard error, and in a result
/// like that).
#[must_use]
pub fn says_unknown_point(words: &str) -> bool {
    words.contains("No message found with message.uuid")
}

impl ModelUsage {
    /// Its tokens.
    #[must_use]
    pub const fn tokens(&self) -> Tokens {
        Tokens {
            input: self.input_tokens,
            output: self.output_tokens,
            cache_read: self.cache_read,
            cache_creation: self.cache_creation,
        }
    }
}

impl TurnResult {
    /// Whether the person ended the turn; the CLI then calls it an error of its own.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.terminal_reason.as_deref().is_some_and(|reason| reason.starts_with("aborted"))
    }

    /// Whether this is no turn at all: the CLI was to go on with a conversation, or after a message, that it does not have.
    /// It ends right after (2.1.330: exit code 1).
    #[must_use]
    pub fn conversation_unknown(&self) -> bool {
        let unknown = |words: &str| says_unknown_conversation(words) || says_unknown_point(words);
        let says = |error: &Value| error.as_str().is_some_and(unknown);
        self.is_error && self.num_turns == 0 && self.errors.iter().any(says)
    }

    /// Whether the turn failed: the subtype alone does not tell, and an interrupt is no failure.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.is_error && !self.interrupted()
    }
}
