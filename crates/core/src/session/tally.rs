//! What the fleet shows of a session, kept up to date from the records of its journal. The same
//! rules serve the keeper as it goes and whoever reads a journal afterwards.

use std::collections::BTreeMap;

use super::state::{Glance, Outcome, Paused, PausedBy, State, Turn};
use super::summary::{
    Beside, Check, ContextUse, Doing, Rewound, SessionSummary, Stalled, Tokens, UsageWindow,
    Verdict,
};
use crate::claude::content::Block;
use crate::claude::message::{Assistant, Message};
use crate::journal::{CheckNote, LimitNote, Note, Place};
use crate::launch::{Effort, LaunchSpec, PermissionMode};
use crate::limits::Limits;
use crate::transcript::problems;
use crate::{Problem, SessionId};

/// A session's row in the making.
#[derive(Debug, Clone)]
pub struct Tally {
    summary: SessionSummary,
    failed_turn: bool,
    window: u64,
    /// What was counted before it began, by the conversation that it goes on from.
    before: (f64, Tokens),
    /// What each of the session's conversations has cost: going back to its beginning begins another.
    costs: BTreeMap<SessionId, f64>,
    conversation: SessionId,
}

impl Tally {
    /// A session that was just launched, at `now` in milliseconds since 1970.
    #[must_use]
    pub fn new(id: SessionId, spec: &LaunchSpec, repository: &str, root: &str, now: i64) -> Self {
        let title = spec.prompt.lines().map(str::trim).find(|line| !line.is_empty());
        let summary = SessionSummary {
            id,
            title: title.unwrap_or_default().chars().take(120).collect(),
            glance: State::Queued.glance(false),
            state: State::Queued,
            doing: None,
            repository: repository.to_owned(),
            repository_path: root.to_owned(),
            folder: root.to_owned(),
            branch: spec.branch.clone(),
            base: spec.base.clone(),
            base_commit: None,
            worktree: spec.makes_worktree(),
            model: spec.model.clone(),
            effort: spec.effort,
            permission_mode: spec.permission_mode,
            backend: spec.backend.clone(),
            created_at: now,
            turn_started_at: None,
            last_event_at: now,
            cost_usd: 0.0,
            turns: 0,
            worked: 0,
            tokens: Tokens::default(),
            context: None,
            asks: 0,
            queued: 0,
            background: 0,
            paused: None,
            limits: spec.limits.clone().filter(|limits| !limits.is_empty()),
            near_limit: None,
            usage_resets_at: None,
            usage_windows: Vec::new(),
            stalled: None,
            check: None,
            port: None,
            run: None,
            variant: spec.variant.clone(),
            fork: spec.fork.clone(),
            rewound: None,
            interrupted: false,
            problem: None,
        };
        Self {
            conversation: summary.id.clone(),
            summary,
            failed_turn: false,
            window: 0,
            before: (0.0, Tokens::default()),
            costs: BTreeMap::new(),
        }
    }

    /// The row as it is now.
    #[must_use]
    pub const fn summary(&self) -> &SessionSummary {
        &self.summary
    }

    /// Changes what the keeper alone knows: how many requests and messages wait.
    pub fn waiting(&mut self, asks: usize, queued: usize) {
        self.summary.asks = u32::try_from(asks).unwrap_or(u32::MAX);
        self.summary.queued = u32::try_from(queued).unwrap_or(u32::MAX);
    }

    /// Says what is wrong, or that nothing is.
    pub fn set_problem(&mut self, problem: Option<Problem>) {
        self.summary.problem = problem;
    }

