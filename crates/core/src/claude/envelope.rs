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

/// What a message says of tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfTool {
    /// A tool was called: the call's own name.
    Use(String),
    /// A tool has answered: the call's own name.
    Result(String),
}

/// The tools that a message calls, or that answer in it. Most lines are only searched for a word.
#[must_use]
pub fn tools(line: &[u8]) -> Vec<OfTool> {
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
        #[serde(default)]
        tool_use_id: Option<String>,
    }
    if memchr::memmem::find(line, b"\"tool_use_id\"").is_none()
        && memchr::memmem::find(line, b"tool_use\"").is_none()
    {
        return Vec::new();
    }
    let parts = serde_json::from_slice::<Line<'_>>(line).map(|line| line.message.content);
    let of_tool = |part: Part<'_>| match &*part.kind {
        "tool_use" | "server_tool_use" => part.id.map(OfTool::Use),
        "tool_result" => part.tool_use_id.map(OfTool::Result),
        _ => None,
    };
    parts.unwrap_or_default().into_iter().filter_map(of_tool).collect()
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
    fn what_is_no_message_is_an_error() {
        for bad in ["", "null", "[]", "{}", "{\"type\":3}", "{\"type\":\"a\"", "hello"] {
            assert!(envelope(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(envelope(b"{\"type\":\"\xff\"}").is_err());
    }
}
