//! The entries of a transcript.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::journal::{KilledProcess, LimitNote};
use crate::session::{Answer, PausedBy, StopReason, StopStep, Verdict};
use crate::usage::ToolCost;
use crate::{Problem, session::Outcome};

/// One thing that a person reads in a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Entry {
    /// Its place in the transcript, from 0, for ever.
    pub index: u32,
    /// When it happened: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// The tool use of the subagent that it belongs to.
    pub parent: Option<String>,
    /// What it is.
    #[serde(flatten)]
    pub body: EntryBody,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum EntryBody {
    /// The person's words, as the CLI took them.
    Prompt {
        /// The message's own name.
        uuid: String,
        /// The text.
        text: String,
        /// How many pictures came with it.
        images: u32,
    },
    /// Claude's words, in Markdown.
    Text {
        /// The text.
        text: String,
    },
    /// What the model thought.
    Thinking {
        /// The text; empty where the service withholds it.
        text: String,
    },
    /// A tool that was called.
    ToolUse {
        /// The call's own name.
        id: String,
        /// The tool.
        name: String,
        /// Its input; strings over 64 KiB are cut and say so.
        #[ts(type = "unknown")]
        input: Value,
        /// What came of it, once it has.
        result: Option<ToolResult>,
        /// What the person decided about it.
        decision: Option<Answer>,
        /// What it cost the machine, where that is worth a word.
        cost: Option<ToolCost>,
    },
    /// The end of a turn.
    TurnEnd {
        /// Whether the turn failed.
        is_error: bool,
        /// The CLI's word for how it ended: `success`, `error_max_turns`, ….
        subtype: String,
        /// The error's text, where there is one.
        text: Option<String>,
        /// What is wrong and what to do, where Bosk knows.
        problem: Option<Problem>,
        /// How long the turn took, in milliseconds.
        #[ts(type = "number")]
        duration_ms: u64,
        /// The session's cost so far, in US dollars; what it was forked from is not in it.
        cost_usd: f64,
        /// Turns of the model within it.
        turns: u32,
    },
    /// The CLI waits and tries again.
    Retry {
        /// Which attempt.
        attempt: u32,
        /// Of how many.
        max: u32,
        /// How long it waits, in milliseconds.
        #[ts(type = "number")]
        delay_ms: u64,
        /// The HTTP status.
        status: Option<u16>,
        /// The CLI's word for the cause.
        error: String,
    },
    /// Where the account's usage stands, when that changes something.
    UsageLimit {
        /// `allowed_warning`, `rejected`, ….
        status: String,
        /// Which window: `five_hour`, ….
        window: String,
        /// Part used, from 0 to 1.
        utilization: Option<f64>,
        /// When it starts anew: seconds since 1970.
        #[ts(type = "number | null")]
        resets_at: Option<i64>,
    },
    /// The permission mode or the model was changed.
    Changed {
        /// `permission_mode` or `model`.
        what: String,
        /// The new value.
        value: String,
    },
    /// The conversation was compacted.
    Compacted {
        /// Tokens before.
        #[ts(type = "number | null")]
        before: Option<u64>,
    },
    /// A hook has run.
    Hook {
        /// Its event, and what of it: `PreToolUse:Bash`, `SessionStart:startup`, ….
        name: String,
        /// What it printed; cut at 64 KiB.
        output: String,
        /// Its exit code; none where it did not end by itself.
        exit: Option<i32>,
    },
    /// Output of the set-up script.
    Setup {
        /// What it printed: ends of lines kept, at most 64 KiB from the end.
        output: String,
        /// How it ended, once it has: the exit code.
        exit: Option<i32>,
    },
    /// The command that tells whether the work is right.
    Check {
        /// The command.
        command: String,
        /// What it printed: ends of lines kept, at most 64 KiB from the end.
        output: String,
        /// What came of it; none where it was broken off.
        verdict: Option<Verdict>,
        /// How long it took, once it is over: milliseconds.
        #[ts(type = "number")]
        took: u64,
    },
    /// A rung of the stop ladder.
    Stopping {
        /// Why.
        reason: StopReason,
        /// Which rung.
        step: StopStep,
    },
    /// The session's process has ended.
    Ended {
        /// How.
        #[serde(flatten)]
        outcome: Outcome,
        /// Processes killed after the CLI was gone: their names.
        left_behind: Vec<String>,
    },
    /// Everything of the session was frozen.
    Paused {
        /// Why.
        #[serde(flatten)]
        by: PausedBy,
    },
    /// Everything of it was let go on.
    WentOn,
    /// Processes were ended by force.
    Killed {
        /// Which.
        processes: Vec<KilledProcess>,
        /// Those that resisted.
        left: Vec<KilledProcess>,
    },
    /// A limit is near, or was reached.
    Limit(LimitNote),
    /// The person has gone back to before one of their messages, or has taken that back.
    WentBack {
        /// The message's own name.
        message: String,
        /// The beginning of its text.
        text: String,
        /// Whether the files went back.
        files: bool,
        /// Whether the conversation went back: Claude does not know what came in between.
        conversation: bool,
        /// Whether this takes the last one back.
        undo: bool,
    },
    /// The session's process was started again in the same conversation.
    Resumed,
    /// Words of the CLI or of Bosk to the person.
    Notice {
        /// How much it matters.
        level: NoticeLevel,
        /// The text.
        text: String,
    },
    /// A message that this version of Bosk does not know, shown as it came.
    Unknown {
        /// Its `type`, and `subtype` where it has one.
        name: String,
        /// The line: at most 16 KiB of it.
        raw: String,
    },
    /// A line that is not a message: no JSON, no UTF-8, or too long to be read at once.
    Raw {
        /// Why it is not a message.
        reason: RawReason,
        /// Its length in bytes.
        #[ts(type = "number")]
        bytes: u64,
        /// Its beginning: at most 4 KiB, with what is no UTF-8 replaced.
        start: String,
    },
}

/// Why a line is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RawReason {
    /// Not JSON.
    NotJson,
    /// Not UTF-8.
    NotUtf8,
    /// Longer than Bosk reads at once; it is in the journal whole.
    Oversize,
    /// Its checksum in the journal is wrong.
    Damaged,
    /// The CLI's standard error.
    Stderr,
}

/// What came of a tool use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ToolResult {
    /// When: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
    /// Whether it failed.
    pub is_error: bool,
    /// What Claude read of it; cut at 64 KiB.
    pub text: String,
    /// Pictures in it.
    pub images: u32,
    /// What the CLI says for display: `stdout`, `stderr`, `structuredPatch`, …; strings over 64 KiB are cut.
    #[ts(type = "unknown")]
    pub detail: Value,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[expect(missing_docs, reason = "the words say it")]
pub enum NoticeLevel {
    Info,
    Warning,
    Error,
}

/// A block that is still being streamed. It is not in the journal; its finished message will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Partial {
    /// Names the block: a number that only grows within a keeper's life.
    #[ts(type = "number")]
    pub block: u64,
    /// The tool use of the subagent that it belongs to.
    pub parent: Option<String>,
    /// What is being streamed.
    pub part: PartialKind,
    /// Where `text` begins within the block, in bytes; 0 replaces what is there.
    pub from: u32,
    /// The text from there on.
    pub text: String,
}

/// What a streamed block is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum PartialKind {
    /// Claude's words.
    Text,
    /// The model's thoughts.
    Thinking,
    /// A tool's input, as JSON text that is not whole yet.
    ToolInput {
        /// The tool.
        name: String,
    },
}
