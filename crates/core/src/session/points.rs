//! Where in a conversation each of the person's messages stands: the message of the CLI's that it came after. Going back
//! and forking need it. Not here: reading journals, and what is done with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::SessionId;
use crate::claude::envelope;
use crate::journal::{Decision, Kind, Note, Point, Record, WentBack};

/// One of the person's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its own name.
    pub uuid: String,
    /// Its text.
    pub text: String,
    /// Where the conversation stood before it.
    pub before: Point,
    /// Whether it began a turn, so that the files were kept as they were then.
    pub began: bool,
}

/// The messages of a conversation, in order.
#[derive(Debug, Clone)]
pub struct Points {
    asked: Vec<Asked>,
    places: BTreeMap<String, usize>,
    now: Point,
    back: Option<WentBack>,
    /// Each going back, and each that was taken back.
    told: Vec<WentBack>,
}

/// What is read of a line.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    uuid: Option<String>,
    parent_tool_use_id: Option<String>,
    #[serde(default, rename = "isReplay")]
    is_replay: bool,
}

impl Points {
    /// Those of a session that has said nothing yet.
    #[must_use]
    pub const fn new(id: SessionId) -> Self {
        let now = Point { conversation: id, after: None };
        Self { asked: Vec::new(), places: BTreeMap::new(), now, back: None, told: Vec::new() }
    }

    /// Takes a record of the journal, in order.
    pub fn take(&mut self, record: &Record<'_>) {
        match record.header.kind {
            Kind::Output => {
                let leading = envelope::leading_type(record.payload);
                if leading.is_none_or(|kind| matches!(kind, "assistant" | "user"))
                    && let Ok(line) = serde_json::from_slice::<Line>(record.payload)
                {
                    self.line(line, record.payload);
                }
            }
            Kind::Note => match serde_json::from_slice(record.payload) {
                Ok(Note::Prompt { uuid, text, .. }) => self.asked(uuid, text, true),
                Ok(Note::WentBack(back)) => self.go(back),
                _ => {}
            },
            Kind::Error | Kind::Decision => {}
        }
    }

    fn line(&mut self, line: Line, payload: &[u8]) {
        // A subagent's conversation is its own.
        let (Some(uuid), None) = (line.uuid, line.parent_tool_use_id) else { return };
        match line.kind.as_str() {
            "user" if line.is_replay => self.asked(uuid, text_of(payload), false),
            "assistant" | "user" => self.now.after = Some(uuid),
            _ => {}
        }
    }

    /// A message was handed over, or taken; the one it came with first counts.
    fn asked(&mut self, uuid: String, text: String, began: bool) {
        if !self.places.contains_key(&uuid) {
            self.back = None;
            self.places.insert(uuid.clone(), self.asked.len());
            self.asked.push(Asked { uuid, text, before: self.now.clone(), began });
        }
    }

    fn go(&mut self, back: WentBack) {
        if let Some(point) = &back.conversation {
            self.now = point.clone();
        }
        self.told.push(back.clone());
        self.back = (!back.undo).then_some(back);
    }

    /// The person's messages, in order.
    #[must_use]
    pub fn all(&self) -> &[Asked] {
        &self.asked
    }

    /// One of them.
    #[must_use]
    pub fn of(&self, message: &str) -> Option<&Asked> {
        self.asked.get(*self.places.get(message)?)
    }

    /// Where the conversation stands now.
    #[must_use]
    pub const fn now(&self) -> &Point {
        &self.now
    }

    /// The last going back, while no message came after it and it was not taken back.
    #[must_use]
    pub const fn back(&self) -> Option<&WentBack> {
        self.back.as_ref()
    }

    /// What was decided and never told: whoever did it was killed in between. `decisions` are all of them, in order.
    #[must_use]
    pub fn unfinished<'a>(&self, decisions: &'a [Decision]) -> Option<&'a WentBack> {
        let last = went_back_last(decisions)?;
        let mut decided: Vec<&WentBack> = Vec::new();
        for decision in decisions {
            match decision {
                Decision::GoBack(back) => decided.push(back),
                Decision::NotGoneBack => drop(decided.pop()),
                _ => {}
            }
        }
        // The same may be done more than once.
        let decided = decided.into_iter().filter(|one| *one == last).count();
        let told = self.told.iter().filter(|one| *one == last).count();
        (decided > told).then_some(last)
    }
}

/// The going back that was decided last, while no message was sent after it: then it was over.
#[must_use]
pub fn went_back_last(decisions: &[Decision]) -> Option<&WentBack> {
    let last = decisions
        .iter()
        .rev()
        .find(|one| matches!(one, Decision::Sent(_) | Decision::GoBack(_) | Decision::NotGoneBack));
    match last {
        Some(Decision::GoBack(back)) => Some(back),
        _ => None,
    }
}

