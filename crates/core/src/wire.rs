//! What a keeper and its clients say to each other: one JSON object a line in both directions, and
//! after the reply to `read` the bytes themselves. Local paths and descriptors have no place here,
//! so the same words will serve a keeper on another machine.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::Problem;
use crate::journal::{KilledProcess, Message, SetupChoice};
use crate::launch::{Effort, PermissionMode};
use crate::limits::{Limits, Mechanism};
use crate::session::{Answer, Ask, PausedBy, SessionSummary, StopReason};
use crate::transcript::Partial;
use crate::usage::Usage;
use crate::view::{Offer, QueuedMessage};

/// Grows when an older client or keeper could misunderstand a newer one.
pub const VERSION: u32 = 1;

/// Most bytes that one `read` gives.
pub const LONGEST_READ: u64 = 256 << 10;

/// The longest request that a keeper takes: a prompt with pictures.
pub const LONGEST_REQUEST: usize = 64 << 20;

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Repeated in the reply.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub call: Call,
}

/// The requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Call {
    /// Says which version the client speaks; the reply says the keeper's.
    Hello {
        /// The client's.
        version: u32,
    },
    /// Asks for [`Push`]es from now on, and again changes what is wanted.
    Watch {
        /// Whether streamed text is wanted as well.
        partials: bool,
        /// Whether somebody looks at what the session uses: then it is measured every second.
        #[serde(default)]
        usage: bool,
    },
    /// Bytes of the journal from an offset: [`Read`], then the bytes.
    Read {
        /// The offset.
        from: u64,
        /// Most bytes wanted.
        max: u64,
    },
    /// Sends a message.
    Send(Message),
    /// Takes a message back that the CLI has not taken.
    Remove {
        /// Which.
        uuid: String,
    },
    /// Replaces a message that the CLI has not taken.
    Edit(Edit),
    /// Answers a request of the CLI's.
    Answer {
        /// Which.
        request_id: String,
        /// What.
        answer: Answer,
    },
    /// Ends the running turn.
    Interrupt {
        /// Whether messages that wait for the CLI go as well; otherwise they stay, and are next.
        #[serde(default)]
        drop_queued: bool,
    },
    /// Climbs the stop ladder.
    Stop {
        /// Why.
        reason: StopReason,
    },
    /// Ends all its processes at once: [`Killed`].
    Kill,
    /// Freezes it.
    Pause {
        /// Why.
        by: PausedBy,
    },
    /// Lets it go on.
    GoOn,
    /// Changes what it may use.
    SetLimits {
        /// To what.
        limits: Limits,
    },
    /// Its processes: a list of [`ProcessUsage`](crate::usage::ProcessUsage).
    Processes,
    /// Changes the permission mode.
    SetMode {
        /// To what.
        mode: PermissionMode,
    },
    /// Changes the model.
    SetModel {
        /// To what.
        model: String,
    },
    /// Changes how hard the model thinks.
    SetEffort {
        /// To what.
        effort: Effort,
    },
    /// Asks the CLI about itself; the reply is its own.
    About {
        /// What about.
        subject: Subject,
    },
    /// Ends a task in the background, or a subagent.
    StopTask {
        /// Which.
        task: String,
    },
    /// Connects an MCP server anew.
    Reconnect {
        /// Which.
        server: String,
    },
    /// Decides about a failed set-up script.
    Setup {
        /// What.
        choice: SetupChoice,
    },
    /// Starts the repository's command beside Claude.
    StartRun,
    /// Ends it.
    StopRun,
    /// What it has printed: a [`RunOutput`]. Answers when there is more than at `from`, or it does not run.
    RunLog {
        /// Where what is known ends.
        from: u64,
    },
    /// Files whose name is like `query`.
    SuggestFiles {
        /// What was typed.
        query: String,
    },
    /// Where the session stands: a [`Status`].
    Stat,
}

/// What the CLI can be asked about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Subject {
    /// What fills its context.
    Context,
    /// Its MCP servers.
    Servers,
    /// Its tasks in the background, and its subagents.
    Tasks,
    /// The rules by which tools are allowed and denied.
    Rules,
}

/// A message that replaces another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The message that is replaced.
    pub replaces: String,
    /// The one that replaces it.
    pub message: Message,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's own number.
    pub id: u64,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: ReplyOutcome,
}

/// Success or a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyOutcome {
    /// Done; the value is the call's own.
    Ok(Value),
    /// Not done.
    Problem(Problem),
}

/// The reply to `read`: as many bytes follow the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// How many bytes follow.
    pub bytes: u64,
    /// Where the journal ends now.
    pub end: u64,
}

/// What a keeper says by itself. Not a queue: each names what is true now, so a slow client misses
/// states in between but never the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "push")]
pub enum Push {
    /// The journal reaches so far.
    Dirty {
        /// Its end, in bytes.
        end: u64,
    },
    /// The session as it is now.
    Status(Box<Status>),
    /// What the CLI offers, once it has said.
    Offer(Offer),
    /// What the session uses.
    Usage(SessionUsage),
    /// Streamed text.
    Partials {
        /// What was added.
        partials: Vec<Partial>,
        /// Blocks that are finished.
        done: Vec<u64>,
    },
}

/// What the repository's command beside Claude has printed. The end of it is kept, so there may be less than asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunOutput {
    /// Where the text begins: bytes since it was started first.
    #[ts(type = "number")]
    pub from: u64,
    /// Where it ends: to be asked from next.
    #[ts(type = "number")]
    pub end: u64,
    /// The text.
    pub text: String,
    /// Whether it runs.
    pub running: bool,
}

/// What a session uses, and what its keeper does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SessionUsage {
    /// The session, without the keeper.
    pub usage: Usage,
    /// How its limits are held.
    pub mechanism: Mechanism,
    /// The keeper's own CPU time in seconds.
    pub keeper_cpu_seconds: f64,
    /// The keeper's own memory in bytes.
    pub keeper_memory: u64,
}

/// What a forced end came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Killed {
    /// What was ended.
    pub processes: Vec<KilledProcess>,
    /// What resisted.
    pub left: Vec<KilledProcess>,
}

/// All that a keeper knows besides the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The fleet's row.
    pub summary: SessionSummary,
    /// Requests that wait for the person.
    pub asks: Vec<Ask>,
    /// Messages that wait for the CLI.
    pub queue: Vec<QueuedMessage>,
}

/// What a keeper says to whoever started it, on its standard output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ready {
    /// It has a spare process and waits for its session.
    Parked,
    /// Its socket is open.
    Listening,
    /// It gives up.
    Problem(Problem),
}
