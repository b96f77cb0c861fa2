//! Every message of real recordings is understood, and whatever else comes is kept.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::journal::{self, Header};
use crate::session::Verdict;
use crate::transcript::cut::LONGEST_TEXT;

fn folded<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Vec<Entry> {
    let mut fold = Fold::default();
    let mut entries: Vec<Entry> = Vec::new();
    for (seq, line) in (0..).zip(lines) {
        let mut bytes = Vec::new();
        journal::encode(&mut bytes, &Header { seq, wall: 7, mono: 0, kind: Kind::Output }, line);
        bytes.pop();
        for change in fold.apply(Line::Whole(&bytes)) {
            apply(&mut entries, change);
        }
    }
    assert_eq!(fold.total() as usize, entries.len());
    entries
}

fn apply(entries: &mut Vec<Entry>, change: Change) {
    let change_tool =
        |entries: &mut Vec<Entry>, index: u32, new_result, new_decision| match &mut entries
            [index as usize]
            .body
        {
            EntryBody::ToolUse { result, decision, .. } => {
                *result = new_result;
                *decision = new_decision;
            }
            other => panic!("a result for {other:?}"),
        };
    match change {
        Change::Push(entry) => entries.push(entry),
        Change::Result(index, result) => change_tool(entries, index, Some(result), None),
        Change::Taken(index) => {
            assert!(matches!(entries[index as usize].body, EntryBody::Prompt { .. }));
        }
        Change::Decided(index, answer) => change_tool(entries, index, None, Some(answer)),
        Change::Cost(index, came) => match &mut entries[index as usize].body {
            EntryBody::ToolUse { cost, .. } => *cost = Some(came),
            other => panic!("a cost for {other:?}"),
        },
        Change::Check(index, note) => {
            assert!(entries[index as usize].body.is_checking(), "{note:?}");
            entries[index as usize].body.check(&note);
        }
    }
}

#[test]
fn a_check_is_one_entry_to_its_end_or_to_its_keepers() {
    let mut fold = Fold::default();
    let mut entries = Vec::new();
    let notes = [
        r#"{"note":"check","check":"said","output":"of none"}"#,
        r#"{"note":"check","check":"begun","command":"make"}"#,
        r#"{"note":"check","check":"said","output":"one "}"#,
        r#"{"note":"warning","text":"w"}"#,
        r#"{"note":"check","check":"said","output":"two"}"#,
        r#"{"note":"check","check":"ended","verdict":{"verdict":"failed","code":2},"took":7}"#,
        r#"{"note":"check","check":"begun","command":"make"}"#,
        r#"{"note":"keeper","version":"1","resumed":true}"#,
        r#"{"note":"check","check":"ended","verdict":{"verdict":"passed"},"took":7}"#,
    ];
    for note in notes {
        let mut line = Vec::new();
        let header = Header { seq: 1, wall: 5, mono: 1, kind: Kind::Note };
        journal::encode(&mut line, &header, note.as_bytes());
        line.pop();
        for change in fold.apply(Line::Whole(&line)) {
            apply(&mut entries, change);
        }
    }
    let bodies: Vec<EntryBody> = entries.into_iter().map(|entry| entry.body).collect();
    let check = |output: &str, verdict, took| EntryBody::Check {
        command: "make".into(),
        output: output.into(),
        verdict,
        took,
    };
    assert_eq!(bodies[0], check("one two", Some(Verdict::Failed { code: Some(2) }), 7));
    assert_eq!(bodies[2], check("", None, 0), "it died with its keeper");
    assert_eq!((bodies.len(), &bodies[3]), (4, &EntryBody::Resumed));
}

#[test]
fn what_a_tool_cost_belongs_to_it_and_words_of_bosk_are_no_prompt() {
    let mut fold = Fold::default();
    let mut entries = Vec::new();
    let tool = br#"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{}}]}}"#;
    let note = br#"{"note":"tool_cost","tool_use_id":"t1","cost":{"cpu_seconds":96.5,"peak_memory":4100000000,"memory_kind":"pss","shared":false}}"#;
    let words = format!(
        r#"{{"type":"user","message":{{"role":"user","content":"{FROM_BOSK}It was stopped."}},"uuid":"u1","isReplay":true}}"#
    );
    let records: [(Kind, &[u8]); 3] =
        [(Kind::Output, tool), (Kind::Note, note), (Kind::Output, words.as_bytes())];
    for (kind, payload) in records {
        let mut line = Vec::new();
        journal::encode(&mut line, &Header { seq: 1, wall: 5, mono: 1, kind }, payload);
        line.pop();
        for change in fold.apply(Line::Whole(&line)) {
            apply(&mut entries, change);
        }
    }
    let EntryBody::ToolUse { cost: Some(cost), .. } = &entries[0].body else {
        panic!("{entries:?}")
    };
    assert_eq!(cost.peak_memory, Some(4_100_000_000));
    assert!(matches!(entries[1].body, EntryBody::Notice { level: NoticeLevel::Info, .. }));
    assert_eq!(entries.len(), 2);
}

