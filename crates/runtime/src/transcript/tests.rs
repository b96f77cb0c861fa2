//! Pages say what a fold of the whole journal says, however the journal came to be read.

use super::*;
use crate::journal::Writer;
use bosk_core::journal::{CheckNote, Kind, Note};
use bosk_core::session::{Answer, Verdict};

fn call(id: u32) -> String {
    format!(
        r#"{{"type":"assistant","message":{{"content":[{{"type":"text","text":"Step {id}"}},{{"type":"tool_use","id":"t{id}","name":"Bash","input":{{"command":"ls {id}"}}}}]}}}}"#
    )
}

fn result(id: u32) -> String {
    format!(
        r#"{{"type":"user","message":{{"content":[{{"type":"tool_result","tool_use_id":"t{id}","content":"out {id}"}}]}}}}"#
    )
}

fn decided(id: u32) -> Vec<u8> {
    let answer = Answer::allow(vec![]);
    let (request_id, tool_use_id) = (format!("r{id}"), format!("t{id}"));
    serde_json::to_vec(&Note::Answered { request_id, tool_use_id, answer }).unwrap()
}

fn write(writer: &mut Writer, ids: std::ops::Range<u32>) {
    for id in ids {
        writer.append(Kind::Output, call(id).as_bytes());
        writer.append(Kind::Note, &decided(id));
        // The result of every third call comes one call late.
        if id % 3 != 0 {
            writer.append(Kind::Output, result(id).as_bytes());
        }
        if id > 0 && (id - 1) % 3 == 0 {
            writer.append(Kind::Output, result(id - 1).as_bytes());
        }
    }
    writer.append(Kind::Output, &vec![b'x'; 2 << 20]);
    writer.flush().unwrap();
}

fn whole(folder: &Path) -> Vec<Entry> {
    let mut transcript = Transcript::open(folder).unwrap();
    transcript.catch_up(None, drop).unwrap();
    let total = transcript.total();
    let pages = (0..total).step_by(100).map(|from| transcript.page(from, 100).unwrap());
    pages.flatten().collect()
}

#[test]
fn pages_tell_the_same_with_and_without_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(&folder.path().join(JOURNAL)).unwrap();
    write(&mut writer, 0..50);
    let mut first = Transcript::open(folder.path()).unwrap();
    let mut changes = 0;
    first.catch_up(Some(writer.end()), |_| changes += 1).unwrap();
    assert_eq!(first.total(), 101);
    assert_eq!(changes, 101 + 50 + 50, "entries, decisions and results");
    first.keep();
    write(&mut writer, 50..120);
    first.catch_up(Some(writer.end()), drop).unwrap();

    let resumed = whole(folder.path());
    std::fs::remove_file(folder.path().join("entries")).unwrap();
    let afresh = whole(folder.path());
    assert_eq!(resumed, afresh);
    assert_eq!(resumed.len(), 242);
    let indexes: Vec<u32> = resumed.iter().map(|entry| entry.index).collect();
    assert_eq!(indexes, (0..242).collect::<Vec<_>>());
    let with_both = resumed.iter().filter(|entry| {
        matches!(&entry.body, EntryBody::ToolUse { result: Some(_), decision: Some(_), .. })
    });
    assert_eq!(with_both.count(), 120);
}

#[test]
fn damage_to_what_was_kept_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(&folder.path().join(JOURNAL)).unwrap();
    write(&mut writer, 0..5);
    let expected = whole(folder.path());
    let mut transcript = Transcript::open(folder.path()).unwrap();
    transcript.catch_up(None, drop).unwrap();
    transcript.keep();
    let kept = folder.path().join("entries");
    let good = std::fs::read(&kept).unwrap();
    for at in (0..good.len()).step_by(7) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        std::fs::write(&kept, &bad).unwrap();
        assert_eq!(whole(folder.path()), expected);
        std::fs::write(&kept, &good[..at]).unwrap();
        assert_eq!(whole(folder.path()), expected);
    }
}

#[test]
fn finds_words_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(&folder.path().join(JOURNAL)).unwrap();
    write(&mut writer, 0..20);
    let mut transcript = Transcript::open(folder.path()).unwrap();
    transcript.catch_up(None, drop).unwrap();
    assert_eq!(transcript.find("STEP 7").unwrap(), [14]);
    assert_eq!(transcript.find("ls 7").unwrap(), [15], "a tool's input");
    assert_eq!(transcript.find("out 7").unwrap(), [15], "a tool's result");
    assert_eq!(transcript.find("nowhere").unwrap(), [0_u32; 0]);
    assert_eq!(transcript.find("").unwrap(), [0_u32; 0]);
}

