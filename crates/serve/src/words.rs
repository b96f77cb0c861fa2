//! What is said over the wire: the words of `bosk_core`, as far as programs need them, with their description.

use bosk_core::launch::LaunchSpec;
use bosk_core::queue::{Priority, QueuedTask};
use bosk_core::session::{Answer, Ask, SessionSummary};
use bosk_core::{Problem, ProblemCode, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::problems::ProblemBody;

/// What is to be done.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Execute {
    /// What Claude is to do.
    #[schema(min_length = 1, pattern = r"\S")]
    prompt: String,
    /// Any folder inside the repository, absolute.
    repository: String,
    /// Branch, tag or commit to start from; HEAD when absent.
    base: Option<String>,
    /// The branch to make; proposed from the prompt when absent.
    branch: Option<String>,
    /// Whether it gets a worktree of its own; yes when absent.
    worktree: Option<bool>,
    /// The model's name or alias.
    model: Option<String>,
    /// How hard the model thinks.
    effort: Option<Effort>,
    /// What Claude may do without asking; `manual` asks, and is the default.
    permission_mode: Option<Mode>,
    /// Rules that are allowed beyond the mode, such as `Bash(npm test:*)`.
    allowed_tools: Option<Vec<String>>,
    /// Rules that are denied.
    denied_tools: Option<Vec<String>>,
    /// Text added to the system prompt.
    append_system_prompt: Option<String>,
    /// Most turns of the model for each message.
    #[schema(minimum = 1)]
    max_turns: Option<u32>,
    /// Most that it may cost, in US dollars.
    #[schema(exclusive_minimum = 0)]
    max_budget_usd: Option<f64>,
    /// What it may use.
    limits: Option<Uses>,
    /// A command that tells by its exit code whether the work is right: run by the platform's shell when a turn ends.
    check: Option<String>,
    /// How urgent it is; `normal` when absent.
    #[serde(skip_serializing)]
    priority: Option<Urgency>,
    /// Tasks that have to be done before.
    #[serde(skip_serializing)]
    after: Option<Vec<String>>,
}

/// What a session may use at most.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Uses {
    /// Bytes.
    #[schema(minimum = 1_000_000_000)]
    memory: Option<u64>,
    /// Cores.
    #[schema(minimum = 0.1, maximum = 4096)]
    cpu: Option<f64>,
    #[schema(minimum = 8)]
    processes: Option<u32>,
    /// Seconds in all.
    #[schema(minimum = 1)]
    cpu_time: Option<u64>,
    /// Seconds for a turn.
    #[schema(minimum = 1)]
    turn_time: Option<u64>,
    /// Bytes of any file that it writes.
    #[schema(minimum = 64_000_000)]
    file_size: Option<u64>,
    /// Bytes in all.
    disk_written: Option<u64>,
    /// Seconds without a message.
    #[schema(minimum = 1)]
    idle: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effort {
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Mode {
    Manual,
    AcceptEdits,
    Plan,
    Auto,
    DontAsk,
    BypassPermissions,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Urgency {
    Low,
    Normal,
    High,
}

impl Execute {
    /// Its launch, priority and what it waits for.
    pub(crate) fn read(self) -> Result<(LaunchSpec, Priority, Vec<SessionId>), Problem> {
        let unusable = |error: serde_json::Error| {
            Problem::new(ProblemCode::InvalidInput, format!("A value cannot be used: {error}."))
        };
        let mut spec = serde_json::to_value(&self).map_err(unusable)?;
        if let Some(fields) = spec.as_object_mut() {
            // What is absent is as it is by default.
            fields.retain(|_, value| !value.is_null());
            if let Some(limits) = fields.get_mut("limits").and_then(Value::as_object_mut) {
                limits.retain(|_, value| !value.is_null());
            }
        }
        let priority = match self.priority {
            Some(Urgency::Low) => Priority::Low,
            None | Some(Urgency::Normal) => Priority::Normal,
            Some(Urgency::High) => Priority::High,
        };
        let after = self.after.unwrap_or_default();
        let after = after.iter().map(|id| read_id(id));
        Ok((
            serde_json::from_value(spec).map_err(unusable)?,
            priority,
            after.collect::<Result<_, Problem>>()?,
        ))
    }
}

/// A task's id.
pub(crate) fn read_id(text: &str) -> Result<SessionId, Problem> {
    SessionId::parse(text).map_err(|_| {
        Problem::new(
            ProblemCode::SessionUnknown,
            format!("There is no task `{:.80}`.", text.escape_debug()),
        )
    })
}

/// That a task was added.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// Its id.
    pub(crate) task_id: String,
}

/// A message to Claude.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    /// The text.
    #[schema(min_length = 1, pattern = r"\S")]
    pub(crate) text: String,
}

