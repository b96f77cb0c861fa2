//! The CPU time that a keeper spends on 100 MB of real messages, against `cat` into a file, and the
//! memory that it has meanwhile. Both read the same lines from a pipe, written by the same program.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bosk_rehearsal::{Scripts, Server};
use bosk_tests::{Sandbox, Watched, spec};
use tokio::process::Command;

use crate::corpus;
use crate::cost::{self, Cpu, milliseconds};
use crate::report::{Row, quantile};
use crate::stand_in::FEED;

/// Bytes fed at a time.
const BYTES: usize = 100_000_000;

/// How often each is fed; once more before, for what is cold.
const TIMES: usize = 7;

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) async fn measure() -> Vec<Row> {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut sandbox = Sandbox::real(&server);
    let corpus = corpus::record(&sandbox).await;
    sandbox.set("BOSK_CLAUDE", std::env::current_exe().unwrap());
    let session = sandbox.launch(&spec(&sandbox.repository("fed"), "wait")).await.unwrap();
    let mut watched = session.follow().await;
    watched.until("ready", |status| status.summary.turns > 0).await;
    let mut keeper = Keeper { watched, pid: session.keeper().expect("a keeper").pid, turns: 1 };
    let (mut kept, mut copied) = (Vec::new(), Vec::new());
    for round in 0..=TIMES {
        let spent = keeper.spends_on(&corpus).await;
        let plain = by_cat(&sandbox, &corpus).await;
        if round > 0 {
            kept.push(spent);
            copied.push(plain);
        }
    }
    let memory = keeper.memory_with(&corpus).await;
    drop(keeper);
    session.stop().await;
    let lines = std::fs::read_to_string(&corpus).unwrap();
    let (count, length) = (lines.lines().count(), lines.len() / lines.lines().count());
    vec![
        Row::against("journal, CPU for 100 MB", "ms", kept, copied, 3.0)
            .note(format!("{count} recorded messages, {length} bytes each on average, repeated")),
        Row::below("journal, memory of a keeper", "MB", vec![quantile(&memory, 1.0)], 6.0)
            .note(format!("the most of {} looks while it streams", memory.len())),
    ]
}

/// The keeper of a session whose CLI feeds it.
struct Keeper {
    watched: Watched,
    pid: u32,
    turns: u32,
}

impl Keeper {
    async fn feed(&mut self, corpus: &Path) {
        self.watched.send(&format!("{FEED} {} {BYTES}", corpus.display())).await.unwrap();
        self.turns += 1;
        let paid = f64::from(self.turns);
        self.watched.until("fed", |status| status.summary.cost_usd >= paid).await;
    }

    async fn spends_on(&mut self, corpus: &Path) -> f64 {
        let before = Cpu::of(&[self.pid]);
        self.feed(corpus).await;
        Cpu::of(&[self.pid]).since(&before)
    }

    async fn memory_with(&mut self, corpus: &Path) -> Vec<f64> {
        let pid = self.pid;
        let fed = self.feed(corpus);
        tokio::pin!(fed);
        let mut looks = Vec::new();
        loop {
            tokio::select! {
                () = &mut fed => return looks,
                () = tokio::time::sleep(LOOK) => looks.extend(cost::memory(pid)),
            }
        }
    }
}

async fn by_cat(sandbox: &Sandbox, corpus: &Path) -> f64 {
    let file = sandbox.path("copied");
    let mut feeder = Command::new(std::env::current_exe().unwrap());
    feeder.arg(FEED).arg(corpus).arg(BYTES.to_string()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut feeder = feeder.spawn().unwrap();
    let pipe: Stdio = feeder.stdout.take().unwrap().try_into().unwrap();
    let mut cat = Command::new("cat");
    cat.stdin(pipe).stdout(std::fs::File::create(&file).unwrap());
    let before = cost::cpu_of_ended_children();
    assert!(cat.status().await.unwrap().success());
    let spent = cost::cpu_of_ended_children() - before;
    // Only now, so that what it spent is not in that.
    assert!(feeder.wait().await.unwrap().success());
    std::fs::remove_file(&file).unwrap();
    milliseconds(spent)
}
