//! Which conversation the CLI goes on with, and what becomes of the session where it does not have that any more. Not
//! here: how it says so ([`super::calls`]).

use bosk_core::claude::args::Conversation;
use bosk_core::journal::Note;
use bosk_core::session::Input;
use bosk_core::{Problem, ProblemCode};

use super::actor::Actor;
use crate::home;
use crate::journal::{DECISIONS, read_decisions};

impl Actor {
    /// Whether there is a conversation to go on with.
    pub(super) fn conversation(&self) -> Conversation<'_> {
        let forked = self.record.forked.as_ref().and_then(|point| {
            let after = point.after.as_deref()?;
            Some(Conversation::Fork { of: &point.conversation, after })
        });
        match forked {
            _ if self.conversation => Conversation::Resume { after: self.point.after.as_deref() },
            // A new beginning after the fork knows nothing of it.
            Some(fork) if !self.begun_anew => fork,
            _ => Conversation::New,
        }
    }

    /// The CLI does not have the conversation: it had not written it down when it was killed, or has
    /// removed it since (after 30 days, by its own default). The work goes on in a new one.
    pub(super) fn begin_anew(&mut self) {
        match read_decisions(&self.home.session(&self.record.id).join(DECISIONS)) {
            Ok(decisions) => self.mailbox.forgotten(&decisions),
            // Not without what was not answered: a resume tries again.
            Err(error) => return self.input(Input::PrepareFailed(home::unwritable(&error))),
        }
        (self.conversation, self.begun_anew) = (false, true);
        let text = "Claude does not have this conversation any more, so it begins a new one in the same folder \
                    and does not know what was said above. What it had not answered is sent again.";
        self.note(&Note::Warning { text: text.to_owned() });
        self.start_cli();
    }

    /// The CLI has the conversation and not the message that it was to go on after. To go on at its end would bring back
    /// what the person went back from, so they decide.
    pub(super) fn point_unknown(&self) -> Problem {
        let text = "Claude does not have the message any more that the conversation was to go on after, so it was not \
                    started. Nothing that was said is lost.";
        let hint = match self.conversation {
            true => format!(
                "`bosk back {} --undo` takes going back back: then it goes on with the whole conversation. Or go back to \
                 another message.",
                self.record.id.short()
            ),
            false => "Fork the other session from another message.".to_owned(),
        };
        Problem::new(ProblemCode::SessionState, text).hint(hint)
    }
}
