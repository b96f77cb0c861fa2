//! What an earlier keeper of the session left: rebuilt from its two journals, so that a new one goes
//! on with the same row, the same folder and every message that the CLI had not taken.

use std::io;
use std::path::Path;

use bosk_core::claude::envelope;
use bosk_core::claude::message::{self, Message};
use bosk_core::journal::{self, Decision, Kind, LONGEST_MESSAGE, Note, Place, Point, WentBack};
use bosk_core::limits::Limits;
use bosk_core::lines::Line;
use bosk_core::session::{Mailbox, State, Tally};
use bosk_core::transcript::fold::LONGEST_LINE;

use crate::journal::{DECISIONS, JOURNAL, Reader, read_decisions};

/// A session as its journals tell it.
#[derive(Debug)]
pub struct Past {
    /// The fleet's row.
    pub tally: Tally,
    /// Messages that the CLI has not taken.
    pub mailbox: Mailbox,
    /// Where it works, once that was made ready.
    pub place: Option<Place>,
    /// Whether the CLI has taken a message: then there is a conversation to resume.
    pub conversation: bool,
    /// The conversation, and where it goes on if that is not its end.
    pub point: Point,
    /// Whether the set-up script ran to a good end, or the CLI was started regardless.
    pub set_up: bool,
    /// Whether a keeper has had it before.
    pub kept: bool,
    /// Whether its end is written down.
    pub ended: bool,
    /// What it may use.
    pub limits: Limits,
}

/// Reads the journals in a session's folder. Damaged records are passed by.
///
/// # Errors
/// Whatever the file system says.
pub fn read(folder: &Path, tally: Tally) -> io::Result<Past> {
    let limits = tally.summary().limits.clone().unwrap_or_default();
    let mut past = Past {
        mailbox: Mailbox::default(),
        place: None,
        conversation: false,
        point: Point { conversation: tally.summary().id.clone(), after: None },
        set_up: false,
        kept: false,
        ended: false,
        limits,
        tally,
    };
    for decision in read_decisions(&folder.join(DECISIONS))? {
        past.mailbox.decide(&decision);
        match decision {
            Decision::Limits { limits } => {
                past.tally.set_limits(&limits);
                past.limits = limits;
            }
            Decision::Effort { effort } => past.tally.set_effort(effort),
            _ => {}
        }
    }
    match Reader::open(&folder.join(JOURNAL), LONGEST_LINE) {
        Ok(mut reader) => reader.read_all(|line| past.take(line))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    past.tally.waiting(0, past.mailbox.view().len());
    Ok(past)
}

impl Past {
    fn take(&mut self, line: Line<'_>) {
        let Line::Whole(line) = line else { return };
        let Ok(record) = journal::decode(line) else { return };
        let at = record.header.wall;
        match record.header.kind {
            Kind::Output if record.payload.len() <= LONGEST_MESSAGE => {
                self.output(record.payload, at);
            }
            Kind::Note => {
                if let Ok(note) = serde_json::from_slice::<Note>(record.payload) {
                    self.note(&note, at);
                }
            }
            Kind::Output | Kind::Error | Kind::Decision => {}
        }
    }

    fn output(&mut self, payload: &[u8], at: i64) {
        // Results of tools are most of a journal and say nothing that is counted here.
        if envelope::leading_type(payload) == Some("user") && !envelope::may_be_replay(payload) {
            return;
        }
        match message::parse(payload) {
            Ok(Message::User(user)) if user.is_replay => {
                self.mailbox.taken(&user.uuid);
                self.taken();
            }
            // All that is read of the acknowledgement of a very long message.
            Ok(Message::Lifecycle(one)) if one.state == "completed" => {
                if self.mailbox.taken(&one.command_uuid) {
                    self.taken();
                }
            }
            Ok(message) => {
                if matches!(&message, Message::Result(result) if !result.conversation_unknown()) {
                    self.mailbox.answered();
                }
                self.tally.message(&message, at);
            }
            Err(_) => {}
        }
    }

    /// The CLI has taken a message: the conversation goes on at its end.
    fn taken(&mut self) {
        self.conversation = true;
        self.point.after = None;
    }

    fn note(&mut self, note: &Note, at: i64) {
        match note {
            Note::Keeper { .. } => self.kept = true,
            Note::Setup { exit: Some(0), .. } | Note::CliStarted { .. } => self.set_up = true,
            Note::Prepared(place) => self.place = Some(place.clone()),
            Note::State { state } => self.ended = matches!(state, State::Ended { .. }),
            Note::Ended { .. } => self.ended = true,
            Note::WentBack(WentBack { conversation: Some(point), .. }) => {
                self.conversation = point.after.is_some();
                self.point = point.clone();
                // What was not answered is gone back from.
                self.mailbox.answered();
            }
            _ => {}
        }
        self.tally.note(note, at);
    }
}
