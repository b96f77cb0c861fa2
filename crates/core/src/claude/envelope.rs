//! The quick look at a line: enough for the keeper to know what to do with it, without building what
//! it holds. Not here: the content, which [`super::message`] reads.

use std::borrow::Cow;

use serde::Deserialize;

/// What a line says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Envelope<'a> {
    /// The message's `type`.
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    /// Its `subtype`.
    #[serde(borrow, default)]
    pub subtype: Option<Cow<'a, str>>,
    /// Whether it repeats a message of the person: the acknowledgement.
    #[serde(default, rename = "isReplay")]
    pub is_replay: bool,
    /// Its `uuid`.
    #[serde(borrow, default)]
    pub uuid: Option<Cow<'a, str>>,
}

/// Reads the whole line's outermost fields; `type` need not be the first.
///
/// # Errors
/// The line is not a JSON object with a `type`.
pub fn envelope(line: &[u8]) -> Result<Envelope<'_>, serde_json::Error> {
    serde_json::from_slice(line)
}

/// The `type` of a line that begins with it, as most do; no more is read.
#[must_use]
pub fn leading_type(line: &[u8]) -> Option<&str> {
    let rest = line.strip_prefix(b"{\"type\":").or_else(|| line.strip_prefix(b"{\"type\": "))?;
    let rest = rest.strip_prefix(b"\"")?;
    let end = rest.iter().take(64).position(|byte| *byte == b'"')?;
    std::str::from_utf8(&rest[..end]).ok().filter(|name| !name.contains('\\'))
}

/// Whether the line may be a repeated message of the person. Never wrong when it says no.
#[must_use]
pub fn may_be_replay(line: &[u8]) -> bool {
    memchr::memmem::find(line, b"\"isReplay\"").is_some()
}

/// The tools that a message of the model's calls: the calls' own names. Most lines are only searched for a word.
#[must_use]
pub fn tool_uses(line: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(borrow)]
        message: Message<'a>,
    }
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        content: Vec<Part<'a>>,
    }
    #[derive(Deserialize)]
    struct Part<'a> {
        #[serde(borrow, rename = "type")]
        kind: Cow<'a, str>,
        #[serde(default)]
        id: Option<String>,
    }
    if memchr::memmem::find(line, b"tool_use\"").is_none() {
        return Vec::new();
    }
    let parts = serde_json::from_slice::<Line<'_>>(line).map(|line| line.message.content);
    let uses = parts.unwrap_or_default().into_iter();
    uses.filter(|part| matches!(&*part.kind, "tool_use" | "server_tool_use"))
        .filter_map(|part| part.id)
        .collect()
}

/// The plan that a message of the model's proposes, with the call's own name. Most lines are only searched for a word.
#[must_use]
pub fn plan(line: &[u8]) -> Option<(String, String)> {
    use super::content::Block;
    memchr::memmem::find(line, b"\"ExitPlanMode\"")?;
    let super::message::Message::Assistant(said) = super::message::parse(line).ok()? else {
        return None;
    };
    said.message.content.into_iter().find_map(|block| match block {
        Block::ToolUse { id, name, input } if name == "ExitPlanMode" => {
            Some((id, input["plan"].as_str()?.to_owned()))
        }
        _ => None,
    })
}

/// The tools that answer in a message: the calls' own names. Nothing is parsed, since results are most of what a
/// CLI prints; within a text the quotation marks are escaped, so no text is taken for a name.
pub fn tool_results(line: &[u8]) -> impl Iterator<Item = &str> {
    const NAME: &[u8] = b"\"tool_use_id\"";
    memchr::memmem::find_iter(line, NAME).filter_map(|at| {
        let value = line[at + NAME.len()..].trim_ascii_start().strip_prefix(b":")?;
        let text = value.trim_ascii_start().strip_prefix(b"\"")?;
        std::str::from_utf8(&text[..memchr::memchr(b'"', text)?]).ok()
    })
}

/// The subagent's tool use that a message belongs to.
#[must_use]
pub fn parent(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Parent {
        parent_tool_use_id: Option<String>,
    }
    // Looked for first: most messages have none, and reading the whole line would cost more.
    if memchr::memmem::find(line, b"\"parent_tool_use_id\":null").is_some() {
        return None;
    }
    serde_json::from_slice::<Parent>(line).ok()?.parent_tool_use_id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_need_not_come_first() {
        let line = br#"{"duration_ms":3,"subtype":"success","type":"result","is_error":true}"#;
        let envelope = envelope(line).unwrap();
        assert_eq!(
            (envelope.kind.as_ref(), envelope.subtype.as_deref()),
            ("result", Some("success"))
        );
        assert_eq!(leading_type(line), None);
        assert_eq!(leading_type(br#"{"type":"assistant","message":{}}"#), Some("assistant"));
        assert_eq!(leading_type(br#"{"type":"a\u0062"}"#), None);
    }

    #[test]
    fn tools_are_found_by_their_own_fields_and_never_in_a_text() {
        let call = br#"{"type":"assistant","message":{"content":[{"type":"text","text":"\"tool_use\""},{"type":"tool_use","id":"a","name":"Bash","input":{}},{"type":"tool_use","id":"b","name":"Read","input":{"type":"tool_use"}}]}}"#;
        assert_eq!(tool_uses(call), ["a", "b"]);
        assert_eq!(tool_uses(br#"{"type":"user","message":{"content":"tool_use\""}}"#), [""; 0]);
        let answer = br#"{"type":"user","parent_tool_use_id":"p","message":{"content":[{"tool_use_id":"a","type":"tool_result","content":"{\"tool_use_id\":\"x\"}"},{"type":"tool_result","tool_use_id" : "b"}]}}"#;
        assert_eq!(tool_results(answer).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(tool_results(br#"{"tool_use_id":"#).count(), 0);
        assert_eq!(tool_results(br#"{"tool_use_id":null,"x":1}"#).count(), 0);
    }

    #[test]
    fn a_plan_is_found_with_its_call() {
        let call = br##"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"a","name":"ExitPlanMode","input":{"plan":"# Do"}}]}}"##;
        assert_eq!(plan(call), Some(("a".to_owned(), "# Do".to_owned())));
        let empty = br#"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"a","name":"ExitPlanMode","input":{}}]}}"#;
        assert_eq!(plan(empty), None);
        assert_eq!(plan(br#"{"type":"user","message":{"content":"\"ExitPlanMode\""}}"#), None);
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for bad in ["", "null", "[]", "{}", "{\"type\":3}", "{\"type\":\"a\"", "hello"] {
            assert!(envelope(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(envelope(b"{\"type\":\"\xff\"}").is_err());
    }
}
