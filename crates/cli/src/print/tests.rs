use super::*;
use serde_json::json;

fn push(index: u32, body: EntryBody) -> Change {
    Change::Push(Entry { index, at: 0, parent: None, body })
}

fn partial(block: u64, from: u32, text: &str) -> Partial {
    Partial { block, parent: None, part: PartialKind::Text, from, text: text.to_owned() }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn words(text: &str) -> EntryBody {
    EntryBody::Text { text: text.to_owned() }
}

fn tool(name: &str, input: Value) -> EntryBody {
    EntryBody::ToolUse {
        id: name.into(),
        name: name.into(),
        input,
        result: None,
        decision: None,
        cost: None,
    }
}

fn result(text: &str, detail: Value) -> ToolResult {
    ToolResult { at: 0, is_error: false, text: text.into(), images: 0, detail }
}

#[test]
fn streamed_words_are_said_once() {
    let mut printer = Printer::default();
    let mut out = printer.partials(&[partial(0, 0, "Hel")]);
    out += &printer.partials(&[partial(0, 3, "lo ")]);
    out += &printer.change(&push(0, words("Hello you.")));
    // What was still under way when the entry came.
    out += &printer.partials(&[partial(0, 6, "you.")]);
    out += &printer.partials(&[partial(1, 0, "Next")]);
    out += &printer.change(&push(1, words("Next.")));
    assert_eq!(plain(&out), "\nHello you.\n\nNext.\n");
}

#[test]
fn words_that_were_begun_anew_are_said_whole() {
    let mut printer = Printer::default();
    let mut out = printer.partials(&[partial(0, 0, "Half a sen")]);
    printer.done(&[0]);
    out += &printer.partials(&[partial(1, 0, "Other")]);
    out += &printer.change(&push(0, words("Other words.")));
    assert_eq!(plain(&out), "\nHalf a sen\n\nOther words.\n");
}

#[test]
fn escape_sequences_of_claude_and_tools_are_neutralised() {
    let evil = "\u{1b}]52;c;aGk=\u{7}\u{1b}[2Jgone";
    let mut printer = Printer::default();
    let mut out = printer.partials(&[partial(0, 0, evil)]);
    out += &printer.change(&push(0, words(&format!("{evil} and more {evil}"))));
    out += &printer.change(&push(1, tool("Bash", json!({"command": evil, "description": evil}))));
    out +=
        &printer.change(&Change::Result(1, result(evil, json!({"stdout": evil, "stderr": evil}))));
    out += &printer.change(&push(2, tool(evil, json!({"x": evil}))));
    out += &printer.change(&Change::Result(2, result(evil, Value::Null)));
    let unknown = EntryBody::Unknown { name: evil.into(), raw: evil.into() };
    out += &printer.change(&push(3, unknown));
    let edit = json!({"filePath": "a", "structuredPatch": [{"lines": [format!("+{evil}")]}]});
    out += &printer.change(&push(4, tool("Edit", json!({"file_path": evil}))));
    out += &printer.change(&Change::Result(4, result("", edit)));
    // Nothing but Bosk's own colours, each of which is ESC [ … m.
    for (at, _) in out.match_indices('\u{1b}') {
        let rest = &out[at + 1..];
        let end = rest.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(0);
        assert_eq!((&rest[..1], &rest[end..=end]), ("[", "m"), "{:?}", &rest[..rest.len().min(20)]);
    }
    assert!(!out.contains('\u{7}'));
}

#[test]
fn results_are_short_and_say_whose_they_are() {
    let mut printer = Printer { folder: "/w".into(), ..Printer::default() };
    let mut out = printer.change(&push(0, tool("Read", json!({"file_path": "/w/a.txt"}))));
    out += &printer.change(&push(1, tool("Bash", json!({"command": "seq 100"}))));
    let hundred: String = (1..=100).map(|n| format!("{n}\n")).collect();
    let file = json!({"file": {"numLines": 1}});
    out += &printer.change(&Change::Result(0, result("1\tone", file)));
    out += &printer.change(&Change::Result(1, result(&hundred, json!({"stdout": hundred}))));
    let out = plain(&out);
    assert!(out.contains("● Read a.txt\n"), "{out}");
    assert!(out.contains("  ✓ a.txt\n    1 line\n"), "{out}");
    assert!(out.contains("… 89 more lines …\n") && out.ends_with("    100\n"), "{out}");
}
