//! The prompts of a batch: from text, or from a table with a template.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bosk_core::queue::{self, BatchSource};
use bosk_core::{Problem, ProblemCode};
use serde_json::Value;

/// The largest file that is read: bytes.
const LARGEST: u64 = 16 << 20;

/// A row, by the names of its columns.
type Row = BTreeMap<String, String>;

/// Reads the prompts.
///
/// # Errors
/// The file or the table cannot be read, or the template names a column that is not there.
pub fn prompts(source: &BatchSource) -> Result<Vec<String>, Problem> {
    match source {
        BatchSource::Prompts { text } => Ok(queue::prompts(text)),
        BatchSource::Table { text, template } => filled(template, &rows(text, None)?),
        BatchSource::File { path, template } => of_file(Path::new(path), template.as_deref()),
    }
}

fn of_file(path: &Path, template: Option<&str>) -> Result<Vec<String>, Problem> {
    let unreadable = |why: String| invalid(format!("`{}` cannot be read: {why}.", path.display()));
    let size = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
    if size > LARGEST {
        return Err(unreadable(format!("it is larger than {} MB", LARGEST >> 20)));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let kind = path.extension().and_then(|kind| kind.to_str()).map(str::to_ascii_lowercase);
    match (kind.as_deref(), template) {
        (kind @ Some("csv" | "tsv" | "json"), Some(template)) => {
            filled(template, &rows(&text, kind)?)
        }
        (Some("json"), None) => {
            let list: Vec<String> = serde_json::from_str(&text).map_err(|error| {
                invalid(format!("The file is no list of prompts: {error}.")).hint(
                    "Give a prompt with the names of columns in braces for a list of objects.",
                )
            })?;
            Ok(list.into_iter().filter(|one| !one.trim().is_empty()).collect())
        }
        (Some("csv" | "tsv"), None) => {
            Err(invalid("A table needs a prompt for its rows.".to_owned())
                .hint("Write one with the names of columns in braces, such as `Fix {file}`."))
        }
        _ => Ok(queue::prompts(&text)),
    }
}

fn filled(template: &str, rows: &[Row]) -> Result<Vec<String>, Problem> {
    if let Some(row) = rows.first()
        && let Some(name) = queue::names(template).into_iter().find(|name| !row.contains_key(*name))
    {
        let columns: Vec<&str> = row.keys().map(String::as_str).collect();
        let hint = format!("The columns are: {}.", columns.join(", "));
        return Err(invalid(format!("The table has no column `{name}`.")).hint(hint));
    }
    let filled = rows.iter().map(|row| queue::fill(template, row));
    Ok(filled.filter(|prompt| !prompt.trim().is_empty()).collect())
}

fn rows(text: &str, kind: Option<&str>) -> Result<Vec<Row>, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    if kind == Some("json") || (kind.is_none() && text.trim_start().starts_with('[')) {
        return objects(text);
    }
    // A sheet that is pasted has tabs.
    let first = text.lines().next().unwrap_or_default();
    let tabs = kind == Some("tsv") || (kind.is_none() && first.contains('\t'));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if tabs { b'\t' } else { b',' })
        .trim(csv::Trim::Headers)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| invalid(format!("The table cannot be read: {error}."));
    let names = reader.headers().map_err(unreadable)?.clone();
    let rows = reader.records().map(|record| {
        let record = record.map_err(unreadable)?;
        // A short row has nothing in its last columns.
        let values = record.iter().chain(std::iter::repeat(""));
        Ok(names.iter().map(str::to_owned).zip(values.map(str::to_owned)).collect())
    });
    rows.collect()
}

fn objects(text: &str) -> Result<Vec<Row>, Problem> {
    let list: Vec<serde_json::Map<String, Value>> = serde_json::from_str(text)
        .map_err(|error| invalid(format!("The table is no list of objects: {error}.")))?;
    let word = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let names: BTreeSet<String> = list.iter().flat_map(|row| row.keys().cloned()).collect();
    let row = |mut object: serde_json::Map<String, Value>| {
        names
            .iter()
            .map(|name| (name.clone(), word(object.remove(name).unwrap_or_default())))
            .collect()
    };
    Ok(list.into_iter().map(row).collect())
}

fn invalid(text: String) -> Problem {
    Problem::new(ProblemCode::InvalidInput, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, template: &str) -> Result<Vec<String>, Problem> {
        prompts(&BatchSource::Table { text: text.to_owned(), template: template.to_owned() })
    }

    #[test]
    fn a_row_is_a_prompt_however_the_table_is_written() {
        let wanted = ["Fix a.rs, 1", "Fix b,c.rs, "];
        let template = "Fix {file}, {line}";
        assert_eq!(table("file,line\na.rs,1\n\"b,c.rs\"\n", template).unwrap(), wanted);
        assert_eq!(table("\u{feff}file\tline\na.rs\t1\nb,c.rs\t\n", template).unwrap(), wanted);
        let json = r#" [{"file": "a.rs", "line": 1}, {"file": "b,c.rs"}]"#;
        assert_eq!(table(json, template).unwrap(), wanted);
    }

    #[test]
    fn what_is_missing_or_broken_is_said() {
        let problem = table("file\na.rs\n", "Fix {line}").unwrap_err();
        assert!(problem.message.contains("line") && problem.hint.unwrap().contains("file"));
        assert!(table("[{", "x").is_err());
        assert!(table("", "x").unwrap().is_empty());
    }

    #[test]
    fn files_are_read_by_their_kind() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str, template: Option<&str>| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            let path = path.to_str().unwrap().to_owned();
            prompts(&BatchSource::File { path, template: template.map(str::to_owned) })
        };
        assert_eq!(file("a.txt", "one\ntwo\n", None).unwrap(), ["one", "two"]);
        assert_eq!(file("a.json", r#"["one", "", "two"]"#, None).unwrap(), ["one", "two"]);
        assert_eq!(file("a.csv", "n\n1\n2\n", Some("do {n}")).unwrap(), ["do 1", "do 2"]);
        assert!(file("b.csv", "n\n1\n", None).unwrap_err().hint.is_some());
        assert!(file("b.json", r#"[{"n": 1}]"#, None).is_err());
        let gone = BatchSource::File { path: "/nowhere/x".to_owned(), template: None };
        assert!(prompts(&gone).is_err());
    }
}
