//! Blocks that the model is still streaming. They are in no journal: the finished message will be.
//! Each client has a place of its own in them, so a slow one misses nothing and delays nobody, and
//! deltas between two writes become one. Not here: finished messages.

use std::collections::BTreeMap;

use bosk_core::claude::content::{Delta, StreamBlock, StreamEvent};
use bosk_core::claude::message::Stream;
use bosk_core::transcript::{Partial, PartialKind};

/// Most text held of one block, in bytes: what is beyond will be in the finished message.
const LONGEST: usize = 512 << 10;

/// The blocks that are being streamed now.
#[derive(Debug, Default)]
pub(super) struct Partials {
    blocks: BTreeMap<u64, Block>,
    next: u64,
}

#[derive(Debug)]
struct Block {
    parent: Option<String>,
    index: u32,
    kind: PartialKind,
    text: String,
}

/// How much of each block a client has.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<u64, usize>);

impl Partials {
    /// Takes an event of the stream.
    pub(super) fn take(&mut self, stream: Stream) {
        let parent = stream.parent_tool_use_id;
        match stream.event {
            StreamEvent::ContentBlockStart { index, content_block } => {
                let kind = match content_block {
                    StreamBlock::Text {} => PartialKind::Text,
                    StreamBlock::Thinking {} => PartialKind::Thinking,
                    StreamBlock::ToolUse { name } => PartialKind::ToolInput { name },
                    StreamBlock::Other => return,
                };
                self.blocks.insert(self.next, Block { parent, index, kind, text: String::new() });
                self.next += 1;
            }
            StreamEvent::ContentBlockDelta { index, delta } => {
                let added = match &delta {
                    Delta::TextDelta { text } => text,
                    Delta::ThinkingDelta { thinking } => thinking,
                    Delta::InputJsonDelta { partial_json } => partial_json,
                    Delta::Other => return,
                };
                let mut blocks = self.blocks.values_mut().rev();
                if let Some(block) = blocks.find(|one| one.index == index && one.parent == parent)
                    && block.text.len() + added.len() <= LONGEST
                {
                    block.text.push_str(added);
                }
            }
            // The block's own message has come before its stop; what is left was not finished.
            StreamEvent::ContentBlockStop { .. } => {}
            StreamEvent::MessageStart {} | StreamEvent::MessageStop {} => self.clear(&parent),
            StreamEvent::Other => {}
        }
    }

    /// The finished message of the oldest block of `parent` is in the journal.
    pub(super) fn finished(&mut self, parent: &Option<String>) {
        if let Some(done) =
            self.blocks.iter().find(|(_, block)| block.parent == *parent).map(|(name, _)| *name)
        {
            self.blocks.remove(&done);
        }
    }

    /// Nothing more will come of the blocks of `parent`.
    pub(super) fn clear(&mut self, parent: &Option<String>) {
        self.blocks.retain(|_, block| block.parent != *parent);
    }

    /// Nothing more will come at all.
    pub(super) fn clear_all(&mut self) {
        self.blocks.clear();
    }

    /// What a client has not seen, and which blocks that it has seen are gone.
    pub(super) fn news(&self, seen: &mut Seen) -> (Vec<Partial>, Vec<u64>) {
        let done: Vec<u64> =
            seen.0.keys().copied().filter(|name| !self.blocks.contains_key(name)).collect();
        for name in &done {
            seen.0.remove(name);
        }
        let mut news = Vec::new();
        for (name, block) in &self.blocks {
            let known = seen.0.get(name).copied();
            let from = known.unwrap_or(0);
            if known.is_none() || from < block.text.len() {
                news.push(Partial {
                    block: *name,
                    parent: block.parent.clone(),
                    part: block.kind.clone(),
                    from: u32::try_from(from).unwrap_or(u32::MAX),
                    text: block.text[from..].to_owned(),
                });
                seen.0.insert(*name, block.text.len());
            }
        }
        (news, done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bosk_core::claude::message::{Message, parse};

    fn take(partials: &mut Partials, event: &str) {
        let line =
            format!(r#"{{"type":"stream_event","event":{event},"parent_tool_use_id":null}}"#);
        let Message::Stream(stream) = parse(line.as_bytes()).unwrap() else { panic!("{line}") };
        partials.take(stream);
    }

    fn delta(text: &str) -> String {
        format!(
            r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"text_delta","text":"{text}"}}}}"#
        )
    }

    const START: &str =
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#;

    #[test]
    fn each_client_gets_what_it_has_not_seen() {
        let mut partials = Partials::default();
        let (mut quick, mut slow) = (Seen::default(), Seen::default());
        take(&mut partials, START);
        take(&mut partials, &delta("Hel"));
        assert_eq!(partials.news(&mut quick).0[0].text, "Hel");
        take(&mut partials, &delta("lo"));
        take(&mut partials, &delta(" 한"));
        let (news, _) = partials.news(&mut quick);
        assert_eq!((news[0].from, news[0].text.as_str()), (3, "lo 한"));
        assert_eq!(partials.news(&mut slow).0[0].text, "Hello 한");
        assert_eq!(partials.news(&mut slow), (vec![], vec![]));
    }

    #[test]
    fn a_finished_block_is_named_to_those_who_saw_it() {
        let mut partials = Partials::default();
        let (mut saw, mut did_not) = (Seen::default(), Seen::default());
        take(&mut partials, START);
        let block = partials.news(&mut saw).0[0].block;
        partials.finished(&None);
        assert_eq!(partials.news(&mut saw), (vec![], vec![block]));
        assert_eq!(partials.news(&mut did_not), (vec![], vec![]));
    }
}
