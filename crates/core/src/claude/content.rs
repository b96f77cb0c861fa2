//! What the CLI's messages are made of: blocks of the Messages API, whole or streamed. Kinds that Bosk does not use
//! are one value, never an error.

use serde::Deserialize;
use serde_json::Value;

/// A block of the model's answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the Messages API's own")]
pub enum Block {
    Text {
        text: String,
    },
    Thinking {
        #[serde(default)]
        thinking: String,
    },
    RedactedThinking {},
    ToolUse {
        id: String,
        name: String,
        input: Value,
    },
    ServerToolUse {
        id: String,
        name: String,
        input: Value,
    },
    #[serde(other)]
    Other,
}

/// The content of a message to the model: a text, or blocks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// Blocks.
    Blocks(Vec<Part>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Blocks(Vec::new())
    }
}

/// A block of a message to the model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the Messages API's own")]
pub enum Part {
    Text {
        text: String,
    },
    Image {},
    ToolResult {
        tool_use_id: String,
        #[serde(default)]
        content: Content,
        #[serde(default)]
        is_error: bool,
    },
    #[serde(other)]
    Other,
}

impl Content {
    /// Its text, and how many pictures it holds.
    #[must_use]
    pub fn text(&self) -> (String, u32) {
        match self {
            Self::Text(text) => (text.clone(), 0),
            Self::Blocks(parts) => {
                let texts: Vec<&str> = parts
                    .iter()
                    .filter_map(|part| match part {
                        Part::Text { text } => Some(text.as_str()),
                        Part::Image {} | Part::ToolResult { .. } | Part::Other => None,
                    })
                    .collect();
                let images = parts.iter().filter(|part| matches!(part, Part::Image {})).count();
                (texts.join("\n"), u32::try_from(images).unwrap_or(u32::MAX))
            }
        }
    }
}

/// An event of the Messages API's stream.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the Messages API's own")]
pub enum StreamEvent {
    ContentBlockStart {
        index: u32,
        content_block: StreamBlock,
    },
    ContentBlockDelta {
        index: u32,
        delta: Delta,
    },
    ContentBlockStop {
        index: u32,
    },
    MessageStart {},
    MessageStop {},
    #[default]
    #[serde(other)]
    Other,
}

/// The beginning of a streamed block.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the Messages API's own")]
pub enum StreamBlock {
    Text {},
    Thinking {},
    ToolUse {
        name: String,
    },
    #[serde(other)]
    Other,
}

/// What is added to a streamed block.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the Messages API's own")]
pub enum Delta {
    TextDelta {
        text: String,
    },
    ThinkingDelta {
        thinking: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    #[serde(other)]
    Other,
}
