//! The CLI's answer to `file_suggestions`, as paths. Its form is not documented and has changed
//! between versions, so both known ones are read: a list of texts, and a list of objects.

use serde_json::Value;

/// The paths that the CLI suggests.
#[must_use]
pub fn paths(answer: &Value) -> Vec<String> {
    let list = answer["suggestions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let path = |item: &Value| {
        let named = ["path", "filePath", "displayText", "value"]
            .into_iter()
            .find_map(|name| item[name].as_str());
        item.as_str().or(named).map(str::to_owned)
    };
    list.iter().filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_both_forms() {
        assert_eq!(paths(&json!({"suggestions": ["a.rs", {"path": "b.rs"}, 3]})), ["a.rs", "b.rs"]);
        assert_eq!(paths(&json!({})), [""; 0]);
    }
}