    /// Takes a note of the keeper's, made at `at`.
    pub fn note(&mut self, note: &Note, at: i64) {
        self.summary.last_event_at = at;
        match note {
            Note::State { state } => self.state(state.clone(), at),
            Note::Prepared(place) => {
                let Place { folder, branch, base, base_commit, run, port, .. } = place;
                self.summary.run = run.as_ref().map(Beside::new);
                self.summary.port = *port;
                self.summary.folder.clone_from(folder);
                self.summary.branch.clone_from(branch);
                self.summary.base.clone_from(base);
                self.summary.base_commit.clone_from(base_commit);
            }
            Note::Ended { outcome, left_behind } => {
                let left_behind = u32::try_from(left_behind.len()).unwrap_or(u32::MAX);
                self.state(State::Ended { outcome: outcome.clone(), left_behind }, at);
                self.summary.run.iter_mut().for_each(|run| run.running = false);
            }
            Note::Paused { by } => {
                self.summary.paused = Some(Paused { by: *by, since: at });
                self.see();
            }
            // With its keeper, whatever was frozen has died.
            Note::WentOn | Note::CliStarted { .. } | Note::Keeper { .. } => {
                self.summary.paused = None;
                // With its keeper, a check has died that was not over.
                if matches!(note, Note::Keeper { .. }) && self.summary.is_checking() {
                    self.summary.check = None;
                }
                self.see();
            }
            Note::Limit(note) => self.limit(note),
            Note::Check(note) => self.check(note, at),
            Note::Run(note) => self.summary.run.iter_mut().for_each(|run| run.note(note)),
            Note::Forked { counted } => {
                for (usd, tokens) in counted.values() {
                    self.before.0 += usd;
                    self.before.1 = self.before.1.with(*tokens);
                }
            }
            Note::WentBack(back) => {
                if let Some(point) = &back.conversation {
                    self.conversation.clone_from(&point.conversation);
                }
                self.summary.rewound = (!back.undo).then(|| Rewound {
                    message: back.message.clone(),
                    files: back.files.is_some(),
                    conversation: back.conversation.is_some(),
                });
                // Of other files it says nothing.
                if back.files.is_some() {
                    self.summary.check = None;
                    self.see();
                }
            }
            Note::Prompt { .. } => self.summary.rewound = None,
            Note::Setup { .. }
            | Note::Killed { .. }
            | Note::ToolCost { .. }
            | Note::Answered { .. }
            | Note::Stopping { .. }
            | Note::Warning { .. } => {}
        }
    }

    fn state(&mut self, state: State, at: i64) {
        match &state {
            State::Running { turn: Turn::Working } if self.summary.turn_started_at.is_none() => {
                self.summary.turn_started_at = Some(at);
                self.summary.problem = None;
                self.summary.near_limit = None;
                self.summary.check = None;
                self.summary.interrupted = false;
                self.failed_turn = false;
            }
            State::Running { turn: Turn::Idle } => {
                self.summary.turn_started_at = None;
                self.summary.doing = None;
            }
            State::Ended { outcome, .. } => {
                self.summary.turn_started_at = None;
                self.summary.doing = None;
                self.summary.asks = 0;
                if let Outcome::Failed { problem } | Outcome::NotStarted { problem } = outcome {
                    self.summary.problem = Some(problem.clone());
                }
            }
            _ => {}
        }
        if state.is_ended() {
            self.summary.paused = None;
            if self.summary.is_checking() {
                self.summary.check = None;
            }
        }
        if state != (State::Running { turn: Turn::Working }) {
            self.summary.stalled = None;
        }
        self.summary.state = state;
        self.see();
    }

    /// The state in one word, now that something of it has changed.
    fn see(&mut self) {
        let failed = self.failed_turn || self.summary.has_failed_check();
        let glance = match self.summary.state.glance(failed) {
            // The work is not done before the check says so.
            Glance::Done if self.summary.is_checking() => Glance::Running,
            glance => glance,
        };
        self.summary.glance = match self.summary.paused.map(|paused| paused.by) {
            None if self.summary.stalled.is_some() => Glance::NeedsYou,
            None => glance,
            Some(PausedBy::Limit { .. }) => Glance::NeedsYou,
            Some(PausedBy::Person | PausedBy::Machine) => Glance::Paused,
        };
    }

    /// Says how many tasks run in the background.
    pub fn set_background(&mut self, tasks: u32) {
        self.summary.background = tasks;
    }

    /// What the CLI had counted before this session began: US dollars.
    #[must_use]
    pub const fn counted_before(&self) -> f64 {
        self.before.0
    }

    /// Says that its turn gives no sign of life, or that it does.
    pub fn set_stalled(&mut self, stalled: Option<Stalled>) {
        self.summary.stalled = stalled;
        self.see();
    }

    /// Says how hard the model thinks from now on.
    pub fn set_effort(&mut self, effort: Effort) {
        self.summary.effort = Some(effort);
    }

    /// Says what a session may use from now on.
    pub fn set_limits(&mut self, limits: &Limits) {
        self.summary.limits = (!limits.is_empty()).then(|| limits.clone());
    }