#[test]
fn a_conversation_reads_as_one() {
    let entries = folded([
        br#"{"type":"system","subtype":"init","model":"m","permissionMode":"default"}"#.as_slice(),
        br#"{"type":"user","message":{"role":"user","content":"Fix it"},"uuid":"u1","isReplay":true}"#,
        br#"{"type":"assistant","message":{"content":[{"type":"thinking","thinking":"hm"}]}}"#,
        br#"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}]}}"#,
        br#"{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"a.txt","is_error":false}]},"tool_use_result":{"stdout":"a.txt"}}"#,
        br#"{"type":"assistant","message":{"content":[{"type":"text","text":"Done."}]}}"#,
        br#"{"duration_ms":5,"subtype":"success","is_error":false,"total_cost_usd":0.5,"num_turns":2,"type":"result"}"#,
    ]);
    let kinds: Vec<String> = entries
        .iter()
        .map(|entry| serde_json::to_value(entry).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["prompt", "thinking", "tool_use", "text", "turn_end"]);
    let EntryBody::ToolUse { result: Some(result), .. } = &entries[2].body else { panic!() };
    assert_eq!((result.text.as_str(), &result.detail), ("a.txt", &json!({"stdout": "a.txt"})));
}

#[test]
fn a_failed_sign_in_is_recognised_although_it_says_success() {
    let entries = folded([
        br#"{"type":"assistant","is_api_error_message":true,"message":{"content":[{"type":"text","text":"Failed to authenticate."}]}}"#.as_slice(),
        br#"{"subtype":"success","is_error":true,"api_error_status":401,"result":"Failed to authenticate.","type":"result"}"#,
    ]);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].body.problem().unwrap().code, crate::ProblemCode::SignedOut);
}

#[test]
fn a_message_that_began_a_turn_stands_where_it_was_sent_and_once() {
    let note = |uuid: &str| {
        let note = Note::Prompt { uuid: uuid.into(), text: uuid.into(), images: 0 };
        let mut bytes = Vec::new();
        let header = Header { seq: 0, wall: 7, mono: 0, kind: Kind::Note };
        journal::encode(&mut bytes, &header, &serde_json::to_vec(&note).unwrap());
        bytes.pop();
        bytes
    };
    let output = |line: &str| {
        let mut bytes = Vec::new();
        let header = Header { seq: 0, wall: 7, mono: 0, kind: Kind::Output };
        journal::encode(&mut bytes, &header, line.as_bytes());
        bytes.pop();
        bytes
    };
    let replay = |uuid: &str| {
        output(&format!(
            r#"{{"type":"user","message":{{"content":"{uuid}"}},"uuid":"{uuid}","isReplay":true}}"#
        ))
    };
    let retry = r#"{"type":"system","subtype":"api_retry","attempt":1}"#;
    let mut fold = Fold::default();
    let lines = [note("a"), output(retry), note("a"), replay("a"), replay("b")];
    let changes: Vec<Change> =
        lines.iter().flat_map(|line| fold.apply(Line::Whole(line))).collect();
    let kinds: Vec<&str> = changes
        .iter()
        .map(|change| match change {
            Change::Push(Entry { body: EntryBody::Prompt { uuid, .. }, .. }) => uuid,
            Change::Push(_) => "retry",
            Change::Taken(0) => "taken",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["a", "retry", "taken", "b"]);
}

#[test]
fn an_interrupt_is_no_error() {
    let entries = folded([
        br#"{"subtype":"error_during_execution","is_error":true,"terminal_reason":"aborted_tools","errors":["[ede_diagnostic] x"],"type":"result"}"#.as_slice(),
    ]);
    let EntryBody::TurnEnd { is_error, subtype, text, problem, .. } = &entries[0].body else {
        panic!()
    };
    assert_eq!((*is_error, subtype.as_str(), text, problem), (false, "interrupted", &None, &None));
}

#[test]
fn what_is_unknown_is_kept_and_shown() {
    let long = vec![b'x'; LONGEST_MESSAGE + 1];
    let entries = folded([
        br#"{"type":"system","subtype":"brand_new","a":1}"#.as_slice(),
        b"Segmentation fault",
        b"\xff\xfe",
        &long,
    ]);
    assert!(
        matches!(&entries[0].body, EntryBody::Unknown { name, .. } if name == "system/brand_new")
    );
    let reasons: Vec<RawReason> = entries[1..]
        .iter()
        .map(|entry| match &entry.body {
            EntryBody::Raw { reason, .. } => *reason,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(reasons, [RawReason::NotJson, RawReason::NotUtf8, RawReason::Oversize]);
    let EntryBody::Raw { bytes, start, .. } = &entries[3].body else { panic!() };
    assert_eq!((*bytes, start.len()), (long.len() as u64, 4 << 10));
}

#[test]
fn long_texts_are_cut_and_say_so() {
    let text = "한".repeat(LONGEST_TEXT);
    let line = json!({"type": "user", "message": {"content": [
        {"type": "tool_result", "tool_use_id": "t1", "content": text}]}});
    let call = br#"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{}}]}}"#;
    let entries = folded([call.as_slice(), line.to_string().as_bytes()]);
    let EntryBody::ToolUse { result: Some(result), .. } = &entries[0].body else { panic!() };
    assert!(result.text.len() < LONGEST_TEXT + 100 && result.text.contains("more bytes"));
}

proptest! {
    #[test]
    fn no_bytes_stop_the_fold(lines in prop::collection::vec(prop::collection::vec(any::<u8>().prop_filter("newline", |b| *b != b'\n'), 1..80), 1..20)) {
        let entries = folded(lines.iter().map(Vec::as_slice));
        prop_assert!(entries.len() <= lines.len());
    }
}
