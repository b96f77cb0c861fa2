//! What changes on the window after its snapshot: numbered batches of events. Not here: the channel that carries them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    CliStatus, Earlier, ForeignSession, InboxItem, Offer, QueuedMessage, RecentRepository,
    SessionFigures,
};
use crate::auth::AuthStatus;
use crate::queue::QueuedTask;
use crate::review::Overlap;
use crate::schedule::Schedule;
use crate::session::{Ask, SessionSummary};
use crate::settings::Settings;
use crate::transcript::{Entry, Partial};
use crate::usage::MachineUsage;
use crate::{Problem, SessionId};
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
    /// What is kept of a review was written, by whomever: its comments, or what was read.
    Comments {
        /// Of which session.
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
