//! What the window is told: a snapshot, then numbered batches of events. Not here: the channel that
//! carries them, and the commands (one Rust file for each feature in the shell).

mod event;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::auth::AuthStatus;
use crate::limits::Mechanism;
use crate::queue::QueuedTask;
use crate::review::Overlap;
use crate::schedule::Schedule;
use crate::session::{Ask, Glance, SessionSummary};
use crate::settings::Settings;
use crate::transcript::{Entry, Partial};
use crate::usage::{ToolCost, Usage};
use crate::{Problem, SessionId};

pub use event::{Batch, Event};

/// Everything the window shows at first, taken in one step with the subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Snapshot {
    /// The number of the last event that is in it.
    #[ts(type = "number")]
    pub seq: u64,
    /// The sessions of the first picture: all that have not ended, and the newest of the others.
    pub sessions: Vec<SessionSummary>,
    /// What the others come to, until they are told too.
    pub earlier: Earlier,
    /// Sessions that were started elsewhere, as far as they are known yet.
    pub foreign: Vec<ForeignSession>,
    /// Tasks that are not over, in their places.
    pub queue: Vec<QueuedTask>,
    /// Schedules, in the order in which they were made.
    pub schedules: Vec<Schedule>,
    /// What waits for the person in any session, the oldest first.
    pub inbox: Vec<InboxItem>,
    /// Which sessions that work change the same files, as far as it is known.
    #[serde(default)]
    pub overlaps: Vec<Overlap>,
    /// The settings that matter.
    pub settings: Settings,
    /// Recently used repositories, the newest first: paths of main work trees.
    pub repositories: Vec<RecentRepository>,
    /// The CLI, as far as it is known yet.
    pub cli: CliStatus,
    /// Who is signed in, once the CLI has said.
    pub auth: Option<AuthStatus>,
    /// Things found wrong at the start, such as a file that could not be read.
    pub problems: Vec<Problem>,
    /// `linux`, `macos` or `windows`: decides the names of keys.
    pub platform: String,
}

/// Sessions that the window does not have yet: what it must know of them for its first picture.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Earlier {
    /// How many there are of each kind.
    pub counts: BTreeMap<Glance, u32>,
    /// What they have cost together, in US dollars.
    pub cost_usd: f64,
}

/// A repository that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecentRepository {
    /// Its name.
    pub name: String,
    /// Its main work tree.
    pub path: String,
}

/// Whether there is a CLI to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
#[ts(export)]
pub enum CliStatus {
    /// Not looked for yet.
    Unknown,
    /// Found.
    Ready {
        /// Where.
        path: String,
        /// Its version.
        version: String,
    },
    /// Missing, too old or broken.
    Unusable {
        /// What is wrong, and how to install it.
        problem: Problem,
    },
}

/// Something that waits for the person in a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InboxItem {
    /// The session.
    pub session: SessionId,
    /// What it asks.
    pub ask: Ask,
}

/// What a session uses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Figures {
    /// How much.
    #[serde(flatten)]
    pub usage: Usage,
    /// How its limits are held.
    pub mechanism: Mechanism,
}

/// What one session uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SessionFigures {
    /// Which.
    pub id: SessionId,
    /// How much.
    #[serde(flatten)]
    pub figures: Figures,
}

/// A Claude session that was started elsewhere: Bosk shows it and never touches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ForeignSession {
    /// Its conversation.
    pub id: SessionId,
    /// The process of its CLI.
    pub pid: u32,
    /// Its name, or that of its folder.
    pub title: String,
    /// Where it works.
    pub folder: String,
    /// Whether a turn runs.
    pub busy: bool,
    /// When it was started: milliseconds since 1970.
    #[ts(type = "number")]
    pub started_at: i64,
    /// Whether it still runs. One that has ended can be taken over.
    pub alive: bool,
}

/// What was used over a span of time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct History {
    /// Seconds that a point stands for. Where the next point is much later than that, nothing was measured
    /// in between.
    pub step: u32,
    /// The sessions asked for, as far as anything was measured.
    pub sessions: Vec<SessionCurve>,
    /// The machine.
    pub machine: Curve,
    /// Bosk itself.
    pub bosk: Curve,
}

/// What a session used over a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SessionCurve {
    /// Which.
    pub id: SessionId,
    /// How much.
    #[serde(flatten)]
    pub curve: Curve,
}

/// Points, as columns of the same length.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
#[expect(missing_docs, reason = "each is a field of `Point`")]
pub struct Curve {
    pub at: Vec<u32>,
    pub cpu: Vec<f64>,
    pub cpu_max: Vec<f64>,
    pub memory: Vec<f64>,
    pub memory_max: Vec<f64>,
    /// Bytes a second.
    pub read: Vec<f64>,
    /// Bytes a second.
    pub written: Vec<f64>,
}

/// A tool use as a graph marks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ToolMark {
    /// The entry in the transcript.
    pub index: u32,
    /// When it began: milliseconds since 1970.
    #[ts(type = "number")]
    pub from: i64,
    /// When it ended, if it has.
    #[ts(type = "number | null")]
    pub to: Option<i64>,
    /// The tool.
    pub name: String,
    /// The command, file or pattern that tells it best.
    pub detail: String,
    /// What it cost.
    pub cost: Option<ToolCost>,
}

/// A message that waits to be taken by the CLI: it can still be edited or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueuedMessage {
    /// Its own name.
    pub uuid: String,
    /// The text.
    pub text: String,
    /// How many pictures come with it.
    pub images: u32,
    /// Whether it has been handed over already, so that it can no longer be edited.
    pub sent: bool,
}

/// What the window gets when it starts to watch a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SessionView {
    /// The session.
    pub summary: SessionSummary,
    /// Entries in the whole transcript.
    pub total: u32,
    /// The last page of it.
    pub entries: Vec<Entry>,
    /// Blocks that are being streamed.
    pub partials: Vec<Partial>,
    /// Requests that wait for the person.
    pub asks: Vec<Ask>,
    /// Messages that the CLI has not taken.
    pub queue: Vec<QueuedMessage>,
    /// What the CLI offers, once it has said.
    pub offer: Offer,
}

/// What the CLI offers in a session. Some tens of kilobytes, so it is told once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Offer {
    /// Commands (`/name`).
    pub commands: Vec<SlashCommand>,
    /// Models.
    pub models: Vec<ModelChoice>,
}

/// A part of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Page {
    /// Entries in the whole transcript.
    pub total: u32,
    /// The entries asked for, as far as there are such.
    pub entries: Vec<Entry>,
}

/// A command that the CLI understands at the start of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SlashCommand {
    /// Without the slash.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub description: String,
    /// What it takes.
    #[serde(default, rename(deserialize = "argumentHint"), alias = "argument_hint")]
    pub argument_hint: String,
}

/// A model that the CLI offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ModelChoice {
    /// What `set_model` takes.
    pub value: String,
    /// Its name for people.
    #[serde(default, rename(deserialize = "displayName"), alias = "display_name")]
    pub display_name: String,
    /// What it is good for.
    #[serde(default)]
    pub description: String,
}

/// A match of a search within a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Found {
    /// The entry.
    pub index: u32,
}