/// An answer to what Claude asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answering {
    /// Which request, as in the task's `asks`.
    pub(crate) request_id: String,
    /// What is answered.
    pub(crate) answer: Answered,
}

/// What is answered. A flat object, since few generators of clients understand any other.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    answer: AnswerKind,
    /// With `allow`: positions in the request's `suggestions` of the rules to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestions: Option<Vec<u32>>,
    /// With `deny`: the reason, which Claude reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// With `deny`: whether the turn ends as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    interrupt: Option<bool>,
    /// With `answers`: the answers, by question.
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<std::collections::BTreeMap<String, String>>,
    /// With `approve_plan`: the mode to go on in.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
}

/// What kind of answer it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AnswerKind {
    Allow,
    Deny,
    Answers,
    ApprovePlan,
}

impl Answering {
    pub(crate) fn read(self) -> Result<(String, Answer), Problem> {
        let answer = serde_json::to_value(self.answer).and_then(serde_json::from_value).map_err(
            |error| {
                Problem::new(
                    ProblemCode::InvalidInput,
                    format!("The answer cannot be used: {error}."),
                )
            },
        )?;
        Ok((self.request_id, answer))
    }
}

/// A task, whether it waits, works or is over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskView {
    task_id: String,
    /// The first line of its prompt.
    title: String,
    /// `waiting`, `starting`, `retrying`, `queued`, `preparing`, `running`, `stopping` or `ended`.
    state: String,
    /// What that means for a person: `needs_you`, `failed`, `running`, `paused`, `queued`, `done` or `stopped`.
    glance: String,
    /// The repository's main work tree.
    repository: String,
    /// Where it works, once it does.
    folder: Option<String>,
    branch: Option<String>,
    model: Option<String>,
    /// In US dollars.
    cost_usd: f64,
    turns: u32,
    /// Milliseconds since 1970.
    created_at: i64,
    /// What it waits for in the queue.
    #[schema(value_type = Option<Object>)]
    waits_for: Option<Value>,
    /// What waits for an answer; only where one task is asked for.
    #[schema(value_type = Vec<Object>)]
    asks: Vec<Value>,
    problem: Option<ProblemBody>,
}

impl TaskView {
    pub(crate) fn of_session(row: &SessionSummary, asks: &[Ask]) -> Self {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            task_id: row.id.to_string(),
            title: row.title.clone(),
            state: word(&json!(row.state)["state"]),
            glance: word(&json!(row.glance)),
            repository: row.repository_path.clone(),
            folder: Some(row.folder.clone()),
            branch: row.branch.clone(),
            model: row.model.clone(),
            cost_usd: row.cost_usd,
            turns: row.turns,
            created_at: row.created_at,
            waits_for: None,
            asks: asks.iter().map(|ask| json!(ask)).collect(),
            problem: row.problem.clone().map(ProblemBody::from),
        }
    }

    pub(crate) fn of_task(queued: &QueuedTask) -> Self {
        let title = queued.task.spec.prompt.lines().map(str::trim).find(|line| !line.is_empty());
        let stage = json!(queued.stage)["stage"].as_str().unwrap_or_default().to_owned();
        Self {
            task_id: queued.task.id.to_string(),
            title: title.unwrap_or_default().chars().take(120).collect(),
            state: stage,
            glance: "queued".to_owned(),
            repository: queued.task.repository_path.clone(),
            folder: None,
            branch: queued.task.spec.branch.clone(),
            model: queued.task.spec.model.clone(),
            cost_usd: 0.0,
            turns: 0,
            created_at: queued.task.added_at,
            waits_for: queued.wait.as_ref().map(|wait| json!(wait)),
            asks: Vec::new(),
            problem: None,
        }
    }
}
