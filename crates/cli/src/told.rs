//! A session's events as JSON lines. The shape is a promise to scripts, so it is written down in
//! [`SHAPE`], which `--help` prints. Not here: when something happens.

use std::collections::HashMap;

use bosk_core::git::LaunchPlan;
use bosk_core::session::{Ask, SessionSummary};
use bosk_core::transcript::fold::Change;
use bosk_core::transcript::{Entry, EntryBody};
use bosk_core::wire::Status;
use serde_json::json;

use crate::failure::Failure;
use crate::screen::print_json;

/// What `--help` says of the lines.
pub(crate) const SHAPE: &str = "\
JSON lines, one object each; `event` says what it is:
  {\"event\":\"plan\",\"plan\":{…}}        folder and branch, before anything starts
  {\"event\":\"session\",\"session\":{…}}  the session as in `bosk ls --json`, at each change
  {\"event\":\"entry\",\"entry\":{…}}      one thing of the transcript: `index`, `at`,
                                     `parent`, `kind`, and what belongs to the kind
  {\"event\":\"asks\",\"asks\":[…]}        what waits for an answer now
An entry with an index that was there before replaces that one: so a tool use gets
its decision and its result, and a check what it prints and its verdict. New fields, kinds and events may be added; nothing is
renamed or taken away.";

/// What has been told, so that nothing is told twice.
#[derive(Debug, Default)]
pub(crate) struct Told {
    open: HashMap<u32, Entry>,
    summary: Option<SessionSummary>,
    asks: Vec<Ask>,
}

/// What a launch would make.
pub(crate) fn plan(plan: &LaunchPlan) -> Result<(), Failure> {
    print_json(&json!({"event": "plan", "plan": plan}))
}

impl Told {
    /// A change of the transcript.
    pub(crate) fn change(&mut self, change: &Change) -> Result<(), Failure> {
        let entry = match change {
            Change::Push(entry) => {
                if matches!(entry.body, EntryBody::ToolUse { .. } | EntryBody::Check { .. }) {
                    self.open.insert(entry.index, entry.clone());
                }
                entry
            }
            Change::Result(index, came) => {
                let Some(entry) = self.open.get_mut(index) else { return Ok(()) };
                if let EntryBody::ToolUse { result, .. } = &mut entry.body {
                    *result = Some(came.clone());
                }
                entry
            }
            Change::Check(index, note) => {
                let Some(entry) = self.open.get_mut(index) else { return Ok(()) };
                entry.body.check(note);
                entry
            }
            // The entry stays as it was.
            Change::Taken(_) => return Ok(()),
            Change::Decided(index, answer) => {
                let Some(entry) = self.open.get_mut(index) else { return Ok(()) };
                if let EntryBody::ToolUse { decision, .. } = &mut entry.body {
                    *decision = Some(answer.clone());
                }
                entry
            }
            // Told with the result, which comes next.
            Change::Cost(index, came) => {
                if let Some(entry) = self.open.get_mut(index)
                    && let EntryBody::ToolUse { cost, .. } = &mut entry.body
                {
                    *cost = Some(*came);
                }
                return Ok(());
            }
        };
        print_json(&json!({"event": "entry", "entry": entry}))
    }

    /// The session as its keeper sees it.
    pub(crate) fn status(&mut self, status: &Status) -> Result<(), Failure> {
        self.summary(&status.summary)?;
        if self.asks != status.asks {
            self.asks.clone_from(&status.asks);
            print_json(&json!({"event": "asks", "asks": self.asks}))?;
        }
        Ok(())
    }

    /// The session's row.
    pub(crate) fn summary(&mut self, summary: &SessionSummary) -> Result<(), Failure> {
        if self.summary.as_ref() == Some(summary) {
            return Ok(());
        }
        self.summary = Some(summary.clone());
        print_json(&json!({"event": "session", "session": summary}))
    }
}
