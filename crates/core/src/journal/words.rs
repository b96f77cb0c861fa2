//! What is written into a journal besides the CLI's own lines: the keeper's notes and the person's
//! decisions. Not here: how a record looks ([`super`]).

use crate::SessionId;
use crate::launch::{Image, PermissionMode};
use crate::limits::{Limit, Limits, Rung};
use crate::script::{Run, Timed};
use crate::session::{Answer, Outcome, PausedBy, State, StopReason, StopStep, Verdict};
use crate::spend::Counted;
use crate::usage::ToolCost;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the keeper itself has to say, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// The session goes on from another one's conversation.
    Forked {
        /// What the CLI has counted for that, and counts on from.
        counted: Counted,
    },
    /// A keeper took the session over.
    Keeper {
        /// Bosk's version.
        version: String,
        /// Whether an earlier one had it before.
        resumed: bool,
    },
    /// The session's state changed.
    State {
        /// To what.
        state: State,
    },
    /// The folder is ready.
    Prepared(Place),
    /// Output of the set-up script, or its end.
    Setup {
        /// What it printed.
        output: String,
        /// The exit code, with the last one.
        exit: Option<i32>,
    },
    /// The command that tells whether the work is right.
    Check(CheckNote),
    /// The repository's command beside Claude was started, or has ended.
    Run(RunNote),
    /// A message began a turn: it was handed over while none ran. The CLI's own acknowledgement comes
    /// only with the service's first answer, and what happens until then belongs below the message.
    Prompt {
        /// The message's own name.
        uuid: String,
        /// Its text.
        text: String,
        /// How many pictures came with it.
        images: u32,
    },
    /// The CLI was started.
    CliStarted {
        /// Its process id.
        pid: u32,
        /// Its version.
        version: String,
    },
    /// The person answered a request.
    Answered {
        /// The request.
        request_id: String,
        /// The tool use that it held up.
        tool_use_id: String,
        /// What was answered.
        answer: Answer,
    },
    /// A rung of the stop ladder was taken.
    Stopping {
        /// Why.
        reason: StopReason,
        /// Which.
        step: StopStep,
    },
    /// Nothing of the session runs any more.
    Ended {
        /// How it ended.
        outcome: Outcome,
        /// Names of the processes that had to be killed after the CLI was gone.
        left_behind: Vec<String>,
    },
    /// Everything was frozen.
    Paused {
        /// Why.
        by: PausedBy,
    },
    /// Everything was let go on.
    WentOn,
    /// Processes were ended by force.
    Killed {
        /// Their names and ids.
        processes: Vec<KilledProcess>,
        /// Those that could not be ended.
        left: Vec<KilledProcess>,
    },
    /// A limit is near, or was reached.
    Limit(LimitNote),
    /// What a tool use cost the machine.
    ToolCost {
        /// Which.
        tool_use_id: String,
        /// What.
        cost: ToolCost,
    },
    /// The person has gone back to before one of their messages, or has taken that back.
    WentBack(WentBack),
    /// Something that the person should know.
    Warning {
        /// The text.
        text: String,
    },
}

/// Where a conversation of the CLI's goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Its id, which is the session's own unless it was begun anew.
    pub conversation: SessionId,
    /// The last message that it still has; none where it has none yet.
    pub after: Option<String>,
}

/// That the person has gone back to before one of their messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WentBack {
    /// The message.
    pub message: String,
    /// The beginning of its text.
    pub text: String,
    /// The commit that holds the files as they were until now, where they went back.
    pub files: Option<String>,
    /// Where the conversation goes on, where that went back.
    pub conversation: Option<Point>,
    /// Where it would have gone on.
    pub until_now: Point,
    /// Whether this takes the last one back.
    pub undo: bool,
}

/// What happens to a run of the command that tells whether the work is right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum CheckNote {
    /// It was started.
    Begun {
        /// The command.
        command: String,
    },
    /// It has printed something.
    Said {
        /// What.
        output: String,
    },
    /// It is over.
    Ended {
        /// What came of it; none where it was broken off.
        verdict: Option<Verdict>,
        /// How long it took: milliseconds.
        took: u64,
    },
}

/// What happens to the repository's command beside Claude. What it prints is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "run", rename_all = "snake_case")]
pub enum RunNote {
    /// It was started.
    Begun,
    /// It is over.
    Ended {
        /// The exit code, where it ended by itself and had one.
        code: Option<i32>,
        /// Whether it was stopped.
        stopped: bool,
    },
}

/// A process that was ended by force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KilledProcess {
    /// Its id.
    pub pid: u32,
    /// What its program was called.
    pub name: String,
}

/// A limit that is near or was reached, and what was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LimitNote {
    /// Which.
    pub limit: Limit,
    /// Whether it was reached; otherwise it is near.
    pub reached: bool,
    /// What was done, if anything.
    pub rung: Option<Rung>,
    /// How much was used, in the limit's own unit.
    pub used: f64,
    /// The limit.
    pub of: f64,
    /// What was ended.
    pub stopped: Vec<KilledProcess>,
}

/// Where a session works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The CLI's working directory.
    pub folder: String,
    /// Its branch.
    pub branch: Option<String>,
    /// What it was made from, as the person named it.
    pub base: Option<String>,
    /// The commit that changes are counted from.
    pub base_commit: Option<String>,
    /// The check that the repository proposes, as the person agreed to it: what the folder says later counts for
    /// nothing, since Claude may have written it.
    #[serde(default)]
    pub check: Option<String>,
    /// What can be started beside Claude, as the person agreed to it.
    #[serde(default)]
    pub run: Option<Run>,
    /// What runs before the folder is put away, as the person agreed to it.
    #[serde(default)]
    pub teardown: Option<Timed>,
    /// The first of its ports.
    #[serde(default)]
    pub port: Option<u16>,
}

/// What the person decided. On disk before it is acted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// A message was sent.
    Sent(Message),
    /// A message was taken back before the CLI took it.
    Removed {
        /// Which.
        uuid: String,
    },
    /// A request was answered.
    Answered {
        /// Which.
        request_id: String,
        /// What.
        answer: Answer,
    },
    /// The model is to think this hard.
    Effort {
        /// How hard.
        effort: crate::launch::Effort,
    },
    /// A task in the background is ended.
    StopTask {
        /// Which.
        task: String,
    },
    /// The person goes back to before one of their messages.
    GoBack(WentBack),
    /// Going back as it was decided last was not done: what stands in its way came to light only then.
    NotGoneBack,
    /// The turn was interrupted.
    Interrupted,
    /// The session was stopped.
    Stop {
        /// Why.
        reason: StopReason,
    },
    /// All its processes were ended at once.
    Kill,
    /// The session was frozen.
    Pause {
        /// Why.
        by: PausedBy,
    },
    /// The session was let go on.
    GoOn,
    /// What it may use was changed.
    Limits {
        /// To what.
        limits: Limits,
    },
    /// The permission mode was changed.
    Mode {
        /// To what.
        mode: PermissionMode,
    },
    /// The model was changed.
    Model {
        /// To what.
        model: String,
    },
    /// What to do after the set-up script failed.
    Setup {
        /// The choice.
        choice: SetupChoice,
    },
}

/// A message of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its own name, which the CLI repeats when it takes the message.
    pub uuid: String,
    /// The text.
    pub text: String,
    /// Pictures.
    #[serde(default)]
    pub images: Vec<Image>,
}

/// What to do after the set-up script failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SetupChoice {
    /// Run it again.
    Retry,
    /// Start Claude all the same.
    GoOn,
    /// End the session; the worktree stays until it is removed.
    Drop,
}
