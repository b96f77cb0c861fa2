//! The person's messages from the moment they are sent until the CLI has taken them. Rebuilt from
//! the journal of decisions and the CLI's acknowledgements, so none is lost and none is sent twice.

use crate::journal::{Decision, Message};
use crate::view::QueuedMessage;

/// Messages that the CLI has not taken, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    waiting: Vec<Waiting>,
    /// The names of those that the CLI has taken into a turn that is not over.
    unanswered: Vec<String>,
}

#[derive(Debug, Clone)]
struct Waiting {
    message: Message,
    handed_over: bool,
    /// It has begun a turn, so it stands in the transcript; only the acknowledgement is missing.
    begun: bool,
}

impl Mailbox {
    /// Takes a decision, in order.
    pub fn decide(&mut self, decision: &Decision) {
        match decision {
            Decision::Sent(message) if !self.has(&message.uuid) => {
                let message = message.clone();
                self.waiting.push(Waiting { message, handed_over: false, begun: false });
            }
            Decision::Removed { uuid } => self.waiting.retain(|one| one.message.uuid != *uuid),
            _ => {}
        }
    }

    /// The CLI has taken a message. Returns whether it was waiting.
    pub fn taken(&mut self, uuid: &str) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|one| one.message.uuid != uuid);
        let waited = self.waiting.len() < before;
        if waited {
            self.unanswered.push(uuid.to_owned());
        }
        waited
    }

    /// A turn is over, and so is what it has taken.
    pub fn answered(&mut self) {
        self.unanswered.clear();
    }

    /// The CLI does not have the conversation any more: what it had taken and not answered is sent
    /// anew, before everything else. `decisions` are all that were made, in order.
    pub fn forgotten(&mut self, decisions: &[Decision]) {
        let lost = std::mem::take(&mut self.unanswered);
        let sent = decisions.iter().filter_map(|decision| match decision {
            Decision::Sent(message) if lost.contains(&message.uuid) => Some(message.clone()),
            _ => None,
        });
        let again = sent.map(|message| Waiting { message, handed_over: false, begun: false });
        self.waiting.splice(0..0, again);
    }

    /// The messages that have not been handed to this CLI process yet; they count as handed over.
    pub fn hand_over(&mut self) -> Vec<Message> {
        std::iter::from_fn(|| self.hand_over_next()).collect()
    }

    /// The first of them alone.
    pub fn hand_over_next(&mut self) -> Option<Message> {
        let next = self.waiting.iter_mut().find(|one| !one.handed_over)?;
        next.handed_over = true;
        Some(next.message.clone())
    }

    /// The first message that would be handed over.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        let next = self.waiting.iter().find(|one| !one.handed_over)?;
        Some(next.message.uuid.as_str())
    }

    /// The CLI process is gone: whatever it had not taken will have to be handed over anew.
    pub fn take_back(&mut self) {
        for one in &mut self.waiting {
            one.handed_over = false;
            one.begun = false;
        }
    }

    /// A message that waits.
    #[must_use]
    pub fn get(&self, uuid: &str) -> Option<&Message> {
        self.waiting.iter().map(|one| &one.message).find(|message| message.uuid == uuid)
    }

    /// What was handed over and has begun no turn: the CLI may not have taken it.
    #[must_use]
    pub fn handed_over(&self) -> Vec<String> {
        let there = self.waiting.iter().filter(|one| one.handed_over && !one.begun);
        there.map(|one| one.message.uuid.clone()).collect()
    }

    /// A message that was handed over has begun a turn: it is no longer shown as waiting.
    pub fn begin(&mut self, uuid: &str) {
        for one in self.waiting.iter_mut().filter(|one| one.message.uuid == uuid) {
            one.begun = true;
        }
    }

    /// Whether a message waits.
    #[must_use]
    pub fn has(&self, uuid: &str) -> bool {
        self.waiting.iter().any(|one| one.message.uuid == uuid)
    }

    /// Whether a message waits within the CLI, which alone knows whether it has begun with it.
    #[must_use]
    pub fn is_handed_over(&self, uuid: &str) -> bool {
        self.waiting.iter().any(|one| one.message.uuid == uuid && one.handed_over)
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What the window shows of them.
    #[must_use]
    pub fn view(&self) -> Vec<QueuedMessage> {
        let view = |one: &Waiting| QueuedMessage {
            uuid: one.message.uuid.clone(),
            text: one.message.text.clone(),
            images: u32::try_from(one.message.images.len()).unwrap_or(u32::MAX),
            sent: one.handed_over,
        };
        self.waiting.iter().filter(|one| !one.begun).map(view).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(uuid: &str) -> Decision {
        Decision::Sent(Message { uuid: uuid.into(), text: uuid.into(), images: vec![] })
    }

    fn uuids(messages: &[Message]) -> Vec<&str> {
        messages.iter().map(|message| message.uuid.as_str()).collect()
    }

    #[test]
    fn only_what_was_not_taken_is_sent_again() {
        let mut mailbox = Mailbox::default();
        for uuid in ["a", "b", "c", "d"] {
            mailbox.decide(&sent(uuid));
        }
        mailbox.decide(&Decision::Removed { uuid: "b".into() });
        assert_eq!(uuids(&mailbox.hand_over()), ["a", "c", "d"]);
        assert!(mailbox.hand_over().is_empty(), "handed over once");
        assert!(mailbox.taken("a") && !mailbox.taken("a"));
        mailbox.take_back();
        assert_eq!(uuids(&mailbox.hand_over()), ["c", "d"]);
    }

    #[test]
    fn what_may_be_asked_back_has_been_handed_over_and_has_begun_nothing() {
        let mut mailbox = Mailbox::default();
        ["a", "b", "c"].iter().for_each(|uuid| mailbox.decide(&sent(uuid)));
        mailbox.hand_over_next();
        mailbox.begin("a");
        assert_eq!((mailbox.next(), mailbox.handed_over()), (Some("b"), vec![]));
        mailbox.hand_over_next();
        assert_eq!((mailbox.next(), mailbox.handed_over()), (Some("c"), vec!["b".to_owned()]));
        assert_eq!(mailbox.get("b").map(|one| one.text.as_str()), Some("b"));
    }

    #[test]
    fn what_has_begun_a_turn_is_not_shown_but_sent_again_if_need_be() {
        let mut mailbox = Mailbox::default();
        mailbox.decide(&sent("a"));
        mailbox.decide(&sent("b"));
        mailbox.hand_over();
        mailbox.begin("a");
        assert_eq!(mailbox.view().len(), 1);
        mailbox.take_back();
        assert_eq!(uuids(&mailbox.hand_over()), ["a", "b"]);
    }

    #[test]
    fn what_a_forgotten_conversation_had_not_answered_is_sent_anew_and_first() {
        let decisions = ["a", "b", "c", "d"].map(sent);
        let mut mailbox = Mailbox::default();
        decisions.iter().for_each(|one| mailbox.decide(one));
        mailbox.hand_over();
        mailbox.taken("a");
        mailbox.answered();
        mailbox.taken("c");
        mailbox.taken("b");
        mailbox.take_back();
        mailbox.forgotten(&decisions);
        assert_eq!(uuids(&mailbox.hand_over()), ["b", "c", "d"], "in the order they were sent in");
        mailbox.forgotten(&decisions);
        assert!(mailbox.hand_over().is_empty(), "once");
    }

    #[test]
    fn the_same_message_twice_is_one() {
        let mut mailbox = Mailbox::default();
        mailbox.decide(&sent("a"));
        mailbox.decide(&sent("a"));
        assert_eq!(mailbox.view().len(), 1);
    }
}
