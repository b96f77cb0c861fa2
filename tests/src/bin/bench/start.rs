//! From starting the app to a window that can be used, with 1,000 past sessions, against an empty
//! window. What is on the screen decides: the X server's own picture is looked at every millisecond,
//! and the app is there when what stands in it no longer changes.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bosk_core::SessionId;
use bosk_core::journal::{Kind, Note};
use bosk_core::session::{Outcome, State, Turn};
use bosk_runtime::journal::{JOURNAL, Writer};
use bosk_runtime::session_record::SessionRecord;
use bosk_tests::spec;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::cost::milliseconds;
use crate::desk::Desk;
use crate::report::Row;
use crate::room::{self, App};

const SESSIONS: usize = 1000;

/// How often each is started; once more of each goes before, for what is cold.
const TIMES: usize = 9;

/// How long the picture must stay as it is: less than a second, since times on it go on by then.
const STILL: Duration = Duration::from_millis(800);

pub(crate) async fn measure() -> Vec<Row> {
    let mut desk = room::desk().await;
    let screen = Screen::open(&desk).await;
    desk.set("DISPLAY", &screen.display);
    (0..SESSIONS).for_each(|number| past(&desk, number));
    let (mut app, mut empty) = (Vec::new(), Vec::new());
    for round in 0..=TIMES {
        for (is_empty, into) in [(true, &mut empty), (false, &mut app)] {
            let took = started(&desk, &screen, is_empty).await;
            if round > 0 {
                into.push(took);
            } else {
                eprintln!("  the first time, empty {is_empty}: {took:.0} ms");
            }
        }
    }
    vec![Row::against("start with 1,000 past sessions", "ms", app, empty, 1.3)]
}

/// A session that has ended, as its keeper leaves it.
fn past(desk: &Desk, number: usize) {
    let id = SessionId::parse(&uuid::Uuid::new_v4().to_string()).unwrap();
    let repository = desk.path("repositories/sample");
    let record = SessionRecord {
        id: id.clone(),
        created_at: 1_700_000_000_000 + i64::try_from(number).unwrap() * 60_000,
        repository_name: format!("sample-{}", number % 7),
        repository_root: format!("{}-{}", repository.display(), number % 7),
        worktrees: desk.path("worktrees").display().to_string(),
        agreed: None,
        forked: None,
        files: None,
        spec: spec(&repository, &format!("Do thing number {number} and say what came of it")),
    };
    let folder = desk.home().session(&id);
    std::fs::create_dir_all(&folder).unwrap();
    record.save(desk.home()).unwrap();
    let (mut journal, _) = Writer::open(&folder.join(JOURNAL)).unwrap();
    let mut note = |note: &Note| journal.append(Kind::Note, &serde_json::to_vec(note).unwrap());
    note(&Note::Keeper { version: "0.1.0".to_owned(), resumed: false });
    note(&Note::State { state: State::Running { turn: Turn::Working } });
    note(&Note::Ended { outcome: Outcome::Finished, left_behind: Vec::new() });
    journal.flush().unwrap();
}

async fn started(desk: &Desk, screen: &Screen, empty: bool) -> f64 {
    let before = screen.picture();
    let begun = Instant::now();
    let app = App::start(desk, empty);
    let (mut last, mut changed) = (before.clone(), begun);
    let mut changes = Vec::new();
    // Nothing has happened before the window is there.
    while last == before || changed.elapsed() < STILL {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let now = screen.picture();
        if now != last {
            (last, changed) = (now, Instant::now());
            changes.push(milliseconds(changed - begun).round());
        }
    }
    let took = milliseconds(changed - begun);
    app.end(desk).await;
    eprintln!(
        "  {}: the picture changed after {changes:?} ms",
        if empty { "empty" } else { "Bosk" }
    );
    took
}

/// An X server that keeps its picture in a file. (Xvfb's `-fbdir`, in the format of xwd.)
struct Screen {
    display: String,
    picture: File,
    /// Where the pixels begin, and the length of a row.
    layout: (u64, u64),
    _server: Child,
}

impl Screen {
    async fn open(desk: &Desk) -> Self {
        let folder = desk.path("screen");
        std::fs::create_dir(&folder).unwrap();
        let mut server = Command::new("Xvfb");
        server.args("-displayfd 1 -screen 0 1600x1000x24 -nolisten tcp -fbdir".split(' '));
        server.arg(&folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.kill_on_drop(true).spawn().expect("Xvfb is not installed");
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let number = lines.next_line().await.unwrap().expect("the X server did not start");
        let picture = File::open(folder.join("Xvfb_screen0")).unwrap();
        // XWDFileHeader of X11/XWDFile.h: words in big-endian order; the first is the header's
        // length, the thirteenth a row's, the twentieth the number of colours of 12 bytes each.
        let mut header = [0; 100];
        picture.read_exact_at(&mut header, 0).unwrap();
        let word = |at: usize| {
            u64::from(u32::from_be_bytes(header[at * 4..at * 4 + 4].try_into().unwrap()))
        };
        let layout = (word(0) + word(19) * 12, word(12));
        Self { display: format!(":{}", number.trim()), picture, layout, _server: server }
    }

    /// Rows of the left part of the screen, where the window opens with its list of sessions.
    fn picture(&self) -> Vec<u8> {
        let (begin, length) = self.layout;
        let mut rows = Vec::new();
        for row in (0..800).step_by(7) {
            let mut pixels = vec![0; 250 * 4];
            self.picture.read_exact_at(&mut pixels, begin + row * length).unwrap();
            rows.extend(pixels);
        }
        rows
    }
}
