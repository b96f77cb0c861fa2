//! What the window is told: a snapshot, then numbered batches of events. Not here: the channel that
//! carries them, and the commands (one Rust file for each feature in the shell).

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
use crate::usage::{MachineUsage, ToolCost, Usage};
use crate::{Problem, SessionId};

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

/// Events since the snapshot. One batch a frame at most; the window acknowledges each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Batch {
    /// The number of the batch's last event. A gap asks for a new snapshot.
    #[ts(type = "number")]
    pub seq: u64,
    /// The number of the event before its first.
    #[ts(type = "number")]
    pub after: u64,
    /// The events, in order.
    pub events: Vec<Event>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum Event {
    /// A session is new or has changed.
    Session {
        /// As it is now.
        summary: Box<SessionSummary>,
    },
    /// A session was removed.
    SessionGone {
        /// Which.
        id: SessionId,
    },
    /// Some of the sessions that the snapshot only counted.
    Older {
        /// They.
        sessions: Vec<SessionSummary>,
        /// What those come to that are still to be told.
        earlier: Earlier,
    },
    /// Entries of a watched session that are new or have changed.
    Entries {
        /// Which session.
        id: SessionId,
        /// Entries in the whole transcript now.
        total: u32,
        /// The new and changed ones, in order. A gap below `total` is fetched by page when it is scrolled to.
        entries: Vec<Entry>,
        /// Older ones that have changed too, too many to be carried: they are fetched when they are seen.
        outdated: Vec<u32>,
    },
    /// Streamed blocks of a watched session.
    Partials {
        /// Which session.
        id: SessionId,
        /// What was added to each; a block that is not named stays.
        partials: Vec<Partial>,
        /// Blocks that are finished: their entry is in the transcript.
        done: Vec<f64>,
    },
    /// What waits for the person or for the CLI in a watched session.
    Waiting {
        /// Which session.
        id: SessionId,
        /// Requests, the oldest first.
        asks: Vec<Ask>,
        /// Messages that the CLI has not taken.
        queue: Vec<QueuedMessage>,
    },
    /// The CLI of a watched session has said what it offers.
    Offer {
        /// Which session.
        id: SessionId,
        /// What.
        offer: Offer,
    },
    /// What is used, once a second at most while somebody looks.
    Usage {
        /// Sessions that were measured since last time.
        sessions: Vec<SessionFigures>,
        /// The machine and Bosk itself, if they were.
        machine: Option<MachineUsage>,
    },
    /// Sessions that were started elsewhere.
    Foreign {
        /// All of them, as they are now.
        sessions: Vec<ForeignSession>,
    },
    /// What waits for the person changed.
    Inbox {
        /// All of it, the oldest first.
        items: Vec<InboxItem>,
    },
    /// Something changed in the folder of a session that is being reviewed.
    Folder {
        /// Which session.
        id: SessionId,
    },
    /// Which sessions that work change the same files.
    Overlaps {
        /// All of them, as far as they are known.
        overlaps: Vec<Overlap>,
    },
    /// The queue changed.
    Queue {
        /// Tasks that are not over, in their places.
        tasks: Vec<QueuedTask>,
    },
    /// Schedules changed, or one of them has run.
    Schedules {
        /// All of them, in the order in which they were made.
        schedules: Vec<Schedule>,
    },
    /// The settings changed.
    Settings {
        /// As they are now.
        settings: Settings,
    },
    /// The CLI was found, lost or replaced.
    Cli {
        /// As it is now.
        cli: CliStatus,
    },
    /// The sign-in changed.
    Auth {
        /// As it is now.
        auth: AuthStatus,
    },
    /// The list of recent repositories changed.
    Repositories {
        /// The newest first.
        repositories: Vec<RecentRepository>,
    },
    /// Something went wrong that belongs to no command.
    Problem {
        /// What.
        problem: Problem,
    },
    /// The app's menu, or a second start, asks for something.
    Menu {
        /// The action's name, such as `launch`, `find` or `settings`.
        action: String,
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