#[test]
fn piece_by_piece_is_the_same_also_with_lines_longer_than_a_piece() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(&folder.path().join(JOURNAL)).unwrap();
    write(&mut writer, 0..50);
    write(&mut writer, 50..60);
    let (mut changes, mut pieces) = (0, 1);
    let mut transcript = Transcript::open(folder.path()).unwrap();
    while !transcript.read_on(writer.end(), 1000, |_| changes += 1).unwrap() {
        pieces += 1;
    }
    assert!(pieces > 2, "{pieces}");
    let mut at_once = 0;
    let mut other = Transcript::open(folder.path()).unwrap();
    other.catch_up(Some(writer.end()), |_| at_once += 1).unwrap();
    assert_eq!((changes, transcript.total()), (at_once, other.total()));
}

#[test]
fn a_check_is_the_same_entry_wherever_the_reading_was_broken_off() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(&folder.path().join(JOURNAL)).unwrap();
    let long = "x".repeat(50_000);
    let said = |output: &str| Note::Check(CheckNote::Said { output: output.to_owned() });
    let notes = [
        Note::Check(CheckNote::Begun { command: "make".into() }),
        said(&long),
        Note::Warning { text: "between".into() },
        said(&long),
        said("the end\n"),
        Note::Check(CheckNote::Ended { verdict: Some(Verdict::Passed), took: 5 }),
        Note::Check(CheckNote::Begun { command: "again".into() }),
        said("cut"),
        Note::Keeper { version: "1".into(), resumed: true },
        Note::Warning { text: "after".into() },
    ];
    let mut ends = vec![0];
    for note in &notes {
        writer.append(Kind::Note, &serde_json::to_vec(note).unwrap());
        writer.flush().unwrap();
        ends.push(writer.end());
    }
    for end in ends {
        let kept = folder.path().join("entries");
        let _ = std::fs::remove_file(&kept);
        let mut first = Transcript::open(folder.path()).unwrap();
        first.catch_up(Some(end), drop).unwrap();
        first.keep();
        let entries = whole(folder.path());
        assert_eq!(entries.len(), 5, "read up to {end} at first");
        let EntryBody::Check { output, verdict, took, .. } = &entries[0].body else { panic!() };
        assert!(output.len() == 64 << 10 && output.ends_with("xthe end\n"));
        assert_eq!((verdict, *took), (&Some(Verdict::Passed), 5));
        let broken = EntryBody::Check {
            command: "again".into(),
            output: "cut".into(),
            verdict: None,
            took: 0,
        };
        assert_eq!((&entries[2].body, &entries[3].body), (&broken, &EntryBody::Resumed));
    }
}

#[test]
fn what_a_fork_goes_on_from_is_taken_off_what_its_turns_have_cost() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(&folder.path().join(JOURNAL)).unwrap();
    let counted =
        [("a".to_owned(), (1.0, Default::default())), ("b".to_owned(), (0.5, Default::default()))];
    let forked = Note::Forked { counted: counted.into() };
    writer.append(Kind::Note, &serde_json::to_vec(&forked).unwrap());
    let end =
        |cost: f64| format!(r#"{{"type":"result","subtype":"success","total_cost_usd":{cost}}}"#);
    let costs = |entries: Vec<Entry>| -> Vec<f64> {
        let bodies = entries.into_iter().map(|entry| entry.body);
        let costs = bodies.filter_map(|body| match body {
            EntryBody::TurnEnd { cost_usd, .. } => Some(cost_usd),
            _ => None,
        });
        costs.collect()
    };
    // The last ones: it does not count on after all.
    let (told, own) = ([1.75, 2.0, 0.25, 1.75], [0.25, 0.5, 0.25, 1.75]);
    let mut kept = Transcript::open(folder.path()).unwrap();
    for (at, cost) in told.into_iter().enumerate() {
        writer.append(Kind::Output, end(cost).as_bytes());
        writer.flush().unwrap();
        let mut changed = Vec::new();
        kept.catch_up(None, |change| {
            if let Change::Push(entry) = change {
                changed.push(entry);
            }
        })
        .unwrap();
        assert_eq!(costs(changed), own[at..=at]);
        kept.keep();
        // Read anew from what was kept, and on from there.
        kept = Transcript::open(folder.path()).unwrap();
        assert_eq!(costs(kept.page(0, 100).unwrap()), own[..=at]);
    }
    std::fs::remove_file(folder.path().join("entries")).unwrap();
    assert_eq!(costs(whole(folder.path())), own);
}