/// The words of a message of the person's that the CLI repeats.
fn text_of(payload: &[u8]) -> String {
    use crate::claude::message::{Message, parse};
    match parse(payload) {
        Ok(Message::User(user)) => user.message.content.text().0,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Header;

    fn id(number: u32) -> SessionId {
        SessionId::parse(&format!("{number:08x}-0000-4000-8000-000000000000")).unwrap()
    }

    fn take(points: &mut Points, kind: Kind, payload: &str) {
        let header = Header { seq: 0, wall: 0, mono: 0, kind };
        points.take(&Record { header, payload: payload.as_bytes() });
    }

    fn prompt(points: &mut Points, uuid: &str) {
        let text = uuid.to_owned();
        let note = Note::Prompt { uuid: uuid.to_owned(), text, images: 0 };
        take(points, Kind::Note, &serde_json::to_string(&note).unwrap());
    }

    fn say(points: &mut Points, uuid: &str) {
        let line = format!(r#"{{"type":"assistant","uuid":"{uuid}","parent_tool_use_id":null}}"#);
        take(points, Kind::Output, &line);
    }

    #[test]
    fn a_message_stands_after_what_was_said_last_and_subagents_do_not_count() {
        let mut points = Points::new(id(1));
        prompt(&mut points, "p1");
        say(&mut points, "a1");
        let own = r#"{"type":"assistant","uuid":"s","parent_tool_use_id":"t"}"#;
        take(&mut points, Kind::Output, own);
        take(&mut points, Kind::Output, r#"{"type":"user","uuid":"r1","message":{}}"#);
        let taken = r#"{"type":"user","uuid":"p2","isReplay":true,"message":{"content":"two"}}"#;
        take(&mut points, Kind::Output, taken);
        say(&mut points, "a2");
        let all: Vec<(&str, Option<&str>, bool)> = points
            .all()
            .iter()
            .map(|one| (one.uuid.as_str(), one.before.after.as_deref(), one.began))
            .collect();
        assert_eq!(all, [("p1", None, true), ("p2", Some("r1"), false)]);
        assert_eq!(points.of("p2").unwrap().text, "two");
        assert_eq!(points.now().after.as_deref(), Some("a2"));
    }

    #[test]
    fn what_was_decided_and_never_told_is_unfinished() {
        use crate::journal::Message;
        let mut points = Points::new(id(1));
        let back = WentBack {
            message: "p1".into(),
            text: "p1".into(),
            files: Some("c".into()),
            conversation: None,
            until_now: points.now().clone(),
            undo: false,
        };
        let go = Decision::GoBack(back.clone());
        let sent = Message { uuid: "p2".into(), text: String::new(), images: vec![] };
        assert_eq!(points.unfinished(&[]), None);
        assert_eq!(points.unfinished(std::slice::from_ref(&go)), Some(&back));
        assert_eq!(points.unfinished(&[go.clone(), Decision::NotGoneBack]), None);
        assert_eq!(points.unfinished(&[go.clone(), Decision::Sent(sent)]), None);
        let note = serde_json::to_string(&Note::WentBack(back.clone())).unwrap();
        take(&mut points, Kind::Note, &note);
        assert_eq!(points.unfinished(std::slice::from_ref(&go)), None);
        // The same once more, refused and then done.
        let again = [go.clone(), go.clone(), Decision::NotGoneBack, go.clone(), Decision::Kill];
        assert_eq!(points.unfinished(&again), Some(&back));
        take(&mut points, Kind::Note, &note);
        assert_eq!(points.unfinished(&again), None);
    }

    #[test]
    fn after_going_back_it_goes_on_from_there_and_only_the_last_can_be_taken_back() {
        let mut points = Points::new(id(1));
        prompt(&mut points, "p1");
        say(&mut points, "a1");
        prompt(&mut points, "p2");
        say(&mut points, "a2");
        let mut back = WentBack {
            message: "p2".into(),
            text: "p2".into(),
            files: None,
            conversation: Some(points.of("p2").unwrap().before.clone()),
            until_now: points.now().clone(),
            undo: false,
        };
        let note = |back: &WentBack| serde_json::to_string(&Note::WentBack(back.clone())).unwrap();
        take(&mut points, Kind::Note, &note(&back));
        assert_eq!(points.back(), Some(&back));
        prompt(&mut points, "p3");
        assert_eq!(points.back(), None, "it goes on from there");
        assert_eq!(points.of("p3").unwrap().before.after.as_deref(), Some("a1"));
        let anew = Point { conversation: id(2), after: None };
        back.conversation = Some(anew.clone());
        take(&mut points, Kind::Note, &note(&back));
        assert_eq!(points.now(), &anew);
        back.undo = true;
        back.conversation = Some(back.until_now.clone());
        take(&mut points, Kind::Note, &note(&back));
        assert_eq!((points.back(), points.now()), (None, &back.until_now));
    }
}
