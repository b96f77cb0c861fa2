//! What the keeper's loop publishes and its connections read, on one thread. A wake-up only says
//! that something changed; each connection then looks for itself, so nothing is queued for it.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use bosk_core::Problem;
use bosk_core::view::Offer;
use bosk_core::wire::{Call, SessionUsage, Status};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use super::partials::Partials;

/// A call that only the loop can answer.
pub(super) type Asked = (Call, oneshot::Sender<Result<Value, Problem>>);

/// What is true now.
#[derive(Debug)]
pub(super) struct Facts {
    /// Where the journal ends for readers.
    pub(super) end: u64,
    /// The session; brought up to date when a connection looks.
    pub(super) status: Status,
    /// Grows with each change of `status`.
    pub(super) version: u64,
    /// What the CLI offers; it says so once.
    pub(super) offer: Option<Offer>,
    /// What the session uses, once it was measured.
    pub(super) usage: Option<SessionUsage>,
    /// Streamed blocks.
    pub(super) partials: Partials,
}

/// The keeper as its connections see it.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) facts: Rc<RefCell<Facts>>,
    pub(super) changed: watch::Receiver<u64>,
    pub(super) calls: mpsc::Sender<Asked>,
    /// How many clients look at what the session uses.
    pub(super) looked: watch::Sender<u32>,
    pub(super) journal: PathBuf,
}
