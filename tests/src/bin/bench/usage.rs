//! What measuring costs and how true it is: thirty sessions with three hundred processes, lives that are
//! shorter than a measurement, the time from crossing a limit to the deed, and the Monitor that shows it all.

use std::time::Duration;

use bosk_core::journal::{Kind, Note};
use bosk_core::launch::LaunchSpec;
use bosk_core::limits::Limits;
use bosk_core::usage::Usage;
use bosk_core::wire::Call;
use bosk_runtime::journal::{JOURNAL, Reader};
use bosk_runtime::usage::Kept;
use bosk_tests::{Session, Watched, processes, spec};

use crate::cost::{self, Cpu, milliseconds};
use crate::desk::Desk;
use crate::report::Row;
use crate::room::{self, App};

const SESSIONS: usize = 30;

/// Children of each session's CLI: with it, ten processes.
const CHILDREN: usize = 9;

/// How long each is looked at, and how often.
const LOOK: Duration = Duration::from_secs(15);
const TIMES: usize = 3;

pub(crate) async fn measure() -> Vec<Row> {
    let desk = room::desk().await;
    let sessions = busy_sessions(&desk).await;
    let keepers: Vec<u32> =
        sessions.iter().filter_map(Session::keeper).map(|keeper| keeper.pid).collect();
    let mut watched = Vec::new();
    for session in &sessions {
        watched.push(session.follow().await);
    }
    let (mut looked, mut alone, mut listed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        alone.push(part_of_core(&keepers, &watched, false).await);
        looked.push(part_of_core(&keepers, &watched, true).await);
        listed.push(ps().await);
    }
    let cost: Vec<f64> = looked.iter().zip(&alone).map(|(with, without)| with - without).collect();
    let mut processes = 0;
    for one in &mut watched {
        one.look().await.unwrap();
        processes += one.until_usage("measured", |_| true).await.processes;
    }
    drop(watched);
    for session in &sessions {
        session.stop().await;
    }
    let ps = crate::report::median(&listed);
    vec![
        Row::below("measuring 30 sessions every second, CPU of a core", "%", cost, 1.0)
            .note(format!("{processes} processes; `ps` at the same rate {ps:.2} %")),
        short_lives(&desk).await,
        limit(&desk).await,
        month(),
    ]
}

async fn busy_sessions(desk: &Desk) -> Vec<Session<'_>> {
    let sessions = room::sessions(desk, SESSIONS).await;
    for session in &sessions {
        room::told(session, &format!("children {CHILDREN}")).await;
    }
    sessions
}

