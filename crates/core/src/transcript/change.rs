//! What a record says, and what that changes in a transcript. Not here: the rules ([`super::fold`]).

use super::entry::{Entry, EntryBody, ToolResult};
use crate::journal::CheckNote;
use crate::session::Answer;
use crate::usage::ToolCost;

/// What one record says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A new entry.
    New {
        /// The subagent's tool use that it belongs to.
        parent: Option<String>,
        /// What it is.
        body: EntryBody,
    },
    /// The CLI has taken a message: a new entry, unless the message has one already.
    Taken {
        /// The message's own name.
        uuid: String,
        /// The entry.
        body: EntryBody,
    },
    /// What came of an earlier tool use.
    Result {
        /// Which.
        tool_use_id: String,
        /// What.
        result: ToolResult,
    },
    /// What the person decided about an earlier tool use.
    Decided {
        /// Which.
        tool_use_id: String,
        /// What.
        answer: Answer,
    },
    /// What an earlier tool use cost the machine.
    Cost {
        /// Which.
        tool_use_id: String,
        /// What.
        cost: ToolCost,
    },
    /// What has happened to the check that was begun last.
    Check(CheckNote),
    /// What the CLI counts on from in a fork, in US dollars: that is not the session's own.
    Counted(f64),
}

/// What a record changes in the transcript.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// An entry at the end.
    Push(Entry),
    /// An earlier entry got its result.
    Result(u32, ToolResult),
    /// An earlier entry got its decision.
    Decided(u32, Answer),
    /// It is known what an earlier entry cost.
    Cost(u32, ToolCost),
    /// The CLI has taken the message of an earlier entry.
    Taken(u32),
    /// Something has happened to the check of an earlier entry.
    Check(u32, CheckNote),
}
