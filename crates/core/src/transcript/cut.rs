//! Keeping entries short: the whole stays in the journal.

use serde_json::Value;

/// Longest text kept in an entry, in bytes; the whole stays in the journal.
pub(super) const LONGEST_TEXT: usize = 64 << 10;

/// Cuts a text at [`LONGEST_TEXT`], at a character's boundary, and says so.
pub(super) fn cut(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let whole = text.len();
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.push_str(&format!("\n… {} more bytes", whole - text.len()));
    }
    text
}

pub(super) fn cut_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(cut(text)),
        Value::Array(items) => items.into_iter().map(cut_value).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, cut_value(value))).collect()
        }
        other => other,
    }
}
