//! From the launch call to the CLI's first words in a client's hands, against `git worktree add`
//! followed by the bare CLI: same repository, arguments, environment and greeting.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use bosk_core::SessionId;
use bosk_core::claude::args::{Conversation, arguments};
use bosk_core::claude::input;
use bosk_core::journal::{Kind, decode};
use bosk_core::wire::{Call, LONGEST_READ};
use bosk_rehearsal::{Scripts, Server};
use bosk_runtime::claude::{self, Billing, Cli, session_environment};
use bosk_runtime::client::Connection;
use bosk_runtime::process::Environment;
use bosk_tests::{Sandbox, Session, spec};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use crate::cost::milliseconds;
use crate::report::Row;

/// Launches of each kind; one more of each goes before, for what is cold.
const TIMES: usize = 15;

/// Files of the repository.
const FILES: usize = 1000;

pub(crate) async fn measure() -> Vec<Row> {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let repository = sandbox.repository("sample");
    fill(&sandbox, &repository);
    let environment: Environment = sandbox.environment().collect();
    let cli = claude::find(&environment, None).await.unwrap();
    let mut took: [Vec<f64>; 3] = Default::default();
    for round in 0..=TIMES {
        // Whoever comes second finds warmer caches, so they take turns in that as well.
        for turn in 0..3 {
            let who = (round + turn) % 3;
            let one = match who {
                0 => by_bosk(&sandbox, &repository, false).await,
                1 => by_bosk(&sandbox, &repository, true).await,
                _ => by_hand(&sandbox, &repository, &cli, &environment, round).await,
            };
            if round > 0 {
                took[who].push(one);
            }
        }
    }
    let [bosk, spare, bare] = took;
    let note = format!("a repository of {FILES} files");
    vec![
        Row::against("launch to first event", "ms", bosk, bare.clone(), 1.10).note(note.clone()),
        Row::against("launch, warm spare process", "ms", spare, bare, 0.50).note(note),
    ]
}

fn fill(sandbox: &Sandbox, repository: &Path) {
    for file in 0..FILES {
        let folder = repository.join(format!("part-{}", file / 50));
        std::fs::create_dir_all(&folder).unwrap();
        let lines: Vec<String> =
            (0..100).map(|line| format!("{file} {line} of a file\n")).collect();
        std::fs::write(folder.join(format!("file-{file}.txt")), lines.concat()).unwrap();
    }
    sandbox.git(repository, ["add", "."]);
    sandbox.git(repository, ["commit", "--quiet", "--message", "files"]);
}

async fn by_bosk(sandbox: &Sandbox, repository: &Path, spare: bool) -> f64 {
    let mut launcher = sandbox.launcher(spare).await;
    let begun = Instant::now();
    let session = launcher.launch(&spec(repository, "@text Hello.")).await.unwrap();
    first_words(sandbox, &session).await;
    let took = milliseconds(begun.elapsed());
    session.stop().await;
    took
}

async fn first_words(sandbox: &Sandbox, session: &Session<'_>) {
    let connection = Connection::open(sandbox.home(), &session.id).await.unwrap();
    connection.call(Call::Watch { partials: false, usage: false }).await.unwrap();
    let mut from = 0;
    loop {
        let news = connection.news().await.expect("the session ended");
        let Some(end) = news.end.filter(|end| *end > from) else { continue };
        let (_, bytes) = connection.read(from, LONGEST_READ).await.unwrap();
        let is_output = |line: &[u8]| decode(line).is_ok_and(|one| one.header.kind == Kind::Output);
        if bytes.split(|byte| *byte == b'\n').any(is_output) {
            return;
        }
        from = end;
    }
}

async fn by_hand(
    sandbox: &Sandbox,
    repository: &Path,
    cli: &Cli,
    environment: &Environment,
    round: usize,
) -> f64 {
    let folder = sandbox.path(&format!("by-hand-{round}"));
    let id = SessionId::parse(&uuid::Uuid::new_v4().to_string()).unwrap();
    let args = cli.args(arguments(&id, &spec(repository, "x"), Conversation::New));
    let environment = session_environment(environment, cli.path(), Billing::Account(None), &[]);
    let begun = Instant::now();
    let branch = format!("by-hand-{round}");
    let mut git = Command::new("git");
    git.env_clear().envs(sandbox.environment()).current_dir(repository);
    git.args(["worktree", "add", "--quiet", "--no-track", "-b", &branch]).arg(&folder).arg("main");
    assert!(git.status().await.unwrap().success());
    let mut claude = Command::new(cli.path());
    claude.args(args).env_clear().envs(environment.iter()).current_dir(&folder);
    claude.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = claude.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&input::request("bosk-1", &input::initialize(None))).await.unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next_line().await.unwrap().expect("the CLI ended");
    let took = milliseconds(begun.elapsed());
    child.kill().await.unwrap();
    took
}