    fn check(&mut self, note: &CheckNote, at: i64) {
        let check = &mut self.summary.check;
        match note {
            CheckNote::Begun { command } => {
                let command = command.clone();
                *check = Some(Check { command, verdict: Verdict::Checking, at, took: 0 });
            }
            CheckNote::Said { .. } => {}
            CheckNote::Ended { verdict: None, .. } => *check = None,
            CheckNote::Ended { verdict: Some(verdict), took } => {
                if let Some(check) = check {
                    check.verdict.clone_from(verdict);
                    check.took = *took;
                }
            }
        }
        self.see();
    }

    fn limit(&mut self, note: &LimitNote) {
        if !note.reached {
            self.summary.near_limit = Some(note.limit);
        } else {
            self.summary.problem = Some(problems::of_limit(note));
        }
    }

    /// Takes a message of the CLI's that came at `at`.
    pub fn message(&mut self, message: &Message, at: i64) {
        self.summary.last_event_at = at;
        match message {
            Message::Assistant(assistant) => self.assistant(assistant),
            Message::Init(init) => {
                self.summary.model = Some(init.model.clone());
                self.mode(&init.permission_mode);
            }
            Message::Status(status) => {
                if let Some(mode) = &status.permission_mode {
                    self.mode(mode);
                }
            }
            Message::Retry(retry) => {
                self.summary.doing =
                    Some(Doing::Retrying { attempt: retry.attempt, status: retry.error_status });
            }
            Message::RateLimit(limit) => {
                let info = &limit.rate_limit_info;
                let rejected = info.status == "rejected";
                self.summary.usage_resets_at = info.resets_at.filter(|_| rejected);
                let told = info.windows.iter().map(|(name, window)| UsageWindow {
                    name: name.clone(),
                    used: window.utilization,
                    resets_at: window.resets_at,
                    told_at: at,
                });
                self.summary.usage_windows = told.collect();
            }
            Message::Result(result) if result.conversation_unknown() => {}
            Message::Result(result) => {
                // Cumulative over the process, and carried on over a resume: never summed.
                if result.total_cost_usd < self.before.0 {
                    // It does not count on after all.
                    self.before = Default::default();
                }
                let cost = result.total_cost_usd - self.before.0;
                let highest = self.costs.entry(self.conversation.clone()).or_default();
                *highest = highest.max(cost);
                self.summary.cost_usd = self.costs.values().sum();
                self.summary.turns = self.summary.turns.saturating_add(result.num_turns);
                self.summary.worked = self.summary.worked.saturating_add(result.duration_ms);
                let mut tokens = Tokens::default();
                for model in result.model_usage.values() {
                    tokens = tokens.with(model.tokens());
                    self.window = self.window.max(model.context_window);
                }
                if !result.model_usage.is_empty() {
                    self.summary.tokens = tokens.without(self.before.1);
                }
                if let Some(context) = &mut self.summary.context {
                    context.window = self.window;
                }
                self.summary.problem = problems::of_result(result);
                self.failed_turn = result.failed();
                self.summary.interrupted = result.interrupted();
                self.see();
            }
            _ => {}
        }
    }

    fn mode(&mut self, word: &str) {
        if let Some(mode) = PermissionMode::from_cli(word) {
            self.summary.permission_mode = mode;
        }
    }

    fn assistant(&mut self, assistant: &Assistant) {
        let doing = assistant.message.content.last().and_then(|block| match block {
            Block::Text { .. } => Some(Doing::Writing),
            Block::Thinking { .. } | Block::RedactedThinking {} => Some(Doing::Thinking),
            Block::ToolUse { name, input, .. } | Block::ServerToolUse { name, input, .. } => {
                Some(Doing::Tool { name: name.clone(), detail: detail(input) })
            }
            Block::Other => None,
        });
        self.summary.doing = doing.or(self.summary.doing.take());
        // A subagent's context is its own.
        if assistant.parent_tool_use_id.is_none()
            && let Some(usage) = &assistant.message.usage
        {
            let used = usage.input_tokens
                + usage.cache_read_input_tokens
                + usage.cache_creation_input_tokens;
            if used > 0 {
                self.summary.context = Some(ContextUse { used, window: self.window });
            }
        }
    }
}

/// The part of a tool's input that tells it best, on one line of at most 200 characters.
#[must_use]
pub fn detail(input: &serde_json::Value) -> String {
    const TELLING: [&str; 9] = [
        "command",
        "file_path",
        "path",
        "pattern",
        "query",
        "url",
        "description",
        "prompt",
        "skill",
    ];
    let text = TELLING.iter().find_map(|name| input.get(name)?.as_str()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests;