/// What the keepers take while somebody looks, or while nobody does.
async fn part_of_core(keepers: &[u32], watched: &[Watched], looks: bool) -> f64 {
    for one in watched {
        one.call(Call::Watch { partials: false, usage: looks }).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = Cpu::of(keepers);
    let until = tokio::time::Instant::now() + LOOK;
    let listen = async {
        // What is pushed is taken, as the window would.
        let news =
            watched.iter().map(|one| async move { while one.connection.news().await.is_some() {} });
        futures_util::future::join_all(news).await;
    };
    let _ = tokio::time::timeout_at(until, listen).await;
    Cpu::of(keepers).since(&before) / milliseconds(LOOK) * 100.0
}

/// What listing all processes costs, once a second.
async fn ps() -> f64 {
    let before = cost::cpu_of_ended_children();
    let times = 10;
    for _ in 0..times {
        let mut command = tokio::process::Command::new("ps");
        command.args(["-eo", "pid,ppid,pcpu,rss,nlwp,stat,comm"]);
        command.output().await.unwrap();
    }
    let spent = cost::cpu_of_ended_children() - before;
    milliseconds(spent) / (f64::from(times) * 1000.0) * 100.0
}

/// A second cgroup hierarchy counts the same processes, where one can be made.
struct Counted(std::path::PathBuf);

impl Counted {
    fn of(pid: u32) -> Option<Self> {
        let root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
            .map(std::path::PathBuf::from)
            .into_iter()
            .find(|root| root.join("cgroup.procs").exists())?;
        let group = root.join(format!("bosk-bench-{pid}"));
        std::fs::create_dir(&group).ok()?;
        let counted = Self(group);
        std::fs::write(counted.0.join("cgroup.procs"), pid.to_string()).ok()?;
        Some(counted)
    }

    fn seconds(&self) -> f64 {
        let text = std::fs::read_to_string(self.0.join("cpu.stat")).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("usage_usec ")).unwrap();
        line.parse::<f64>().unwrap() / 1e6
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

async fn short_lives(desk: &Desk) -> Row {
    let name = "CPU time of lives of 10 ms, error";
    let sessions = room::sessions(desk, 1).await;
    let session = &sessions[0];
    let watched = session.follow().await;
    watched.look().await.unwrap();
    let cli = processes::with_cookie(&session.id)[0].0;
    let Some(counted) = Counted::of(cli) else {
        return Row::below(name, "%", vec![0.0], 5.0).note("not measured: no cgroup can be made");
    };
    let mut errors = Vec::new();
    let mut session_dollars = 2.0;
    for _ in 0..TIMES {
        let mut watched = session.follow().await;
        watched.look().await.unwrap();
        let before = (fresh(&mut watched).await.cpu_seconds, counted.seconds());
        watched.send("short 200 10").await.unwrap();
        watched.until("done", |status| status.summary.cost_usd >= session_dollars).await;
        session_dollars += 1.0;
        let after = (fresh(&mut watched).await.cpu_seconds, counted.seconds());
        let (told, true_one) = (after.0 - before.0, after.1 - before.1);
        errors.push((told - true_one).abs() / true_one * 100.0);
    }
    session.stop().await;
    Row::below(name, "%", errors, 5.0).note("against the cgroup's own count")
}

/// What is measured after now.
async fn fresh(watched: &mut Watched) -> Usage {
    let at = watched.until_usage("measured", |_| true).await.at;
    watched.until_usage("measured again", |usage| usage.at > at).await
}

async fn limit(desk: &Desk) -> Row {
    let mut delays = Vec::new();
    for number in 0..5 {
        let file = desk.path(&format!("crossed-{number}"));
        let mut spec: LaunchSpec =
            spec(&desk.repository("sample"), &format!("eat {} {}", file.display(), number * 190));
        spec.worktree = false;
        spec.limits = Some(Limits { memory: Some(1_000_000_000), ..Limits::default() });
        let session = desk.launch(&spec).await.unwrap();
        let mut watched = session.follow().await;
        watched.until("stopped", |status| status.summary.cost_usd >= 1.0).await;
        let crossed: i64 = std::fs::read_to_string(&file).unwrap().parse().unwrap();
        let mut acted = None;
        let mut reader = Reader::open(&session.folder().join(JOURNAL), 1 << 20).unwrap();
        reader
            .read_all(|line| {
                let bosk_core::lines::Line::Whole(line) = line else { return };
                let Ok(record) = bosk_core::journal::decode(line) else { return };
                if record.header.kind == Kind::Note
                    && let Ok(Note::Limit(note)) = serde_json::from_slice(record.payload)
                    && note.reached
                {
                    acted.get_or_insert(record.header.wall);
                }
            })
            .unwrap();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
        delays.push((acted.expect("it was stopped") - crossed) as f64);
        session.stop().await;
    }
    Row::below("from crossing a memory limit to the deed", "ms", delays, 1500.0)
}

/// A month of a session that is measured every second.
fn month() -> Row {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usage");
    let mut kept = Kept::open(&path).unwrap();
    let begin = 1_790_000_000_i64;
    // Every tenth second suffices to fill all rings but the finest, whose last hour is written whole.
    let times = (0..259_200).map(|ten| ten * 10).chain(2_592_000..2_595_600);
    for second in times {
        let memory = 1 << 30;
        kept.take(&Usage { at: (begin + second) * 1000, memory, cpu: 0.7, ..Usage::default() })
            .unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let size = std::fs::metadata(&path).unwrap().len() as f64 / 1e6;
    Row::below("a month of a session's history", "MB", vec![size], 2.0)
}

/// The app with the Monitor open and thirty live sessions.
pub(crate) async fn monitor() -> Vec<Row> {
    let desk = room::desk().await;
    let sessions = busy_sessions(&desk).await;
    let (mut busy, mut own) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let app = App::start(&desk, false);
        tokio::time::sleep(Duration::from_secs(5)).await;
        let program = std::env::var_os("BOSK_DESKTOP").unwrap();
        let mut open = desk.command(program.to_str().unwrap());
        open.arg("bosk://monitor").status().await.unwrap();
        tokio::time::sleep(Duration::from_secs(6)).await;
        let all = app.processes();
        let (before, before_own) = (Cpu::of(&all), Cpu::of(&all[..1]));
        tokio::time::sleep(LOOK).await;
        busy.push(Cpu::of(&all).since(&before) / milliseconds(LOOK) * 100.0);
        own.push(Cpu::of(&all[..1]).since(&before_own) / milliseconds(LOOK) * 100.0);
        app.end(&desk).await;
    }
    for session in &sessions {
        session.stop().await;
    }
    let own = crate::report::median(&own);
    vec![
        Row::below("Monitor with 30 live sessions, CPU of a core", "%", busy, 8.0)
            .note(format!("main window open as well; {own:.2} % of it outside the web processes")),
    ]
}
