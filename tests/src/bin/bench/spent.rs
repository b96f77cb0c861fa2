//! What it takes to know what sessions have cost: read for the first time, and once more when a turn has been added.

use std::time::Instant;

use bosk_core::SessionId;
use bosk_core::journal::Kind;
use bosk_runtime::home::Home;
use bosk_runtime::journal::{JOURNAL, Writer};
use bosk_runtime::session_record::SessionRecord;
use bosk_runtime::spend;

use crate::cost::milliseconds;
use crate::report::Row;

/// Sessions, each with a journal of 10 MB.
const SESSIONS: usize = 10;

/// Turns of each, of a megabyte.
const TURNS: u32 = 10;

const TIMES: usize = 7;

pub(crate) async fn measure() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().to_owned()).unwrap();
    let ids: Vec<SessionId> = (0..SESSIONS).map(id).collect();
    for id in &ids {
        make(&home, id);
    }
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for time in 0..TIMES {
        for id in &ids {
            let _ = std::fs::remove_file(home.session(id).join("spent"));
        }
        first.push(read(&home).await);
        let turn = TURNS + u32::try_from(time).unwrap();
        turns(&home, &ids[0], turn..turn + 1);
        again.push(read(&home).await);
    }
    vec![Row::against("what 100 MB of journals cost, one turn later", "ms", again, first, 0.1)]
}

async fn read(home: &Home) -> f64 {
    let begun = Instant::now();
    assert!(!spend::spent(home, 0).await.unwrap().is_empty());
    milliseconds(begun.elapsed())
}

fn id(number: usize) -> SessionId {
    SessionId::parse(&format!("{number:08x}-0000-4000-8000-000000000000")).unwrap()
}

fn make(home: &Home, id: &SessionId) {
    std::fs::create_dir(home.session(id)).unwrap();
    let record = SessionRecord {
        id: id.clone(),
        created_at: 0,
        spec: bosk_core::launch::LaunchSpec::of_prompt("x"),
        repository_name: "shop".to_owned(),
        repository_root: "/r".to_owned(),
        worktrees: "/w".to_owned(),
        agreed: None,
        forked: None,
        files: None,
    };
    record.save(home).unwrap();
    turns(home, id, 0..TURNS);
}

fn turns(home: &Home, id: &SessionId, turns: std::ops::Range<u32>) {
    let (mut journal, _) = Writer::open(&home.session(id).join(JOURNAL)).unwrap();
    let line = format!(r#"{{"type":"assistant","text":"{}"}}"#, "x".repeat(1000));
    for turn in turns {
        for _ in 0..1000 {
            journal.append(Kind::Output, line.as_bytes());
        }
        let cost = f64::from(turn + 1);
        let end = format!(r#"{{"type":"result","modelUsage":{{"m":{{"costUSD":{cost}}}}}}}"#);
        journal.append(Kind::Output, end.as_bytes());
        journal.sync().unwrap();
    }
}
